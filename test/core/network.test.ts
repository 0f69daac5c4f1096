import { expect, test } from 'vitest';
import { oneHot, parameters } from '../../src/core/network.ts';
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

test('of a network without biases, the zeros that stand for them are no parameters', () => {
  expect(parameters({ ...net, biased: false }).map(({ name }) => name)).toEqual(['W1', 'W2']);
});
