import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { readFixture } from '../exact.ts';
import { each, judged, logits, nestedOf, right } from './theirs.ts';

/** Off by what float32 may be, and float64 may not. */
const little = <T>(nested: T): T => each(nested, (value) => value * (1 + 5e-7));
const mistakes = (...given: Parameters<typeof judged>) =>
  judged(...given).diagnosis.map(({ mistake, layer, tensors, equals }) => ({
    mistake,
    layer,
    tensors,
    equals,
  }));
const FLOAT32 = [{ mistake: 'float32', layer: null, tensors: ['dW1', 'db1', 'dW2', 'db2'], equals: [] }];

describe('a reference in float64 that agrees as soon as it is judged as float32 was computed so', () => {
  test('which is said, and how to judge it', () => {
    const verdict = judged({ dtype: 'float64', ...little(right) });
    expect(verdict).toMatchObject({ passed: false, hints: [], diagnosis: FLOAT32 });
    expect(verdict.diagnosis[0]!.explanation).toContain('(--dtype float32 judges it so)');
  });

  test.each<[string, object]>([
    ['one tensor', { ...right, dW1: little(right.dW1) }],
    ['one entry', { ...right, db2: right.db2.map((value, i) => (i === 1 ? little(value) : value)) }],
    ['its gradients, with logits', { ...little(right), logits }],
  ])('by %s, too', (_, reference) => {
    expect(mistakes({ dtype: 'float64', ...reference })).toEqual(FLOAT32);
  });

  test.each<[string, object, object]>([
    ['where one tensor is wrong in float32, too', { ...little(right), db2: each(right.db2, (v) => -v) }, {}],
    [
      'where one is wrong in float32, too, by a little',
      { ...little(right), db2: each(right.db2, (v) => v * (1 + 1e-5)) },
      {},
    ],
    ['where one is missing', { ...little(right), db2: undefined }, {}],
    ['where a tolerance is given', little(right), { rtol: 1e-9 }],
    ['where nothing is wrong', right, {}],
  ])('but not %s', (_, reference, options) => {
    expect(mistakes({ dtype: 'float64', ...reference }, options).map(({ mistake }) => mistake)).not.toContain(
      'float32',
    );
  });

  test('nor one that says float32 or less', () => {
    const wrong = each(right, (value) => value * (1 + 1e-4));
    expect(mistakes({ dtype: 'float32', ...wrong }).map(({ mistake }) => mistake)).not.toContain('float32');
  });

  test('nor where float32 would only leave all of it open', () => {
    const { gradients } = JSON.parse(readFixture('textbook.pytorch.json'));
    const net = JSON.parse(readFixture('textbook.json'));
    const reference = { dtype: 'float64', ...gradients, db1: [1e-9, 0, 0, 0] };
    expect(judged(reference, { net }).tensors.find(({ name }) => name === 'db1')!.mismatched).toBe(1);
    expect(mistakes(reference, { net }).map(({ mistake }) => mistake)).not.toContain('float32');
  });
});

test.each<[string, object]>([
  ['of ReLUs', { activation: 'relu' }],
  ['of a hinge', { output: 'identity', loss: 'hinge' }],
  ['of ReLUs of the output', { output: 'relu', loss: 'squared-error' }],
])('so of a network %s', (_, changes) => {
  const net = {
    X: [
      [0.5, -1.2, 0.3],
      [1.1, 0.4, -0.7],
    ],
    y: [0, 1, 1],
    W1: [
      [0.4, -0.6],
      [0.9, 0.2],
    ],
    b1: [0.1, -0.3],
    W2: [
      [0.7, -0.5],
      [-0.2, 0.8],
    ],
    b2: [0.2, -0.1],
    reg: 0.5,
    ...changes,
  };
  const own = nestedOf(backprop(forward(parseConfig(net).network)));
  expect(mistakes({ dtype: 'float64', ...little(own) }, { net })).toEqual(FLOAT32);
});

test('logits that are right are no outputs, though these are the same', () => {
  const net = {
    X: [[1, 2]],
    y: [[1, 2]],
    W1: [[0.5]],
    b1: [0.25],
    output: 'identity',
    loss: 'squared-error',
  };
  const pass = forward(parseConfig(net).network);
  const own = nestedOf(backprop(pass));
  const z = [[...pass.logits.data]];
  expect(judged({ ...own, logits: z }, { net })).toMatchObject({ passed: true, hints: [] });
  expect(judged({ ...own, logits: each(z, (value) => value + 1) }, { net }).hints).toEqual([]);
});

describe('sums in float32 are replayed where a reference is off by so little that they may explain it', () => {
  const N = 300;
  const many = { X: [Array(N).fill(0.1)], y: Array(N).fill(0), W1: [[0.3], [-0.2]], b1: [0, 0] };
  const pass = forward(parseConfig(many).network);
  const own = nestedOf(backprop(pass));
  const z = [0, 1].map((k) => [...pass.logits.data.subarray(k * N, (k + 1) * N)]);
  /** What dW1 may differ by, beside a tolerance of 0. */
  const allowed = (reference: object, dtype = 'float32') => {
    const { tensors } = judged({ dtype, dW1: own.dW1, db1: own.db1, ...reference }, { net: many, rtol: 0 });
    return tensors.find(({ name }) => name === 'dW1')!.verdict!.allowed[0]!;
  };
  const off = (by: number) => ({ dW1: each(own.dW1, (value) => value + by) });
  const once = allowed({});

  test.each<[string, object]>([
    ['gradients', off(2 * once)],
    ['gradients, by some hundred times what is allowed', off(500 * once)],
    ['logits', { logits: each(z, (value) => value + 1e-5) }],
  ])('of its %s', (_, reference) => {
    expect(allowed(reference)).toBeGreaterThan(1.01 * once);
  });

  test.each<[string, object]>([
    ['nothing is wrong', {}],
    ['nothing is wrong, with logits', { logits: z }],
    ['it is off by more', off(2000 * once)],
    ['its logits are off by more', { ...off(2 * once), logits: each(z, (value) => value + 1) }],
    ['a tensor cannot be compared', { ...off(2 * once), db1: [1, 2, 3] }],
    ['an entry is no number', { ...off(2 * once), db1: ['NaN', 0] }],
  ])('but not where %s', (_, reference) => {
    expect(allowed(reference) / once).toBeCloseTo(1, 6);
  });

  test('nor in float64', () => {
    const exact = allowed({}, 'float64');
    expect(allowed(off(2 * exact), 'float64') / exact).toBeCloseTo(1, 6);
  });
});
