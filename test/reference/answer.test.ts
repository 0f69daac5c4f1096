import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/files/errors.ts';
import { readTextArrays } from '../../src/files/text-arrays.ts';
import { lastObject } from '../../src/reference/answer.ts';
import { cpuTime } from '../cpu-time.ts';

/** Text with much of what JSON is made of in it. */
const junk = fc
  .array(fc.constantFrom('{', '}', '[', ']', '"', '\\', '\n', ' ', 'J = 2.3', ':', ',', '\u2028', 'é'))
  .map((parts) => parts.join(''));
const object = fc.dictionary(fc.string(), fc.jsonValue({ noUnicodeString: false }));

/** Line and column. */
const placeOf = (text: string, at: number): number[] => {
  const lines = text.slice(0, at).split('\n');
  return [lines.length, lines.at(-1)!.length];
};

describe('the last object of an output', () => {
  test('is found behind whatever stands before it, at the place where it stands', () => {
    fc.assert(
      fc.property(
        junk,
        object,
        fc.constantFrom('', '\n', ' \r\n'),
        fc.constantFrom(undefined, 2),
        (before, value, end, indent) => {
          const json = JSON.stringify(value, null, indent);
          const found = lastObject(before + json + end);
          expect(JSON.parse(found.json)).toEqual(JSON.parse(json));
          expect(placeOf(found.json, found.json.lastIndexOf(json))).toEqual(
            placeOf(before + json, before.length),
          );
          const lines = before.split('\n').filter((line) => line.trim() !== '');
          expect(found.besides).toEqual(
            lines.length === 0 ? undefined : { first: lines[0]?.trim(), lines: lines.length },
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  test.each([
    ['the second of two', '{"a": 1}\n{"b": 2}\n', '{"b": 2}'],
    ['in the line of the text', 'done: {"b": {"c": "}"}}', '{"b": {"c": "}"}}'],
    ['one that is not whole, from its first line', 'J = 1 {\n  {"b": [1,\n', '{"b": [1,'],
    ['the whole, where there is none', 'done', 'done'],
    ['the whole, where it closes only', '"}', '"}'],
    ['the whole, where it does not end in one', 'done: {"a": 1} in 3 s', 'done: {"a": 1} in 3 s'],
    ['from its own line, where it does not end in one', 'J\n  {"a": 1} in 3 s', '{"a": 1} in 3 s'],
    ['around quotes in its strings', 'say "{" {"a": "b\\"}{", "c": "\\\\"}', '{"a": "b\\"}{", "c": "\\\\"}'],
    ['around brackets of lists', 'x ] {"a": [[1], {"b": []}]}', '{"a": [[1], {"b": []}]}'],
  ])('is %s', (_, text, json) => {
    expect(lastObject(text).json.trim()).toBe(json);
  });

  test('is found in time that grows as the text does', () => {
    for (const text of [
      '{"'.repeat(5e5),
      '}'.repeat(1e6),
      '"\\'.repeat(5e5),
      `${'{'.repeat(1e6)}}`,
      '\n'.repeat(1e6),
    ]) {
      const start = cpuTime();
      lastObject(text);
      expect(cpuTime() - start).toBeLessThan(2000);
    }
  });
});

test('lines of text are arrays, or an error with a place, whatever they are', () => {
  const word = fc.constantFrom(
    'dW1',
    'db1',
    'loss',
    'J',
    '=',
    '0',
    '1',
    '2',
    '3',
    '0.5',
    '-1e-3',
    'nan',
    'samples',
    'rows',
    '\n',
    '\n\n',
    '\t',
    'x',
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 40 }), (words) => {
      const text = words.join(' ');
      try {
        const { arrays } = readTextArrays('mine', text, { numbers: ['loss'], words: ['samples'] });
        for (const name of arrays.names.filter((one) => arrays.readStrings(one) === undefined)) {
          const { shape, data } = arrays.read(name);
          expect(data).toHaveLength(shape.reduce((product, size) => product * size, 1));
        }
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        for (const { line, message } of error.problems)
          expect([line > 0, message]).toEqual([true, expect.stringContaining('found')]);
      }
    }),
    { numRuns: 2000 },
  );
});
