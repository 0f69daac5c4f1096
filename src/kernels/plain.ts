import type { Kernels } from './kernels.ts';

/** Plain loops on Float64Array: they run everywhere and sum in the order of the index. */
export const plain: Kernels = {
  multiply(A, B, C, m, k, n) {
    C.fill(0);
    for (let i = 0; i < m; i++) {
      for (let p = 0; p < k; p++) {
        const a = A[i * k + p]!;
        if (a === 0) continue;
        for (let j = 0, c = i * n, b = p * n; j < n; j++, c++, b++) C[c]! += a * B[b]!;
      }
    }
  },

  multiplyTransposed(A, B, C, m, k, n) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let p = 0, a = i * k, b = j * k; p < k; p++, a++, b++) sum += A[a]! * B[b]!;
        C[i * n + j] = sum;
      }
    }
  },
};
