import { expect, test } from 'vitest';
import { forward } from '../../src/core/forward.ts';
import { loss, meanCrossEntropy } from '../../src/core/loss.ts';
import { map } from '../../src/core/matrix.ts';
import type { Layer } from '../../src/core/network.ts';
import { matrixOf, network } from '../networks.ts';

const { exp, log } = Math;

test.each([
  ['all classes are as likely: log C', '7; 7; 7', '0; 1; 0', log(3)],
  ['a sample is fitted to 1e-29', '66; 0', '1; 0', exp(-66)],
  ['a sample is fitted to 1e-304', '700; 0', '1; 0', exp(-700)],
  ['a sample is missed by a thousand', '1000; 0', '0; 1', 1000],
  ['half of a target is missed', '1000; 0', '0.5; 0.5', 500],
  ['ŷ equals a soft target: its entropy', `${log(3)}; 0`, '0.75; 0.25', 2 * log(2) - 0.75 * log(3)],
  ['a target sums to 2', '0; 0', '2; 0', 2 * log(2)],
  ['there are two samples: their mean', '1000 0; 0 0', '0 1; 1 0', (1000 + log(2)) / 2],
])('the cross-entropy keeps its digits where %s', (_, logits, targets, expected) => {
  const actual = meanCrossEntropy(matrixOf(logits), matrixOf(targets));
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(4e-16 * expected);
});

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
