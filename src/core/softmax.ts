import { kernels } from '../kernels/choice.ts';
import { type Matrix, matrix } from './matrix.ts';
import { room } from './zeros.ts';

/** ŷₖ = e^zₖ / Σ e^zⱼ in each column, with the column's maximum subtracted first so that nothing overflows. */
export function softmax(z: Matrix): Matrix {
  const { rows: C, cols: N } = z;
  const y = matrix(C, N, room(C * N));
  kernels.softmax(z.data, y.data, C, N);
  return y;
}

/** The largest entry of column n. */
export function largestIn({ rows, cols, data }: Matrix, n: number): number {
  let r = 0;
  for (let k = 1; k < rows; k++) if (data[k * cols + n]! > data[r * cols + n]!) r = k;
  return r;
}

/** log(eᵃ + eᵇ) */
export function logAdd(a: number, b: number): number {
  const larger = Math.max(a, b);
  return larger === Number.NEGATIVE_INFINITY
    ? larger
    : larger + Math.log1p(Math.exp(Math.min(a, b) - larger));
}

/** One output of a softmax, and what is left of 1. */
export interface Share {
  /** ŷ */
  readonly p: number;
  /** 1 − ŷ */
  readonly q: number;
  /** log ŷ, or a little more: it tells where ŷ has underflowed */
  readonly log: number;
}

/** A change d of a logit so small that e^d is a line as far as it leads. */
const NEAR = 1e-3;

/**
 * By how much one output ŷ of a softmax may change where its logit is off by E against all others, and so up to
 * d = reach · E: ŷ(1 − ŷ)E, unless that is so far that e^d is no line any more.
 *
 * With p = ŷ and q = 1 − ŷ it is pq(e^d − 1)/(1 + p(e^d − 1)) upwards and pq(e^d − 1)/(1 + q(e^d − 1)) downwards.
 *
 * @returns the larger of both, in the units of E
 */
export function changeOfShare({ p, q, log }: Share, E: number, reach = 0): number {
  const d = reach * E;
  if (d < NEAR) return p * q * E;
  if (p === 0) return Math.exp(Math.min(0, log + d)) / reach;
  const grown = Math.expm1(Math.min(d, 700)); // which is still finite
  return (p * q * grown) / (1 + Math.min(p, q) * grown) / reach;
}

/**
 * By how much each output of sample n may change where each logit is off by an error of its own: hypot of
 * ŷₖ(1 − ŷₖ)Eₖ and ŷₖ‖ŷ ◦ E‖, as far as lines lead, and what another output takes of it that grows from nothing.
 */
export function changesOfShares(
  { z, y }: { readonly z: Matrix; readonly y: Matrix },
  Ez: Matrix,
  n: number,
  reach = 0,
): Float64Array {
  const { rows: C, cols: N } = z;
  const most = z.data[largestIn(z, n) * N + n]!;
  const own = new Float64Array(C);
  let norm = 0; // ‖ŷ ◦ E‖
  let others = 0;
  for (let k = 0, i = n; k < C; k++, i += N) {
    const [p, E] = [y.data[i]!, Ez.data[i]!];
    own[k] = changeOfShare({ p, q: 1 - p, log: z.data[i]! - most }, E, reach);
    norm = Math.hypot(norm, p * E);
    if (reach * E >= NEAR) others = Math.hypot(others, own[k]!);
  }
  return own.map((change, k) => {
    const i = k * N + n;
    const p = y.data[i]!;
    const byOthers = changeOfShare({ p, q: 1, log: z.data[i]! - most }, norm, reach);
    return Math.hypot(change, byOthers, others === 0 ? 0 : Math.min(p / reach, others));
  });
}
