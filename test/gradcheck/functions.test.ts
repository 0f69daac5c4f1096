import { describe, expect, test } from 'vitest';
import {
  checkFunction,
  type DifferentiableFunction,
  type FunctionCheck,
} from '../../src/gradcheck/functions.ts';
import type { Point } from '../../src/gradcheck/numerical.ts';
import { FunctionError } from '../../src/gradcheck/numerical.ts';

const { sin, cos, log, abs, max } = Math;

type Numbers = readonly number[];

/** The check of a function of some numbers; without a gradient where none is claimed. */
function check(
  f: (x: Numbers) => number,
  x: Numbers,
  gradient?: (x: Numbers) => unknown,
  options: Parameters<typeof checkFunction>[1] = {},
): FunctionCheck {
  const subject: DifferentiableFunction = {
    name: 'f',
    x: [...x],
    f: (at: Point) => f(at as Numbers),
    ...(gradient && { gradient: (at: Point) => gradient(at as Numbers) }),
  };
  return checkFunction(subject, options);
}

const f2 = ([a, b]: Numbers): number => log(a! + b!) + a! ** 2 * b!;
const df2 = ([a, b]: Numbers): number[] => [1 / (a! + b!) + 2 * a! * b!, 1 / (a! + b!) + a! ** 2];

test('the right gradient passes, entry by entry', () => {
  const { passed, verdict, analytic, numerical, shape, value } = check(f2, [1, 2], df2);
  expect({ passed, shape, value }).toEqual({ passed: true, shape: [2], value: log(3) + 2 });
  expect(verdict).toMatchObject({ checked: 2, mismatched: 0, inconclusive: 0, verdicts: ['agree', 'agree'] });
  expect(analytic).toEqual(Float64Array.of(1 / 3 + 4, 1 / 3 + 1));
  expect(numerical[0]).toBeCloseTo(1 / 3 + 4, 10);
});

test.each<[string, (x: Numbers) => number[], number]>([
  ['a term that is left out', ([a, b]) => [1 / (a! + b!) + 2 * a! * b!, 1 / (a! + b!)], 1],
  ['a sign that is flipped', ([a, b]) => [1 / (a! + b!) - 2 * a! * b!, 1 / (a! + b!) + a! ** 2], 0],
  ['an entry that is off by 1e-6 of itself', (x) => df2(x).map((g, i) => (i === 1 ? g * (1 + 1e-6) : g)), 1],
  ['NaN', (x) => df2(x).map((g, i) => (i === 0 ? Number.NaN : g)), 0],
  ['Infinity', (x) => df2(x).map((g, i) => (i === 0 ? Number.POSITIVE_INFINITY : g)), 0],
])('%s is a mismatch, in its entry alone', (_, gradient, wrong) => {
  const { passed, verdict } = check(f2, [1, 2], gradient);
  expect(passed).toBe(false);
  expect(verdict!.verdicts).toEqual([0, 1].map((i) => (i === wrong ? 'mismatch' : 'agree')));
  expect(verdict!.maxAbsError!.index).toEqual([wrong]);
  expect(verdict!.maxRelError!.index).toEqual([wrong]);
});

test('the worst entry of a nested x is named by its index', () => {
  const f = (x: Point): number => {
    const [[a], [, b]] = x as [[number, number], [number, number]];
    return a * b;
  };
  const gradient = (): number[][] => [
    [5, 0],
    [0, 7],
  ];
  const { verdict } = checkFunction({
    name: 'f',
    x: [
      [2, 3],
      [4, 5],
    ],
    f,
    gradient,
  });
  expect(verdict!.shape).toEqual([2, 2]);
  expect(verdict!.maxAbsError).toMatchObject({ index: [1, 1] });
  expect(verdict!.maxAbsError!.value).toBeCloseTo(5, 9);
});

test('rtol and atol widen what may differ', () => {
  const off = (x: Numbers): number[] => df2(x).map((g) => g * (1 + 1e-4));
  const passed = (options: object): boolean => check(f2, [1, 2], off, options).passed;
  expect([passed({}), passed({ rtol: 1e-3 }), passed({ atol: 1e-3 }), passed({ atol: 1e-5 })]).toEqual([
    false,
    true,
    true,
    false,
  ]);
});

test('an error smaller than 1e-7 is within the tolerance', () => {
  expect(check(f2, [1, 2], (x) => df2(x).map((g) => g * (1 + 1e-8))).passed).toBe(true);
  expect(check(f2, [1, 2], (x) => df2(x).map((g) => g * (1 + 1e-8)), { rtol: 0 }).passed).toBe(false);
});

test('a step of one’s own is used, and leaves open what it cannot see', () => {
  const cube = ([x]: Numbers): number => x! ** 3;
  const coarse = check(cube, [1], () => [3], { step: 0.5 });
  expect([...coarse.numerical]).toEqual([3.25]);
  expect(coarse.verdict!.verdicts).toEqual(['inconclusive']);
  expect(coarse.passed).toBe(false);
});

test('without a claim, it is the numerical gradient, and passes', () => {
  const { passed, analytic, verdict, problem, numerical, errorBar, evaluations } = check(f2, [1, 2]);
  expect({ passed, analytic, verdict, problem }).toEqual({
    passed: true,
    analytic: null,
    verdict: null,
    problem: null,
  });
  expect(abs(numerical[1]! - 4 / 3)).toBeLessThan(errorBar[1]!);
  expect(evaluations).toBeGreaterThan(20);
});

describe('a kink', () => {
  const relu = ([x, y]: Numbers): number => max(x!, 0) + sin(y!);

  test('is inconclusive, with both one-sided slopes, whichever of them is claimed', () => {
    for (const slope of [0, 0.5, 1]) {
      const { passed, verdict, inconclusive } = check(relu, [0, 1], ([, y]) => [slope, cos(y!)]);
      expect(verdict!.verdicts).toEqual(['inconclusive', 'agree']);
      expect(inconclusive).toMatchObject([{ tensor: 'f', index: [0] }]);
      expect(inconclusive[0]!.left).toBeCloseTo(0, 10);
      expect(inconclusive[0]!.right).toBeCloseTo(1, 10);
      expect(passed).toBe(true);
    }
  });

  test('is no excuse for a slope that neither side has', () => {
    const { passed, verdict } = check(relu, [0, 1], ([, y]) => [3, cos(y!)]);
    expect({ passed, first: verdict!.verdicts[0] }).toEqual({ passed: false, first: 'mismatch' });
  });

  test('beside a curve is one too', () => {
    const f = ([x, y]: Numbers): number => max(x! - 1, 0) + sin(x!) + y! ** 2;
    const claim = ([x, y]: Numbers): number[] => [cos(x!), 2 * y!];
    expect(check(f, [1, 3], claim).verdict!.verdicts).toEqual(['inconclusive', 'agree']);
  });

  test('is told without a claim, too', () => {
    expect(check(relu, [0, 1]).inconclusive).toMatchObject([{ tensor: 'f', index: [0], why: 'kink' }]);
  });

  test('fails a strict check, with a claim and without one; what has a slope does not', () => {
    const claim = ([x, y]: Numbers): number[] => [x! > 0 ? 1 : 0, cos(y!)];
    const passes = (x: number, gradient?: (x: Numbers) => number[]): boolean =>
      check(relu, [x, 1], gradient, { strict: true }).passed;
    expect([passes(0), passes(0, claim), passes(1), passes(1, claim)]).toEqual([false, false, true, true]);
  });

  test('is where f is told to bend, by slopes that its steps see', () => {
    const [open] = check(([x]) => max(x! - 1, 0) + sin(x!), [1]).inconclusive;
    expect(open!.why).toBe('kink');
    expect(abs(open!.left - cos(1))).toBeLessThan(1e-6);
    expect(abs(open!.right - cos(1) - 1)).toBeLessThan(1e-6);
  });

  test('does not pass where nothing else was claimed', () => {
    expect(
      check(
        ([x]) => abs(x!),
        [0],
        () => [0],
      ).passed,
    ).toBe(false);
  });
});

test('an entry that drowns in the noise of f is inconclusive, and alone does not pass', () => {
  const noisy = ([x]: Numbers): number => Math.round(1e5 * sin(x!)) / 1e5;
  const { passed, verdict, inconclusive } = check(noisy, [1], () => [cos(1)]);
  expect({ passed, verdicts: verdict!.verdicts }).toEqual({ passed: false, verdicts: ['inconclusive'] });
  const [{ left, right, why }] = inconclusive as [(typeof inconclusive)[0]];
  expect(why).toBe('vague');
  expect(Number.isFinite(left) && Number.isFinite(right)).toBe(true);
});

test('noise that is far less than a hundredth of the largest entry leaves nothing open', () => {
  const single = ([x]: Numbers): number => Math.fround(sin(Math.fround(x!)));
  const { verdict, errorBar } = check(single, [1], () => [cos(1)]);
  expect(verdict!.verdicts).toEqual(['agree']);
  expect(errorBar[0]).toBeGreaterThan(1e-5); // of 0.54
});

test('a claim of zeros is measured by the entries that are there', () => {
  // What 1 + 1e-12 sin x shows of its slope is no more than a tenth, or less.
  const faint = ([x]: Numbers): number => 1 + 1e-12 * sin(x!);
  const { verdict, errorBar } = check(faint, [1], () => [0], { atol: 1e-11 });
  expect(errorBar[0]).toBeGreaterThan(0.01 * 1e-12 * cos(1));
  expect(verdict!.verdicts).toEqual(['inconclusive']);
});

test('the relative tolerance is of the larger one of claim and slope', () => {
  const verdicts = [2.2, 2.23, 1.81, 1.79].map(
    (claim) =>
      check(
        ([x]) => 2 * x!,
        [1],
        () => [claim],
        { rtol: 0.1 },
      ).verdict!.verdicts[0],
  );
  expect(verdicts).toEqual(['agree', 'mismatch', 'agree', 'mismatch']);
});

test.each([
  ['next to where f ends', 1e-12, 'vague'],
  ['where f ends', 0, 'end'],
])('an entry %s is inconclusive', (_, edge, why) => {
  const f = ([x, y]: Numbers): number => x! ** 1.5 + y!;
  const { passed, verdict, inconclusive } = check(f, [edge, 2], ([x]) => [1.5 * Math.sqrt(x!), 1]);
  expect(inconclusive).toMatchObject([{ tensor: 'f', index: [0], why }]);
  expect({ passed, verdicts: verdict!.verdicts }).toEqual({
    passed: true,
    verdicts: ['inconclusive', 'agree'],
  });
});

test('where all of the gradient is zero, it agrees', () => {
  expect(
    check(
      () => 3,
      [1, 2],
      () => [0, 0],
    ),
  ).toMatchObject({ passed: true, inconclusive: [] });
});

test.each<[string, unknown, string]>([
  ['too few', [1], 'wrong shape: expected 2, found 1'],
  ['too many', [1, 2, 3], 'wrong shape: expected 2, found 3'],
  ['nested', [[1, 2]], 'wrong shape: expected 2, found 1 × 2'],
  ['a number', 3, 'wrong shape: expected 2, found a number'],
])('a gradient of another shape is a problem, not an error: %s', (_, claim, problem) => {
  const found = check(f2, [1, 2], () => claim);
  expect(found).toMatchObject({ passed: false, problem, analytic: null, verdict: null });
});

test('of a nested x, too, it must have every length', () => {
  const wide = [
    [1, 2, 3],
    [1, 2, 3],
  ];
  const square = [
    [1, 2],
    [3, 4],
  ];
  const found = checkFunction({ name: 'f', x: square, f: () => 0, gradient: () => wide });
  expect(found.problem).toBe('wrong shape: expected 2 × 2, found 2 × 3');
});

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'expected gradient(x) to hold numbers, found undefined'],
  ['texts', ['a', 'b'], 'expected gradient(x) to hold numbers, found string'],
  ['ragged', [[1, 2], [3]], 'expected gradient(x) to have branches of one length'],
  ['ragged, a number beside a row', [[1], 2], 'expected gradient(x) to have branches of one length'],
])('a gradient that holds no numbers cannot be checked: %s', (_, claim, message) => {
  const run = (): unknown => check(f2, [1, 2], () => claim);
  expect(run).toThrow(new FunctionError(message));
});

test('a gradient may be a Float64Array', () => {
  expect(check(f2, [1, 2], (x) => Float64Array.from(df2(x))).passed).toBe(true);
});

test('the gradient is asked for at x itself', () => {
  check(f2, [1, 2], (x) => {
    expect(x).toEqual([1, 2]);
    return df2(x);
  });
});

test.each<[string, (x: number) => number, number, number]>([
  ['|x| at 0, where ±1 is as right', Math.abs, 1e-5, 0.9],
  ['x² at 0 with a step of 0.01', (x) => x * x, 0.01, 0.009],
])(
  'a claim that is smaller than the bar does not agree, though the numerical gradient is 0: %s',
  (_, f, step, claim) => {
    const { passed, verdict } = checkFunction(
      { name: 'f', x: [0], f: (x) => f(x[0] as number), gradient: () => [claim] },
      { step },
    );
    expect({ passed, verdicts: verdict?.verdicts }).toEqual({ passed: false, verdicts: ['inconclusive'] });
  },
);

test.each([1, 1e6, 1e-6])('a gradient of zeros at a minimum agrees, of f times %d', (size) => {
  const { passed } = checkFunction({
    name: 'f',
    x: [1, 2],
    f: (x) => size * (((x[0] as number) - 1) ** 2 + ((x[1] as number) - 2) ** 4 + 5),
    gradient: () => [0, 0],
  });
  expect(passed).toBe(true);
});
