import { UNIT_ROUNDOFF } from './noise.ts';

/** What the steps say of one derivative. */
export interface Estimate {
  readonly value: number;
  /**
   * the derivative lies within this of the value: an estimate, which held for more than 99.9% of random smooth
   * functions; an f that oscillates faster than the smallest step defeats it
   */
  readonly errorBar: number;
  /** (f(x) − f(x − h))/h at the smallest step */
  readonly left: number;
  /** (f(x + h) − f(x))/h */
  readonly right: number;
  /** the one-sided slopes where they show a kink */
  readonly kink: { readonly left: number; readonly right: number } | null;
}

/** f, with one entry of x moved to a value. */
type Moved = (x: number) => number;

/** What one step h says: the central quotient and the one-sided ones, with the h that was really taken. */
interface Rung {
  readonly h: number;
  readonly central: number;
  readonly left: number;
  readonly right: number;
  /** the largest |f| that went into them */
  readonly size: number;
}

function rungAt(at: Moved, x: number, fx: number, step: number): Rung {
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
export function quotient(at: Moved, x: number, fx: number, step: number): Estimate {
  const { h, central, left, right, size } = rungAt(at, x, fx, step);
  return {
    value: central,
    errorBar: Math.abs(right - left) / 2 + (2 * UNIT_ROUNDOFF * size) / h,
    left,
    right,
    kink: null,
  };
}

/** Each step is four times the one before. */
const GROWTH = 4;
/** How many rungs tell a kink by their one-sided slopes. */
const WINDOW = 5;
/**
 * The scatter of the extrapolated quotients, times h, stays as it is from rung to rung where f is noisy, jumps once
 * where f is rounded to steps that h has not reached before, and grows 1024-fold, again and again, from truncation.
 */
const GROWN = 64;

/**
 * The derivative by steps that grow from 2⁻³⁰ to 2⁻⁵ of the size of x, until truncation shows. What comes after
 * that is not looked at, however well it seems to converge: beyond its wavelength the quotient of a bounded
 * function falls as 1/h, just as noise does, and beyond a pole it settles on a value of its own.
 */
export function grow(at: Moved, x: number, fx: number): Estimate {
  const size = x === 0 ? 2 ** -20 : Math.max(Math.abs(x), 2 ** -60);
  const smallest = 2 ** -30 * 2 ** Math.min(1023, Math.ceil(Math.log2(size)));
  const largest = 2 ** -5 * Math.max(1, Math.abs(x));
  const nearest = rungAt(at, x, fx, smallest);
  const { left, right, central } = nearest;
  const rungs: Rung[] = [];
  let seen = survey(rungs);
  let rung = nearest;
  for (let step = smallest; isDefined(rung); ) {
    rungs.push(rung);
    seen = survey(rungs);
    step *= GROWTH;
    // What the last step leaves undecided, two more decide.
    if (seen.over || step > largest * (seen.undecided ? GROWTH ** 2 : 1)) break;
    rung = rungAt(at, x, fx, step);
  }
  if (rungs.length < 2)
    return { value: central, errorBar: Number.POSITIVE_INFINITY, left, right, kink: null };

  const kink = kinkOf(rungs, 0) ?? (seen.kinkAhead ? null : kinkOf(rungs, WINDOW));
  const { value, errorBar } = best(rungs.slice(0, seen.trusted), seen.noise);
  // The derivative on either side of a kink is one of the two slopes, which change on the way to it.
  const least = kink === null ? 0 : 2 * Math.max(Math.abs(value - kink.left), Math.abs(value - kink.right));
  return { value, errorBar: Math.max(errorBar, least), left, right, kink };
}

/** Whether f has values on both sides. */
const isDefined = ({ left, right }: Rung): boolean => Number.isFinite(left) && Number.isFinite(right);

/** What the rungs so far tell of f. */
interface Survey {
  /** the error of f itself: the rounding of its value, or what makes its quotients scatter */
  readonly noise: number;
  /** how many of the rungs say something of the derivative at x */
  readonly trusted: number;
  /** no larger step will say more */
  readonly over: boolean;
  /** the last rung scatters more: by truncation, or because f is rounded */
  readonly undecided: boolean;
  readonly kinkAhead: boolean;
}

function survey(rungs: readonly Rung[]): Survey {
  let noise = 0;
  let jump: { readonly j: number; readonly scatter: number } | undefined;
  for (let j = 0; j < rungs.length; j++) {
    noise = Math.max(noise, 2 * UNIT_ROUNDOFF * rungs[j]!.size);
    if (j < 2) continue;
    const scatter = Math.abs(fourthOrder(rungs, j) - fourthOrder(rungs, j - 1)) * rungs[j - 2]!.h;
    if (jump === undefined) {
      if (scatter > GROWN * noise) jump = { j, scatter };
      else noise = Math.max(noise, scatter);
      continue;
    }
    const before = rungs[jump.j - 1]!;
    const step = stepOf(before, rungs[j - 1]!, rungs[j]!);
    // Of an f that scatters from the start, nothing can be said.
    if (jump.j > 2 && step === 0 && onOneSide(before, rungs[j]!)) {
      if (j === jump.j + 1) continue;
      return { noise, trusted: jump.j, over: true, undecided: false, kinkAhead: true };
    }
    if (scatter > GROWN * jump.scatter && isTruncation(rungs, j)) {
      if (jump.j > 2 || j > 3)
        return { noise, trusted: j + 1, over: true, undecided: false, kinkAhead: false };
      jump = { j: 2, scatter }; // it grows from the start: once more, to be sure
      continue;
    }
    noise = Math.max(noise, jump.scatter, scatter, step);
    jump = undefined;
  }
  return { noise, trusted: rungs.length, over: false, undecided: jump !== undefined, kinkAhead: false };
}

/**
 * By how much f jumps on one side, as one does that is rounded: f itself has changed there once and for all, so that
 * its slope falls as 1/h. Beyond a kink the slope stays.
 */
function stepOf(before: Rung, fine: Rung, coarse: Rung): number {
  const sides = [
    [fine.left - before.left, coarse.left - before.left],
    [fine.right - before.right, coarse.right - before.right],
  ] as const;
  const [first, second] = Math.abs(sides[0][1]) > Math.abs(sides[1][1]) ? sides[0] : sides[1];
  return Math.abs(second) < Math.abs(first) / 2 ? Math.abs(second) * coarse.h : 0;
}

/** Whether the quotients themselves change as those of a smooth f do: 16-fold from rung to rung, and not as 1/h. */
const isTruncation = (rungs: readonly Rung[], j: number): boolean =>
  change(rungs, j) > 4 * change(rungs, j - 1);

/** Of all estimates the one with the smallest error bar, as long as they agree with one another. */
function best(rungs: readonly Rung[], noise: number): Bounded {
  let chosen = first(rungs, noise);
  if (rungs.length < 3) return chosen;
  for (let j = 1; j < rungs.length; j++) {
    const next = extrapolate(rungs, j, noise);
    if (Math.abs(next.value - chosen.value) > next.errorBar + chosen.errorBar) break;
    if (next.errorBar < chosen.errorBar) chosen = next;
  }
  return chosen;
}

type Bounded = Pick<Estimate, 'value' | 'errorBar'>;

/** The smallest step alone; its truncation shows in the one-sided slopes, or in the next step. */
function first([rung, next]: readonly Rung[], noise: number): Bounded {
  const { h, central, left, right } = rung!;
  const truncation = Math.max(Math.abs(right - left) / 2, Math.abs((next ?? rung!).central - central));
  return { value: central, errorBar: truncation + noise / h };
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
  return { value, errorBar: spread + rounding + (4 * noise) / rungs[Math.max(0, j - 2)]!.h };
}

const change = (rungs: readonly Rung[], j: number): number =>
  Math.abs(rungs[j]!.central - rungs[j - 1]!.central);

/** Whether only one of the one-sided slopes changes from rung to rung: on that side there is a kink. */
function onOneSide(fine: Rung, coarse: Rung): boolean {
  const [left, right] = [Math.abs(coarse.left - fine.left), Math.abs(coarse.right - fine.right)];
  return 8 * Math.min(left, right) < Math.max(left, right);
}

/**
 * The one-sided slopes of a smooth f approach each other fourfold with each rung, those of a noisy one move
 * apart as fast; where they stay as they are, a kink is at x or within the first steps of it.
 */
function kinkOf(all: readonly Rung[], from: number): Estimate['kink'] {
  const rungs = all.slice(from, from + WINDOW);
  if (rungs.length < WINDOW) return null;
  const [nearest, ...apart] = rungs.slice(1).map(({ left, right }) => right - left);
  const [narrow, wide] = [Math.min(...apart.map(Math.abs)), Math.max(...apart.map(Math.abs))];
  const { h, size } = rungs[1]!;
  const rounding = (16 * UNIT_ROUNDOFF * size) / h;
  const sameSign = apart.every((value) => value * nearest! > 0);
  // Only part of the nearest step may lie beyond the kink.
  const within = Math.abs(nearest!) >= 1e-3 * narrow && Math.abs(nearest!) <= 1.5 * narrow;
  if (!sameSign || wide > 1.5 * narrow || !within || narrow <= rounding) return null;
  const { left, right } = rungs.at(-1)!;
  return { left, right };
}
