import { describe, expect, test } from 'vitest';
import { type Matrix, map, matrix } from '../../src/core/matrix.ts';
import { randomNumbers } from '../../src/core/random.ts';
import { Replay, summationSizes } from '../../src/gradcheck/summation.ts';

const { abs, fround, max } = Math;
const u = 2 ** -24;
const K = 300;

/** Positive numbers of float32, whose sums drift. */
const drawn = (name: string, rows: number, cols = K): Matrix => {
  const { uniform } = randomNumbers(5, name);
  return map(matrix(rows, cols), () => fround(0.1 + uniform()));
};
const [A, B] = [drawn('A', 3), drawn('B', 2)];

const rowOf = ({ cols, data }: Matrix, i: number): Float64Array => data.subarray(i * cols, (i + 1) * cols);
const termsOf = (i: number, j: number): number[] =>
  [...rowOf(A, i)].map((a, k) => fround(a * rowOf(B, j)[k]!));
const sizeOf = (i: number, j: number): number =>
  [...rowOf(A, i)].reduce((sum, a, k) => sum + a * rowOf(B, j)[k]!, 0);
const sum = (terms: readonly number[], round: (value: number) => number): number =>
  terms.reduce((total, term) => round(total + term), 0);
const loss = (terms: readonly number[]): number => abs(sum(terms, fround) - sum(terms, (value) => value));

/** What a loop in float32 loses at most: upwards, downwards, or of a mean, in units of u. */
const lost = (i: number, j: number): number => {
  const terms = termsOf(i, j);
  const shares = terms.map((term) => fround(term / K));
  return max(loss(terms), loss(terms.toReversed()), K * loss(shares)) / u;
};

const places = [0, 1, 2].flatMap((i) => [0, 1].map((j): [number, number] => [i, j]));

describe('a sum is replayed as a loop in float32 takes it', () => {
  test('each by itself, where there is time for all', () => {
    const replayed = new Replay(1e6).of(A, B);
    for (const [i, j] of places) {
      expect(lost(i, j)).toBeGreaterThan(0);
      expect(replayed(i, j) / lost(i, j)).toBeCloseTo(1, 9);
    }
  });

  test('else the first stand for others, by the size of their terms', () => {
    const replayed = new Replay(0).of(A, B);
    for (const [i, j] of places)
      expect(replayed(i, j) / ((lost(0, 0) / sizeOf(0, 0)) * sizeOf(i, j))).toBeCloseTo(1, 6);
  });

  test('and the worst of those for which there was time', () => {
    const replayed = new Replay(4 * K * 3).of(A, B); // every second one of six
    const worst = max(...[0, 1, 2].map((i) => lost(i, 0) / sizeOf(i, 0)));
    for (const [i, j] of places) expect(replayed(i, j) / (worst * sizeOf(i, j))).toBeCloseTo(1, 6);
  });

  test('each product takes a part of the time, until there is none for all of its sums', () => {
    const replay = new Replay(36 * K);
    const isExact = () => {
      const replayed = replay.of(A, B);
      return places.every(([i, j]) => abs(replayed(i, j) / lost(i, j) - 1) < 1e-9);
    };
    expect([isExact(), isExact(), isExact(), isExact()]).toEqual([true, true, false, false]);
  });

  test('sums of nothing lose nothing, whether they are replayed or stand for others', () => {
    const zeros = matrix(2, K);
    for (const steps of [0, 1e6]) {
      const replayed = new Replay(steps).of(zeros, B);
      for (const [i, j] of places.slice(0, 4)) expect(replayed(i, j)).toBe(0);
    }
  });

  test('one that overflows has nothing to lose', () => {
    const huge = map(matrix(1, K), () => 1e38);
    expect(new Replay(1e6).of(huge, huge)(0, 0)).toBe(0);
    expect(new Replay(0).of(huge, huge)(0, 0)).toBe(0);
  });
});

test('a quarter of what is replayed is in Σ, of sums of 256 terms and more', () => {
  for (const [cols, isReplayed] of [
    [255, false],
    [256, true],
  ] as const) {
    const [short, other] = [drawn('A', 2, cols), drawn('B', 3, cols)];
    const [without, replayed] = [undefined, new Replay(1e6)].map((replay) =>
      summationSizes(short, other, u, replay),
    );
    const own = new Replay(1e6).of(short, other);
    for (const [e, size] of replayed!.data.entries()) {
      const more = isReplayed ? own(Math.floor(e / 3), e % 3) / 4 : 0;
      expect(size).toBeCloseTo(Math.hypot(without!.data[e]!, more), 9);
    }
  }
});

test('Σ of each pair of rows is of their products alone', () => {
  const all = summationSizes(A, B, u, undefined);
  for (const [i, j] of places) {
    const [a, b] = [rowOf(A, i), rowOf(B, j)].map((row) => matrix(1, K, row.slice()));
    expect(all.data[i * 2 + j]).toBeCloseTo(summationSizes(a!, b!, u, undefined).data[0]!, 9);
  }
});
