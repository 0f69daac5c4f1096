import { change, GROWTH, rounding } from './ladder.ts';
import { UNIT_ROUNDOFF } from './noise.ts';
import type { Estimate, Rung } from './quotients.ts';

export type Bounded = Pick<Estimate, 'value' | 'errorBar'>;

/** Richardson's extrapolation of rungs j and j − 1: D + O(h²) becomes O(h⁴). */
function fourthOrder(rungs: readonly Rung[], j: number): number {
  const [fine, coarse] = [rungs[j - 1]!.central, rungs[j]!.central];
  return fine + (fine - coarse) / (GROWTH ** 2 - 1);
}

export const changeOfFourth = (rungs: readonly Rung[], j: number): number =>
  Math.abs(fourthOrder(rungs, j) - fourthOrder(rungs, j - 1));

/**
 * Of the estimates that rungs give, the one with the smallest error bar, which covers what others leave: all bars hold,
 * unless noise was underrated, as where f is rounded in the same way at all small steps.
 */
export function best(rungs: readonly Rung[], noise: number, x: number): Bounded {
  const estimates = rungs.map((_, j) => (j === 0 ? first(rungs, noise) : extrapolate(rungs, j, noise, x)));
  const { value, errorBar } = estimates.reduce((a, b) => (b.errorBar < a.errorBar ? b : a));
  const apart = [...estimates, ...coarser(rungs, noise)]
    .map((other) => ({ distance: Math.abs(other.value - value), bar: other.errorBar }))
    .filter(({ distance, bar }) => distance > bar);
  return { value, errorBar: Math.max(errorBar, ...apart.map(({ distance }) => 2 * distance)) };
}

/** The extrapolations of two rungs, with error bars from the next rung: of O(h⁴) it knows a multiple. */
const coarser = (rungs: readonly Rung[], noise: number): Bounded[] =>
  rungs.slice(1, -1).map((rung, i) => ({
    value: fourthOrder(rungs, i + 1),
    errorBar:
      (1.5 * changeOfFourth(rungs, i + 2)) / (GROWTH ** 4 - 1) +
      noiseOver(rungs[i]!.h, noise, rung, rungs.length),
  }));

/** The better one of two estimates, with an error bar that covers both. */
export function spanning(a: Bounded, b: Bounded): Bounded {
  const [better, worse] = a.errorBar < b.errorBar ? [a, b] : [b, a];
  return { value: better.value, errorBar: Math.abs(a.value - b.value) + worse.errorBar };
}

/** What noise and rounding may do to a quotient at h; more, the fewer rungs have seen the noise. */
const noiseOver = (h: number, noise: number, rung: Rung, rungs: number): number =>
  Math.max(8 * (1 + 40 / rungs ** 2) * noise, 4 * rounding(rung)) / h;

/** The smallest step alone; its truncation shows in the one-sided slopes, or in the next step. */
function first(rungs: readonly Rung[], noise: number): Bounded {
  const { h, central, left, right } = rungs[0]!;
  const truncation = Math.max(Math.abs(right - left) / 2, change(rungs, 1));
  return { value: central, errorBar: truncation + noiseOver(h, noise, rungs[0]!, rungs.length) };
}

/**
 * Richardson's extrapolation up to rung j: of three rungs to O(h⁶). Its error bar is the change that it makes
 * where the quotients change sixteenfold from rung to rung, as those of a smooth f do; else it is their spread.
 */
function extrapolate(rungs: readonly Rung[], j: number, noise: number, x: number): Bounded {
  const fine = j === 1 ? rungs[0]!.central : fourthOrder(rungs, j - 1);
  const coarse = fourthOrder(rungs, j);
  const value = j === 1 ? coarse : fine + (fine - coarse) / (GROWTH ** 4 - 1);
  const smooth = j >= 3 && change(rungs, j) > 8 * change(rungs, j - 1);
  // Both changes are of one size, but for one that crosses zero.
  const spread = smooth
    ? Math.max(2 * Math.abs(value - fine), changeOfFourth(rungs, j - 1))
    : Math.abs(j === 1 ? change(rungs, 1) : fine - coarse);
  // f may round what is near x: smoothly, so that no step shows it
  const ofValue = UNIT_ROUNDOFF * Math.abs(value) * (4 + Math.abs(x) / (4 * rungs[j]!.h));
  const bar = spread + ofValue + noiseOver(rungs[Math.max(0, j - 2)]!.h, noise, rungs[j]!, rungs.length);
  return { value, errorBar: Math.max(bar, kinkBelow(rungs, j, bar)) };
}

/**
 * How far the one-sided slopes stay apart where h vanishes, if that is more than the bar: a kink so near that what
 * it does to f is lost in noise. Their distance κ + O(h) becomes κ + O(h⁵), twice about the same.
 */
function kinkBelow(rungs: readonly Rung[], j: number, bar: number): number {
  if (j < 3) return 0;
  const apart = rungs.slice(j - 3, j + 1).map(({ left, right }) => right - left);
  const [before, kink] = without(without(apart, 1), 3) as [number, number];
  const isOne = Math.abs(before) > Math.abs(kink) / 32 && Math.abs(kink) > bar;
  return isOne ? Math.abs(kink) : 0;
}

/** Richardson's extrapolation of what changes with h to a power. */
export const without = (values: readonly number[], power: number): number[] =>
  values.slice(1).map((coarse, i) => values[i]! + (values[i]! - coarse) / (GROWTH ** power - 1));
