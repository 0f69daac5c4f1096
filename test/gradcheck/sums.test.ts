import { expect, test } from 'vitest';
import { randomNumbers } from '../../src/core/random.ts';
import { BLOCK, BlockedSums, Sum } from '../../src/gradcheck/sums.ts';

/** Σ sₙaₙ exactly; the factors are multiples of 2⁻²⁶. */
function exactSum(s: Float64Array, a: Float64Array): number {
  let total = 0n;
  for (let n = 0; n < s.length; n++) total += BigInt(s[n]! * 2 ** 26) * BigInt(a[n]! * 2 ** 26);
  return Number(total) / 2 ** 52;
}

const blocks = (values: Float64Array, at: number): Float64Array => values.slice(at, at + BLOCK);

test.each(['equal', 'random', 'alternating'])(
  'a blocked sum of 20,000 %s terms is off by four roundings of them',
  (kind) => {
    const random = randomNumbers(3, kind);
    const grid = (value: number): number => Math.round(value * 2 ** 26) / 2 ** 26;
    const draw = {
      equal: () => grid(0.7),
      random: () => grid(random.normal()),
      alternating: (n: number) => grid((n % 2 === 0 ? 1 : -1) * (1 + random.uniform())),
    }[kind]!;
    const s = Float64Array.from({ length: 20_000 }, (_, n) => draw(n));
    const a = Float64Array.from({ length: 20_000 }, () => grid(0.9));
    const sums = new BlockedSums(2, 1);
    for (let n = 0; n < s.length; n += BLOCK) sums.addBlock(1, blocks(s, n), blocks(a, n));
    const terms = s.reduce((sum, value, n) => sum + Math.abs(value * a[n]!), 0);
    expect(sums.at(0)).toBe(0);
    expect(Math.abs(sums.at(1) - exactSum(s, a))).toBeLessThanOrEqual(4 * 2 ** -53 * terms);
  },
);

test('single terms are added with compensation', () => {
  const sums = new BlockedSums(1, 2);
  const sum = new Sum();
  for (const term of [1e16, 1, -1e16]) {
    sums.add(0, 1, term);
    sum.add(term);
  }
  expect([sums.at(0), sums.at(1), sum.value]).toEqual([0, 1, 1]);
});

test('a block is added to the columns that are asked for, and to no others', () => {
  const sums = new BlockedSums(1, 3);
  const columns = Float64Array.from({ length: 3 * BLOCK }, (_, i) => Math.floor(i / BLOCK) + 1);
  sums.addBlock(0, new Float64Array(BLOCK).fill(1), columns, 1, 2);
  expect([sums.at(0), sums.at(1), sums.at(2)]).toEqual([0, 2 * BLOCK, 0]);
});
