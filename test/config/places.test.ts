import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { cpuTime } from '../cpu-time.ts';
import { errorOf, TEXTBOOK, textbookWith } from './text.ts';

/** The character over the caret. */
function marked(text: string): string {
  const { text: line, caret } = errorOf(text).problems[0]!.window!;
  return line.slice(caret);
}

test('the window is the line, with the caret under the place', () => {
  expect(errorOf(textbookWith({ y: '[3, 5]' })).problems[0]!.window).toEqual({
    text: '  "y": [3, 5],',
    caret: 11,
  });
});

test.each([0, 1, 20, 45, 100, 499])(
  'of a long line the window shows 80 characters around entry %d',
  (bad) => {
    const b1 = Array.from({ length: 500 }, (_, i) => (i === bad ? '"bad"' : '1')).join(', ');
    const { text, caret } = errorOf(textbookWith({ b1: `[${b1}]` })).problems[0]!.window!;
    expect(text.length).toBeLessThanOrEqual(80);
    expect(text.slice(caret)).toMatch(/^"bad"/);
  },
);

test('a config on one line gets a window too', () => {
  expect(marked(JSON.stringify({ ...JSON.parse(TEXTBOOK), reg: -1 }))).toMatch(/^-1/);
});

test('the caret stays in the window where unexpected end of the text', () => {
  const { text, caret } = errorOf(`{"X": 1${' '.repeat(200)}`).problems[0]!.window!;
  expect(text.length).toBeLessThanOrEqual(80);
  expect(caret).toBeLessThanOrEqual(80);
});

test('Windows line ends do not count', () => {
  const { line, column, window } = errorOf(textbookWith({ y: '[3, 5]' }).replaceAll('\n', '\r\n'))
    .problems[0]!;
  expect({ line, column, window }).toEqual({
    line: 3,
    column: 12,
    window: { text: '  "y": [3, 5],', caret: 11 },
  });
});

test('a byte order mark is neither an error nor a column', () => {
  expect(parseConfig(`\uFEFF${TEXTBOOK}`)).toEqual(parseConfig(TEXTBOOK));
  expect(errorOf('\uFEFF{"reg": -1, "X": 1, "y": 1, "W1": 1, "b1": 1}').problems[0]).toMatchObject({
    line: 1,
    column: 9,
  });
});

test('errors come in the order of the text, at most ten, and the others are counted', () => {
  const { problems, omitted } = errorOf(textbookWith({ y: `[${'9, '.repeat(13)}9]`, reg: '0' }));
  expect(problems.map(({ path }) => path)).toEqual(['X', ...Array.from({ length: 9 }, (_, n) => `y[${n}]`)]);
  expect(omitted).toBe(5);
});

test.each([100, 500])('a matrix of %d rows of strings is refused quickly, with ten errors', (size) => {
  const X = Array.from({ length: size }, () => Array.from({ length: size }, () => 'x'));
  const start = cpuTime();
  const { problems, omitted } = errorOf(textbookWith({ X: JSON.stringify(X) }));
  expect(problems[0]).toMatchObject({ path: 'X[0][0]', message: 'expected a finite number, found "x"' });
  expect([problems.length, omitted]).toEqual([10, size * size - 10]);
  expect(cpuTime() - start).toBeLessThan(5000);
});

test('a config that is a value, not a text, gets the same messages', () => {
  const value = { ...JSON.parse(TEXTBOOK), X: [[0, Number.NaN], [2, 3], [4, 5]] }; // biome-ignore format: a matrix a line
  expect(errorOf(value).problems).toMatchObject([
    { path: 'X[0][1]', message: 'expected a finite number, found NaN' },
  ]);
});

test('an option that is wrong is shown itself, not the value of the config that it replaces', () => {
  expect(errorOf(TEXTBOOK, { overrides: { reg: -1 } }).problems[0]!.message).toContain('found -1');
});

test('the message of the error names every place', () => {
  expect(errorOf(textbookWith({ y: '[5, 6]' }), { file: 'net.json' }).message).toBe(
    'net.json:3:9: y[0]: expected a class label from 0 to 4, found 5\n' +
      'net.json:3:12: y[1]: expected a class label from 0 to 4, found 6',
  );
});
