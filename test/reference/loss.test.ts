import { describe, expect, test } from 'vitest';
import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { CANONICAL } from '../../src/core/layout.ts';
import { loss as lossOf } from '../../src/core/loss.ts';
import type { Network } from '../../src/core/network.ts';
import { gradcheck } from '../../src/gradcheck/gradcheck.ts';
import { textbookSize } from '../../src/gradcheck/textbook.ts';
import { Allowance } from '../../src/reference/allowance.ts';
import { type CompareOptions, compare } from '../../src/reference/compare.ts';
import type { Precision } from '../../src/reference/precision.ts';
import { parseReference } from '../../src/reference/reference.ts';
import { generic, network } from '../networks.ts';
import { each, judged, logits, loss, right, transposed } from './theirs.ts';

const net = network({ ...generic, reg: 2 });

describe('a loss may differ', () => {
  const check = gradcheck(net, { sample: 0 });
  const ours = check.loss;
  const u = 2 ** -24;
  const R = textbookSize(check.pass, u).loss;
  const verdict = (part: 'data' | 'regularization' | 'total', off: number, options = {}) =>
    new Allowance('float32', check, CANONICAL, options).loss(part, ours[part], ours[part] + off);

  test.each([
    ['data', R.data],
    ['regularization', R.regularization],
    ['total', R.data + R.regularization],
  ] as const)('by 8uR of its %s, besides tolerances', (part, size) => {
    for (const sign of [1, -1]) {
      const by = (factor: number) => verdict(part, sign * factor * 8 * u * size, { rtol: 0 });
      expect([by(0.99), by(1.01)]).toEqual(['agree', 'mismatch']);
    }
    expect(verdict(part, 0.3, { rtol: 0, atol: 0.25 })).toBe('mismatch');
    expect(verdict(part, 0.2, { rtol: 0, atol: 0.25 })).toBe('agree');
  });

  test('by a relative tolerance of the larger of both', () => {
    const by = (factor: number) => verdict('total', (factor - 1) * ours.total, { rtol: 0.1 });
    expect([1 / 0.9005, 1 / 0.8995, 0.9005, 0.8995].map(by)).toEqual([
      'agree',
      'mismatch',
      'agree',
      'mismatch',
    ]);
  });
});

/** A sample of whose class nobody doubts: its loss is 8e-7, with a penalty on large weights. */
const confident = network({ X: '1', y: [0], W: ['14; 0'], b: [[0, 0]], reg: 0.5 });

describe('a loss that is as small as its rounding', () => {
  const verdictIn = (of: Network, precision: Precision) => {
    const check = gradcheck(of, { sample: 0 });
    return new Allowance(precision, check, CANONICAL).loss('data', check.loss.data, check.loss.data);
  };

  test('says nothing in float32, and agrees in float64', () => {
    expect(lossOf(forward(confident)).data).toBeLessThan(1e-6);
    expect([verdictIn(confident, 'float32'), verdictIn(confident, 'float64')]).toEqual([
      'inconclusive',
      'agree',
    ]);
    expect(verdictIn(net, 'float32')).toBe('agree');
  });

  test('agrees in half precision, where all of it is rounded, and where it is 0', () => {
    expect(verdictIn(confident, 'float16')).toBe('agree');
    const zero = network({ X: '1', y: [0], W: ['9; 0'], b: [[0, 0]] }, 'relu', {
      output: 'identity',
      loss: 'hinge',
    });
    expect(verdictIn(zero, 'float32')).toBe('agree');
  });

  test('does not pass alone', () => {
    const theirs = parseReference('theirs', {
      dtype: 'float32',
      loss: { data: lossOf(forward(confident)).data },
    });
    const { references } = compare(confident, [theirs], { only: ['loss'] });
    expect(references[0]).toMatchObject({ passed: false, loss: { passed: true } });
  });

  test('is refused by --strict, unless that is accepted', () => {
    const { data } = lossOf(forward(confident));
    const theirs = parseReference('theirs', {
      dtype: 'float32',
      gradients: backprop(forward(confident)),
      loss: { data },
    });
    const only = ['dW1', 'loss'];
    const { references, check } = compare(confident, [theirs], { only });
    expect(references[0]).toMatchObject({ passed: true, loss: { parts: [{ verdict: 'inconclusive' }] } });
    expect(references[0]!.tensors).toMatchObject([{ name: 'dW1', mismatched: 0, inconclusive: 0 }]);
    const unseen = [
      ...references[0]!.strength!.missed,
      ...check.audit.mistakes.filter(({ caught }) => !caught),
    ];
    const allow = unseen.map(({ mistake }) => mistake);
    const passes = (options: CompareOptions) =>
      compare(confident, [theirs], { only, strict: true, ...options }).passed;
    expect([passes({ allow }), passes({ allow: ['inconclusive', ...allow] })]).toEqual([false, true]);
  });
});

test('of two references --strict refuses the one that is open, whichever comes first', () => {
  const weak = network({ ...generic, reg: 3e-4 });
  const exact = parseReference('exact', { gradients: backprop(forward(weak)) });
  const faint = parseReference('faint', { dtype: 'float16', gradients: backprop(forward(weak)) });
  const { references, check } = compare(weak, [exact, faint]);
  expect(references.map(({ passed }) => passed)).toEqual([true, true]);
  const allow = check.audit.mistakes.filter(({ caught }) => !caught).map(({ mistake }) => mistake);
  const passes = (...given: (typeof exact)[]) => compare(weak, given, { strict: true, allow }).passed;
  expect(passes(exact)).toBe(true);
  expect(references[1]!.strength!.missed.length).toBeGreaterThan(allow.length);
  expect([passes(faint), passes(exact, faint), passes(faint, exact)]).toEqual([false, false, false]);
});

describe('a wrong loss', () => {
  test('is explained before what is behind wrong gradients', () => {
    const wrong = judged({ ...right, loss: { ...loss, regularization: 2 * loss.regularization } });
    expect(wrong.where.length).toBeGreaterThan(0);
    expect(wrong.diagnosis).toEqual([]);
    const both = judged({
      ...right,
      dW1: each(right.dW1, (value) => -value),
      loss: { ...loss, regularization: 2 * loss.regularization },
    });
    expect(both.where[0]).toEqual(wrong.where[0]);
    expect(judged({ ...right, loss }).where).toEqual([]);
  });
});

describe('what is not asked for is not told of, either', () => {
  const turned = { ...right, W1: [[1]], logits: transposed(logits) };

  test('of logits alone how they were read, of a loss nothing', () => {
    const read = (only?: string[]) =>
      judged({ ...turned, loss: loss.total }, only ? { only } : {}).read.map(({ from }) => from);
    expect(read()).toContain('samples rows');
    expect(read(['logits'])).toEqual(['samples rows']);
    expect(read(['loss'])).toEqual([]);
    expect(judged({ fc1: [[1]], loss: loss.total }, { only: ['loss'] })).toMatchObject({
      tensors: [],
      hints: [],
      passed: true,
    });
  });

  test('logits that are printed are judged so by themselves', () => {
    const printed = { ...right, logits: each(logits, (z) => Number(z.toFixed(4))) };
    expect(judged(printed)).toMatchObject({ passed: true, printed: '4 decimals', logits: { mismatched: 0 } });
  });
});

describe('a gradient that is missing', () => {
  const problem = (reference: object, name: string) =>
    judged(reference).tensors.find((tensor) => tensor.name === name)!.problem;

  test('is one of biases, where there are none at all: the config may say so', () => {
    const { dW1, dW2 } = right;
    expect(problem({ dW1, dW2 }, 'db1')).toContain('"biases": "none"');
    expect(problem({ dW1 }, 'dW2')).toBe('missing: the reference has no such tensor');
    expect(problem({ dW1, dW2, db2: right.db2 }, 'db1')).toBe('missing: the reference has no such tensor');
    expect(problem({ loss: 1 }, 'db1')).toBe('missing: the reference has no such tensor');
  });
});
