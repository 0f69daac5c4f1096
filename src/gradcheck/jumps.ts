import type { Rung } from './quotients.ts';

/** After so many halvings a jump is as it was, a kink a 256th, a curve far less. */
const HALVINGS = 8;
/** A kink just before the larger step takes longer to be told from a jump. */
const HALVINGS_AT_THE_END = 12;
/** What falls to less than this part of what f does in the interval is no jump: above noise, and where there is none. */
const LEAST = { noisy: 1 / 6, flat: 1 / 40 };

type Real = (t: number) => number;

/** A distance from x, and f there. */
type Sample = readonly [t: number, f: number];

/** Part of one side of x: its ends, something like its middle, and something like its quarters. */
type Interval = readonly [Sample, Sample, Sample, Sample, Sample];

/** Between which bends a jump stays, and the shortest interval. */
interface Bounds {
  readonly least: number;
  readonly largest: number;
  readonly finest: number;
}

/**
 * On how many sides of x (0, 1 or 2) f jumps between two steps. The interval between them is halved again and again,
 * and the half where f is farthest from a straight line is kept: a jump stays as far from it, what is continuous comes
 * nearer with each halving, and beside a pole the distance grows. A slope, however steep, makes no difference.
 */
export function jumpsBetween(at: Real, x: number, fx: number, inner: Rung, outer: Rung): number {
  const f = (t: number): number => at(x + t);
  const sides = ([1, -1] as const).map((side) => {
    const [near, far] = [side * inner.h, side * outer.h];
    const [fNear, fFar] = side > 0 ? [inner.above, outer.above] : [inner.below, outer.below];
    const middle = split(near, far);
    const whole = refined(f, [near, fNear], [middle, f(middle)], [far, fFar]);
    return { whole, astray: Math.min(...coursesOf(fx, inner).map((course) => Math.abs(fFar - course(far)))) };
  });
  const size = Math.max(
    ...sides.flatMap(({ whole, astray }) => [...bends(whole), bendOf(whole), astray / 2]),
  );
  const least = size * (inner.left === 0 && inner.right === 0 ? LEAST.flat : LEAST.noisy);
  // Of fewer doubles than these an interval is not halved.
  const finest = 2 ** -48 * Math.abs(x);
  return sides.filter(({ whole }) => isJump(f, whole, { least, largest: 64 * size, finest })).length;
}

/** How f would go on from the smaller step: in a parabola, or straight on. */
function coursesOf(fx: number, { h, central, left, right }: Rung): Real[] {
  const curvature = (right - left) / (2 * h);
  return [(t) => fx + t * (central + t * curvature), (t) => fx + t * central];
}

/** Never in the middle: f may have teeth as far apart from one another as equal steps are. */
const split = (near: number, far: number): number => near + 0.382 * (far - near);

function refined(f: Real, near: Sample, middle: Sample, far: Sample): Interval {
  const between = ([a]: Sample, [b]: Sample): Sample => [split(a, b), f(split(a, b))];
  return [near, between(near, middle), middle, between(middle, far), far];
}

/** How far the middle of three neighbours is from the straight line between the others. */
const bend = ([a, fa]: Sample, [b, fb]: Sample, [c, fc]: Sample): number =>
  Math.abs(fb - (fa * (c - b) + fc * (b - a)) / (c - a));

const bendOf = ([a, , c, , e]: Interval): number => bend(a, c, e);

/** The near half, the one in the middle, and the far half. */
const halves = ([a, b, c, d, e]: Interval): [Sample, Sample, Sample][] => [
  [a, b, c],
  [b, c, d],
  [c, d, e],
];

const bends = (whole: Interval): number[] => halves(whole).map((half) => bend(...half));

/** Whether f stays bent in the half where it is most, and again. By chance teeth may look straight, but not twice. */
function isJump(f: Real, whole: Interval, { least, largest, finest }: Bounds): boolean {
  let part = whole;
  let straight = 0;
  for (let [halvings, atTheEnd] = [1, 1]; ; ) {
    const bent = bends(part);
    const most = Math.max(...bent);
    straight = most > least ? 0 : straight + 1;
    if (straight > 1 || !(most < largest)) return false; // nor where f has no value
    const [near, far] = [part[0][0], part[4][0]];
    if (halvings >= HALVINGS || atTheEnd >= HALVINGS_AT_THE_END || Math.abs(far - near) < finest)
      return straight === 0;
    if (far === whole[4][0]) atTheEnd++;
    else halvings++;
    part = refined(f, ...halves(part)[bent.indexOf(most)]!);
  }
}
