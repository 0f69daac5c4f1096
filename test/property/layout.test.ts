import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { forward } from '../../src/core/forward.ts';
import { CANONICAL, type Layout, layOut, orientSamples } from '../../src/core/layout.ts';
import { type Matrix, transpose } from '../../src/core/matrix.ts';
import type { Network } from '../../src/core/network.ts';
import { gradcheck } from '../../src/gradcheck/gradcheck.ts';
import { audit } from '../../src/mistakes/audit.ts';
import { genericRecipes, networkOf, recipes, SEED } from '../networks.ts';

type Rows = number[][];

const rowsOf = ({ rows, cols, data }: Matrix): Rows =>
  Array.from({ length: rows }, (_, i) => [...data.subarray(i * cols, (i + 1) * cols)]);
const turned = (rows: Rows): Rows => rows[0]!.map((_, j) => rows.map((row) => row[j]!));

/** The config of a network, with its arrays lying as the layout says. */
function configOf(network: Network, layout: Layout): string {
  const { layers, reg, X, Y, output, loss, reduction, penalty } = network;
  const samples = (M: Matrix): Rows => rowsOf(layout.samples === 'rows' ? transpose(M) : M);
  const parameters = layers.flatMap(({ number, W, b }): [string, unknown][] => {
    const rows = rowsOf(W).map((row, i) => {
      if (layout.biases === 'first') return [b[i]!, ...row];
      return layout.biases === 'last' ? [...row, b[i]!] : row;
    });
    const weights: [string, unknown] = [`W${number}`, layout.weights === 'in-out' ? turned(rows) : rows];
    return layout.biases === 'separate' ? [weights, [`b${number}`, [...b]]] : [weights];
  });
  return JSON.stringify({
    ...{ ...layout, output, loss, reduction, penalty, reg },
    activation: layers.slice(0, -1).map((layer) => layer.activation),
    X: samples(X),
    y: samples(Y),
    ...Object.fromEntries(parameters),
  });
}

const layouts: fc.Arbitrary<Layout> = fc.record({
  samples: fc.constantFrom('columns', 'rows'),
  weights: fc.constantFrom('out-in', 'in-out'),
  biases: fc.constantFrom('separate', 'first', 'last'),
});

/** How the arrays of a network may lie: one without biases has none. */
const layoutFor = ({ biased }: Network, layout: Layout): Layout =>
  biased ? layout : { ...layout, biases: 'none' };

/** What a config may not have: a choice between one class. */
const isChoiceOfOne = ({ output, loss, Y }: Network): boolean =>
  Y.rows === 1 && (output === 'softmax' || loss === 'hinge');

test('however samples, weights and biases lie in a config, the numbers are the same to the last bit', () => {
  const property = fc.property(recipes, layouts, (recipe, any) => {
    const net = networkOf(recipe);
    fc.pre(!isChoiceOfOne(net));
    const layout = layoutFor(net, any);
    const problem = parseConfig(configOf(net, layout));
    expect(problem).toMatchObject({ network: net, layout });

    const pass = forward(problem.network);
    const logits = orientSamples('logits', pass.logits, layout);
    const [classes, samples] = [recipe.widths.at(-1), recipe.N];
    expect(logits.shape).toEqual(layout.samples === 'rows' ? [samples, classes] : [classes, samples]);

    const given = gradcheck(problem.network, { layout }).tensors;
    const canonical = gradcheck(net).tensors;
    for (const key of ['analytic', 'numerical', 'errorBar', 'allowed'] as const) {
      const expected = layOut(
        canonical.map((tensor) => ({ ...tensor, data: tensor[key] })),
        layout,
      );
      expect(given.map(({ name }) => name)).toEqual(expected.map(({ name }) => name));
      for (const [l, { shape, data }] of expected.entries())
        expect(given[l]).toMatchObject({ shape, [key]: data });
    }
  });
  fc.assert(property, { seed: SEED });
});

test('the audit counts the same mistakes, by the names of the layout', () => {
  const property = fc.property(genericRecipes, layouts, (recipe, any) => {
    const net = networkOf(recipe);
    const layout = layoutFor(net, any);
    const [canonical, lying] = [CANONICAL, layout].map((own) =>
      audit(gradcheck(net, { layout: own }).measurement),
    );
    expect([lying!.caught, lying!.total]).toEqual([canonical!.caught, canonical!.total]);
    const isFolded = layout.biases === 'first' || layout.biases === 'last';
    const renamed = (name: string): string => (isFolded ? name.replace('db', 'dW') : name);
    for (const [i, { tensors }] of canonical!.mistakes.entries())
      expect(lying!.mistakes[i]!.tensors).toEqual([...new Set(tensors.map(renamed))]);
  });
  fc.assert(property, { seed: SEED, numRuns: 40 });
});

test('a sample of the entries is drawn of the tensors as they lie', () => {
  const property = fc.property(
    genericRecipes,
    layouts,
    fc.integer({ min: 1, max: 9 }),
    (recipe, any, sample) => {
      const net = networkOf(recipe);
      const layout = layoutFor(net, any);
      const [all, some] = [gradcheck(net, { layout }), gradcheck(net, { layout, sample, seed: recipe.seed })];
      for (const [l, { checked, numerical, shape }] of some.tensors.entries()) {
        expect(checked).toBe(
          Math.min(
            sample,
            shape.reduce((a, b) => a * b),
          ),
        );
        for (const [i, value] of numerical.entries())
          if (!Number.isNaN(value)) expect(value).toBe(all.tensors[l]!.numerical[i]);
      }
    },
  );
  fc.assert(property, { seed: SEED });
});
