import { UNIT_ROUNDOFF } from './noise.ts';
import { type Rung, rungAt } from './quotients.ts';

/**
 * From step to step, about four. No power of it is a ratio of integers, so that no wave has a node at all steps, as
 * sin(πx/h) would have at h, 4h, 16h, ….
 */
export const GROWTH = Math.exp(1.38);

/** What rounding may do to f(x + h) − f(x − h), f itself being rounded once. */
export const rounding = ({ size }: Rung): number => 2 * UNIT_ROUNDOFF * size + 2 * Number.MIN_VALUE;

export const isFlat = ({ left, right }: Rung): boolean => left === 0 && right === 0;

export const change = (rungs: readonly Rung[], j: number): number =>
  Math.abs(rungs[j]!.central - rungs[j - 1]!.central);

/** Whether the quotients change from rung to rung as those of a smooth f do: by h², which is `GROWTH`²-fold. */
export const isSmoothAt = (rungs: readonly Rung[], j: number): boolean =>
  Math.abs(change(rungs, j) / change(rungs, j - 1) / GROWTH ** 2 - 1) < 1 / 8;

/** The rungs of growing steps, from the bottom up, each computed when it is first asked for; none from where f is not finite. */
export type Ladder = (j: number) => Rung | undefined;

/**
 * A ladder from 2⁻³⁰ of x, or from further down where what happens there is neither smooth nor rounding: a wave, a
 * kink, a pole or an end of f may be that near, and only steps below it see the slope at x.
 */
export function ladder(
  at: (x: number) => number,
  x: number,
  fx: number,
): { rung: Ladder; nearest: Rung; start: number } {
  const start = firstStep(at, x, fx);
  const finest = x === 0 ? 2 ** -60 : Math.abs(x) * 2 ** -46;
  const rungs: Rung[] = [];
  const add = (step: number): void => {
    rungs.push(rungAt(at, x, fx, step));
  };
  for (let j = 0; j < SEEN; j++) add(start * GROWTH ** j);
  let below = 0;
  while (!isSettled(rungs.slice(0, SEEN)) && start * GROWTH ** (below - 1) >= finest) {
    below--;
    rungs.unshift(rungAt(at, x, fx, start * GROWTH ** below));
  }
  const nearest = rungs[0]!;
  const end = rungs.findIndex((rung) => !isDefined(rung));
  if (end >= 0) rungs.splice(end);
  let ended = end >= 0;
  const rung: Ladder = (j) => {
    while (!ended && rungs.length <= j) {
      add(start * GROWTH ** (below + rungs.length));
      ended = !isDefined(rungs.at(-1)!);
      if (ended) rungs.pop();
    }
    return rungs[j];
  };
  return { rung, nearest, start: -below };
}

/** By so many rungs the bottom of a ladder is judged. */
const SEEN = 6;

const isDefined = ({ h, central, left, right }: Rung): boolean =>
  [h, central, left, right].every(Number.isFinite);

/** Whether smaller steps would tell nothing new: they change nothing, or rounding, or what a smooth f would. */
function isSettled(rungs: readonly Rung[]): boolean {
  if (!rungs.every(isDefined)) return false;
  if (rungs.slice(0, 2).every(isFlat)) return true;
  const isRounding = (j: number): boolean => change(rungs, j) * rungs[j - 1]!.h <= 8 * rounding(rungs[j]!);
  return [1, 2].every(isRounding) || ([4, 5].every((j) => isSmoothAt(rungs, j)) && !isSmoothAt(rungs, 2));
}

/**
 * About 2⁻³⁰ of x, and no power of two: else the rounding of f may be the same at all steps, and escape notice.
 * Beside a tiny x, steps that change nothing are skipped.
 */
function firstStep(at: (x: number) => number, x: number, fx: number): number {
  if (x === 0) return 2 ** -40;
  let step = 1.05 * 2 ** (Math.floor(Math.log2(Math.abs(x))) - 30);
  while (step < 2 ** -60 && isFlat(rungAt(at, x, fx, 2 ** 16 * step))) step *= 2 ** 16;
  return step;
}
