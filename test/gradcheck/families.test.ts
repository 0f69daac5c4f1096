import { describe, expect, test } from 'vitest';
import { numericalGradient } from '../../src/gradcheck/numerical.ts';
import { GROUPS } from '../functions/all.ts';
import { KNOWN } from '../functions/known.ts';
import {
  describeMeasured,
  digitsOf,
  isCovered,
  isTooFine,
  type Measured,
  mean,
  measure,
  median,
  relativeBars,
} from '../functions/measure.ts';

const POINTS = 40;

const uncovered = (measured: readonly Measured[]): string[] =>
  measured.filter((one) => !isCovered(one) && !isTooFine(one)).map(describeMeasured);

describe.each(Object.entries(GROUPS))('the bar covers the derivative of functions %s:', (group, families) => {
  test.each(families.map((family) => [family.name, family] as const))(
    '%s, and knows it to as many digits as it used to, by no more evaluations',
    (name, family) => {
      const measured = measure(family, POINTS);
      expect(uncovered(measured)).toEqual([]);
      const [bar, value, evaluations] = KNOWN[group]![name]!;
      const digits = digitsOf(measured);
      expect(digits.bar).toBeGreaterThanOrEqual(bar);
      expect(digits.value).toBeGreaterThanOrEqual(value);
      expect(mean(measured.map((one) => one.evaluations))).toBeLessThanOrEqual(evaluations);
    },
  );
});

test('the bar covers a kink that is lost in the rounding of something steeper, nearly always', () => {
  const family = GROUPS['a kink']!.find(({ name }) => name === 'a ReLU beside something steeper by far')!;
  expect(uncovered(measure(family, 1000)).length).toBeLessThanOrEqual(2);
});

const barOf = (f: (x: number) => number, x: number, slope: number): number => {
  const [entry] = numericalGradient(([at]: number[]) => f(at!), [x]).entries;
  expect(Math.abs(entry!.value - slope)).toBeLessThanOrEqual(entry!.errorBar);
  return entry!.errorBar;
};

test('a piece of (1 − cos x)/x² between two roundings of the cosine is not taken for its slope', () => {
  for (const x of [1.06e-8, 1.2e-8, 1.43e-8, 1.75e-8, 3e-8, 5.8e-8])
    barOf((at) => (1 - Math.cos(at)) / (at * at), x, -x / 12);
});

test('√(1 − x²) is covered next to its end, where 1 − x² is rounded to 2(1 − x)', () => {
  for (const distance of [1e-11, 1e-10, 1e-9, 2e-8, 6e-8, 1e-6]) {
    const x = 1 - distance;
    const slope = -x / Math.sqrt((1 - x) * (1 + x));
    expect(barOf((at) => Math.sqrt(1 - at * at), x, slope)).toBeLessThan(2e-4 * Math.abs(slope));
  }
});

test('a kink beside x that is lost in the noise of a far steeper f is in the bar', () => {
  for (const steep of [1e8, 1e9, 1e10])
    for (const place of [1 - 1e-8, 1 + 1e-9, 1 - 1e-10, 1 + 1e-12]) {
      const slope = steep * Math.cos(1) + (place < 1 ? 1 : 0);
      barOf((x) => steep * Math.sin(x) + Math.max(x - place, 0), 1, slope);
    }
});

test('between two kinks, and beside them, the slope is known', () => {
  for (const [a, b] of [
    [1 - 1e-9, 1 + 1e-9],
    [1 - 1e-10, 1 + 1e-6],
    [1 + 1e-8, 1 + 3e-8],
    [1 - 1e-4, 1 + 1e-10],
  ] as const) {
    const inside = a < 1 && 1 < b;
    const ramp = (x: number): number => Math.sin(x) + Math.min(Math.max(x - a, 0), b - a);
    expect(barOf(ramp, 1, Math.cos(1) + (inside ? 1 : 0))).toBeLessThan(1e-3);
  }
});

test('a wave as short as the first steps is seen, by smaller ones', () => {
  for (const [a, w] of [
    [1e-9, 1e9],
    [1e-8, 1e8],
    [1e-8, 3e9],
  ] as const) {
    for (const x of [0.3, 1, 2.7]) {
      const slope = Math.cos(x) + a * w * Math.cos(w * x);
      expect(barOf((at) => Math.sin(at) + a * Math.sin(w * at), x, slope)).toBeLessThan(1e-2);
    }
  }
});

test('no wave has a node at all steps: not that of the first one, either', () => {
  const first = 1.05 * 2 ** -30;
  for (const times of [1, 2, 4]) {
    const w = (Math.PI * times) / first;
    barOf((x) => Math.sin(x) + 1e-8 * Math.sin(w * (x - 1)), 1, Math.cos(1) + 1e-8 * w);
  }
});

test('of a rounded loss with an exact penalty it is the slope of both that is known', () => {
  for (const x of [0.3, 1, 2.5]) {
    const bar = barOf((at) => Math.fround(Math.sin(at)) + 0.05 * at * at, x, Math.cos(x) + 0.1 * x);
    expect(bar).toBeLessThan(1e-2);
  }
});

test('where f jumps again and again by more than a rounding, its slope may be that between jumps, or over them', () => {
  const bar = barOf((x) => x - 0.01 * Math.floor(100 * x), 0.5043, 1);
  expect(bar).toBeGreaterThanOrEqual(1);
});

test('ordinary functions are known to eleven digits, by forty evaluations', () => {
  const measured = GROUPS.ordinary!.flatMap((family) => measure(family, POINTS));
  expect(median(relativeBars(measured))).toBeLessThan(1e-11);
  const all = Object.values(GROUPS)
    .flat()
    .flatMap((family) => measure(family, 5));
  expect(median(all.map(({ evaluations }) => evaluations))).toBeLessThanOrEqual(45);
});
