import { describe, expect, test } from 'vitest';
import { type RandomNumbers, randomNumbers } from '../../src/core/random.ts';
import { type NumericalEntry, numericalGradient } from '../../src/gradcheck/numerical.ts';

const { sin, cos, tan, exp, log, log1p, sqrt, tanh, cosh, abs, max, sign, fround, round } = Math;

type Function = (x: number) => number;

const POINTS = 300;

/** Of any size between two, on either side of a place. */
const beside =
  (place: number, low: number, high: number) =>
  (random: RandomNumbers): number =>
    place + low * (high / low) ** random.uniform() * (random.uniform() < 0.5 ? -1 : 1);

/** Of any size between two, positive. */
const between =
  (low: number, high: number) =>
  (random: RandomNumbers): number =>
    low * (high / low) ** random.uniform();

type Row = [string, Function, Function, (random: RandomNumbers) => number];

interface Measured {
  readonly x: number;
  readonly truth: number;
  readonly entry: NumericalEntry;
  readonly evaluations: number;
}

function measure([name, f, derivative, point]: Row): Measured[] {
  const random = randomNumbers(1, name);
  return Array.from({ length: POINTS }, () => {
    const x = point(random);
    const { entries, evaluations } = numericalGradient(([at]: number[]) => f(at!), [x]);
    return { x, truth: derivative(x), entry: entries[0]!, evaluations };
  });
}

/** The truth is computed in doubles too. */
const isCovered = ({ truth, entry: { value, errorBar } }: Measured): boolean =>
  abs(value - truth) <= errorBar + 4e-16 * abs(truth);

const uncovered = (measured: readonly Measured[]): string[] =>
  measured
    .filter((one) => !isCovered(one))
    .map(({ x, truth, entry: { value, errorBar } }) => `at ${x}: ${value} ± ${errorBar}, truth ${truth}`);

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

const relativeBars = (measured: readonly Measured[]): number[] =>
  measured.flatMap(({ truth, entry }) => (truth === 0 ? [] : [entry.errorBar / abs(truth)]));

const sigmoid: Function = (x) => 1 / (1 + exp(-x));
const dSigmoid: Function = (x) => 1 / ((1 + exp(-x)) * (1 + exp(x)));

const ordinary: Row[] = [
  ['exp', exp, exp, beside(0, 1e-3, 100)],
  ['sin', sin, cos, beside(0, 1e-3, 1e3)],
  ['a cubic', (x) => 3 * x ** 3 - 2 * x * x + x - 7, (x) => 9 * x * x - 4 * x + 1, beside(0, 1e-3, 1e3)],
  ['x⁷', (x) => x ** 7, (x) => 7 * x ** 6, beside(0, 1e-3, 1e3)],
  ['3x + 1', (x) => 3 * x + 1, () => 3, beside(0, 1e-8, 1e8)],
  ['log', log, (x) => 1 / x, between(1e-3, 1e3)],
  ['1/x', (x) => 1 / x, (x) => -1 / x / x, beside(0, 1e-3, 1e3)],
  ['sigmoid', sigmoid, dSigmoid, beside(0, 1e-3, 30)],
  [
    'cross-entropy with a penalty',
    (x) => log1p(exp(-abs(x))) + max(x, 0) + 0.05 * x * x,
    (x) => sigmoid(x) + 0.1 * x,
    beside(0, 1e-3, 1e3),
  ],
];

const farOut: Row[] = [
  ...[10, 1e3, 1e5, 1e6].map((x): Row => [`sin up to ${x}`, sin, cos, beside(0, x / 10, x)]),
  ['x + sin 10x', (x) => x + sin(10 * x), (x) => 1 + 10 * cos(10 * x), beside(0, 1, 1e5)],
  ['x + sin 100x', (x) => x + sin(100 * x), (x) => 1 + 100 * cos(100 * x), beside(0, 1e3, 1e5)],
  ['sin 10⁴x', (x) => sin(1e4 * x), (x) => 1e4 * cos(1e4 * x), beside(0, 0.1, 10)],
  [
    'a bell at 1e5',
    (x) => exp(-((x - 1e5) ** 2)),
    (x) => -2 * (x - 1e5) * exp(-((x - 1e5) ** 2)),
    beside(1e5, 0.01, 3),
  ],
  ['a sigmoid at 1e4', (x) => sigmoid(x - 1e4), (x) => dSigmoid(x - 1e4), beside(1e4, 0.01, 3)],
  ['tanh, steep', (x) => tanh(1e5 * (x - 1)), (x) => 1e5 / cosh(1e5 * (x - 1)) ** 2, beside(1, 1e-7, 1e-4)],
];

const poles: Row[] = [
  ['1/(x − 2)', (x) => 1 / (x - 2), (x) => -1 / (x - 2) ** 2, beside(2, 1e-6, 0.1)],
  ['tan', tan, (x) => 1 + tan(x) ** 2, beside(Math.PI / 2, 1e-5, 0.1)],
  ['log |x − 2|', (x) => log(abs(x - 2)), (x) => 1 / (x - 2), beside(2, 1e-6, 0.1)],
  ['√|x − 1|', (x) => sqrt(abs(x - 1)), (x) => (0.5 * sign(x - 1)) / sqrt(abs(x - 1)), beside(1, 1e-7, 0.5)],
  ['a narrow peak', (x) => 1 / (1e-8 + x * x), (x) => (-2 * x) / (1e-8 + x * x) ** 2, beside(0, 1e-6, 1e-2)],
  ['1/x, x tiny', (x) => 1 / x, (x) => -1 / x / x, beside(0, 1e-20, 1e-6)],
  ['1/x, x next to nothing', (x) => 1 / x, (x) => -1 / x / x, between(1e-101, 1e-99)],
  ['log, x tiny', log, (x) => 1 / x, between(1e-20, 1e-6)],
  ['√x, x tiny', sqrt, (x) => 0.5 / sqrt(x), between(1e-20, 1e-6)],
];

const rounded: Row[] = [
  ...[1e-3, 0.1, 10, 100].map(
    (x): Row => [`sin in float32 up to ${x}`, (at) => fround(sin(at)), cos, beside(0, x / 100, x)],
  ),
  ['x² of float32', (x) => fround(fround(x) ** 2), (x) => 2 * x, beside(0, 0.01, 10)],
  ['x² in float32', (x) => fround(x * x), (x) => 2 * x, beside(0, 0.01, 10)],
  ['exp in float32', (x) => fround(exp(x)), exp, beside(0, 0.01, 10)],
  ['1 + sigmoid in float32', (x) => fround(1 + sigmoid(x)), dSigmoid, beside(0, 0.1, 10)],
  [
    'a float32 loss with a penalty in float64',
    (x) => fround(sin(x)) + 0.05 * x * x,
    (x) => cos(x) + 0.1 * x,
    beside(0, 0.01, 10),
  ],
  ['sin rounded to 1e-6', (x) => round(sin(x) * 1e6) / 1e6, cos, beside(0, 1e-3, 10)],
  ['exp with 8 decimals', (x) => Number(exp(-x).toFixed(8)), (x) => -exp(-x), beside(0, 0.01, 3)],
  [
    '√x with 3 decimals, near its end',
    (x) => round(sqrt(x) * 1e3) / 1e3,
    (x) => 0.5 / sqrt(x),
    between(2e-5, 1e-3),
  ],
  ['cos − 1', (x) => cos(x) - 1, (x) => -sin(x), beside(0, 1e-9, 1)],
  ['log cosh', (x) => log(cosh(x)), tanh, beside(0, 1e-9, 1e-3)],
  ['1e8 + sin', (x) => 1e8 + sin(x), cos, beside(0, 0.1, 10)],
  ...[2e-15, 1e-13].map(
    (size): Row => [
      `sin with noise of ${size}`,
      (x) => sin(x) + size * (2 * randomNumbers(Math.floor(x * 2 ** 45), 'noise').uniform() - 1),
      cos,
      beside(0, 0.5, 2),
    ],
  ),
  ['1e12 + x²', (x) => 1e12 + x * x, (x) => 2 * x, beside(0, 0.1, 10)],
];

const kinked: Row[] = [
  ['|x|', abs, sign, beside(0, 1e-9, 10)],
  ['a leaky ReLU', (x) => max(x, 0.01 * x), (x) => (x > 0 ? 1 : 0.01), beside(0, 1e-9, 1)],
  ...[1, 1e-2, 1e-4].map(
    (c): Row => [
      `sin + ${c} ReLU`,
      (x) => sin(x) + c * max(x - 1, 0),
      (x) => cos(x) + (x > 1 ? c : 0),
      beside(1, 1e-9, 0.5),
    ],
  ),
  [
    'a ReLU at 1e3',
    (x) => sin(x) + max(x - 1e3, 0),
    (x) => cos(x) + (x > 1e3 ? 1 : 0),
    beside(1e3, 1e-6, 50),
  ],
  [
    'a ReLU in float32',
    (x) => fround(sin(x) + max(x - 1, 0)),
    (x) => cos(x) + (x > 1 ? 1 : 0),
    beside(1, 1e-6, 0.5),
  ],
  ['a squared ReLU', (x) => max(x - 1, 0) ** 2 + x, (x) => 2 * max(x - 1, 0) + 1, beside(1, 1e-6, 0.1)],
  ['a jump', (x) => sin(x) + (x > 1 ? 1 : 0), cos, beside(1, 1e-7, 0.5)],
];

describe.each([
  ['ordinary functions', ordinary],
  ['functions of a scale far smaller than x', farOut],
  ['functions near a pole, or the end of their domain', poles],
  ['functions computed in float32, rounded, or losing digits', rounded],
  ['functions with kinks ahead', kinked],
])('the bar covers the derivative of %s:', (_, rows) => {
  test.each(rows)('%s', (...row) => {
    expect(uncovered(measure(row))).toEqual([]);
  });
});

test.each(ordinary)('the bar of an ordinary function is narrow: %s', (...row) => {
  expect(median(relativeBars(measure(row)))).toBeLessThan(2e-11);
});

test.each([...farOut.slice(0, 4), ...poles])('and stays so where steps must be small: %s', (...row) => {
  expect(median(relativeBars(measure(row)))).toBeLessThan(1e-9);
});

test.each(rounded.slice(0, 7))('what is computed in float32 is known to four digits or so: %s', (...row) => {
  expect(median(relativeBars(measure(row)))).toBeLessThan(2e-3);
});

test('a kink ahead is not crossed', () => {
  const bars = measure([
    'a kink',
    (x) => sin(x) + max(x - 1, 0),
    (x) => cos(x) + (x > 1 ? 1 : 0),
    beside(1, 1e-4, 0.5),
  ]);
  expect(median(relativeBars(bars))).toBeLessThan(1e-9);
});

test('the bar covers the truth even where two extrapolations happen to meet', () => {
  const meets = 2 ** -10; // the fifth and seventh powers leave nothing of the extrapolation there
  const f = (x: number): number => 1 + x + 110 * (x ** 5 - x ** 7 / (17 * meets ** 2));
  const { entries } = numericalGradient(([x]: number[]) => f(x!), [0]);
  expect(abs(entries[0]!.value - 1)).toBeLessThanOrEqual(entries[0]!.errorBar);
});

test('an entry costs about forty evaluations', () => {
  const counts = [...ordinary, ...farOut, ...rounded].flatMap((row) =>
    measure(row).map(({ evaluations }) => evaluations - 2),
  );
  expect(median(counts)).toBeLessThanOrEqual(45);
  expect(max(...counts)).toBeLessThanOrEqual(140);
  const { evaluations } = numericalGradient(([x]: number[]) => exp(x!), [1e-100]);
  expect(evaluations).toBeLessThanOrEqual(100);
});
