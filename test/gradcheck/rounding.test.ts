import { describe, expect, test } from 'vitest';
import { activations } from '../../src/core/activations.ts';
import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { matrix, transpose } from '../../src/core/matrix.ts';
import { conditionedSize } from '../../src/gradcheck/bound.ts';
import { measure } from '../../src/gradcheck/measure.ts';
import { sizesOf as sizesOfPass, UNIT_ROUNDOFF as u } from '../../src/gradcheck/noise.ts';
import { hypotOf, multiplySquares, type RoundingSizes } from '../../src/gradcheck/rounding.ts';
import { halfPrecisionSize, textbookSize } from '../../src/gradcheck/textbook.ts';
import { generic, matrixOf, network } from '../networks.ts';

const { hypot, sqrt, SQRT2 } = Math;

/*
 * Two layers of one unit: z¹ = 2·3 − 1 = 5 = a¹, z² = −0.5·5 + 0.25 = −2.25 = ŷ, t = 1: r = −3.25. Half the squared
 * error: δ² = −3.25, dW² = −16.25, δ¹ = 1.625, dW¹ = 4.875.
 */
const [x, w1, b1, w2, b2] = [3, 2, -1, -0.5, 0.25];
const [z1, z2, t, r] = [5, -2.25, 1, -3.25];
const d1 = w2 * r;
const LAMBDA = 0.125;

const passOf = (samples: number) =>
  forward(
    network(
      {
        X: Array(samples).fill(x).join(' '),
        y: Array(samples).fill(t),
        W: [`${w1}`, `${w2}`],
        b: [[b1], [b2]],
        reg: LAMBDA,
      },
      'identity',
      { output: 'identity', loss: 'half-squared-error', reduction: 'sum' },
    ),
  );

const sizesOf = ({ gradients, logits, loss }: RoundingSizes) => ({
  ...Object.fromEntries(gradients.map(({ name, data }) => [name, data[0]!])),
  logit: logits.data[0]!,
  ...loss,
});

function expectSizes(found: RoundingSizes, expected: Readonly<Record<string, number>>): void {
  const sizes: Readonly<Record<string, number>> = sizesOf(found);
  expect(Object.keys(sizes).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, size] of Object.entries(expected)) expect(sizes[name], name).toBeCloseTo(size, 11);
}

const data = (r * r) / 2;
const regularization = (LAMBDA / 2) * (w1 * w1 + w2 * w2);

test('by hand: errors that all add up are |b| + |z| + Σ|w|(2|a| + Ea), and what that makes of the rest', () => {
  const E1 = Math.abs(b1) + z1 + w1 * 2 * x; // of z¹
  const Ea = E1 + z1;
  const E2 = b2 + -z2 + -w2 * (2 * z1 + Ea);
  const er = E2 + -z2 + -z2 + t; // of ŷ − t, with ŷ itself rounded
  const e2 = er - r; // of δ², which is that times a slope of 1
  const through = -w2 * (e2 + -r);
  const e1 = through + d1; // 1·through + |v|(0·E + 1)
  expectSizes(conditionedSize(passOf(1)), {
    dW1: (e1 + d1) * x + LAMBDA * w1,
    db1: e1 + d1,
    dW2: (e2 - r) * z1 + -r * Ea + LAMBDA * -w2,
    db2: e2 - r,
    logit: E2,
    data: -r * er + 4 * u * er * er,
    regularization: 0,
  });
});

/** The drift of a sum of one product: √(1/8 + 1/32)·√(1/3 + 1/4) of it. */
const drift = sqrt((1 / 8 + 1 / 32) * (1 / 3 + 1 / 4));

/** In float32 it is Σ of that product, of one term that is its own partial sum: √(1/8 + 1/32)·√(1 + 1/4). */
const driftInFloat32 = sqrt((1 / 8 + 1 / 32) * (1 + 1 / 4));

test.each([
  ['float64', u, drift],
  ['float32', 2 ** -24, driftInFloat32],
])(
  'by hand: errors of a textbook in %s are independent ones, but for those that are alike',
  (_, u, drift) => {
    const E1 = hypot(b1, z1, w1 * hypot(SQRT2 * x, x), drift * w1 * x);
    const Ea = hypot(E1, z1);
    const E2 = hypot(b2, z2, w2 * hypot(SQRT2 * z1, Ea), drift * w2 * z1, w2 * Ea);
    const Ey = hypot(E2, z2);
    const e2 = hypot(Ey, t, r);
    const through = hypot(w2 * hypot(e2, SQRT2 * r), drift * w2 * r, w2 * e2);
    const e1 = hypot(through, d1);
    const regularizing = LAMBDA * (1 + sqrt(1 / 8));
    expectSizes(textbookSize(passOf(1), u), {
      dW1: hypot(e1 * x + d1 * hypot(x, x), drift * d1 * x) + regularizing * w1,
      db1: hypot(Math.min(e1 + d1, 2 * hypot(e1, d1)), drift * d1),
      dW2: hypot(e2 * z1 - r * hypot(z1, Ea), drift * r * z1) - regularizing * w2,
      db2: hypot(Math.min(e2 - r, 2 * hypot(e2, r)), drift * r),
      logit: E2,
      data: -r * hypot(Ey, t, r) + 4 * u * hypot(Ey, t, r) ** 2 + data / 32,
      regularization: (2 / 32) * regularization,
    });
  },
);

test('by hand: in half precision what is stored is rounded, and no sum', () => {
  const h = 2 ** -11;
  const E1 = hypot(z1 - b1, z1); // W a is stored before b is added
  const Ea = hypot(E1, z1);
  const E2 = hypot(z2 - b2, z2, w2 * Ea, w2 * Ea);
  const Ey = hypot(E2, z2);
  const e2 = hypot(Ey, t, r, r);
  const through = hypot(w2 * e2, w2 * e2);
  const e1 = hypot(through, d1);
  expectSizes(halfPrecisionSize(passOf(1), h), {
    dW1: e1 * x + LAMBDA * w1,
    db1: e1,
    dW2: e2 * z1 - r * Ea - LAMBDA * w2,
    db2: e2,
    logit: E2,
    data: -r * hypot(Ey, t, r) + 4 * h * hypot(Ey, t, r) ** 2 + data,
    regularization,
  });
});

describe('errors of equal samples', () => {
  test('add up in a bound', () => {
    const [one, four] = [1, 4].map(
      (N) => sizesOf(conditionedSize(passOf(N))) as unknown as Record<string, number>,
    );
    expect(four!.db2).toBeCloseTo(4 * one!.db2!, 10);
    expect(four!.dW1! - LAMBDA * w1).toBeCloseTo(4 * (one!.dW1! - LAMBDA * w1), 10);
  });

  test('and in float32, where those of different ones would be independent', () => {
    const single = 2 ** -24;
    const [one, four] = [1, 4].map(
      (N) => sizesOf(textbookSize(passOf(N), single)) as unknown as Record<string, number>,
    );
    for (const name of ['dW1', 'db1', 'dW2', 'db2'] as const)
      expect((four![name]! - (name === 'dW1' ? LAMBDA * w1 : 0)) / one![name]!, name).toBeGreaterThan(3.4);
    const X = '3 -1 0.5 2';
    const net = network({ X, y: [1, -2, 0.5, 3], W: ['2', '-0.5'], b: [[-1], [0.25]] }, 'identity', {
      output: 'identity',
      loss: 'half-squared-error',
      reduction: 'sum',
    });
    const { gradients } = textbookSize(forward(net), single);
    const apart = X.split(' ').map((own, n) =>
      textbookSize(forward({ ...net, X: matrixOf(own), Y: matrixOf(`${net.Y.data[n]}`) }), single),
    );
    for (const [l, { data, name }] of gradients.entries()) {
      const together = apart.reduce((sum, own) => sum + own.gradients[l]!.data[0]!, 0);
      expect(data[0]!, name).toBeLessThan(1.01 * together);
      expect(data[0]!, name).toBeGreaterThan(hypot(...apart.map((own) => own.gradients[l]!.data[0]!)) / 2);
    }
  });
});

test('errors of different samples are independent in float32, though all have the same input', () => {
  const N = 64;
  const y = Array.from({ length: N }, (_, n) => (n % 2 === 0 ? 1 : -1) * (1 + n / 10));
  const net = network({ X: Array(N).fill('0.5').join(' '), y, W: ['2'], b: [[-1]] }, 'identity', {
    output: 'identity',
    loss: 'half-squared-error',
    reduction: 'sum',
  });
  const single = 2 ** -24;
  const apart = y.map((own) => ({ ...net, X: matrixOf('0.5'), Y: matrixOf(`${own}`) }));
  const ofFloat64 = (one: typeof net) => textbookSize(forward(one), u).gradients[0]!.data[0]!;
  expect(ofFloat64(net) / apart.reduce((sum, one) => sum + ofFloat64(one), 0)).toBeGreaterThan(0.9);
  const [dW1] = textbookSize(forward(net), single).gradients.map(({ data }) => data[0]!);
  const together = apart.reduce(
    (sum, one) => sum + textbookSize(forward(one), single).gradients[0]!.data[0]!,
    0,
  );
  expect(dW1).toBeLessThan(together / 2);
});

/** The sizes of each kind, and how far they depend on the order of a sum. */
const sizesByKind: [string, (pass: ReturnType<typeof forward>) => RoundingSizes, number][] = [
  ['a bound', conditionedSize, 1e-12],
  ['a textbook in float64', (pass) => textbookSize(pass, u), 1e-12],
  ['a textbook in float32', (pass) => textbookSize(pass, 2 ** -24), 0.1],
  ['half precision', (pass) => halfPrecisionSize(pass, 2 ** -11), 1e-12],
];

test.each(sizesByKind)('whichever unit comes first has the sizes of %s that it has', (_, sizes, orderly) => {
  const net = network({ ...generic, X: '0.5 -1.2 0.3; 1.1 0.4 1.1' }, 'tanh');
  const exchanged = {
    ...net,
    layers: [
      { ...net.layers[0]!, W: matrixOf('0.9 0.2; 0.4 -0.6'), b: Float64Array.of(-0.3, 0.1) },
      { ...net.layers[1]!, W: matrixOf('-0.5 0.7; 0.8 -0.2') },
    ],
  };
  const [own, other] = [net, exchanged].map((one) => sizes(forward(one)));
  const orders = [
    [2, 3, 0, 1],
    [1, 0],
    [1, 0, 3, 2],
    [0, 1],
  ];
  for (const [l, { name, data }] of own!.gradients.entries())
    for (const [i, at] of orders[l]!.entries()) {
      expect(data[i], name).toBeGreaterThan(0);
      expect(Math.abs(other!.gradients[l]!.data[at]! / data[i]! - 1), name).toBeLessThan(orderly);
    }
  for (const [i, size] of own!.logits.data.entries())
    expect(Math.abs(other!.logits.data[i]! / size - 1)).toBeLessThan(orderly);
});

test.each(['sigmoid', 'softplus'] as const)(
  'a unit of %s at 0 has no kink there: its R is that beside 0',
  (phi) => {
    const R = (bias: number) =>
      textbookSize(
        forward(network({ X: '1', y: [0], W: ['1', '1; -1'], b: [[bias], [0, 0]] }, phi)),
        2 ** -24,
      ).gradients;
    const beside = R(-1 + 1e-4);
    for (const [l, { name, data }] of R(-1).entries())
      expect(data[0]! / beside[l]!.data[0]!, name).toBeCloseTo(1, 3);
  },
);

test('by hand: an error of z moves the slope of a unit by its curvature', () => {
  const pass = forward(
    network({ X: '3', y: [1], W: ['0.4', '-0.5'], b: [[-0.2], [0.25]] }, 'tanh', {
      output: 'identity',
      loss: 'half-squared-error',
      reduction: 'sum',
    }),
  );
  const { slope, curvature } = activations.tanh;
  const [z, a] = [pass.steps[0]!.z.data[0]!, pass.steps[0]!.a.data[0]!];
  const y = pass.logits.data[0]!;
  const v = 0.5 * Math.abs(y - 1);
  const E1 = 0.2 + z + 0.4 * 2 * 3;
  const Ea = slope(z) * E1 + a;
  const Ey = 0.25 + Math.abs(y) + 0.5 * (2 * a + Ea) + Math.abs(y);
  const e2 = Ey + Math.abs(y) + 1 + Math.abs(y - 1); // of an output at 0, its own terms are ŷ and t
  const e1 = slope(z) * 0.5 * (e2 + Math.abs(y - 1)) + v * (curvature(z) * E1 + slope(z));
  expect(conditionedSize(pass).gradients[1]!.data[0]).toBeCloseTo(e1 + v * slope(z), 11);
  const R = textbookSize(pass, u);
  const loss = slope(z) + 2 * a * a; // 1 − a²
  const T1 = hypot(0.2, z, 0.4 * hypot(SQRT2 * 3, 3), drift * 0.4 * 3);
  const Ta = hypot(slope(z) * T1, a, 1); // (eᶻ − e⁻ᶻ)/(eᶻ + e⁻ᶻ)
  const Ty = hypot(0.25, y, 0.5 * hypot(SQRT2 * a, Ta), drift * 0.5 * a, 0.5 * Ta);
  const t2 = hypot(Ty, y, 1, y - 1);
  const through = hypot(0.5 * hypot(t2, SQRT2 * (y - 1)), drift * v, 0.5 * t2);
  const t1 = hypot(slope(z) * through, v * (curvature(z) * T1 + loss));
  const d = v * slope(z);
  expect(R.gradients[1]!.data[0]).toBeCloseTo(hypot(Math.min(t1 + d, 2 * hypot(t1, d)), drift * d), 11);
});

test('a mean over samples divides the sizes of their sum, but not those of the penalty', () => {
  const sum = passOf(4);
  const mean = forward({ ...sum.network, reduction: 'mean', reg: 0 });
  const own = conditionedSize(forward({ ...sum.network, reg: 0 }));
  const found = conditionedSize(mean);
  for (const [l, { name, shape, data }] of found.gradients.entries()) {
    expect(data[0]! / (own.gradients[l]!.data[0]! / 4), name).toBeCloseTo(1, 12);
    expect(shape).toEqual(name.startsWith('dW') ? [1, 1] : [1]);
  }
  expect(found.loss.data / (own.loss.data / 4)).toBeCloseTo(1, 12);
});

test('without biases there are no sizes of theirs', () => {
  const { gradients } = conditionedSize(forward({ ...passOf(1).network, biased: false }));
  expect(gradients.map(({ name }) => name)).toEqual(['dW1', 'dW2']);
});

test('by hand: Σ |δ| of all units and samples, which what underflows grows with', () => {
  const size = -z2 + t; // of δ²
  expect(sizesOfPass(passOf(1)).errors).toBeCloseTo(size + -w2 * size, 12);
  expect(sizesOfPass(passOf(3)).errors).toBeCloseTo(3 * (size + -w2 * size), 12);
  expect(measure(passOf(3)).floor / (8 * 2 ** -922 * 4.5 * size)).toBeCloseTo(1, 12);
});

test('squares that underflow are scaled, and zeros stay zeros', () => {
  const A = matrixOf('3 4; 0 1');
  const B = matrix(2, 2, Float64Array.of(1e-200, 0, 1e-200, 0));
  const product = multiplySquares(A, B);
  expect([...product.data].map((value) => value * 1e200)).toEqual([
    expect.closeTo(5, 12),
    0,
    expect.closeTo(1, 12),
    0,
  ]);
});

test('hypot of matrices is taken entry by entry', () => {
  expect(hypotOf(matrixOf('3 0'), matrixOf('4 -5'), matrixOf('12 0'))).toEqual(matrixOf('13 5'));
  expect(hypotOf(matrixOf('-3 2'))).toEqual(matrixOf('3 2'));
});

test('in float32 what is absorbed by long sums is in R where additions are replayed', () => {
  const many = forward(
    network({ X: Array(3000).fill('0.1').join(' '), y: Array(3000).fill(0), W: ['0.3; -0.2'], b: [[0, 0]] }),
  );
  const [none, without, replayed] = [undefined, 0, 1e6].map(
    (replays) =>
      textbookSize(many, 2 ** -24, replays === undefined ? {} : { replays }).gradients[0]!.data[0]!,
  );
  expect(none).toBe(without);
  expect(replayed).toBeGreaterThan(without!);
});

describe('what a format is too short for on the way', () => {
  // A unit of 10⁻²⁰, weights of 10⁻²⁵ and 10²⁵: the product on the way is below all that float32 has.
  const small = (X: string) =>
    forward(
      network({ X, y: [1], W: ['1e-25', '1e25'], b: [[0], [0]] }, 'identity', {
        output: 'identity',
        loss: 'half-squared-error',
      }),
    );
  const limits = { u: 2 ** -24, smallest: 2 ** -126 };
  const lossOf = (pass: ReturnType<typeof small>, smallest: number) =>
    8 * limits.u * textbookSize(pass, limits.u, { smallest }).logits.data[0]!;

  test('may be lost, and weights above make much of that', () => {
    const pass = small('1e-20');
    const [z] = pass.logits.data;
    expect(z).toBeCloseTo(1e-20, 30);
    expect(lossOf(pass, limits.smallest)).toBeGreaterThan(z!);
    expect(lossOf(pass, 0)).toBeLessThan(1e-5 * z!);
  });

  test('but nothing is where all is 0', () => {
    const sizes = (smallest: number) => textbookSize(small('0'), limits.u, { smallest }).logits.data[0];
    expect(sizes(limits.smallest)).toBe(0);
  });

  test('is a slope as a quotient of squares', () => {
    const slopeOf = (z: number) => {
      const pass = forward(network({ X: '1', y: [0], W: [`${z}`, '1; -1'], b: [[0], [0, 0]] }, 'sigmoid'));
      const db1 = backprop(pass)[1]!.data[0]!;
      const R = textbookSize(pass, limits.u, { smallest: limits.smallest }).gradients[1]!.data[0]!;
      return (8 * limits.u * R) / Math.abs(db1);
    };
    expect(slopeOf(-60)).toBeGreaterThan(1); // e⁶⁰ squared is more than float32 has
    expect(slopeOf(-40)).toBeLessThan(0.01);
  });
});

test('squares of small numbers do not underflow, in rows or columns', () => {
  const [A, B] = [matrixOf('3e-200 4e-200; 0 0'), matrixOf('1; 1')];
  const sizes = [multiplySquares(A, B), multiplySquares(transpose(B), transpose(A))];
  for (const { data } of sizes) {
    expect(data[0]! / 5e-200).toBeCloseTo(1, 12);
    expect(data[1]).toBe(0);
  }
});
