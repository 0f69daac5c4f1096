import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { folderWith, root, run, shell, TINY } from './fcnet.ts';

const config = `${root}fixtures/two-layer.json`;
const args = ['compare', config, '--reference', 'golden.json'];

describe('--update', () => {
  test('prints the result of the comparison with what it writes, and says that it has', async () => {
    const cwd = folderWith();
    const ran = await run([...args, '--update'], { cwd });
    expect(ran).toMatchObject({ code: 0, stderr: 'wrote golden.json\n' });
    expect(ran.stdout).toMatch(/^✔ two-layer\.pytorch and golden agree in all 41 entries/m);
  });

  test.runIf(existsSync('/dev/full'))('writes nothing where its result could not be printed', async () => {
    const cwd = folderWith({ 'net.json': TINY });
    const line = 'fcnet compare net.json --reference golden.json --update > /dev/full';
    expect(await shell(line, { cwd })).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: standard output: cannot be written: no space is left\n',
    });
    expect(readdirSync(cwd)).toEqual(['net.json']);
  });

  test('writes both the golden file and the output', async () => {
    const cwd = folderWith();
    expect(await run([...args, '--update', '-o', 'out'], { cwd })).toMatchObject({ code: 0, stdout: '' });
    expect(readdirSync(cwd).sort()).toEqual(['golden.json', 'out']);
  });

  test.each(['', '--update'])('of a golden file of 3 GiB is one clear error (%s)', async (option) => {
    const cwd = folderWith({ 'golden.json': '' });
    truncateSync(`${cwd}/golden.json`, 3 * 2 ** 30);
    expect(await run([...args, ...(option ? [option] : [])], { cwd })).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^error: golden\.json: too large: 3072 MiB.*\n$/),
    });
  });

  test('writes what backprop --json prints, which then agrees', async () => {
    const cwd = folderWith();
    expect((await run([...args, '--update'], { cwd })).code).toBe(0);
    const { stdout } = await run(['backprop', config, '--json']);
    expect(readFileSync(`${cwd}/golden.json`, 'utf8')).toBe(stdout);
    expect((await run(args, { cwd })).code).toBe(0);
  });

  test('replaces a golden file of another day, and keeps who may read it', async () => {
    const cwd = folderWith({ 'golden.json': { dW1: [[1]] } });
    chmodSync(`${cwd}/golden.json`, 0o640);
    expect((await run([...args, '--update'], { cwd })).code).toBe(0);
    expect(statSync(`${cwd}/golden.json`).mode & 0o777).toBe(0o640);
  });

  test('writes where a link leads, there or not yet', async () => {
    const cwd = folderWith();
    symlinkSync('real.json', `${cwd}/golden.json`);
    expect((await run([...args, '--update'], { cwd })).code).toBe(0);
    expect((await run([...args, '--update'], { cwd })).code).toBe(0);
    expect(readdirSync(cwd).sort()).toEqual(['golden.json', 'real.json']);
    expect(statSync(`${cwd}/real.json`).size).toBeGreaterThan(100);
  });

  const pathOfConfig = 'net.json';
  test.each<[string, string[], Record<string, string>, RegExp]>([
    ['in CI', [...args], { CI: 'true' }, /--update: golden files are not written in CI/],
    ['two references', [...args, '--reference', 'other.json'], {}, /--update: expected one --reference/],
    ['no reference', args.slice(0, 2), {}, /--update: expected one --reference to write, found 0/],
    ['several configs', [...args, config], {}, /--update: expected one config, .* found 2\n$/],
    [
      'a reference that is the config',
      ['compare', pathOfConfig, '--reference', pathOfConfig],
      {},
      /--update: net\.json holds no reference/,
    ],
    [
      'a file that holds arrays of the config',
      ['compare', 'arrays.json', '--reference', './w.json'],
      {},
      /--update: \.\/w\.json holds arrays of the config/,
    ],
    ['an array file', ['compare', config, '--reference', 'golden.npz'], {}, /expected a \.json file/],
    ['with a command that fails', [...args, '--against', 'false'], {}, /failed with exit code 1/],
    ['with an output that cannot be written', [...args, '-o', 'none/out'], {}, /there is no such folder/],
    ['with an output that is a folder', [...args, '-o', '.'], {}, /it is a folder/],
    ['with an output to the same file', [...args, '-o', './golden.json'], {}, /cannot be written twice/],
    [
      'a missing folder',
      ['compare', config, '--reference', 'none/golden.json'],
      {},
      /there is no such folder/,
    ],
  ])('refuses %s, and writes nothing', async (_, command, env, message) => {
    const net = JSON.parse(readFileSync(config, 'utf8'));
    const files = {
      [pathOfConfig]: net,
      'arrays.json': { ...net, W1: { file: 'w.json', key: 'W1' } },
      'w.json': { W1: net.W1 },
      'golden.npz': 'kept',
    };
    const cwd = folderWith(files);
    const before = readFileSync(`${cwd}/${pathOfConfig}`, 'utf8');
    const { code, stdout, stderr } = await run([...command, '--update'], { cwd, env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.match(/error:/g)).toHaveLength(1);
    expect(readdirSync(cwd).sort()).toEqual(Object.keys(files).sort());
    expect(readFileSync(`${cwd}/${pathOfConfig}`, 'utf8')).toBe(before);
    expect(existsSync(`${cwd}/golden.json`)).toBe(false);
  });
});
