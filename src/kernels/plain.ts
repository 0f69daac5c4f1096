import type { Kernels } from './kernels.ts';

/** Plain loops on Float64Array: they run everywhere and sum in the order of the index. */
export const plain: Kernels = {
  multiply: (A, B, C, m, k, n) => product(A, B, C, m, k, n, 1, n),
  multiplyTransposed: (A, B, C, m, k, n) => product(A, B, C, m, k, n, k, 1),
};

/**
 * C = A B, where entry (p, j) of B stands at p·down + j·right.
 *
 * In tiles of 4 × 2 entries of C, kept in registers: a loop over one entry at a time waits for its own last sum,
 * and takes three times as long. A tile that would reach over the edge repeats the last row or column, which then
 * gets the same numbers once more.
 */
function product(
  A: Float64Array,
  B: Float64Array,
  C: Float64Array,
  m: number,
  k: number,
  n: number,
  right: number,
  down: number,
): void {
  for (let i0 = 0; i0 < m; i0 += 4) {
    const i1 = Math.min(i0 + 1, m - 1);
    const i2 = Math.min(i0 + 2, m - 1);
    const i3 = Math.min(i0 + 3, m - 1);
    for (let j0 = 0; j0 < n; j0 += 2) {
      const j1 = Math.min(j0 + 1, n - 1);
      let c00 = 0;
      let c01 = 0;
      let c10 = 0;
      let c11 = 0;
      let c20 = 0;
      let c21 = 0;
      let c30 = 0;
      let c31 = 0;
      let b0 = j0 * right;
      let b1 = j1 * right;
      for (let p = 0; p < k; p++) {
        const x = B[b0]!;
        const y = B[b1]!;
        const a0 = A[i0 * k + p]!;
        const a1 = A[i1 * k + p]!;
        const a2 = A[i2 * k + p]!;
        const a3 = A[i3 * k + p]!;
        c00 += a0 * x;
        c01 += a0 * y;
        c10 += a1 * x;
        c11 += a1 * y;
        c20 += a2 * x;
        c21 += a2 * y;
        c30 += a3 * x;
        c31 += a3 * y;
        b0 += down;
        b1 += down;
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
}
