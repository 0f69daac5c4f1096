import { describe, expect, test } from 'vitest';
import { type Case, errorOf, expectError, expectOneError, textbookWith } from './text.ts';

const ARRAY =
  'an array of numbers, or an object with "file", or with "shape" and one of "constant", "normal", "uniform"';

describe('values of a wrong kind', () => {
  test.each<Case>([
    ['reg', '-0.5', '8:10 reg', 'expected a number of at least 0, found -0.5'],
    ['reg', '"0.5"', '8:10 reg', 'expected a finite number, found "0.5"'],
    ['reg', 'null', '8:10 reg', 'expected a finite number, found null'],
    ['reg', '1e999', '8:10 reg', 'expected a finite number'],
    [
      'samples',
      '"row"',
      '9:14 samples',
      'expected one of "columns", "rows", found "row"; did you mean rows?',
    ],
    [
      'weights',
      '"in_out"',
      '9:14 weights',
      'expected one of "out-in", "in-out", found "in_out"; did you mean in-out?',
    ],
    ['weights', '3', '9:14 weights', 'expected one of "out-in", "in-out", found 3'],
    [
      'biases',
      '"column"',
      '9:13 biases',
      'expected one of "separate", "none", "first", "last", found "column"',
    ],
    ['biases', 'false', '9:13 biases', 'found false; did you mean none?'],
    ['biases', 'true', '9:13 biases', 'found true; did you mean separate?'],
    ['seed', '1.5', '9:11 seed', 'expected an integer, found 1.5'],
    ['name', '3', '9:11 name', 'expected a string, found 3'],
    ['description', '[]', '9:18 description', 'expected a string, found an empty array'],
    ['$schema', 'true', '9:14 $schema', 'expected a string, found true'],
    ['reference', '3', '9:16 reference', 'expected a path, a list of paths, or a reference, found 3'],
    ['reference', '["a.json", 3]', '9:27 reference[1]', 'found 3'],
  ])('%s: %s: %s: %s', expectError);
});

describe('arrays', () => {
  test.each<Case>([
    ['X', 'null', '2:8 X', `expected ${ARRAY}, found null`],
    ['X', '7', '2:8 X', `expected ${ARRAY}, found 7`],
    ['X', '[]', '2:8 X', 'expected at least one number, found an empty array'],
    ['X', '[[], [], []]', '2:9 X[0]', 'expected at least one number in a row, found an empty row'],
    ['X', '[[0, 1], [2], [4, 5]]', '2:17 X[1]', 'expected a row of 2, as X[0] has; found 1'],
    ['X', '[[0, 1], 2, [4, 5]]', '2:17 X[1]', 'expected an array, found 2'],
    ['X', '[[0, 1], [2, "3"], [4, 5]]', '2:21 X[1][1]', 'expected a finite number, found "3"'],
    ['X', '[[0, 1], [2, null], [4, 5]]', '2:21 X[1][1]', 'expected a finite number, found null'],
    ['X', '[[0, 1], [2, 1e999], [4, 5]]', '2:21 X[1][1]', 'expected a finite number'],
    ['X', '[[0, 1], [2, [3]], [4, 5]]', '2:21 X[1][1]', 'expected a finite number, found an array of 1'],
    ['X', '[1, 2, 3]', '2:8 X', 'expected a matrix (an array of rows), found a flat array of 3'],
    ['W2', '[2, 2]', '6:9 W2', 'expected a matrix (an array of rows), found a flat array of 2'],
    ['b1', '[1, 1, "one", 1]', '5:16 b1[2]', 'expected a finite number, found "one"'],
    [
      'b1',
      '[[1, 1], [1, 1]]',
      '5:9 b1',
      'expected a vector, or a matrix of one column or one row; found 2 × 2',
    ],
    ['X', '{"shape": [3, 0], "constant": 1}', '2:22 X.shape[1]', 'expected a number above 0, found 0'],
    ['X', '{"shape": [3, 2.5], "constant": 1}', '2:22 X.shape[1]', 'expected an integer, found 2.5'],
    [
      'X',
      '{"shape": [3, 2, 1], "constant": 1}',
      '2:18 X.shape',
      'expected at most 2 elements, found an array of 3',
    ],
    ['X', '{"shape": [3, 2], "constant": "1"}', '2:38 X.constant', 'expected a finite number, found "1"'],
    [
      'X',
      '{"shape": [3, 2], "normal": {"mean": 0, "std": -1}}',
      '2:55 X.normal.std',
      'expected a number of at least 0, found -1',
    ],
    [
      'X',
      '{"shape": [3, 2], "normal": {"std": 1}}',
      '2:36 X.normal.mean',
      'expected a finite number, found nothing',
    ],
    [
      'X',
      '{"shape": [3, 2], "uniform": {"low": 0, "high": 1, "std": 1}}',
      '2:59 X.uniform.std',
      'unknown key',
    ],
  ])('%s: %s: %s: %s', expectError);

  test('a random array that overflows is not finite', () => {
    const uniform = '{"shape": [3, 2], "uniform": {"low": -1e308, "high": 1e308}}';
    expect(errorOf(textbookWith({ X: uniform })).problems[0]).toMatchObject({
      line: 2,
      message: expect.stringContaining('finite'),
    });
  });

  test('a shape that no memory holds is refused', () => {
    const text = textbookWith({ X: '{"shape": [1000000000, 1000000000], "constant": 1}' });
    expect(errorOf(text).problems[0]).toMatchObject({ line: 2, path: expect.stringContaining('X') });
  });
});

describe('what must fit together', () => {
  test.each<Case>([
    ['y', '[3, 5]', '3:12 y[1]', 'expected a class label from 0 to 4, found 5'],
    ['y', '[-1, 4]', '3:9 y[0]', 'expected a class label from 0 to 4, found -1'],
    ['y', '[3.5, 4]', '3:9 y[0]', 'expected a class label from 0 to 4, found 3.5'],
    ['y', '[3, 4, 0]', '2:8 X', 'expected 3 × 3, since W1 takes 3 inputs and y has 3 samples; found 3 × 2'],
    ['y', '[[1, 0], [0, 0], [0, 0], [0, 0], [0, 0.9]]', '3:13 y[0][1]', 'sum to 1 (within 1e-6), found 0.9'],
    [
      'y',
      '[[1, 0], [0, 0], [0.5, 0], [-0.5, 0], [0, 1]]',
      '3:36 y[3][0]',
      'expected a probability of at least 0, found -0.5',
    ],
    ['y', '[[0, 1], [1, 0]]', '3:8 y', 'expected 2 class labels, or targets that are 5 × 2; found 2 × 2'],
    ['y', '[[1], [0], [2]]', '3:8 y', 'expected 2 class labels, or targets that are 5 × 2; found 3 × 1'],
    [
      'X',
      '[[0, 1], [2, 3]]',
      '2:8 X',
      'expected 3 × 2, since W1 takes 3 inputs and y has 2 samples; found 2 × 2',
    ],
    [
      'W2',
      '[[2, 2, 2, 2], [2, 2, 2, 2]]',
      '6:9 W2',
      'expected 5 × 4, since b2 has 5 and b1 has 4; found 2 × 4',
    ],
    ['W1', '[[1, 2, 3]]', '4:9 W1', 'expected 4 rows, since b1 has 4; found 1 × 3'],
    ['b2', null, '1:1', 'b2 is missing: layers are numbered from 1 to 2 without a gap'],
    ['W1', null, '1:1', 'W1 is missing: layers are numbered from 1 to 2 without a gap'],
    [
      'activation',
      '["relu", "tanh"]',
      '9:17 activation',
      'expected 1 activation, one for each hidden layer; found 2',
    ],
    ['activation', '[]', '9:17 activation', 'expected 1 activation, one for each hidden layer; found 0'],
    [
      'activation',
      '["relu", "sigmoid"]',
      '9:17 activation',
      'found 2; that of the last layer is the "output"',
    ],
    ['X', null, '1:1', 'X is missing'],
    ['y', null, '1:1', 'y is missing'],
  ])('%s: %s: %s: %s', expectError);

  test('a network without layers says what it expects', () => {
    expect(errorOf('{"X": [[1]], "y": [0]}').message).toContain('expected the weights and biases W1, b1');
  });
});

test('in samples that lie in rows, a bad probability is named where it stands', () => {
  const X = '[[0, 2, 4], [1, 3, 5]]';
  const y = '[[0, 0, 0, 1, 0], [0, 0, 0, -0.5, 1.5]]';
  expectOneError(
    textbookWith({ samples: '"rows"', X, y }),
    '3:36 y[1][3]',
    'expected a probability of at least 0, found -0.5',
  );
});
