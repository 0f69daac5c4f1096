import { describe, expect, test } from 'vitest';
import { config, each, judged, logits, type Rows, right, transposed } from './theirs.ts';

const negated = <T>(nested: T): T => each(nested, (value) => -value);
const changed = (rows: Rows, f: (value: number, i: number, j: number) => number): Rows =>
  rows.map((row, i) => row.map((value, j) => f(value, i, j)));
const ofRow = (row: number) => changed(right.dW1, (value, i, j) => (i === row ? value + j + 1 : value));
const shifted = each(logits, (z) => z + 1);

const said = (reference: object, options = {}) => {
  const { diagnosis, where } = judged(reference, options);
  return {
    named: diagnosis.map(({ mistake, layer, tensors }) => [mistake, layer, ...tensors].join(' ')),
    where: where.map(({ tensors, explanation }) => `${tensors.join()}: ${explanation}`),
  };
};

describe('what is wrong in a pattern is said before where to look', () => {
  test.each<[string, object, string, string]>([
    ['a row', { ...right, dW1: ofRow(1) }, 'dW1', 'dW1 is wrong in row 1 only'],
    [
      'a column',
      { ...right, dW2: changed(right.dW2, (value, _, j) => (j === 2 ? value + 1 : value)) },
      'dW2',
      'dW2 is wrong in column 2 only',
    ],
    [
      'an entry',
      { ...right, dW1: changed(right.dW1, (value, i, j) => (i === 1 && j === 2 ? value + 1 : value)) },
      'dW1',
      'dW1 is wrong in row 1 × column 2 only',
    ],
    [
      'a row, with the right logits',
      { ...right, logits, dW1: ofRow(3) },
      'dW1',
      'dW1 is wrong in row 3 only',
    ],
  ])('%s', (_, reference, name, pattern) => {
    const { named, where } = said(reference);
    expect(named).toEqual([]);
    expect(where[0]).toBe(`${name}: ${pattern}`);
    expect(where[1]).toContain(`${name}: db${name.at(-1)} agrees`);
    expect(where).toHaveLength(2);
  });

  test('but of none where the logits are wrong, which comes first', () => {
    expect(said({ ...right, logits: shifted, dW1: ofRow(1) }).where).toEqual([
      expect.stringContaining('the logits differ, so the forward pass is not the same'),
    ]);
  });

  test('nor of what has a name already, nor of another convention', () => {
    expect(said({ ...right, dW1: negated(right.dW1) })).toEqual({
      named: ['gradient-factor 1 dW1'],
      where: [],
    });
    expect(said(each(right, (value) => 7 * value)).where).toEqual([]);
    expect(judged(each(right, (value) => 7 * value)).convention?.options).toMatchObject({ reduction: 'sum' });
  });

  test('nor where no entry is right, nor of a pattern that is none', () => {
    const { where } = said({ ...right, db1: right.db1.map((value, i) => (i % 2 === 0 ? -value : value)) });
    expect(where).toEqual([expect.stringMatching(/^db1: dW1 agrees, so δ¹ is right/)]);
  });

  test('nor of an array that the network has not, beside one that it has', () => {
    const { where } = said({ ...right, dW1: ofRow(1), dW7: [[1]] });
    expect(where[0]).toBe('dW1: dW1 is wrong in row 1 only');
    expect(where.filter((one) => one.includes('dW7'))).toEqual([]);
  });
});

test.each<[string, object, string[]]>([
  ['one that is missing', { ...right, dW2: negated(right.dW2), db2: undefined }, ['gradient-factor 2 dW2']],
  [
    'a missing one of another layer',
    { ...right, dW2: negated(right.dW2), db1: undefined },
    ['gradient-factor 2 dW2'],
  ],
  ['one of another shape, of which nothing is said', { ...right, dW1: [[1, 2]] }, []],
  [
    'one of another shape, which it does not explain',
    { ...right, dW1: [[1, 2]], dW2: negated(right.dW2) },
    ['gradient-factor 2 dW2'],
  ],
])('a mistake is named beside %s', (_, reference, named) => {
  expect(said(reference)).toEqual({ named, where: [] });
});

describe('of what was asked for alone', () => {
  test('a mistake is named by its own tensors', () => {
    expect(said({ ...right, dW1: negated(right.dW1) }, { only: ['dW1'] }).named).toEqual([
      'gradient-factor 1 dW1',
    ]);
    expect(said({ ...right, dW1: negated(right.dW1) }, { only: ['dW2'] }).named).toEqual([]);
  });
});

describe('as the config’s arrays lie', () => {
  const { W1, b1, W2, b2, ...rest } = config;
  const join = (W: Rows, b: number[]): Rows => W.map((row, i) => [...row, b[i]!]);
  const folded = { dW1: join(right.dW1, right.db1), dW2: join(right.dW2, right.db2) };
  const ofFolded = (dW1: Rows) =>
    said({ ...folded, dW1 }, { net: { ...rest, biases: 'last', W1: join(W1, b1), W2: join(W2, b2) } });

  test.each<[string, Rows, RegExp[]]>([
    ['all is right', folded.dW1, []],
    ['nothing can be compared', [[1]], []],
    [
      'weights are wrong',
      changed(folded.dW1, (value, i, j) => (i === 1 && j === 1 ? value + 3 : value)),
      [/^dW1: dW1 is wrong in row 1 × column 1 only$/, /db1 agrees, so δ¹ is right, and dW1 does not/],
    ],
    [
      'biases are wrong',
      changed(folded.dW1, (value, i, j) => (j === 3 && i > 0 ? value + i : value)),
      [/^dW1: dW1 is wrong in rows 1–3 × column 3 only$/, /dW1 agrees, so δ¹ is right, and db1 does not/],
    ],
  ])('with biases among the weights it is told where %s', (_, dW1, where) => {
    expect(ofFolded(dW1)).toEqual({ named: [], where: where.map((one) => expect.stringMatching(one)) });
  });

  test('rows in another order are columns where the weights lie in-out', () => {
    const turned = { dW1: transposed(right.dW1), db1: right.db1, dW2: transposed(right.dW2), db2: right.db2 };
    const net = { ...config, weights: 'in-out', W1: transposed(W1), W2: transposed(W2) };
    const order = (rows: Rows): Rows => [rows[1]!, rows[2]!, rows[0]!, ...rows.slice(3)];
    const explained = (dW1: Rows) =>
      judged({ ...turned, dW1 }, { net }).diagnosis.map(({ mistake, explanation }) => [
        mistake,
        explanation.match(/rows|columns/)?.[0],
      ]);
    expect(explained(order(turned.dW1))).toEqual([['permuted-rows', 'rows']]);
    expect(explained(transposed(order(right.dW1)))).toEqual([['permuted-columns', 'columns']]);
    const usual = judged({ ...right, dW1: order(right.dW1) }).diagnosis;
    expect(usual.map(({ mistake }) => mistake)).toEqual(['permuted-rows']);
  });
});
