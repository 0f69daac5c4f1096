import { expect, test } from 'vitest';
import { type Count, countVerdicts } from '../bench/count.ts';
import { groups } from '../bench/networks.ts';
import { SEED } from '../networks.ts';

// 64 of the networks of `npx tsx test/bench/verdicts.ts`, 8 of each kind.
const seeds = Array.from({ length: 8 * groups.length }, (_, i) => SEED * 1_000_000 + i);
const { counts, failures } = countVerdicts(seeds);
const total = (number: (count: Count) => number): number =>
  [...counts.values()].reduce((sum, count) => sum + number(count), 0);

test('no right gradient is refused, and no mistake that changes the gradient passes, on networks of many kinds', () => {
  expect(failures).toEqual([]);
  expect([...counts.keys()].sort()).toEqual([...groups].sort());
  expect(total((count) => count.effective)).toBeGreaterThan(2500);
});

test('hardly an entry of theirs is left open', () => {
  expect(total((count) => count.inconclusive)).toBeLessThan(1e-3 * total((count) => count.entries));
});

test('the rules of the textbooks let many of those mistakes pass, or refuse right gradients', () => {
  expect(total((count) => count.misses.torch)).toBeGreaterThan(100);
  expect(total((count) => count.misses.CS231n)).toBeGreaterThan(30);
  expect(total((count) => count.alarms.CS231n)).toBeGreaterThan(5);
});
