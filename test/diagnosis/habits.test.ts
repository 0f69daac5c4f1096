import { describe, expect, test } from 'vitest';
import { type ActivationSpec, activationOf } from '../../src/core/activations.ts';
import { backprop, type Rules, rules } from '../../src/core/backprop.ts';
import { forward, type Step } from '../../src/core/forward.ts';
import { CANONICAL } from '../../src/core/layout.ts';
import { hadamard, map, scale } from '../../src/core/matrix.ts';
import type { Network, Tensor } from '../../src/core/network.ts';
import { compare, parseReference } from '../../src/index.ts';
import { networkOf, type Recipe } from '../networks.ts';

// Wrong gradients as they are written and returned, each by a rule or an end of its own.

const network = (changes: Partial<Recipe> = {}): Network =>
  networkOf({
    widths: [4, 6, 5, 3],
    N: 8,
    activations: ['sigmoid', 'tanh'],
    weightScale: 0.8,
    inputScale: 1,
    softTargets: false,
    reg: 0.2,
    seed: 3,
    ...changes,
  });

const gradientOf = (of: Network, wrong: (right: Rules) => Partial<Rules>, layers?: readonly number[]) =>
  backprop(forward(of), (l) => (layers?.includes(l) === false ? rules : { ...rules, ...wrong(rules) }));

const mapped = (tensors: readonly Tensor[], f: (value: number) => number): Tensor[] =>
  tensors.map((tensor) => ({ ...tensor, data: tensor.data.map(f) }));

function judged(of: Network, gradients: readonly Tensor[]) {
  const problem = { name: undefined, network: of, layout: CANONICAL, labels: undefined, references: [] };
  const [verdict] = compare(problem, [parseReference('theirs', { gradients })]).references;
  return verdict!;
}

const said = (of: Network, tensors: readonly Tensor[]) =>
  judged(of, tensors).diagnosis.map(({ mistake, layer, explanation, lines }) => ({
    mistake,
    layer,
    explanation,
    wrong: lines?.wrong,
  }));

test('labels that count from 1 read as they are written, in either direction', () => {
  const of = network({ activations: ['sigmoid', 'sigmoid'] });
  const codes = [1, -1].map((by) => {
    const labels = { ...of, Y: map(of.Y, () => 0) };
    for (let n = 0; n < of.X.cols; n++)
      for (let k = 0; k < of.Y.rows; k++)
        labels.Y.data[((k + by + of.Y.rows) % of.Y.rows) * of.X.cols + n] = of.Y.data[k * of.X.cols + n]!;
    return said(of, backprop(forward(labels)))[0]?.wrong?.code;
  });
  expect(codes).toEqual(['Y[y + 1, np.arange(N)] = 1', 'Y[y - 1, np.arange(N)] = 1']);
});

describe('nothing of an error that comes down', () => {
  const below = (of: Network, keep: readonly number[]): Tensor[] =>
    gradientOf(of, () => ({ errorThroughWeights: (_, { input }) => map(input, () => 0) }), keep);

  test('is zero where there is no penalty, not an error passed down without weights', () => {
    const of = network({ widths: [4, 6, 3], activations: ['sigmoid'], reg: 0 });
    expect(said(of, below(of, [2]))).toMatchObject([{ mistake: 'zero', layer: null }]);
  });

  test('is the penalty alone where there is one', () => {
    const of = network({ widths: [4, 6, 3], activations: ['sigmoid'] });
    expect(said(of, below(of, [2]))).toMatchObject([
      { mistake: 'data-zero', layer: 1 },
      { mistake: 'bias-zero', layer: 1 },
    ]);
  });

  test('is not exactly zero where it is a sum: then the weights are what is missing', () => {
    const of = network({ widths: [4, 6, 3], activations: ['sigmoid'] });
    const total = gradientOf(of, () => ({
      errorThroughWeights: (delta, { input }) => {
        const sums = delta.data
          .subarray(0, delta.cols)
          .map((_, n) => delta.data.reduce((sum, value, e) => (e % delta.cols === n ? sum + value : sum), 0));
        return { ...input, data: input.data.map((_, e) => sums[e % delta.cols]!) };
      },
    }));
    expect(said(of, total)).toMatchObject([{ mistake: 'missing-weights', layer: 2 }]);
  });
});

describe('a slope with another constant below 0 than the activation has', () => {
  const withSlope = (activation: ActivationSpec, slope: (z: number, a: number) => number) => {
    const of = network({ activations: [activation, activation] });
    const wrong = gradientOf(of, () => ({
      slope: ({ z, a }: Step) => ({ ...z, data: z.data.map((value, i) => slope(value, a.data[i]!)) }),
    }));
    return said(of, wrong);
  };
  test.each<[string, ActivationSpec, (z: number, a: number) => number, string, string]>([
    ['a leaky ReLU', 'leaky-relu', (z) => (z > 0 ? 1 : 0.2), 'α′ = 0.2', 'alpha2)'],
    ['one of 0.3', { 'leaky-relu': 0.3 }, (z) => (z > 0 ? 1 : 0.01), 'α′ = 0.01', 'alpha2)'],
    ['a ReLU', 'relu', (z) => (z > 0 ? 1 : 0.05), 'α′ = 0.05', 'alpha2)'],
    ['an ELU without it', 'elu', (z, a) => (z > 0 ? 1 : a), 'α′ = 0', 'a1 + alpha2)'],
    ['an ELU', { elu: 0.5 }, (z) => (z > 0 ? 1 : Math.exp(z)), 'α′ = 1', 'alpha2 * np.exp(z1))'],
  ])('%s is named with the number', (_, activation, slope, number, code) => {
    const [only, ...others] = withSlope(activation, slope);
    expect(only).toMatchObject({ mistake: 'slope-constant', layer: null });
    expect(only?.explanation).toContain(number);
    expect(only?.wrong?.code).toContain(code);
    expect(others).toEqual([]);
  });

  test('that of softplus at −z is a sign', () => {
    expect(withSlope('softplus', (z) => activationOf('sigmoid').value(-z))).toMatchObject([
      { mistake: 'slope-sign', layer: null, wrong: { code: 'dz1 = (W2.T @ dz2) / (1 + np.exp(z1))' } },
    ]);
  });

  test('the slope at the error, times the error, is a slope of the error', () => {
    const of = network();
    const wrong = gradientOf(of, () => ({
      errorThroughSlope: (da, _s, { layer }) => hadamard(da, map(da, activationOf(layer.activation).slope)),
    }));
    expect(said(of, wrong)).toMatchObject([{ mistake: 'slope-of-error', layer: null }]);
  });
});

test('a loss of another logarithm is said with its factor', () => {
  const of = network();
  const [only] = said(
    of,
    gradientOf(of, (right) => ({ outputError: (pass) => scale(Math.LOG2E, right.outputError(pass)) }), [3]),
  );
  expect(only?.explanation).toContain('1.44270 = 1/ln 2, as of log₂');
});

describe('a gradient that was clipped before it was returned', () => {
  test('entry by entry: all others are right', () => {
    const of = network();
    const { diagnosis, where } = judged(
      of,
      mapped(backprop(forward(of)), (value) => Math.min(Math.max(value, -0.05), 0.05)),
    );
    expect(diagnosis).toEqual([]);
    expect(where).toMatchObject([{ explanation: expect.stringContaining('beyond ±0.05'), isWhole: true }]);
  });

  test('is not what a gradient is that has other entries besides', () => {
    const of = network();
    const clipped = mapped(backprop(forward(of)), (value) => Math.min(Math.max(value, -0.05), 0.05));
    clipped[1]!.data[0]! += 0.01;
    expect(JSON.stringify(judged(of, clipped).where)).not.toContain('beyond');
  });

  test.each([0, 0.2])('by its norm, with λ = %s', (reg) => {
    const of = network({ reg });
    const right = backprop(forward(of));
    const norm = Math.hypot(...right.flatMap(({ data }) => [...data]));
    const [only, ...others] = said(
      of,
      mapped(right, (value) => (value * 0.25) / norm),
    );
    expect(only).toMatchObject({
      mistake: 'constant-factor',
      explanation: expect.stringContaining('its norm is 0.25'),
    });
    expect(others).toEqual([]);
    const [plain] = said(
      of,
      mapped(right, (value) => value * 0.37),
    );
    expect(plain?.explanation).not.toContain('norm');
  });
});

test('numbers cut off after some decimals are no factor, and said to be cut off', () => {
  const of = network();
  for (const [cut, decimals] of [
    [(value: number) => Math.trunc(value * 100) / 100, 2],
    [(value: number) => Math.floor(value * 1e4) / 1e4, 4],
  ] as const) {
    const { diagnosis, passed, hints } = judged(of, mapped(backprop(forward(of)), cut));
    expect({ diagnosis, passed }).toEqual({ diagnosis: [], passed: false });
    expect(hints.join()).toContain(`cut off after ${decimals} decimals`);
  }
});

test('numbers of two decimals that are wrong besides are not called cut off', () => {
  const of = network();
  const wrong = mapped(
    gradientOf(of, () => ({ slope: ({ z }) => map(z, () => 1) })),
    (value) => Number(value.toFixed(2)),
  );
  expect(judged(of, wrong).hints.join()).not.toContain('cut off');
});

test('a mean over some samples alone is told from samples that have no part', () => {
  const of = network({ widths: [6, 5, 3], activations: ['tanh'] });
  const batch = (delta: { rows: number; cols: number; data: Float64Array }, of: number) => ({
    ...delta,
    data: delta.data.map((value, e) => (e % delta.cols < 4 ? of * value : 0)),
  });
  const explained = [2, 1].map(
    (factor) =>
      judged(
        of,
        gradientOf(of, (right) => ({ outputError: (pass) => batch(right.outputError(pass), factor) }), [2]),
      ).where[0]?.explanation,
  );
  expect(explained).toEqual([
    'dW1, db1, dW2, db2 are the mean over samples 0–3 alone, 4 of 8',
    'samples 4–7 have no part in dW1, db1, dW2, db2',
  ]);
});
