import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { type ActivationSpec, activationOf } from '../../src/core/activations.ts';
import { backprop } from '../../src/core/backprop.ts';
import { batchOf, forward, type Pass } from '../../src/core/forward.ts';
import { lossOf } from '../../src/core/losses/losses.ts';
import { fromRows } from '../../src/core/matrix.ts';
import { type Network, oneHot } from '../../src/core/network.ts';
import { type Objective, TEXTBOOK } from '../../src/core/objective.ts';
import { checkGradient, gradcheck } from '../../src/gradcheck/gradcheck.ts';
import { kinkWidths } from '../../src/gradcheck/kinks.ts';
import { propagatedSlopes } from '../../src/gradcheck/propagation.ts';
import { everything, halfDifference } from '../../src/gradcheck/slopes.ts';
import { network, SEED } from '../networks.ts';

/** relu(w) for the sample 1 and relu(−w) for the sample −1, at w = 0. */
const opposite = network(
  {
    X: '1 -1',
    y: [0, 1],
    W: ['0', '1; -1'],
    b: [[0], [0, 0]],
    reg: 0,
  },
  'relu',
);

const small = fc.integer({ min: -2, max: 2 });
const rows = (m: number, n: number): fc.Arbitrary<number[][]> =>
  fc.array(fc.array(small, { minLength: n, maxLength: n }), { minLength: m, maxLength: m });
const vector = (m: number): fc.Arbitrary<number[]> => fc.array(small, { minLength: m, maxLength: m });

/** Activations that make dyadic numbers of such. */
const kinked: readonly ActivationSpec[] = [
  'relu',
  { 'leaky-relu': 0.5 },
  { 'leaky-relu': -1 },
  { 'leaky-relu': 2 },
];
const activation = fc.oneof(
  fc.constant<ActivationSpec>('relu'),
  fc.constantFrom<ActivationSpec>(...kinked, 'identity'),
);

const objectives: fc.Arbitrary<Objective> = fc.oneof(
  fc.constant(TEXTBOOK),
  fc.constant<Objective>({ ...TEXTBOOK, output: 'identity', loss: 'hinge' }),
  activation.map((output): Objective => ({ ...TEXTBOOK, output, loss: 'squared-error', reduction: 'sum' })),
);

/** Networks of small integers with kinks: many of their z are exactly 0, and so are margins. */
const integers: fc.Arbitrary<Network> = fc
  .record({
    X: rows(2, 4),
    y: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }),
    W: fc.tuple(rows(3, 2), rows(3, 3), rows(3, 3)),
    b: fc.tuple(vector(3), vector(3), vector(3)),
    activations: fc.tuple(activation, activation),
    objective: objectives,
  })
  .map(({ X, y, W, b, activations, objective }) => ({
    ...objective,
    X: fromRows(X),
    Y: oneHot(y, 3),
    reg: 0,
    biased: true,
    layers: W.map((rowsOfW, l) => ({
      number: l + 1,
      W: fromRows(rowsOfW),
      b: Float64Array.from(b[l]!),
      activation: activations[l],
    })),
  }));

/** How many units and margins lie on their kinks. */
function countKinks(pass: Pass): number {
  const zeros = (z: Float64Array): number => z.filter((value) => value === 0).length;
  const units = pass.steps.map(({ layer, z }) =>
    activationOf(layer.activation).kink > 0 ? zeros(z.data) : 0,
  );
  const { output, loss } = pass.network;
  const isActivation = output !== 'softmax' && loss !== 'hinge';
  const outputs = isActivation && activationOf(output).kink > 0 ? zeros(pass.logits.data) : 0;
  const margins = loss === 'hinge' ? lossOf(pass.network).kinks(batchOf(pass)).length : 0;
  return units.reduce((total, count) => total + count, outputs + margins);
}

test('a network without a ReLU on its kink leaves nothing open', () => {
  const smooth = {
    ...opposite,
    layers: opposite.layers.map((layer) => ({ ...layer, b: layer.b.map(() => 1) })),
  };
  expect(kinkWidths(forward(smooth))).toBeUndefined();
  expect(
    kinkWidths(forward(network({ X: '1', y: [0], W: ['0', '1; -1'], b: [[0], [0, 0]] }, 'tanh'))),
  ).toBeUndefined();
});

describe.each<[ActivationSpec, number, number]>([
  ['relu', 0, 1],
  ['leaky-relu', 0.01, 1],
  [{ 'leaky-relu': 0.2 }, 0.2, 1],
  [{ 'leaky-relu': -0.5 }, -0.5, 1],
  [{ elu: 0.5 }, 0.5, 1],
  [{ elu: 3 }, 3, 1],
  ['selu', 1.6732632423543772 * 1.0507009873554805, 1.0507009873554805],
])('%j exactly on its kink', (phi, below, above) => {
  // The logits are equal, so that ŷ = (½, ½) and ∂J/∂a = −1.
  const net = network({ X: '1', y: [0], W: ['1', '1; -1'], b: [[-1], [0, 0]] }, phi);

  test.each([
    ['difference propagation', {}, 12],
    ['two losses', { naive: true }, 4],
  ])('is inconclusive with both one-sided slopes, by %s', (_, options, digits) => {
    const { inconclusive, tensors } = gradcheck(net, options);
    const open = inconclusive.filter(({ tensor }) => tensor.endsWith('1'));
    expect(open.map(({ tensor, index }) => `${tensor}[${index}]`)).toEqual(['dW1[0,0]', 'db1[0]']);
    for (const { left, right } of open) {
      expect(left).toBeCloseTo(-below, digits);
      expect(right).toBeCloseTo(-above, digits);
    }
    expect(tensors.map(({ mismatched }) => mismatched)).toEqual([0, 0, 0, 0]);
  });

  test('refuses what lies beyond both slopes', () => {
    const pass = forward(net);
    const wrong = backprop(pass).map((tensor) =>
      tensor.name === 'db1' ? { ...tensor, data: Float64Array.of(-1.1 * Math.max(below, above)) } : tensor,
    );
    expect(checkGradient(pass, wrong).tensors[1]).toMatchObject({ mismatched: 1 });
  });
});

test.each<ActivationSpec>(['elu', { elu: 1 }, { 'leaky-relu': 1 }, 'softsign', 'silu', 'gelu'])(
  '%j has no kink at 0',
  (phi) => {
    const net = network({ X: '1', y: [0], W: ['1', '1; -1'], b: [[-1], [0, 0]] }, phi);
    expect(kinkWidths(forward(net))).toBeUndefined();
    expect(gradcheck(net)).toMatchObject({ passed: true, inconclusive: [] });
  },
);

describe('a margin of a hinge exactly on its kink', () => {
  // z = (1, 0, 3) of the label 0: margins of 0 and 3.
  const net = network({ X: '1', y: [0], W: ['1; 0; 3'], b: [[0, 0, 0]] }, 'relu', {
    output: 'identity',
    loss: 'hinge',
  });

  test.each([
    ['difference propagation', {}, 12],
    ['two losses', { naive: true }, 4],
  ])('is inconclusive for its class and for the label, by %s', (_, options, digits) => {
    const { inconclusive, passed } = gradcheck(net, options);
    expect(passed).toBe(true);
    expect(inconclusive.map(({ tensor, index }) => `${tensor}[${index}]`)).toEqual([
      'dW1[0,0]',
      'dW1[1,0]',
      'db1[0]',
      'db1[1]',
    ]);
    for (const { index, left, right } of inconclusive) {
      expect(left).toBeCloseTo(index[0] === 0 ? -2 : 0, digits);
      expect(right).toBeCloseTo(index[0] === 0 ? -1 : 1, digits);
    }
  });

  test('is half of what jumps, over N', () => {
    const widths = kinkWidths(forward(net))!;
    expect(widths.get('dW1')).toEqual(Float64Array.of(0.5, 0.5, 0));
    expect(widths.get('db1')).toEqual(Float64Array.of(0.5, 0.5, 0));
  });
});

test('kinks of two samples whose jumps cancel are inconclusive, not a mismatch', () => {
  const { passed, tensors, inconclusive } = gradcheck(opposite);
  expect(tensors[0]).toMatchObject({ name: 'dW1', mismatched: 0, inconclusive: 1 });
  expect(inconclusive[0]).toMatchObject({ tensor: 'dW1', left: -0.5, right: -0.5 });
  expect(passed).toBe(true);
});

test.each<[string, Network]>([
  [
    'margins of a hinge',
    network({ X: '1 -1', y: [0, 1], W: ['0; 0'], b: [[-0.5, 0.5]] }, 'relu', {
      output: 'identity',
      loss: 'hinge',
    }),
  ],
  [
    'ReLUs of the output',
    {
      ...network({ X: '1 -1', y: [0, 0], W: ['0'], b: [[0]] }, 'relu', {
        output: 'relu',
        loss: 'squared-error',
      }),
      Y: fromRows([[1, -1]]),
    },
  ],
])('so are %s', (_, net) => {
  for (const { name, mismatched } of gradcheck(net).tensors)
    expect({ name, mismatched }).toEqual({ name, mismatched: 0 });
});

test('two losses leave them open, too', () => {
  expect(gradcheck(opposite, { naive: true }).tensors[0]).toMatchObject({ mismatched: 0, inconclusive: 1 });
});

test('a value beyond all that the kinks leave open is refused', () => {
  const pass = forward(opposite);
  const wild = backprop(pass).map((tensor) =>
    tensor.name === 'dW1' ? { ...tensor, data: Float64Array.of(0.6) } : tensor,
  );
  expect(checkGradient(pass, wild).tensors[0]).toMatchObject({ mismatched: 1 });
});

test('kinks above a kink, reached on either side of it, are inconclusive', () => {
  // z2 = (0, 0, …): what is left of 0 at layer 1 comes through one kink of layer 3, what is right of it through another.
  const nested = parseConfig({
    ...{ X: [[1]], y: [0], reg: 0, activation: ['relu', 'relu', 'relu'] },
    ...{ W1: [[1], [0]], b1: [0, 1] },
    W2: [
      [-1, -1],
      [1, 0],
      [1, 0],
    ],
    b2: [1, -1, 0],
    W3: [
      [-1, 1, 0],
      [0, 1, -1],
    ],
    b3: [0, 1],
    W4: [
      [-1, 1],
      [0, 0],
    ],
    b4: [-1, -1],
  });
  const { tensors, inconclusive } = gradcheck(nested.network);
  expect(tensors.map(({ mismatched }) => mismatched)).toEqual(tensors.map(() => 0));
  expect(inconclusive).toContainEqual({ tensor: 'dW1', index: [0, 0], left: 0.5, right: 0.5 });
  expect(tensors[0]!.analytic[0]! + 0).toBe(0);
});

test('backprop is right or inconclusive in networks full of kinks', () => {
  const property = fc.property(integers, (net) => {
    for (const { name, mismatched } of gradcheck(net).tensors)
      expect({ name, mismatched }).toEqual({ name, mismatched: 0 });
  });
  fc.assert(property, { seed: SEED, numRuns: 1000 });
});

test('with one kink it is half the difference of the one-sided slopes', () => {
  const property = fc.property(integers, (net) => {
    const pass = forward(net);
    fc.pre(countKinks(pass) === 1);
    const widths = kinkWidths(pass); // none where all of the slope is of a jump of 0
    for (const slope of propagatedSlopes(pass, everything)) {
      const own = widths?.get(slope.name);
      for (const [i, half] of halfDifference(slope).entries()) expect(own?.[i] ?? 0).toBeCloseTo(half, 12);
    }
  });
  fc.assert(property, { seed: SEED, numRuns: 120 });
});

const chain = (y: number, biases: readonly [number[], number[]]): Network =>
  // z² of the second unit is 0 in the second sample, and so is z¹ where its bias says so.
  network(
    { X: '2 1', y: [0, y], W: ['1; 1', '1 1; 1 2', '1 3; -1 -3'], b: [...biases, [0.5, -0.25]] },
    { 'leaky-relu': 0 },
  );

test.each<[string, Network]>([
  [
    'of the second unit of a second layer, in the second of three samples',
    network(
      {
        X: '1 2 3; 1 -1 2',
        y: [0, 1, 0],
        W: ['1 2; 2 -1; 1 1', '1 -1 2; 2 1 -1', '1 -2; 0.5 1'],
        b: [
          [1, 1, 1],
          [0.5, -6],
          [0, 0.25],
        ],
      },
      { 'leaky-relu': 0.5 },
    ),
  ],
  [
    'in the second sample',
    chain(0, [
      [1, 1],
      [1, -6],
    ]),
  ],
  [
    'below another one that turns with it',
    chain(0, [
      [1, -1],
      [1, -2],
    ]),
  ],
  [
    'of one of two samples in the margin of a hinge',
    network({ X: '1 2', y: [0, 1], W: ['1; 0; 3'], b: [[0, 0, 0]] }, 'relu', {
      output: 'identity',
      loss: 'hinge',
    }),
  ],
  [
    'of one of two samples in the output',
    network({ X: '1 2', y: [3, 4], W: ['1'], b: [[-1]] }, 'relu', { output: 'relu', loss: 'squared-error' }),
  ],
])('of a kink %s, too', (_, net) => {
  const pass = forward(net);
  const widths = kinkWidths(pass)!;
  let open = 0;
  for (const slope of propagatedSlopes(pass, everything))
    for (const [i, half] of halfDifference(slope).entries()) {
      if (half > 0) open++;
      expect(widths.get(slope.name)![i], `${slope.name}[${i}]`).toBeCloseTo(half, 12);
    }
  expect(open).toBeGreaterThan(1);
});

test('where several kinks leave both slopes as backprop has them, the entry agrees', () => {
  // Two samples turn the unit on at either side of 0, with opposite effects on the loss: slopes of 0 and 0.
  const even = network({ X: '1 1', y: [0, 1], W: ['0', '1; -1'], b: [[0], [0, 0]], reg: 0 }, 'relu');
  const { tensors } = gradcheck(even);
  expect(tensors[0]).toMatchObject({ name: 'dW1', mismatched: 0, inconclusive: 0 });
  expect(kinkWidths(forward(even))!.get('dW1')![0]).toBeGreaterThan(0.1);
});
