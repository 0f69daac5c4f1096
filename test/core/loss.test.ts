import { describe, expect, test } from 'vitest';
import { forward } from '../../src/core/forward.ts';
import { loss } from '../../src/core/loss.ts';
import { map } from '../../src/core/matrix.ts';
import type { Layer } from '../../src/core/network.ts';
import { PENALTIES, type Penalty, REDUCTIONS, type Reduction } from '../../src/core/objective.ts';
import { penaltyFactor } from '../../src/core/penalty.ts';
import { divisorOf } from '../../src/core/reduction.ts';
import { everyLoss, matrixOf, network } from '../networks.ts';

const net = network({
  X: '1 2',
  y: [0, 1],
  W: ['1; 2', '3 0; 0 4'],
  b: [
    [0, 0],
    [0, 0],
  ],
  reg: 0.5,
});

test('the penalty is ½λ times the squared weights of all layers', () => {
  const { data, regularization, total, weightNorms } = loss(forward(net));
  expect(weightNorms).toEqual([5, 25]);
  expect(regularization).toBe(7.5);
  expect(total).toBe(data + 7.5);
});

test('biases are not regularized', () => {
  const layers = net.layers.map((layer) => ({ ...layer, b: Float64Array.of(5, 6) }));
  expect(loss(forward({ ...net, layers })).regularization).toBe(7.5);
});

test('without λ there is no penalty', () => {
  const { data, regularization, total } = loss(forward({ ...net, reg: 0 }));
  expect({ regularization, total }).toEqual({ regularization: 0, total: data });
});

test('without λ there is no penalty, even where ‖W‖² overflows', () => {
  const [first, second] = net.layers as [Layer, Layer];
  const huge = { ...first, W: map(first.W, (w) => 1e200 * w) }; // the units above are at 1
  const { regularization, total } = loss(forward({ ...net, reg: 0, layers: [huge, second] }));
  expect(regularization).toBe(0);
  expect(total).toBeGreaterThan(0);
});

test('two samples, one of them missed by a thousand: their mean', () => {
  const parts = { X: '1000 0', y: [1, 0], W: ['1; 0'], b: [[0, 0]] };
  expect(loss(forward(network(parts))).data).toBe((1000 + Math.LN2) / 2);
});

/** Three outputs and two samples, of squared errors 1 + 4 + 0 and 9 + 0 + 16. */
const errors = {
  ...network({ X: '1 1', y: [0, 0], W: ['1; 2; 3'], b: [[0, 0, 0]], reg: 0.5 }, 'sigmoid', {
    output: 'identity',
    loss: 'squared-error',
  }),
  Y: matrixOf('0 4; 0 2; 3 -1'),
};

describe.each<[Reduction, number, number]>([
  ['mean', 2, 15],
  ['sum', 1, 30],
  ['mean-of-entries', 6, 5],
])('of the reduction %s', (reduction, divisor, data) => {
  test('the sum of the losses is divided by what its name says', () => {
    expect(divisorOf({ ...errors, reduction })).toBe(divisor);
    expect(loss(forward({ ...errors, reduction })).data).toBe(data);
  });

  // ‖W‖² = 14, λ = ½, N = 2
  test.each<[Penalty, number, number]>([
    ['half', 0.5, 3.5],
    ['full', 1, 7],
    ['half-over-n', 0.25, 1.75],
  ])('the penalty %s does not know of it', (penalty, factor, regularization) => {
    const changed = { ...errors, reduction, penalty };
    expect(penaltyFactor(changed)).toBe(factor);
    expect(loss(forward(changed))).toEqual({
      data,
      regularization,
      total: data + regularization,
      weightNorms: [14],
    });
  });
});

test('reductions and penalties are all there is', () => {
  expect(REDUCTIONS).toEqual(['mean', 'sum', 'mean-of-entries']);
  expect(PENALTIES).toEqual(['half', 'full', 'half-over-n']);
});

test.each(everyLoss)('the mean of one sample is its sum: $output, $loss', (kind) => {
  const one = network({ X: '1; -2', y: [1], W: ['0.3 1; -0.5 0.25'], b: [[0.1, -0.2]] }, 'tanh', kind);
  const of = (reduction: Reduction): number => loss(forward({ ...one, reduction })).data;
  expect(of('mean')).toBe(of('sum'));
  expect(of('mean-of-entries')).toBe(of('sum') / 2);
  expect(of('sum')).toBeGreaterThan(0);
});
