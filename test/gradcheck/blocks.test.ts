import { describe, expect, test } from 'vitest';
import type { ActivationSpec } from '../../src/core/activations.ts';
import { forward, type Pass } from '../../src/core/forward.ts';
import { map, matrix } from '../../src/core/matrix.ts';
import { type Network, oneHot } from '../../src/core/network.ts';
import { type Objective, TEXTBOOK } from '../../src/core/objective.ts';
import { randomNumbers } from '../../src/core/random.ts';
import { PROPAGATION_STEP, propagatedSlopes, slopesByWeight } from '../../src/gradcheck/propagation.ts';
import { everything, type Selection, type Slopes } from '../../src/gradcheck/slopes.ts';
import { network } from '../networks.ts';

/** Small integers: units, margins and residuals lie exactly on kinks, and every slope is a multiple of a power of ½. */
function integers(N: number, activation: ActivationSpec, objective: Objective, biased: boolean): Network {
  const drawn = (name: string, rows: number, cols: number) => {
    const { uniform } = randomNumbers(N, name);
    return map(matrix(rows, cols), () => Math.floor(5 * uniform()) - 2);
  };
  const layer = (number: number, rows: number, cols: number, own?: ActivationSpec) => ({
    number,
    W: drawn(`W${number}`, rows, cols),
    b: biased ? drawn(`b${number}`, rows, 1).data : new Float64Array(rows),
    activation: own,
  });
  const X = drawn('X', 2, N);
  const labels = Array.from(X.data.subarray(0, N), Math.abs);
  return {
    ...objective,
    X,
    Y: oneHot(labels, 3),
    reg: 0.5,
    biased,
    layers: [layer(1, 4, 2, activation), layer(2, 3, 4, activation), layer(3, 3, 3)],
  };
}

const HINGE: Objective = { ...TEXTBOOK, output: 'identity', loss: 'hinge', reduction: 'sum' };
const SQUARES: Objective = {
  ...TEXTBOOK,
  output: 'relu',
  loss: 'half-squared-error',
  reduction: 'mean-of-entries',
};

/** To some roundings of the largest slope of the tensor: all are of numbers as small. */
function expectSame(found: readonly Slopes[], expected: readonly Slopes[]): void {
  expect(found.map(({ name, shape }) => [name, shape])).toEqual(
    expected.map(({ name, shape }) => [name, shape]),
  );
  for (const [l, own] of found.entries()) {
    const other = expected[l]!;
    const most = Math.max(1, ...other.left.map(Math.abs), ...other.right.map(Math.abs));
    for (const side of ['left', 'right', 'central'] as const)
      for (const [e, value] of own[side].entries())
        expect(Math.abs(value - other[side][e]!), `${own.name}[${e}] ${side}`).toBeLessThanOrEqual(
          1e-13 * most,
        );
  }
}

describe.each<[string, ActivationSpec, Objective]>([
  ['ReLUs and a hinge', 'relu', HINGE],
  ['leaky ReLUs and squares of ReLUs', { 'leaky-relu': 0.5 }, SQUARES],
  ['units without kinks', 'tanh', TEXTBOOK],
])('in blocks of samples, of %s', (_, activation, objective) => {
  // Samples are taken in blocks of 8.
  test.each([1, 7, 8, 9, 17])(
    'a difference for each unit says what one for each weight says: N = %d',
    (N) => {
      for (const biased of [true, false]) {
        const pass = forward(integers(N, activation, objective, biased));
        const expected = slopesByWeight(pass, everything, PROPAGATION_STEP);
        expectSame(propagatedSlopes(pass, everything), expected);
      }
    },
  );

  test('the entries that are asked for are the same as among all, and the others are 0', () => {
    const pass = forward(integers(9, activation, objective, true));
    const all = propagatedSlopes(pass, everything);
    for (const some of [[0], [1, 2], [0, 2]]) {
      const selection: Selection = (name) => (name === 'dW2' || name === 'db3' ? some : []);
      for (const [l, { name, central, left, right }] of propagatedSlopes(pass, selection).entries()) {
        const own = all[l]!;
        const kept = (side: Float64Array) =>
          [...side].map((v, e) => (selection(name, 0).includes(e) ? v : 0));
        expect([[...central], [...left], [...right]]).toEqual([own.central, own.left, own.right].map(kept));
      }
    }
  });
});

test.each([
  ['ReLUs and a hinge', 'relu', HINGE],
  ['leaky ReLUs and squares of ReLUs', { 'leaky-relu': 0.5 }, SQUARES],
] as const)(
  'so near to kinks that some weights of a unit cross them and others do not, each has its own difference: %s',
  (_, activation, objective) => {
    const sizes = [-3e-29, -1e-30, -1e-31, 1e-32, 1e-31, 4e-30, 1e-29];
    for (let shift = 0; shift < 7; shift++) {
      const net = integers(9, activation, objective, true);
      const near = (b: Float64Array, l: number) =>
        b.map((value, i) => value + sizes[(3 * l + i + shift) % 7]!);
      const layers = net.layers.map((layer, l) => ({
        ...layer,
        b: near(layer.b, l),
        W: map(layer.W, (w) => (l === 0 ? w * 1e-30 : w)),
      }));
      const pass = forward({ ...net, layers });
      expectSame(propagatedSlopes(pass, everything), slopesByWeight(pass, everything, PROPAGATION_STEP));
    }
  },
);

test('ReLUs on their kinks have different slopes on either side, and their mean between', () => {
  const pass = forward(integers(9, 'relu', SQUARES, true));
  const kinked = propagatedSlopes(pass, everything).flatMap(({ left, right, central }) =>
    [...left.keys()].filter((e) => left[e] !== right[e]).map((e) => central[e]! - (left[e]! + right[e]!) / 2),
  );
  expect(kinked.length).toBeGreaterThan(5);
  for (const difference of kinked) expect(Math.abs(difference)).toBeLessThanOrEqual(1e-15);
});

/** Every slope of every weight, to some roundings of the largest on that side of its tensor. */
function expectSameOfAnySize(pass: Pass): void {
  const expected = slopesByWeight(pass, everything, PROPAGATION_STEP);
  for (const [l, own] of propagatedSlopes(pass, everything).entries())
    for (const side of ['left', 'right', 'central'] as const) {
      const other = expected[l]![side];
      const most = Math.max(...other.map(Math.abs));
      for (const [e, value] of own[side].entries())
        expect(Math.abs(value - other[e]!), `${own.name}[${e}] ${side}`).toBeLessThanOrEqual(1e-13 * most);
    }
}

const LINE = { output: 'identity', loss: 'squared-error' } as const;

test.each<[string, Network]>([
  [
    'residuals as small as the step',
    network({ X: '1 3 -2 0.5', y: [0, 0, 0, 0], W: ['1e-30'], b: [[-1e-30]] }, 'identity', LINE),
  ],
  [
    'a residual that one weight moves by more than another',
    network({ X: '1; 64', y: [0], W: ['1e-30 1e-30'], b: [[1e-30]] }, 'identity', LINE),
  ],
  [
    'a residual as small as the step, on the right of a kink alone',
    network({ X: '1; 64', y: [1e-30], W: ['0 0'], b: [[0]] }, 'identity', { ...LINE, output: 'relu' }),
  ],
  [
    'on the left of a kink alone',
    network({ X: '1; 64', y: [1e-30], W: ['0 0', '-1'], b: [[0], [0]] }, 'identity', {
      ...LINE,
      output: 'relu',
    }),
  ],
  [
    'inputs so large that a step is large, too',
    network(
      {
        X: '1e29 -3e28; 2e28 1',
        y: [0, 1],
        W: ['1e-29 2e-29; 3e-29 1e-29', '1 2; -1 1'],
        b: [
          [0.5, 0.25],
          [0, 0],
        ],
      },
      'tanh',
    ),
  ],
  [
    'units so near to their kinks that the largest input alone turns them on, or off',
    network(
      {
        X: '1 1; 64 64',
        y: [0, 1],
        W: ['1e-40 1e-40; 1e-40 1e-40', '1 2; -1 1'],
        b: [
          [-1e-29, 1e-29],
          [0, 0],
        ],
      },
      'relu',
    ),
  ],
  [
    'slopes of a huge unit above',
    network(
      { X: '1 2', y: [0, 1], W: ['1', '1e29; -1e29', '1e-29 1; 1 1e-29'], b: [[0], [0.5, -0.5], [0, 0]] },
      'tanh',
    ),
  ],
])('%s: each weight has a difference of its own', (_, net) => {
  expectSameOfAnySize(forward(net));
});

test('inputs above 1 are no reason for a rounding: slopes of a line are exact', () => {
  // Divided by 3.3, a product with it is not what it was multiplied with.
  const inputs = [3.3, 5.7, 10.1, -1.9, 1.3];
  const residuals = [3, 7, 13, 3, -7];
  const pass = forward(
    network({ X: inputs.join(' '), y: residuals.map((r) => -r), W: ['0'], b: [[0]] }, 'identity', {
      output: 'identity',
      loss: 'half-squared-error',
      reduction: 'sum',
    }),
  );
  const [dW1, db1] = propagatedSlopes(pass, everything);
  expect(db1!.central[0]).toBe(residuals.reduce((sum, r) => sum + r));
  const products = inputs.reduce((sum, x, n) => sum + x * residuals[n]!, 0);
  expect(Math.abs(dW1!.central[0]! / products - 1)).toBeLessThan(4e-16);
});
