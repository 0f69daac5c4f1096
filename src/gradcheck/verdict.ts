import type { Tensor } from '../core/network.ts';

/** What a check says of one entry. */
export type Verdict = 'agree' | 'mismatch' | 'inconclusive';

/** The greatest difference in a tensor, and where it is. */
export interface Greatest {
  readonly value: number;
  /** as in the tensor's shape */
  readonly index: readonly number[];
}

/** How two tensors of one name compare. */
export interface TensorVerdict {
  readonly name: string;
  readonly shape: readonly number[];
  /** how many entries were compared */
  readonly checked: number;
  readonly mismatched: number;
  readonly inconclusive: number;
  /** max |a − b| */
  readonly maxAbsError: Greatest | null;
  /** max |a − b| / max(|a|, |b|) */
  readonly maxRelError: Greatest | null;
  /** entry by entry; undefined where it was not checked */
  readonly verdicts: readonly (Verdict | undefined)[];
  /** by how much each entry may differ: t */
  readonly allowed: Float64Array;
}

/** What an entry may differ by. */
export interface Allowance {
  /** t: tolerances and rounding */
  readonly tolerance: (i: number, a: number, b: number) => number;
  /** c: what the numerical gradient itself leaves open, half the difference of its one-sided slopes */
  readonly open: (i: number) => number;
  /** what ReLUs exactly on their kinks leave open besides: their jumps may cancel in c */
  readonly kink?: (i: number) => number;
  /** whether an entry that agrees says nothing: its allowance is too wide */
  readonly vague?: (i: number) => boolean;
}

/** |a − b| / max(|a|, |b|), and 0 where both are 0. */
export function relativeError(a: number, b: number): number {
  const difference = Math.abs(a - b);
  return difference === 0 ? 0 : difference / Math.max(Math.abs(a), Math.abs(b));
}

/**
 * The verdict on one entry: mismatch if |a − b| > t + c or not finite, else inconclusive if c > t, else agree.
 *
 * @param kink how much further apart a and b may be where ReLUs lie on their kinks: that is inconclusive, too
 */
export function judgeEntry(a: number, b: number, t: number, c: number, kink = 0): Verdict {
  const unknown = Number.isNaN(b) && c === Number.POSITIVE_INFINITY; // x is on the edge of f's domain: the slope is unknown
  if (unknown && Number.isFinite(a)) return 'inconclusive';
  if (!Number.isFinite(a) || !Number.isFinite(b)) return 'mismatch'; // no tolerance reaches them
  const difference = Math.abs(a - b);
  if (!(difference <= t + Math.max(c, kink))) return 'mismatch';
  return c > t || difference > t + c ? 'inconclusive' : 'agree';
}

/**
 * Compares two tensors entry by entry.
 *
 * @param selected the entries to compare, all of them by default
 */
export function judgeTensor(
  a: Tensor,
  b: Tensor,
  allowance: Allowance,
  selected: Iterable<number> = a.data.keys(),
): TensorVerdict {
  const verdicts: (Verdict | undefined)[] = Array(a.data.length).fill(undefined);
  const allowed = new Float64Array(a.data.length);
  const counts = { agree: 0, mismatch: 0, inconclusive: 0 };
  const absolute = new Worst(a.shape);
  const relative = new Worst(a.shape);
  for (const i of selected) {
    const [x, y] = [a.data[i]!, b.data[i]!];
    const t = allowance.tolerance(i, x, y);
    let verdict = judgeEntry(x, y, t, allowance.open(i), allowance.kink?.(i));
    if (verdict === 'agree' && allowance.vague?.(i)) verdict = 'inconclusive';
    verdicts[i] = verdict;
    allowed[i] = t;
    counts[verdict]++;
    absolute.offer(Math.abs(x - y), i);
    relative.offer(relativeError(x, y), i);
  }
  return {
    name: a.name,
    shape: a.shape,
    checked: counts.agree + counts.mismatch + counts.inconclusive,
    mismatched: counts.mismatch,
    inconclusive: counts.inconclusive,
    maxAbsError: absolute.greatest,
    maxRelError: relative.greatest,
    verdicts,
    allowed,
  };
}

/** Keeps the greatest value offered; NaN is greater than any number. */
class Worst {
  readonly #shape: readonly number[];
  #value = Number.NEGATIVE_INFINITY;
  #at = -1;

  constructor(shape: readonly number[]) {
    this.#shape = shape;
  }

  offer(value: number, i: number): void {
    if (Number.isNaN(this.#value) || value <= this.#value) return;
    this.#value = value;
    this.#at = i;
  }

  get greatest(): Greatest | null {
    return this.#at < 0 ? null : { value: this.#value, index: indexOf(this.#at, this.#shape) };
  }
}

/** The index of an entry in a shape, from its place in the data. */
export function indexOf(entry: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  for (const length of shape.toReversed()) {
    index.unshift(entry % length);
    entry = Math.floor(entry / length);
  }
  return index;
}
