import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomNumbers } from '../../src/core/random.ts';
import type { Elementwise, Kernels } from '../../src/kernels/kernels.ts';
import { plain } from '../../src/kernels/plain.ts';
import { SEED } from '../networks.ts';
import * as fixed from './fixed-point.ts';
import { all, simd } from './modules.ts';

const PRODUCTS = ['multiply', 'multiplyTransposed', 'transposedMultiply'] as const;
type ProductName = (typeof PRODUCTS)[number];

/** A is m × k and B is k × n, by what the product makes of their arrays. */
interface Sides {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly A: Float64Array;
  readonly B: Float64Array;
}

const SPECIAL = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -0,
  5e-324,
  -3e-310,
  1e200,
  -1e300,
];

function sidesOf(m: number, k: number, n: number, seed: number, specials = 0): Sides {
  const { normal, uniform } = randomNumbers(seed, 'sides');
  const array = (length: number): Float64Array =>
    Float64Array.from({ length }, () =>
      uniform() < specials ? SPECIAL[Math.floor(uniform() * SPECIAL.length)]! : normal(),
    );
  return { m, k, n, A: array(m * k), B: array(k * n) };
}

/** Where entry (i, p) of A and entry (p, j) of B stand. */
const placesOf: Record<
  ProductName,
  (sides: Sides) => { a(i: number, p: number): number; b(p: number, j: number): number }
> = {
  multiply: ({ k, n }) => ({ a: (i, p) => i * k + p, b: (p, j) => p * n + j }),
  multiplyTransposed: ({ k }) => ({ a: (i, p) => i * k + p, b: (p, j) => j * k + p }),
  transposedMultiply: ({ m, n }) => ({ a: (i, p) => p * m + i, b: (p, j) => p * n + j }),
};

/** Each entry of the product: the sum in the order of the index, and that of the sizes of its terms. */
function sequential(
  name: ProductName,
  sides: Sides,
  start = new Float64Array(sides.m),
): { sums: Float64Array; sizes: Float64Array } {
  const { m, k, n, A, B } = sides;
  const { a, b } = placesOf[name](sides);
  const [sums, sizes] = [new Float64Array(m * n), new Float64Array(m * n)];
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      sums[i * n + j] = start[i]!;
      for (let p = 0; p < k; p++) {
        const term = A[a(i, p)]! * B[b(p, j)]!;
        sums[i * n + j]! += term;
        sizes[i * n + j]! += Math.abs(term);
      }
    }
  }
  return { sums, sizes };
}

/** What stood in C is overwritten. */
function product(kernels: Kernels, name: ProductName, { m, k, n, A, B }: Sides): Float64Array {
  const C = new Float64Array(m * n).fill(7);
  kernels[name](A, B, C, m, k, n);
  return C;
}

/** The first entry that is not the same to the last bit; NaN is NaN. */
function firstDifference(found: Float64Array, expected: Float64Array): string | undefined {
  if (found.length !== expected.length) return `${found.length} entries, not ${expected.length}`;
  const i = found.findIndex((value, at) => !Object.is(value, expected[at]));
  return i < 0 ? undefined : `${found[i]} at ${i}, not ${expected[i]}`;
}

/** Shapes that meet the edges of tiles, of panels and, the larger ones, of blocks; rows and columns may be none. */
const shapes = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(...[0, 0, 0].map((min) => fc.integer({ min, max: 14 }))) },
  { weight: 1, arbitrary: fc.tuple(...[60, 250, 8].map((max) => fc.integer({ min: 1, max }))) },
  {
    weight: 1,
    arbitrary: fc.constantFrom([3, 257, 5], [5, 600, 3], [140, 256, 6], [2, 3, 2060], [34, 6, 2050]),
  },
) as fc.Arbitrary<[number, number, number]>;

describe.each(all.filter(([, , sameBits]) => sameBits))('%s', (_, kernels) => {
  test.each(PRODUCTS)('%s sums in the order of the index, to the last bit', (name) => {
    const property = fc.property(shapes, fc.nat(), ([m, k, n], seed) => {
      const sides = sidesOf(m, k, n, seed);
      expect(firstDifference(product(kernels, name, sides), sequential(name, sides).sums)).toBeUndefined();
    });
    fc.assert(property, { seed: SEED, numRuns: 50 });
  });

  test('sums of multiply may begin with a vector', () => {
    const property = fc.property(shapes, fc.nat(), ([m, k, n], seed) => {
      const { normal } = randomNumbers(seed, 'b');
      const sides = sidesOf(m, k, n, seed);
      const b = Float64Array.from({ length: m }, normal);
      const C = new Float64Array(m * n).fill(7);
      kernels.multiply(sides.A, sides.B, C, m, k, n, b);
      expect(firstDifference(C, sequential('multiply', sides, b).sums)).toBeUndefined();
    });
    fc.assert(property, { seed: SEED, numRuns: 50 });
  });

  test.each(PRODUCTS)(
    '%s makes of NaN, ∞, −0, subnormals and overflows what a sum of products makes',
    (name) => {
      const property = fc.property(
        shapes,
        fc.nat(),
        fc.constantFrom(0.01, 0.5),
        ([m, k, n], seed, specials) => {
          const sides = sidesOf(m, k, n, seed, specials);
          expect(
            firstDifference(product(kernels, name, sides), sequential(name, sides).sums),
          ).toBeUndefined();
        },
      );
      fc.assert(property, { seed: SEED, numRuns: 50 });
    },
  );
});

/** They meet the ends of vectors and of blocks. */
const LENGTHS = [0, 1, 2, 3, 4, 5, 7, 64, 2047, 2048, 2049, 4096, 4099];

function numbersOf(length: number, specials = 0): [Float64Array, Float64Array] {
  const { A, B } = sidesOf(1, length, 1, length + 1, specials);
  return [A, B];
}

/** C and N that meet the ends of what is taken at a time, of a block, and of what has room. */
const COLUMNS: [number, number][] = [
  [1, 9],
  [3, 1],
  [3, 3],
  [3, 4],
  [5, 6],
  [2, 41],
  [10, 43],
  [10, 6555],
  [700, 95],
  [20_000, 4],
];

/** Logits near and far apart, softmax of them, and targets: labels, soft ones, and some that sum to 2 or to 0. */
function columnsOf(C: number, N: number): { z: Float64Array; y: Float64Array; t: Float64Array } {
  const { normal, uniform } = randomNumbers(C * N, 'columns');
  const spread = Array.from({ length: N }, () => 10 ** (4 * uniform() - 2));
  const z = Float64Array.from({ length: C * N }, (_, i) => spread[i % N]! * normal());
  const t = new Float64Array(C * N);
  for (let n = 0; n < N; n++) {
    const kind = n % 4;
    if (kind < 2) t[Math.floor(uniform() * C) * N + n] = 1 + kind;
    else if (kind === 2) for (let k = 0; k < C; k++) t[k * N + n] = (1 + (k % 3)) / (2 * C);
  }
  const y = new Float64Array(C * N);
  plain.softmax(z, y, C, N);
  if (C > 1) {
    z[N - 1] = Number.NEGATIVE_INFINITY; // of no account beside a target of 0
    t[N - 1] = 0;
    plain.softmax(z, y, C, N);
  }
  return { z, y, t };
}

describe.each(all)('%s', (_, kernels, sameBits) => {
  test.each(PRODUCTS)('%s is no further off than sums in the order of the index may be', (name) => {
    const property = fc.property(shapes, fc.nat(), ([m, k, n], seed) => {
      const sides = sidesOf(m, k, n, seed);
      const { sums, sizes } = sequential(name, sides);
      const allowed = 2 * k * 2 ** -53; // k roundings here, and as many there
      const found = product(kernels, name, sides);
      const wrong = found.findIndex((value, i) => !(Math.abs(value - sums[i]!) <= allowed * sizes[i]!));
      expect(wrong, `${found[wrong]} instead of ${sums[wrong]}`).toBe(-1);
    });
    fc.assert(property, { seed: SEED, numRuns: 50 });
  });

  test.each(PRODUCTS)('%s of what is not finite, or 0, or subnormal, is that of plain loops', (name) => {
    for (const special of SPECIAL) {
      for (const [m, k, n] of [
        [5, 1, 7],
        [13, 3, 6],
      ] as const) {
        const A = new Float64Array(m * k).fill(special);
        const B = Float64Array.from({ length: k * n }, (__, i) => [0, 1, -1, special][i % 4]!);
        const sides = { m, k, n, A, B };
        expect(firstDifference(product(kernels, name, sides), product(plain, name, sides))).toBeUndefined();
      }
    }
  });

  describe.each([
    ['exp', 2, fixed.exp, Math.exp],
    ['expm1', 2, (x: bigint) => fixed.exp(x) - fixed.exactly(1), Math.expm1],
    ['log1p', 2, fixed.log1p, Math.log1p],
    ['sigmoid', 3, (x: bigint) => fixed.divide(fixed.exactly(1), fixed.exactly(1) + fixed.exp(-x)), sigmoid],
    [
      'sigmoidSlope',
      4,
      (x: bigint) => fixed.divide(fixed.exp(-x), (fixed.exactly(1) + fixed.exp(-x)) ** 2n / fixed.exactly(1)),
      (x: number) => sigmoid(x) * sigmoid(-x),
    ],
    [
      'tanh',
      4,
      (x: bigint) => fixed.divide(fixed.exp(2n * x) - fixed.exactly(1), fixed.exp(2n * x) + fixed.exactly(1)),
      Math.tanh,
    ],
  ] as const)('%s', (name, most, exact, ofMath) => {
    const f: Elementwise = kernels[name];
    const of = (x: Float64Array): Float64Array => {
      const y = new Float64Array(x.length);
      f(x, y);
      return y;
    };

    test(`is within ${most} ulp of the exact value, from its least argument to its largest`, () => {
      for (const x of argumentsOf(name)) {
        const [y] = of(Float64Array.of(x));
        expect(Math.abs(fixed.ulps(y!, exact(fixed.exactly(x)))), `${name}(${x}) = ${y}`).toBeLessThanOrEqual(
          most,
        );
      }
    });

    test('is what Math makes of NaN, ±∞, ±0, what is tiny and what is huge, wherever it stands', () => {
      const odd = Float64Array.of(
        Number.NaN,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
        0,
        -0,
        5e-324,
        -5e-324,
        1e-300,
        -1e-300,
        1e308,
        -1e308,
        -1,
        -2,
        1e4,
        -1e4,
      );
      const expected = odd.map((x) => ofMath(x));
      const few = odd.filter((x) => name !== 'log1p' || Math.abs(x) < 1e300);
      const close = (y: number, z: number): boolean => Object.is(y, z) || Math.abs(y / z - 1) < 1e-15;
      of(odd).forEach((y, i) => {
        expect(close(y, expected[i]!), `${name}(${odd[i]}) = ${y}, not ${expected[i]}`).toBe(true);
      });
      for (const x of few)
        for (const place of [0, 1, 2, 3]) {
          const among = new Float64Array(4).fill(0.5);
          among[place] = x;
          expect(of(among)[place]).toEqual(of(Float64Array.of(x))[0]);
          expect(of(among)[(place + 1) % 4]).toEqual(of(Float64Array.of(0.5))[0]);
        }
    });

    test('takes any number of numbers, writes no more than that, and may write over them', () => {
      for (const length of [0, 1, 2, 3, 4, 5, 7, 2047, 2048, 2049, 4096, 4099]) {
        const { normal } = randomNumbers(length, name);
        const x = Float64Array.from({ length }, () => Math.abs(normal()));
        const expected = Float64Array.from(x, (value) => of(Float64Array.of(value))[0]!);
        const y = new Float64Array(length + 3).fill(7);
        f(x, y);
        expect(firstDifference(y, Float64Array.of(...expected, 7, 7, 7))).toBeUndefined();
        f(x, x);
        expect(firstDifference(x, expected)).toBeUndefined();
      }
    });
  });

  test.each(LENGTHS)('adds, multiplies and scales %d numbers one by one, and writes no more', (length) => {
    const [x, y] = numbersOf(length);
    const expected = {
      add: x.map((value, i) => value + y[i]!),
      times: x.map((value, i) => value * y[i]!),
      scale: x.map((value) => -0.3 * value),
    };
    const call = {
      add: (r: Float64Array) => kernels.add(x, y, r),
      times: (r: Float64Array) => kernels.times(x, y, r),
      scale: (r: Float64Array) => kernels.scale(-0.3, x, r),
    };
    for (const name of ['add', 'times', 'scale'] as const) {
      const r = new Float64Array(length + 3).fill(7);
      call[name](r);
      expect(firstDifference(r, Float64Array.of(...expected[name], 7, 7, 7)), name).toBeUndefined();
      for (const own of [x.slice(), x]) call[name](own);
      expect(firstDifference(x, expected[name]), `${name}, in place`).toBeUndefined();
      x.set(numbersOf(length)[0]);
    }
  });

  test.each(LENGTHS)('sums the squares of %d numbers, every fourth into one of four sums', (length) => {
    for (const specials of [0, 0.01]) {
      const [x] = numbersOf(length, specials);
      const sums = [0, 0, 0, 0];
      const whole = length - (length % 4);
      for (let i = 0; i < length; i++) sums[i < whole ? i % 4 : 0]! += x[i]! * x[i]!;
      expect(kernels.squares(x)).toBe(sums[0]! + sums[1]! + (sums[2]! + sums[3]!));
    }
  });

  test.each(LENGTHS)(
    'takes σ and its slope of %d numbers together, with the bits that they have alone',
    (length) => {
      const [numbers] = numbersOf(length, 0.05);
      const x = numbers.map((value) => 30 * value);
      const expected = [new Float64Array(length), new Float64Array(length)] as const;
      kernels.sigmoid(x, expected[0]);
      kernels.sigmoidSlope(x, expected[1]);
      const [y, s] = [new Float64Array(length + 3).fill(7), new Float64Array(length + 3).fill(7)];
      kernels.sigmoidAndSlope(x, y, s);
      for (const [i, found] of [y, s].entries())
        expect(firstDifference(found, Float64Array.of(...expected[i]!, 7, 7, 7))).toBeUndefined();
      const fit = [new Float64Array(length), new Float64Array(length)] as const;
      kernels.sigmoidAndSlope(x, ...fit);
      for (const [i, found] of fit.entries()) expect(firstDifference(found, expected[i]!)).toBeUndefined();
    },
  );

  test('softmax of each column is that of its numbers alone, from one class to many', () => {
    for (const [C, N] of [
      [1, 1],
      [1, 7],
      [3, 1],
      [3, 2],
      [10, 33],
      [2, 700],
      [300, 2],
      [300, 301],
      [40_000, 3],
    ] as const) {
      const { normal } = randomNumbers(C * N, 'softmax');
      const z = Float64Array.from({ length: C * N }, () => 5 * normal());
      const y = new Float64Array(C * N + 2).fill(7);
      kernels.softmax(z, y.subarray(0, C * N), C, N);
      expect([...y.subarray(C * N)]).toEqual([7, 7]);
      for (const n of new Set([0, 1, Math.floor(N / 2), N - 1].filter((some) => some < N))) {
        const column = Float64Array.from({ length: C }, (__, k) => z[k * N + n]!);
        const largest = column.reduce((most, value) => Math.max(most, value));
        const e = new Float64Array(C);
        kernels.exp(
          column.map((value) => value - largest),
          e,
        );
        const total = e.reduce((sum, value) => sum + value, 0);
        const found = Float64Array.from({ length: C }, (__, k) => y[k * N + n]!);
        const expected = e.map((value) => value / total);
        const close = found.every((value, k) => Math.abs(value - expected[k]!) <= 2 ** -50 * expected[k]!);
        if (sameBits) expect(firstDifference(found, expected), `${C} × ${N}`).toBeUndefined();
        // Few columns go to plain loops, which round where multiply-and-add does not
        else expect(close, `${C} × ${N}`).toBe(true);
      }
    }
  });

  test.each(COLUMNS)('cross-entropies of %d classes and %d samples are Σ tₖ(log Σ e^zⱼ − zₖ)', (C, N) => {
    const { z, y, t } = columnsOf(C, N);
    const allowed = 1e-13 + C * 2 ** -53; // a sum of C terms
    const losses = new Float64Array(N + 1).fill(7);
    kernels.crossEntropy(z, y, t, losses.subarray(0, N), C, N);
    expect(losses[N]).toBe(7);
    for (let n = 0; n < N; n++) {
      const of = (M: Float64Array): Float64Array =>
        Float64Array.from({ length: C }, (__, k) => M[k * N + n]!);
      const [zn, tn] = [of(z), of(t)];
      const m = zn.reduce((most, value) => Math.max(most, value));
      const log = Math.log(zn.reduce((sum, value) => sum + Math.exp(value - m), 0));
      const expected = zn.reduce(
        (sum, value, k) => (tn[k] === 0 ? sum : sum + tn[k]! * (m - value + log)),
        0,
      );
      expect(Math.abs(losses[n]! - expected)).toBeLessThanOrEqual(allowed * (1 + Math.abs(expected)));
    }
  });

  test.each(COLUMNS)(
    'residuals of %d classes and %d samples are Ty − t, and sum to 0 where one class counts',
    (C, N) => {
      const { y, t } = columnsOf(C, N);
      const r = new Float64Array(C * N + 1).fill(7);
      kernels.residual(y, t, r.subarray(0, C * N), C, N);
      expect(r[C * N]).toBe(7);
      for (let n = 0; n < N; n++) {
        const of = (M: Float64Array): number[] => Array.from({ length: C }, (__, k) => M[k * N + n]!);
        const [yn, tn, rn] = [of(y), of(t), of(r)];
        const T = tn.reduce((sum, value) => sum + value, 0);
        const sizes = yn.map((value, k) => T * value + tn[k]!);
        const dominant = sizes.indexOf(Math.max(...sizes));
        const others = rn.reduce((sum, value, k) => (k === dominant ? sum : sum + value), 0);
        for (const [k, own] of rn.entries()) {
          const replaced = k === dominant && sizes[k]! >= T;
          expect(own).toBe(replaced ? -others : T * yn[k]! - tn[k]!);
        }
      }
    },
  );

  test('softmax of NaN is NaN, of what is far below 0, and of logits beyond e⁷⁰⁹ what is left', () => {
    const z = Float64Array.of(0, 1000, Number.NaN, -800, 0, 0, 1, Number.NEGATIVE_INFINITY);
    const y = new Float64Array(8);
    kernels.softmax(z, y, 2, 4);
    expect([...y]).toEqual([0.5, 1, Number.NaN, 1, 0.5, 0, Number.NaN, 0]);
  });
});

function sigmoid(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

/** Of all sizes, and those where something changes. */
function argumentsOf(name: string): number[] {
  const { uniform } = randomNumbers(1, name);
  const of = (length: number, make: () => number): number[] => Array.from({ length }, make);
  const signed = (size: number): number => (2 * uniform() - 1) * size;
  const some = [
    ...of(60, () => signed(1)),
    ...of(60, () => signed(2 ** (-60 * uniform()))),
    ...of(60, () => signed(20)),
    ...of(30, () => (Math.LN2 / 2) * (1 + signed(0.01))),
    ...of(30, () => (-Math.LN2 / 2) * (1 + signed(0.01))),
  ];
  if (name === 'log1p') {
    const large = of(40, () => 2 ** (500 * uniform()));
    const near = of(40, () => -1 + 2 ** (-53 * uniform()));
    return [...some, ...large, ...near, -1 + 2 ** -53, 0.41421, 0.41422, -0.29289, -0.2929].filter(
      (x) => x > -1 && x < 2 ** 200,
    );
  }
  const far = of(60, () => signed(744)).filter((x) => !name.startsWith('exp') || x < 709.7); // infinite from there on
  return [
    ...some,
    ...far,
    708,
    709,
    709.7,
    -707.9,
    -708,
    -708.1,
    -708.5,
    -720,
    -744,
    -745,
    36.7,
    37,
    -36.7,
    -40,
    19.9,
    20.1,
  ];
}

test.each(COLUMNS)(
  'WebAssembly makes the cross-entropies and residuals of plain loops, to the last bit: %d classes, %d samples',
  (C, N) => {
    const { z, y, t } = columnsOf(C, N);
    const of = ({ crossEntropy, residual }: Kernels): [Float64Array, Float64Array] => {
      const [losses, r] = [new Float64Array(N), new Float64Array(C * N)];
      crossEntropy(z, y, t, losses, C, N);
      residual(y, t, r, C, N);
      return [losses, r];
    };
    const expected = of(plain);
    for (const [name, kernels, sameBits] of all) {
      if (!sameBits) continue;
      for (const [i, found] of of(kernels).entries())
        expect(firstDifference(found, expected[i]!), name).toBeUndefined();
    }
  },
);

test('WebAssembly makes the numbers of plain loops, to the last bit', () => {
  const numbers = fc.double({ noDefaultInfinity: false });
  const property = fc.property(
    fc.array(fc.oneof(numbers, fc.double({ min: -800, max: 800 })), { maxLength: 40 }),
    (some) => {
      for (const name of ['exp', 'expm1', 'log1p', 'sigmoid', 'sigmoidSlope', 'tanh'] as const) {
        const x = Float64Array.from(some);
        const [y, z] = [new Float64Array(x.length), new Float64Array(x.length)];
        plain[name](x, y);
        simd[name](x, z);
        expect(firstDifference(z, y), name).toBeUndefined();
      }
    },
  );
  fc.assert(property, { seed: SEED, numRuns: 1000 });
});
