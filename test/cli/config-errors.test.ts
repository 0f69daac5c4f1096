import { describe, expect, test } from 'vitest';
import { folderWith, type Ran, run, TINY } from './fcnet.ts';

/** A config of one layer, a key a line, with one line changed. */
const config = (changed: Record<string, string>): string => {
  const lines = { X: '[[1, 2]]', y: '[0, 1]', W1: '[[1], [2]]', b1: '[0, 0]', ...changed };
  return `{\n${Object.entries(lines)
    .map(([key, value]) => `  "${key}": ${value}`)
    .join(',\n')}\n}\n`;
};

// The caret stands under the first character of what is named in the third column.
const cases: [string, string, string, string][] = [
  [
    'a label that is no class',
    config({ y: '[0, 7]' }),
    '7]',
    'y[1]: expected a class label from 0 to 1, found 7',
  ],
  ['half a label', config({ y: '[0.5, 1]' }), '0.5', 'y[0]: expected a class label from 0 to 1, found 0.5'],
  [
    'a ragged matrix',
    config({ W1: '[[1], [2, 3]]' }),
    '[2, 3]',
    'W1[1]: expected a row of 1, as W1[0] has; found 2',
  ],
  [
    'a text for a number',
    config({ W1: '[[1], ["2"]]' }),
    '"2"',
    'W1[1][0]: expected a finite number, found "2"',
  ],
  ['null for a number', config({ b1: '[0, null]' }), 'null', 'b1[1]: expected a finite number, found null'],
  ['NaN, as Python writes it', config({ b1: '[0, NaN]' }), 'NaN', 'expected a finite number, found NaN'],
  [
    'a number that overflows',
    config({ b1: '[0, 1e999]' }),
    '1e999',
    'b1[1]: expected a finite number, found Infinity',
  ],
  [
    'a shape that does not fit',
    config({ X: '[[1, 2], [3, 4]]' }),
    '[[1, 2], [',
    'X: expected 1 × 2, since W1 takes 1 input and',
  ],
  ['a negative λ', config({ reg: '-1' }), '-1', 'reg: expected a number of at least 0, found -1'],
  ['a misspelt key', config({ lambda: '1' }), '"lambda"', 'lambda: unknown key; did you mean reg?'],
  [
    'an unknown activation',
    config({ activation: '"mish"' }),
    '"mish"',
    'activation: expected an activation (sigmoid, ',
  ],
  [
    'a misspelt activation',
    config({ activation: '"sigmod"' }),
    '"sigmod"',
    'found "sigmod"; did you mean sigmoid?',
  ],
  ['a label as a text', config({ y: '["0", 1]' }), '"0"', 'y[0]: expected a class label, found "0"'],
  ['a bias as a text', config({ b1: '["a", 0]' }), '"a"', 'b1[0]: expected a finite number, found "a"'],
  ['a number for a row', config({ W1: '[[1], 2]' }), '2]', 'W1[1]: expected an array, found 2'],
  [
    'labels in a column',
    config({ X: '[[1, 2, 3]]', y: '[[0], [1], [2]]' }),
    '2]',
    'y[2][0]: expected a class label from 0 to 1, found 2',
  ],
  ['a key that stands twice', config({}).replace('"b1"', '"y"'), '"y": [0, 0]', 'y: duplicate key'],
  ['a comment', config({}).replace('\n', '\n// net\n'), '// net', 'not JSON: comments are not allowed'],
  ['a trailing comma', config({ b1: '[0, 0,]' }), ']', 'not JSON: '],
  ['a text that ends too early', '{\n  "X": [[1, 2]', '', 'not JSON: unexpected end of the text'],
  ['an array for a config', '[1, 2]', '[1, 2]', 'expected a config, a JSON object; found an array'],
];

describe.concurrent('a bad config is named with its place', () => {
  test.each(cases)('%s', async (_, text, marked, message) => {
    const cwd = folderWith({ 'net.json': text });
    const [table, asJson] = (await Promise.all(
      [[], ['--json']].map((format) => run(['forward', 'net.json', ...format], { cwd })),
    )) as [Ran, Ran];
    const beginsAt = (line: string, column: number): string => line.slice(column, column + marked.length);

    expect(table).toMatchObject({ code: 2, stdout: '' });
    const [head, shown, caret] = table.stderr.split('\n') as [string, string, string];
    expect(head).toContain(message);
    expect(beginsAt(shown, caret.indexOf('^'))).toBe(marked);

    expect(asJson).toMatchObject({ code: 2, stdout: '' });
    const { errors, ...rest } = JSON.parse(asJson.stderr);
    expect(rest).toEqual({ version: 1, omitted: 0 });
    expect(Object.keys(errors[0])).toEqual(['file', 'line', 'column', 'path', 'message']);
    const { file, line, column, path, message: said } = errors[0];
    expect(beginsAt(text.split('\n')[line - 1] as string, column - 1)).toBe(marked);
    expect(head).toBe(`error: ${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${said}`);
  });
});

test('an error in a long line shows a window of at most 80 characters around the place', async () => {
  const row = Array.from({ length: 400 }, (_, i) => (i === 200 ? '"here"' : String(1000 + i))).join(', ');
  const { stderr } = await run(['forward', '-'], { stdin: config({ X: `[[${row}]]` }) });
  const [head, shown = '', caret = ''] = stderr.split('\n');
  expect(head).toMatch(/^error: <stdin>:2:\d{4}: X\[0\]\[200\]: expected a finite number, found "here"$/);
  expect(shown.length).toBeLessThanOrEqual('  2 | '.length + 80);
  expect(shown.slice(caret.indexOf('^'))).toMatch(/^"here"/);
});

test('at most ten errors are shown, and the others counted', async () => {
  const stdin = JSON.stringify({ ...TINY, X: [Array(13).fill(1)], y: Array(13).fill(9) });
  const table = await run(['loss', '-'], { stdin });
  expect(table.stderr.match(/^error: /gm)).toHaveLength(10);
  expect(table.stderr).toMatch(/^and 3 more errors\n$/m);
  const { errors, omitted } = JSON.parse((await run(['loss', '-', '--json'], { stdin })).stderr);
  expect(errors).toHaveLength(10);
  expect(omitted).toBe(3);
});

test('a matrix of texts, large as images are, is one clear error and its count', async () => {
  const stdin = JSON.stringify({ ...TINY, X: Array(784).fill(Array(256).fill('0')) });
  const { code, stderr } = await run(['loss', '-'], { stdin });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^error: <stdin>:1:\d+: X\[0\]\[0\]: expected a finite number, found "0"$/m);
  expect(stderr).toMatch(/^and 200694 more errors$/m);
});

test('an error message, with its window and its caret', async () => {
  const cwd = folderWith({ 'net.json': config({ W1: '[[1], ["2"]]', lamda: '0.5' }) });
  expect((await run(['forward', 'net.json'], { cwd })).stderr).toMatchInlineSnapshot(`
    "error: net.json:6:3: lamda: unknown key; did you mean reg?
      6 |   "lamda": 0.5
        |   ^
    "
  `);
  const several = folderWith({ 'net.json': config({ W1: '[[1], ["2"]]', y: '[0, []]' }) });
  expect((await run(['forward', 'net.json'], { cwd: several })).stderr).toMatchInlineSnapshot(`
    "error: net.json:3:9: y[0]: expected an array, found 0
      3 |   "y": [0, []],
        |         ^
    error: net.json:4:16: W1[1][0]: expected a finite number, found "2"
      4 |   "W1": [[1], ["2"]],
        |                ^
    "
  `);
});
