import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { forward } from '../../src/core/forward.ts';
import { type Matrix, transpose } from '../../src/core/matrix.ts';
import type { Network } from '../../src/core/network.ts';
import { type Orientation, orientSamples, orientWeights } from '../../src/core/orientation.ts';
import { gradcheck } from '../../src/gradcheck/gradcheck.ts';
import { networkOf, recipes, SEED } from '../networks.ts';

const rowsOf = ({ rows, cols, data }: Matrix): number[][] =>
  Array.from({ length: rows }, (_, i) => [...data.subarray(i * cols, (i + 1) * cols)]);

/** The config of a network, with its arrays lying as the orientation says. */
function configOf({ layers, reg, X, Y }: Network, orientation: Orientation): string {
  const samples = (M: Matrix): number[][] => rowsOf(orientation.samples === 'rows' ? transpose(M) : M);
  const weights = (W: Matrix): number[][] => rowsOf(orientation.weights === 'in-out' ? transpose(W) : W);
  const parameters = layers.flatMap(({ number, W, b }) => [
    [`W${number}`, weights(W)],
    [`b${number}`, [...b]],
  ]);
  const activation = layers.slice(0, -1).map((layer) => layer.activation);
  return JSON.stringify({
    ...orientation,
    X: samples(X),
    y: samples(Y),
    reg,
    activation,
    ...Object.fromEntries(parameters),
  });
}

const orientations: fc.Arbitrary<Orientation> = fc.record({
  samples: fc.constantFrom('columns', 'rows'),
  weights: fc.constantFrom('out-in', 'in-out'),
});

test('however samples and weights lie in a config, the numbers are the same to the last bit', () => {
  const property = fc.property(recipes, orientations, (recipe, orientation) => {
    const net = networkOf(recipe);
    const problem = parseConfig(configOf(net, orientation));
    expect(problem).toMatchObject({ network: net, orientation });

    const pass = forward(problem.network);
    const logits = orientSamples('logits', pass.logits, orientation);
    const [classes, samples] = [recipe.widths.at(-1), recipe.N];
    expect(logits.shape).toEqual(orientation.samples === 'rows' ? [samples, classes] : [classes, samples]);

    const given = gradcheck(problem.network, { orientation }).tensors;
    for (const [l, { name, shape, analytic, numerical, errorBar }] of gradcheck(net).tensors.entries()) {
      for (const [key, data] of Object.entries({ analytic, numerical, errorBar })) {
        const expected = orientWeights({ name, shape, data }, orientation);
        expect(given[l]).toMatchObject({ name, shape: expected.shape, [key]: expected.data });
      }
    }
  });
  fc.assert(property, { seed: SEED });
});
