import { spawnSync } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { folderWith, type Ran, type RunOptions, run, shell, TINY } from './fcnet.ts';

const ESCAPE = '\u001b';

/** util-linux's script runs a command in a terminal of its own; that of other systems has other options. */
const hasTerminal = spawnSync('bash', ['-c', 'script --version'], { encoding: 'utf8' }).stdout?.includes(
  'util-linux',
);
if (!hasTerminal) process.stderr.write('SKIPPED: terminal tests need script of util-linux\n');

/**
 * Runs a line of shell in a terminal; `fcnet` is the built command. `script` starts $SHELL, and where that is not
 * bash (dash, when the variable is not set), functions that bash exported get lost on the way.
 */
const inTerminal = async (line: string, options: RunOptions = {}): Promise<Ran> => {
  const ran = await shell(`export -f fcnet; script -qec 'bash -c "${line}"' /dev/null`, {
    ...options,
    env: { TERM: 'xterm', SHELL: '/bin/bash', ...options.env },
  });
  return { ...ran, stdout: ran.stdout.replaceAll('\r\n', '\n') };
};

const WRONG = { ...TINY, reference: { dW1: [[1], [2]] } };

/** A row of 12 samples: 12 columns of numbers are wider than 80 characters. */
const WIDE = { ...TINY, X: [Array.from({ length: 12 }, (_, n) => n / 10)], y: Array(12).fill(0) };

describe.runIf(hasTerminal).concurrent('in a terminal', () => {
  test.each([
    ['a result', 'fcnet loss', 0],
    ['a check', 'fcnet compare', 0],
    ['a mismatch', 'fcnet compare wrong.json', 1],
    ['a summary', 'fcnet compare wrong.json wrong.json', 1],
    ['an error', 'fcnet loss none.json', 2],
  ])('%s is coloured, and NO_COLOR is honoured', async (_, line, code) => {
    const cwd = folderWith({ 'wrong.json': WRONG });
    const [colored, plain, option] = await Promise.all([
      inTerminal(line, { cwd }),
      inTerminal(line, { cwd, env: { NO_COLOR: '1' } }),
      inTerminal(code === 2 ? 'NO_COLOR=1 fcnet loss none.json' : `${line} --no-color`, { cwd }),
    ]);
    expect(colored.code).toBe(code);
    expect(colored.stdout).toContain(ESCAPE);
    expect(plain.code).toBe(code);
    expect(plain.stdout).not.toContain(ESCAPE);
    expect(plain.stdout).toBe(stripVTControlCharacters(colored.stdout));
    expect(option.stdout).toBe(plain.stdout);
  });

  test.each([
    ['a terminal that cannot', 'fcnet loss', { TERM: 'dumb' }],
    ['JSON', 'fcnet compare --json', {}],
    ['a file', 'fcnet compare -o out; cat out', {}],
    ['a pipe', 'fcnet compare | cat', {}],
  ])('there is no colour for %s', async (_, line, env) => {
    const { code, stdout } = await inTerminal(line, { cwd: folderWith(), env });
    expect(code).toBe(0);
    expect(stdout.length).toBeGreaterThan(100);
    expect(stdout).not.toContain(ESCAPE);
  });

  test('a matrix wider than the terminal is summarised by columns, unless --full', async () => {
    const cwd = folderWith({ 'wide.json': WIDE });
    const lines = async (line: string): Promise<string[]> =>
      (await inTerminal(line, { cwd, env: { NO_COLOR: '1' } })).stdout.split('\n');
    const width = (text: string[]): number => Math.max(...text.map((line) => line.length));
    const [narrow, wide, full] = await Promise.all([
      lines('stty cols 80; fcnet backprop wide.json'),
      lines('stty cols 200; fcnet backprop wide.json'),
      lines('stty cols 80; fcnet backprop wide.json --full'),
    ]);
    expect(width(narrow)).toBeLessThanOrEqual(80);
    expect(narrow.filter((line) => / 0 │ +1 │ +2 │ … │ +9 │ +10 │ +11 │/.test(line))).toHaveLength(1); // the logits fit
    expect(width(wide)).toBeGreaterThan(80);
    expect(wide.join()).not.toContain('…');
    expect(full).toEqual(wide);
  });

  test.each([80, 120])('the help fits into %i columns', async (columns) => {
    const { stdout } = await inTerminal(`stty cols ${columns}; fcnet compare --help`);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(
      Math.min(columns, 100),
    );
  });
});

describe.concurrent('without a terminal', () => {
  test.each([
    ['there is no colour', [], {}, false],
    ['--color colours', ['--color'], {}, true],
    ['--color comes before NO_COLOR', ['--color'], { NO_COLOR: '1' }, true],
    ['FORCE_COLOR colours', [], { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0 does not', [], { FORCE_COLOR: '0' }, false],
    ['NO_COLOR comes before FORCE_COLOR', [], { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['an empty NO_COLOR says nothing', [], { NO_COLOR: '', FORCE_COLOR: '1' }, true],
    ['JSON is never coloured', ['--json', '--color'], { FORCE_COLOR: '1' }, false],
  ])('%s', async (_, options, env, colored) => {
    const { stdout } = await run(['compare', ...options], { env });
    expect(stdout.includes(ESCAPE)).toBe(colored);
  });

  test('COLUMNS says how wide tables may be', async () => {
    const stdin = JSON.stringify(WIDE);
    const [narrow, wide] = await Promise.all(
      ['60', '200'].map((COLUMNS) => run(['forward', '-'], { stdin, env: { COLUMNS } })),
    );
    expect(narrow?.stdout).toContain('…');
    expect(wide?.stdout).not.toContain('…');
  });
});
