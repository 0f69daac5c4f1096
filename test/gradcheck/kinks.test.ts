import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { fromRows } from '../../src/core/matrix.ts';
import { type Network, oneHot } from '../../src/core/network.ts';
import { checkGradient, gradcheck } from '../../src/gradcheck/gradcheck.ts';
import { kinkWidths } from '../../src/gradcheck/kinks.ts';
import { propagatedSlopes } from '../../src/gradcheck/propagation.ts';
import { everything, halfDifference } from '../../src/gradcheck/slopes.ts';
import { network, SEED } from '../networks.ts';

/** relu(w) for the sample 1 and relu(−w) for the sample −1, at w = 0. */
const opposite = network(
  {
    X: '1 -1',
    y: [0, 1],
    W: ['0', '1; -1'],
    b: [[0], [0, 0]],
    reg: 0,
  },
  'relu',
);

const small = fc.integer({ min: -2, max: 2 });
const rows = (m: number, n: number): fc.Arbitrary<number[][]> =>
  fc.array(fc.array(small, { minLength: n, maxLength: n }), { minLength: m, maxLength: m });
const vector = (m: number): fc.Arbitrary<number[]> => fc.array(small, { minLength: m, maxLength: m });

/** ReLU networks of small integers: many of their z are exactly 0. */
const integers: fc.Arbitrary<Network> = fc
  .record({
    X: rows(2, 4),
    y: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }),
    W: fc.tuple(rows(3, 2), rows(3, 3), rows(3, 3)),
    b: fc.tuple(vector(3), vector(3), vector(3)),
  })
  .map(({ X, y, W, b }) => ({
    X: fromRows(X),
    Y: oneHot(y, 3),
    reg: 0,
    layers: W.map((rowsOfW, l) => ({
      number: l + 1,
      W: fromRows(rowsOfW),
      b: Float64Array.from(b[l]!),
      activation: l < 2 ? ('relu' as const) : undefined,
    })),
  }));

test('a network without a ReLU on its kink leaves nothing open', () => {
  const smooth = {
    ...opposite,
    layers: opposite.layers.map((layer) => ({ ...layer, b: layer.b.map(() => 1) })),
  };
  expect(kinkWidths(forward(smooth))).toBeUndefined();
  expect(
    kinkWidths(forward(network({ X: '1', y: [0], W: ['0', '1; -1'], b: [[0], [0, 0]] }, 'tanh'))),
  ).toBeUndefined();
});

test('kinks of two samples whose jumps cancel are inconclusive, not a mismatch', () => {
  const { passed, tensors, inconclusive } = gradcheck(opposite);
  expect(tensors[0]).toMatchObject({ name: 'dW1', mismatched: 0, inconclusive: 1 });
  expect(inconclusive[0]).toMatchObject({ tensor: 'dW1', left: -0.5, right: -0.5 });
  expect(passed).toBe(true);
});

test('two losses leave them open, too', () => {
  expect(gradcheck(opposite, { naive: true }).tensors[0]).toMatchObject({ mismatched: 0, inconclusive: 1 });
});

test('a value beyond all that the kinks leave open is refused', () => {
  const pass = forward(opposite);
  const wild = backprop(pass).map((tensor) =>
    tensor.name === 'dW1' ? { ...tensor, data: Float64Array.of(0.6) } : tensor,
  );
  expect(checkGradient(pass, wild).tensors[0]).toMatchObject({ mismatched: 1 });
});

test('backprop is right or inconclusive in networks full of kinks', () => {
  const property = fc.property(integers, (net) => {
    for (const { name, mismatched } of gradcheck(net).tensors)
      expect({ name, mismatched }).toEqual({ name, mismatched: 0 });
  });
  fc.assert(property, { seed: SEED, numRuns: 300 });
});

test('with one kink it is half the difference of the one-sided slopes', () => {
  const property = fc.property(integers, (net) => {
    const pass = forward(net);
    const onKink = pass.steps
      .slice(0, -1)
      .reduce((count, { z }) => count + z.data.filter((v) => v === 0).length, 0);
    fc.pre(onKink === 1);
    const halves = propagatedSlopes(pass, everything).map(halfDifference);
    kinkWidths(pass)!.forEach((widths, t) => {
      for (const [i, width] of widths.entries()) expect(width).toBeCloseTo(halves[t]![i]!, 12);
    });
  });
  fc.assert(property, { seed: SEED, numRuns: 60 });
});

test('where several kinks leave both slopes as backprop has them, the entry agrees', () => {
  // Two samples turn the unit on at either side of 0, with opposite effects on the loss: slopes of 0 and 0.
  const even = network({ X: '1 1', y: [0, 1], W: ['0', '1; -1'], b: [[0], [0, 0]], reg: 0 }, 'relu');
  const { tensors } = gradcheck(even);
  expect(tensors[0]).toMatchObject({ name: 'dW1', mismatched: 0, inconclusive: 0 });
  expect(kinkWidths(forward(even))![0]![0]).toBeGreaterThan(0.1);
});
