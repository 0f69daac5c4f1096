import { type Matrix, matrix } from './matrix.ts';

/** ŷₖ = e^zₖ / Σ e^zⱼ in each column, with the column's maximum subtracted first so that nothing overflows. */
export function softmax(z: Matrix): Matrix {
  const { rows: C, cols: N } = z;
  const y = matrix(C, N);
  for (let n = 0; n < N; n++) {
    let max = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < C; k++) max = Math.max(max, z.data[k * N + n]!);
    let total = 0;
    for (let k = 0; k < C; k++) {
      const e = Math.exp(z.data[k * N + n]! - max);
      y.data[k * N + n] = e;
      total += e;
    }
    for (let k = 0; k < C; k++) y.data[k * N + n]! /= total;
  }
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
