import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/files/errors.ts';
import { parseJson } from '../../src/files/json.ts';
import { pathsAt, placesOf } from '../../src/files/json-places.ts';
import { scanJson } from '../../src/files/json-scan.ts';
import { mutated } from '../fuzz/changes.ts';
import { hasKeyTwice, textOf } from '../fuzz/tree.ts';
import { SEED } from '../networks.ts';

const nobody = { open() {}, close() {}, key() {}, scalar() {} };

/** Where and why a text is refused: `line:column path: message`. */
function refusal(text: string, options?: Parameters<typeof parseJson>[2]): string {
  try {
    parseJson('x.json', text, options);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { line, column, path, message } = error.problems[0]!;
    return `${line}:${column} ${path}: ${message}`;
  }
  return 'it was read';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const document = {
  X: [[0, 1.5e-3]],
  y: [0, 1],
  name: 'a "b" \\ é',
  reference: [{ dW1: [[true, null]] }, {}],
};

describe('a scan takes for JSON', () => {
  test('what JSON.parse does, of documents that were changed', () => {
    fc.assert(
      fc.property(mutated(document, 4), fc.constantFrom('', ' ', '\n', '\v'), (tree, space) => {
        const text = textOf(tree, space);
        expect({ text, isFault: scanJson(text, nobody) !== undefined }).toEqual({
          text,
          isFault: !isJson(text),
        });
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });

  test('what JSON.parse does, of texts with characters exchanged, left out and put in', () => {
    const base = JSON.stringify(document);
    const edit = fc.record({
      at: fc.nat({ max: base.length }),
      length: fc.nat({ max: 3 }),
      by: fc.oneof(fc.constantFrom(...'[]{},:"\\/0123456789-+.eEtfnu \n\0'), fc.string({ maxLength: 2 })),
    });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 4 }), (edits) => {
        const text = edits.reduce(
          (was, { at, length, by }) => was.slice(0, at) + by + was.slice(at + length),
          base,
        );
        expect({ text, isFault: scanJson(text, nobody) !== undefined }).toEqual({
          text,
          isFault: !isJson(text),
        });
      }),
      { seed: SEED, numRuns: 10_000 },
    );
  });

  test.each([
    '0',
    '-0',
    '1.5',
    '1e5',
    '1E+5',
    '-1.5e-5',
    '"\\u00e9\\n"',
    'true',
    'null',
    ' [ ] ',
    '\r\n\t{}',
  ])('%j', (text) => expect([scanJson(text, nobody), isJson(text)]).toEqual([undefined, true]));

  test.each([
    '01',
    '-',
    '1.',
    '.5',
    '+1',
    '1e',
    '1e+',
    '0x1',
    '1_0',
    'tru',
    'truex',
    'NaN',
    '"\t"',
    '"\\x"',
    '"\\u12"',
    '"',
    '[1,]',
    '{,}',
    '{"a"}',
    '{"a":1,}',
    '[1 2]',
    '1 2',
    ']',
    '\u00a01',
    '',
  ])('not %j', (text) => expect([scanJson(text, nobody) !== undefined, isJson(text)]).toEqual([true, false]));
});

describe('a text is refused with what was expected, where it stops being JSON', () => {
  test.each([
    ['{"a": 1 "b": 2}', '1:9 : not JSON: expected a comma or }, found "b"'],
    ['[1\n 2]', '2:2 : not JSON: expected a comma or ], found 2'],
    ["{'a': 1}", "1:2 : not JSON: expected a key in double quotes, or }, found '"],
    ['{"a": 1,}', '1:9 : not JSON: expected a key in double quotes, found }'],
    ['{"a" 1}', '1:6 : not JSON: expected a colon, found 1'],
    ['[1, 02]', '1:5 : not JSON: expected a value, found 02'],
    ['[True]', '1:2 : not JSON: expected a value or ], found True'],
    ['{"a": 1} x', '1:10 : not JSON: expected the end of the text, found x'],
    ['["a\nb"]', '1:4 : not JSON: expected a string to end in its line, found \\n'],
    ['["a\\qb"]', '1:4 : not JSON: expected an escape such as \\" or \\u0041, found \\q'],
    ['{"a": [1, 2', '1:12 : not JSON: unexpected end of the text'],
    ['{"a": "', '1:8 : not JSON: unexpected end of the text'],
    ['# a\n1', '1:1 : not JSON: expected a value, found #'],
    ['// a\n1', '1:1 : not JSON: comments are not allowed'],
    ['\0', '1:1 : not JSON: expected a value, found \\u0000'],
    ['{"a": [0, {"b": [-Infinity]}]}', '1:18 a[1].b[0]: expected a finite number, found -Infinity'],
    [' \n ', '1:1 : expected a JSON object, found an empty text'],
  ])('%j: %s', (text, expected) => expect(refusal(text)).toBe(expected));

  test('of which no more than a word is shown', () => {
    expect(refusal(`[${'x'.repeat(1000)}]`)).toBe(
      `1:2 : not JSON: expected a value or ], found ${'x'.repeat(20)}`,
    );
  });
});

describe('a key that stands twice is found', () => {
  test.each([
    ['at the top', '{"a":1,"a":2}', '1:8 a'],
    ['written with escapes', '{"dW1":[1],"\\u0064W1":[9]}', '1:12 dW1'],
    ['written with escapes first', '{"\\u0064W1":[9],"dW1":[1]}', '1:17 dW1'],
    ['written with the same escapes', '{"\\n":[9],"\\u000a":[1]}', '1:11 \n'],
    ['in a list', '[0,[{"a":1},{"b":1,"b":2}]]', '1:20 [1][1].b'],
    ['behind what is very deep', `{"x":${'['.repeat(1e5)}${']'.repeat(1e5)},"a":1,"a":2}`, '1:200013 a'],
    ['in what is very deep', `${'[{"a":'.repeat(1e4)}{"b":1,"b":2}${'}]'.repeat(1e4)}`, '1:60008 '],
    ['behind a NaN', '{"x":[NaN],"a":1,"a":2}', '1:18 a'],
    ['called __proto__', '{"__proto__":1,"__proto__":2}', '1:16 __proto__'],
    ['called nothing', '{"":1,"":2}', '1:7 '],
    ['among many', `{${Array.from({ length: 100 }, (_, i) => `"k${i}":0,`).join('')}"k3":1}`, '1:792 k3'],
    ['in the second of two objects', '[{"a":1},{"a":1,"a":1}]', '1:17 [1].a'],
  ])('%s', (_, text, place) => {
    const found = refusal(text, { nonFinite: true });
    expect(found.slice(0, place.length)).toBe(place);
    expect(found).toMatch(/: duplicate key; expected each key once$/);
  });

  test.each([
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":1}]',
    '{"a":"a","b":"\\"b\\":1","c":[]}',
    '{"a":1,"A":1,"a ":1,"\\u0000":1,"\\u0001":1}',
    `[${'{"a":1,"b":2},'.repeat(20)}{}]`,
  ])('and none where each stands once: %j', (text) => {
    expect(refusal(text)).toBe('it was read');
    expect(parseJson('x.json', text).value).toEqual(JSON.parse(text));
  });

  test('in documents that were changed exactly where there is one', () => {
    fc.assert(
      fc.property(mutated(document, 6), (tree) => {
        const text = textOf(tree);
        if (!isJson(text) || text.length > 10_000) return; // a part may be any text
        const isTwice = hasKeyTwice(tree) || /"a":1,"a"/.test(text);
        expect({ text, isTwice: refusal(text) !== 'it was read' }).toEqual({ text, isTwice });
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });
});

describe('bare NaN and Infinity', () => {
  test('are read where numbers may stand, and not in texts', () => {
    const text = '{"NaN":[NaN,-Infinity, Infinity ],"b":"NaN, \\"Infinity","c":NaN}';
    expect(parseJson('x.json', text, { nonFinite: true }).value).toEqual({
      NaN: ['NaN', '-Infinity', 'Infinity'],
      b: 'NaN, "Infinity',
      c: 'NaN',
    });
  });

  test.each(['NaN', '{NaN: 1}', '[NaNs]', '[-NaN]', '[Infinity1]', '[nan]'])(
    'are no keys and no parts of words: %s',
    (text) => {
      expect(refusal(text, { nonFinite: true })).toMatch(text === 'NaN' ? /^it was read$/ : /not JSON/);
    },
  );
});

describe('places', () => {
  /** Numbers that differ, so that the place of each is known by itself. */
  const numbered = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constant(0),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.string({ maxLength: 3 }), tie('value'), { maxKeys: 4 }),
    ),
  })).value;

  test('of all that is in a document are found, and the paths at these places', () => {
    fc.assert(
      fc.property(numbered, fc.constantFrom(0, 2), (shape, indent) => {
        let next = 1000;
        const paths: (string | number)[][] = [];
        const fill = (value: unknown, path: (string | number)[]): unknown => {
          if (Array.isArray(value)) return value.map((inner, i) => fill(inner, [...path, i]));
          if (typeof value === 'object' && value !== null)
            return Object.fromEntries(
              Object.entries(value).map(([key, inner]) => [key, fill(inner, [...path, key])]),
            );
          paths.push(path);
          return next++;
        };
        // Keys that look like numbers come first in an object: read it as it will be written.
        const value = fill(JSON.parse(JSON.stringify(shape)), []);
        const text = JSON.stringify(value, null, indent);
        const places = placesOf(
          text,
          paths.map((path) => ({ path, message: '' })),
        );
        expect(places.map((place) => Number.parseInt(text.slice(place), 10))).toEqual(
          paths.map((_, i) => 1000 + i),
        );
        expect(pathsAt(text, places)).toEqual(paths);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test('of what is missing are those of what it is missing from; of keys those of the keys', () => {
    const text = '{"a": {"b": [1, 2]}, "c": 3}';
    const at = (path: (string | number)[], atKey = false): string =>
      text.slice(placesOf(text, [{ path, message: '', atKey }])[0]).slice(0, 4);
    expect(at(['a', 'b', 5])).toBe('[1, ');
    expect(at(['a', 'x', 'y'])).toBe('{"b"');
    expect(at(['z'])).toBe('{"a"');
    expect(at([], true)).toBe('{"a"');
    expect(at(['c'], true)).toBe('"c":');
    expect(at(['a', 'b'], true)).toBe('"b":');
    expect(at(['a', 'x'], true)).toBe('{"b"');
    expect(at(['a', 0])).toBe('{"b"'); // an object has no numbers
  });

  test('line and column count as an editor does', () => {
    expect(refusal('[\n\n  1,\n\n x]')).toMatch(/^5:2 /);
    expect(refusal('{"a": 1}\n')).toBe('it was read');
  });
});
