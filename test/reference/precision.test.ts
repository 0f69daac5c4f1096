import { describe, expect, test } from 'vitest';
import type { Network } from '../../src/core/network.ts';
import { guessPrecision, LIMITS, PRECISIONS } from '../../src/reference/precision.ts';
import { parseReference } from '../../src/reference/reference.ts';
import { analytic, judge } from '../bench/live.ts';
import { network } from '../networks.ts';

const { fround } = Math;
const doubles = [0.1234567890123, -5.678901234567, 1e-9 / 3];
const floats = doubles.map(fround);
const nineDigits = floats.map((value) => Number(value.toPrecision(9)));
/** As NumPy, Rust and C++ print them: as short as reads back the same. */
const shortest = [0.12345679, -5.678901, 3.3333333e-10, 1.0000001];
const eightDigits = [1.2345678, 4.1234561, 4.1234562, 7.7777771];
const sevenDigits = floats.map((value) => Number(value.toPrecision(7)));

test('half precision rounds to the nearest number, ties to even, as far as it reaches', () => {
  const { float16, bfloat16 } = LIMITS;
  const u = 2 ** -11;
  const rounded = [
    1 + u,
    1 + 1.01 * u,
    1 + 3 * u,
    -1 - u,
    -1 - 3 * u,
    0,
    1e9,
    -1e9,
    2 ** -25,
    1.01 * 2 ** -25,
    1 / 0,
  ];
  expect(rounded.map(float16.round!)).toEqual([
    ...[1, 1 + 2 * u, 1 + 4 * u, -1, -1 - 4 * u],
    ...[0, 65504, -65504, 0, 2 ** -24, 1 / 0],
  ]);
  expect([1 + 2 ** -8, 1 + 3 * 2 ** -8, 1e38 * 1e5].map(bfloat16.round!)).toEqual([
    1,
    1 + 4 * 2 ** -8,
    (2 - 2 ** -7) * 2 ** 127,
  ]);
});

test.each<[string, number[], string]>([
  ['float64 numbers', doubles, 'float64'],
  ['numbers of 7 digits that float32 has exactly', [1.015625, 2.015625, 1.046875], 'float32'],
  ['float32 numbers', floats, 'float32'],
  ['float32 numbers in 9 digits, as %.9g prints them', nineDigits, 'float32'],
  ['float32 numbers in 7 digits, which are no longer float32', sevenDigits, 'float64'],
  ['float32 numbers as short as they read back', shortest, 'float32'],
  ['float64 numbers in 8 digits', eightDigits, 'float64'],
  ['float32 numbers, printed either way', [...floats, ...nineDigits], 'float32'],
  ['float32 numbers and a single float64 number', [...floats, doubles[0] as number], 'float64'],
  ['short decimals, which tell nothing', [0.1, 0.25, -3, 1e-7, 123456], 'float64'],
  ['short decimals among float32 numbers', [0.1, 0, ...floats], 'float32'],
  ['short decimals among float64 numbers', [0.1, 0, ...doubles], 'float64'],
  [
    'float32 numbers with a NaN and an infinity',
    [...floats, Number.NaN, Number.NEGATIVE_INFINITY],
    'float32',
  ],
  ['no finite number', [Number.NaN], 'float64'],
  ['numbers larger than float32 has', [1.2345678e39, ...floats], 'float64'],
  ['numbers smaller than float32 has', [1.2345678e-50, ...floats], 'float64'],
  ['the smallest of float32', [2 ** -149 * 3, 2 ** -140 * 1.5], 'float32'],
  // float32 numbers that end in 25 or 125: as near to the decimals with 2 and 3 at their end
  ['the even one of two that are as near', [-3987352.2, 27941.812, 286200.12, 0.12345679], 'float32'],
  ['the odd one', [-3987352.3, 27941.813, 286200.13, 0.12345679], 'float32'],
  ['neither', [-3987352.1, 27941.811, 0.12345679], 'float64'],
  ['nothing', [], 'float64'],
])('%s', (_, values, precision) => {
  expect(guessPrecision(values)).toBe(precision);
});

test('a coarser precision is judged more loosely, and one of fewer exponents has a higher floor', () => {
  const limits = PRECISIONS.map((precision) => LIMITS[precision]);
  for (const key of ['unitRoundoff', 'rtol'] as const) {
    const values = limits.map((limit) => limit[key]);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
  }
  expect(limits.map(({ rtol }) => rtol)).toEqual([1e-7, 1e-6, 2e-3, 8e-3]);
  // bfloat16 has the exponents of float32
  expect(limits.map(({ floor }) => Math.log2(floor))).toEqual([-1012, -116, -20, -116]);
});

test.each([
  ['float16', [1.2998046875, 0.89990234375, -1.16796875], 1.169921875],
  ['bfloat16', [1.296875, 0.8984375, -1.15625], 1.1640625],
] as const)(
  'in %s the product may have been rounded before its bias is added',
  (precision, [x, w, b], product) => {
    const check = analytic(network({ X: `${x} 1`, y: [0, 1], W: [`${w}; 2`], b: [[b, 0]] }));
    const refused = (first: number) => {
      const data = Float64Array.of(first, w + b, 2 * x, 2);
      const logits = { name: 'logits', shape: [2, 2], data };
      return judge({ ...parseReference('theirs', { dtype: precision, dW1: [[0], [0]] }), logits }, check)
        .logits?.mismatched;
    };
    const unit = LIMITS[precision].unitRoundoff * 2;
    expect([refused(product + b), refused(product + b + 4 * unit)]).toEqual([0, 1]);
  },
);

test('bfloat16 logits that may have been the same leave any probability open', () => {
  const round = LIMITS.bfloat16.round!;
  const W = [
    [4096, 17],
    [4128, 15],
  ]; // the logits 4113 and 4143 are both 4128 in bfloat16
  expect(W.flat().map(round)).toEqual(W.flat());
  const logits = W.map(([w, v]) => round(w! + v!));
  expect(logits).toEqual([4128, 4128]);
  const check = analytic(
    network({ X: '1; 1', y: [1], W: [W.map((row) => row.join(' ')).join('; ')], b: [[0, 0]] }),
  );
  const gradients = {
    dW1: [
      [0.5, 0.5],
      [-0.5, -0.5],
    ],
    db1: [0.5, -0.5],
  };
  const judged = (dtype: string) =>
    judge(
      parseReference('theirs', { dtype, logits: logits.map((z) => [z]), ...gradients }),
      check,
    ).tensors.map(({ mismatched, inconclusive }) => [mismatched, inconclusive]);
  expect(judged('bfloat16')).toEqual([
    [0, 4],
    [0, 2],
  ]);
  expect(judged('float16').map(([mismatched]) => mismatched)).toEqual([2, 1]); // of the first class, all
});

describe('what cancels in float32 to nobody knows what leaves open', () => {
  // 10¹² and 10¹² + 30000 are one float32 number: their difference is −30000, or 0.
  const X = '1e12; 1000000030000';
  const countsOf = (net: Network, gradients: object, dtype: string) =>
    judge(parseReference('theirs', { dtype, ...gradients }), analytic(net)).tensors.map(
      ({ mismatched, inconclusive }) => [mismatched, inconclusive],
    );

  test('the outputs, however sure they are', () => {
    const net = network({ X, y: [0], W: ['0 0; 1 -1'], b: [[0, 0]] });
    const half = 0.5e12;
    const gradients = {
      dW1: [
        [-half, -half],
        [half, half],
      ],
      db1: [-0.5, 0.5],
    };
    expect(countsOf(net, gradients, 'float32')).toEqual([
      [0, 4],
      [0, 2],
    ]);
    expect(countsOf(net, gradients, 'float64')).toEqual([
      [4, 0],
      [2, 0],
    ]);
  });

  test('a unit, however saturated it is', () => {
    const net = network({ X, y: [0], W: ['1 -1', '0; 1'], b: [[0], [0, 0]] }, 'sigmoid');
    const { exp } = Math;
    const p = 1 / (1 + exp(-0.5)); // of the second class, where a is ½ instead of 0
    const slope = p / 4;
    const gradients = {
      dW1: [[slope * 1e12, slope * 1e12]],
      db1: [slope],
      dW2: [[-p / 2], [p / 2]],
      db2: [-p, p],
    };
    expect(countsOf(net, gradients, 'float32').map(([mismatched]) => mismatched)).toEqual([0, 0, 0, 0]);
    expect(countsOf(net, gradients, 'float64').map(([mismatched]) => mismatched)).toEqual([2, 1, 2, 2]);
  });
});

test('the output of a sigmoid that cancels to nobody knows what in float32 is left open', () => {
  // 10¹² and 10¹² + 30000 are one float32 number: the logit is −30000, or 0, and the output 0 or ½.
  const net = network({ X: '1e12; 1000000030000', y: [0], W: ['1 -1'], b: [[0]] }, 'sigmoid', {
    output: 'sigmoid',
    loss: 'cross-entropy',
  });
  const countsOf = (dtype: string) =>
    judge(
      parseReference('theirs', { dtype, dW1: [[0.5e12, 0.5e12]], db1: [0.5] }),
      analytic(net),
    ).tensors.map(({ mismatched, inconclusive }) => [mismatched, inconclusive]);
  expect(countsOf('float32')).toEqual([
    [0, 2],
    [0, 1],
  ]);
  expect(countsOf('float64')).toEqual([
    [2, 0],
    [1, 0],
  ]);
});

test('what cancels in float32 to nobody knows what is multiplied by an error as large', () => {
  // The unit is −30000, one of 0, ±65536, … in float32, and so is δ: dW2 is the square of it.
  const net = network({ X: '1e12; 1000000030000', y: [0], W: ['1 -1', '1'], b: [[0], [0]] }, 'identity', {
    output: 'identity',
    loss: 'half-squared-error',
  });
  const mismatchedOf = (dtype: string, units: number) => {
    const a = -65536 * units;
    const gradients = { dW1: [[a * 1e12, a * 1e12]], db1: [a], dW2: [[a * a]], db2: [a] };
    const { tensors } = judge(parseReference('theirs', { dtype, ...gradients }), analytic(net));
    return tensors[2]!.mismatched;
  };
  expect([mismatchedOf('float32', 6), mismatchedOf('float64', 6)]).toEqual([0, 1]);
  expect(mismatchedOf('float32', 600)).toBe(1);
});
