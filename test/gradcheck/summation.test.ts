import { describe, expect, test } from 'vitest';
import { fromRows, type Matrix, matrix } from '../../src/core/matrix.ts';
import { type RandomNumbers, randomNumbers } from '../../src/core/random.ts';
import { multiplicities, Replay, summationSizes } from '../../src/gradcheck/summation.ts';
import { matrixOf, SEED } from '../networks.ts';

const { abs, fround, hypot, sqrt } = Math;
const u = 2 ** -24;

test.each([
  ['all different', '1 2 3 4', 1],
  ['all equal', '7 7 7 7', 4],
  ['two of each', '1 1 2 2', 2],
  ['three of one, one of another', '5 5 5 1', (9 + 1) / 4],
  ['equal but for the sign', '3 -3 3 -3', 4],
  ['zeros, which do not count', '0 6 0 0', 1],
  ['two that are equal beside zeros', '0 0 7 7', 2],
  ['apart by more than a sum rounds', `1 ${1 + u}`, 1],
  ['zeros only', '0 0 0', 1],
  ['equal to what a sum could not tell apart', `1 ${1 + u / 8}`, 2],
])('of entries that are %s so many are equal, on average', (_, row, m) => {
  expect(multiplicities(matrixOf(row), u)[0]).toBeCloseTo(m, 12);
});

test('how many are equal is counted row by row', () => {
  expect(multiplicities(matrixOf('1 2; 7 7; 3 -3'), u)).toEqual(Float64Array.of(1, 2, 2));
});

test('Σ by hand: (1/8 + m/32)(Σ Sₖ² + K Σ tₖ²/4) under the root', () => {
  // S = 2, 5, 4 of the terms 2, 3, −1, which are all different
  const size = summationSizes(matrixOf('1 3 -2'), matrixOf('2 1 0.5'), u, undefined);
  expect(size.data[0]).toBeCloseTo(sqrt((1 / 8 + 1 / 32) * (4 + 25 + 16 + (3 * 14) / 4)), 12);
  // Equal factors: S = 1, 2
  expect(summationSizes(matrixOf('1 1'), matrixOf('1 1'), u, undefined).data[0]).toBeCloseTo(
    sqrt((1 / 8 + 2 / 32) * (5 + 1)),
    12,
  );
  // Equal factors of different ones: S = 1, 4
  for (const [a, b] of [
    ['1 1', '1 3'],
    ['1 3', '1 1'],
  ] as const)
    expect(summationSizes(matrixOf(a), matrixOf(b), u, undefined).data[0]).toBeCloseTo(
      sqrt((1 / 8 + 1 / 32) * (17 + 5)),
      12,
    );
});

test('each row of A meets each row of B, and of nothing nothing is lost', () => {
  const sizes = summationSizes(matrixOf('1 2; 0 0'), matrixOf('1 1; 3 0; 0 0'), u, undefined);
  expect([sizes.rows, sizes.cols]).toEqual([2, 3]);
  expect([...sizes.data].map((size) => size > 0)).toEqual([true, true, false, false, false, false]);
});

test('sizes of tiny and huge numbers neither underflow nor overflow', () => {
  const [one, tiny, huge] = [1, 2 ** -700, 2 ** 700].map((scale) =>
    summationSizes(fromRows([[scale, 3 * scale, -2 * scale]]), matrixOf('1 1 2'), u, undefined),
  );
  expect(tiny!.data[0]).toBe(2 ** -700 * one!.data[0]!);
  expect(huge!.data[0]).toBe(2 ** 700 * one!.data[0]!);
});

/** What a plain loop in float32 loses of a sum of products, and the sum. */
function lostByLoop(a: Float64Array, b: Float64Array, order: readonly number[]): number {
  let [loop, exact] = [0, 0];
  for (const k of order) {
    const t = fround(fround(a[k]!) * fround(b[k]!));
    loop = fround(loop + t);
    exact += t;
  }
  return abs(loop - exact);
}

describe.each<[string, (random: RandomNumbers) => number, (random: RandomNumbers) => number]>([
  ['normal numbers', ({ normal }) => normal(), ({ normal }) => normal()],
  ['positive numbers', ({ uniform }) => uniform(), ({ uniform }) => uniform()],
  [
    'numbers of two values',
    ({ uniform }) => (uniform() < 0.5 ? 0.3 : 0.7),
    ({ uniform }) => (uniform() < 0.5 ? 0.1 : 1.1),
  ],
  ['equal numbers', () => 0.1, () => 0.7],
  ['ones, and numbers of all sizes', () => 1, ({ normal }) => Math.exp(3 * normal())],
  ['numbers off 0', ({ normal }) => 3 + normal(), ({ normal }) => normal()],
])('a plain loop in float32 over %s', (title, drawA, drawB) => {
  test.each([10, 200, 3000])('of %d terms loses no more than 8uΣ, in either order', (K) => {
    const random = randomNumbers(SEED, title);
    for (let run = 0; run < 20; run++) {
      const [a, b] = [drawA, drawB].map((draw) =>
        Float64Array.from({ length: K }, () => fround(draw(random))),
      ) as [Float64Array, Float64Array];
      const [A, B] = [a, b].map((row): Matrix => matrix(1, K, row));
      const size = summationSizes(A!, B!, u, K > 1000 ? new Replay(1e6) : undefined).data[0]!;
      const upwards = [...a.keys()];
      for (const order of [upwards, upwards.toReversed()])
        expect(lostByLoop(a, b, order), `run ${run}`).toBeLessThanOrEqual(8 * u * size);
    }
  });
});

describe('a sum that absorbs its terms', () => {
  // From some thousand on, 0.1 is less than half a unit of the sum's last digit, now and then.
  const K = 60_000;
  const [A, B] = [0.1, 1].map((value) => matrix(1, K, new Float64Array(K).fill(fround(value))));
  const lost = lostByLoop(A!.data, B!.data, [...A!.data.keys()]) / u;

  test('is replayed, and a quarter of what that loses is in Σ', () => {
    const [without, replayed] = [undefined, new Replay(1e6)].map(
      (replay) => summationSizes(A!, B!, u, replay).data[0]!,
    );
    expect(replayed).toBeCloseTo(hypot(without!, lost / 4), 3);
    expect(8 * replayed!).toBeGreaterThanOrEqual(lost);
  });

  test('stands for others of its product where there is no time for all', () => {
    const rows = matrix(8, K, new Float64Array(8 * K).fill(fround(0.1)));
    const sizes = summationSizes(rows, B!, u, new Replay(8 * K)).data; // some two of them
    for (const size of sizes) expect(8 * size).toBeGreaterThanOrEqual(lost);
  });

  test('is not replayed where it is short', () => {
    const short = (M: Matrix): Matrix => matrix(1, 255, M.data.slice(0, 255));
    const [without, replayed] = [undefined, new Replay(1e6)].map((replay) =>
      summationSizes(short(A!), short(B!), u, replay),
    );
    expect(replayed).toEqual(without);
  });
});
