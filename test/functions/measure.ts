import { randomNumbers } from '../../src/core/random.ts';
import { type NumericalEntry, numericalGradient } from '../../src/gradcheck/numerical.ts';
import type { Family, Subject } from './families.ts';

/** What the numerical gradient says of a subject. */
export interface Measured extends Subject {
  readonly entry: NumericalEntry;
  /** of f, but for the two at x itself */
  readonly evaluations: number;
  /** whether f was the same at all steps */
  readonly constant: boolean;
}

export function measure(family: Family, points: number, seed = 1): Measured[] {
  const random = randomNumbers(seed, family.name);
  return Array.from({ length: points }, () => {
    const subject = family.draw(random);
    const seen = new Set<number>();
    const f = ([at]: number[]): number => {
      const value = subject.f(at!);
      if (Math.abs(at! - subject.x) <= 2 ** -5 * Math.max(1, Math.abs(subject.x))) seen.add(value);
      return value;
    };
    const { entries, evaluations } = numericalGradient(f, [subject.x]);
    return { ...subject, entry: entries[0]!, evaluations: evaluations - 2, constant: seen.size === 1 };
  });
}

/** The truth is computed in doubles too. Where the bar is infinite nothing was claimed. */
export const isCovered = ({ slope, entry: { value, errorBar } }: Measured): boolean =>
  errorBar === Number.POSITIVE_INFINITY || Math.abs(value - slope) <= errorBar + 1e-15 * Math.abs(slope);

/** Whether steps of 2⁻³⁰ of x and more do not see what decides the slope, or f is so coarse that nothing happens. */
export const isTooFine = ({ x, detail = Number.POSITIVE_INFINITY, constant }: Measured): boolean =>
  constant || detail < 2 ** -30 * Math.abs(x);

/** Error bars as parts of the slopes, but for slopes of zero. */
export const relativeBars = (measured: readonly Measured[]): number[] =>
  measured.flatMap(({ slope, entry }) => (slope === 0 ? [] : [entry.errorBar / Math.abs(slope)]));

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** To how many digits slopes are said to be known by their bars, and to how many they are right: 0 to 16, on average. */
export function digitsOf(measured: readonly Measured[]): { readonly bar: number; readonly value: number } {
  const steep = measured.filter(({ slope }) => slope !== 0);
  const digits = (errorOf: (one: Measured) => number): number =>
    steep.length === 0
      ? 0
      : mean(
          steep.map((one) => -Math.log10(Math.min(1, Math.max(1e-16, errorOf(one) / Math.abs(one.slope))))),
        );
  return {
    bar: digits(({ entry }) => entry.errorBar),
    value: digits(({ entry, slope }) => (Number.isNaN(entry.value) ? 1 : Math.abs(entry.value - slope))),
  };
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

export const describeMeasured = ({ x, slope, detail, entry: { value, errorBar, kink } }: Measured): string =>
  `at ${x}: ${value} ± ${errorBar}, not ${slope}${kink ? `, kink ${kink.left}, ${kink.right}` : ''}${detail ? `, detail ${detail / Math.abs(x)}` : ''}`;
