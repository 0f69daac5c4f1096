import { beside, between, type Family, factorial, family, seriesSlope } from './families.ts';

const { sin, cos, tan, exp, log, log1p, sqrt, tanh, cosh, atan, abs, max, cbrt, asinh } = Math;

const sigmoid = (x: number): number => 1 / (1 + exp(-x));
const dSigmoid = (x: number): number => 1 / ((1 + exp(-x)) * (1 + exp(x)));
const sincSeries = seriesSlope((k) => (k % 2 === 1 ? 0 : (-1) ** (k / 2) / factorial(k + 1)));

export const ordinary: readonly Family[] = [
  family('exp', exp, exp, beside(0, 1e-3, 100)),
  family('sin', sin, cos, beside(0, 1e-3, 1e3)),
  family(
    'a cubic',
    (x) => 3 * x ** 3 - 2 * x * x + x - 7,
    (x) => 9 * x * x - 4 * x + 1,
    beside(0, 1e-3, 1e3),
  ),
  family(
    'x⁷',
    (x) => x ** 7,
    (x) => 7 * x ** 6,
    beside(0, 1e-3, 1e3),
  ),
  family(
    '3x + 1',
    (x) => 3 * x + 1,
    () => 3,
    beside(0, 1e-8, 1e8),
  ),
  family('log', log, (x) => 1 / x, between(1e-3, 1e3)),
  family(
    '1/x',
    (x) => 1 / x,
    (x) => -1 / x / x,
    beside(0, 1e-3, 1e3),
  ),
  family('√x', sqrt, (x) => 0.5 / sqrt(x), between(1e-3, 1e3)),
  family('∛x', cbrt, (x) => 1 / (3 * cbrt(x) ** 2), between(1e-3, 1e3)),
  family('sigmoid', sigmoid, dSigmoid, beside(0, 1e-3, 30)),
  family('tanh', tanh, (x) => 1 / cosh(x) ** 2, beside(0, 1e-3, 10)),
  family('arctan', atan, (x) => 1 / (1 + x * x), beside(0, 1e-3, 1e3)),
  family('arsinh', asinh, (x) => 1 / sqrt(1 + x * x), beside(0, 1e-2, 1e3)),
  family(
    'a bell',
    (x) => exp(-x * x),
    (x) => -2 * x * exp(-x * x),
    beside(0, 1e-3, 5),
  ),
  family(
    'Runge’s',
    (x) => 1 / (1 + 25 * x * x),
    (x) => (-50 * x) / (1 + 25 * x * x) ** 2,
    beside(0, 1e-3, 10),
  ),
  family(
    'x log x',
    (x) => x * log(x),
    (x) => log(x) + 1,
    between(1e-3, 1e3),
  ),
  family(
    'xˣ',
    (x) => x ** x,
    (x) => x ** x * (log(x) + 1),
    between(1e-2, 10),
  ),
  family(
    'sin x / x',
    (x) => sin(x) / x,
    (x) => (abs(x) < 2 ? sincSeries(x) : (x * cos(x) - sin(x)) / (x * x)),
    beside(0, 1e-2, 100),
  ),
  family(
    'cross-entropy with a penalty',
    (x) => log1p(exp(-abs(x))) + max(x, 0) + 0.05 * x * x,
    (x) => sigmoid(x) + 0.1 * x,
    beside(0, 1e-3, 1e3),
  ),
  family(
    'exp sin x',
    (x) => exp(sin(x)),
    (x) => cos(x) * exp(sin(x)),
    beside(0, 1e-2, 30),
  ),
];

/** Their own scale is far smaller than x, or than the first steps beside it. */
export const smallScale: readonly Family[] = [
  ...[10, 1e3, 1e5, 1e6].map((x) => family(`sin up to ${x}`, sin, cos, beside(0, x / 10, x))),
  family(
    'x + sin 10x',
    (x) => x + sin(10 * x),
    (x) => 1 + 10 * cos(10 * x),
    beside(0, 1, 1e5),
  ),
  family(
    'x + sin 100x',
    (x) => x + sin(100 * x),
    (x) => 1 + 100 * cos(100 * x),
    beside(0, 1e3, 1e5),
  ),
  family(
    'sin 10⁴x',
    (x) => sin(1e4 * x),
    (x) => 1e4 * cos(1e4 * x),
    beside(0, 0.1, 10),
  ),
  family(
    'a bell at 1e5',
    (x) => exp(-((x - 1e5) ** 2)),
    (x) => -2 * (x - 1e5) * exp(-((x - 1e5) ** 2)),
    beside(1e5, 0.01, 3),
  ),
  family(
    'a sigmoid at 1e4',
    (x) => sigmoid(x - 1e4),
    (x) => dSigmoid(x - 1e4),
    beside(1e4, 0.01, 3),
  ),
  family(
    'tanh, steep',
    (x) => tanh(1e5 * (x - 1)),
    (x) => 1e5 / cosh(1e5 * (x - 1)) ** 2,
    beside(1, 1e-7, 1e-4),
  ),
  family(
    'sin 1/x',
    (x) => sin(1 / x),
    (x) => -cos(1 / x) / (x * x),
    beside(0, 1e-4, 1),
  ),
  family(
    'x² sin 1/x',
    (x) => x * x * sin(1 / x),
    (x) => 2 * x * sin(1 / x) - cos(1 / x),
    beside(0, 1e-4, 1),
  ),
  family(
    'sin x²',
    (x) => sin(x * x),
    (x) => 2 * x * cos(x * x),
    beside(0, 1, 1e3),
  ),
];

export const poles: readonly Family[] = [
  family(
    '1/(x − 2)',
    (x) => 1 / (x - 2),
    (x) => -1 / (x - 2) ** 2,
    beside(2, 1e-6, 0.1),
  ),
  family(
    '1/(x − 1)² closer',
    (x) => (x - 1) ** -2,
    (x) => -2 / (x - 1) ** 3,
    beside(1, 1e-10, 1e-6),
  ),
  family('tan', tan, (x) => 1 + tan(x) ** 2, beside(Math.PI / 2, 1e-5, 0.1)),
  family(
    'log |x − 2|',
    (x) => log(abs(x - 2)),
    (x) => 1 / (x - 2),
    beside(2, 1e-6, 0.1),
  ),
  family(
    '√|x − 1|',
    (x) => sqrt(abs(x - 1)),
    (x) => 0.5 / (x > 1 ? 1 : -1) / sqrt(abs(x - 1)),
    beside(1, 1e-7, 0.5),
  ),
  family(
    'a narrow peak',
    (x) => 1 / (1e-8 + x * x),
    (x) => (-2 * x) / (1e-8 + x * x) ** 2,
    beside(0, 1e-6, 1e-2),
  ),
  family(
    '1/x, x tiny',
    (x) => 1 / x,
    (x) => -1 / x / x,
    beside(0, 1e-20, 1e-6),
  ),
  family(
    '1/x², x tiny',
    (x) => 1 / x / x,
    (x) => -2 / x / x / x,
    beside(0, 1e-20, 1e-6),
  ),
  family(
    '1/x, x next to nothing',
    (x) => 1 / x,
    (x) => -1 / x / x,
    between(1e-101, 1e-99),
  ),
  family('log, x tiny', log, (x) => 1 / x, between(1e-20, 1e-6)),
  family('√x, x tiny', sqrt, (x) => 0.5 / sqrt(x), between(1e-20, 1e-6)),
  family('∛x, x tiny', cbrt, (x) => 1 / (3 * cbrt(x) ** 2), beside(0, 1e-20, 1e-6)),
  family(
    '1/x + 1e6',
    (x) => 1 / x + 1e6,
    (x) => -1 / x / x,
    beside(0, 1e-8, 1e-3),
  ),
];

export const ends: readonly Family[] = [
  family(
    '√(1 − x²)',
    (x) => sqrt(1 - x * x),
    (x) => -x / sqrt((1 - x) * (1 + x)),
    (r) => (r.uniform() < 0.5 ? -1 : 1) * (1 - between(1e-12, 1)(r)),
  ),
  family(
    '√(1 − x²), the last bits',
    (x) => sqrt(1 - x * x),
    (x) => -x / sqrt((1 - x) * (1 + x)),
    (r) => 1 - 2 ** -53 * Math.ceil(between(1, 1e4)(r)),
  ),
  family(
    'arccos',
    Math.acos,
    (x) => -1 / sqrt((1 - x) * (1 + x)),
    (r) => (r.uniform() < 0.5 ? -1 : 1) * (1 - between(1e-12, 1)(r)),
  ),
  family(
    '√(x − 1)',
    (x) => sqrt(x - 1),
    (x) => 0.5 / sqrt(x - 1),
    (r) => 1 + between(1e-12, 1)(r),
  ),
  family(
    '(x − 1)^1.5',
    (x) => (x - 1) ** 1.5,
    (x) => 1.5 * sqrt(x - 1),
    (r) => 1 + between(1e-12, 1)(r),
  ),
  family(
    'log(1 − x)',
    (x) => log(1 - x),
    (x) => -1 / (1 - x),
    (r) => 1 - between(1e-12, 1)(r),
  ),
  family(
    '(1 − x) log(1 − x)',
    (x) => (1 - x) * log(1 - x),
    (x) => -1 - log(1 - x),
    (r) => 1 - between(1e-12, 1)(r),
  ),
  family(
    'artanh',
    Math.atanh,
    (x) => 1 / ((1 - x) * (1 + x)),
    (r) => 1 - between(1e-12, 1)(r),
  ),
  family(
    '√(x − 1e3)',
    (x) => sqrt(x - 1e3),
    (x) => 0.5 / sqrt(x - 1e3),
    (r) => 1e3 + between(1e-9, 1)(r),
  ),
];

/** Of a scale of their own, x of any size that a double has. */
export const sizes: readonly Family[] = [
  { name: 'sin(x/s)', draw: (r) => scaled(between(1e-290, 1e290)(r), beside(0, 1e-3, 10)(r), sin, cos) },
  { name: 'exp(x/s)', draw: (r) => scaled(between(1e-290, 1e290)(r), beside(0, 1e-3, 10)(r), exp, exp) },
  {
    name: '(x/s)³ − x/s',
    draw: (r) =>
      scaled(
        between(1e-290, 1e290)(r),
        beside(0, 1e-3, 10)(r),
        (x) => x ** 3 - x,
        (x) => 3 * x * x - 1,
      ),
  },
  {
    name: 'log(x/s)',
    draw: (r) => scaled(between(1e-290, 1e290)(r), between(1e-3, 10)(r), log, (x) => 1 / x),
  },
  {
    name: '|x/s − 1|',
    draw: (r) =>
      scaled(
        between(1e-290, 1e290)(r),
        beside(1, 1e-9, 1)(r),
        (x) => abs(x - 1),
        (x) => Math.sign(x - 1),
      ),
  },
  family(
    'x², x tiny',
    (x) => x * x,
    (x) => 2 * x,
    beside(0, 1e-300, 1e-10),
  ),
  family(
    'x², x huge',
    (x) => x * x,
    (x) => 2 * x,
    beside(0, 1e10, 1e150),
  ),
  family('sin x, x tiny', sin, cos, beside(0, 1e-300, 1e-10)),
  family('cos x, x tiny', cos, (x) => -sin(x), beside(0, 1e-300, 1e-10)),
  family('exp x, x tiny', exp, exp, beside(0, 1e-300, 1e-10)),
  family('log, x huge', log, (x) => 1 / x, between(1e10, 1e300)),
  family('√x, any x', sqrt, (x) => 0.5 / sqrt(x), between(1e-300, 1e300)),
];

const scaled = (s: number, t: number, f: (x: number) => number, slope: (x: number) => number) => {
  const x = s * t;
  return { f: (at: number) => f(at / s), x, slope: slope(x / s) / s };
};
