import type { Ladder } from './ladder.ts';
import { UNIT_ROUNDOFF } from './noise.ts';
import type { Estimate, Side } from './quotients.ts';
import { without } from './richardson.ts';

/** Where a kink is looked for: up to the fifth step, from 2⁻³⁰ of x, and up to the ninth, from 2⁻²⁰. */
const NEAR = [5, 9];
/** The slopes beside it are taken up to here, 2⁻⁶ of x. */
const SMOOTH = 12;

/**
 * A kink at x or within the first steps of it, and the one-sided slopes there. Those of a smooth f approach each other
 * fourfold with each rung, those of a noisy one move apart as fast; beside a kink they stay as they are.
 *
 * @param start the rung of 2⁻³⁰ of x
 * @param end the rung where f ceases to be what it was
 */
export function nearbyKink(rung: Ladder, start: number, end: number): Estimate['kink'] {
  const lasts = NEAR.map((j) => Math.min(start + j, end - 1));
  if (end < start + Math.max(...NEAR)) lasts.push(end - 2); // rung end − 1 may know of what comes
  for (const last of lasts) {
    if (isKinkUpTo(rung, last)) return slopesFrom(rung, last, Math.min(end, start + SMOOTH));
  }
  return null;
}

function isKinkUpTo(rung: Ladder, last: number): boolean {
  if (last < 1 || rung(last) === undefined) return false;
  const first = Math.max(0, last - 3);
  const rungs = Array.from({ length: last + 1 - first }, (_, i) => rung(first + i)!);
  const [nearest, ...apart] = rungs.map(({ left, right }) => right - left) as [number, ...number[]];
  const [narrow, wide] = [Math.min(...apart.map(Math.abs)), Math.max(...apart.map(Math.abs))];
  const { h, size } = rungs[0]!;
  const isSame = wide <= 1.5 * narrow && apart.every((value) => value * nearest > 0);
  // Only part of the nearest step may lie beyond the kink; but two rungs alone could be those of a smooth f.
  const least = apart.length > 1 ? 1e-3 : 0.5;
  const within = Math.abs(nearest) >= least * narrow && Math.abs(nearest) <= 1.5 * narrow;
  return isSame && within && narrow > (16 * UNIT_ROUNDOFF * size) / h;
}

/** The slopes on both sides, extrapolated from the rungs between two: where the next rung changes least. */
function slopesFrom(rung: Ladder, from: number, below: number): { left: number; right: number } {
  const rungs = Array.from({ length: Math.max(0, below - from) }, (_, i) => rung(from + i)).filter(
    (one) => !!one,
  );
  const slope = (side: Side): number => {
    const slopes = rungs.map((one) => one[side]);
    const extrapolated = without(slopes, 1);
    const changes = without(extrapolated, 2).map((value, i) => Math.abs(value - extrapolated[i]!));
    return extrapolated[changes.indexOf(Math.min(...changes))] ?? slopes[0] ?? rung(from)![side];
  };
  return { left: slope('left'), right: slope('right') };
}
