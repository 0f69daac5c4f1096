import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixture, folderWith, type Ran, root, run, spawned, TINY } from './fcnet.ts';

// In a container there is no home, no locale and no terminal; and folders are called as people like.

const NAME = 'a folder, größe & $HOME';
const theirs = fixture('two-layer.pytorch.json');

/** The command, installed in such a folder, beside a project in another. */
function installed(): { command: string; cwd: string } {
  const folder = path.join(folderWith(), NAME);
  mkdirSync(folder);
  for (const part of ['bin', 'dist', 'package.json'])
    cpSync(path.join(root, part), path.join(folder, part), { recursive: true });
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  const cwd = path.join(folder, 'nets é');
  mkdirSync(cwd);
  const files = {
    'net one.json': { ...fixture('two-layer.json'), reference: 'ihre größe.json' },
    'ihre größe.json': { ...theirs, gradients: { ...theirs.gradients, db2: [0, 0, 0, 0, 0] } },
    'bad é.json': { ...TINY, y: [0, 7] },
    'fcnet.json': { nets: '*one.json', noReference: true },
  };
  for (const [name, content] of Object.entries(files))
    writeFileSync(path.join(cwd, name), JSON.stringify(content));
  cpSync(path.join(root, 'fixtures/toy.ts'), path.join(cwd, 'töy one.ts'));
  return { command: path.join(folder, 'bin/fcnet.js'), cwd };
}

const HOMES: Readonly<Record<string, readonly string[]>> = {
  'no home and no locale': [],
  'a home that is not there, and the locale C': ['HOME=/nonexistent', 'LANG=C', 'LC_ALL=C', 'TERM=dumb'],
};

describe.each(Object.entries(HOMES))('in a folder of any name, with %s,', (_, variables) => {
  const { command, cwd } = installed();
  const there = (args: readonly string[]): Promise<Ran> =>
    spawned('env', ['-i', `PATH=${process.env.PATH}`, ...variables, process.execPath, command, ...args], {
      cwd,
    });

  test.each<[string[], number]>([
    [['compare', 'net one.json'], 1],
    [['compare', 'net one.json', '--format', 'html'], 1],
    [['compare', 'net one.json', '--against', 'cat "ihre größe.json"', '--json'], 1],
    [['gradcheck', 'n*.json', 'bad é.json'], 2],
    [['check'], 0],
    [['loss', 'net tow.json'], 2],
    [['help'], 0],
  ])('fcnet %j says what it says elsewhere', async (args, code) => {
    const ran = await there(args);
    expect(ran).toEqual(await run(args, { cwd }));
    expect(ran.code).toBe(code);
  });

  test('a result is written, and a module is checked', async () => {
    expect(await there(['backprop', 'net one.json', '-o', 'größe 2.npz'])).toMatchObject({ stderr: '' });
    const { code, stdout, stderr } = await there(['gradcheck', 'töy one.ts']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^✔ agree: the gradient of f2/m);
  });
});
