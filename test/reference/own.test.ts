import { describe, expect, test } from 'vitest';
import { transpose } from '../../src/core/matrix.ts';
import { isOfConfig, isParameter } from '../../src/reference/own.ts';
import { reshape, sizesOf, withoutLeadingOnes } from '../../src/reference/shapes.ts';
import { gradientsOfStep, roundingOfStep, type Step } from '../../src/reference/step.ts';
import { generic, network } from '../networks.ts';

const net = network(generic);
const { X, Y, layers } = net;
const tensor = (data: ArrayLike<number>, shape: readonly number[] = [data.length], name = 'a') => ({
  name,
  shape,
  data: Float64Array.from(data),
});

describe('an array is what the config itself holds', () => {
  const isOwn = (data: ArrayLike<number>): boolean => isOfConfig(tensor(data), net);

  test.each<[string, Float64Array]>([
    ['X', X.data],
    ['y', Y.data],
    ['weights', layers[1]!.W.data],
    ['biases', layers[0]!.b],
  ])('if it is %s, whichever way that lies, to the precision of float32', (_, data) => {
    expect(isOwn(data)).toBe(true);
    expect(isOwn(data.map(Math.fround))).toBe(true);
    expect(isOwn(data.map((value) => value * (1 + 1e-6)))).toBe(false);
    expect(isOwn([...data, 0])).toBe(false);
  });

  test('transposed, too', () => {
    expect(isOwn(transpose(X).data)).toBe(true);
    expect(isOwn(transpose(layers[0]!.W).data)).toBe(true);
  });

  test('or the labels, all of them', () => {
    expect(isOwn([0, 1, 1])).toBe(true);
    expect([isOwn([0, 1, 0]), isOwn([0, 1]), isOwn([0, 1, 1, 1]), isOwn([1])]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

test('a gradient is a parameter if it is that of its own name, and not all zeros', () => {
  const parameters = [tensor([1, 2], [2], 'b1'), tensor([0, 0], [2], 'b2')];
  const is = (name: string, ...data: number[]): boolean => isParameter(tensor(data, [2], name), parameters);
  expect([is('db1', 1, 2), is('db2', 1, 2), is('db1', 1, 3), is('db2', 0, 0)]).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

describe('a tensor has a shape', () => {
  const shapeOf = (found: number[], wanted: number[]) =>
    reshape(tensor(new Float64Array(found.reduce((a, b) => a * b, 1)), found), wanted)?.shape;

  test.each<[string, number[], number[], boolean]>([
    ['that it has', [2, 3], [2, 3], true],
    ['that a flat list has room for', [6], [2, 3], true],
    ['not that of a longer list', [7], [2, 3], false],
    ['not turned', [3, 2], [2, 3], false],
    ['of a bias, as a column', [3, 1], [3], true],
    ['of a bias, as a row', [1, 3], [3], true],
    ['of a bias, in whatever ones', [1, 1, 3, 1], [3], true],
    ['not of a bias, as a matrix', [2, 3], [6], false],
    ['nor as one with a 1 in it', [2, 1, 3], [6], false],
    ['not of a matrix, as a column', [6, 1], [2, 3], false],
    ['of a single entry', [1, 1], [1], true],
    ['not of nothing', [0], [0, 3], false],
  ])('%s', (_, found, wanted, has) => {
    expect(shapeOf(found, wanted)).toEqual(has ? wanted : undefined);
  });

  test('without ones before those that are wanted', () => {
    const left = (shape: number[], rank: number) => withoutLeadingOnes(tensor([1], shape), rank).shape;
    expect([
      left([1, 4, 3], 2),
      left([1, 1, 4, 3], 2),
      left([1, 3], 2),
      left([1, 1], 1),
      left([4, 1, 3], 2),
      left([1, 1, 1], 1),
    ]).toEqual([[4, 3], [4, 3], [1, 3], [1], [4, 1, 3], [1]]);
    expect([sizesOf([4, 3]), sizesOf([])]).toEqual(['4 × 3', 'a number']);
  });
});

describe('the gradient of a step θ′ = θ − η∇J', () => {
  const step: Step = {
    rate: 0.5,
    before: [tensor([1, 2], [2], 'b1'), tensor([3, -4], [1, 2], 'W1')],
    after: new Map([
      ['db1', tensor([0, 3], [2], 'db1')],
      ['dW1', tensor([3, -4], [2, 1], 'dW1')],
      ['db9', tensor([7], [1], 'db9')],
    ]),
  };

  test('is (θ − θ′)/η; what has not the shape of its θ, or no θ, stays as it is', () => {
    const found = gradientsOfStep(step);
    expect([...found].map(([name, { data }]) => [name, ...data])).toEqual([
      ['db1', 2, -2],
      ['dW1', 3, -4],
      ['db9', 7],
    ]);
  });

  test('is uncertain by u(|θ| + |θ′|)/η', () => {
    expect(roundingOfStep(step, 'db1', 2 ** -10)).toEqual(Float64Array.of(2 ** -9, 5 * 2 ** -9));
    expect(roundingOfStep(step, 'dW1', 2 ** -10)).toEqual(Float64Array.of(6 * 2 ** -9, 8 * 2 ** -9));
    expect([roundingOfStep(step, 'db9', 1), roundingOfStep(step, 'db2', 1)]).toEqual([undefined, undefined]);
    const longer = { ...step, after: new Map([['db1', tensor([0, 3, 4], [3])]]) };
    expect(roundingOfStep(longer, 'db1', 1)).toEqual(Float64Array.of(2, 10, 8));
  });
});
