import { expect, test } from 'vitest';
import type { Tensor } from '../../src/core/network.ts';
import { indexOf, judgeEntry, judgeTensor, relativeError } from '../../src/gradcheck/verdict.ts';

test.each([
  ['the same', 1, 1, 0, 0, 'agree'],
  ['exactly the allowed difference', 1, 1.5, 0.5, 0, 'agree'],
  ['more than the allowed difference', 1, 1.5, 0.25, 0, 'mismatch'],
  ['a difference within what the slopes leave open', 1, 1.5, 0.125, 0.5, 'inconclusive'],
  ['slopes that leave more open than is allowed', 1, 1, 0.25, 0.5, 'inconclusive'],
  ['slopes that leave no more open than is allowed', 1, 1, 0.5, 0.5, 'agree'],
  ['a difference that both together allow, less of it open', 1, 1.625, 0.5, 0.25, 'agree'],
  ['more than both together', 1, 2, 0.25, 0.5, 'mismatch'],
  ['NaN', Number.NaN, 1, 1, 1, 'mismatch'],
  ['NaN on both sides', Number.NaN, Number.NaN, 1, 1, 'mismatch'],
  ['no number beside slopes that are known', 1, Number.NaN, 1, 1, 'mismatch'],
  ['no number beside slopes that leave all open', 1, Number.NaN, 1, Number.POSITIVE_INFINITY, 'inconclusive'],
  ['an infinity', Number.POSITIVE_INFINITY, 1, 1, 1, 'mismatch'],
  ['the same infinity twice', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 1, 1, 'mismatch'],
  [
    'an infinity whose own tolerance is infinite',
    Number.POSITIVE_INFINITY,
    1,
    Number.POSITIVE_INFINITY,
    0,
    'mismatch',
  ],
  [
    'an infinity beside slopes that leave all open',
    1,
    Number.NEGATIVE_INFINITY,
    1,
    Number.POSITIVE_INFINITY,
    'mismatch',
  ],
  ['NaN beside slopes that leave all open', Number.NaN, 1, 1, Number.POSITIVE_INFINITY, 'mismatch'],
])('%s (%d and %d, t = %d, c = %d): %s', (_, a, b, t, c, verdict) => {
  expect(judgeEntry(a, b, t, c)).toBe(verdict);
});

test.each([
  [0, 0, 0],
  [1, 1, 0],
  [1, 2, 0.5],
  [2, 1, 0.5],
  [-1, 1, 2],
  [0, 1e-300, 1],
  [1, Number.NaN, Number.NaN],
])('the relative error of %d and %d is %d', (a, b, expected) => {
  expect(relativeError(a, b)).toBe(expected);
});

test.each([
  [0, [3], [0]],
  [2, [3], [2]],
  [0, [2, 3], [0, 0]],
  [2, [2, 3], [0, 2]],
  [3, [2, 3], [1, 0]],
  [5, [2, 3], [1, 2]],
  [23, [2, 3, 4], [1, 2, 3]],
  [0, [], []],
])('entry %d of a tensor of shape %j has the index %j', (entry, shape, index) => {
  expect(indexOf(entry, shape)).toEqual(index);
});

const tensor = (...data: number[]): Tensor => ({ name: 'dW1', shape: [2, 2], data: Float64Array.from(data) });
const within = (t: number) => ({ tolerance: () => t, open: () => 0 });

test('a tensor is counted entry by entry, and its greatest errors are named', () => {
  const judged = judgeTensor(tensor(1, 2, 3, 100), tensor(1, 2.5, 4, 102), within(0.5));
  expect(judged).toEqual({
    name: 'dW1',
    shape: [2, 2],
    checked: 4,
    mismatched: 2,
    inconclusive: 0,
    maxAbsError: { value: 2, index: [1, 1] },
    maxRelError: { value: 0.25, index: [1, 0] },
    verdicts: ['agree', 'agree', 'mismatch', 'mismatch'],
    allowed: Float64Array.of(0.5, 0.5, 0.5, 0.5),
  });
});

test('the tolerance sees each entry and both values, and what is open is asked for each entry', () => {
  const allowance = {
    tolerance: (i: number, a: number, b: number) => 100 * i + 10 * a + b,
    open: (i: number) => 1000 * i,
  };
  const { allowed, verdicts } = judgeTensor(tensor(1, 2, 3, 4), tensor(5, 6, 7, 8), allowance);
  expect(allowed).toEqual(Float64Array.of(15, 126, 237, 348));
  expect(verdicts).toEqual(['agree', 'inconclusive', 'inconclusive', 'inconclusive']);
});

test('only the selected entries are judged', () => {
  const judged = judgeTensor(tensor(1, 2, 3, 4), tensor(9, 2, 9, 9), within(0), [1, 2]);
  expect(judged).toMatchObject({ checked: 2, mismatched: 1, maxAbsError: { value: 6, index: [1, 0] } });
  expect(judged.verdicts).toEqual([undefined, 'agree', 'mismatch', undefined]);
});

test('of equal errors the first is named', () => {
  const judged = judgeTensor(tensor(1, 2, 3, 4), tensor(1, 4, 1, 6), within(9));
  expect(judged).toMatchObject({ maxAbsError: { value: 2, index: [0, 1] } });
});

test('NaN is the greatest error of all, and the first NaN is named', () => {
  const judged = judgeTensor(tensor(1, Number.NaN, 3, Number.NaN), tensor(100, 2, 3, 4), within(1000));
  expect(judged).toMatchObject({ mismatched: 2, maxAbsError: { value: Number.NaN, index: [0, 1] } });
});

test('where nothing is compared there is no greatest error', () => {
  expect(judgeTensor(tensor(1, 2, 3, 4), tensor(1, 2, 3, 4), within(0), [])).toMatchObject({
    checked: 0,
    maxAbsError: null,
    maxRelError: null,
  });
});

test('an entry that would agree within a vague allowance is inconclusive; one that is wrong is still wrong', () => {
  const allowance = { ...within(0.5), vague: (i: number) => i < 2 };
  const { verdicts } = judgeTensor(tensor(1, 2, 3, 4), tensor(1, 9, 3, 9), allowance);
  expect(verdicts).toEqual(['inconclusive', 'mismatch', 'agree', 'mismatch']);
});
