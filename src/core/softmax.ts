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
