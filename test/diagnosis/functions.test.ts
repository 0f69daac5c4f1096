import { describe, expect, test } from 'vitest';
import { relationOfFunction } from '../../src/diagnosis/functions.ts';
import { checkFunction } from '../../src/index.ts';

const x = [
  [0.3, -1.2, 2],
  [0.7, 0.1, -0.4],
];
const f = (at: unknown): number =>
  (at as number[][]).flat().reduce((sum, v, i) => sum + Math.sin((i + 1) * v), 0);
const right = x.map((row, i) => row.map((v, j) => (3 * i + j + 1) * Math.cos((3 * i + j + 1) * v)));

const relation = (gradient: number[][]) =>
  relationOfFunction(checkFunction({ name: 'f', x, f, gradient: () => gradient }))?.relation;

describe('a wrong gradient of any function', () => {
  test.each([
    ['twice the right one', 'constant-factor', right.map((row) => row.map((g) => 2 * g))],
    ['of the other sign', 'constant-factor', right.map((row) => row.map((g) => -g))],
    ['zero', 'zero', right.map((row) => row.map(() => 0))],
    ['with its rows exchanged', 'permuted-rows', [right[1]!, right[0]!]],
  ])('that is %s is called so', (_, name, gradient) => {
    expect(relation(gradient)).toBe(name);
  });

  test('of no such kind is called nothing, and so is the right one', () => {
    expect(relation(right.map((row) => row.map((g) => g + 1)))).toBeUndefined();
    expect(relation(right)).toBeUndefined();
  });
});
