import { describe, expect, test } from 'vitest';
import { Budget } from '../../src/files/budget.ts';
import { readTextArrays, writeTextArrays } from '../../src/files/text-arrays.ts';

const options = { numbers: ['loss', 'logits'], words: ['samples', 'weights', 'dtype'] };
const read = (text: string) => readTextArrays('mine', text, options);
const namesIn = (text: string): readonly string[] => read(text).arrays.names;
const array = (text: string, name = 'dW1') => {
  const { shape, data } = read(text).arrays.read(name);
  return { shape, data: [...data] };
};

describe('an array is a line of name, count of dimensions, dimensions, values', () => {
  test('as it is written and read back, to the bit', () => {
    const values = [0.1, 1 / 3, -0, 5e-324, 1.7976931348623157e308, Number.NaN, -Infinity, 1e21];
    const text = writeTextArrays([
      { name: 'dW1', shape: [2, 4], dtype: 'float64', data: Float64Array.from(values) },
      { name: 'loss', shape: [], dtype: 'float64', data: Float64Array.of(0.5) },
      { name: 'samples', shape: [], values: ['rows'] },
    ]);
    expect(text).toBe(
      'dW1 2 2 4 0.1 0.3333333333333333 -0 5e-324 1.7976931348623157e+308 NaN -Infinity 1e+21\nloss 0 0.5\nsamples rows\n',
    );
    const { arrays, besides } = read(text);
    expect(besides).toBeUndefined();
    expect(arrays.names).toEqual(['dW1', 'loss', 'samples']);
    expect(arrays.read('dW1')).toEqual({
      name: 'dW1',
      shape: [2, 4],
      dtype: '',
      data: Float64Array.from(values),
    });
    expect(arrays.readStrings('samples')?.values).toEqual(['rows']);
  });

  test('as a list of words is written', () => {
    expect(writeTextArrays([{ name: 'activation', shape: [2], values: ['sigmoid', 'elu:0.5'] }])).toBe(
      'activation sigmoid elu:0.5\n',
    );
  });

  test.each<[string, string, number[]]>([
    [
      'C prints them',
      '1.0000000000000000e+00 -nan inf -inf .5 2.',
      [1, Number.NaN, Infinity, -Infinity, 0.5, 2],
    ],
    [
      'Fortran does',
      '0.1D+01 -2.5d-1 NaN Infinity -Infinity +3.',
      [1, -0.25, Number.NaN, Infinity, -Infinity, 3],
    ],
    [
      'R and Windows do',
      'NA NaN -Inf Inf -nan(ind) 1e-300',
      [Number.NaN, Number.NaN, -Infinity, Infinity, Number.NaN, 1e-300],
    ],
  ])('with numbers as %s', (_, values, expected) => {
    expect(array(`dW1 1 6 ${values}`).data).toEqual(expected);
  });

  test.each([
    ['tabs, spaces and the ends of lines of Windows', '  dW1\t2  2 2\t1 2 3 4 \r\n\r\ndb1 1 1 5\r\n'],
    ['no end of its last line', 'dW1 2 2 2 1 2 3 4'],
    ['a row in each line', 'dW1 2 2 2\n  1 2\n  3 4\ndb1 1 1 5'],
    ['values that begin behind its name', 'dW1 2 2 2 1\n2 3\n\n4\n'],
  ])('with %s', (_, text) => {
    expect(array(text)).toEqual({ shape: [2, 2], data: [1, 2, 3, 4] });
  });

  test('with no value where a dimension is 0', () => {
    expect(array('dW1 2 0 3')).toEqual({ shape: [0, 3], data: [] });
  });

  test('with more values than were foreseen', () => {
    const values = Array.from({ length: 5000 }, (_, i) => i / 7);
    expect(array(`dW1 1 5000 ${values.join(' ')}`).data).toEqual(values);
  });
});

describe('a line that is no array is passed over', () => {
  test.each([
    'J = 2.2866',
    'epoch 1 loss 0.5',
    'W1 shape (4, 3)',
    'dW1: 2 4 3',
    'loss: 0.5',
    '[1, 2]',
    '0.6931',
    'step 1 50000 of many',
    'converged',
    'activation relu',
    'iter 2 3',
  ])('%s', (line) => {
    const { arrays, besides } = read(`${line}\ndW1 1 1 1\nepoch\n`);
    expect(arrays.names).toEqual(['dW1']);
    expect(besides).toEqual({ first: line, lines: 2 });
  });

  test('though very many of them claim to be large', () => {
    const text = `${'step 1 4000000000 of many\n'.repeat(20_000)}dW1 1 1 1`;
    const { arrays, besides } = readTextArrays('mine', text, { ...options, budget: new Budget(8) });
    expect([arrays.names, besides?.lines]).toEqual([['dW1'], 20_000]);
  });

  test('and one of another name stands for itself', () => {
    expect(namesIn('seed 0 42\nseed 0 43\ndW1 1 1 1')).toEqual(['seed', 'dW1']);
  });
});

describe('a line that begins like an array of a reference and is none is an error at its place', () => {
  const form = 'name, count of dimensions, dimensions, values (dW1 2 4 3 0.1 0.2 …; loss 0 0.5)';
  test.each([
    ['dW1 2 2 2 1 2 x 4', '1:15: dW1: expected a number, found "x"'],
    ['dW1 2 2 2 1 2 3', '1:11: dW1: expected 4 values of 2 × 2, found 3'],
    ['dW1 2 2 2 1 2 3\ndb1 1 1 0', '1:11: dW1: expected 4 values of 2 × 2, found 3'],
    ['dW1 2 2 2 1 2 3 4 5', '1:11: dW1: expected 4 values of 2 × 2, found 5'],
    ['loss 0', '1:7: loss: expected 1 values of a number, found 0'],
    ['log\nloss 0.5', `2:6: loss: expected the count of its dimensions, found 0.5; the form is: ${form}`],
    [
      'fc1.weight',
      `1:11: fc1.weight: expected the count of its dimensions, found the end of the line; the form is: ${form}`,
    ],
    ['dW1 2 4', `1:8: dW1: expected dimension 2 of 2, found the end of the line; the form is: ${form}`],
    ['dW1 2 4 -3 1', `1:9: dW1: expected dimension 2 of 2, found -3; the form is: ${form}`],
    ['dW1 99 1 1', '1:5: dW1: expected at most 64 dimensions, found 99'],
    ['dW1 1 1 1\ndW1 1 1 2', '2:1: dW1: expected each array once, found a second one of this name'],
    ['dW1 1 2\n1 2\n3', `3:1: expected ${form}; found one more value than that array has`],
    ['', `1:1: expected lines of ${form}; found an empty text`],
    ['2 2 2 1 2 3 4', `1:1: expected lines of ${form}; found "2 2 2 1 2 3 4"`],
  ])('%j', (text, message) => {
    expect(() => read(text)).toThrow(`mine:${message}`);
  });

  test('that shows no more of it than a window', () => {
    expect.assertions(1);
    try {
      read(`dW1 1 100000 ${'1 '.repeat(50_000)}x ${'1 '.repeat(49_999)}`);
    } catch (error) {
      expect(error).toMatchObject({ problems: [{ line: 1, column: 100_014, window: { caret: 40 } }] });
    }
  });

  test('where it takes more room than there is', () => {
    expect(() => readTextArrays('mine', 'dW1 1 2 1 2', { ...options, budget: new Budget(8) })).toThrow(
      'mine: too large',
    );
  });
});
