import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { backprop } from '../../src/index.ts';
import { config, judged, logits, problems, type Rows, readings, right, transposed } from './theirs.ts';

const { dW1, db1, dW2, db2 } = right;
const turned = { dW1: transposed(dW1), db1, dW2: transposed(dW2), db2 };

/** (db | dW), or (dW | db) */
const folded = (at: 'first' | 'last'): { dW1: Rows; dW2: Rows } => {
  const join = (W: Rows, b: number[]): Rows =>
    W.map((row, i) => (at === 'first' ? [b[i]!, ...row] : [...row, b[i]!]));
  return { dW1: join(dW1, db1), dW2: join(dW2, db2) };
};

describe('a reference may lie otherwise than its config, and says so', () => {
  test.each<[string, object]>([
    ['its weights', { weights: 'in-out', ...turned }],
    ['its samples', { samples: 'rows', ...right, logits: transposed(logits) }],
    ['its biases, first', { biases: 'first', ...folded('first') }],
    ['its biases, last', { biases: 'last', ...folded('last') }],
    [
      'all of it',
      {
        samples: 'rows',
        weights: 'in-out',
        biases: 'last',
        dW1: transposed(folded('last').dW1),
        dW2: transposed(folded('last').dW2),
        logits: transposed(logits),
      },
    ],
    ['a flat list, row by row as it lies', { weights: 'in-out', ...turned, dW1: turned.dW1.flat() }],
  ])('%s', (_, reference) => {
    const verdict = judged(reference);
    expect(problems(verdict)).toEqual([]);
    expect(verdict).toMatchObject({ passed: true, read: [] });
  });

  test('and is held to it', () => {
    const verdict = judged({ weights: 'in-out', ...right });
    expect(problems(verdict)).toEqual([
      'dW1: wrong shape: expected 3 × 4, found 4 × 3',
      'dW2: wrong shape: expected 4 × 5, found 5 × 4',
    ]);
    const samples = judged({ samples: 'rows', ...right, logits });
    expect(samples.logits?.problem).toBe('wrong shape: expected 7 × 5, found 5 × 7');
  });

  test.each([
    ['weights', 'in_out', 'expected one of out-in, in-out; found "in_out"; did you mean in-out?'],
    ['samples', 'row', 'expected one of columns, rows; found "row"; did you mean rows?'],
    ['biases', 'left', 'expected one of separate, none, first, last; found "left"'],
  ])('a slip in its %s is an error', (key, value, message) => {
    expect(() => judged({ [key]: value, ...right })).toThrow(message);
  });
});

describe('a reference that fits another layout only is read so, with a note', () => {
  test.each<[string, object, string]>([
    ['weights in-out', turned, 'weights out-in ← weights in-out'],
    [
      'weights in-out, one of them flat',
      { ...turned, dW2: turned.dW2.flat() },
      'weights out-in ← weights in-out',
    ],
    ['logits in rows', { ...right, logits: transposed(logits) }, 'samples columns ← samples rows'],
    ['biases before the weights, which their values tell', folded('first'), 'biases separate ← biases first'],
    ['biases behind the weights', folded('last'), 'biases separate ← biases last'],
    [
      'both, as Ng’s Theta transposed',
      { dW1: transposed(folded('first').dW1), dW2: transposed(folded('first').dW2) },
      'weights out-in ← weights in-out, biases separate ← biases first',
    ],
    ['a batch of one', { ...right, dW1: [dW1] }, 'dW1 4 × 3 ← dW1 1 × 4 × 3'],
  ])('%s', (_, reference, expected) => {
    const verdict = judged(reference);
    expect(problems(verdict)).toEqual([]);
    expect(verdict.passed).toBe(true);
    expect(readings(verdict)).toBe(expected);
  });

  test('with a mistake in it that is named nevertheless', () => {
    const verdict = judged({ ...turned, dW1: transposed(dW1).map((row) => row.map((value) => -value)) });
    expect(verdict).toMatchObject({ passed: false, read: [{ from: 'weights in-out' }] });
    expect(verdict.tensors.find(({ name }) => name === 'dW1')).toMatchObject({
      mismatched: 12,
      problem: null,
    });
  });

  test('biases beside the weights, where the config has them in these', () => {
    const { W1, b1, W2, b2, ...rest } = config;
    const join = (W: Rows, b: number[]): Rows => W.map((row, i) => [...row, b[i]!]);
    const net = { ...rest, biases: 'last', W1: join(W1, b1), W2: join(W2, b2) };
    const [ours] = backprop(parseConfig(net)).gradients;
    expect(ours?.shape).toEqual([4, 4]);
    const verdict = judged(right, { net });
    expect(problems(verdict)).toEqual([]);
    expect(verdict.passed).toBe(true);
    expect(readings(verdict)).toBe('biases last ← biases separate');
  });
});

describe('nothing is read otherwise', () => {
  test('where only some matrices fit another layout', () => {
    const verdict = judged({ ...right, dW1: transposed(dW1) });
    expect(problems(verdict)).toEqual(['dW1: wrong shape: expected 4 × 3, found 3 × 4']);
  });

  test('where neither end holds the gradient of the biases: both are named', () => {
    const verdict = judged({ dW1: dW1.map((row) => [9, ...row]), dW2: dW2.map((row) => [...row, 9]) });
    expect(problems(verdict)[0]).toBe(
      'dW1: wrong shape: expected 4 × 3, found 4 × 4; what it has more may be the biases: say in it "biases": "first" or "biases": "last", whichever they are',
    );
  });

  test('where there are no biases at all', () => {
    const verdict = judged({ dW1, dW2 });
    expect(problems(verdict)).toEqual([
      expect.stringMatching(
        /^db1: missing: the reference has no gradients of biases at all; .*"biases": "none"/,
      ),
      expect.stringMatching(/^db2: missing/),
    ]);
  });
});

describe('an array of another rank is a wrong shape, and nothing worse', () => {
  test.each<[string, unknown, string]>([
    ['a number', 5, 'wrong shape: expected 4 × 3, found a number'],
    ['two matrices', [dW1, dW1], 'wrong shape: expected 4 × 3, found 2 × 4 × 3'],
    [
      'a trailing 1',
      dW1.map((row) => row.map((value) => [value])),
      'wrong shape: expected 4 × 3, found 4 × 3 × 1',
    ],
    ['nothing', [], 'wrong shape: expected 4 × 3, found 0'],
    ['nothing, twice', [[], []], 'wrong shape: expected 4 × 3, found 2 × 0'],
    [
      'ones without an end',
      Array.from({ length: 60 }).reduce((inner) => [inner], 1 as unknown),
      `wrong shape: expected 4 × 3, found ${Array(60).fill(1).join(' × ')}`,
    ],
  ])('%s', (_, value, problem) => {
    expect(problems(judged({ ...right, dW1: value }))).toEqual([`dW1: ${problem}`]);
  });

  test('but for the only number of a tensor of one', () => {
    const net = { X: [[1, 2]], y: [0, 1], W1: [[0.5]], b1: [0.1], output: 'sigmoid' };
    const [dW, db] = backprop(parseConfig(net)).gradients;
    expect(judged({ dW1: dW?.data[0], db1: db?.data[0] }, { net })).toMatchObject({ passed: true, read: [] });
  });
});
