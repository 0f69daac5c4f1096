import { describe, expect, test } from 'vitest';
import { CANONICAL } from '../../src/core/layout.ts';
import type { Network, Tensor } from '../../src/core/network.ts';
import { gradcheck } from '../../src/gradcheck/gradcheck.ts';
import type { Verdict } from '../../src/gradcheck/verdict.ts';
import { Allowance } from '../../src/reference/allowance.ts';
import { asFloat32, isBeyondFloat32, mayDrift } from '../../src/reference/float32.ts';
import type { ReferenceTensor } from '../../src/reference/judge.ts';
import type { Reference } from '../../src/reference/reference.ts';
import { network } from '../networks.ts';

const X = '1 -2 0.5; 0.3 0.7 -1';
const smooth = network(
  {
    X,
    y: [0, 1, 1],
    W: ['0.4 -0.6; 0.9 0.2', '0.7 -0.5; -0.2 0.8'],
    b: [
      [0.1, -0.3],
      [0.2, -0.1],
    ],
  },
  'tanh',
);
const [first, last] = smooth.layers as [Network['layers'][0], Network['layers'][0]];

/** A tensor of a reference, with the verdicts of its entries. */
const judgedAs = (name: string, ...verdicts: Verdict[]): ReferenceTensor => ({
  name,
  mismatched: verdicts.filter((verdict) => verdict === 'mismatch').length,
  inconclusive: 0,
  maxAbsError: null,
  maxRelError: null,
  reference: { name, shape: [verdicts.length], data: new Float64Array(verdicts.length) },
  verdict: {
    name,
    shape: [verdicts.length],
    checked: verdicts.length,
    mismatched: verdicts.filter((verdict) => verdict === 'mismatch').length,
    inconclusive: 0,
    maxAbsError: null,
    maxRelError: null,
    verdicts,
    allowed: new Float64Array(verdicts.length),
  },
  problem: null,
});
const unusable = (name: string): ReferenceTensor => ({
  ...judgedAs(name, 'mismatch'),
  reference: null,
  verdict: null,
  problem: 'wrong shape',
});

describe('a reference is not judged as float32', () => {
  /** Of a network, with one entry of one tensor off by so many times what float32 may be off by. */
  const judge = (
    net: Network,
    times: number,
    { at = 'dW1', isUncertain = false, change = (all: ReferenceTensor[]) => all } = {},
  ): boolean => {
    const check = gradcheck(net, { sample: 0 });
    const uncertainty = isUncertain
      ? { gradients: new Map(), logits: undefined, loss: {}, layout: CANONICAL }
      : undefined;
    const allowance = new Allowance('float64', check, CANONICAL, { uncertainty });
    const tensors = check.tensors.map(({ name, shape, analytic }): ReferenceTensor => {
      const ours = { name, shape, data: analytic };
      const off = name === at ? times * allowance.mostInFloat32(ours, ours) : 0;
      // Towards 0, so that no entry becomes larger than they are.
      const data = analytic.map((a, i) => (i === 0 ? a - Math.sign(a) * off : a));
      const theirs: Tensor = { ...ours, data };
      const verdict = allowance.gradient(ours, theirs);
      return { ...verdict, reference: theirs, verdict, problem: null };
    });
    return isBeyondFloat32(change(tensors), check, allowance);
  };
  const withActivation = (
    activation: 'relu' | undefined,
    output: Network['output'] = 'softmax',
  ): Network => ({
    ...smooth,
    output,
    loss: 'squared-error',
    layers: [{ ...first, activation: activation ?? first.activation }, last],
  });

  test.each(['dW1', 'db1', 'dW2', 'db2'])(
    'where %s is off by more than a thousand times what that may be',
    (at) => {
      expect(judge(smooth, 1001, { at })).toBe(true);
      expect(judge(smooth, 999, { at })).toBe(false);
    },
  );

  test('where one of its tensors cannot be compared', () => {
    for (const missing of [0, 3])
      expect(
        judge(smooth, 0, {
          change: (all) => all.map((tensor, i) => (i === missing ? unusable(tensor.name) : tensor)),
        }),
      ).toBe(true);
  });

  test('but wherever it may have landed on the other side of a kink, in some layer or the output', () => {
    expect(judge(withActivation(undefined), 1001)).toBe(true);
    expect(judge(withActivation(undefined, 'sigmoid'), 1001)).toBe(true);
    expect(judge(withActivation('relu'), 1001)).toBe(false);
    expect(judge(withActivation(undefined, 'relu'), 1001)).toBe(false);
    expect(judge({ ...smooth, output: 'identity', loss: 'hinge' }, 1001)).toBe(false);
  });

  test('and wherever its numbers are known to less than float64', () => {
    expect(judge(smooth, 1001, { isUncertain: true })).toBe(false);
  });

  test('for what a tensor has that has no entries', () => {
    expect(
      judge(smooth, 0, { change: (all) => all.map((tensor) => ({ ...tensor, maxAbsError: null })) }),
    ).toBe(false);
  });
});

describe('sums may have drifted', () => {
  const off = (by: number | null, ...allowed: number[]): ReferenceTensor => {
    const tensor = judgedAs('dW1', ...allowed.map((): Verdict => 'mismatch'));
    return {
      ...tensor,
      maxAbsError: by === null ? null : { value: by, index: [0] },
      verdict: { ...tensor.verdict!, allowed: Float64Array.from(allowed) },
    };
  };
  const may = (logits: ReferenceTensor | null, ...tensors: ReferenceTensor[]) =>
    mayDrift({ tensors, logits });

  test('by a thousand times the most that any entry may be off by', () => {
    expect(may(null, off(1000, 0.5, 1, 0.25))).toBe(true);
    expect(may(null, off(1000.1, 0.5, 1, 0.25))).toBe(false);
    expect(may(off(1001, 1), off(1, 1))).toBe(false);
    expect(may(off(999, 1))).toBe(true);
  });

  test('where something is wrong at all', () => {
    expect(may(null, judgedAs('dW1', 'agree', 'agree'))).toBe(false);
    expect(may(judgedAs('logits', 'agree'), judgedAs('dW1', 'agree'))).toBe(false);
    expect(may(null, judgedAs('dW1', 'agree'), off(1, 1))).toBe(true);
  });

  test('but by no number that is not finite, whatever may be added to it', () => {
    expect(may(null, off(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY))).toBe(false);
    expect(may(null, off(Number.NaN, 1))).toBe(false);
  });

  test('nor in what cannot be compared', () => {
    expect(may(null, off(1, 1), unusable('db1'))).toBe(false);
    expect(may(unusable('logits'), off(1, 1))).toBe(false);
  });

  test('beside a tensor that has no entries', () => {
    expect(may(null, off(1, 1), { ...off(null), mismatched: 0 })).toBe(true);
  });
});

describe('float32 explains', () => {
  const check = gradcheck(smooth, { sample: 0 });
  const reference = { precision: 'float64' } as Reference;
  const explained = (
    wrong: ReferenceTensor[],
    single: ReferenceTensor[],
    options: Parameters<typeof asFloat32>[2] = {},
  ) => asFloat32(reference, check, options, wrong, () => ({ tensors: single }))?.diagnosis;
  const DIAGNOSED = [{ mistake: 'float32', tensors: ['dW1', 'db1', 'dW2', 'db2'] }];

  test('what is wrong in float64 and right in float32, in one tensor at least', () => {
    const wrong = [judgedAs('dW1', 'mismatch'), judgedAs('db2', 'agree', 'mismatch')];
    const open = judgedAs('dW1', 'inconclusive');
    expect(explained(wrong, [open, judgedAs('db2', 'agree', 'agree')])).toMatchObject(DIAGNOSED);
    expect(explained(wrong, [open, judgedAs('db2', 'agree', 'inconclusive')])).toBeUndefined();
  });

  test('a tensor by the same tensor', () => {
    const wrong = [judgedAs('db2', 'mismatch')];
    expect(explained(wrong, [judgedAs('dW1', 'agree'), judgedAs('db2', 'inconclusive')])).toBeUndefined();
    expect(explained(wrong, [judgedAs('dW1', 'inconclusive'), judgedAs('db2', 'agree')])).toMatchObject(
      DIAGNOSED,
    );
    expect(explained(wrong, [judgedAs('dW1', 'agree')])).toBeUndefined();
  });

  test('all that is wrong, or nothing', () => {
    const wrong = [judgedAs('dW1', 'mismatch'), judgedAs('db1', 'mismatch')];
    expect(explained(wrong, [judgedAs('dW1', 'agree'), judgedAs('db1', 'mismatch')])).toBeUndefined();
    expect(explained([unusable('dW1')], [judgedAs('dW1', 'agree')])).toBeUndefined();
  });

  test('nothing of a reference that says another precision, or is judged by a given one', () => {
    const wrong = [judgedAs('dW1', 'mismatch')];
    const single = [judgedAs('dW1', 'agree')];
    expect(explained(wrong, single, { atol: 1e-9 })).toMatchObject(DIAGNOSED);
    expect(explained(wrong, single, { rtol: 1e-9 })).toBeUndefined();
    for (const precision of ['float32', 'float16', 'bfloat16'] as const)
      expect(
        asFloat32({ ...reference, precision }, check, {}, wrong, () => ({ tensors: single })),
      ).toBeUndefined();
  });
});
