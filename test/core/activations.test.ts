import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ActivationName, activations } from '../../src/core/activations.ts';
import { SEED } from '../networks.ts';

/** What an activation is, written another way than in the engine. */
interface Definition {
  value(z: number): number;
  slope(z: number): number;
  /** φ(z + d) − φ(z); by an identity in which nothing cancels, or by a subtraction that keeps its digits for |d| ≥ ½ */
  difference(z: number, d: number): number;
}

const { sinh, cosh, exp, log1p, max } = Math;
const softplus = (z: number): number => (z > 40 ? z + exp(-z) : log1p(exp(z)));

const definitions: Record<ActivationName, Definition> = {
  sigmoid: {
    value: (z) => 1 / (1 + exp(-z)),
    slope: (z) => 1 / (4 * cosh(z / 2) ** 2),
    difference: (z, d) => sinh(d / 2) / (2 * cosh(z / 2) * cosh((z + d) / 2)),
  },
  tanh: {
    value: (z) => sinh(z) / cosh(z),
    slope: (z) => 1 / cosh(z) ** 2,
    difference: (z, d) => sinh(d) / (cosh(z) * cosh(z + d)),
  },
  relu: {
    value: (z) => (z + Math.abs(z)) / 2,
    slope: (z) => (z > 0 ? 1 : 0),
    difference: (z, d) => max(z + d, 0) - max(z, 0),
  },
  softplus: {
    value: softplus,
    slope: (z) => 1 / (1 + exp(-z)),
    difference: (z, d) => softplus(z + d) - softplus(z),
  },
  identity: { value: (z) => z, slope: () => 1, difference: (_z, d) => d },
};

const names = Object.keys(definitions) as ActivationName[];
const points = [-30, -3, -0.7, -0.01, 0.2, 1.3, 8, 30];
const saturated = [-700, -40, 40, 700];
const tiny = 2 ** -100;

/** Within a relative error. */
function expectClose(actual: number, expected: number, relative: number, what: string): void {
  expect(Math.abs(actual - expected), `${what}: ${actual} instead of ${expected}`).toBeLessThanOrEqual(
    relative * Math.abs(expected),
  );
}

describe.each(names)('%s', (name) => {
  const phi = activations[name];
  const definition = definitions[name];

  test('value and slope are right to fourteen digits', () => {
    for (const z of [...points, -340, -40, 40, 340]) {
      expectClose(phi.value(z), definition.value(z), 1e-14, `value at ${z}`);
      expectClose(phi.slope(z), definition.slope(z), 1e-14, `slope at ${z}`);
    }
  });

  test('the curvature is how fast the slope changes', () => {
    const h = 1e-4;
    for (const z of points) {
      const rate = (phi.slope(z + h) - phi.slope(z - h)) / (2 * h);
      expect(phi.curvature(z)).toBeGreaterThanOrEqual(0);
      expect(Math.abs(phi.curvature(z) - Math.abs(rate)), `at ${z}`).toBeLessThanOrEqual(1e-7 * phi.slope(z));
    }
  });

  test('the difference is a subtraction where a subtraction is safe', () => {
    for (const z of [...points, -300, 300]) {
      for (const d of [-20, -2.5, -1.001, -1, -0.999, -0.5, 0.5, 0.999, 1, 1.001, 2.5, 20]) {
        expectClose(phi.difference(z, d), definition.difference(z, d), 2e-13, `difference at ${z} by ${d}`);
      }
    }
  });

  test('the difference by a tiny d is slope times d, saturated or not', () => {
    for (const z of [...points, ...saturated]) {
      for (const d of [-tiny, tiny])
        expectClose(phi.difference(z, d), phi.slope(z) * d, 4e-15, `difference at ${z}`);
    }
  });

  test('nothing overflows', () => {
    for (const z of [-1e6, -800, 0, 800, 1e6]) {
      for (const d of [-1e7, -800, 800, 1e7]) {
        const found = [phi.value(z), phi.slope(z), phi.curvature(z), phi.difference(z, d)];
        expect(found.every(Number.isFinite), `at ${z} by ${d}: ${found}`).toBe(true);
      }
    }
  });

  test('going there and back is the same way', () => {
    const sixtyFourths = (limit: number): fc.Arbitrary<number> =>
      fc.integer({ min: -64 * limit, max: 64 * limit }).map((n) => n / 64); // so that z + d is exact
    const property = fc.property(sixtyFourths(50), sixtyFourths(4), (z, d) => {
      expectClose(phi.difference(z, d), -phi.difference(z + d, -d), 1e-13, `${z}, ${d}`);
    });
    fc.assert(property, { seed: SEED });
  });
});

test.each([
  [0, 1, 1],
  [0, -1, 0],
  [0, tiny, tiny],
  [0, -tiny, 0],
  [1, -3, -1],
  [-1, 3, 2],
  [-1, 1, 0],
  [-1, -2, 0],
  [1, tiny, tiny],
  [1, -tiny, -tiny],
  [-1, tiny, 0],
  [1e20, 1, 1],
])('a ReLU that moves from %d by %d moves by %d', (z, d, expected) => {
  expect(activations.relu.difference(z, d)).toBe(expected);
});

test('a ReLU on its kink has the slope 0, as in PyTorch', () => {
  expect(activations.relu.slope(0)).toBe(0);
});

test.each([
  [700, 5, 5],
  [700, -5, -5],
  [50, 1.5, 1.5],
  [-700, 5, exp(-695) - exp(-700)],
  [3, -10, log1p(exp(-7)) - log1p(exp(3))],
  [-3, 10, log1p(exp(7)) - log1p(exp(-3))],
  [1000, -2000, -1000],
  [1e15, 1.3, 1.3],
])('softplus moves by what is left of its large values: from %d by %d', (z, d, expected) => {
  expectClose(activations.softplus.difference(z, d), expected, 1e-14, 'difference');
});
