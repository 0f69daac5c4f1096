import { expect, test } from 'vitest';
import { oneHot, parameters } from '../../src/core/network.ts';
import { CANONICAL, orientSamples, orientWeights } from '../../src/core/orientation.ts';
import { matrixOf, network } from '../networks.ts';

const net = network({ X: '1; 2', y: [0], W: ['1 2; 3 4; 5 6', '7 8 9'], b: [[0, 0, 1], [2]] });

test('labels become columns with a single 1', () => {
  expect(oneHot([2, 0], 3)).toEqual(matrixOf('0 1; 0 0; 1 0'));
});

test('parameters are listed layer by layer, weights before biases, and are not copies', () => {
  const list = parameters(net);
  expect(list.map(({ name, shape }) => `${name}: ${shape}`)).toEqual([
    'W1: 3,2',
    'b1: 3',
    'W2: 1,3',
    'b2: 1',
  ]);
  expect(list.map(({ data }) => data)).toEqual(net.layers.flatMap(({ W, b }) => [W.data, b]));
  expect(list[0]!.data).toBe(net.layers[0]!.W.data);
  expect(list[1]!.data).toBe(net.layers[0]!.b);
});

test('weights that lie in × out are transposed, and transposed back', () => {
  const tensor = { name: 'W1', shape: [3, 2], data: net.layers[0]!.W.data };
  const turned = orientWeights(tensor, { ...CANONICAL, weights: 'in-out' });
  expect(turned).toEqual({ name: 'W1', shape: [2, 3], data: Float64Array.of(1, 3, 5, 2, 4, 6) });
  expect(orientWeights(turned, { ...CANONICAL, weights: 'in-out' })).toEqual(tensor);
  expect(orientWeights(tensor, { samples: 'rows', weights: 'out-in' })).toEqual(tensor);
});

test('a bias has no orientation', () => {
  const bias = { name: 'b1', shape: [3], data: Float64Array.of(0, 0, 1) };
  expect(orientWeights(bias, { samples: 'rows', weights: 'in-out' })).toEqual(bias);
});

test('samples that lie in rows are transposed', () => {
  const logits = matrixOf('1 2 3; 4 5 6');
  expect(orientSamples('logits', logits, CANONICAL)).toEqual({
    name: 'logits',
    shape: [2, 3],
    data: logits.data,
  });
  expect(orientSamples('logits', logits, { samples: 'rows', weights: 'in-out' })).toEqual({
    name: 'logits',
    shape: [3, 2],
    data: Float64Array.of(1, 4, 2, 5, 3, 6),
  });
});
