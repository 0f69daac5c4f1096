import { type RandomNumbers, randomNumbers } from '../../src/core/random.ts';
import { composition } from '../gradcheck/compositions.ts';
import {
  beside,
  between,
  type Family,
  factorial,
  family,
  type Point,
  type Real,
  seriesSlope,
  sign,
} from './families.ts';

const { sin, cos, exp, expm1, log, log1p, sqrt, tanh, cosh, abs, max, fround, round, floor } = Math;

const near =
  (limit: number, series: Real, formula: Real): Real =>
  (x) =>
    abs(x) < limit ? series(x) : formula(x);
const sigmoid: Real = (x) => 1 / (1 + exp(-x));
const dSigmoid: Real = (x) => 1 / ((1 + exp(-x)) * (1 + exp(x)));

/** What is subtracted inside of f leaves a noise, constant or quantised over the first steps. */
export const cancelling: readonly Family[] = [
  family(
    '(1 − cos x)/x²',
    (x) => (1 - cos(x)) / (x * x),
    near(
      1,
      seriesSlope((k) => (k % 2 === 1 ? 0 : (-1) ** (k / 2) / factorial(k + 2))),
      (x) => (x * sin(x) - 4 * sin(x / 2) ** 2) / x ** 3,
    ),
    beside(0, 1e-9, 1),
  ),
  family(
    '(1 − cos x)/x² where it breaks',
    (x) => (1 - cos(x)) / (x * x),
    seriesSlope((k) => (k % 2 === 1 ? 0 : (-1) ** (k / 2) / factorial(k + 2))),
    beside(0, 5e-9, 1e-7),
  ),
  family(
    '(eˣ − 1)/x',
    (x) => (exp(x) - 1) / x,
    near(
      1,
      seriesSlope((k) => 1 / factorial(k + 1)),
      (x) => (exp(x) * (x - 1) + 1) / x ** 2,
    ),
    beside(0, 1e-12, 3),
  ),
  family(
    '(x − sin x)/x³',
    (x) => (x - sin(x)) / x ** 3,
    near(
      2,
      seriesSlope((k) => (k % 2 === 1 ? 0 : (-1) ** (k / 2) / factorial(k + 3))),
      (x) => (3 * sin(x) - 2 * x - x * cos(x)) / x ** 4,
    ),
    beside(0, 1e-7, 5),
  ),
  family(
    'log(1 + x)/x',
    (x) => log(1 + x) / x,
    near(
      0.1,
      seriesSlope((k) => (-1) ** k / (k + 1)),
      (x) => (x / (1 + x) - log1p(x)) / x ** 2,
    ),
    beside(0, 1e-12, 0.9),
  ),
  family(
    '√(x + 1) − √x',
    (x) => sqrt(x + 1) - sqrt(x),
    (x) => -0.5 / (sqrt(x) * sqrt(x + 1) * (sqrt(x + 1) + sqrt(x))),
    between(1, 1e12),
  ),
  family(
    '√(1 + x²) − 1',
    (x) => sqrt(1 + x * x) - 1,
    (x) => x / sqrt(1 + x * x),
    beside(0, 1e-10, 10),
  ),
  family(
    'cos x − 1',
    (x) => cos(x) - 1,
    (x) => -sin(x),
    beside(0, 1e-10, 1),
  ),
  family('log cosh x', (x) => log(cosh(x)), tanh, beside(0, 1e-9, 1e-2)),
  family(
    'cross-entropy as −log(eˣ/(1 + eˣ))',
    (x) => -log(exp(x) / (1 + exp(x))),
    (x) => -sigmoid(-x),
    beside(0, 0.1, 40),
  ),
  family('−log(1 − σ(x))', (x) => -log(1 - sigmoid(x)), sigmoid, beside(0, 0.1, 36)),
  family('1e8 + sin', (x) => 1e8 + sin(x), cos, beside(0, 0.1, 10)),
  family(
    '1e12 + x²',
    (x) => 1e12 + x * x,
    (x) => 2 * x,
    beside(0, 0.1, 10),
  ),
  family(
    '(1e4 + sin x)² − 1e8',
    (x) => (1e4 + sin(x)) ** 2 - 1e8,
    (x) => 2 * (1e4 + sin(x)) * cos(x),
    beside(0, 1e-3, 10),
  ),
  family(
    '(x + 1e8) − 1e8',
    (x) => x + 1e8 - 1e8,
    () => 1,
    beside(0, 1e-3, 10),
  ),
  family(
    'the small root of a quadratic',
    (x) => x - sqrt(x * x - 1),
    (x) => -1 / (sqrt(x * x - 1) * (x + sqrt(x * x - 1))),
    between(1.1, 1e7),
  ),
  family(
    '(x − 1)⁷ written out',
    (x) => x ** 7 - 7 * x ** 6 + 21 * x ** 5 - 35 * x ** 4 + 35 * x ** 3 - 21 * x * x + 7 * x - 1,
    (x) => 7 * (x - 1) ** 6,
    beside(1, 1e-4, 0.5),
  ),
];

const float32Sigmoid: Real = (x) => fround(1 / fround(1 + fround(exp(fround(-x)))));
const significant =
  (digits: number) =>
  (x: number): number =>
    Number(x.toPrecision(digits));

export const quantised: readonly Family[] = [
  ...[1e-3, 0.1, 10, 100].map((x) =>
    family(`sin in float32 up to ${x}`, (at) => fround(sin(at)), cos, beside(0, x / 100, x)),
  ),
  family(
    'x² of float32',
    (x) => fround(fround(x) ** 2),
    (x) => 2 * x,
    beside(0, 0.01, 10),
  ),
  family(
    'x² in float32',
    (x) => fround(x * x),
    (x) => 2 * x,
    beside(0, 0.01, 10),
  ),
  family('exp in float32', (x) => fround(exp(x)), exp, beside(0, 0.01, 10)),
  family('sigmoid in float32, each step', float32Sigmoid, dSigmoid, beside(0, 0.01, 10)),
  family('a float32 loss of float32 x', (x) => fround(log(1 + exp(fround(x)))), sigmoid, beside(0, 0.01, 10)),
  family('1 + sigmoid in float32', (x) => fround(1 + sigmoid(x)), dSigmoid, beside(0, 0.1, 10)),
  family(
    'a float32 loss with a penalty in float64',
    (x) => fround(sin(x)) + 0.05 * x * x,
    (x) => cos(x) + 0.1 * x,
    beside(0, 0.01, 10),
  ),
  family(
    'a float32 loss times a factor of float64',
    (x) => fround(sin(x)) * exp(x / 10),
    (x) => (cos(x) + sin(x) / 10) * exp(x / 10),
    beside(0, 0.01, 10),
  ),
  family('sin rounded to 1e-3', (x) => round(sin(x) * 1e3) / 1e3, cos, beside(0, 1e-3, 10)),
  family('sin rounded to 1e-6', (x) => round(sin(x) * 1e6) / 1e6, cos, beside(0, 1e-3, 10)),
  family(
    'exp with 8 decimals',
    (x) => Number(exp(-x).toFixed(8)),
    (x) => -exp(-x),
    beside(0, 0.01, 3),
  ),
  family('exp with 4 digits', (x) => significant(4)(exp(x)), exp, beside(0, 0.01, 10)),
  family(
    '√x with 3 decimals, near its end',
    (x) => round(sqrt(x) * 1e3) / 1e3,
    (x) => 0.5 / sqrt(x),
    between(2e-5, 1e-3),
  ),
  family(
    'x of six decimals, squared',
    (x) => (round(x * 1e6) / 1e6) ** 2,
    (x) => 2 * x,
    beside(0, 0.1, 10),
  ),
  family(
    'x² rounded, and exact x',
    (x) => round(x * x * 1e4) / 1e4 + 3 * x,
    (x) => 2 * x + 3,
    beside(0, 0.1, 10),
  ),
];

/** Stairs: what they are of must be covered where many lie within the steps, or else the flat. */
export const jumps: readonly Family[] = [
  family(
    '⌊x⌋',
    floor,
    () => 0,
    (r) => round(beside(0, 1, 100)(r)) + between(1e-3, 0.5)(r),
  ),
  family(
    '⌊1000x⌋ of x tiny',
    (x) => floor(1e3 * x),
    () => 0,
    between(1e-12, 1e-4),
  ),
  family('a jump', (x) => sin(x) + (x > 1 ? 1 : 0), cos, beside(1, 1e-9, 0.5)),
  family('a small jump', (x) => sin(x) + (x > 1 ? 1e-6 : 0), cos, beside(1, 1e-9, 0.5)),
  family(
    'a step',
    (x) => (x > 1 ? 1 : 0),
    () => 0,
    beside(1, 1e-9, 0.5),
  ),
  family(
    'x mod 1',
    (x) => x - floor(x),
    () => 1,
    (r) => round(beside(0, 1, 100)(r)) + between(1e-6, 0.5)(r),
  ),
  family(
    'x mod 0.01',
    (x) => x - 0.01 * floor(100 * x),
    () => 1,
    (r) => 0.01 * (round(beside(0, 1, 100)(r)) + between(1e-3, 0.5)(r)),
  ),
  family(
    'another branch',
    (x) => (x < 1 ? x * x : 3 * x),
    (x) => (x < 1 ? 2 * x : 3),
    beside(1, 1e-9, 0.5),
  ),
];

/** The same number for the same x, from −1 to 1, constant over cells of a width. */
const hashed =
  (cell: number, name: string): Real =>
  (x) =>
    2 * randomNumbers(floor(x / cell), name).uniform() - 1;
const noisy = (size: number, cell: number, f: Real, slope: Real, point: Point): Family =>
  family(
    `noise of ${size} in cells of ${cell} on ${f.name}`,
    (x) => f(x) + size * hashed(cell, 'noise')(x),
    slope,
    point,
  );

export const noises: readonly Family[] = [
  noisy(1e-10, 2 ** -52, sin, cos, beside(0, 0.5, 2)),
  noisy(1e-10, 2 ** -40, sin, cos, beside(0, 0.5, 2)),
  noisy(1e-10, 2 ** -30, exp, exp, beside(0, 0.5, 2)),
  noisy(1e-10, 2 ** -24, sin, cos, beside(0, 0.5, 2)),
  noisy(1e-6, 2 ** -40, sin, cos, beside(0, 0.5, 2)),
  noisy(1e-6, 2 ** -20, sin, cos, beside(0, 0.5, 2)),
  noisy(1e-3, 2 ** -45, exp, exp, beside(0, 0.5, 2)),
  noisy(2e-15, 2 ** -45, sin, cos, beside(0, 0.5, 2)),
  noisy(1e-13, 2 ** -45, sin, cos, beside(0, 0.5, 2)),
  family(
    'noise of 1e-10 of f',
    (x) => exp(x) * (1 + 1e-10 * hashed(2 ** -45, 'of f')(x)),
    exp,
    beside(0, 0.5, 10),
  ),
  family(
    'noise of 1e-7 of f',
    (x) => x ** 3 * (1 + 1e-7 * hashed(2 ** -45, 'of f')(x)),
    (x) => 3 * x * x,
    beside(0, 0.5, 10),
  ),
];

const relu: Real = (x) => max(x, 0);

export const kinks: readonly Family[] = [
  family('|x|', abs, Math.sign, beside(0, 1e-12, 10)),
  family(
    'a leaky ReLU',
    (x) => max(x, 0.01 * x),
    (x) => (x > 0 ? 1 : 0.01),
    beside(0, 1e-12, 1),
  ),
  ...[1, 1e-2, 1e-4].map((c) =>
    family(
      `sin + ${c} ReLU`,
      (x) => sin(x) + c * relu(x - 1),
      (x) => cos(x) + (x > 1 ? c : 0),
      beside(1, 1e-12, 0.5),
    ),
  ),
  family(
    'a ReLU at 1e3',
    (x) => sin(x) + relu(x - 1e3),
    (x) => cos(x) + (x > 1e3 ? 1 : 0),
    beside(1e3, 1e-9, 50),
  ),
  family(
    'a ReLU in float32',
    (x) => fround(sin(x) + relu(x - 1)),
    (x) => cos(x) + (x > 1 ? 1 : 0),
    beside(1, 1e-6, 0.5),
  ),
  family(
    'a squared ReLU',
    (x) => relu(x - 1) ** 2 + x,
    (x) => 2 * relu(x - 1) + 1,
    beside(1, 1e-12, 0.1),
  ),
  family(
    '|x|^1.5',
    (x) => abs(x) ** 1.5,
    (x) => 1.5 * sqrt(abs(x)) * Math.sign(x),
    beside(0, 1e-12, 1),
  ),
  family(
    'Huber’s',
    (x) => (abs(x) <= 1 ? (x * x) / 2 : abs(x) - 0.5),
    (x) => (abs(x) <= 1 ? x : Math.sign(x)),
    beside(1, 1e-12, 1),
  ),
  family(
    'ELU',
    (x) => (x > 0 ? x : expm1(x)),
    (x) => (x > 0 ? 1 : exp(x)),
    beside(0, 1e-12, 1),
  ),
  family(
    '|sin 1000x|',
    (x) => abs(sin(1e3 * x)),
    (x) => 1e3 * cos(1e3 * x) * Math.sign(sin(1e3 * x)),
    beside(0, 1e-2, 1),
  ),
  family(
    'a kink and noise of 1e-10',
    (x) => relu(x - 1) + x * x + 1e-10 * hashed(2 ** -45, 'kink')(x),
    (x) => 2 * x + (x > 1 ? 1 : 0),
    beside(1, 1e-9, 0.5),
  ),
  {
    name: 'a ReLU beside something steeper by far',
    draw: (random) => {
      const steep = between(1e4, 1e13)(random);
      const x = beside(1, 1e-9, 1e-3)(random);
      return { f: (at) => steep * sin(at) + relu(at - 1), x, slope: steep * cos(x) + (x > 1 ? 1 : 0) };
    },
  },
];

/** Two places at relative distances 1e-12 … 1e-2 of x, on any sides; a step must lie below the farther one to tell. */
const twoPlaces = (r: RandomNumbers): { x: number; places: [number, number]; detail: number } => {
  const x = beside(0, 0.1, 1e3)(r);
  const places = [1, 2].map(() => x * (1 + sign(r) * between(1e-12, 1e-2)(r))) as [number, number];
  return { x, places, detail: max(...places.map((place) => abs(place - x))) };
};

const pair = (
  name: string,
  of: (a: number, b: number) => Real,
  slope: (x: number, a: number, b: number) => number,
): Family => ({
  name,
  draw: (r) => {
    const { x, places, detail } = twoPlaces(r);
    const [a, b] = places.sort((p, q) => p - q);
    return { f: of(a, b), x, slope: slope(x, a!, b!), detail };
  },
});

/** A random network of one input and one output whose ReLUs have their kinks at distances of any size. */
const manyReLUs: Family = {
  name: 'twelve ReLUs',
  draw: (r) => {
    const x = beside(0, 0.1, 10)(r);
    const units = Array.from({ length: 12 }, () => ({
      place: x * (1 + sign(r) * between(1e-9, 1)(r)),
      weight: r.normal(),
      side: sign(r),
    }));
    const f: Real = (at) =>
      units.reduce((sum, { place, weight, side }) => sum + weight * relu(side * (at - place)), 0);
    const slope = units.reduce(
      (sum, { place, weight, side }) => sum + (side * (x - place) > 0 ? weight * side : 0),
      0,
    );
    return { f, x, slope };
  },
};

export const pairs: readonly Family[] = [
  pair(
    '|x − a| + |x − b|',
    (a, b) => (x) => abs(x - a) + abs(x - b),
    (x, a, b) => Math.sign(x - a) + Math.sign(x - b),
  ),
  pair(
    'a ramp',
    (a, b) => (x) => relu(x - a) - relu(x - b),
    (x, a, b) => (x > a && x < b ? 1 : 0),
  ),
  pair(
    'a ramp on sin',
    (a, b) => (x) => sin(x) + relu(x - a) - relu(x - b),
    (x, a, b) => cos(x) + (x > a && x < b ? 1 : 0),
  ),
  pair(
    'a steep ramp on sin',
    (a, b) => (x) => sin(x) + (relu(x - a) - relu(x - b)) / (b - a),
    (x, a, b) => cos(x) + (x > a && x < b ? 1 / (b - a) : 0),
  ),
  pair(
    'a slight ramp on sin',
    (a, b) => (x) => sin(x) + 1e-3 * (relu(x - a) - relu(x - b)),
    (x, a, b) => cos(x) + (x > a && x < b ? 1e-3 : 0),
  ),
  pair(
    'a clipped line',
    (a, b) => (x) => Math.min(max(x, a), b),
    (x, a, b) => (x > a && x < b ? 1 : 0),
  ),
  pair(
    'a hat',
    (a, b) => (x) => relu((b - a) / 2 - abs(x - (a + b) / 2)),
    (x, a, b) => (x < a || x > b ? 0 : Math.sign((a + b) / 2 - x)),
  ),
  manyReLUs,
];

const wave = (name: string, amplitude: Point, frequency: Point): Family => ({
  name,
  draw: (r) => {
    const [x, A, w, phase] = [beside(0, 0.1, 10)(r), amplitude(r), frequency(r), 7 * r.uniform()];
    return {
      f: (at) => sin(at) + A * sin(w * at + phase),
      x,
      slope: cos(x) + A * w * cos(w * x + phase),
      detail: 1 / w,
    };
  },
});

export const waves: readonly Family[] = [
  wave(
    'sin x + 1e-9 sin 1e9x',
    () => 1e-9,
    () => 1e9,
  ),
  wave(
    'sin x + 1e-8 sin 1e8x',
    () => 1e-8,
    () => 1e8,
  ),
  wave(
    'sin x + 1e-6 sin 1e6x',
    () => 1e-6,
    () => 1e6,
  ),
  wave('sin x + a sin wx, w up to 1e5', between(1e-10, 1), between(10, 1e5)),
  wave('sin x + a sin wx, w up to 1e8', between(1e-10, 1e-2), between(1e5, 1e8)),
  wave('sin x + a sin wx, w up to 1e11', between(1e-12, 1e-4), between(1e8, 1e11)),
  {
    name: 'a wave alone',
    draw: (r) => {
      const [x, w] = [beside(0, 0.1, 10)(r), between(10, 1e9)(r)];
      return { f: (at) => sin(w * at), x, slope: w * cos(w * x), detail: 1 / w };
    },
  },
  {
    name: 'a triangle wave',
    draw: (r) => {
      const [x, w, A] = [beside(0, 0.1, 10)(r), between(10, 1e8)(r), between(1e-9, 1)(r)];
      const phase = w * x - floor(w * x);
      return {
        f: (at) => sin(at) + A * abs(w * at - floor(w * at) - 0.5),
        x,
        slope: cos(x) + A * w * (phase > 0.5 ? 1 : -1),
        detail: 1 / w,
      };
    },
  },
];

/** A random smooth function, and what is done to it. */
const composed = (
  name: string,
  change: (f: Real, x: number, r: RandomNumbers) => Real,
  slope: (d: number, v: number) => number = (d) => d,
): Family => ({
  name,
  draw: (r) => {
    for (;;) {
      const subject = composition(floor(1e9 * r.uniform()));
      if (subject === undefined) continue;
      const { f, x, derivative } = subject;
      return { f: change(f, x, r), x, slope: slope(derivative, f(x)) };
    }
  },
});

export const compositions: readonly Family[] = [
  composed('a composition', (f) => f),
  composed('a composition in float32', (f) => (x) => fround(f(x))),
  composed('a composition of float32', (f) => (x) => f(fround(x))),
  composed('a composition of six decimals', (f) => (x) => round(1e6 * f(x)) / 1e6),
  composed('a composition and noise of 1e-10', (f) => (x) => f(x) + 1e-10 * hashed(2 ** -45, 'composed')(x)),
  composed('a composition in front of 1e6', (f) => (x) => 1e6 + f(x)),
  composed(
    'the ReLU of a composition',
    (f) => (x) => relu(f(x)),
    (d, v) => (v > 0 ? d : 0),
  ),
  composed(
    'the ReLU of a composition, in float32',
    (f) => (x) => fround(relu(f(x))),
    (d, v) => (v > 0 ? d : 0),
  ),
  composed('a composition with a ReLU near x', (f, at, r) => {
    const place = at + sign(r) * abs(at) * between(1e-8, 0.1)(r);
    const side = Math.sign(place - at);
    return (x) => f(x) + relu(side * (x - place));
  }),
];
