import { describe, expect, test } from 'vitest';
import { checkFunction } from '../../src/gradcheck/functions.ts';
import { formatMarkdown } from '../../src/report/markdown.ts';
import { makeStyle } from '../../src/report/style.ts';
import { fixture, folderWith, run, TINY } from '../cli/fcnet.ts';

/** What a command prints as Markdown. */
const markdown = async (args: readonly string[], cwd?: string): Promise<string> =>
  (await run([...args, '--format', 'markdown'], { ...(cwd && { cwd }) })).stdout;

/** The cells of the rows of all tables: what stands between bars that are not escaped. */
const rowsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => [...line.slice(1).matchAll(/((?:\\.|[^|\\])*)\|/g)].map(([, cell = '']) => cell.trim()));

test('the textbook example against PyTorch', async () => {
  expect(await markdown(['compare'])).toMatchInlineSnapshot(`
    "### ✅ fcnet compare: textbook example

    | checked | verdict | |
    |---|---|---|
    | dW1 against numerical | ✅ agree |  |
    | db1 against numerical | ✅ agree |  |
    | dW2 against numerical | ✅ agree |  |
    | db2 against numerical | ✅ agree |  |
    | dW1 against textbook.pytorch | ✅ agree |  |
    | db1 against textbook.pytorch | ⚠️ inconclusive | 4 of 4 entries are inconclusive |
    | dW2 against textbook.pytorch | ✅ agree |  |
    | db2 against textbook.pytorch | ✅ agree |  |
    | logits against textbook.pytorch | ✅ agree |  |
    | data loss against textbook.pytorch | ✅ agree |  |
    | regularization loss against textbook.pytorch | ✅ agree |  |
    | total loss against textbook.pytorch | ✅ agree |  |

    strength: this check catches 69 of 93 classic mistakes; it would not notice softmax-twice at layer 2, data-zero at layer 1, scaled-input at layer 1 and 21 more (fcnet audit says why)
    "
  `);
});

describe.concurrent('every table is whole:', () => {
  const theirs = fixture('two-layer.pytorch.json');
  const MODULE = `
    export const x = [0, 1];
    export const f = { 'a|b\\n| c |': (x) => Math.abs(x[0]) + x[1], '\\\\|': (x) => x[1] };
    export const gradient = { 'a|b\\n| c |': () => [0, 1], '\\\\|': () => [1, 1] };`;
  const files = {
    'net.json': { ...TINY, name: 'a | b\n| c | d |' },
    'a|b\n| c.json': TINY,
    'wrong.json': { ...theirs, gradients: { ...theirs.gradients, 'dW|\r\n|x|\\': [[1]] }, loss: 7 },
    'net|work.json': { dW1: [[1], [2]], 'd\\|W': [[1]], '`d`': [[1]], '<b>': [[1]] },
    'two.json': { ...fixture('two-layer.json'), reference: undefined },
    'module.mjs': MODULE,
  };

  test.each<[string, string[], number]>([
    ['all agree', ['gradcheck', 'two.json'], 4],
    [
      'some are wrong, one with a name of bars and lines',
      ['compare', 'two.json', '--reference', 'wrong.json'],
      4 + 5 + 2,
    ],
    ['a reference with bars in its name', ['compare', 'net.json', '--reference', 'net|work.json'], 2 + 5],
    [
      'a command with bars',
      ['compare', 'net.json', '--against', 'cat net.json | echo \'{"dW1": [[1], [2]]}\' | cat'],
      2 + 2,
    ],
    ['a config with bars and lines', ['compare', 'a|b\n| c.json'], 2],
    ['functions with bars', ['gradcheck', 'module.mjs'], 2],
    ['mistakes', ['audit', 'net.json'], 23],
  ])('%s', async (_, args, count) => {
    const text = await markdown(args, folderWith(files));
    const [head, line, ...rows] = rowsOf(text);
    expect(head).toEqual(['checked', 'verdict', '']);
    expect(line).toEqual(['---', '---', '---']);
    expect(rows).toHaveLength(count);
    for (const row of rows) {
      expect(row).toHaveLength(3);
      expect(row[1]).toMatch(/^(✅ agree|❌ mismatch|⚠️ inconclusive)$/);
      expect(row[2] === '', row.join()).toBe(row[1] === '✅ agree');
    }
    // Heading, gap, table, gap, strength: nothing else begins a line.
    expect(text.split('\n').filter((each) => !/^(### (✅|❌) fcnet |\||strength: |$)/.test(each))).toEqual(
      [],
    );
    expect(text.match(/^###.*\n\n\| checked/gm)).toHaveLength(1);
  });

  test('a section for each of several configs', async () => {
    const text = await markdown(['gradcheck', 'two.json', 'module.mjs', 'net.json'], folderWith(files));
    expect(text.match(/^### .*$/gm)).toEqual([
      '### ✅ fcnet gradcheck: two.json',
      '### ❌ fcnet gradcheck: module.mjs',
      '### ✅ fcnet gradcheck: net.json',
    ]);
    expect(text.match(/^\n\| checked \| verdict \| \|$/gm)).toHaveLength(3);
  });
});

test.each([
  ['alone', ['gradcheck', 'b|ad.json'], 1],
  ['beside others', ['gradcheck', 'tiny.json', 'b|ad.json'], 2],
])('a config that could not be run has a section that says why: %s', async (_, args, sections) => {
  const cwd = folderWith({ 'tiny.json': TINY, 'b|ad.json': { ...TINY, y: [0, 7], reg: '<b>' } });
  const text = await markdown(args, cwd);
  expect(text.match(/^###/gm)).toHaveLength(sections);
  const [heading, gap, intro, , ...items] = text.slice(text.indexOf('### ❌')).trimEnd().split('\n');
  expect([heading, gap, intro]).toEqual(['### ❌ fcnet gradcheck: b\\|ad.json', '', 'could not be run:']);
  expect(items).toEqual([
    expect.stringMatching(/^- b\\\|ad\.json:1:\d+: reg: expected a .*number, found "\\<b\\>"$/),
  ]);
});

test('a line that ends inside a text does not end the row', () => {
  const checked = checkFunction({ name: 'a\nb', x: [1], f: () => 0, gradient: () => [2] });
  const report = { config: 'c\r\nd', functions: [{ ...checked, problem: 'one\ntwo' }] };
  const style = makeStyle(false);
  const text = formatMarkdown('gradcheck', [report], {
    style,
    width: 80,
    digits: 6,
    full: false,
    worst: 5,
    strictness: { strict: false, allow: [] },
  });
  expect(text.split('\n').slice(0, 5)).toEqual([
    '### ❌ fcnet gradcheck: c d',
    '',
    '| checked | verdict | |',
    '|---|---|---|',
    '| gradient of a b | ❌ mismatch | one two |',
  ]);
});

test('markup in a name is shown as it is', async () => {
  const cwd = folderWith({
    'net.json': TINY,
    'wrong.json': { dW1: [[1], [2]], '*d* _e_ `f` <b> [g](h) #': [[1]] },
  });
  const text = await markdown(['compare', 'net.json', '--reference', 'wrong.json'], cwd);
  expect(text).toContain('\\*d\\* \\_e\\_ \\`f\\` \\<b\\> \\[g\\](h) \\# against wrong');
});

test.each(['forward', 'loss', 'backprop'])('%s is shown as the text it is', async (command) => {
  const [text, table] = [await markdown([command]), (await run([command])).stdout];
  expect(text).toBe(`### ✅ fcnet ${command}: textbook example\n\n\`\`\`text\n${table}\`\`\`\n`);
});
