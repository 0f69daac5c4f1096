import { expect, test } from 'vitest';
import { randomNumbers } from '../../src/core/random.ts';

/** Of sfc32, FNV-1a and the polar method written in Python, with unbounded integers. */
test.each([
  [0, '', [0.5890743382422906, 0.6062210401891821, 0.4119843133000851], 1.4555345672536977],
  [1, 'W1', [0.06906227156920275, 0.11565962369246485, 0.7037575389677106], 0.3200453825649709],
  [2 ** 53 - 1, 'dW2', [0.9119427033565833, 0.5359057937129328, 0.9165844315764018], 0.868348855790854],
  [5 * 2 ** 32 + 7, 'φ', [0.0763855352376499, 0.13155203151114714, 0.8235369538404961], 1.1665275752661506],
])(
  'seed %d and the name %j draw what another program of the same generator draws',
  (seed, name, uniforms, normal) => {
    const { uniform } = randomNumbers(seed, name);
    expect([uniform(), uniform(), uniform()]).toEqual(uniforms);
    expect(randomNumbers(seed, name).normal()).toBeCloseTo(normal, 14);
  },
);

test('uniform numbers are spread over [0, 1), normal ones have mean 0 and variance 1', () => {
  const { uniform, normal } = randomNumbers(3, 'X');
  const [u, z] = [uniform, normal].map((draw) => Array.from({ length: 10_000 }, draw)) as [
    number[],
    number[],
  ];
  const tenths = new Array(10).fill(0);
  for (const value of u) tenths[Math.floor(10 * value)]++;
  for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(5 * 30);
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.abs(mean(z))).toBeLessThan(0.05);
  expect(Math.abs(mean(z.map((value) => value * value)) - 1)).toBeLessThan(0.075);
});
