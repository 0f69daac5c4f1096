import fc from 'fast-check';
import { expect, test } from 'vitest';
import { everything, halfDifference, sampleOf } from '../../src/gradcheck/slopes.ts';
import { SEED } from '../networks.ts';

test('half the difference of the one-sided slopes is left open', () => {
  const [left, right, central] = [Float64Array.of(1, -4), Float64Array.of(2, -4), Float64Array.of(1.5, -4)];
  expect(halfDifference({ name: 'dW1', shape: [2], left, right, central })).toEqual(Float64Array.of(0.5, 0));
});

test('a sample holds K different entries in order, or all of them', () => {
  const property = fc.property(fc.nat(50), fc.integer({ min: 1, max: 50 }), fc.integer(), (K, size, seed) => {
    const entries = [...sampleOf(K, seed)('dW1', size)];
    expect(new Set(entries).size).toBe(Math.min(K, size));
    expect(entries).toEqual(entries.toSorted((a, b) => a - b));
    expect(entries.every((i) => i >= 0 && i < size)).toBe(true);
  });
  fc.assert(property, { seed: SEED });
});

test('a sample is the same for the same seed, and another for another seed or tensor', () => {
  const drawn = (seed: number, name: string): string => [...sampleOf(5, seed)(name, 1000)].join();
  expect(drawn(1, 'dW1')).toBe(drawn(1, 'dW1'));
  expect(new Set([drawn(1, 'dW1'), drawn(2, 'dW1'), drawn(1, 'dW2')]).size).toBe(3);
});

test('a sample prefers no entry', () => {
  const counts = new Array(10).fill(0);
  for (let seed = 0; seed < 4000; seed++) for (const i of sampleOf(3, seed)('dW1', 10)) counts[i]++;
  // 1200 are expected of each, give or take 29.
  for (const count of counts) expect(Math.abs(count - 1200)).toBeLessThan(5 * 29);
});

test('everything is every entry', () => {
  expect([...everything('dW1', 4)]).toEqual([0, 1, 2, 3]);
});
