import { describe, expect, test } from 'vitest';
import { InputError, type InputProblem } from '../../src/files/errors.ts';
import { formatErrors, formatErrorsJson } from '../../src/report/errors.ts';
import { cut, escapeUnprintable, printable, withoutCommands } from '../../src/report/printable.ts';
import { makeStyle } from '../../src/report/style.ts';

const problem: InputProblem = {
  file: 'net.json',
  line: 12,
  column: 9,
  path: 'W1[2][0]',
  message: 'expected a finite number, found "2"',
  window: { text: '  "W1": ["2"]', caret: 9 },
};
const whole = { file: 'net.json', line: 0, column: 0, path: '', message: 'there is no such file' };
const plain = makeStyle(false);

describe('errors for a person', () => {
  test('name file, line, column and path, and point at the place', () => {
    expect(formatErrors(new InputError([problem]), plain)).toMatchInlineSnapshot(`
      "error: net.json:12:9: W1[2][0]: expected a finite number, found "2"
        12 |   "W1": ["2"]
           |          ^
      "
    `);
  });

  test.each([
    ['of a whole file have no place', [whole], 0, 'error: net.json: there is no such file\n'],
    [
      'are counted where they are many',
      [whole],
      1,
      'error: net.json: there is no such file\nand 1 more error\n',
    ],
    ['are counted in the plural', [whole], 7, 'error: net.json: there is no such file\nand 7 more errors\n'],
    [
      'show no empty window',
      [{ ...problem, window: { text: ' ', caret: 0 } }],
      0,
      'error: net.json:12:9: W1[2][0]: expected a finite number, found "2"\n',
    ],
  ])('%s', (_, problems, omitted, text) => {
    expect(formatErrors(new InputError(problems, omitted), plain)).toBe(text);
  });

  test('keep the caret in its column where a character cannot be shown', () => {
    const window = { text: '"\u001b[31m": "2"', caret: 9 };
    const [, shown, caret] = formatErrors(new InputError([{ ...problem, window }]), plain).split('\n') as [
      string,
      string,
      string,
    ];
    expect(shown).toBe('  12 | "·[31m": "2"');
    expect(shown.slice(caret.indexOf('^'))).toBe('"2"');
  });

  test('are coloured where asked', () => {
    const text = formatErrors(new InputError([problem]), makeStyle(true));
    expect(text.startsWith('\u001b[31merror\u001b[39m: ')).toBe(true);
  });
});

test('errors as JSON are data without a window', () => {
  const { window, ...data } = problem;
  expect(window).toBeDefined();
  expect(JSON.parse(formatErrorsJson(new InputError([problem, whole], 3)))).toEqual({
    version: 1,
    errors: [data, whole],
    omitted: 3,
  });
});

test.each([
  ['a plain text, with accents: é ŷ 中', 'a plain text, with accents: é ŷ 中'],
  ['\u001b[2J', '·[2J'],
  ['a\tb\r\n', 'a b··'],
  ['\u0000\u007f\u009b', '···'],
  ['\u202eabc\u2066\u200b\ufeff', '·abc···'],
  ['\u061c\u2060\u00ad\u180e\u0600', '·····'],
  ['\u{e0041}', '··'],
  ['\ud83d💡', '·💡'],
  ['❤️ \u200d', '❤️ ·'],
  ['::stop-commands::x', '·:stop-commands::x'],
  ['a ::add-mask::x', 'a ·:add-mask::x'],
  ['a\n::add-mask::x', 'a·::add-mask::x'],
  ['std::vector', 'std::vector'],
  ['a ##[error]b', 'a #·[error]b'],
  ['###[x] ##vso[y] ##teamcity[z]', '##·[x] #·vso[y] #·teamcity[z]'],
  ['## heading [x] #[y]', '## heading [x] #[y]'],
])('%j is printed as %j', (text, shown) => {
  expect(printable(text)).toBe(shown);
});

test.each(['##[error]', '\u{e0041}\u2060', 'a\nb', '::x', '\ud83d'])('%j as JSON means the same', (text) => {
  const json = escapeUnprintable(JSON.stringify(text));
  expect(JSON.parse(json)).toBe(text);
  expect(json).not.toMatch(/\p{Cf}|##\[/u);
});

test.each([
  ['::debug::x', '·:debug::x'],
  ['a\n  ::debug::x\n\n::y', 'a\n  ·:debug::x\n\n·:y'],
  ['a\r::debug::x', 'a\r·:debug::x'],
  ['\u001b[1m::debug::x\u001b[22m', '\u001b[1m·:debug::x\u001b[22m'],
  ['│ ::debug::x │ a ::b', '│ ::debug::x │ a ::b'],
  ['│ ##[error]x │', '│ #·[error]x │'],
])('a text of lines gives no commands: %j becomes %j', (text, shown) => {
  expect(withoutCommands(text)).toBe(shown);
});

test.each([
  ['short', 5, 'short'],
  ['abcdefghij', 5, 'ab…ij'],
  ['abcdefghij', 6, 'abc…ij'],
])('%j in %i characters is %j', (text, most, shown) => {
  expect(cut(text, most)).toBe(shown);
});

test('a message shows 200 characters of a value, and 500 in all', () => {
  const value = 'v'.repeat(1000);
  const shown = (message: string): string => formatErrors(new InputError([{ ...whole, message }]), plain);
  expect(shown(`expected 1, found ${value}`)).toMatch(/^error: net\.json: expected 1, found v{100}…v{99}\n$/);
  expect(shown(`found "${'v '.repeat(150)}" in y`)).toMatch(
    /^error: net\.json: found "[v ]{99}…[v ]{98}" in y\n$/,
  );
  expect(shown('v '.repeat(1000))).toHaveLength('error: net.json: '.length + 500 + 1);
  const named = new InputError([{ ...whole, file: value, path: value }]);
  expect(formatErrors(named, plain)).toMatch(/^error: v{100}…v{99}: v{100}…v{99}: there is no such file\n$/);
});
