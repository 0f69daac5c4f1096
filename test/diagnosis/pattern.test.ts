import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomNumbers } from '../../src/core/random.ts';
import { patternOf } from '../../src/diagnosis/pattern.ts';
import { SEED } from '../networks.ts';

/** A right tensor of random numbers, and what becomes of it. */
function broken(
  shape: readonly number[],
  change: (given: Float64Array, right: Float64Array, cols: number) => void,
  seed = 1,
): string | undefined {
  const size = shape.reduce((product, length) => product * length, 1);
  const random = randomNumbers(seed, 'dW1');
  const right = Float64Array.from({ length: size }, () => random.normal());
  const given = right.slice();
  change(given, right, shape[1] ?? 1);
  const allowed = right.map((value) => 1e-7 * Math.abs(value));
  const wrong = [...given].map((value, i) => !(Math.abs(value - right[i]!) <= allowed[i]!));
  return patternOf({ name: 'dW1', shape, right, given, wrong, allowed });
}

/** Changes the entries of some rows and columns. */
const where =
  (isIn: (i: number, j: number) => boolean, change: (value: number, i: number, j: number) => number) =>
  (given: Float64Array, right: Float64Array, cols: number): void =>
    right.forEach((value, place) => {
      const [i, j] = [Math.floor(place / cols), place % cols];
      if (isIn(i, j)) given[place] = change(value, i, j);
    });

const zero = (): number => 0;
const noise = (value: number, i: number, j: number): number => value + Math.sin(1 + 3 * i + 7 * j) + 2;

describe('a kernel’s mistake is told by its pattern:', () => {
  test.each<[string, number[], Parameters<typeof broken>[1], string]>([
    ['a row', [8, 10], where((i) => i === 5, noise), 'is wrong in row 5 only'],
    ['a column of zeros', [8, 10], where((_, j) => j === 0, zero), 'is wrong in column 0 only, all zero'],
    [
      'a tile',
      [64, 96],
      where(
        (i, j) => i >= 16 && i < 32 && j >= 32 && j < 64,
        (value) => 1.05 * value,
      ),
      'is wrong in rows 16–31 × columns 32–63 only, all × 1.05',
    ],
    [
      'every second column',
      [8, 12],
      where((_, j) => j % 2 === 1, zero),
      'is wrong in every second column from 1 on only, all zero',
    ],
    ['a stride', [16, 9], where((i) => i % 4 === 0, noise), 'is wrong in every 4th row only'],
    [
      'half of each vector',
      [4, 32],
      where(
        (_, j) => j % 8 >= 4,
        (value) => -value,
      ),
      'is wrong in columns 4–7 of every 8 only, all × -1',
    ],
    ['the boundary', [30, 20], where((i) => i >= 28, zero), 'is wrong in rows 28–29 only, all zero'],
    [
      'both boundaries',
      [30, 20],
      where((i, j) => i >= 28 || j >= 16, zero),
      'is wrong in rows 28–29 and columns 16–19 only, all zero',
    ],
    [
      'threads that are too few',
      [12, 10],
      where((i, j) => 10 * i + j >= 97, zero),
      'is wrong in the last 23 entries, from [9, 7] on only, all zero',
    ],
    [
      'a stride of the memory',
      [12, 10],
      where((i, j) => (10 * i + j) % 7 === 0, noise),
      'is wrong in every 7th entry in memory only',
    ],
    ['the diagonal', [6, 6], where((i, j) => i === j, noise), 'is wrong in the diagonal only'],
    [
      'a triangle',
      [6, 8],
      where((i, j) => j > i, zero),
      'is wrong in the part above the diagonal only, all zero',
    ],
    [
      'a block that is transposed',
      [20, 30],
      (given, right, cols) => {
        for (let i = 4; i < 8; i++)
          for (let j = 12; j < 16; j++) given[i * cols + j] = right[(4 + j - 12) * cols + 12 + i - 4]!;
      },
      'is transposed in rows 4–7 × columns 12–15',
    ],
    [
      'tiles that are transposed',
      [8, 12],
      (given, right, cols) => {
        right.forEach((_, place) => {
          const [i, j] = [Math.floor(place / cols), place % cols];
          given[place] = right[(i - (i % 4) + (j % 4)) * cols + (j - (j % 4)) + (i % 4)]!;
        });
      },
      'is transposed within each tile of 4 × 4',
    ],
    ['NaN everywhere', [5, 4], (given) => given.fill(Number.NaN), 'is all NaN'],
    [
      'NaN in a row',
      [5, 4],
      where(
        (i) => i === 2,
        () => Number.NaN,
      ),
      'is wrong in row 2 only, all NaN',
    ],
    [
      'what is not finite',
      [5, 4],
      where(
        (i) => i === 2,
        (_, __, j) => 1 / (j % 2),
      ),
      'is wrong in row 2 only',
    ],
    [
      'an index that is off by one',
      [5, 9],
      (given, right, cols) => {
        right.forEach((_, place) => {
          given[place] = place % cols === 0 ? 0 : right[place - 1]!;
        });
      },
      'has its columns moved by one to the right',
    ],
    ['entries of a bias', [64], where((i) => i >= 32, zero), 'is wrong in entries 32–63 only, all zero'],
    ['one number everywhere', [6], (given) => given.fill(0.25), 'is all the same number, 0.25'],
  ])('%s', (_, shape, change, said) => {
    expect(broken(shape, change)).toBe(`dW1 ${said}`);
  });

  test('zeros of the right gradient hide nothing', () => {
    const tile = where(
      (i, j) => i < 4 && j < 6,
      (value) => 2 * value,
    );
    const said = broken([12, 12], (given, right, cols) => {
      right[cols + 2] = 0;
      given[cols + 2] = 0;
      tile(given, right, cols);
    });
    expect(said).toBe('dW1 is wrong in rows 0–3 × columns 0–5 only, all × 2');
  });
});

describe('there is no pattern', () => {
  test('where entries are wrong at random', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 24 }),
        fc.integer({ min: 4, max: 24 }),
        fc.integer({ min: 1, max: 1e6 }),
        fc.double({ min: 0.1, max: 0.9, noNaN: true }),
        (rows, cols, seed, share) => {
          const random = randomNumbers(seed, 'dW1');
          const hit = Array.from({ length: rows * cols }, () => random.uniform() < share);
          const count = hit.filter(Boolean).length;
          fc.pre(count >= 8 && count <= rows * cols - 8);
          expect(
            broken(
              [rows, cols],
              where((i, j) => hit[i * cols + j]!, noise),
              seed,
            ),
          ).toBeUndefined();
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
  });

  test('where all of it is another gradient', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 12 }),
        fc.integer({ min: 2, max: 12 }),
        fc.integer({ min: 1, max: 1e6 }),
        (rows, cols, seed) => {
          expect(
            broken(
              [rows, cols],
              where(() => true, noise),
              seed,
            ),
          ).toBeUndefined();
        },
      ),
      { seed: SEED, numRuns: 200 },
    );
  });
});
