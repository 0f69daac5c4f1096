import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { InputError, type InputProblem } from '../../src/files/errors.ts';
import type { Case } from '../../src/report/cases.ts';
import { formatGithub } from '../../src/report/github.ts';
import { fixture, folderWith, type Ran, root, run, TINY } from '../cli/fcnet.ts';

const one = (changes: Partial<Case>): string =>
  formatGithub([{ config: 'net.json', name: 'dW1', verdict: 'mismatch', message: 'wrong', ...changes }]);

describe('an annotation', () => {
  test('is an error for a mismatch, a warning where it is inconclusive, nothing where all agrees', () => {
    expect(one({})).toBe('::error file=net.json,title=fcnet%3A dW1::wrong\n');
    expect(one({ verdict: 'inconclusive' })).toBe('::warning file=net.json,title=fcnet%3A dW1::wrong\n');
    expect(one({ verdict: 'agree' })).toBe('');
    expect(formatGithub([])).toBe('');
  });

  // As the toolkit of GitHub Actions writes them, and the runner reads them.
  test.each([
    ['%', '%25', '%25'],
    ['%0A', '%250A', '%250A'],
    ['\r', '%0D', '%0D'],
    ['\n', '%0A', '%0A'],
    ['\r\n', '%0D%0A', '%0D%0A'],
    [':', '%3A', ':'],
    ['::', '%3A%3A', '::'],
    [',', '%2C', ','],
    [',line=1::', '%2Cline=1%3A%3A', ',line=1::'],
    ['<&>"\'|', '<&>"\'|', '<&>"\'|'],
  ])('has %j as %s in its properties and as %s in its message', (text, property, data) => {
    const nasty = `a${text}b`;
    expect(one({ config: nasty, name: nasty, message: nasty })).toBe(
      `::error file=a${property}b,title=fcnet%3A a${property}b::a${data}b\n`,
    );
  });
});

describe('an annotation of an input that could not be run', () => {
  const found = { file: 'net.json', line: 3, column: 9, path: 'W1[0]', message: 'expected a row, found 7%' };
  const failed = (...problems: readonly InputProblem[]): string =>
    formatGithub([], [{ config: 'net.json', error: new InputError(problems) }]);

  test('stands at its place', () => {
    expect(failed(found)).toBe(
      '::error file=net.json,line=3,col=9,title=fcnet%3A could not be run::W1[0]: expected a row, found 7%25\n',
    );
  });

  test('is one for each thing that is wrong', () => {
    expect(failed(found, { ...found, line: 4 }).match(/^::error /gm)).toHaveLength(2);
  });

  test('is of the config, where the place is no file', () => {
    const message = 'the command failed';
    expect(failed({ file: 'python3 a.py', line: 0, column: 0, path: '', message })).toBe(
      '::error file=net.json,title=fcnet%3A could not be run::python3 a.py: the command failed\n',
    );
  });
});

const twoLayer = path.join(root, 'fixtures/two-layer.json');
const { gradients } = fixture('two-layer.pytorch.json');
const negated = (rows: number[][]): number[][] => rows.map((row) => row.map((value) => -value));

/** Two tensors are wrong, one is missing. */
const wrong = { dW1: negated(gradients.dW1), dW2: negated(gradients.dW2), db2: gradients.db2 };
const files = { 'wrong.json': wrong, 'tiny.json': TINY };

const ACTIONS = { GITHUB_ACTIONS: 'true', CI: 'true' };
const comparison = ['compare', twoLayer, '--reference', 'wrong.json'];

/** The annotations among the lines of a text. */
const annotations = (text: string): string[] =>
  text.split('\n').filter((line) => /^::(error|warning) /.test(line));

/** Compares with the wrong reference, in a folder of its own. */
const compared = (
  args: readonly string[],
  env: Record<string, string>,
  cwd = folderWith(files),
): Promise<Ran> => run([...comparison, ...args], { cwd, env });

describe.concurrent('in GitHub Actions', () => {
  test('there is one annotation for each tensor that failed', async () => {
    const { code, stdout, stderr } = await compared(['--format', 'github'], {});
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(annotations(stdout)).toHaveLength(stdout.trimEnd().split('\n').length);
    expect(annotations(stdout)).toHaveLength(3);
    const said = [
      /title=fcnet%3A dW1 against wrong::12 of 12 entries mismatch, greatest absolute difference \S+ at dW1\[\d, \d\]/,
      /title=fcnet%3A db1 against wrong::missing: the reference has no such tensor$/,
      /title=fcnet%3A dW2 against wrong::20 of 20 .*; matches [a-z-]+: ./,
    ];
    for (const [i, line] of annotations(stdout).entries()) expect(line).toMatch(said[i] as RegExp);
    for (const line of annotations(stdout)) expect(line).toContain(`file=${twoLayer},`);
  });

  test('they follow the table without being asked for, also of several configs', async () => {
    const [plain, inActions, several] = await Promise.all([
      compared([], {}),
      compared([], ACTIONS),
      compared(['tiny.json'], ACTIONS),
    ]);
    expect(annotations(plain.stdout)).toEqual([]);
    expect(inActions.stdout.startsWith(plain.stdout)).toBe(true);
    expect(annotations(inActions.stdout.slice(plain.stdout.length))).toHaveLength(3);
    // Of tiny.json the shape of dW1, db1 that is missing, dW2 and db2 that are unknown.
    expect(annotations(several.stdout)).toHaveLength(3 + 4);
    expect(inActions).toMatchObject({ code: 1, stderr: '' });
  });

  test.each([['--json'], ['--format', 'markdown'], ['--format', 'junit'], ['-q'], ['-o', 'out.txt']])(
    'there are none with %s %s',
    async (...args) => {
      const cwd = folderWith(files);
      const [plain, inActions] = await Promise.all([
        compared(args, {}, folderWith(files)),
        compared(args, ACTIONS, cwd),
      ]);
      expect(inActions).toEqual(plain);
      expect(annotations(inActions.stdout)).toEqual([]);
      if (args[0] === '-o') expect(annotations(readFileSync(path.join(cwd, 'out.txt'), 'utf8'))).toEqual([]);
    },
  );

  test('nothing is annotated where all agrees', async () => {
    const { stdout } = await run(['gradcheck', twoLayer], { env: ACTIONS });
    expect(annotations(stdout)).toEqual([]);
  });
});

describe.concurrent('a config that could not be run', () => {
  const bad = { ...files, 'bad.json': { ...TINY, reg: -1 } };
  const found = '::error file=bad.json,line=1,col=';

  test.each([
    ['alone', ['gradcheck', 'bad.json'], 1],
    ['beside others', ['gradcheck', 'tiny.json', 'bad.json'], 1],
    ['as all others', ['compare', 'bad.json', 'bad.json'], 2],
  ])('is annotated: %s', async (_, args, count) => {
    const cwd = folderWith(bad);
    const [asked, following] = await Promise.all([
      run([...args, '--format', 'github'], { cwd }),
      run(args, { cwd, env: ACTIONS }),
    ]);
    for (const { code, stdout, stderr } of [asked, following]) {
      expect(code).toBe(2);
      expect(stderr).toMatch(/^error: bad\.json:1:/);
      expect(annotations(stdout)).toHaveLength(count);
      for (const line of annotations(stdout)) expect(line.startsWith(found)).toBe(true);
    }
    expect(asked.stdout.trimEnd().split('\n')).toHaveLength(count);
  });

  test('leaves standard output empty elsewhere', async () => {
    for (const format of ['table', 'json']) {
      const ran = await run(['gradcheck', 'bad.json', '--format', format], { cwd: folderWith(bad) });
      expect(ran).toMatchObject({ code: 2, stdout: '' });
    }
  });

  test.each([[['bad.json']], [['tiny.json', 'bad.json']]])(
    'stands in the summary of the job: %j',
    async (configs) => {
      const cwd = folderWith({ ...bad, 'summary.md': '' });
      const env = { ...ACTIONS, GITHUB_STEP_SUMMARY: path.join(cwd, 'summary.md') };
      await run(['gradcheck', ...configs], { cwd, env });
      const text = readFileSync(env.GITHUB_STEP_SUMMARY, 'utf8');
      expect(text).toContain('### ❌ fcnet gradcheck: bad.json\n\ncould not be run:\n\n- bad.json:1:');
    },
  );
});

describe.concurrent('the summary of the job', () => {
  const summary = (cwd: string): string => readFileSync(path.join(cwd, 'summary.md'), 'utf8');

  test('gets the verdicts as Markdown, after what is there already', async () => {
    const cwd = folderWith({ ...files, 'summary.md': '# Before\n' });
    const env = { ...ACTIONS, GITHUB_STEP_SUMMARY: path.join(cwd, 'summary.md') };
    const markdown = (await compared(['--format', 'markdown'], {}, cwd)).stdout;
    const first = await compared([], env, cwd);
    expect(first).toMatchObject({ code: 1, stderr: '' });
    expect(summary(cwd)).toBe(`# Before\n${markdown}\n`);
    await compared(['-q'], env, cwd);
    expect(summary(cwd)).toBe(`# Before\n${markdown}\n${markdown}\n`);
  });

  test('is written only there', async () => {
    const cwd = folderWith({ ...files, 'summary.md': '' });
    await compared([], { GITHUB_STEP_SUMMARY: path.join(cwd, 'summary.md') }, cwd);
    expect(summary(cwd)).toBe('');
  });

  test('gets nothing of a command that checks nothing', async () => {
    const cwd = folderWith({ 'summary.md': '' });
    const env = { ...ACTIONS, GITHUB_STEP_SUMMARY: path.join(cwd, 'summary.md') };
    for (const command of ['forward', 'loss', 'backprop']) await run([command], { cwd, env });
    expect(summary(cwd)).toBe('');
  });

  test.each([
    ['all agrees', ['gradcheck', twoLayer], 0],
    ['something disagrees', comparison, 1],
  ])('does not change the result where it cannot be written and %s', async (_, args, code) => {
    const cwd = folderWith(files);
    const env = { ...ACTIONS, GITHUB_STEP_SUMMARY: path.join(cwd, 'no/such/folder/summary.md') };
    const [plain, unwritable] = await Promise.all([
      run(args, { cwd, env: ACTIONS }),
      run(args, { cwd, env }),
    ]);
    expect(unwritable).toEqual({ ...plain, code, stderr: 'fcnet: the job summary could not be written\n' });
  });
});
