import { describe, expect, test } from 'vitest';
import { randomNumbers } from '../../src/core/random.ts';
import {
  FunctionError,
  type NumericalEntry,
  numericalGradient,
  type Point,
} from '../../src/gradcheck/numerical.ts';
import { composition } from './compositions.ts';

const { sin, cos, tan, exp, log, abs, sqrt, fround, max } = Math;

const sigmoid = (z: number): number => 1 / (1 + exp(-z));

type F = (x: number[]) => number;

/** f of one number. */
const of =
  (f: (x: number) => number): F =>
  ([x]) =>
    f(x!);

/** The same number for the same x, up to 1e-6 off, without rhyme or reason. */
const noise = (x: number): number =>
  1e-6 * (2 * randomNumbers(Math.floor(x * 2 ** 40), 'noise').uniform() - 1);

const gradientAt = (f: F, x: readonly number[]): readonly NumericalEntry[] =>
  numericalGradient(f, [...x]).entries;

/** A function, where, its gradient there, and how close the numerical one is expected to come, of the largest. */
const functions: [string, F, number[], number[], number][] = [
  [
    "the lesson's f1 = cos w1 cos w2 + σ(w2)",
    ([a, b]) => cos(a!) * cos(b!) + sigmoid(b!),
    [1, 2],
    [-sin(1) * cos(2), -cos(1) * sin(2) + sigmoid(2) * sigmoid(-2)],
    2e-12,
  ],
  [
    "the lesson's f2 = log(w1 + w2) + w1² w2",
    ([a, b]) => log(a! + b!) + a! ** 2 * b!,
    [1, 2],
    [1 / 3 + 4, 1 / 3 + 1],
    2e-12,
  ],
  ['Rosenbrock', ([a, b]) => (1 - a!) ** 2 + 100 * (b! - a! ** 2) ** 2, [-1.2, 1], [-215.6, -88], 2e-12],
  ['1/x at 1', of((x) => 1 / x), [1], [-1], 2e-13],
  ['1/x at 0.001', of((x) => 1 / x), [1e-3], [-1e6], 1e-13],
  ['exp at 50', of(exp), [50], [exp(50)], 1e-12],
  ['log at 1', of(log), [1], [1], 1e-14],
  ['log at 1e-10', of(log), [1e-10], [1e10], 1e-5],
  ['x² at 1e10', of((x) => x * x), [1e10], [2e10], 1e-13],
  ['x³ at 0', of((x) => x ** 3), [0], [0], 0],
  ['x⁴ at 0', of((x) => x ** 4), [0], [0], 0],
  ['√x at 1e-6', of(sqrt), [1e-6], [500], 1e-12],
  ['|x| next to its kink', of(abs), [1e-8], [1], 1e-13],
  ['a ReLU next to its kink', of((x) => max(x, 0)), [-1e-6], [0], 0],
  ['3x + 1', of((x) => 3 * x + 1), [2], [3], 1e-12],
  ['a constant', () => 7, [1], [0], 0],
  ['1e300 x²', of((x) => 1e300 * x * x), [1], [2e300], 1e-12],
  ['1e-300 x²', of((x) => 1e-300 * x * x), [1], [2e-300], 1e-12],
  ['sin beside 1e8', of((x) => 1e8 + sin(x)), [1], [cos(1)], 1e-4],
  ['sin in float32', of((x) => fround(sin(fround(x)))), [1], [cos(1)], 1e-4],
  ['sin with noise of 1e-6', of((x) => sin(x) + noise(x)), [1], [cos(1)], 1e-2],
];

describe.each(functions)('%s', (_, f, x, truth, accuracy) => {
  const largest = max(...truth.map(abs));

  test('is as exact as expected', () => {
    for (const [i, { value }] of gradientAt(f, x).entries())
      expect(abs(value - truth[i]!)).toBeLessThanOrEqual(accuracy * largest);
  });

  test('has an error bar that covers the truth, and shows no kink', () => {
    for (const [i, { value, errorBar, kink }] of gradientAt(f, x).entries()) {
      expect(abs(value - truth[i]!)).toBeLessThanOrEqual(errorBar);
      expect(kink).toBeNull();
    }
  });
});

test('the error bar covers the derivative of 99.9% of random smooth functions', () => {
  let [functionsTried, uncovered] = [0, 0];
  for (let seed = 1; functionsTried < 2000; seed++) {
    const subject = composition(seed);
    if (subject === undefined) continue;
    functionsTried++;
    const [entry] = gradientAt(of(subject.f), [subject.x]);
    if (!(abs(entry!.value - subject.derivative) <= entry!.errorBar)) uncovered++;
  }
  expect(uncovered).toBeLessThanOrEqual(2);
});

test('and is narrow: in the median below 1e-10 of it', () => {
  const bars = Array.from({ length: 1000 }, (_, seed) => composition(seed)).flatMap((subject) => {
    if (subject === undefined || subject.derivative === 0) return [];
    const [entry] = gradientAt(of(subject.f), [subject.x]);
    return [entry!.errorBar / abs(subject.derivative)];
  });
  bars.sort((a, b) => a - b);
  expect(bars.length).toBeGreaterThan(500);
  expect(bars[Math.floor(bars.length / 2)]).toBeLessThan(1e-10);
});

describe('a kink', () => {
  test.each<[string, F, number, number, number]>([
    ['of |x| at 0', of(abs), 0, -1, 1],
    ['of a ReLU at 0', of((x) => max(x, 0)), 0, 0, 1],
    ['of a ReLU at 1', of((x) => max(x - 1, 0)), 1, 0, 1],
    ['of max(x, 3x) at 0', of((x) => max(x, 3 * x)), 0, 1, 3],
    ['of x + |x − 5| beside a curve', of((x) => x * x + abs(x - 5)), 5, 9, 11],
  ])('%s is reported with both one-sided slopes, and the bar spans them', (_, f, x, left, right) => {
    const [entry] = gradientAt(f, [x]);
    expect(entry!.kink?.left).toBeCloseTo(left, 2);
    expect(entry!.kink?.right).toBeCloseTo(right, 2);
    expect(entry!.value - entry!.errorBar).toBeLessThan(left + 1e-2);
    expect(entry!.value + entry!.errorBar).toBeGreaterThan(right - 1e-2);
  });

  test('at x is one; a hundred-billionth of x away is none, the slope before it is known', () => {
    const kinkAt = (place: number) =>
      gradientAt(
        of((x) => max(x - place, 0) + sin(x)),
        [1],
      )[0]!;
    expect(kinkAt(1).kink).not.toBeNull();
    expect(kinkAt(1 + 1e-16).kink).not.toBeNull();
    for (const [distance, accuracy] of [
      [0.1, 1e-8],
      [1e-5, 1e-8],
      [1e-7, 1e-6],
      [1e-11, 1e-3],
    ] as const) {
      const { value, kink, errorBar } = kinkAt(1 - distance);
      expect(kink).toBeNull();
      expect(abs(value - cos(1) - 1)).toBeLessThan(accuracy);
      expect(errorBar).toBeLessThan(10 * accuracy);
    }
  });

  test('however near or far, is covered by the bar or shown', () => {
    for (const x of [1e-3, 0.3, 7, 1e3]) {
      for (let power = -10; power <= 0; power += 0.25) {
        for (const place of [x - x * 10 ** power, x + x * 10 ** power]) {
          const [entry] = gradientAt(
            of((at) => max(at - place, 0) + sin(at)),
            [x],
          );
          const truth = cos(x) + (x > place ? 1 : 0);
          expect(abs(entry!.value - truth), `${place} beside ${x}`).toBeLessThanOrEqual(entry!.errorBar);
        }
      }
    }
  });

  test('noise is none', () => {
    for (let seed = 0; seed < 50; seed++) {
      const [entry] = gradientAt(
        of((x) => sin(x) + noise(x + seed)),
        [1],
      );
      expect(entry!.kink).toBeNull();
    }
  });
});

test.each<[string, (x: number) => number, number, number]>([
  ['max(x, 0)² at 0', (x) => max(x, 0) ** 2, 0, 0],
  ['x|x| at 0', (x) => x * abs(x), 0, 0],
  ['Huber’s loss at its joint', (x) => (abs(x) <= 1 ? (x * x) / 2 : abs(x) - 0.5), 1, 1],
  ['ELU at 0', (x) => (x > 0 ? x : Math.expm1(x)), 0, 1],
])('where only the slope is continuous, the bar covers it: %s', (_, f, x, slope) => {
  const [entry] = gradientAt(of(f), [x]);
  expect(abs(entry!.value - slope)).toBeLessThanOrEqual(entry!.errorBar);
});

test('the bar covers what noise hides, but for one in a hundred', () => {
  let uncovered = 0;
  for (let seed = 0; seed < 1000; seed++) {
    const [entry] = gradientAt(
      of((x) => sin(x) + noise(x + seed)),
      [1],
    );
    if (!(abs(entry!.value - cos(1)) <= entry!.errorBar)) uncovered++;
  }
  expect(uncovered).toBeLessThanOrEqual(10);
});

test.each<[string, (x: number) => number, number]>([
  ['√x at 0', sqrt, 0],
  ['arccos at 1', Math.acos, 1],
])('where f cannot be computed on one side, nothing is known: %s', (_, f, x) => {
  const [entry] = gradientAt(of(f), [x]);
  expect(entry!.errorBar).toBe(Number.POSITIVE_INFINITY);
});

const random = randomNumbers(1, 'points');
/** Between two numbers, on a logarithmic scale. */
const between = (low: number, high: number) => (): number => low * (high / low) ** random.uniform();
const near = (center: number, low: number, high: number) => (): number =>
  center + between(low, high)() * (random.uniform() < 0.5 ? -1 : 1);

test.each<[string, (x: number) => number, (x: number) => number, () => number]>([
  ['sin far out', sin, cos, between(1e4, 1e6)],
  ['a slope of 1 with ripples', (x) => x + sin(10 * x), (x) => 1 + 10 * cos(10 * x), between(1e3, 1e4)],
  [
    'a bell at 1e5',
    (x) => exp(-((x - 1e5) ** 2)),
    (x) => -2 * (x - 1e5) * exp(-((x - 1e5) ** 2)),
    near(1e5, 0.1, 2),
  ],
  ['1/(x − 2) beside its pole', (x) => 1 / (x - 2), (x) => -1 / (x - 2) ** 2, near(2, 1e-6, 0.1)],
  ['tan beside its pole', tan, (x) => 1 / cos(x) ** 2, near(Math.PI / 2, 1e-5, 0.1)],
  ['1/x near 0', (x) => 1 / x, (x) => -1 / x ** 2, between(1e-20, 1e-3)],
  ['log near 0', log, (x) => 1 / x, between(1e-20, 1e-3)],
  ['√x near 0', sqrt, (x) => 0.5 / sqrt(x), between(1e-20, 1e-3)],
  ['sin in float32', (x) => fround(sin(x)), cos, between(1e-3, 10)],
  ['x² in float32', (x) => fround(x * x), (x) => 2 * x, between(1e-3, 100)],
  ['sin rounded to six decimals', (x) => Math.round(sin(x) * 1e6) / 1e6, cos, between(0.1, 10)],
  ['cos x − 1, which cancels', (x) => cos(x) - 1, (x) => -sin(x), between(1e-9, 1e-3)],
  ['log cosh x, which cancels', (x) => log(Math.cosh(x)), Math.tanh, between(1e-9, 1e-3)],
  ['|x|^1.5', (x) => abs(x) ** 1.5, (x) => 1.5 * sqrt(x), between(1e-8, 1)],
])('the bar covers the truth at 200 points of %s', (_, f, derivative, draw) => {
  for (let i = 0; i < 200; i++) {
    const x = draw();
    const [entry] = gradientAt(of(f), [x]);
    expect(abs(entry!.value - derivative(x)), `at ${x}`).toBeLessThanOrEqual(entry!.errorBar);
  }
});

test('beyond the range of float64 the bar is infinite', () => {
  const [entry] = gradientAt(
    of((x) => x / 2 ** 1000),
    [1.7e308],
  );
  expect(abs(entry!.value - 2 ** -1000)).toBeLessThanOrEqual(entry!.errorBar);
});

describe('x', () => {
  test('may be nested, and the entries come with their indices, in order', () => {
    const x = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    const f = (at: number[][]): number => at[0]![0]! * at[0]![2]! + at[1]![1]! ** 2;
    const { value, shape, entries } = numericalGradient(f, x);
    expect({ value, shape }).toEqual({ value: 28, shape: [2, 3] });
    expect(entries.map(({ index }) => index)).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 1],
      [1, 2],
    ]);
    for (const [i, expected] of [3, 0, 1, 0, 10, 0].entries())
      expect(entries[i]!.value).toBeCloseTo(expected, 10);
  });

  test('may be a Float64Array, or hold some', () => {
    const square = (at: Float64Array): number => at.reduce((total, value) => total + value * value, 0);
    const flat = numericalGradient(square, Float64Array.of(1, -2));
    expect(flat.shape).toEqual([2]);
    expect(flat.entries[1]!.value).toBeCloseTo(-4, 10);
    const nested = numericalGradient(
      (at: Float64Array[]) => square(at[1]!),
      [Float64Array.of(1), Float64Array.of(3)],
    );
    expect(nested.shape).toEqual([2, 1]);
    expect(nested.entries.map(({ value }) => Math.round(value * 1e9) / 1e9)).toEqual([0, 6]);
  });

  test('is put back to the last bit, and f sees this very object with one number changed at a time', () => {
    const x = [0.1, 1 / 3, 1e-20, -7e5, 0];
    const before = [...x];
    let calls = 0;
    const { evaluations } = numericalGradient((at) => {
      calls++;
      expect(at).toBe(x);
      expect(at.filter((value, i) => !Object.is(value, before[i])).length).toBeLessThanOrEqual(1);
      return at.reduce((total, value) => total + sin(value), 0);
    }, x);
    expect(x).toEqual(before);
    expect(evaluations).toBe(calls);
  });

  test('is put back where f throws, and the error passes through', () => {
    const x = [1, 2];
    const f = (at: number[]): number => {
      if (at[1] !== 2) throw new RangeError('not there');
      return at[0]!;
    };
    expect(() => numericalGradient(f, x)).toThrow(new RangeError('not there'));
    expect(x).toEqual([1, 2]);
  });
});

describe('with a step of one’s own', () => {
  test.each([
    [0.5, 3.25],
    [0.25, 3.0625],
    [2, 7],
  ])('h = %d gives the exact central quotient of x³ at 1: %d', (step, quotient) => {
    const { entries, evaluations } = numericalGradient(
      of((x) => x ** 3),
      [1],
      { step },
    );
    expect(entries[0]!.value).toBe(quotient);
    expect(abs(quotient - 3)).toBeLessThanOrEqual(entries[0]!.errorBar);
    expect(evaluations).toBe(4); // f twice at x, to see that it is deterministic
  });

  test.each([1e-20, 1e-16])('%d, which does not move x, is refused', (step) => {
    const run = (): unknown => numericalGradient(of(sin), [1], { step });
    expect(run).toThrow(FunctionError);
    expect(run).toThrow('expected a step that moves x[0] = 1');
  });

  test('a step that moves x to one side only is refused, whichever that is', () => {
    for (const x of [1, -1]) {
      const run = (): unknown => numericalGradient(of(sin), [x], { step: 1e-16 });
      expect([x + 1e-16 === x, x - 1e-16 === x].sort()).toEqual([false, true]);
      expect(run).toThrow(`expected a step that moves x[0] = ${x}; 1e-16 is lost in rounding`);
    }
  });

  test('the bar is half the difference of the one-sided slopes, and the rounding', () => {
    const [entry] = numericalGradient(
      of((x) => x ** 2),
      [1],
      { step: 0.5 },
    ).entries;
    expect(entry!.errorBar).toBeCloseTo((2.5 - 1.5) / 2, 12);
    const [fine] = numericalGradient(of(sin), [1], { step: 1e-10 }).entries;
    expect(fine!.errorBar).toBeGreaterThan(1e-6);
    expect(abs(fine!.value - cos(1))).toBeLessThan(fine!.errorBar);
    for (const size of [1, 1e6]) {
      const line = of((x) => size * (1 + 2 ** -20 * x));
      const [{ errorBar }] = numericalGradient(line, [1], { step: 2 ** -10 }).entries as [NumericalEntry];
      expect(errorBar / (2 ** -42 * size)).toBeCloseTo(1, 5); // two roundings of f, over h
    }
  });
});

test('each entry is told as soon as it is known', () => {
  const told: [NumericalEntry, number][] = [];
  let calls = 0;
  const f = (x: number[]): number => {
    calls++;
    return x[0]! * x[1]!;
  };
  const { entries, evaluations } = numericalGradient(f, [2, 3], {
    verbose: (entry) => told.push([entry, calls]),
  });
  expect(told.map(([entry]) => entry)).toEqual(entries);
  expect(told[0]![1]).toBeLessThan(told[1]![1]);
  expect(told[1]![1]).toBe(evaluations);
});

test('an entry costs 6 to 80 evaluations', () => {
  for (const [, f, x] of functions) {
    const { evaluations } = numericalGradient(f, [...x]);
    expect((evaluations - 2) / x.length).toBeGreaterThanOrEqual(6);
    expect((evaluations - 2) / x.length).toBeLessThanOrEqual(80);
  }
});

let toggle = 0;
test.each<[string, (x: never) => unknown, unknown, RegExp]>([
  ['NaN at x', () => Number.NaN, [1], /^expected f\(x\) to be a finite number, found NaN$/],
  ['infinite at x', () => Number.POSITIVE_INFINITY, [1], /finite number, found Infinity$/],
  ['a string', () => '3', [1], /^expected f to return a number, found the text "3"$/],
  ['a bigint', () => 3n, [1], /^expected f to return a number, found the bigint 3n$/],
  [
    'changing x',
    (x: number[]) => x.reverse().length,
    [3, 1, 2],
    /^expected f to leave x as it is; it changed x\[0\]$/,
  ],
  ['given a frozen x', () => 0, Object.freeze([1, 2]), /^expected an x that can be changed, .* frozen$/],
  ['nothing', () => undefined, [1], /^expected f to return a number, found undefined$/],
  ['an array', () => [3], [1], /^expected f to return a number, found an array$/],
  ['an object', () => ({ loss: 3 }), [1], /^expected f to return a number, found an object$/],
  ['a promise', async () => 3, [1], /^expected f to return a number, found a promise$/],
  [
    'not the same twice',
    () => toggle++,
    [1],
    /^expected f to return the same number for the same x, found \d and then \d$/,
  ],
  ['given ragged rows', () => 0, [[1, 2], [3]], /^expected x\[1\] to have 2 entries, found 1$/],
  [
    'given a row that is a number',
    () => 0,
    [[1], 2],
    /^expected x\[1\] to be a finite number|^expected x\[1\] to/,
  ],
  [
    'given a number that is a row',
    () => 0,
    [1, [2]],
    /^expected x\[1\] to be a finite number, found an array$/,
  ],
  ['given NaN', () => 0, [[1, Number.NaN]], /^expected x\[0\]\[1\] to be a finite number, found NaN$/],
  ['given null', () => 0, [null], /^expected x\[0\] to be a finite number, found null$/],
  ['given a text', () => 0, [1, 'two'], /^expected x\[1\] to be a finite number, found the text "two"$/],
  ['given nothing', () => 0, [], /^expected x to hold at least one number$/],
  ['given an empty row', () => 0, [[]], /^expected x to hold at least one number$/],
])('a function that is %s is refused, with what was expected and found', (_, f, x, message) => {
  const run = (): unknown => numericalGradient(f as (x: Point) => number, x as Point);
  expect(run).toThrow(FunctionError);
  expect(run).toThrow(message);
});
