import { expect, test } from 'vitest';
import { randomNumbers } from '../../src/core/random.ts';
import { plain } from '../../src/kernels/plain.ts';

const A = Float64Array.of(1, 0, 2, 3); // 2 × 2
const B = Float64Array.of(1, 2, 3, 4, 5, 6); // 2 × 3, or 3 × 2

test.each(['multiply', 'multiplyTransposed'] as const)('%s overwrites what stood in the result', (kernel) => {
  const fresh = new Float64Array(6);
  const used = new Float64Array(6).fill(7);
  plain[kernel](A, B, fresh, 2, 2, 3);
  plain[kernel](A, B, used, 2, 2, 3);
  expect(used).toEqual(fresh);
});

/** Every shape that a tile can meet at its edges, k = 0 included. */
const shapes = [1, 2, 3, 4, 5, 8, 9].flatMap((m) =>
  [0, 1, 5].flatMap((k) => [1, 2, 3, 4].map((n) => ({ m, k, n }))),
);

test.each(shapes)('sums $m × $k times $k × $n in the order of the index, to the last bit', ({ m, k, n }) => {
  const random = randomNumbers(1, 'A');
  const L = Float64Array.from({ length: m * k }, random.normal);
  const R = Float64Array.from({ length: k * n }, random.normal);
  const transposed = Float64Array.from({ length: n * k }, (_, i) => R[(i % k) * n + Math.floor(i / k)]!);
  const expected = Float64Array.from({ length: m * n }, (_, i) => {
    let sum = 0;
    for (let p = 0; p < k; p++) sum += L[Math.floor(i / n) * k + p]! * R[p * n + (i % n)]!;
    return sum;
  });
  const products = [new Float64Array(m * n), new Float64Array(m * n)] as const;
  plain.multiply(L, R, products[0], m, k, n);
  plain.multiplyTransposed(L, transposed, products[1], m, k, n);
  expect(products).toEqual([expected, expected]);
});
