import { kernels } from '../kernels/choice.ts';
import { type Matrix, matrix } from './matrix.ts';
import { room } from './zeros.ts';

/** ŷₖ = e^zₖ / Σ e^zⱼ in each column, with the column's maximum subtracted first so that nothing overflows. */
export function softmax(z: Matrix): Matrix {
  const y = belowLargest(z);
  kernels.exp(y.data, y.data);
  const { rows: C, cols: N, data } = y;
  for (let n = 0; n < N; n++) {
    let total = 0;
    for (let k = 0; k < C; k++) total += data[k * N + n]!;
    for (let k = 0; k < C; k++) data[k * N + n]! /= total;
  }
  return y;
}

/** zₖ − maxⱼ zⱼ in each column. */
export function belowLargest({ rows: C, cols: N, data }: Matrix): Matrix {
  const below = matrix(C, N, room(C * N));
  for (let n = 0; n < N; n++) {
    let max = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < C; k++) max = Math.max(max, data[k * N + n]!);
    for (let k = 0; k < C; k++) below.data[k * N + n] = data[k * N + n]! - max;
  }
  return below;
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

/**
 * By how much one output ŷ of a softmax may change where its logit is off by E against all others, and so up to
 * d = reach · E: ŷ(1 − ŷ)E, unless that is so far that e^d is no line any more.
 *
 * With p = ŷ and q = 1 − ŷ it is pq(e^d − 1)/(1 + p(e^d − 1)) upwards and pq(e^d − 1)/(1 + q(e^d − 1)) downwards.
 *
 * @returns the larger of both, in the units of E
 */
export function changeOfShare(p: number, q: number, E: number, reach = 0): number {
  const d = Math.min(reach * E, MOST);
  if (d < 1e-3) return p * q * E;
  const grown = Math.expm1(d);
  return (p * q * grown) / (1 + Math.min(p, q) * grown) / reach;
}

/** e^700 is still finite. */
const MOST = 700;
