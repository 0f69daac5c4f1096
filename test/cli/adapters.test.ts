import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ADAPTER_NAMES, type AdapterName } from '../../src/cli/adapter-names.ts';
import { ADAPTERS } from '../../src/cli/adapters/adapters.ts';
import { pythonWith } from '../python.ts';
import { folderWith, root, run, runJson } from './fcnet.ts';

/** A language's program, and what makes the gradient that is filled in a wrong one. */
interface Language {
  readonly file: string;
  /** the program that makes it run, which may not be there */
  readonly needs: readonly string[];
  readonly build?: readonly string[];
  readonly command: string;
  readonly give: string;
  /** what is left out of the right gradient: the slope of the sigmoid */
  readonly slope: string;
}

const torch = pythonWith('torch') ?? 'no python3 with torch';
/** Set by test/adapters.sh: what cannot be run fails. */
const isAll = process.env.FCNET_ADAPTERS === 'all';

const STRICT = ['-O2', '-Wall', '-Wextra', '-Werror'];
const LANGUAGES: Readonly<Record<AdapterName, Language>> = {
  numpy: {
    file: 'adapter.py',
    needs: ['python3', '-c', 'import numpy'],
    command: 'python3 adapter.py',
    give: '',
    slope: ' * a1 * (1 - a1)',
  },
  pytorch: {
    file: 'adapter.py',
    needs: [torch, '--version'],
    command: `${torch} adapter.py`,
    give: 'rows',
    slope: '0.5 * ',
  },
  javascript: {
    file: 'adapter.mjs',
    needs: ['node', '--version'],
    command: 'node adapter.mjs',
    give: '',
    slope: ' * a1[n][i] * (1 - a1[n][i])',
  },
  c: {
    file: 'adapter.c',
    needs: ['cc', '--version'],
    build: ['cc', '-std=c99', ...STRICT, 'adapter.c', '-o', 'adapter', '-lm'],
    command: './adapter',
    give: 'text',
    slope: ' * a[i] * (1 - a[i])',
  },
  cpp: {
    file: 'adapter.cpp',
    needs: ['c++', '--version'],
    build: ['c++', '-std=c++17', ...STRICT, 'adapter.cpp', '-o', 'adapter'],
    command: './adapter',
    give: 'text',
    slope: ' * a[i] * (1 - a[i])',
  },
  rust: {
    file: 'adapter.rs',
    needs: ['rustc', '--version'],
    build: ['rustc', '-O', '-D', 'warnings', 'adapter.rs'],
    command: './adapter',
    give: 'text',
    slope: ' * a[i] * (1.0 - a[i])',
  },
  go: {
    file: 'adapter.go',
    needs: ['go', 'version'],
    command: 'go run adapter.go',
    give: 'text',
    slope: ' * a[i] * (1 - a[i])',
  },
  java: {
    file: 'Adapter.java',
    needs: ['java', '--version'],
    command: 'java Adapter.java',
    give: 'text',
    slope: ' * a[i] * (1 - a[i])',
  },
  octave: {
    file: 'adapter.m',
    needs: ['octave-cli', '--version'],
    command: 'octave-cli -qf adapter.m',
    give: 'text',
    slope: ' .* a1 .* (1 - a1)',
  },
  r: {
    file: 'adapter.R',
    needs: ['Rscript', '--version'],
    command: 'Rscript adapter.R',
    give: 'text',
    slope: ' * a1 * (1 - a1)',
  },
};

const TWO_LAYER = `${root}fixtures/two-layer.json`;

/** Matrices of one row, of one column. */
const SMALL = {
  X: [[0.5, -1.5]],
  y: [1, 0],
  W1: [[0.4], [-0.7]],
  b1: [0.1, -0.2],
  W2: [
    [0.3, 0.9],
    [-0.6, 0.8],
  ],
  b2: [0.2, -0.1],
  reg: 0.3,
  activation: 'sigmoid',
};

/** The program with its place filled in. */
const filledIn = (program: string, code: string): string =>
  program.replace(/^.*your code here.*$/m, () => code);

describe.each(ADAPTER_NAMES)('the adapter for %s', (name) => {
  const { file, needs, build, command, give, slope } = LANGUAGES[name];

  test('has at most 25 lines and one place, and says how it is asked', async () => {
    const { code, stdout: program, stderr } = await run(['init', '--adapter', name]);
    expect({ code, stderr, program }).toEqual({ code: 0, stderr: '', program: ADAPTERS[name] });
    expect(program.split('\n').length - 1).toBeLessThanOrEqual(25);
    expect(program.match(/your code here/g)).toHaveLength(1);
    const [first = ''] = program.split('\n');
    expect(first).toContain(`fcnet compare net.json ${give === '' ? '' : `--give ${give} `}--against `);
    expect(first).toContain(name === 'pytorch' ? 'python3 adapter.py' : command);
  });

  const [tool = '', ...args] = needs;
  const isThere = isAll || spawnSync(tool, args).status === 0;
  if (!isThere)
    process.stderr.write(`SKIPPED: the adapter for ${name} is not run: ${needs.join(' ')} fails\n`);

  /** What comes of its answers to these networks. */
  const compared = async (code: string, nets: readonly string[]) => {
    const cwd = folderWith({ 'small.json': SMALL });
    writeFileSync(`${cwd}/${file}`, filledIn(ADAPTERS[name], code));
    if (build !== undefined) {
      const [compiler = '', ...flags] = build;
      const { status, stderr } = spawnSync(compiler, flags, { cwd, encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
    }
    const more = give === '' ? [] : ['--give', give];
    return runJson(['compare', ...nets, '--no-reference', '--against', command, ...more], { cwd });
  };

  test.runIf(isThere)('agrees once the right gradient is filled in, in float64', async () => {
    const code = readFileSync(new URL(`adapters/${name}.txt`, import.meta.url), 'utf8');
    const { code: exit, stderr, json } = await compared(code, [TWO_LAYER, 'small.json']);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    for (const { references } of json.results)
      expect(references).toMatchObject([{ passed: true, dtype: 'float64' }]);
  });

  test.runIf(isThere)('and is refused with a mistake in it, which is named', async () => {
    const code = readFileSync(new URL(`adapters/${name}.txt`, import.meta.url), 'utf8');
    expect(code).toContain(slope);
    const { code: exit, json } = await compared(code.replace(slope, ''), [TWO_LAYER]);
    expect(exit).toBe(1);
    const { references } = json;
    if (name === 'pytorch') expect(references[0].convention.options).toEqual({ penalty: 'full' });
    else expect(references[0].diagnosis).toMatchObject([{ mistake: 'missing-slope', layer: 1 }]);
  });
});

test('a program is written to a file, but not over one that is there', async () => {
  const cwd = folderWith();
  const args = ['init', '--adapter', 'c', '-o', 'mine.c'];
  expect(await run(args, { cwd })).toEqual({ code: 0, stdout: '', stderr: 'wrote mine.c\n' });
  expect(readFileSync(`${cwd}/mine.c`, 'utf8')).toBe(ADAPTERS.c);
  expect(await run(args, { cwd })).toMatchObject({ code: 2, stdout: '' });
  expect(existsSync(`${cwd}/mine.c`)).toBe(true);
});

test('a language that there is no program for is a usage error', async () => {
  const { code, stderr } = await run(['init', '--adapter', 'cobol']);
  expect(code).toBe(2);
  expect(stderr).toContain(
    'Allowed choices are numpy, pytorch, javascript, c, cpp, rust, go, java, octave, r.',
  );
});

test('neither layer sizes nor an adapter is a usage error', async () => {
  expect(await run(['init'])).toEqual({
    code: 2,
    stdout: '',
    stderr: "error: missing required argument 'sizes'\n",
  });
});
