import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import {
  GIVE_WORDS,
  type Give,
  type GiveWord,
  givenText,
  giveOf,
  giveWordsOf,
  layoutGiven,
} from '../../src/reference/give.ts';

const NET = {
  name: 'my net',
  X: [[1, 2]],
  y: [0, 1],
  W1: [[0.1], [3]],
  b1: [4, 5],
  W2: [
    [7, 8],
    [10, 11],
  ],
  b2: [13, 14],
};
const problem = parseConfig(NET);
const given = (give: Give) => JSON.parse(givenText(problem, give)) as Record<string, unknown>;

describe('the words of --give', () => {
  test('say one thing each, in all what they say together', () => {
    expect(GIVE_WORDS.map((word) => giveOf([word]))).toEqual([
      { samples: 'columns' },
      { samples: 'rows' },
      { weights: 'out-in' },
      { weights: 'in-out' },
      { biases: 'separate' },
      { biases: 'first' },
      { biases: 'last' },
      { text: true },
    ]);
    expect(giveOf([])).toEqual({});
    expect(giveOf(['rows', 'text', 'first', 'in-out', 'rows'])).toEqual({
      samples: 'rows',
      weights: 'in-out',
      biases: 'first',
      text: true,
    });
  });

  test.each<[GiveWord[], string]>([
    [['rows', 'columns'], 'Arrays are given as rows or as columns, not both.'],
    [['out-in', 'text', 'in-out'], 'Arrays are given as out-in or as in-out, not both.'],
    [['separate', 'last'], 'Arrays are given as separate or as last, not both.'],
  ])('%j contradict each other', (words, message) => {
    expect(() => giveOf(words)).toThrow(new RangeError(message));
    expect(giveWordsOf(words)).toBeUndefined();
  });

  test('stand in one text or in several', () => {
    expect(giveWordsOf('rows, in-out')).toEqual(['rows', 'in-out']);
    expect(giveWordsOf(['rows,text', ' last '])).toEqual(['rows', 'text', 'last']);
    expect(giveWordsOf([])).toEqual([]);
    for (const text of ['row', 'rows,', 'rows in-out', '']) expect(giveWordsOf(text)).toBeUndefined();
  });
});

test('a network lies as it is given, elsewhere as it does, and one without biases gets none', () => {
  const own = { samples: 'columns', weights: 'out-in', biases: 'separate' };
  expect(layoutGiven(problem, {})).toEqual(own);
  expect(layoutGiven(problem, { samples: 'rows' })).toEqual({ ...own, samples: 'rows' });
  expect(layoutGiven(problem, { weights: 'in-out', biases: 'first' })).toEqual({
    ...own,
    weights: 'in-out',
    biases: 'first',
  });
  const { b1: _, b2: __, ...unbiased } = NET;
  expect(layoutGiven(parseConfig({ ...unbiased, biases: 'none' }), { biases: 'first' })).toEqual({
    ...own,
    biases: 'none',
  });
});

describe('a config is given', () => {
  test('as JSON, with its defaults filled in', () => {
    expect(given({})).toMatchObject({
      ...NET,
      activation: ['sigmoid'],
      output: 'softmax',
      samples: 'columns',
      weights: 'out-in',
      biases: 'separate',
    });
  });

  test('as its arrays are wanted', () => {
    expect(given({ samples: 'rows', weights: 'in-out', biases: 'last' })).toMatchObject({
      X: [[1], [2]],
      W1: [
        [0.1, 3],
        [4, 5],
      ],
      W2: [
        [7, 10],
        [8, 11],
        [13, 14],
      ],
    });
  });

  test('as lines of text without its name, which may have several words', () => {
    const lines = givenText(problem, { text: true }).split('\n');
    expect(lines).toContain('X 2 1 2 1 2');
    expect(lines).toContain('W1 2 2 1 0.1 3');
    expect(lines.find((line) => line.startsWith('activation'))).toContain('sigmoid');
    expect(lines.some((line) => line.startsWith('name'))).toBe(false);
  });

  test('without activations where it has no hidden layer', () => {
    const text = givenText(parseConfig({ X: [[1]], y: [0], W1: [[1], [2]], b1: [0, 0] }), { text: true });
    expect(text).not.toContain('activation');
    expect(text).toContain('W1 2 2 1 1 2');
  });
});
