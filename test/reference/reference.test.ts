import { describe, expect, test } from 'vitest';
import { Budget } from '../../src/files/budget.ts';
import { InputError } from '../../src/files/errors.ts';
import { parseReference, type Reference } from '../../src/reference/reference.ts';

const tensors = ({ tensors }: Reference): Record<string, [readonly number[], number[]]> =>
  Object.fromEntries(tensors.map(({ name, shape, data }) => [name, [shape, [...data]]]));

describe('a reference holds', () => {
  test.each<[string, string | object, Record<string, [number[], number[]]>]>([
    [
      'gradients at the top level',
      { dW1: [[1, 2]], db1: [3] },
      {
        dW1: [
          [1, 2],
          [1, 2],
        ],
        db1: [[1], [3]],
      },
    ],
    [
      'gradients under gradients',
      { gradients: { dW1: [[1], [2]] } },
      {
        dW1: [
          [2, 1],
          [1, 2],
        ],
      },
    ],
    [
      'only those under gradients, where there are such, and no parameters',
      { gradients: { dW1: [1] }, W1: [2] },
      { dW1: [[1], [1]] },
    ],
    [
      'what has other names, to be told that it is unknown',
      { grad: [1], dW1: [2] },
      { grad: [[1], [1]], dW1: [[1], [2]] },
    ],
    [
      'nothing of who made it',
      { version: 1, provenance: { torch: '2' }, name: 'x', dW1: [2] },
      { dW1: [[1], [2]] },
    ],
    [
      'a bias as a column',
      { db1: [[1], [2]] },
      {
        db1: [
          [2, 1],
          [1, 2],
        ],
      },
    ],
    [
      'arrays of any depth',
      {
        dW1: [
          [
            [1, 2],
            [3, 4],
          ],
        ],
      },
      {
        dW1: [
          [1, 2, 2],
          [1, 2, 3, 4],
        ],
      },
    ],
    [
      'bare words that Python writes',
      '{"dW1": [NaN, Infinity, -Infinity]}',
      { dW1: [[3], [Number.NaN, 1 / 0, -1 / 0]] },
    ],
    [
      'the same words as texts',
      '{"dW1": ["NaN", "Infinity", "-Infinity"]}',
      { dW1: [[3], [Number.NaN, 1 / 0, -1 / 0]] },
    ],
    [
      'no word inside a text',
      '{"note \\" NaN": "Infinity, NaN", "dW1": [NaN]}',
      { dW1: [[1], [Number.NaN]] },
    ],
    ['a text that starts with a byte order mark', '\ufeff{"dW1": [1]}', { dW1: [[1], [1]] }],
  ])('%s', (_, given, expected) => {
    expect(tensors(parseReference('theirs', given))).toEqual(expected);
  });

  test.each([
    ['a number', 1.5, { total: 1.5 }],
    ['all parts', { data: 1, regularization: 0.5, total: 1.5 }, { data: 1, regularization: 0.5, total: 1.5 }],
    ['some parts', { data: 1 }, { data: 1 }],
    ['parts and more', { data: 1, weightNorms: { W1: 2 } }, { data: 1 }],
    ['a NaN', 'NaN', { total: Number.NaN }],
    ['nothing', undefined, undefined],
    ['null', null, undefined],
    ['an array of one number, as a sum that keeps its dimensions', [[2]], { total: 2 }],
  ])('a loss that is %s', (_, loss, expected) => {
    expect(parseReference('theirs', { dW1: [1], loss }).loss).toEqual(expected);
  });

  test('logits', () => {
    const { logits } = parseReference('theirs', {
      dW1: [1],
      logits: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    });
    expect(logits).toEqual({ name: 'logits', shape: [3, 2], data: Float64Array.of(1, 2, 3, 4, 5, 6) });
    expect(parseReference('theirs', { dW1: [1] }).logits).toBeUndefined();
  });

  test.each([
    ['what it says', { dtype: 'float16', dW1: [1 / 3] }, 'float16', 'declared'],
    ['what its gradients give away', { dW1: [Math.fround(1 / 3)] }, 'float32', 'values'],
    ['what its logits give away', { dW1: [0.5], logits: [[Math.fround(0.1)]] }, 'float32', 'values'],
    ['float64 else', { dW1: [1 / 3] }, 'float64', 'values'],
  ])('a precision, %s', (_, given, precision, precisionFrom) => {
    expect(parseReference('theirs', given)).toMatchObject({ name: 'theirs', precision, precisionFrom });
  });
});

test('logits may be a tensor, as the library has them', () => {
  const data = Float64Array.of(1, 2, 3);
  const { logits } = parseReference('theirs', { logits: { name: 'z', shape: [3, 1], data } });
  expect(logits).toEqual({ name: 'logits', shape: [3, 1], data });
});

test('what stands beside a config’s arrays makes a reference of them: gradients, or a rate', () => {
  for (const beside of [{ dW1: [[1]] }, { gradients: { W: [[1]] } }, { lr: 0.1 }])
    expect(parseReference('theirs', { X: [[1]], W1: [[1]], ...beside }).tensors.length).toBeGreaterThan(0);
  for (const half of [{ X: [[1]] }, { W1: [[1]] }])
    expect(() => parseReference('theirs', half)).not.toThrow('config');
  expect(parseReference('theirs', { dW1: [1], lr: null, learning_rate: 2 }).learningRate).toBe(2);
});

describe('a reference is refused that', () => {
  test.each<[string, string | object, string, string]>([
    ['is an array', [1], '', 'expected a reference, a JSON object with dW1, db1, …'],
    ['is a number', '5', '', 'expected a reference, a JSON object with dW1, db1, …'],
    ['holds nothing', {}, '', 'found none'],
    ['holds nothing that is judged', { version: 1, error: 'out of memory' }, '', 'found none'],
    ['has null for gradients', { gradients: null }, 'gradients', 'expected an object'],
    ['has a text among its numbers', { dW1: [[1, 'two']] }, 'dW1[0][1]', 'expected a number, found "two"'],
    ['has a boolean among them', { dW1: [true] }, 'dW1[0]', 'expected a number, found true'],
    ['has ragged rows', { gradients: { dW1: [[1, 2], [3]] } }, 'gradients.dW1[1]', 'expected an array of 2'],
    ['has a number for a row', { dW1: [[1, 2], 3] }, 'dW1[1]', 'expected an array of 2'],
    ['has a word for logits', { dW1: [1], logits: 'none' }, 'logits', 'expected a number, found "none"'],
    [
      'names another precision',
      { dW1: [1], dtype: 'half' },
      'dtype',
      'expected one of float64, float32, float16, bfloat16; found "half"',
    ],
    [
      'has a word for a loss',
      { dW1: [1], loss: { total: 'low' } },
      'loss.total',
      'expected a number, found "low"',
    ],
    ['has a word for its loss', { dW1: [1], loss: 'low' }, 'loss', 'expected a number, found "low"'],
    ['has two losses', { dW1: [1], loss: [1, 2] }, 'loss', 'expected a number, found an array'],
    ['has a loss three deep', { dW1: [1], loss: [[[1]]] }, 'loss', 'expected a number, found an array'],
    [
      'has a loss of no parts',
      { dW1: [1], loss: {} },
      'loss',
      'expected a number, or some of data, regularization, total; found none',
    ],
    [
      'has none of the parts of a loss',
      { dW1: [1], loss: { weightNorms: {} } },
      'loss',
      'expected a number, or some of data, regularization, total; found none',
    ],
    [
      'has a slip in a part of its loss',
      { dW1: [1], loss: { DATTA: 1 } },
      'loss.DATTA',
      'unknown part of a loss; did you mean data?',
    ],
    [
      'has a part of a loss that nobody knows',
      { dW1: [1], loss: { entropy: 1, total: 1 } },
      'loss.entropy',
      'unknown part of a loss; the parts are data, regularization, total',
    ],
    ['has a word for a rate', { W1: [1], lr: 'fast' }, 'lr', 'expected a number above 0, found "fast"'],
    ['is a config', { X: [[1]], W1: [[1]], b1: [0] }, '', 'this is a config, not a reference'],
    [
      'has a slip in its layout',
      { dW1: [1], weights: 'in_out' },
      'weights',
      'expected one of out-in, in-out; found "in_out"; did you mean in-out?',
    ],
    [
      'has gradients in two places',
      '{"gradients": {"dW1": [1]}, "dW1": [2]}',
      'dW1',
      'found some beside "gradients" too',
    ],
    [
      'has two lots of them',
      '{"grads": {"dW1": [1]}, "gradients": {"dW1": [2]}}',
      'grads',
      'found some beside',
    ],
    ['has a gradient twice', '{"dW1": [1], "dW1": [2]}', 'dW1', 'duplicate key'],
    [
      'has a gradient twice under gradients',
      '{"gradients": {"dW1": [1], "dW1": [2]}}',
      'gradients.dW1',
      'duplicate key',
    ],
  ])('%s', (_, given, path, message) => {
    const parsing = (): unknown => parseReference('theirs', given);
    expect(parsing).toThrow(InputError);
    expect(parsing).toThrow(message);
    const { problems } = caught(parsing);
    expect(problems.map((problem) => problem.file)).toEqual(['theirs']);
    expect(problems[0]?.path).toBe(path);
  });

  test('has mistakes in several places: each is named', () => {
    const { problems, omitted } = caught(() =>
      parseReference('theirs', { dW1: ['x'], db1: [null], dtype: 1 }),
    );
    expect(problems.map(({ path }) => path)).toEqual(['dtype', 'dW1[0]', 'db1[0]']);
    expect(omitted).toBe(0);
  });
});

function caught(run: () => unknown): InputError {
  try {
    run();
  } catch (error) {
    return error as InputError;
  }
  throw new Error('nothing was thrown');
}

describe('a reference is read', () => {
  test('as far as the memory goes', () => {
    const text = '{"dW1": [1, 2, 3]}';
    expect(parseReference('theirs', text, { budget: new Budget(1000) }).tensors).toHaveLength(1);
    expect(() => parseReference('theirs', text, { budget: new Budget(4) })).toThrow('too large');
  });

  test('by the names that it was given, each once', () => {
    const given = { a: [1], b: [2] };
    const { tensors } = parseReference('theirs', given, { rename: { a: 'dW1' } });
    expect(tensors.map(({ name, from }) => [name, from])).toEqual([
      ['dW1', 'a'],
      ['b', undefined],
    ]);
    expect(() => parseReference('theirs', given, { rename: { a: 'dW1', b: 'dW1' } })).toThrow(
      'expected each gradient once (--rename), found two called dW1',
    );
  });

  test('in the precision that is asked for, whatever it says', () => {
    for (const reference of [{ dW1: [1 / 3] }, { dtype: 'float64', dW1: [1] }])
      expect(parseReference('theirs', reference, { precision: 'float16' })).toMatchObject({
        precision: 'float16',
        precisionFrom: 'option',
      });
  });

  test('and an unknown part of its loss is shown where its key stands', () => {
    const [problem] = caught(() => parseReference('theirs', '{"dW1": [1],\n "loss": {"dat": 5}}')).problems;
    expect([problem!.line, problem!.column]).toEqual([2, 11]);
  });
});
