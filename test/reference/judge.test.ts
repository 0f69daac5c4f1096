import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { type CompareOptions, compare } from '../../src/reference/compare.ts';
import { parseReference } from '../../src/reference/reference.ts';
import { readFixture } from '../exact.ts';
import { network } from '../networks.ts';
import { config, each, judged, logits, loss, problems, type Rows, readings, right } from './theirs.ts';

const decimals = (count: number) => (value: number) => Number(value.toFixed(count));
const { W1, b1, W2, b2, ...rest } = config;
const theta = { W1, b1, W2, b2 };
const stepped = Object.fromEntries(
  (['W1', 'b1', 'W2', 'b2'] as const).map((name) => {
    const slopes = right[`d${name}`].flat() as number[];
    let i = 0;
    return [name, each(theta[name] as Rows, (value) => value - 0.25 * slopes[i++]!)];
  }),
);

describe('of a wrong reference it is said', () => {
  test('that its logits are probabilities', () => {
    const { outputs } = forward(parseConfig(config).network);
    const p = Array.from({ length: outputs.rows }, (_, k) => [
      ...outputs.data.subarray(k * outputs.cols, (k + 1) * outputs.cols),
    ]);
    expect(judged({ ...right, logits: p }).hints).toEqual([
      expect.stringContaining('its logits are probabilities'),
    ]);
    expect(judged({ ...right, logits }).hints).toEqual([]);
  });

  test('that it is the parameters after a step, unless its gradients are not asked for', () => {
    expect(judged(stepped).hints).toContainEqual(
      expect.stringContaining('a step of 0.25 along the gradient'),
    );
    expect(judged({ ...stepped, loss }, { only: ['loss'] })).toMatchObject({ passed: true, hints: [] });
  });

  test('to how many digits it agrees, if nothing else is behind it', () => {
    let i = 0;
    const off = each(right, (value) => value * (1 + (i++ % 2 === 0 ? 1e-4 : -1e-4) / (1 + (i % 3))));
    const { hints, diagnosis } = judged(off);
    expect(diagnosis).toEqual([]);
    expect(hints).toEqual([expect.stringMatching(/^all of it agrees to about 4 digits/)]);
  });

  test('which part of an array is missing, where weights and biases are one', () => {
    const join = (W: Rows, b: number[]): Rows => W.map((row, k) => [...row, b[k]!]);
    const net = { ...rest, biases: 'last', W1: join(W1, b1), W2: join(W2, b2) };
    const { dW1, dW2, db2 } = right;
    const verdict = judged({ dW1, dW2, db2 }, { net });
    expect(problems(verdict)).toEqual([
      'dW1: missing: a part of it, since weights and biases are one array here',
    ]);
    expect(verdict.tensors[0]!.mismatched).toBe(16);
  });
});

describe('a loss that was printed', () => {
  const printed = (off: number) => ({
    ...each(right, decimals(5)),
    loss: decimals(5)(loss.total + off),
  });
  test('is judged by its digits, where nothing else is asked for, too', () => {
    expect(judged(printed(0), { only: ['loss'] })).toMatchObject({ passed: true, printed: '5 decimals' });
  });
  test('and is wrong beyond them', () => {
    expect(judged(printed(1e-4), { only: ['loss'] })).toMatchObject({ passed: false, printed: null });
  });
});

describe('of gradients that are asked for', () => {
  test('it is told how they were read', () => {
    const { dW1, db1, dW2, db2 } = right;
    const verdict = judged({ W1: dW1, b1: db1, W2: dW2, b2: db2 }, { only: ['dW1'] });
    expect(readings(verdict)).toContain('dW1 ← W1');
    expect(verdict.passed).toBe(true);
  });

  test('something must agree, whatever of the logits does', () => {
    const net = JSON.parse(readFixture('textbook.json')); // whose db1 is nothing but rounding
    const { gradients, logits: z } = JSON.parse(readFixture('textbook.pytorch.json'));
    const given = { gradients, logits: z };
    const passes = (only: string[]) => judged(given, { net, only }).passed;
    expect([passes(['db1']), passes(['db1', 'logits']), passes(['logits'])]).toEqual([false, false, true]);
  });
});

describe('--strict', () => {
  // Logits that are left of a sum of large terms: in float32 they are as small as its rounding.
  const left = network({ X: '1000', y: [0], W: ['1; -1'], b: [[-999.95, 999.95]] });
  const pass = forward(left);
  const z = [...pass.logits.data].map((value) => [value]);
  const passes = (reference: object, options: CompareOptions): boolean =>
    compare(left, [parseReference('theirs', reference)], { strict: true, ...options }).passed;
  const gradients = { gradients: backprop(pass) };

  test('refuses logits that are open, unless that is accepted', () => {
    const only = ['dW1', 'logits'];
    const single = { dtype: 'float32', ...gradients, logits: z };
    const { references, check } = compare(left, [parseReference('theirs', single)], { only });
    expect(references[0]).toMatchObject({ passed: true, logits: { mismatched: 0, inconclusive: 2 } });
    const unseen = [
      ...references[0]!.strength!.missed,
      ...check.audit.mistakes.filter(({ caught }) => !caught),
    ];
    const accepted = unseen.map(({ mistake }) => mistake);
    expect(passes(single, { only, allow: accepted })).toBe(false);
    expect(passes(single, { only, allow: ['inconclusive', ...accepted] })).toBe(true);
    expect(passes({ ...gradients, logits: z }, { only, allow: accepted })).toBe(true);
  });

  test('accepts a loss that agrees', () => {
    const only = ['dW1', 'loss'];
    const { check } = compare(left, [], { only });
    const accepted = check.audit.mistakes.filter(({ caught }) => !caught).map(({ mistake }) => mistake);
    const { data } = check.loss;
    expect(passes({ ...gradients, loss: { data } }, { only, allow: accepted })).toBe(true);
  });
});
