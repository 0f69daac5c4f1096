import { change, GROWTH, isSmoothAt, type Ladder } from './ladder.ts';
import type { Rung, Side } from './quotients.ts';
import { changeOfFourth } from './richardson.ts';

/** The noise of f changes the quotients by about as much times h at any step; this many times more is news. */
const NEWS = 32;

/** What a rung says beyond noise: truncation sets in, or f does something else there; a kink shows early. */
export type News = 'none' | 'kink' | 'truncation' | 'sudden';

/**
 * What rung j says beyond noise. Truncation of the fourth order grows 1024-fold with each rung, times h; what a
 * quantised f brings, once it changes at all, comes at one or two rungs and then stays as it is.
 */
export function newsAt(rung: Ladder, j: number, noise: number): News {
  if (j < 2) return 'none';
  const rungs = Array.from({ length: j + 1 }, (_, k) => rung(k)!);
  const first = jump(rungs, j);
  if (first < 4 * noise) return 'none';
  const isSmall = first < NEWS * noise;
  const [after, later] = [rung(j + 1), rung(j + 2)];
  if (after === undefined || later === undefined) return isSmall ? 'none' : 'sudden';
  rungs.push(after, later);
  if (isSmall) return j >= 4 && isKink(rungs, j, noise) ? 'kink' : 'none';
  const [second, third] = [jump(rungs, j + 1), jump(rungs, j + 2)];
  // Still noise for the most part: the next rung decides. By so few rungs the noise is hardly known.
  if (growsSmoothly(rungs, j) && second < 256 * first && (second >= NEWS * first || j < 4)) return 'none';
  if (second < NEWS * first) return 'sudden';
  const bySixteen = [j, j + 1].every((k) => isSmoothAt(rungs, k));
  return bySixteen || third >= NEWS * second ? 'truncation' : 'sudden';
}

/** Whether what follows on rung j is truncation, though rung j itself is noisy. */
function growsSmoothly(rungs: readonly Rung[], j: number): boolean {
  const growth = change(rungs, j + 1) / change(rungs, j);
  return growth > 8 && growth < 32 && isSmoothAt(rungs, j + 2);
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
export function bend(rungs: readonly Rung[], j: number, side: Side): number {
  const [before, fine, coarse] = [Math.max(0, j - 2), Math.max(0, j - 1), j].map((k) => rungs[k]![side]) as [
    number,
    number,
    number,
  ];
  return Math.abs(coarse - fine - GROWTH * (fine - before));
}

/** The change at rung j, times h, of the quotients or their extrapolations, whichever is less. */
export const jump = (rungs: readonly Rung[], j: number): number =>
  Math.min(change(rungs, j) * rungs[j - 1]!.h, changeOfFourth(rungs, j) * rungs[j]!.h);

/** The same as a measure of noise; a first change that the next rung multiplies is none. */
export function scatterAt(rungs: readonly Rung[], j: number, third?: Rung): number {
  if (j === 0) return 0;
  const scatter = change(rungs, j) * rungs[j - 1]!.h;
  if (j > 1) return Math.min(scatter, changeOfFourth(rungs, j) * rungs[j - 2]!.h);
  return third && change([...rungs, third], 2) * rungs[1]!.h > NEWS * scatter ? 0 : scatter;
}
