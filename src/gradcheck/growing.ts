import { jumpsBetween } from './jumps.ts';
import { change, isFlat, isSmoothAt, type Ladder, ladder, rounding } from './ladder.ts';
import { nearbyKink } from './nearby-kinks.ts';
import { bend, jump, newsAt, scatterAt } from './news.ts';
import type { Estimate, Rung } from './quotients.ts';
import { type Bounded, best, spanning } from './richardson.ts';

/** Jumps of less than this part of f are taken for rounding: float32's, or that of what cancels inside of f. */
const ROUNDING_JUMP = 2 ** -20;

/**
 * The derivative at x by growing steps, from 2⁻³⁰ of x, or below, to 2⁻⁵.
 *
 * Truncation grows with the step, the noise of f falls: the best estimate lies between. Where f ceases to be what it
 * was, growing ends: beyond its wavelength a wave looks like noise, and beyond a pole or a kink the quotients settle on
 * a wrong value. Only where f jumps it goes on: jumps are how rounding looks from near. Small ones are taken for that;
 * with large ones it is unclear, and the error bar spans what holds before and after.
 */
export function grow(at: (x: number) => number, x: number, fx: number): Estimate {
  const { rung, nearest, start } = ladder(at, x, fx);
  const { left, right } = nearest;
  if (rung(2) === undefined)
    return { value: nearest.central, errorBar: Number.POSITIVE_INFINITY, left, right, kink: null };
  const { value, errorBar, end } = climbFar({ at, x, fx, rung });
  const kink = nearbyKink(rung, start, end);
  // The derivative on either side of a kink is one of the two slopes, which change on the way to it.
  const least = kink && 2 * Math.max(Math.abs(value - kink.left), Math.abs(value - kink.right));
  return { value, errorBar: Math.max(errorBar, least ?? 0), left, right, kink };
}

interface Subject {
  readonly at: (x: number) => number;
  readonly x: number;
  readonly fx: number;
  readonly rung: Ladder;
}

/** Estimates of which one holds, but it is unclear which; `end` is the rung where f ceases to be what it was. */
interface Climb {
  readonly estimates: readonly Bounded[];
  readonly end: number;
}

/** Up to 2⁻⁵; beside a tiny x only as far as f is of the scale of x, if that is enough. */
function climbFar(subject: Subject): Bounded & { readonly end: number } {
  const size = Math.abs(subject.x);
  const climbTo = (largest: number): Bounded & { end: number } => {
    const { estimates, end } = climb(subject, largest);
    return { ...estimates.reduce(spanning), end };
  };
  if (size < 2 ** -60 && (subject.rung(8)?.h ?? Number.POSITIVE_INFINITY) < 2 ** 6 * size) {
    const near = climbTo(2 ** 6 * size);
    if (near.errorBar < 2 ** -30 * Math.abs(near.value)) return near;
  }
  return climbTo(2 ** -5 * Math.max(1, size));
}

function climb(subject: Subject, largest: number): Climb {
  const { rung, x } = subject;
  const rungs: Rung[] = [];
  const noises: number[] = []; // what each rung says of the noise of f, beyond rounding
  const estimates: Bounded[] = [];
  for (let j = 0; ; j++) {
    const next = rung(j);
    if (next === undefined || next.h > largest) {
      estimates.push(best(rungs, Math.max(...noises), x));
      return { estimates, end: Number.POSITIVE_INFINITY };
    }
    const flat = rungs.every(isFlat);
    const noise = Math.max(...noises);
    const before = [...rungs];
    rungs.push(next);
    const news = newsAt(rung, j, Math.max(noise, rounding(next)));
    if (news === 'truncation' && !flat) {
      const smooth = [...rungs, ...smoothFrom(rung, j, largest)];
      const ends = [smooth.length, smooth.length + 1].some((k) => rung(k) === undefined);
      estimates.push(best(smooth, beforeTruncation(rungs, noises), ends ? 8 * x : x));
      if (!isRoughFrom(subject, j, largest)) return { estimates, end: j };
    } else if (news !== 'none') {
      const jumps = jumpsAt(subject, j) > 0;
      if (!jumps || (!flat && jump(rungs, j) > ROUNDING_JUMP * next.size))
        estimates.push(best(before, j > 2 ? noise : firstScatter(before), x));
      const isPlain = news === 'sudden' && !isSmoothAt(rungs, j);
      if (!jumps && (isPlain || !isRoughFrom(subject, j, largest))) return { estimates, end: j };
    }
    const quantum =
      news !== 'none' || flat ? Math.max(bend(rungs, j, 'left'), bend(rungs, j, 'right')) * next.h : 0;
    const scatter = scatterAt(rungs, j, rung(2));
    noises.push(Math.max(quantum, scatter > rounding(next) ? scatter : 0));
  }
}

/** All that two rungs know of noise. */
const firstScatter = (rungs: readonly Rung[]): number => change(rungs, 1) * rungs[0]!.h;

const jumpsAt = ({ at, x, fx, rung }: Subject, j: number): number =>
  jumpsBetween(at, x, fx, rung(j - 1)!, rung(j)!);

/** The rungs after rung j up to where f ceases to be smooth. */
function smoothFrom(rung: Ladder, j: number, largest: number): Rung[] {
  const rungs = Array.from({ length: j + 1 }, (_, k) => rung(k)!);
  for (let k = j + 1; ; k++) {
    const next = rung(k);
    if (next === undefined || next.h > largest) break;
    rungs.push(next);
    if (!isSmoothAt(rungs, k)) {
      rungs.pop();
      break;
    }
  }
  return rungs.slice(j + 1);
}

/** Whether f jumps at two places at least where it ceases to be smooth: it is rounded, and was so up to rung j, too. */
function isRoughFrom(subject: Subject, j: number, largest: number): boolean {
  const { rung } = subject;
  const k = j + 1 + smoothFrom(rung, j, largest).length;
  if ((rung(k)?.h ?? Number.POSITIVE_INFINITY) > largest) return false;
  const jumps = jumpsAt(subject, k);
  const further = [k + 1, k + 2, k + 3, k + 4].filter((i) => rung(i) !== undefined);
  return jumps > 1 || (jumps === 1 && further.some((i) => jumpsAt(subject, i) > 0));
}

/** The last rung before truncation sets in may hold some of it, and is left out, if enough others are left. */
function beforeTruncation(rungs: readonly Rung[], noises: readonly number[]): number {
  const j = noises.length;
  return Math.max(...(j < 4 ? [...noises, scatterAt(rungs, j)] : j < 6 ? noises : noises.slice(0, -1)));
}
