import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { describeActivation } from '../../src/core/activations.ts';
import { forward } from '../../src/core/forward.ts';
import { CANONICAL, type Layout } from '../../src/core/layout.ts';
import { type Network, parameters } from '../../src/core/network.ts';
import { type Objective, TEXTBOOK } from '../../src/core/objective.ts';
import { randomNumbers } from '../../src/core/random.ts';
import { gradcheck } from '../../src/gradcheck/gradcheck.ts';
import { measure } from '../../src/gradcheck/measure.ts';
import { type InitOptions, init } from '../../src/index.ts';
import { type AuditedMistake, audit, blindSpots } from '../../src/mistakes/audit.ts';
import {
  attemptsFor,
  type Example,
  type ExampleOptions,
  firstBest,
  makeExample,
} from '../../src/mistakes/example.ts';
import { everyActivation, everyLoss } from '../networks.ts';

const namesOf = (mistakes: readonly AuditedMistake[]): string[] =>
  mistakes.map(({ mistake, layer }) => `${mistake} ${layer ?? 'all'}`);

/** The mistakes that a check of all entries lets pass. */
const missed = ({ network }: Example): string[] => namesOf(blindSpots(audit(measure(forward(network)))));

const numbers = ({ network }: Example): number[] => [
  ...network.X.data,
  ...parameters(network).flatMap(({ data }) => [...data]),
];

/** How an example of some options fails: by what it lets pass, or because it is not right. */
function failures(options: ExampleOptions): string[] {
  return [0, 1, 2].flatMap((seed) => {
    const example = makeExample({ ...options, seed });
    const { passed, inconclusive } = gradcheck(example.network);
    const { caught, total } = example.audit;
    const wrong = [
      ...namesOf(blindSpots(example.audit)),
      ...(caught === total ? [] : [`${total - caught} missed`]),
      ...(passed ? [] : ['refused']),
      ...inconclusive.map(({ tensor, index }) => `${tensor}[${index}] inconclusive`),
    ];
    return wrong.map((one) => `seed ${seed}: ${one}`);
  });
}

describe.each(everyActivation.map((phi) => [describeActivation(phi), phi] as const))(
  'with %s',
  (_, activation) => {
    test.each([[[1, 2]], [[4, 4]], [[2, 2, 2]], [[3, 4, 5]], [[5, 3, 2]], [[3, 4, 4, 3]], [[3, 3, 3, 3, 3]]])(
      'an example of the sizes %j catches every mistake that applies, and is right',
      (sizes) => {
        expect(failures({ sizes, activation })).toEqual([]);
      },
    );

    test.each([
      ['one sample', { N: 1 }],
      ['two samples', { N: 2 }],
      ['no penalty', { reg: 0 }],
      ['a small penalty', { reg: 1e-3 }],
      ['numbers of float32', { dtype: 'float32' as const }],
    ])('so does one with %s', (_title, options) => {
      expect(missed(makeExample({ sizes: [3, 4, 5], activation, ...options }))).toEqual([]);
    });
  },
);

const sizesOf = ({ output, loss }: Pick<Objective, 'output' | 'loss'>): number[][] =>
  [
    [3, 4, 5],
    [4, 5, 1],
    [3, 5, 4, 2],
  ].filter((sizes) => sizes.at(-1) !== 1 || !(output === 'softmax' || loss === 'hinge'));

describe.each(everyLoss)('with $loss of $output', (kind) => {
  test.each(sizesOf(kind).map((sizes) => [sizes]))(
    'an example of the sizes %j catches every mistake that applies, and is right',
    (sizes) => {
      expect(failures({ sizes, ...kind })).toEqual([]);
    },
  );
});

describe.each<ExampleOptions>([
  { sizes: [], output: 'softmax', activation: 'tanh' },
  { sizes: [], output: 'sigmoid', activation: 'relu' },
  { sizes: [], output: 'identity', loss: 'hinge', activation: 'relu' },
  { sizes: [], output: 'identity', loss: 'squared-error', activation: 'silu' },
  { sizes: [], output: 'sigmoid', loss: 'half-squared-error', activation: 'sigmoid' },
])('with $output and $loss', (kind) => {
  test.each<[string, Omit<ExampleOptions, 'sizes'>]>([
    ['a sum', { reduction: 'sum' }],
    ['a mean of all entries', { reduction: 'mean-of-entries' }],
    ['a penalty without its half', { penalty: 'full' }],
    ['a penalty over N', { penalty: 'half-over-n' }],
    ['a sum and a penalty over N', { reduction: 'sum', penalty: 'half-over-n' }],
    ['no biases', { biased: false }],
    ['no biases, no penalty, one sample', { biased: false, reg: 0, N: 1 }],
    ['numbers of float32', { dtype: 'float32' }],
  ])('an example with %s catches every mistake that applies, and is right', (_, options) => {
    for (const sizes of sizesOf({ ...TEXTBOOK, ...kind }))
      expect(failures({ ...kind, ...options, sizes })).toEqual([]);
  });
});

test.each<ExampleOptions>([
  { sizes: [3, 4, 5] },
  { sizes: [3, 4, 4, 3], activation: 'gelu' },
  { sizes: [4, 5, 1], output: 'tanh', loss: 'squared-error' },
  { sizes: [1, 2], activation: 'relu' },
])('the audit of an example of %j is that of a check of all its entries', (options) => {
  const example = makeExample(options);
  expect(example.audit).toEqual(audit(measure(forward(example.network))));
});

test('an example that is larger than what was audited catches all the more', () => {
  expect(missed(makeExample({ sizes: [20, 12, 10], activation: 'relu' }))).toEqual([]);
});

test('an example has the sizes, samples, activations and λ that were asked for', () => {
  const { network, y } = makeExample({
    sizes: [3, 4, 2, 5],
    N: 6,
    activation: ['tanh', 'relu'],
    reg: 0.25,
  });
  const shapes = parameters(network).map(({ name, shape }) => `${name} ${shape.join('×')}`);
  expect(shapes).toEqual(['W1 4×3', 'b1 4', 'W2 2×4', 'b2 2', 'W3 5×2', 'b3 5']);
  expect(network.layers.map(({ activation }) => activation)).toEqual(['tanh', 'relu', undefined]);
  expect(network.reg).toBe(0.25);
  expect([network.X.rows, network.X.cols, network.Y.rows, y.length]).toEqual([3, 6, 5, 6]);
});

test("its output, loss, reduction and penalty are those that were asked for, and the lesson's by default", () => {
  const asked = { output: 'tanh', loss: 'half-squared-error', reduction: 'sum', penalty: 'full' } as const;
  expect(makeExample({ sizes: [2, 3, 2], ...asked }).network).toMatchObject({ ...asked, biased: true });
  expect(makeExample({ sizes: [2, 3, 2] }).network).toMatchObject({ ...TEXTBOOK, biased: true });
  const { network } = makeExample({ sizes: [2, 3, 2], biased: false });
  expect(network.biased).toBe(false);
  expect(parameters(network).map(({ name }) => name)).toEqual(['W1', 'W2']);
  for (const { b } of network.layers) expect(b.every((value) => value === 0)).toBe(true);
});

test.each<[Partial<Objective>, (y: number) => boolean]>([
  [{ output: 'sigmoid' }, (y) => y === 0 || y === 1],
  [{ output: 'tanh', loss: 'squared-error' }, (y) => Math.abs(y) <= 1],
  [{ output: 'relu', loss: 'squared-error' }, (y) => y >= 0],
  [{ output: 'identity', loss: 'half-squared-error' }, (y) => Math.abs(y) < 10],
])(
  'one output of %j has targets of its own: yes or no for a cross-entropy, else what it can reach',
  (kind, canBe) => {
    const { y } = makeExample({ sizes: [2, 3, 1], N: 20, ...kind });
    expect(y.filter((one) => !canBe(one))).toEqual([]);
    expect(new Set(y).size).toBeGreaterThan(kind.output === 'sigmoid' ? 1 : 5);
  },
);

/** Four decimals of normal numbers of a stream. */
const normals = (seed: number, name: string, size: number, std: number): number[] => {
  const { normal } = randomNumbers(seed, name);
  return Array.from({ length: size }, () => Math.round(std * normal() * 1e4) / 1e4);
};

test.each([0, 1, 2])(
  'an example is the first draw of seed %d that catches all: weights of variance 1/fan-in, biases of 1/4',
  (seed) => {
    const { network, y } = makeExample({
      sizes: [4, 2, 1],
      N: 3,
      seed,
      output: 'identity',
      loss: 'squared-error',
    });
    const draw = (attempt: number): Network => {
      const of = (name: string, size: number, std: number): Float64Array =>
        Float64Array.from(normals(seed, `${name}/${attempt}`, size, std));
      return {
        ...network,
        X: { rows: 4, cols: 3, data: of('X', 12, 1) },
        Y: { rows: 1, cols: 3, data: of('y', 3, 2) },
        layers: [
          { ...network.layers[0]!, W: { rows: 2, cols: 4, data: of('W1', 8, 1 / 2) }, b: of('b1', 2, 1 / 2) },
          {
            ...network.layers[1]!,
            W: { rows: 1, cols: 2, data: of('W2', 2, Math.SQRT1_2) },
            b: of('b2', 1, 1 / 2),
          },
        ],
      };
    };
    let attempt = 0;
    while (blindSpots(audit(measure(forward(draw(attempt))))).length > 0) attempt++;
    expect(network).toEqual(draw(attempt));
    expect(y).toEqual([...network.Y.data]);
  },
);

test.each<[string, ExampleOptions, string]>([
  ['a softmax of one unit', { sizes: [3, 2, 1] }, 'a softmax needs at least two outputs, found 1'],
  ['a hinge of one unit', { sizes: [3, 1], output: 'identity', loss: 'hinge' }, 'a hinge needs at least two'],
  ['a cross-entropy of tanh', { sizes: [3, 2], output: 'tanh' }, 'there is no cross-entropy of tanh outputs'],
  ['a hinge of softmax', { sizes: [3, 2], loss: 'hinge' }, 'there is no hinge of softmax outputs'],
  ['one size', { sizes: [3] }, 'expected at least two sizes'],
  ['no samples', { sizes: [3, 2], N: 0 }, 'of at least 1, found 0'],
  ['half a unit', { sizes: [3, 2.5, 2] }, 'of at least 1, found 2.5'],
  ['too few activations', { sizes: [3, 3, 3, 2], activation: ['relu'] }, 'expected 2 activations,'],
  ['no activation', { sizes: [3, 3, 2], activation: [] }, 'expected 1 activation,'],
])('there is no example of %s', (_, options, message) => {
  expect(() => makeExample(options)).toThrow(RangeError);
  expect(() => makeExample(options)).toThrow(message);
});

test('by default it has 7 samples, sigmoid units and λ = 0.1', () => {
  const { network } = makeExample({ sizes: [2, 3, 2] });
  expect([network.X.cols, network.layers[0]!.activation, network.reg]).toEqual([7, 'sigmoid', 0.1]);
});

test('labels are classes, and of many samples none of the classes is left out', () => {
  const { network, y } = makeExample({ sizes: [2, 4], N: 40 });
  expect(new Set(y)).toEqual(new Set([0, 1, 2, 3]));
  for (const [n, label] of y.entries()) {
    const column = [0, 1, 2, 3].map((k) => network.Y.data[k * 40 + n]);
    expect(column).toEqual([0, 1, 2, 3].map((k) => (k === label ? 1 : 0)));
  }
});

test('the same seed makes the same example, another one another', () => {
  const options: ExampleOptions = { sizes: [3, 4, 5], seed: 4 };
  expect(makeExample(options)).toEqual(makeExample(options));
  expect(numbers(makeExample({ ...options, seed: 5 }))).not.toEqual(numbers(makeExample(options)));
});

test('its numbers have four decimals, or are ones that float32 holds, λ too', () => {
  const options = { sizes: [3, 2], seed: 1 } as const;
  for (const value of numbers(makeExample(options))) expect(value).toBe(Number(value.toFixed(4)));
  const rounded = makeExample({ ...options, dtype: 'float32' });
  for (const value of numbers(rounded)) expect(value).toBe(Math.fround(value));
  expect([makeExample(options).network.reg, rounded.network.reg]).toEqual([0.1, Math.fround(0.1)]);
});

test('its numbers are of order 1, so that units are neither saturated nor idle', () => {
  const { steps } = forward(makeExample({ sizes: [30, 40, 5], seed: 1 }).network);
  for (const { z } of steps) {
    const size = Math.sqrt(z.data.reduce((total, value) => total + value * value, 0) / z.data.length);
    expect(size).toBeGreaterThan(0.3);
    expect(size).toBeLessThan(3);
  }
});

test.each<InitOptions>([
  { sizes: [3, 4, 5], seed: 1 },
  { sizes: [2, 3], N: 3 },
  { sizes: [3, 4, 4, 2], activation: ['relu', 'softplus'], dtype: 'float32', reg: 0 },
  {
    sizes: [3, 4, 4, 2],
    activation: [{ elu: 0.5 }, { 'leaky-relu': 0.2 }],
    samples: 'rows',
    weights: 'in-out',
  },
  { sizes: [3, 4, 1], output: 'sigmoid', biases: 'first', penalty: 'half-over-n' },
  { sizes: [3, 4, 2], output: { elu: 2 }, loss: 'squared-error', biases: 'last', weights: 'in-out' },
  { sizes: [3, 4, 3], output: 'identity', loss: 'hinge', biases: 'none', reduction: 'sum' },
])('a config of %j is read back as it was made', (options) => {
  const { samples: _, weights: __, biases, ...kind } = options;
  const { network, y } = makeExample({ ...kind, biased: biases !== 'none' });
  const problem = parseConfig(JSON.stringify(init(options).config));
  expect(problem.network).toEqual(network);
  expect(problem.labels).toEqual(y);
  expect(problem.layout).toEqual({ ...CANONICAL, ...pick(options) });
});

/** How arrays lie, of what was asked for. */
const pick = (options: InitOptions): Partial<Layout> =>
  Object.fromEntries(Object.entries(options).filter(([key]) => key in CANONICAL));

test.each<[ExampleOptions, number]>([
  [{ sizes: [2, 1, 2], N: 1 }, 300],
  [{ sizes: [20, 12, 10], N: 10 }, 277], // a million over 360 weights times 10 samples
  [{ sizes: [30, 40, 5] }, 102], // 7 samples
  [{ sizes: [64, 64, 10], N: 100 }, 5],
])('an example of %j is drawn as often as takes a moment', (options, times) => {
  expect(attemptsFor(options)).toBe(times);
});

test.each([
  [[3, 1, 2, 1, 0, 0], 4, 5],
  [[3, 1, 2, 1, 4], 1, 5],
  [[0, 1], 0, 1],
  [[2, 2], 0, 2],
  [[7], 0, 1],
])(
  'of draws that let so many mistakes pass, %j, number %d is the example, and %d are made',
  (missed, best, made) => {
    const tried: number[] = [];
    const make = (i: number): { i: number } => {
      tried.push(i);
      return { i };
    };
    expect(firstBest(missed.length, make, ({ i }) => missed[i]!)).toEqual({ i: best });
    expect(tried).toEqual(missed.slice(0, made).map((_, i) => i));
  },
);

test('where no network can catch all, it is one that catches most, and the audit says what is missed', () => {
  // One ReLU and one sample: it is on or off, and its slope 1 or 0.
  const example = makeExample({ sizes: [2, 1, 2], N: 1, activation: 'relu' });
  expect(missed(example)).toEqual([
    'preactivation-for-activation 2',
    'bias-before-slope 1',
    'missing-slope 1',
    'slope-constant 1',
  ]);
  expect(example.audit.total - example.audit.caught).toBe(4);
});
