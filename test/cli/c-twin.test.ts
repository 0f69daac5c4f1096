import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { exactNetworks } from '../exact.ts';
import { FIXTURES, folderWith, type Json, root, runJson } from './fcnet.ts';

/** fixtures/c_net.c, built with some flags if there is a C compiler here; warnings are errors. */
function built(name: string, ...flags: string[]): string {
  const program = path.join(folder, name);
  if (existsSync(program)) return program;
  const sources = [...flags, '-o', program, `${root}fixtures/c_net.c`, '-lm'];
  const { status, stderr } = spawnSync('cc', ['-std=c99', '-O2', '-Wall', '-Wextra', '-Werror', ...sources], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`cc failed: ${stderr}`);
  return program;
}

const folder = folderWith();
const hasCompiler = spawnSync('cc', ['--version']).status === 0;
if (!hasCompiler) process.stderr.write('SKIPPED: there is no C compiler (cc) here\n');

// In float32 all of `bce-fitted` underflows, so that nothing of it can be judged.
const exactOf = (dtype: string): string[] =>
  exactNetworks
    .filter(({ name }) => dtype === 'float64' || name !== 'bce-fitted')
    .map(({ name }) => `exact/${name}.config`);

describe.runIf(hasCompiler)('the twin in C', () => {
  test.concurrent.each([
    ['float64', 'c_net', []],
    ['float32', 'c_net32', ['-DSCALAR=float']],
  ])('agrees on all fixtures in %s, and is judged as that', async (dtype, name, flags) => {
    const program = built(name, ...flags);
    const configs = [...FIXTURES, ...exactOf(dtype)].map((net) => `fixtures/${net}.json`);
    const { code, json } = await runJson(['compare', ...configs, '--against', program]);
    expect(code).toBe(0);
    const answers = json.results.map(({ config, references }: Json) => {
      const { dtype, passed } = references.at(-1);
      return { config, dtype, passed };
    });
    expect(answers).toEqual(configs.map((config) => ({ config, dtype, passed: true })));
  });

  test.concurrent.each([
    ['two-layer', 1],
    ['iris', 1],
    ['deep', null],
  ])('that forgets the slope is refused on %s, and told so', async (net, layer) => {
    const program = built('c_net_bug', '-DBUG');
    const { code, json } = await runJson(['compare', `fixtures/${net}.json`, '--against', program]);
    expect(code).toBe(1);
    const reference = json.references.at(-1);
    expect(reference.passed).toBe(false);
    expect(reference.diagnosis[0]).toMatchObject({ mistake: 'missing-slope', layer });
  });

  test.concurrent.each([
    ['nothing', ''],
    ['no JSON', '{"X": [1,'],
    ['a config without weights', '{"X": [[1]], "y": [0]}'],
  ])('answers %s with exit code 2 and a reason', (_, stdin) => {
    const program = built('c_net');
    const { status, stdout, stderr } = spawnSync(program, { input: stdin, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^c_net: ./);
  });
});
