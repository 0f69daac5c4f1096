import { expect, test } from 'vitest';
import { owned, zeros } from '../../src/core/zeros.ts';

const isOwn = ({ byteLength, buffer }: Float64Array): boolean => byteLength === buffer.byteLength;

test.each([
  [0, true],
  [8, true],
  [9, false],
  [256, false],
  [257, true],
  [5000, true],
])('an array of %d zeros has a buffer of its own: %j', (length, own) => {
  const array = zeros(length);
  expect([array.length, isOwn(array)]).toEqual([length, own]);
  expect(array.every((value) => value === 0)).toBe(true);
});

test('those that share a buffer never overlap, nor hold what others have written', () => {
  const arrays = Array.from({ length: 400 }, (_, i) => {
    const array = zeros(9 + (i % 248));
    expect(array.every((value) => value === 0)).toBe(true);
    return array.fill(i + 1);
  });
  for (const [i, array] of arrays.entries()) expect(array.every((value) => value === i + 1)).toBe(true);
  const buffers = new Set(arrays.map(({ buffer }) => buffer));
  expect(buffers.size).toBeGreaterThan(20);
  expect(buffers.size).toBeLessThan(40); // 400 arrays of 132 numbers, some 14 to a buffer
});

test('what leaves has a buffer of its own, and is copied only for that', () => {
  const [shared, own] = [zeros(20).fill(3), zeros(300)];
  expect(owned(own)).toBe(own);
  expect(isOwn(owned(shared))).toBe(true);
  expect(owned(shared)).toEqual(shared);
});
