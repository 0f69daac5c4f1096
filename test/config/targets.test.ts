import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { matrixOf } from '../networks.ts';
import { expectOneError, textbookWith } from './text.ts';

/** 3 inputs, 2 samples, 4 hidden units and 5 outputs, or one; samples in columns, or in rows. */
const ONE = { W2: '[[1, 2, 3, 4]]', b2: '[0]' };
const ROWS = { samples: '"rows"', X: '[[0, 2, 4], [1, 3, 5]]' };
const SQUARED = { output: '"identity"', loss: '"squared-error"' };
const HINGE = { output: '"identity"', loss: '"hinge"' };
const SIGMOID = { output: '"sigmoid"' };

const read = (entries: Record<string, string>) => {
  const { network, labels } = parseConfig(textbookWith(entries));
  return { Y: network.Y, labels };
};

describe('class labels', () => {
  const labels = [3, 4];
  const Y = matrixOf('0 0; 0 0; 0 0; 1 0; 0 1');

  test.each([{}, SIGMOID, SQUARED, HINGE, { loss: '"half-squared-error"' }])(
    'are one-hot targets for any loss: %j',
    (entries) => {
      expect(read({ y: '[3, 4]', ...entries })).toEqual({ Y, labels });
    },
  );

  test('reads an N × 1 matrix of labels as flat', () => {
    expect(read({ y: '[[3], [4]]' })).toEqual({ Y, labels });
    expect(read({ y: '[[3], [4]]', ...ROWS })).toEqual({ Y, labels });
  });

  test('reads a 1 × N matrix of labels as flat', () => {
    expect(read({ y: '[[3, 4]]' })).toEqual({ Y, labels });
    expect(read({ y: '[[3, 4]]', ...ROWS })).toEqual({ Y, labels });
  });

  test.each([
    ['[[3], [7]]', '3:15 y[1][0]'],
    ['[[3, 7]]', '3:13 y[0][1]'],
  ])('in a matrix %s are named where they stand', (y, place) => {
    expectOneError(textbookWith({ y }), place, 'expected a class label from 0 to 4, found 7');
  });

  test.each([
    ['[1, 5]', '3:12 y[1]'],
    ['[5, 5]', '3:9 y[0]'],
    ['[[5], [2]]', '3:10 y[0][0]'],
  ])('that seem to count from 1 get that hint, once: %s', (y, place) => {
    const message =
      'expected a class label from 0 to 4, found 5; labels count from 0, and these seem to count from 1';
    expectOneError(textbookWith({ y }), place, message);
  });

  test.each(['[0, 5]', '[1, 6]'])('that cannot count from 1 get no such hint: %s', (y) => {
    expect(() => parseConfig(textbookWith({ y }))).toThrow(/found \d$/);
  });

  test('may be drawn as a constant', () => {
    expect(read({ y: '{"shape": [2], "constant": 4}' }).labels).toEqual([4, 4]);
  });
});

describe('targets of one unit', () => {
  test.each<[string, Record<string, string>]>([
    ['[0.25, 1]', SIGMOID],
    ['[[0.25], [1]]', SIGMOID],
    ['[[0.25], [1]]', { ...SQUARED, ...ROWS }],
    ['[[0.25, 1]]', SQUARED],
    ['[-3, 1e300]', SQUARED],
  ])('%s with %j are the numbers themselves', (y, entries) => {
    const { Y, labels } = read({ ...ONE, ...entries, y });
    expect({ rows: Y.rows, data: [...Y.data] }).toEqual({ rows: 1, data: JSON.parse(y).flat() });
    // As a matrix of 1 × N, or of N × 1 in rows, it is one of targets.
    const isMatrix = y === '[[0.25, 1]]' || 'samples' in entries;
    expect(labels).toEqual(isMatrix ? undefined : JSON.parse(y).flat());
  });

  test.each([
    ['[0.5, 1.5]', '3:14 y[1]', 'found 1.5'],
    ['[[-0.5, 1]]', '3:10 y[0][0]', 'found -0.5'],
    ['[[0], [2]]', '3:15 y[1][0]', 'found 2'],
  ])('%s: of a sigmoid lie from 0 to 1', (y, place, found) => {
    expectOneError(
      textbookWith({ ...ONE, ...SIGMOID, y }),
      place,
      `expected a target from 0 to 1, as a sigmoid is, ${found}`,
    );
  });
});

describe('matrices of targets', () => {
  const at = (...numbers: number[]): string =>
    JSON.stringify(Array.from({ length: 5 }, (_, k) => [numbers[k] ?? 0, k === 0 ? 1 : 0]));

  test('of a softmax with cross-entropy sum to 1', () => {
    expect(read({ y: at(0.5, 0.5) }).labels).toBeUndefined();
    expectOneError(textbookWith({ y: at(0.5, 0.4) }), '3:10 y[0][0]', 'sum to 1 (within 1e-6), found 0.9');
  });

  test('of sigmoids lie from 0 to 1, whatever they sum to', () => {
    expect([...read({ y: at(1, 1, 0.5), ...SIGMOID }).Y.data].slice(0, 5)).toEqual([1, 1, 1, 0, 0.5]);
    const message = 'expected a target from 0 to 1, as a sigmoid is, found 2';
    expectOneError(textbookWith({ y: at(0, 2), ...SIGMOID }), '3:16 y[1][0]', message);
  });

  test.each([SQUARED, { loss: '"squared-error"' }, { output: '"sigmoid"', loss: '"half-squared-error"' }])(
    'of a squared error are any finite numbers: %j',
    (entries) => {
      expect(read({ y: at(-7, 3.5), ...entries }).Y.data[0]).toBe(-7);
    },
  );

  test('of a hinge have one largest, the class', () => {
    expect(read({ y: at(-1, 3, 2), ...HINGE }).Y.data[2]).toBe(3);
    expectOneError(
      textbookWith({ y: at(-1, 3, 2, 3), ...HINGE }),
      '3:29 y[3][0]',
      'expected one largest target in sample 0, which tells its class; found another 3',
    );
  });

  test('in rows are named where they stand', () => {
    const y = '[[0, 0, 0, 1, 0], [0, 0, 0, 1.5, 1]]';
    const message = 'expected a target from 0 to 1, as a sigmoid is, found 1.5';
    expectOneError(textbookWith({ ...ROWS, ...SIGMOID, y }), '3:36 y[1][3]', message);
  });

  test('of one sample may be as long as it has classes', () => {
    const one = { X: '[[0], [2], [4]]', y: '[[0], [0], [0], [1], [0]]' };
    expect(read(one)).toEqual({ Y: matrixOf('0; 0; 0; 1; 0'), labels: undefined });
    expect(read({ ...one, y: '[[3]]' }).labels).toEqual([3]);
  });
});
