import { UNIT_ROUNDOFF } from './noise.ts';
import { type Estimate, type Rung, rungAt, type Side } from './quotients.ts';

type Bounded = Pick<Estimate, 'value' | 'errorBar'>;

const GROWTH = 4;
/** The noise of f changes the quotients by about as much times h at any step; this many times more is news. */
const NEWS = 32;
/** Where a kink is looked for: the fifth step, from 2⁻³⁰ of x, and the ninth, from 2⁻²⁰, each with the four before. */
const NEAR = [5, 9];

/** The rungs of growing steps, each computed when it is first asked for; none from where f is not finite. */
type Ladder = (j: number) => Rung | undefined;

/**
 * The derivative at x by growing steps, from 2⁻³⁰ of x to 2⁻⁵.
 *
 * Truncation grows with the step, the noise of f falls: the best estimate lies between. Where truncation sets in,
 * and before a kink, growing ends: beyond its wavelength a wave looks like noise, and beyond a pole or a kink
 * the quotients settle on a wrong value. Where it is unclear what a sudden change is (f may be quantised, and
 * smaller steps saw it flat), the error bar spans what holds before and after.
 */
export function grow(at: (x: number) => number, x: number, fx: number): Estimate {
  const smallest = smallestStep(at, x, fx);
  const nearest = rungAt(at, x, fx, smallest);
  const { left, right } = nearest;
  const rung = ladder(at, x, fx, smallest, nearest);
  if (rung(2) === undefined)
    return { value: nearest.central, errorBar: Number.POSITIVE_INFINITY, left, right, kink: null };
  const { estimates, end } = climb(rung, 2 ** -5 * Math.max(1, Math.abs(x)));
  const { value, errorBar } = estimates.reduce(spanning);
  const [kink = null] = NEAR.flatMap((j) => kinkUpTo(rung, Math.min(j, end)) ?? []);
  // The derivative on either side of a kink is one of the two slopes, which change on the way to it.
  const least = kink && 2 * Math.max(Math.abs(value - kink.left), Math.abs(value - kink.right));
  return { value, errorBar: Math.max(errorBar, least ?? 0), left, right, kink };
}

function ladder(at: (x: number) => number, x: number, fx: number, smallest: number, nearest: Rung): Ladder {
  const rungs: Rung[] = [];
  let ended = false;
  return (j) => {
    while (!ended && rungs.length <= j) {
      const rung = rungs.length === 0 ? nearest : rungAt(at, x, fx, smallest * GROWTH ** rungs.length);
      ended = ![rung.h, rung.central, rung.left, rung.right].every(Number.isFinite);
      if (!ended) rungs.push(rung);
    }
    return rungs[j];
  };
}

/**
 * About 2⁻³⁰ of x, and no power of two: else the rounding of f may be the same at all steps, and escape notice.
 * Beside a tiny x, steps that change nothing are skipped.
 */
function smallestStep(at: (x: number) => number, x: number, fx: number): number {
  if (x === 0) return 2 ** -40;
  let step = 1.05 * 2 ** (Math.floor(Math.log2(Math.abs(x))) - 30);
  while (step < 2 ** -60 && isFlat(rungAt(at, x, fx, 2 ** 16 * step))) step *= 2 ** 16;
  return step;
}

/** Estimates of which one holds, but it is unclear which; `end` is the rung where truncation sets in. */
interface Climb {
  readonly estimates: readonly Bounded[];
  readonly end: number;
}

function climb(rung: Ladder, largest: number): Climb {
  const rungs: Rung[] = [];
  const noises: number[] = []; // what each rung says of the noise of f, beyond rounding
  const estimates: Bounded[] = [];
  for (let j = 0; ; j++) {
    const next = rung(j);
    if (next === undefined || next.h > largest)
      return { estimates: [...estimates, best(rungs, Math.max(...noises))], end: Number.POSITIVE_INFINITY };
    const flat = rungs.every(isFlat);
    rungs.push(next);
    const noise = Math.max(...noises);
    const news = newsAt(rung, j, Math.max(noise, rounding(next)));
    if (news === 'truncation' || (news === 'end' && !flat))
      return { estimates: [...estimates, best(rungs, beforeTruncation(rungs, noises))], end: j };
    if (news === 'kink')
      return { estimates: [...estimates, best(rungs, noise)], end: Number.POSITIVE_INFINITY };
    if (news !== 'none' && !flat) estimates.push(best(rungs, noise));
    const quantum =
      news !== 'none' || flat ? Math.max(bend(rungs, j, 'left'), bend(rungs, j, 'right')) * next.h : 0;
    const scatter = scatterAt(rungs, j, rung(2));
    noises.push(Math.max(quantum, scatter > rounding(next) ? scatter : 0));
  }
}

/** The last rung before truncation sets in may hold some of it, and is left out, if enough others are left. */
function beforeTruncation(rungs: readonly Rung[], noises: readonly number[]): number {
  const j = noises.length;
  return Math.max(...(j < 4 ? [...noises, scatterAt(rungs, j)] : j < 6 ? noises : noises.slice(0, -1)));
}

/**
 * What rung j says beyond noise. Truncation of the fourth order grows 1024-fold with each rung, times h; what a
 * quantised f brings, once it changes at all, comes at one or two rungs and then stays as it is.
 */
function newsAt(rung: Ladder, j: number, noise: number): 'none' | 'kink' | 'truncation' | 'unclear' | 'end' {
  if (j < 2) return 'none';
  const rungs = Array.from({ length: j + 1 }, (_, k) => rung(k)!);
  const first = jump(rungs, j);
  if (first < 4 * noise) return 'none';
  const [after, later] = [rung(j + 1), rung(j + 2)];
  if (after === undefined || later === undefined) return first < NEWS * noise ? 'none' : 'end';
  rungs.push(after, later);
  if (j >= 4 && isKink(rungs, j, noise)) return 'kink';
  if (first < NEWS * noise) return 'none';
  const [second, third] = [jump(rungs, j + 1), jump(rungs, j + 2)];
  if (second < NEWS * first) return 'unclear';
  if (second < 256 * first) return 'none'; // still noise for the most part: the next rung decides
  const bySixteen = [j, j + 1].every((k) => Math.abs(change(rungs, k) / change(rungs, k - 1) - 16) < 2);
  return bySixteen || third >= NEWS * second ? 'truncation' : 'unclear';
}

/**
 * Whether a kink lies between rungs j − 1 and j: only one of the one-sided slopes leaves its course, and takes
 * the quotient with it, by more and more times h. (A quantum may come at one side first, but stays as it is.)
 */
function isKink(rungs: readonly Rung[], j: number, noise: number): boolean {
  const moved = [j, j + 1, j + 2].map(
    (k) => Math.abs(rungs[k]!.central - rungs[j - 1]!.central) * rungs[k]!.h,
  ) as [number, number, number];
  const grows = moved[1] > 3 * moved[0] && moved[2] > 3 * moved[1] && moved[2] > 64 * noise;
  const stays = (quiet: Side, other: Side): boolean =>
    [j, j + 1, j + 2].every(
      (k) =>
        8 * bend(rungs, k, quiet) < bend(rungs, k, other) ||
        (k === j && bend(rungs, k, quiet) * rungs[k]!.h < 16 * noise),
    );
  return grows && (stays('left', 'right') || stays('right', 'left'));
}

/** How far a one-sided slope is from the line through the two before. */
function bend(rungs: readonly Rung[], j: number, side: Side): number {
  const [before, fine, coarse] = [Math.max(0, j - 2), Math.max(0, j - 1), j].map((k) => rungs[k]![side]) as [
    number,
    number,
    number,
  ];
  return Math.abs(coarse - fine - GROWTH * (fine - before));
}

const isFlat = ({ left, right }: Rung): boolean => left === 0 && right === 0;

const rounding = ({ size }: Rung): number => 2 * UNIT_ROUNDOFF * size + 2 * Number.MIN_VALUE;

const change = (rungs: readonly Rung[], j: number): number =>
  Math.abs(rungs[j]!.central - rungs[j - 1]!.central);

/** Richardson's extrapolation of rungs j and j − 1: D + O(h²) becomes O(h⁴). */
function fourthOrder(rungs: readonly Rung[], j: number): number {
  const [fine, coarse] = [rungs[j - 1]!.central, rungs[j]!.central];
  return fine + (fine - coarse) / (GROWTH ** 2 - 1);
}

const changeOfFourth = (rungs: readonly Rung[], j: number): number =>
  Math.abs(fourthOrder(rungs, j) - fourthOrder(rungs, j - 1));

/** The change at rung j, times h, of the quotients or their extrapolations, whichever is less. */
const jump = (rungs: readonly Rung[], j: number): number =>
  Math.min(change(rungs, j) * rungs[j - 1]!.h, changeOfFourth(rungs, j) * rungs[j]!.h);

/** The same as a measure of noise; a first change that the next rung multiplies is none. */
function scatterAt(rungs: readonly Rung[], j: number, third?: Rung): number {
  if (j === 0) return 0;
  const scatter = change(rungs, j) * rungs[j - 1]!.h;
  if (j > 1) return Math.min(scatter, changeOfFourth(rungs, j) * rungs[j - 2]!.h);
  return third && change([...rungs, third], 2) * rungs[1]!.h > NEWS * scatter ? 0 : scatter;
}

/** Of the estimates that rungs give, the one with the smallest error bar. */
function best(rungs: readonly Rung[], noise: number): Bounded {
  return rungs
    .map((_, j) => (j === 0 ? first(rungs, noise) : extrapolate(rungs, j, noise)))
    .reduce((a, b) => (b.errorBar < a.errorBar ? b : a));
}

/** The better one of two estimates, with an error bar that covers both. */
function spanning(a: Bounded, b: Bounded): Bounded {
  const [better, worse] = a.errorBar < b.errorBar ? [a, b] : [b, a];
  return { value: better.value, errorBar: Math.abs(a.value - b.value) + worse.errorBar };
}

/** What noise and rounding may do to a quotient at h, with a factor for the luck of having seen little of it. */
const noiseOver = (h: number, noise: number, rung: Rung): number =>
  Math.max(8 * noise, 3 * rounding(rung)) / h;

/** The smallest step alone; its truncation shows in the one-sided slopes, or in the next step. */
function first(rungs: readonly Rung[], noise: number): Bounded {
  const { h, central, left, right } = rungs[0]!;
  const truncation = Math.max(Math.abs(right - left) / 2, change(rungs, 1));
  return { value: central, errorBar: truncation + noiseOver(h, noise, rungs[0]!) };
}

/**
 * Richardson's extrapolation up to rung j: of three rungs to O(h⁶). Its error bar is the change that it makes
 * where the quotients change sixteenfold from rung to rung, as those of a smooth f do; else it is their spread.
 */
function extrapolate(rungs: readonly Rung[], j: number, noise: number): Bounded {
  const fine = j === 1 ? rungs[0]!.central : fourthOrder(rungs, j - 1);
  const coarse = fourthOrder(rungs, j);
  const value = j === 1 ? coarse : fine + (fine - coarse) / (GROWTH ** 4 - 1);
  const smooth = j >= 3 && change(rungs, j) > 8 * change(rungs, j - 1);
  // Both changes are of one size, but for one that crosses zero.
  const spread = smooth
    ? Math.max(2 * Math.abs(value - fine), changeOfFourth(rungs, j - 1))
    : Math.abs(j === 1 ? change(rungs, 1) : fine - coarse);
  const ofValue = 4 * UNIT_ROUNDOFF * Math.abs(value);
  return { value, errorBar: spread + ofValue + noiseOver(rungs[Math.max(0, j - 2)]!.h, noise, rungs[j]!) };
}

/**
 * The one-sided slopes of a smooth f approach each other fourfold with each rung, those of a noisy one move
 * apart as fast; where they stay as they are, a kink is at x or within the first steps of it.
 */
function kinkUpTo(rung: Ladder, j: number): Estimate['kink'] {
  if (j < 4 || rung(j) === undefined) return null;
  const rungs = [j - 3, j - 2, j - 1, j].map((k) => rung(k)!);
  const [nearest, ...apart] = rungs.map(({ left, right }) => right - left);
  const [narrow, wide] = [Math.min(...apart.map(Math.abs)), Math.max(...apart.map(Math.abs))];
  const { h, size } = rungs[0]!;
  const sameSign = apart.every((value) => value * nearest! > 0);
  // Only part of the nearest step may lie beyond the kink.
  const within = Math.abs(nearest!) >= 1e-3 * narrow && Math.abs(nearest!) <= 1.5 * narrow;
  if (!sameSign || wide > 1.5 * narrow || !within || narrow <= (16 * UNIT_ROUNDOFF * size) / h) return null;
  const { left, right } = rungs[3]!;
  return { left, right };
}
