import type { Tensor } from '../core/network.ts';
import type { Inconclusive } from './gradcheck.ts';
import {
  FunctionError,
  type NumericalEntry,
  type NumericalOptions,
  numericalGradient,
  type Point,
} from './numerical.ts';
import { isArray } from './points.ts';
import { judgeTensor, type TensorVerdict } from './verdict.ts';

/** A function, where it is differentiated, and the gradient that its author claims. */
export interface DifferentiableFunction {
  readonly name: string;
  readonly x: Point;
  f(x: Point): number;
  gradient?(x: Point): unknown;
}

export interface FunctionCheckOptions extends NumericalOptions {
  /** relative tolerance, 1e-7 by default */
  readonly rtol?: number;
  /** absolute tolerance, 0 by default */
  readonly atol?: number;
  /** an inconclusive entry fails, too */
  readonly strict?: boolean;
}

/** An entry of which the numerical gradient does not tell the slope, and why. */
export interface OpenEntry extends Inconclusive {
  /** f has a kink there; it has no value, or none that is finite, there or nearby; or the error bar is too wide */
  readonly why: 'kink' | 'end' | 'vague';
}

/** The numerical gradient of a function, beside the claimed one if there is one. */
export interface FunctionCheck {
  readonly name: string;
  /** f(x) */
  readonly value: number;
  /** there is no claim, or nothing mismatches and something agrees; if strict, nothing is inconclusive either */
  readonly passed: boolean;
  readonly shape: readonly number[];
  readonly numerical: Float64Array;
  readonly errorBar: Float64Array;
  /** null without a claim, or with one of another shape */
  readonly analytic: Float64Array | null;
  readonly verdict: TensorVerdict | null;
  /** why the claim could not be compared */
  readonly problem: string | null;
  /** with a claim, the entries whose verdict is inconclusive; without, those that have no slope */
  readonly inconclusive: readonly OpenEntry[];
  readonly evaluations: number;
}

/**
 * Checks the gradient of any function, as the lesson's `eval_numerical_gradient` does.
 *
 * An entry is a mismatch if |a − n| exceeds atol + rtol·max(|a|, |n|) and the error bar of n together;
 * inconclusive at a kink, or where that bar is more than 1% of the largest entry.
 *
 * @throws FunctionError if f cannot be differentiated at x, or its gradient is none
 */
export function checkFunction(
  subject: DifferentiableFunction,
  options: FunctionCheckOptions = {},
): FunctionCheck {
  const { name, x } = subject;
  const f = (at: Point): number => subject.f(at);
  const { value, shape, entries, evaluations } = numericalGradient(f, x, options);
  const numerical = Float64Array.from(entries, (entry) => entry.value);
  const errorBar = Float64Array.from(entries, barOf);
  const measured = { name, value, shape, numerical, errorBar, evaluations };
  const passes = (open: readonly OpenEntry[]): boolean => !options.strict || open.length === 0;
  const openEntries = (isOpen: (i: number) => boolean): OpenEntry[] =>
    entries.flatMap((entry, i) => (isOpen(i) ? [openEntry(name, entry)] : []));

  const claimed = subject.gradient && readClaim(subject.gradient(x), name);
  if (claimed === undefined || !sameShape(claimed.shape, shape)) {
    const inconclusive = openEntries((i) => isWithoutSlope(entries[i]!));
    const unclaimed = { ...measured, analytic: null, verdict: null, inconclusive };
    if (claimed === undefined) return { ...unclaimed, passed: passes(inconclusive), problem: null };
    const problem = `wrong shape: expected ${shape.join(' × ')}, found ${claimed.shape.join(' × ') || 'a number'}`;
    return { ...unclaimed, passed: false, problem };
  }
  const verdict = judgeClaim(claimed, { name, shape, data: numerical }, entries, value, options);
  const inconclusive = openEntries((i) => verdict.verdicts[i] === 'inconclusive');
  return {
    ...measured,
    passed: verdict.mismatched === 0 && verdict.verdicts.includes('agree') && passes(inconclusive),
    analytic: claimed.data,
    verdict,
    problem: null,
    inconclusive,
  };
}

function judgeClaim(
  claimed: Tensor,
  numerical: Tensor,
  entries: readonly NumericalEntry[],
  fx: number,
  { rtol = 1e-7, atol = 0 }: FunctionCheckOptions,
): TensorVerdict {
  const largest = Math.max(largestOf(claimed.data), largestOf(numerical.data));
  // Where all is zero there is no entry to compare the bar with.
  const most = largest > 0 ? 0.01 * largest : 1e-6 * Math.max(1, Math.abs(fx));
  const bar = (i: number): number => barOf(entries[i]!);
  return judgeTensor(claimed, numerical, {
    tolerance: (i, a, n) =>
      atol + rtol * Math.max(Math.abs(a), Math.abs(n)) + (isWithoutSlope(entries[i]!) ? 0 : bar(i)),
    open: (i) => (isWithoutSlope(entries[i]!) ? bar(i) : 0),
    vague: (i) => bar(i) > most,
  });
}

const largestOf = (data: Float64Array): number =>
  data.reduce((most, entry) => (Number.isFinite(entry) ? Math.max(most, Math.abs(entry)) : most), 0);

/** How far off an entry may be: where f has no value nothing is known. */
const barOf = ({ errorBar }: NumericalEntry): number =>
  Number.isNaN(errorBar) ? Number.POSITIVE_INFINITY : errorBar;

/** Whether there is no single slope: at a kink, and where f ends. */
const isWithoutSlope = (entry: NumericalEntry): boolean =>
  entry.kink !== null || barOf(entry) === Number.POSITIVE_INFINITY;

/** An entry that cannot be decided, with the slopes on either side of it. */
function openEntry(tensor: string, entry: NumericalEntry): OpenEntry {
  const { index, kink, left, right } = entry;
  if (kink !== null) return { tensor, index, ...kink, why: 'kink' };
  return { tensor, index, left, right, why: isWithoutSlope(entry) ? 'end' : 'vague' };
}

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, i) => size === b[i]);

/** A claimed gradient: numbers nested like x. */
function readClaim(claim: unknown, name: string): Tensor {
  const shape: number[] = [];
  for (let branch = claim; isArray(branch); branch = branch[0]) shape.push(branch.length);
  const data: number[] = [];
  const walk = (branch: unknown, depth: number): void => {
    if (depth < shape.length) {
      if (!isArray(branch) || branch.length !== shape[depth])
        throw new FunctionError('expected gradient(x) to have branches of one length');
      for (let i = 0; i < branch.length; i++) walk(branch[i], depth + 1);
    } else if (typeof branch === 'number') data.push(branch);
    else
      throw new FunctionError(
        `expected gradient(x) to hold numbers, found ${branch instanceof Promise ? 'a promise' : typeof branch}`,
      );
  };
  walk(claim, 0);
  return { name, shape, data: Float64Array.from(data) };
}
