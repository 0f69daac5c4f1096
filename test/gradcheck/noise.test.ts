import { describe, expect, test } from 'vitest';
import { type ActivationName, type ActivationSpec, activations } from '../../src/core/activations.ts';
import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { layOut, orientSamples } from '../../src/core/layout.ts';
import type { Objective } from '../../src/core/objective.ts';
import { conditionedSize } from '../../src/gradcheck/bound.ts';
import { summedSize, UNIT_ROUNDOFF } from '../../src/gradcheck/noise.ts';
import { REFERENCE_FACTOR, textbookSize } from '../../src/gradcheck/textbook.ts';
import { textbookOf } from '../core/textbook.ts';
import { exactNetworks, flat, outside, pytorchNetworks } from '../exact.ts';
import { network } from '../networks.ts';

const u = UNIT_ROUNDOFF;

describe.each(pytorchNetworks)('$name', ({ problem: { network: net, layout }, answer }) => {
  const pass = forward(net);
  const R = () => textbookSize(pass, u);
  const scaled = (size: Float64Array): Float64Array => size.map((value) => REFERENCE_FACTOR * u * value);

  test("PyTorch's gradient lies within 8uR of ours, in every entry", () => {
    const allowed = layOut(R().gradients, layout);
    for (const [l, { name, data }] of layOut(backprop(pass), layout).entries())
      expect(outside(flat(answer.gradients[name]!), data, scaled(allowed[l]!.data)), name).toEqual([]);
  });

  test("PyTorch's logits lie within 8uR of ours", () => {
    const allowed = orientSamples('logits', R().logits, layout);
    const ours = orientSamples('logits', pass.logits, layout);
    expect(outside(flat(answer.logits), ours.data, scaled(allowed.data))).toEqual([]);
  });
});

test.each(exactNetworks)(
  '$name: the true logits lie within 8u of the conditioned size',
  ({ problem, answer }) => {
    const pass = forward(problem.network);
    const bars = orientSamples('logits', conditionedSize(pass).logits, problem.layout);
    const ours = orientSamples('logits', pass.logits, problem.layout);
    expect(
      outside(
        ours.data,
        flat(answer.logits),
        bars.data.map((size) => 8 * u * size),
      ),
    ).toEqual([]);
  },
);

test.each(exactNetworks)('$name: S is at least the gradient itself', ({ problem }) => {
  const pass = forward(problem.network);
  for (const [l, { name, data }] of backprop(pass).entries()) {
    const S = summedSize(pass)[l]!.data;
    const below = [...data.keys()].filter((i) => !(Math.abs(data[i]!) <= S[i]! * (1 + 1e-14)));
    expect(below, name).toEqual([]);
  }
});

test('S by hand: the sizes of the terms, where the terms themselves cancel', () => {
  // ŷ = ½ in both samples, one of each class: Σδ = 0, of terms of size ½/2.
  const pass = forward(network({ X: '4 -8', y: [0, 1], W: ['0; 0'], b: [[3, 3]], reg: 10 }));
  const [dW1, db1] = summedSize(pass);
  expect(backprop(pass)[1]!.data).toEqual(Float64Array.of(0, 0));
  expect(db1!.data).toEqual(Float64Array.of(0.5, 0.5));
  expect(dW1!.data).toEqual(Float64Array.of(3, 3));
});

test('for a confident sample S is as small as its error, and R is not: the textbook subtracts 1', () => {
  const pass = forward(network({ X: '1', y: [0], W: ['60; 0'], b: [[0, 0]] }));
  const small = Math.exp(-60);
  for (const size of summedSize(pass)[1]!.data) expect(size / small).toBeCloseTo(1, 10);
  expect(textbookSize(pass, u).gradients[1]!.data[0]).toBeGreaterThan(1);
});

test('R leaves room for a ReLU that another rounding puts on the other side of its kink', () => {
  const near = (bias: number): number => {
    const pass = forward(network({ X: '1', y: [0], W: ['1', '1; -1'], b: [[bias], [0, 0]] }, 'relu'));
    return REFERENCE_FACTOR * u * textbookSize(pass, u).gradients[1]!.data[0]!;
  };
  expect(near(-1 + 2 * u)).toBeGreaterThanOrEqual(1); // δ is 1: whether it passes or not is all within
  expect(near(-1 + 1e-9)).toBeLessThan(1e-13);
});

test('R leaves room for a softplus that is taken for z above 20, as PyTorch does', () => {
  const pass = forward(network({ X: '21', y: [0], W: ['1', '1; -1'], b: [[0], [-21, 21]] }, 'softplus'));
  const dropped = Math.exp(-21); // softplus(21) − 21, and 1 − σ(21)
  const [dW1, , dW2] = textbookSize(pass, u).gradients.map(({ data }) => REFERENCE_FACTOR * u * data[0]!);
  expect(dW2).toBeGreaterThanOrEqual(0.5 * dropped);
  expect(dW1).toBeGreaterThanOrEqual(21 * dropped);
});

test.each<[ActivationName, string, number]>([
  ['sigmoid', 'a(1 − a)', 34],
  ['tanh', '1 − a²', 18],
  ['elu', 'a + 1', -36],
  ['selu', 'a + λα', -36],
  ['softplus', '1 − e⁻ᵃ', -36],
  ['softsign', '(1 − |a|)²', 3 * 2 ** 50],
  ['gelu', 'with 1 + erf', -8.5],
  ['gelu-tanh', 'with 1 + tanh', -7.1],
])(
  'R leaves room for the slope of %s as %s, which loses its digits where a unit is saturated',
  (name, _, z) => {
    const { slope } = textbookOf(name);
    const pass = forward(network({ X: '1', y: [0], W: [`${z}`, '1; -1'], b: [[0], [0, 0]] }, name));
    const [{ a }] = pass.steps as [(typeof pass.steps)[0]];
    const { data } = backprop(pass)[1]!;
    const textbook = data.map((db1) => (db1 / activations[name].slope(z)) * slope(z, a.data[0]!));
    const R = textbookSize(pass, u).gradients[1]!.data;
    expect(Math.abs(textbook[0]! / data[0]! - 1)).toBeGreaterThan(0.01);
    expect(
      outside(
        textbook,
        data,
        R.map((size) => REFERENCE_FACTOR * u * size),
      ),
    ).toEqual([]);
  },
);

test('R is at least the subtraction ŷ − t, also where ŷ is well known', () => {
  // No input and no weights: the logits are exact, and only the rounding of ŷ and of the subtraction is left.
  const pass = forward(network({ X: '0', y: [0], W: ['0; 0'], b: [[0, 0]] }));
  expect(textbookSize(pass, u).gradients[1]!.data[0]).toBeGreaterThanOrEqual(Math.hypot(2 * 0.5, 1));
});

test("R leaves room for PyTorch's slope of 1 above 20, also where the samples cancel", () => {
  // Each sample is the other's mirror image, but for σ(20.2) and σ(21).
  const net = { X: '20.2 21', y: [0, 1], W: ['1', '0.01; -0.01'], b: [[0], [-0.206, 0.206]] };
  const pass = forward(network(net, 'softplus'));
  const db1 = backprop(pass)[1]!.data[0]!; // PyTorch answers 0
  expect(REFERENCE_FACTOR * u * textbookSize(pass, u).gradients[1]!.data[0]!).toBeGreaterThan(Math.abs(db1));
});

test.each<[string, ActivationSpec, Partial<Objective>, number]>([
  ['of a leaky ReLU', { 'leaky-relu': 0.5 }, {}, 0.5],
  ['of ½ elu', { elu: 0.5 }, {}, 0.5],
  ['of a margin of a hinge', 'identity', { output: 'identity', loss: 'hinge' }, 1],
  [
    'of a ReLU of the output',
    'identity' as const,
    { output: 'relu', loss: 'half-squared-error' } as const,
    0.5,
  ],
])(
  'R leaves room for what the slope %s jumps by, where another rounding may jump',
  (_, phi, objective, jump) => {
    // a1 = 4u or 1e-9, so that a margin of 1 − ½ − ½ − 2a1, or an output of 0 + a1, lies as near to its kink.
    const biases = objective.loss === undefined ? [0, 0] : objective.loss === 'hinge' ? [0.5, -0.5] : [0, 1];
    const near = (z: number): number => {
      const net = network({ X: '1', y: [0], W: ['1', '1; -1'], b: [[-1 + z], biases] }, phi, objective);
      return REFERENCE_FACTOR * u * textbookSize(forward(net), u).gradients[1]!.data[0]!;
    };
    expect(near(4 * u)).toBeGreaterThanOrEqual(jump);
    expect(near(1e-9)).toBeLessThan(1e-6);
  },
);

test('R leaves room for several ReLUs that flip together', () => {
  const withBias = (b: number) =>
    forward(
      network(
        {
          X: '1',
          y: [0],
          W: ['1; 1; 1', '1 1 1; -1 -1 -1'],
          b: [
            [b, b, b],
            [0, 0],
          ],
        },
        'relu',
      ),
    );
  const [off, on] = [withBias(-1), withBias(-1 + 2 * u)];
  const R = textbookSize(off, u).gradients;
  for (const [l, { data }] of backprop(off).entries()) {
    const allowed = R[l]!.data.map((size) => REFERENCE_FACTOR * u * size);
    expect(outside(backprop(on)[l]!.data, data, allowed)).toEqual([]);
  }
});
