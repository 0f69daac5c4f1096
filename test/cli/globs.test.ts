import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { folderWith, type Json, run, runJson, TINY } from './fcnet.ts';

const net = JSON.stringify(TINY);

/** A folder of nets, some in folders of their own. */
function nets(): string {
  const cwd = folderWith({ 'b.json': net, 'a.json': net, 'c.txt': net, '[x].json': net, 'x.json': net });
  for (const folder of ['nets', 'nets/deep']) mkdirSync(`${cwd}/${folder}`);
  for (const file of ['nets/1.json', 'nets/10.json', 'nets/deep/2.json', 'nets/.hidden.json'])
    writeFileSync(`${cwd}/${file}`, net);
  return cwd;
}

const checked = (json: Json): string[] => json.results.map(({ config }: Json) => config);

describe.concurrent('a pattern that the shell has not expanded', () => {
  test.each<[string, string[], string[]]>([
    ['of a folder', ['nets/*.json'], ['nets/1.json', 'nets/10.json']],
    ['of all folders', ['nets/**/*.json'], ['nets/1.json', 'nets/10.json', 'nets/deep/2.json']],
    ['of several words', ['{a,b}.json', 'nets/1?.json'], ['a.json', 'b.json', 'nets/10.json']],
    ['beside files', ['b.json', 'nets/1*.json'], ['b.json', 'nets/1.json', 'nets/10.json']],
    ['from elsewhere', ['./nets/../*[ab].json'], ['a.json', 'b.json']],
  ])('is expanded in the order of names: %s', async (_, args, expected) => {
    const { code, json } = await runJson(['audit', ...args], { cwd: nets() });
    expect(code).toBe(0);
    expect(checked(json)).toEqual(expected);
  });

  test.each(['gradcheck', 'compare'])('is for %s, too, and may be absolute', async (command) => {
    const cwd = nets();
    const { json } = await runJson([command, `${cwd}/nets/1*.json`], { cwd });
    expect(checked(json)).toEqual([`${cwd}/nets/1.json`, `${cwd}/nets/10.json`]);
  });

  test('is a file where there is one of that very name', async () => {
    const cwd = nets();
    const { code, json } = await runJson(['gradcheck', '[x].json', 'a.json'], { cwd });
    expect(code).toBe(0);
    expect(checked(json)).toEqual(['[x].json', 'a.json']);
  });

  test.each([
    ['net/*.json', 'did you mean nets/*.json?'],
    ['nets/*.npz', 'did you mean nets/*.json?'],
    ['none/of/these*', 'none/of/these*: no file matches\n'],
  ])('that matches nothing is exit code 2: %s', async (pattern, hint) => {
    const { code, stdout, stderr } = await run(['audit', 'a.json', pattern], { cwd: nets() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: \S+: no file matches/);
    expect(stderr).toContain(hint);
  });
});

test.concurrent.each([
  ['net/1.json', 'nets/1.json'],
  ['nets/deep/22.json', 'nets/deep/2.json'],
])('a config that is not there is told from the one that was meant: %s', async (file, meant) => {
  const { code, stderr } = await run(['loss', file], { cwd: nets() });
  expect(code).toBe(2);
  expect(stderr).toBe(`error: ${file}: there is no such file; did you mean ${meant}?\n`);
});

test.concurrent('nothing is meant where nothing is near', async () => {
  const { stderr } = await run(['loss', 'entirely-else.json'], { cwd: nets() });
  expect(stderr).toBe('error: entirely-else.json: there is no such file\n');
});
