import { describe, expect, test } from 'vitest';
import { cpuTime } from '../cpu-time.ts';
import { type Case, errorOf, expectError, expectOneError, TEXTBOOK, textbookWith } from './text.ts';

describe('unknown keys', () => {
  test.each([
    ['w1', 'W1'],
    ['weights1', 'W1'],
    ['weight_2', 'W2'],
    ['bias_2', 'b2'],
    ['B3', 'b3'],
    ['Reg', 'reg'],
    ['lambda', 'reg'],
    ['weight_decay', 'reg'],
    ['labels', 'y'],
    ['inputs', 'X'],
    ['activations', 'activation'],
    ['activtion', 'activation'],
    ['sample', 'samples'],
    ['weigths', 'weights'],
    ['referense', 'reference'],
    ['Theta1', 'W1'],
    ['loss_function', 'loss'],
    ['criterion', 'loss'],
    ['final_activation', 'output'],
    ['output_activation', 'output'],
    ['hidden_activation', 'activation'],
    ['l2_penalty', 'reg'],
    ['redution', 'reduction'],
    ['bias', 'biases'],
    ['use_bias', 'biases'],
  ])('%s: did you mean %s?', (key, meant) => {
    expectError(key, '1', `9:3 ${key}`, `unknown key; did you mean ${meant}?`);
  });

  test('what is a number of λ may be a text of its penalty', () => {
    expectError('l2_penalty', '"full"', '9:3 l2_penalty', 'unknown key; did you mean penalty?');
  });

  test.each(['W0', 'W01', 'dropout', 'constructor', '__proto__', 'toString'])('%s: lists the keys', (key) => {
    expectError(
      key,
      '1',
      `9:3 ${key}`,
      'unknown key; the keys are name, description, X, y, reg, activation, output, loss',
    );
  });

  test('a misspelt X is not also missing', () => {
    expectOneError(TEXTBOOK.replace('"X"', '"x"'), '2:3 x', 'did you mean X?');
  });
});

describe('a text that is no config is refused where it stops being one', () => {
  test.each([
    ['nothing', '', '1:1', 'expected a JSON object, found an empty text'],
    ['blanks', ' \n ', '1:1', 'expected a JSON object, found an empty text'],
    ['an array', '[1]', '1:1', 'expected a config, a JSON object; found an array'],
    ['null', 'null', '1:1', 'expected a config, a JSON object; found null'],
    [
      'a comma too few',
      TEXTBOOK.replace('[3, 4],', '[3, 4]'),
      '4:3',
      'not JSON: expected a comma or }, found "W1"',
    ],
    ['two lines of one', TEXTBOOK.split('\n', 3).join('\n'), '3:15', 'not JSON: unexpected end of the text'],
    ['YAML', 'X: [[0, 1]]', '1:1', 'not JSON'],
  ])('%s', (_, text, place, message) => expectOneError(text, place, message));

  test.each<Case>([
    ['reg', 'NaN', '8:10 reg', 'expected a finite number, found NaN'],
    ['X', '[[0, Infinity]]', '2:13 X[0][1]', 'expected a finite number, found Infinity'],
    ['X', '[[0, -Infinity]]', '2:13 X[0][1]', 'expected a finite number, found -Infinity'],
    ['reg', '0.5 // λ', '8:14', 'not JSON: comments are not allowed'],
    ['reg', '0.5,', '9:1', 'not JSON: expected a key in double quotes, found }'],
  ])('%s: %s', expectError);

  test.each([
    ['unclosed', '['.repeat(100_000)],
    ['closed', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ])('arrays nested a hundred thousand deep, %s', (_, text) => {
    expect(errorOf(text).problems.length).toBe(1);
  });
});

test('a key that stands twice is refused at its second place', () => {
  const text = TEXTBOOK.replace('"reg": 0.5', '"b1": [0, 0, 0, 0]');
  expectOneError(text, '8:3 b1', 'duplicate key');
});

test.each(['1000000', '99999999999999999999'])(
  '%s layers, most of them missing, are refused quickly',
  (L) => {
    const start = cpuTime();
    const { problems } = errorOf(textbookWith({ [`W${L}`]: '[[1]]', [`b${L}`]: '[1]' }));
    expect(problems.length).toBeGreaterThan(0);
    expect(cpuTime() - start).toBeLessThan(1000);
  },
);
