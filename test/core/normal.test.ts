import fc from 'fast-check';
import { expect, test } from 'vitest';
import { density, distribution, distributionDifference } from '../../src/core/normal.ts';
import { UNIT_ROUNDOFF as u } from '../../src/gradcheck/noise.ts';
import { SEED } from '../networks.ts';
import { truth } from './truth/truth.ts';

const { abs, max } = Math;

/** Within so many roundings of itself, or of the smallest number that has all its digits. */
function expectNear(actual: number, expected: number, roundings: number, size = abs(expected)): void {
  const allowed = roundings * u * max(size, 2 ** -1022);
  expect(abs(actual - expected), `${actual} instead of ${expected}`).toBeLessThanOrEqual(allowed);
}

test.each(truth.normal.points)(
  'Φ and φ at %d are right to a few units of the last digit',
  (z, whole, height) => {
    expectNear(distribution(z), whole, 6);
    expectNear(density(z), height, 4);
  },
);

test.each(truth.normal.moves)('so is Φ(z + d) − Φ(z) at %d by %d', (z, d, expected) => {
  expectNear(distributionDifference(z, d), expected, 8);
});

test('Φ(z) and Φ(−z) sum to 1, and φ is even', () => {
  const property = fc.property(fc.double({ min: -40, max: 40, noNaN: true }), (z) => {
    expectNear(distribution(z) + distribution(-z), 1, 2);
    expect(density(-z)).toBe(density(z));
  });
  fc.assert(property, { seed: SEED });
});

test('Φ does not fall, and there is no step where one approximation follows another', () => {
  const [FIRST, SECOND] = [0.46875 * Math.SQRT2, 4 * Math.SQRT2];
  for (const at of [FIRST, SECOND, -FIRST, -SECOND]) {
    for (let i = -40; i < 40; i++) {
      const [before, after] = [at + i * 2 ** -50, at + (i + 1) * 2 ** -50] as const;
      const rise = (after - before) * density(at);
      expectNear(distribution(after) - distribution(before), rise, 8, distribution(at));
    }
  }
  for (let z = -37; z < 8; z += 1 / 128)
    expect(distribution(z + 1 / 128)).toBeGreaterThanOrEqual(distribution(z));
});

test('a move is as good by one rule as by two that follow one another', () => {
  const size = fc.integer({ min: -34, max: 2 }).map((power) => 2 ** power);
  const property = fc.property(fc.integer({ min: -2304, max: 2304 }), size, fc.boolean(), (n, d, down) => {
    const z = n / 64;
    const step = down ? -d : d;
    const [first, second] = [distributionDifference(z, step), distributionDifference(z + step, step)];
    expectNear(distributionDifference(z, 2 * step), first + second, 24);
    expectNear(distributionDifference(z + step, -step), -first, 16);
  });
  fc.assert(property, { seed: SEED, numRuns: 1000 });
});

test.each([
  [-1e4, 0],
  [-50, 0],
  [50, 1],
  [1e4, 1],
])('at %d the tail is beyond float64, and Φ is %d', (z, expected) => {
  expect(distribution(z)).toBe(expected);
  expect(density(z)).toBe(0);
  expect(distributionDifference(z, 1)).toBe(0);
});

test.each([
  [-1e4, 2e4, 1],
  [1e4, -2e4, -1],
  [0, 0, 0],
  [-38, 1e-320, 0],
])('from %d by %d is a move of %d', (z, d, expected) => {
  expect(distributionDifference(z, d)).toBe(expected);
});
