import type { Tensor } from '../core/network.ts';
import type { Inconclusive } from './gradcheck.ts';
import { FunctionError, type NumericalOptions, numericalGradient, type Point } from './numerical.ts';
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
}

/** The numerical gradient of a function, beside the claimed one if there is one. */
export interface FunctionCheck {
  readonly name: string;
  /** f(x) */
  readonly value: number;
  /** there is no claim, or nothing mismatches and something agrees */
  readonly passed: boolean;
  readonly shape: readonly number[];
  readonly numerical: Float64Array;
  readonly errorBar: Float64Array;
  /** null without a claim, or with one of another shape */
  readonly analytic: Float64Array | null;
  readonly verdict: TensorVerdict | null;
  /** why the claim could not be compared */
  readonly problem: string | null;
  readonly inconclusive: readonly Inconclusive[];
  readonly evaluations: number;
}

/**
 * Checks the gradient of any function, as the lesson's `eval_numerical_gradient` does.
 *
 * An entry is a mismatch if |a − n| exceeds atol + rtol·max(|a|, |n|) and the error bar of n together;
 * inconclusive at a kink, or where that bar is more than 1% of the largest entry.
 *
 * @throws FunctionError if f cannot be differentiated at x
 */
export function checkFunction(
  subject: DifferentiableFunction,
  options: FunctionCheckOptions = {},
): FunctionCheck {
  const { name, x } = subject;
  const { value, shape, entries, evaluations } = numericalGradient((at) => subject.f(at), x, options);
  const numerical = Float64Array.from(entries, (entry) => entry.value);
  const errorBar = Float64Array.from(entries, (entry) => entry.errorBar);
  const measured = { name, value, shape, numerical, errorBar, evaluations };
  const kinks = entries.flatMap(({ index, kink }): Inconclusive[] =>
    kink ? [{ tensor: name, index, ...kink }] : [],
  );
  if (subject.gradient === undefined) {
    return { ...measured, passed: true, analytic: null, verdict: null, problem: null, inconclusive: kinks };
  }
  const claimed = readClaim(subject.gradient(x), name);
  if (!sameShape(claimed.shape, shape)) {
    const problem = `wrong shape: expected ${shape.join(' × ')}, found ${claimed.shape.join(' × ') || 'a number'}`;
    return { ...measured, passed: false, analytic: null, verdict: null, problem, inconclusive: kinks };
  }
  const { rtol = 1e-7, atol = 0 } = options;
  const largest = Math.max(0, ...numerical.map(Math.abs).filter(Number.isFinite));
  const isOpen = (i: number): boolean =>
    entries[i]!.kink !== null || errorBar[i] === Number.POSITIVE_INFINITY;
  const verdict = judgeTensor(
    claimed,
    { name, shape, data: numerical },
    {
      tolerance: (i, a, n) =>
        atol + rtol * Math.max(Math.abs(a), Math.abs(n)) + (isOpen(i) ? 0 : errorBar[i]!),
      open: (i) => (isOpen(i) ? errorBar[i]! : 0),
      vague: (i) => errorBar[i]! > 0.01 * largest && largest > 0,
    },
  );
  const agreed = verdict.verdicts.includes('agree');
  return {
    ...measured,
    passed: verdict.mismatched === 0 && agreed,
    analytic: claimed.data,
    verdict,
    problem: null,
    inconclusive: kinks,
  };
}

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, i) => size === b[i]);

/** A claimed gradient: numbers nested like x. */
function readClaim(claim: unknown, name: string): Tensor {
  const shape: number[] = [];
  for (let branch = claim; isList(branch); branch = branch[0]) shape.push(branch.length);
  const data: number[] = [];
  const walk = (branch: unknown, depth: number): void => {
    if (depth < shape.length) {
      if (!isList(branch) || branch.length !== shape[depth])
        throw new FunctionError('expected gradient(x) to have branches of one length');
      for (let i = 0; i < branch.length; i++) walk(branch[i], depth + 1);
    } else if (typeof branch === 'number') data.push(branch);
    else throw new FunctionError(`expected gradient(x) to hold numbers, found ${typeof branch}`);
  };
  walk(claim, 0);
  return { name, shape, data: Float64Array.from(data) };
}

const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
