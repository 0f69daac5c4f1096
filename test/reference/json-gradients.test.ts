import { describe, expect, test } from 'vitest';
import type { InputError, InputProblem } from '../../src/files/errors.ts';
import { parseReference } from '../../src/reference/reference.ts';

const found = (given: object | string): Record<string, number[]> =>
  Object.fromEntries(parseReference('theirs', given).tensors.map(({ name, data }) => [name, [...data]]));

describe('gradients are found wherever they stand', () => {
  test.each<[string, object, Record<string, number[]>]>([
    ['beside texts', { dW1: [2], notes: ['a', 'b'], name: 'x' }, { dW1: [2] }],
    ['beside what is empty', { dW1: [2], empty: [] }, { dW1: [2], empty: [] }],
    [
      'as words for numbers',
      { dW1: [2], other: ['NaN', 'Infinity'] },
      { dW1: [2], other: [Number.NaN, 1 / 0] },
    ],
    ['beside numbers of another meaning', { dW1: [1], W: 3, seed1: 5, b: 1, epochs: 9 }, { dW1: [1] }],
    ['as the only number of a bias', { dW1: [1], b2: 3 }, { dW1: [1], b2: [3] }],
    [
      'in objects beside what is none',
      { net: { W1: [[1]], note: 'x', W2: 'none', lr: 3, b1: 5 } },
      { 'net.W1': [1], 'net.b1': [5] },
    ],
    [
      'in lists of objects, one of them without any',
      { layers: [{ W: [[1]] }, 7, { W: [[2]] }] },
      { 'layers.0.W': [1], 'layers.2.W': [2] },
    ],
    [
      'in a list of layers, one of them without parameters',
      { gradients: { layers: [{ W: [[1]] }, null, { W: [[2]] }] } },
      { 'layers.0.W': [1], 'layers.2.W': [2] },
    ],
    ['in a list of matrices', { weights: [[[1, 2]], [[3]]] }, { 'weights.0': [1, 2], 'weights.1': [3] }],
    [
      'in a list of layers of two arrays',
      {
        grads: {
          params: [
            [[[1, 2]], [5]],
            [[[3]], [6]],
          ],
        },
      },
      { 'params.0.0': [1, 2], 'params.0.1': [5], 'params.1.0': [3], 'params.1.1': [6] },
    ],
  ])('%s', (_, given, expected) => {
    expect(found(given)).toEqual(expected);
  });

  test.each(['gradients', 'grads', 'gradient', 'grad'])('under "%s", and nothing beside it', (key) => {
    expect(found({ [key]: { dW1: [1] }, weights: [[9]], layers: { W: [[8]] } })).toEqual({ dW1: [1] });
  });
});

/** Objects one in another. */
const nest = (depth: number, inner: unknown): unknown =>
  depth === 0 ? inner : { a: nest(depth - 1, inner) };

describe('of what is nested', () => {
  test('sixteen objects are read, and no more: what must be gradients is refused then, else ignored', () => {
    const name = (depth: number): string => `net${'.a'.repeat(depth)}.W`;
    expect(found({ net: nest(15, { W: [1] }) })).toEqual({ [name(15)]: [1] });
    expect(found({ dW1: [1], net: nest(16, { W: [1] }) })).toEqual({ dW1: [1] });
    expect(found({ gradients: { net: nest(15, { W: [1] }) } })).toEqual({ [name(15)]: [1] });
    const [problem] = problemsOf({ gradients: { net: nest(16, { W: [1] }) } });
    expect(problem!.message).toContain('expected numbers, found objects nested more than 16 deep');
  });

  test.each<[string, object, string]>([
    ['texts for weights', { weights: ['a', 'b'] }, 'weights[0]'],
    ['a text among numbers', { dW1: [2], mixed: [1, 'two'] }, 'mixed[1]'],
    ['a text in an object of weights', { W1: { note: 'x' } }, 'W1.note'],
    ['a text far down', { gradients: { layers: [{ W: ['x'] }] } }, 'gradients.layers[0].W[0]'],
    ['ragged rows of what has the name of one matrix', { W1: [[1], [2, 3]] }, 'W1[1]'],
    ['a number among matrices', { weights: [[1, 2], [3], 4] }, 'weights[1]'],
    ['lists in lists in lists', { grads: { params: [[[[[1, 2]], [[3], [4, 5]]]]] } }, 'gradients'],
    ['null for a layer that is an entry of an object', { gradients: { a: null } }, 'gradients.a'],
  ])('%s is no gradient, at the place where it stands', (_, given, path) => {
    const [problem] = problemsOf(given);
    if (path !== 'gradients') expect(problem!.path).toBe(path);
  });

  test('a second lot of gradients is refused where its key stands', () => {
    for (const second of ['"dW1": [2]', '"grads": {"dW1": [2]}']) {
      const [problem] = problemsOf(`{"gradients": {"dW1": [1]},\n   ${second}}`);
      expect([problem!.line, problem!.column]).toEqual([2, 4]);
    }
  });
});

function problemsOf(given: object | string): readonly InputProblem[] {
  try {
    parseReference('theirs', given);
  } catch (error) {
    return (error as InputError).problems;
  }
  throw new Error('nothing was thrown');
}
