import { exp, expm1, log1p, sigmoid, sigmoidSlope, tanh } from './exponential.ts';
import type { Kernels } from './kernels.ts';

/** Plain loops on Float64Array: they run everywhere and sum in the order of the index. */
export const plain: Kernels = {
  arena: undefined,
  multiply: (A, B, C, m, k, n, b) =>
    product(A, B, C, { m, k, n, rightA: 1, downA: k, rightB: 1, downB: n }, b),
  multiplyTransposed: (A, B, C, m, k, n) =>
    product(A, B, C, { m, k, n, rightA: 1, downA: k, rightB: k, downB: 1 }),
  transposedMultiply: (A, B, C, m, k, n) =>
    product(A, B, C, { m, k, n, rightA: m, downA: 1, rightB: 1, downB: n }),
  exp: (x, y) => {
    for (let i = 0; i < x.length; i++) y[i] = exp(x[i]!);
  },
  expm1: (x, y) => {
    for (let i = 0; i < x.length; i++) y[i] = expm1(x[i]!);
  },
  log1p: (x, y) => {
    for (let i = 0; i < x.length; i++) y[i] = log1p(x[i]!);
  },
  sigmoid: (x, y) => {
    for (let i = 0; i < x.length; i++) y[i] = sigmoid(x[i]!);
  },
  sigmoidSlope: (x, y) => {
    for (let i = 0; i < x.length; i++) y[i] = sigmoidSlope(x[i]!);
  },
  sigmoidAndSlope: (x, y, s) => {
    plain.sigmoidSlope(x, s);
    plain.sigmoid(x, y);
  },
  tanh: (x, y) => {
    for (let i = 0; i < x.length; i++) y[i] = tanh(x[i]!);
  },
  add: (x, y, r) => {
    for (let i = 0; i < x.length; i++) r[i] = x[i]! + y[i]!;
  },
  times: (x, y, r) => {
    for (let i = 0; i < x.length; i++) r[i] = x[i]! * y[i]!;
  },
  scale: (c, x, r) => {
    for (let i = 0; i < x.length; i++) r[i] = c * x[i]!;
  },
  squares,
  softmax: (z, y, C, N) => {
    for (let n = 0; n < N; n++) softmaxOfColumn(z, y, n, C, N);
  },
};

function squares(x: Float64Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 3 < x.length; i += 4) {
    a += x[i]! * x[i]!;
    b += x[i + 1]! * x[i + 1]!;
    c += x[i + 2]! * x[i + 2]!;
    d += x[i + 3]! * x[i + 3]!;
  }
  for (; i < x.length; i++) a += x[i]! * x[i]!;
  return a + b + (c + d);
}

function softmaxOfColumn(z: Float64Array, y: Float64Array, n: number, C: number, N: number): void {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = n; i < C * N; i += N) largest = Math.max(largest, z[i]!);
  let total = 0;
  for (let i = n; i < C * N; i += N) {
    y[i] = exp(z[i]! - largest);
    total += y[i]!;
  }
  for (let i = n; i < C * N; i += N) y[i]! /= total;
}

/** Entry (i, p) of A stands at i·downA + p·rightA, entry (p, j) of B at p·downB + j·rightB. */
interface Shapes {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly rightA: number;
  readonly downA: number;
  readonly rightB: number;
  readonly downB: number;
}

/** From so many rows of C on it pays to lay out two columns of B one beside the other. */
const LAID_OUT_FROM = 16;

/**
 * C = A B, in tiles of 4 × 2 entries of C, kept in registers: a loop over one entry at a time waits for its own last
 * sum, and takes three times as long. A tile that would reach over the edge repeats the last row or column, which then
 * gets the same numbers once more.
 */
function product(
  A: Float64Array,
  B: Float64Array,
  C: Float64Array,
  shapes: Shapes,
  start?: Float64Array,
): void {
  const { m, k, n, rightB, downB } = shapes;
  const columns = downB > 1 && m >= LAID_OUT_FROM ? new Float64Array(2 * k) : undefined;
  for (let j = 0; j < n; j += 2) {
    const b0 = j * rightB;
    const b1 = Math.min(j + 1, n - 1) * rightB;
    if (columns === undefined) tilesOf(A, B, C, shapes, j, b0, b1, downB, start);
    else {
      for (let p = 0, at = 0; p < 2 * k; p += 2, at += downB) {
        columns[p] = B[b0 + at]!;
        columns[p + 1] = B[b1 + at]!;
      }
      tilesOf(A, columns, C, shapes, j, 0, 1, 2, start);
    }
  }
}

/** Columns j and j + 1 of C; those of B begin at fromB0 and fromB1. */
function tilesOf(
  A: Float64Array,
  B: Float64Array,
  C: Float64Array,
  { m, k, n, rightA, downA }: Shapes,
  j0: number,
  fromB0: number,
  fromB1: number,
  downB: number,
  start: Float64Array | undefined,
): void {
  const j1 = Math.min(j0 + 1, n - 1);
  for (let i0 = 0; i0 < m; i0 += 4) {
    const i1 = Math.min(i0 + 1, m - 1);
    const i2 = Math.min(i0 + 2, m - 1);
    const i3 = Math.min(i0 + 3, m - 1);
    let c00 = start === undefined ? 0 : start[i0]!;
    let c01 = c00;
    let c10 = start === undefined ? 0 : start[i1]!;
    let c11 = c10;
    let c20 = start === undefined ? 0 : start[i2]!;
    let c21 = c20;
    let c30 = start === undefined ? 0 : start[i3]!;
    let c31 = c30;
    const [a0, a1, a2, a3] = [i0 * downA, i1 * downA, i2 * downA, i3 * downA];
    for (let p = 0, a = 0, b = 0; p < k; p++, a += rightA, b += downB) {
      const x = B[fromB0 + b]!;
      const y = B[fromB1 + b]!;
      const [r0, r1, r2, r3] = [A[a0 + a]!, A[a1 + a]!, A[a2 + a]!, A[a3 + a]!];
      c00 += r0 * x;
      c01 += r0 * y;
      c10 += r1 * x;
      c11 += r1 * y;
      c20 += r2 * x;
      c21 += r2 * y;
      c30 += r3 * x;
      c31 += r3 * y;
    }
    C[i0 * n + j0] = c00;
    C[i0 * n + j1] = c01;
    C[i1 * n + j0] = c10;
    C[i1 * n + j1] = c11;
    C[i2 * n + j0] = c20;
    C[i2 * n + j1] = c21;
    C[i3 * n + j0] = c30;
    C[i3 * n + j1] = c31;
  }
}
