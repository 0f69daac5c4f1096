import { describe, expect, test } from 'vitest';
import { formatColumn, formatError, formatNumber } from '../../src/report/numbers.ts';

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

describe('a column of numbers', () => {
  test.each<[string, number[], number, string[]]>([
    ['has as many decimals in each row', [0.5, 1, 1.25], 6, ['0.50', '1.00', '1.25']],
    ['has no zeros that no row needs', [1, 2, 3], 6, ['1', '2', '3']],
    ['of zeros is of zeros', [0, 0], 6, ['0', '0']],
    ['shows no sign of a negative zero', [-0, 0.5], 6, ['0.0', '0.5']],
    ['of nothing is of nothing', [], 6, []],
    ['has the digits asked for', [12.345678, -0.5], 4, ['12.35', '-0.50']],
    ['has them of numbers below 1', [0.123456789, 0.5], 4, ['0.1235', '0.5000']],
    ['has them of small numbers', [0.00123456], 4, ['0.001235']],
    ['rounds, and then needs fewer', [9.999999668804996], 6, ['10']],
    ['has an exponent where a number is tiny', [1e-24, 1.5, 0], 3, ['1.00e-24', '1.50e+0', '0']],
    ['has an exponent where a number is huge', [1e6, -1], 6, ['1.00000e+6', '-1.00000e+0']],
    ['has none where all digits are whole', [123456, -1], 6, ['123456', '-1']],
    ['keeps five whole digits even of few', [12345, 1], 2, ['12345', '1']],
    ['names what is no number', [nan, 1.5, inf, -inf], 6, ['NaN', '1.5', 'Infinity', '-Infinity']],
    ['names what is no number beside exponents', [nan, 1e-9, -inf], 2, ['NaN', '1.0e-9', '-Infinity']],
    ['of no numbers has their names', [nan, inf], 6, ['NaN', 'Infinity']],
    ['of one digit has whole exponents', [1e-9, 2e9], 1, ['1e-9', '2e+9']],
    ['can have all 17', [0.1, 0.3], 17, ['0.10000000000000001', '0.29999999999999999']],
  ])('%s', (_, values, digits, expected) => {
    expect(formatColumn(values, digits)).toEqual(expected);
  });

  test.each([
    [[12345.6, 0.0012], 6],
    [[99999, -0.01], 5],
    [[7, 0.0002], 3],
    [[1e15, 1e-3], 17],
  ])('never shows a number as 0 that is not: %j with %i digits', (values, digits) => {
    for (const text of formatColumn(values, digits)) expect(Number(text)).not.toBe(0);
  });

  test.each([1, 3, 6, 17])('is read back to the %i digits that it has', (digits) => {
    const values = [0.000123456789, 0.0987654321, 1.23456789, 98.7654321, 4567.891, 2.5e7, 3.25e-9];
    for (const value of values) {
      const error = Math.abs(Number(formatNumber(value, digits)) - value) / value;
      expect(error, `${value}`).toBeLessThanOrEqual(0.5 * 10 ** (1 - digits) + 1e-15);
    }
  });

  test('of 200,000 numbers is one too', () => {
    expect(formatColumn(Array(200_000).fill(0.25), 6)).toHaveLength(200_000);
  });
});

describe('the size of an error', () => {
  test.each([
    [0, '0'],
    [0.5, '0.50'],
    [0.0123, '0.012'],
    [0.00999, '1.0e-2'],
    [1, '1.0'],
    [42.4, '42'],
    [123.4, '1.2e+2'],
    [4.440892098500626e-16, '4.4e-16'],
    [5e-324, '4.9e-324'],
    [1e308, '1.0e+308'],
    [nan, 'NaN'],
    [inf, 'Infinity'],
  ])('%d is told in two digits: %s', (value, expected) => {
    expect(formatError(value)).toBe(expected);
  });
});
