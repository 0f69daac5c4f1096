import { UNIT_ROUNDOFF } from './noise.ts';

/** Where a function is differentiated: numbers, flat or nested, all branches alike. */
export type Point = ArrayLike<number> | ArrayLike<Point>;

/** One entry of a numerical gradient. */
export interface NumericalEntry {
  /** its index in x */
  readonly index: readonly number[];
  readonly value: number;
  /** the derivative lies within this of the value, unless f oscillates faster than the steps can see */
  readonly errorBar: number;
  /** the one-sided slopes at the smallest step, where they show a kink */
  readonly kink: { readonly left: number; readonly right: number } | null;
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

/** A function that cannot be differentiated here: it returns no number, or not the same one twice. */
export class FunctionError extends Error {
  override name = 'FunctionError';
}

/**
 * The numerical gradient of any function at x, with an error bar on each entry: central differences at steps
 * that grow fourfold, extrapolated to O(h⁶).
 *
 * Steps grow, for a step that starts too large can settle on a wrong value: a larger one is taken only if its
 * error bar is smaller and it agrees with the estimate before. Each value of x is saved and put back.
 *
 * @param f a function of x, which it must not keep or change
 * @param x numbers, flat or nested; f sees this very object
 * @throws FunctionError if f returns something else than a finite number at x, or different ones for the same x
 */
export function numericalGradient<X extends Point>(
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
  const value = evaluate();
  if (!Number.isFinite(value)) throw new FunctionError(`expected f(x) to be a finite number, found ${value}`);
  const again = evaluate();
  if (again !== value) {
    throw new FunctionError(
      `expected f to return the same number for the same x, found ${value} and then ${again}`,
    );
  }
  const entries = slots.map(({ array, key, index }) => {
    const saved = array[key]!;
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
      ...(options.step === undefined ? grow(at, saved, value) : quotient(at, saved, value, options.step)),
    };
    options.verbose?.(entry);
    return entry;
  });
  return { value, shape, entries, evaluations };
}

type Estimate = Omit<NumericalEntry, 'index'>;

/** What one step h says: the central quotient and the one-sided ones, with the h that was really taken. */
interface Rung {
  readonly h: number;
  readonly central: number;
  readonly left: number;
  readonly right: number;
  /** the largest |f| that went into them */
  readonly size: number;
}

function rungAt(at: (x: number) => number, x: number, fx: number, step: number): Rung {
  const [up, down] = [x + step, x - step];
  const [fUp, fDown] = [at(up), at(down)];
  return {
    h: (up - down) / 2,
    size: Math.max(Math.abs(fx), Math.abs(fUp), Math.abs(fDown)),
    central: (fUp - fDown) / (up - down),
    left: (fx - fDown) / (x - down),
    right: (fUp - fx) / (up - x),
  };
}

/** (f(x + h) − f(x − h)) / 2h at one step, with half the difference of the one-sided slopes for truncation. */
function quotient(at: (x: number) => number, x: number, fx: number, step: number): Estimate {
  const { h, central, left, right, size } = rungAt(at, x, fx, step);
  return {
    value: central,
    errorBar: Math.abs(right - left) / 2 + (2 * UNIT_ROUNDOFF * size) / h,
    kink: null,
  };
}

const GROWTH = 4;
/** The first rungs, whose scatter tells the noise of f and whose one-sided slopes tell a kink. */
const FIRST = 5;

/** Growing steps: from 2⁻²⁰ to 2⁻⁵ of the size of x, as long as the error bar shrinks. */
function grow(at: (x: number) => number, x: number, fx: number): Estimate {
  const smallest = 2 ** -20 * 2 ** Math.ceil(Math.log2(Math.max(Math.abs(x), 2 ** -20)));
  const largest = 2 ** -5 * Math.max(1, Math.abs(x));
  const rungs = [rungAt(at, x, fx, smallest)];
  for (let j = 1; j < FIRST; j++) rungs.push(rungAt(at, x, fx, smallest * GROWTH ** j));
  const noise = noiseOf(rungs);
  const kink = kinkOf(rungs);

  let best = first(rungs, noise);
  for (let j = 1; ; j++) {
    const rung = rungs[j] ?? rungAt(at, x, fx, smallest * GROWTH ** j);
    rungs[j] = rung;
    const next = extrapolate(rungs, j, noise);
    const better =
      next.errorBar < best.errorBar && Math.abs(next.value - best.value) <= next.errorBar + best.errorBar;
    if (better) best = next;
    else if (j >= FIRST - 1) break;
    if (rung.h * GROWTH > largest) break;
  }
  // The derivative on either side of a kink is one of the two slopes, which change on the way to it.
  const least =
    kink === null ? 0 : 2 * Math.max(Math.abs(best.value - kink.left), Math.abs(best.value - kink.right));
  return { ...best, errorBar: Math.max(best.errorBar, least), kink };
}

type Bounded = Omit<Estimate, 'kink'>;

/** The smallest step alone; its truncation shows in the one-sided slopes, or in the next step. */
function first([rung, next]: readonly Rung[], noise: number): Bounded {
  const { h, central, left, right } = rung!;
  const truncation = Math.max(Math.abs(right - left) / 2, Math.abs(next!.central - central));
  const errorBar = truncation + noise / h;
  return { value: central, errorBar: Number.isFinite(errorBar) ? errorBar : Number.POSITIVE_INFINITY };
}

/** Richardson's extrapolation of rungs j and j − 1: D + O(h²) becomes O(h⁴). */
function fourthOrder(rungs: readonly Rung[], j: number): number {
  const [fine, coarse] = [rungs[j - 1]!.central, rungs[j]!.central];
  return fine + (fine - coarse) / (GROWTH ** 2 - 1);
}

/**
 * Richardson's extrapolation up to rung j: of three rungs to O(h⁶). Its error bar is the change that it makes
 * where the quotients change sixteenfold from rung to rung, as those of a smooth f do; else it is their spread.
 */
function extrapolate(rungs: readonly Rung[], j: number, noise: number): Bounded {
  const fine = j === 1 ? rungs[0]!.central : fourthOrder(rungs, j - 1);
  const coarse = fourthOrder(rungs, j);
  const value = j === 1 ? coarse : fine + (fine - coarse) / (GROWTH ** 4 - 1);
  const k = Math.max(2, j);
  const smooth = change(rungs, k) > 8 * change(rungs, k - 1);
  const spread = smooth ? 2 * Math.abs(value - fine) : Math.abs(j === 1 ? change(rungs, 1) : fine - coarse);
  const rounding = 4 * UNIT_ROUNDOFF * Math.abs(value);
  return { value, errorBar: spread + rounding + (2 * noise) / rungs[Math.max(0, j - 2)]!.h };
}

const change = (rungs: readonly Rung[], j: number): number =>
  Math.abs(rungs[j]!.central - rungs[j - 1]!.central);

/**
 * The error of f itself: rounding of its value, or the scatter of the first quotients, less their truncation.
 * Noise scatters less with each larger step; where it is suddenly more, and on one side only, a kink is on the way.
 */
function noiseOf(rungs: readonly Rung[]): number {
  const rounding = 2 * UNIT_ROUNDOFF * Math.max(...rungs.map(({ size }) => size).filter(Number.isFinite));
  let noise = rounding;
  let before = change(rungs, 1);
  for (let j = 2; j < FIRST; j++) {
    const { h } = rungs[j - 2]!;
    const scatter = Math.abs(fourthOrder(rungs, j) - fourthOrder(rungs, j - 1));
    if (!Number.isFinite(scatter)) break;
    if (scatter > 64 * Math.max(before, rounding / h) && onOneSide(rungs[j - 1]!, rungs[j]!)) break;
    noise = Math.max(noise, 4 * scatter * h);
    before = scatter;
  }
  return noise;
}

/** Whether only one of the one-sided slopes changes from rung to rung. */
function onOneSide(fine: Rung, coarse: Rung): boolean {
  const [left, right] = [Math.abs(coarse.left - fine.left), Math.abs(coarse.right - fine.right)];
  return 8 * Math.min(left, right) < Math.max(left, right);
}

/**
 * The one-sided slopes of a smooth f approach each other fourfold with each rung, those of a noisy one move
 * apart as fast; where they stay as they are, a kink is at x or within the first steps of it.
 */
function kinkOf(rungs: readonly Rung[]): Estimate['kink'] {
  const [nearest, ...apart] = rungs.slice(1, FIRST).map(({ left, right }) => right - left);
  const [narrow, wide] = [Math.min(...apart.map(Math.abs)), Math.max(...apart.map(Math.abs))];
  const { h, size } = rungs[1]!;
  const rounding = (16 * UNIT_ROUNDOFF * size) / h;
  const sameSign = apart.every((value) => value * nearest! > 0);
  // Only part of the nearest step may lie beyond the kink.
  const within = Math.abs(nearest!) >= 1e-3 * narrow && Math.abs(nearest!) <= 1.5 * narrow;
  if (!sameSign || wide > 1.5 * narrow || !within || narrow <= rounding) return null;
  const { left, right } = rungs[FIRST - 1]!;
  return { left, right };
}

/** A place in x that holds a number. */
interface Slot {
  readonly array: { [key: number]: number };
  readonly key: number;
  readonly index: readonly number[];
}

/** All places of x that hold numbers, in the order of the index; branches of different lengths are refused. */
function slotsOf(x: Point): { shape: number[]; slots: Slot[] } {
  const shape: number[] = [];
  for (let branch: Point | number | undefined = x; isArray(branch); branch = branch[0])
    shape.push(branch.length);
  const slots: Slot[] = [];
  const walk = (branch: ArrayLike<unknown>, depth: number, index: readonly number[]): void => {
    if (branch.length !== shape[depth])
      throw new FunctionError(
        `expected x${place(index)} to have ${shape[depth]} entries, found ${branch.length}`,
      );
    for (let key = 0; key < branch.length; key++) {
      const item = branch[key];
      const here = [...index, key];
      if (isArray(item) && depth + 1 < shape.length) walk(item, depth + 1, here);
      else if (typeof item === 'number' && Number.isFinite(item) && depth + 1 === shape.length)
        slots.push({ array: branch as Slot['array'], key, index: here });
      else throw new FunctionError(`expected x${place(here)} to be a finite number, found ${describe(item)}`);
    }
  };
  walk(x as ArrayLike<unknown>, 0, []);
  if (slots.length === 0) throw new FunctionError('expected x to hold at least one number');
  return { shape, slots };
}

const isArray = (value: unknown): value is ArrayLike<Point> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

const place = (index: readonly number[]): string => index.map((i) => `[${i}]`).join('');

const describe = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? isArray(value)
      ? 'an array'
      : value instanceof Promise
        ? 'a promise'
        : 'an object'
    : String(value);
