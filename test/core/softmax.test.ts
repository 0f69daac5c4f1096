import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Matrix, map, matrix, rowSums, transpose } from '../../src/core/matrix.ts';
import { changeOfShare, largestIn, logAdd, softmax } from '../../src/core/softmax.ts';
import { matrixOf, SEED } from '../networks.ts';

/** Logits in sixty-fourths, so that adding an integer to them is exact. */
const logits: fc.Arbitrary<Matrix> = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 }))
  .chain(([C, N]) =>
    fc
      .array(fc.integer({ min: -64_000, max: 64_000 }), { minLength: C * N, maxLength: C * N })
      .map((entries) =>
        matrix(
          C,
          N,
          Float64Array.from(entries, (entry) => entry / 64),
        ),
      ),
  );

test('softmax sums to 1 in each sample, whatever the logits', () => {
  const property = fc.property(logits, (z) => {
    for (const total of rowSums(transpose(softmax(z))))
      expect(Math.abs(total - 1)).toBeLessThanOrEqual(1e-15);
  });
  fc.assert(property, { seed: SEED });
});

test('softmax does not change where all logits are shifted', () => {
  const property = fc.property(logits, fc.integer({ min: -1000, max: 1000 }), (z, shift) => {
    expect(softmax(map(z, (value) => value + shift))).toEqual(softmax(z));
  });
  fc.assert(property, { seed: SEED });
});

test('softmax is the ratio of the exponentials', () => {
  const y = softmax(matrixOf(`0; ${Math.log(2)}; ${Math.log(5)}`));
  expect([...y.data].map((value) => value.toFixed(15))).toEqual([
    '0.125000000000000',
    '0.250000000000000',
    '0.625000000000000',
  ]);
});

test('softmax neither overflows nor loses a small probability', () => {
  expect([...softmax(matrixOf('1e5; 0')).data]).toEqual([1, 0]);
  expect(softmax(matrixOf('0; -700')).data[1]).toBe(Math.exp(-700));
});

test('the largest of a column is found, of equal ones the first', () => {
  const M = matrixOf('-3 2 0; -1 2 0; -2 5 -1');
  expect([0, 1, 2].map((n) => largestIn(M, n))).toEqual([1, 2, 0]);
});

test.each([
  [0, 0, Math.LN2],
  [1000, 1000, 1000 + Math.LN2],
  [-1000, 0, 0],
  [0, -700, Math.exp(-700)],
  [Number.NEGATIVE_INFINITY, 5, 5],
  [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
])('log(eᵃ + eᵇ) of %d and %d is %d', (a, b, expected) => {
  expect(logAdd(a, b)).toBe(expected);
  expect(logAdd(b, a)).toBe(expected);
});

test('an output changes by what softmax says, up or down, however far its logit moves', () => {
  const property = fc.property(
    fc.double({ min: -30, max: 30, noNaN: true }),
    fc.double({ min: 1e-2, max: 600, noNaN: true }),
    fc.double({ min: 1e-6, max: 1, noNaN: true }),
    (z, d, reach) => {
      const shareAt = (own: number): number[] => [...softmax(matrix(2, 1, Float64Array.of(own, 0))).data];
      const [p, q] = shareAt(z) as [number, number];
      const changeTo = (own: number): number => {
        const [moved, rest] = shareAt(own) as [number, number];
        return p < 0.5 ? Math.abs(moved - p) : Math.abs(rest - q); // the one that does not cancel
      };
      const change = changeOfShare({ p, q, log: Math.log(p) }, d / reach, reach) * reach;
      expect(Math.abs(change - Math.max(changeTo(z + d), changeTo(z - d))) / change).toBeLessThan(1e-9);
    },
  );
  fc.assert(property, { seed: SEED, numRuns: 300 });
});

test('an output changes by its slope where its logit moves little, or by nobody knows how much', () => {
  const fifth = { p: 0.2, q: 0.8, log: Math.log(0.2) };
  expect(changeOfShare(fifth, 3)).toBe(0.2 * 0.8 * 3);
  expect(changeOfShare(fifth, 3, 1e-4)).toBe(0.2 * 0.8 * 3);
  expect(changeOfShare(fifth, 1e300, 1)).toBeCloseTo(0.8, 12);
});

test('an output that has underflowed may come back as far as its logit lets it', () => {
  const none = { p: 0, q: 1, log: -800 };
  expect(changeOfShare(none, 790, 1)).toBeCloseTo(Math.exp(-10), 12);
  expect(changeOfShare(none, 900, 1)).toBe(1);
  expect(changeOfShare(none, 90, 10)).toBe(0.1); // in units of E
  expect(changeOfShare(none, 1, 1)).toBe(0);
});
