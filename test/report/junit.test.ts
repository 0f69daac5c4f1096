import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import type { Case } from '../../src/report/cases.ts';
import { formatJunit } from '../../src/report/junit.ts';
import { fixture, folderWith, root, run, TINY } from '../cli/fcnet.ts';

const schema = readFileSync(new URL('junit.xsd', import.meta.url), 'utf8');

/** What libxml2 has against a report; nothing where it is one. */
async function complaints(xml: string): Promise<string[]> {
  const { errors } = await validateXML({ xml: { fileName: 'report.xml', contents: xml }, schema });
  return errors.map(({ message }) => message);
}

/** How often a pattern occurs. */
const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** The suites of a report: what they claim and what is in them. */
const suitesOf = (xml: string) =>
  [...xml.matchAll(/<testsuite ([^>]*)>(.*?)<\/testsuite>/gs)].map(([, attributes = '', body = '']) => ({
    claimed: ['tests', 'failures', 'errors', 'skipped'].map((name) =>
      Number(new RegExp(`\\b${name}="(\\d+)"`).exec(attributes)?.[1]),
    ),
    found: [/<testcase /g, /<failure /g, /<error /g, /<skipped /g].map((pattern) => count(body, pattern)),
  }));

const theirs = fixture('two-layer.pytorch.json');

/** Wrong in a tensor, its logits and its loss; one tensor is missing and one too many, with a name to stumble over. */
const wrong = {
  dW1: theirs.gradients.dW1.map((row: number[]) => row.map((value) => -value)),
  dW2: theirs.gradients.dW2,
  db2: theirs.gradients.db2,
  'd<W> & "it\'s" \u0007\u0000\n\u009b': [[1]],
  logits: [[1]],
  loss: 3,
};

const MODULE = `
  export const x = [0, 1];
  export const f = { 'a<b && "c"': (x) => Math.abs(x[0]) + x[1], wrong: (x) => x[1] };
  export const gradient = { 'a<b && "c"': () => [0, 1], wrong: () => [1, 1] };`;

const files = {
  'tiny.json': TINY,
  'wrong.json': wrong,
  'module.mjs': MODULE,
  'it\'s "R" & <D>.json': { ...TINY, name: '</testsuite>' },
};

describe.concurrent('a JUnit report is one to libxml2, and its counts are those of its cases:', () => {
  test.each<[string, string[], number, number[][]]>([
    ['all agree', ['gradcheck', 'fixtures/two-layer.json'], 0, [[4, 0, 0, 0]]],
    ['a reference agrees', ['compare', 'fixtures/two-layer.json'], 0, [[12, 0, 0, 0]]],
    ['some are inconclusive', ['compare'], 0, [[12, 0, 0, 1]]],
    [
      'all that can fail does',
      ['compare', 'fixtures/two-layer.json', '--reference', 'wrong.json'],
      1,
      [[12 + 7, 5, 0, 0]],
    ],
    ['functions of a module', ['gradcheck', 'module.mjs'], 1, [[2, 1, 0, 1]]],
    ['no blind spot', ['audit', 'tiny.json'], 0, [[23, 0, 0, 0]]],
    [
      'several configs',
      ['gradcheck', 'tiny.json', 'fixtures/two-layer.json', 'module.mjs'],
      1,
      [
        [2, 0, 0, 0],
        [4, 0, 0, 0],
        [2, 1, 0, 1],
      ],
    ],
    [
      'a name that is markup',
      ['compare', `it's "R" & <D>.json`, '--against', 'echo \'{"dW1":[1]}\' #<&>"'],
      1,
      [[4, 2, 0, 0]],
    ],
  ])('%s', async (_, args, code, counts) => {
    const inCheckout = args.map((word) => word.replace(/^fixtures/, `${root}fixtures`));
    const ran = await run([...inCheckout, '--format', 'junit'], { cwd: folderWith(files) });
    expect(ran).toMatchObject({ code, stderr: '' });
    expect(await complaints(ran.stdout)).toEqual([]);
    expect(suitesOf(ran.stdout)).toEqual(counts.map((claimed) => ({ claimed, found: claimed })));
  });

  test.each([
    ['the only config', ['bad.json'], [[1, 0, 1, 0]]],
    [
      'one of several',
      ['tiny.json', 'bad.json'],
      [
        [2, 0, 0, 0],
        [1, 0, 1, 0],
      ],
    ],
    ['a module', ['bad.mjs'], [[1, 0, 1, 0]]],
  ])('what could not be run is an error: %s', async (_, args, counts) => {
    const cwd = folderWith({ ...files, 'bad.json': { ...TINY, y: [0, 7], reg: -1 }, 'bad.mjs': 'throw 1' });
    const ran = await run(['gradcheck', ...args, '--format', 'junit', '-o', 'report.xml'], { cwd });
    expect(ran).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^error: bad/) });
    const xml = readFileSync(`${cwd}/report.xml`, 'utf8');
    expect(await complaints(xml)).toEqual([]);
    expect(suitesOf(xml)).toEqual(counts.map((claimed) => ({ claimed, found: claimed })));
    expect(xml).toMatch(/<error message="bad\.(json:1:\d+: reg: expected|mjs: cannot be loaded: 1)/);
  });

  test('blind spots are skipped, each with the reason', async () => {
    const { stdout } = await run(['audit', '--format', 'junit']);
    expect(await complaints(stdout)).toEqual([]);
    const [suite] = suitesOf(stdout);
    expect(suite?.claimed).toEqual(suite?.found);
    expect(suite?.found[3]).toBeGreaterThan(0);
    expect(count(stdout, /<skipped message=".{20,}"\/>/g)).toBe(suite?.found[3]);
  });
});

test('a case is named by what was compared, in the class of its config', () => {
  const cases: Case[] = [
    { config: 'a.json', name: 'dW1 against numerical', verdict: 'agree', message: '' },
    { config: 'a.json', name: 'db1 against mine', verdict: 'mismatch', message: '1 of 2 & more' },
    { config: 'b.json', name: 'db1 against "b"', verdict: 'inconclusive', message: "can't tell" },
  ];
  expect(
    formatJunit('compare', [
      { config: 'a.json', cases: cases.slice(0, 2) },
      { config: 'b.json', cases: cases.slice(2) },
      { config: 'none.json', cases: [], error: 'there is no such file' },
    ]),
  ).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites>
      <testsuite name="fcnet compare a.json" tests="2" failures="1" errors="0" skipped="0">
        <testcase name="dW1 against numerical" classname="a.json"/>
        <testcase name="db1 against mine" classname="a.json">
          <failure message="1 of 2 &amp; more"/>
        </testcase>
      </testsuite>
      <testsuite name="fcnet compare b.json" tests="1" failures="0" errors="0" skipped="1">
        <testcase name="db1 against &quot;b&quot;" classname="b.json">
          <skipped message="can&apos;t tell"/>
        </testcase>
      </testsuite>
      <testsuite name="fcnet compare none.json" tests="1" failures="0" errors="1" skipped="0">
        <testcase name="runs" classname="none.json">
          <error message="there is no such file"/>
        </testcase>
      </testsuite>
    </testsuites>
    "
  `);
});

test('what XML cannot hold becomes a space', async () => {
  const nasty = 'a\u0000b\u0007c\u001bd\ne\tf\uffffg';
  const xml = formatJunit('compare', [
    { config: nasty, cases: [{ config: nasty, name: nasty, verdict: 'mismatch', message: nasty }] },
  ]);
  expect(await complaints(xml)).toEqual([]);
  expect(count(xml, /a b c d e f g/g)).toBe(4);
});

test('nothing in a text ends an attribute or an element', async () => {
  const nasty = `</failure> <!-- ]]> &amp; & " '`;
  const xml = formatJunit('compare', [
    { config: nasty, cases: [{ config: nasty, name: nasty, verdict: 'mismatch', message: nasty }] },
  ]);
  expect(await complaints(xml)).toEqual([]);
  expect(xml).toContain('message="&lt;/failure&gt; &lt;!-- ]]&gt; &amp;amp; &amp; &quot; &apos;"');
});

const GOOD =
  '<testsuites><testsuite name="s" tests="1" failures="1" errors="0"><testcase name="n" classname="c"><failure message="m"/></testcase></testsuite></testsuites>';

test.each([
  ['as it is', '', '', true],
  ['a case without a name', 'name="n" ', '', false],
  ['a suite without its count', 'tests="1" ', '', false],
  ['a count that is none', 'tests="1"', 'tests="-1"', false],
  ['an element that is unknown', '<failure message="m"/>', '<failed/>', false],
  ['a failure without a message', ' message="m"', '', false],
  ['a bare &', '"m"', '"m & m"', false],
  ['a control character', '"m"', '"m\u0007"', false],
  ['a tag left open', '</testsuite>', '', false],
])('the schema knows a report: %s', async (_, from, to, valid) => {
  const found = await complaints(GOOD.replace(from, to));
  expect(found.length === 0, found.join()).toBe(valid);
});
