import { grow } from './growing.ts';
import { describe, FunctionError, type Point, place, slotsOf } from './points.ts';
import { type Estimate, quotient } from './quotients.ts';

export { FunctionError, type Point };

/** One entry of a numerical gradient. */
export interface NumericalEntry extends Estimate {
  /** its index in x */
  readonly index: readonly number[];
}

export interface NumericalOptions {
  /** h, used as given; by default steps grow as long as that makes the estimate better */
  readonly step?: number;
  /** called with each entry as soon as it is known */
  readonly verbose?: (entry: NumericalEntry) => void;
}

/** The numerical gradient of a function at a point. */
export interface NumericalGradient {
  /** f(x) */
  readonly value: number;
  /** the shape of x */
  readonly shape: readonly number[];
  /** entry by entry, in the order of the index */
  readonly entries: readonly NumericalEntry[];
  /** how often f was called */
  readonly evaluations: number;
}

/**
 * The numerical gradient of any function at x, with an error bar on each entry: central differences at steps
 * that grow about fourfold from 2⁻³⁰ of x (from 2⁻⁴⁶, where what happens there is neither smooth nor rounding),
 * extrapolated to O(h⁶), as far as f allows (see `grow`).
 *
 * The bar covers the noise of f too, such as that of float32, waves, kinks and poles. No bar knows
 *
 * - what changes f by no more than some of its roundings, or happens within 2⁻⁴⁶ of x (2⁻⁶⁰ where x is 0), or beside
 *   an x where all seems smooth within 2⁻³⁰ of it: no step sees it;
 * - a rounding of f so coarse that f is constant up to 2⁻⁵ of x: its slope is 0 then;
 * - jumps of f, one after another, that are smaller than 2⁻²⁰ of it, or flat in between: they are taken for rounding,
 *   and the slope is that of what was rounded;
 * - waves that vanish at all steps. No two of these have a ratio of integers, so that only a wave made for them does.
 *
 * Each value of x is saved and put back.
 *
 * @param f a function of x, which it must not keep or change
 * @param x numbers, flat or nested; f sees this very object. That it may be a tuple, as Point says already, has the
 * compiler take a list that is written out for one, so that f([a, b]) gets numbers
 * @throws FunctionError if f returns something else than a finite number at x, or different ones for the same x,
 * or changes x, or x is frozen, or the step that is given does not move it
 */
export function numericalGradient<X extends Point | [number]>(
  f: (x: X) => number,
  x: X,
  options: NumericalOptions = {},
): NumericalGradient {
  let evaluations = 0;
  const evaluate = (): number => {
    evaluations++;
    const value = f(x);
    if (typeof value !== 'number')
      throw new FunctionError(`expected f to return a number, found ${describe(value)}`);
    return value;
  };
  const { shape, slots } = slotsOf(x);
  const before = slots.map(({ array, key }) => array[key]!);
  const value = evaluate();
  const changed = slots.find(({ array, key }, i) => !Object.is(array[key], before[i]));
  if (changed !== undefined)
    throw new FunctionError(`expected f to leave x as it is; it changed x${place(changed.index)}`);
  if (!Number.isFinite(value)) throw new FunctionError(`expected f(x) to be a finite number, found ${value}`);
  const again = evaluate();
  if (again !== value) {
    throw new FunctionError(
      `expected f to return the same number for the same x, found ${value} and then ${again}`,
    );
  }
  const entries = slots.map(({ array, key, index }) => {
    const saved = array[key]!;
    const { step } = options;
    if (step !== undefined && (saved + step === saved || saved - step === saved))
      throw new FunctionError(
        `expected a step that moves x${place(index)} = ${saved}; ${step} is lost in rounding`,
      );
    const at = (moved: number): number => {
      array[key] = moved;
      try {
        return evaluate();
      } finally {
        array[key] = saved;
      }
    };
    const entry = {
      index,
      ...(step === undefined ? grow(at, saved, value) : quotient(at, saved, value, step)),
    };
    options.verbose?.(entry);
    return entry;
  });
  return { value, shape, entries, evaluations };
}
