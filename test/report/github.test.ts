import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { InputError, type InputProblem } from '../../src/files/errors.ts';
import { type Annotation, annotationOf, annotationOfFailure, formatGithub } from '../../src/report/github.ts';
import type { VerdictLine } from '../../src/report/verdict-line.ts';
import { fixture, folderWith, type Ran, root, run, shell, TINY } from '../cli/fcnet.ts';

const one = (changes: Partial<VerdictLine>, config = 'net.json'): string =>
  written(annotationOf(config, { verdict: 'mismatch', text: 'wrong', details: ['dW1'], ...changes }));

const written = (annotation: Annotation | undefined): string =>
  formatGithub(annotation === undefined ? [] : [annotation]);

describe('an annotation', () => {
  test('is an error for a mismatch, a warning where it is inconclusive, nothing where all agrees', () => {
    expect(one({})).toBe('::error file=net.json,title=fcnet%3A wrong::wrong%0AdW1\n');
    expect(one({ verdict: 'inconclusive' })).toMatch(/^::warning file=net\.json,/);
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
    expect(one({ text: nasty, details: [nasty] }, nasty)).toBe(
      `::error file=a${property}b,title=fcnet%3A a${property}b::a${data}b%0Aa${data}b\n`,
    );
  });

  test('counts what it does not list', () => {
    const details = Array.from({ length: 7 }, (_, i) => `d${i}`);
    expect(one({ details })).toContain('::wrong%0Ad0%0Ad1%0Ad2%0Ad3%0Ad4%0Aand 2 more\n');
  });
});

describe('annotations are ten at most', () => {
  const some = (count: number, verdict: VerdictLine['verdict']): Annotation[] =>
    Array.from({ length: count }, (_, i) => {
      const annotation = annotationOf(`${verdict}${i}`, { verdict, text: 'text', details: [] });
      return annotation as Annotation;
    });

  test('all of ten', () => {
    expect(formatGithub(some(10, 'mismatch')).match(/^::error file=/gm)).toHaveLength(10);
  });

  test('of more the errors first, and a count of the rest', () => {
    const lines = formatGithub([...some(7, 'inconclusive'), ...some(5, 'mismatch')])
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(10);
    expect(lines.filter((line) => line.startsWith('::error file=mismatch'))).toHaveLength(5);
    expect(lines.at(-1)).toMatch(/^::warning title=fcnet::3 more configs /);
    expect(formatGithub(some(11, 'mismatch'))).toMatch(/^::error title=fcnet::2 more configs /m);
  });
});

describe('an annotation of an input that could not be run', () => {
  const found = { file: 'net.json', line: 3, column: 9, path: 'W1[0]', message: 'expected a row, found 7%' };
  const failed = (...problems: readonly InputProblem[]): string =>
    written(annotationOfFailure({ config: 'net.json', error: new InputError(problems) }));

  test('stands at its place', () => {
    expect(failed(found)).toBe(
      '::error file=net.json,line=3,col=9,title=fcnet%3A could not be run::W1[0]: expected a row, found 7%25\n',
    );
  });

  test('is one, that says all that is wrong', () => {
    expect(failed(found, { ...found, line: 4 })).toBe(
      '::error file=net.json,line=3,col=9,title=fcnet%3A could not be run::W1[0]: expected a row, found 7%25%0Anet.json:4:9: W1[0]: expected a row, found 7%25\n',
    );
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

const ACTIONS = { GITHUB_ACTIONS: 'true', CI: 'true', NO_COLOR: '1' };
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
  test('there is one annotation for each config that failed, with verdict and diagnosis', async () => {
    const { code, stdout, stderr } = await compared(['--format', 'github'], {});
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(annotations(stdout)).toHaveLength(1);
    expect(stdout).toMatch(
      /^::error file=[^,]+two-layer\.json,title=fcnet%3A wrong is wrong in dW1%2C db1 and dW2[^:]*::wrong is wrong in dW1, db1 and dW2: .*\n$/,
    );
    expect(stdout).toMatch(
      /%0AdW1 against wrong: 12 of 12 entries mismatch, greatest absolute difference \S+ at dW1\[\d, \d\]/,
    );
    expect(stdout).toContain('%0Adb1 against wrong: missing: the reference has no such tensor');
    const known = ['compare', twoLayer, '--reference', 'fixtures/two-layer.no-slope.json'];
    expect((await run([...known, '--format', 'github'])).stdout).toContain(
      '::two-layer.no-slope is wrong in dW1 and db1: missing-slope at layer 1%0A',
    );
  });

  test('they follow the table without being asked for, also of several configs', async () => {
    const [plain, inActions, several] = await Promise.all([
      compared([], {}),
      compared([], ACTIONS),
      compared(['tiny.json'], ACTIONS),
    ]);
    expect(annotations(plain.stdout)).toEqual([]);
    expect(inActions.stdout.startsWith(plain.stdout)).toBe(true);
    expect(annotations(inActions.stdout.slice(plain.stdout.length))).toHaveLength(1);
    expect(annotations(several.stdout)).toHaveLength(2);
    expect(inActions).toMatchObject({ code: 1, stderr: '' });
  });

  test('the log is coloured, unless NO_COLOR is set or a file takes it', async () => {
    const { NO_COLOR: _, ...coloured } = ACTIONS;
    const cwd = folderWith(files);
    const [log, plain, piped, file, elsewhere] = await Promise.all([
      compared([], coloured),
      compared([], ACTIONS),
      shell('fcnet loss | cat', { env: coloured }),
      shell('fcnet loss > out; cat out', { env: coloured, cwd }),
      shell('fcnet loss | cat'),
    ]);
    expect(log.stdout).toContain('\u001b[31m');
    expect(piped.stdout).toContain('\u001b[1m');
    for (const { stdout } of [plain, file, elsewhere]) expect(stdout).not.toContain('\u001b');
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
      expect(text).toMatch(
        /^### ❌ fcnet gradcheck: \d of \d agrees?\n\n- ❌ bad\.json: could not be run: reg: /,
      );
      expect(text).toContain('### ❌ fcnet gradcheck: bad.json\n\ncould not be run:\n\n- bad.json:1:');
    },
  );
});

describe.concurrent('the summary of the job', () => {
  const summary = (cwd: string): string => readFileSync(path.join(cwd, 'summary.md'), 'utf8');

  test('gets a few lines with the verdicts folded, after what is there already', async () => {
    const cwd = folderWith({ ...files, 'summary.md': '# Before\n' });
    const env = { ...ACTIONS, GITHUB_STEP_SUMMARY: path.join(cwd, 'summary.md') };
    const markdown = (await compared(['--format', 'markdown'], {}, cwd)).stdout;
    const first = await compared([], env, cwd);
    expect(first).toMatchObject({ code: 1, stderr: '' });
    const written = summary(cwd);
    const [before, head, gap, line, next, fold] = written.split('\n');
    expect([before, head, gap]).toEqual(['# Before', '### ❌ fcnet compare: 0 of 1 agree', '']);
    expect(line).toMatch(/^- ❌ [^:]+two-layer\.json: wrong is wrong in dW1, db1 and dW2/);
    expect([next, fold]).toEqual(['', '<details><summary>All verdicts</summary>']);
    expect(written).toContain(
      `<details><summary>All verdicts</summary>\n\n${markdown.trimEnd()}\n\n</details>\n`,
    );
    await compared(['-q'], env, cwd);
    expect(summary(cwd)).toBe(`${written}${written.replace('# Before\n', '')}`);
  });

  test('lists ten configs that fail, and counts the others', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `bad${i}.json`);
    const cwd = folderWith({ 'summary.md': '' });
    const env = { ...ACTIONS, GITHUB_STEP_SUMMARY: path.join(cwd, 'summary.md') };
    await run(['gradcheck', ...names], { cwd, env });
    expect(summary(cwd).match(/^- ❌ bad/gm)).toHaveLength(10);
    expect(summary(cwd)).toContain('\n- and 2 more\n\n<details>');
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
