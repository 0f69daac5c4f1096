import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ACTIVATION_NAMES,
  type Activation,
  type ActivationName,
  activationOf,
  activations,
  describeActivation,
  nameOf,
} from '../../src/core/activations.ts';
import { UNIT_ROUNDOFF as u } from '../../src/gradcheck/noise.ts';
import { SEED } from '../networks.ts';
import { textbookOf } from './textbook.ts';
import { specOf, truth } from './truth/truth.ts';

const { abs, exp, expm1, log1p, max, min } = Math;
const tiny = 2 ** -100;
/** Below it float64 has no digits left to be right about. */
const UNDERFLOW = 2 ** -1060;

/** Within so many roundings of something of this size. */
function expectNear(actual: number, expected: number, roundings: number, size: number, what: string): void {
  const allowed = roundings * u * size + UNDERFLOW;
  expect(abs(actual - expected), `${what}: ${actual} instead of ${expected}`).toBeLessThanOrEqual(allowed);
}

const expectClose = (actual: number, expected: number, relative: number, what: string): void =>
  expectNear(actual, expected, relative / u, abs(expected), what);

/** Of gelu's tanh form: how much more a rounding of its cubic is by the time it is exponentiated. */
const ofCubic = (z: number): number => 4.8 * abs(z) * (1 + 0.044715 * z * z);
const conditionOf = (name: string, z: number): number => 4 + (name === 'gelu-tanh' ? ofCubic(z) : 0);

/** Where φ falls as well as rises, its difference has terms that cancel. */
const FALLING = ['silu', 'gelu', 'gelu-tanh'];

/** What the terms of a difference come to. */
function sizeOfDifference(name: string, phi: Activation, z: number, d: number, difference: number): number {
  if (!FALLING.includes(name)) return abs(difference);
  const bySlopes = abs(d) * max(phi.slopeSize(z), phi.slopeSize(z + d));
  return abs(difference) + min(bySlopes, abs(phi.value(z)) + abs(phi.value(z + d)));
}

/** Numbers of all sizes, with few bits, so that sums of them are exact. */
const dyadic = (limit: number): fc.Arbitrary<number> =>
  fc.integer({ min: -64 * limit, max: 64 * limit }).map((n) => n / 64);

/** How far down φ and its slope are numbers of float64 that have all their digits. */
const LOWEST: Partial<Record<ActivationName, number>> = { gelu: -37, 'gelu-tanh': -20 };
const lowestOf = (name: string): number => LOWEST[name as ActivationName] ?? -700;

describe.each(Object.entries(truth.activations))('%s', (name, exact) => {
  const spec = specOf(name);
  const phi = activationOf(spec);

  test('value, slope and curvature are right to a few roundings, far out in the tails, too', () => {
    for (const [i, z] of truth.z.entries()) {
      const roundings = conditionOf(name, z);
      const [value, slope, curvature] = [exact.value[i]!, exact.slope[i]!, exact.curvature[i]!];
      expectNear(phi.value(z), value, roundings, abs(value), `value at ${z}`);
      expectNear(phi.slope(z), slope, roundings, phi.slopeSize(z), `slope at ${z}`);
      const terms = curvature + (FALLING.includes(name) ? phi.slopeSize(z) : 0);
      expectNear(phi.curvature(z), curvature, roundings, terms, `curvature at ${z}`);
    }
  });

  test('values and slopes of many at once are as right as those of one', () => {
    const z = Float64Array.from(truth.z);
    const [values, slopes] = [phi.values(z), phi.slopes(z)];
    for (const [i, zi] of truth.z.entries()) {
      const roundings = conditionOf(name, zi);
      const [value, slope] = [exact.value[i]!, exact.slope[i]!];
      expectNear(values[i]!, value, roundings, abs(value), `value at ${zi}`);
      expectNear(slopes[i]!, slope, roundings, phi.slopeSize(zi), `slope at ${zi}`);
    }
    expect([...z]).toEqual(truth.z); // as it was
  });

  test('the difference is right to a few roundings, by a tiny d and by a large one', () => {
    for (const [i, z] of truth.from.entries()) {
      for (const [j, d] of truth.by.entries()) {
        const expected = exact.difference[i]![j]!;
        const roundings = max(conditionOf(name, z), conditionOf(name, z + d));
        const size = sizeOfDifference(name, phi, z, d, expected);
        expectNear(phi.difference(z, d), expected, roundings, size, `difference at ${z} by ${d}`);
      }
    }
  });

  test('the difference is a subtraction where a subtraction is safe', () => {
    const property = fc.property(dyadic(40), dyadic(8), (z, d) => {
      fc.pre(abs(d) >= 0.5);
      const [from, to] = [phi.value(z), phi.value(z + d)];
      const roundings = 2 * max(conditionOf(name, z), conditionOf(name, z + d));
      expectNear(phi.difference(z, d), to - from, roundings, abs(from) + abs(to), `at ${z} by ${d}`);
    });
    fc.assert(property, { seed: SEED });
  });

  test('the difference by a tiny d is slope times d, saturated or not', () => {
    const property = fc.property(fc.double({ min: lowestOf(name), max: 700, noNaN: true }), (z) => {
      fc.pre(abs(z) > 1e-12); // no kink within reach
      for (const d of [-tiny, tiny]) {
        const size = tiny * phi.slopeSize(z);
        expectNear(phi.difference(z, d), phi.slope(z) * d, 4 * conditionOf(name, z), size, `at ${z}`);
      }
    });
    fc.assert(property, { seed: SEED });
  });

  test('the slope is how fast the value changes, the curvature how fast the slope does', () => {
    const h = 2 ** -17;
    const property = fc.property(dyadic(12), (z) => {
      fc.pre(z !== 0);
      const rate = (f: (z: number) => number): number => (f(z + h) - f(z - h)) / (2 * h);
      expect(abs(phi.slope(z) - rate(phi.value)), `slope at ${z}`).toBeLessThanOrEqual(1e-9);
      expect(abs(phi.curvature(z) - abs(rate(phi.slope))), `at ${z}`).toBeLessThanOrEqual(1e-9);
    });
    fc.assert(property, { seed: SEED });
  });

  test('the terms of the slope are at least as large as the slope, and where it is 0.1 or more hardly larger', () => {
    const property = fc.property(fc.double({ min: -750, max: 750, noNaN: true }), (z) => {
      const [slope, size] = [abs(phi.slope(z)), phi.slopeSize(z)];
      expect(size).toBeGreaterThanOrEqual(slope * (1 - 2 * u));
      expect(size).toBeLessThanOrEqual(FALLING.includes(name) ? slope + 1 : slope);
    });
    fc.assert(property, { seed: SEED });
  });

  test('the kink is what the slope jumps by at 0, where it is that of z < 0', () => {
    const [left, right] = [phi.slope(-tiny), phi.slope(tiny)];
    expectNear(phi.kink, abs(right - left), 4, 1, 'kink');
    expect(phi.slope(0)).toBe(left);
    const [before, after] = [-tiny, tiny].map((d) => phi.difference(0, d) / d);
    expectNear(before!, left, 4, max(1, abs(left)), 'left quotient');
    expectNear(after!, right, 4, max(1, abs(right)), 'right quotient');
    expect(phi.kink > 0).toBe(['relu', 'leaky-relu', 'selu'].includes(nameOf(spec)) || /elu [^1]/.test(name));
  });

  test('nothing overflows', () => {
    for (const z of [-1e6, -800, -38.5, 0, 800, 1e6]) {
      for (const d of [-1e7, -800, -1e-3, 800, 1e7]) {
        const found = [phi.value(z), phi.slope(z), phi.curvature(z), phi.slopeSize(z), phi.difference(z, d)];
        expect(found.every(Number.isFinite), `at ${z} by ${d}: ${found}`).toBe(true);
      }
    }
  });

  test('going there and back is the same way', () => {
    const property = fc.property(dyadic(50), dyadic(4), (z, d) => {
      const [there, back] = [phi.difference(z, d), phi.difference(z + d, -d)];
      const roundings = 8 * max(conditionOf(name, z), conditionOf(name, z + d));
      expectNear(there, -back, roundings, sizeOfDifference(name, phi, z, d, there), `${z}, ${d}`);
    });
    fc.assert(property, { seed: SEED });
  });

  test('a difference of two parts of the way is that of the whole', () => {
    const property = fc.property(dyadic(50), dyadic(4), dyadic(4), (z, d, e) => {
      const parts = [phi.difference(z, d), phi.difference(z + d, e)] as const;
      const roundings = 16 * max(...[z, z + d, z + d + e].map((at) => conditionOf(name, at)));
      const size = abs(parts[0]) + abs(parts[1]) + sizeOfDifference(name, phi, z, d + e, 0);
      expectNear(phi.difference(z, d + e), parts[0] + parts[1], roundings, size, `${z}, ${d}, ${e}`);
    });
    fc.assert(property, { seed: SEED });
  });

  test('value less target is v − s, whatever the target', () => {
    const targets = fc.oneof(
      fc.constantFrom(-2, -1, -0.5, 0, 0.5, 0.75, 1, 2),
      fc.double({ min: -2, max: 2, noNaN: true }),
    );
    const property = fc.property(fc.double({ min: -60, max: 60, noNaN: true }), targets, (z, t) => {
      const [v, s] = phi.apart(z, t);
      const size = max(1, abs(t)) + abs(phi.value(z));
      expectNear(v - s, phi.value(z) - t, conditionOf(name, z), size, `${z}, ${t}`);
      expect(abs(v) + abs(s), `${z}, ${t}`).toBeLessThanOrEqual(2 * size);
    });
    fc.assert(property, { seed: SEED });
  });
});

const selu = activationOf('selu');
/** −λα, the end of selu's range. */
const LOW = -1.6732632423543772 * 1.0507009873554805;

test.each<[string, Activation, number, number, number]>([
  ['σ(40) and 1', activations.sigmoid, 40, 1, -exp(-40)],
  ['σ(700) and 1', activations.sigmoid, 700, 1, -exp(-700)],
  ['σ(−300) and 0', activations.sigmoid, -300, 0, exp(-300)],
  ['σ(0) and 1 − 2⁻⁴⁰', activations.sigmoid, 0, 1 - 2 ** -40, -0.5 + 2 ** -40],
  ['σ(1000) and 1 − 2⁻⁵³', activations.sigmoid, 1000, 1 - 2 ** -53, 2 ** -53],
  ['tanh 40 and 1', activations.tanh, 40, 1, -2 * exp(-80)],
  ['tanh −350 and −1', activations.tanh, -350, -1, 2 * exp(-700)],
  ['tanh −1000 and −1 + 2⁻⁵³', activations.tanh, -1000, -1 + 2 ** -53, -(2 ** -53)],
  ['tanh 1 and −1', activations.tanh, 1, -1, 2 / (1 + exp(-2))],
  ['softsign 2¹⁰⁰ and 1', activations.softsign, 2 ** 100, 1, -(2 ** -100)],
  ['softsign −3 and −1', activations.softsign, -3, -1, 0.25],
  ['softsign −3 and 1', activations.softsign, -3, 1, -1.75],
  ['softsign 2¹³⁰ and 1 − 2⁻⁵³', activations.softsign, 2 ** 130, 1 - 2 ** -53, 2 ** -53],
  ['elu −40 and −1', activations.elu, -40, -1, exp(-40)],
  ['elu −700 and −1', activations.elu, -700, -1, exp(-700)],
  ['elu −1000 and −1 + 2⁻⁵³', activations.elu, -1000, -1 + 2 ** -53, -(2 ** -53)],
  ['½ elu −100 and −½', activationOf({ elu: 0.5 }), -100, -0.5, exp(-100) / 2],
  ['elu of −2, at −100, and 2', activationOf({ elu: -2 }), -100, 2, -2 * exp(-100)],
  ['selu −100 and −λα', selu, -100, LOW, -LOW * exp(-100)],
  ['softplus −300 and 0', activations.softplus, -300, 0, exp(-300)],
  ['silu −300 and 0', activations.silu, -300, 0, -300 * exp(-300)],
])('%s are apart by what is left between them', (_, phi, z, t, expected) => {
  const [v, s] = phi.apart(z, t);
  expectClose(v - s, expected, 8 * u, 'difference');
  expect(abs(v) + abs(s)).toBeLessThanOrEqual(4 * abs(expected) + 2 ** -40);
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

test.each<[ActivationName, number, number, number]>([
  ['silu', -700, 700, 700 * exp(-700)],
  ['silu', -40, 40, 40 * exp(-40)],
  ['silu', -300, 298, -2 / (1 + exp(2)) + 300 * exp(-300)],
  ['gelu', -37, 37, 2.1184613523340935e-298],
  ['gelu', 0, -8.5, -8.05760459887282e-17],
  ['gelu-tanh', -20, 20, 3.3754509563109673e-261],
])('%s keeps the digits of its tail on a long way: from %d by %d', (name, z, d, expected) => {
  const roundings = 4 + max(...[z, z + d].map((at) => conditionOf(name, at)));
  expectNear(activations[name].difference(z, d), expected, roundings, abs(expected), 'difference');
});

test.each([
  [0, 1, 1],
  [0, -1, -0.25],
  [0, tiny, tiny],
  [0, -tiny, -tiny / 4],
  [1, -3, -1.5],
  [-1, 3, 2.25],
  [-1, 1, 0.25],
  [-1, tiny, tiny / 4],
  [-1e20, 1, 0.25],
])('a leaky ReLU of ¼ that moves from %d by %d moves by %d', (z, d, expected) => {
  expect(activationOf({ 'leaky-relu': 0.25 }).difference(z, d)).toBe(expected);
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

describe('an activation is named', () => {
  test('by itself, or with its number', () => {
    expect(['tanh', { 'leaky-relu': 0.2 }, { elu: 0.5 }].map((spec) => nameOf(spec as 'tanh'))).toEqual([
      'tanh',
      'leaky-relu',
      'elu',
    ]);
    expect(describeActivation('gelu-tanh')).toBe('gelu-tanh');
    expect(describeActivation({ 'leaky-relu': 0.2 })).toBe('leaky-relu 0.2');
    expect(describeActivation({ elu: -2 })).toBe('elu -2');
  });

  test.each<[ActivationName, string]>([
    ['leaky-relu', 'leaky-relu 0.01'],
    ['relu', 'leaky-relu 0'],
    ['elu', 'elu 1'],
    ['identity', 'leaky-relu 1'],
  ])('%s is %s', (name, withNumber) => {
    const [own, other] = [activations[name], activationOf(specOf(withNumber))];
    for (const z of [-3, -0.1, 0.2, 4])
      for (const key of ['value', 'slope', 'curvature'] as const) expect(own[key](z)).toBe(other[key](z));
    expect(own.kink).toBe(other.kink);
  });

  test('and a layer without one is the identity', () => {
    expect(activationOf()).toBe(activations.identity);
    expect(Object.keys(activations)).toEqual(ACTIVATION_NAMES);
  });
});

const INEXACT = ACTIVATION_NAMES.filter((name) => !['relu', 'leaky-relu', 'identity'].includes(name));

test.each(INEXACT)(
  "what the textbook's %s loses is at most 4u of its sizes, and somewhere at least half of one",
  (name) => {
    const phi = activations[name];
    const { value, slope } = textbookOf(name);
    let worst = [0, 0];
    for (let z = -45; z <= 45; z += 1 / 64) {
      const [a, s] = [phi.value(z), phi.slope(z)];
      const sizes = [
        abs(a) + phi.textbook.value(z, a, u),
        phi.slopeSize(z) + phi.textbook.slope(z, a, u),
      ] as const;
      const lost = [abs(value(z) - a), abs(slope(z, a) - s)] as const;
      worst = worst.map((own, i) => (lost[i] === 0 ? own : max(own, lost[i]! / (u * sizes[i]!))));
    }
    for (const roundings of worst) expect(roundings).toBeLessThanOrEqual(4);
    expect(max(...worst)).toBeGreaterThan(0.5);
  },
);

test.each<[ActivationName, number, number, number]>([
  ['tanh', 1e-6, 1, 3e-12], // (eᶻ − e⁻ᶻ)/(eᶻ + e⁻ᶻ) cancels, 1 − a² is exact but for a²
  ['tanh', 20, 1, 2],
  ['softsign', 3, 0, 0.5],
  ['elu', -3, 1, 1],
  ['elu', 0, 1, 1],
  ['elu', 3, 0, 0],
  ['softplus', 20, 1, 1],
  ['softplus', 21, 1 + exp(-21) / u, 1 + exp(-21) / u], // PyTorch takes z for it
  ['gelu-tanh', 0, 0, 1],
  ['gelu-tanh', -2, 2, 1 + 2.452],
  ['identity', 3, 0, 0],
])("the textbook's %s of %d loses about %d of its value and %d of its slope", (name, z, value, slope) => {
  const phi = activations[name];
  const found = [phi.textbook.value(z, phi.value(z), u), phi.textbook.slope(z, phi.value(z), u)];
  for (const [i, expected] of [value, slope].entries()) {
    expect(found[i]).toBeLessThanOrEqual(expected * 1.01);
    expect(found[i]).toBeGreaterThanOrEqual(expected * 0.6);
  }
});

test("expm1 keeps elu's digits near 0", () => {
  expectClose(activations.elu.value(-1e-20), expm1(-1e-20), u, 'value');
});
