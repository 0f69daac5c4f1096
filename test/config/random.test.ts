import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import type { Layer } from '../../src/core/network.ts';

const normal = { mean: 0, std: 0.1 };
const config = {
  X: { shape: [3, 7], uniform: { low: -1, high: 1 } },
  y: [0, 1, 2, 3, 4, 0, 1],
  W1: { shape: [4, 3], normal },
  b1: { shape: [4], uniform: { low: 2, high: 3 } },
  W2: { shape: [5, 4], normal },
  b2: { shape: [5, 1], constant: 0 },
};

/** A network of one layer whose weights are drawn. */
const drawn = (W1: object, seed?: number): Layer =>
  parseConfig({ X: { shape: [200, 1], constant: 0 }, y: [0], W1, b1: Array(200).fill(0), seed }).network
    .layers[0]!;

test('random numbers are the same on every machine', () => {
  const { network } = parseConfig({ ...config, seed: 1 });
  expect([...network.X.data].slice(0, 3)).toMatchInlineSnapshot(`
    [
      -0.7201090031504573,
      0.043226704298639174,
      0.9344918554032036,
    ]
  `);
  expect([...network.layers[0]!.W.data].slice(0, 3)).toMatchInlineSnapshot(`
    [
      0.03200453825649709,
      -0.005656437716121804,
      -0.04255738560287603,
    ]
  `);
  expect([...network.layers[0]!.b]).toMatchInlineSnapshot(`
    [
      2.329651024939069,
      2.2651611372441844,
      2.835342409127934,
      2.186906680537411,
    ]
  `);
});

test('the seed is 0 by default, and another one draws other numbers', () => {
  const weights = (seed?: number): Float64Array => drawn({ shape: [200, 200], normal }, seed).W.data;
  expect(weights()).toEqual(weights(0));
  expect(weights(1)).not.toEqual(weights(0));
  expect(weights(2 ** 40)).not.toEqual(weights(0));
  expect(weights(-1)).not.toEqual(weights(1));
});

test('an array draws the same numbers whatever stands beside it', () => {
  const [first, second] = parseConfig(config).network.layers;
  const [other] = parseConfig({ ...config, X: { shape: [3, 7], constant: 1 }, b1: [0, 0, 0, 0] }).network
    .layers;
  expect(other!.W).toEqual(first!.W);
  expect([...second!.W.data].slice(0, 12)).not.toEqual([...first!.W.data]);
});

test.each([
  ['normal', { normal: { mean: 3, std: 0.5 } }, 3, 0.5],
  ['uniform', { uniform: { low: -1, high: 5 } }, 2, 6 / Math.sqrt(12)],
])('%s numbers have the mean and the deviation that was asked for', (_, kind, mean, deviation) => {
  const { data } = drawn({ shape: [200, 200], ...kind }).W;
  const average = data.reduce((sum, value) => sum + value) / data.length;
  const variance = data.reduce((sum, value) => sum + (value - average) ** 2, 0) / data.length;
  // Of 40,000 numbers the mean is off by σ/200, the deviation by about σ/283; five times that is allowed.
  expect(Math.abs(average - mean)).toBeLessThan((5 * deviation) / 200);
  expect(Math.abs(Math.sqrt(variance) - deviation)).toBeLessThan((5 * deviation) / 283);
});

test('normal numbers lie as far out as they should', () => {
  const { data } = drawn({ shape: [200, 200], normal: { mean: 0, std: 1 } }).W;
  const beyond = (limit: number): number =>
    data.filter((value) => Math.abs(value) > limit).length / data.length;
  expect(beyond(1)).toBeCloseTo(0.3173, 2);
  expect(beyond(2)).toBeCloseTo(0.0455, 2);
  expect(data.some((value) => Math.abs(value) > 3.5)).toBe(true);
});

test('uniform numbers stay between low and high, and fill the range', () => {
  const { data } = drawn({ shape: [200, 200], uniform: { low: 2, high: 3 } }).W;
  expect(data.every((value) => value >= 2 && value < 3)).toBe(true);
  for (let tenth = 0; tenth < 10; tenth++) {
    expect(data.filter((value) => Math.floor(10 * (value - 2)) === tenth).length / data.length).toBeCloseTo(
      0.1,
      2,
    );
  }
});

test('neighbours are not alike', () => {
  const { data } = drawn({ shape: [200, 200], normal: { mean: 0, std: 1 } }).W;
  const correlation = data.reduce((sum, value, i) => sum + value * (data[i + 1] ?? 0), 0) / data.length;
  expect(Math.abs(correlation)).toBeLessThan(5 / 200);
});
