import { expect, test } from 'vitest';
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
