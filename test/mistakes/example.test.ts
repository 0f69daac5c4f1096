import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { type ActivationName, activations } from '../../src/core/activations.ts';
import { forward } from '../../src/core/forward.ts';
import { parameters } from '../../src/core/network.ts';
import { gradcheck } from '../../src/gradcheck/gradcheck.ts';
import { measure } from '../../src/gradcheck/measure.ts';
import { init } from '../../src/index.ts';
import { audit, blindSpots } from '../../src/mistakes/audit.ts';
import { type Example, type ExampleOptions, makeExample } from '../../src/mistakes/example.ts';

const names = Object.keys(activations) as ActivationName[];

/** The mistakes that a check of all entries lets pass. */
const missed = ({ network }: Example): string[] =>
  blindSpots(audit(measure(forward(network)))).map(({ mistake, layer }) => `${mistake} ${layer ?? 'all'}`);

const numbers = ({ network }: Example): number[] => [
  ...network.X.data,
  ...parameters(network).flatMap(({ data }) => [...data]),
];

describe.each(names)('with %s', (activation) => {
  test.each([[[1, 2]], [[4, 4]], [[2, 2, 2]], [[3, 4, 5]], [[5, 3, 2]], [[3, 4, 4, 3]], [[3, 3, 3, 3, 3]]])(
    'an example of the sizes %j catches every mistake that applies, and is right',
    (sizes) => {
      for (const seed of [0, 1, 2]) {
        const example = makeExample({ sizes, activation, seed });
        expect(missed(example), `seed ${seed}`).toEqual([]);
        expect(example.audit.caught).toBe(example.audit.total);
        expect(gradcheck(example.network)).toMatchObject({ passed: true, inconclusive: [] });
      }
    },
  );

  test.each([
    ['one sample', { samples: 1 }],
    ['two samples', { samples: 2 }],
    ['no penalty', { reg: 0 }],
    ['a small penalty', { reg: 1e-3 }],
    ['numbers of float32', { dtype: 'float32' as const }],
  ])('so does one with %s', (_, options) => {
    expect(missed(makeExample({ sizes: [3, 4, 5], activation, ...options }))).toEqual([]);
  });
});

test('an example has the sizes, samples, activations and λ that were asked for', () => {
  const { network, y } = makeExample({
    sizes: [3, 4, 2, 5],
    samples: 6,
    activation: ['tanh', 'relu'],
    reg: 0.25,
  });
  const shapes = parameters(network).map(({ name, shape }) => `${name} ${shape.join('×')}`);
  expect(shapes).toEqual(['W1 4×3', 'b1 4', 'W2 2×4', 'b2 2', 'W3 5×2', 'b3 5']);
  expect(network.layers.map(({ activation }) => activation)).toEqual(['tanh', 'relu', undefined]);
  expect(network.reg).toBe(0.25);
  expect([network.X.rows, network.X.cols, network.Y.rows, y.length]).toEqual([3, 6, 5, 6]);
});

test('by default it has 7 samples, sigmoid units and λ = 0.1', () => {
  const { network } = makeExample({ sizes: [2, 3, 2] });
  expect([network.X.cols, network.layers[0]!.activation, network.reg]).toEqual([7, 'sigmoid', 0.1]);
});

test('labels are classes, and none of the classes is left out by all seeds', () => {
  const seen = new Set<number>();
  for (let seed = 0; seed < 10; seed++) {
    const { network, y } = makeExample({ sizes: [3, 4, 5], seed });
    for (const [n, label] of y.entries()) {
      seen.add(label);
      const column = Array.from({ length: 5 }, (_, k) => network.Y.data[k * 7 + n]);
      expect(column).toEqual([0, 1, 2, 3, 4].map((k) => (k === label ? 1 : 0)));
    }
  }
  expect([...seen].sort()).toEqual([0, 1, 2, 3, 4]);
});

test('the same seed makes the same example, another one another', () => {
  const options: ExampleOptions = { sizes: [3, 4, 5], seed: 4 };
  expect(makeExample(options)).toEqual(makeExample(options));
  expect(numbers(makeExample({ ...options, seed: 5 }))).not.toEqual(numbers(makeExample(options)));
});

test('its numbers have four decimals, or are ones that float32 holds', () => {
  for (const seed of [0, 1, 2]) {
    for (const value of numbers(makeExample({ sizes: [4, 5, 3], seed })))
      expect(value).toBe(Number(value.toFixed(4)));
    for (const value of numbers(makeExample({ sizes: [4, 5, 3], seed, dtype: 'float32' })))
      expect(value).toBe(Math.fround(value));
  }
});

test('its numbers are of order 1, so that units are neither saturated nor idle', () => {
  const { steps } = forward(makeExample({ sizes: [30, 40, 5], seed: 1 }).network);
  for (const { z } of steps) {
    const size = Math.sqrt(z.data.reduce((total, value) => total + value * value, 0) / z.data.length);
    expect(size).toBeGreaterThan(0.3);
    expect(size).toBeLessThan(3);
  }
});

test.each<ExampleOptions>([
  { sizes: [3, 4, 5], seed: 1 },
  { sizes: [2, 3], samples: 3 },
  { sizes: [3, 4, 4, 2], activation: ['relu', 'softplus'], dtype: 'float32', reg: 0 },
])('a config of %j is read back as it was made', (options) => {
  const { network, y } = makeExample(options);
  const problem = parseConfig(JSON.stringify(init(options).config));
  expect(problem.network).toEqual(network);
  expect(problem.labels).toEqual(y);
});

test('where no network can catch all, it is one that catches most, and the audit says what is missed', () => {
  // One ReLU and one sample: it is on or off, and its slope 1 or 0.
  const example = makeExample({ sizes: [2, 1, 2], samples: 1, activation: 'relu' });
  expect(missed(example)).toEqual(['preactivation-for-activation 2', 'missing-slope 1']);
  expect(example.audit.total - example.audit.caught).toBe(2);

  // One class: ŷ = 1 whatever the weights are, and only the penalty is left.
  const { audit: strength } = makeExample({ sizes: [3, 2, 1] });
  const reg = strength.mistakes.filter(({ mistake }) => mistake.includes('-reg'));
  expect(reg.every(({ caught }) => caught)).toBe(true);
  expect(blindSpots(strength).length).toBeGreaterThan(10);
});
