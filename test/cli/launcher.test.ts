import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { folderWith, type Ran, root, spawned } from './fcnet.ts';

const whole = readFileSync(`${root}dist/fcnet.js`, 'utf8');

/** Runs the launcher with such a build beside it, or with none. */
function launched(build: string | undefined, args: readonly string[] = ['loss']): Promise<Ran> {
  const cwd = folderWith({ 'package.json': { type: 'module' } });
  mkdirSync(`${cwd}/bin`);
  mkdirSync(`${cwd}/dist`);
  copyFileSync(`${root}bin/fcnet.js`, `${cwd}/bin/fcnet.js`);
  if (build !== undefined) writeFileSync(`${cwd}/dist/fcnet.js`, build);
  return spawned('node', [`${cwd}/bin/fcnet.js`, ...args], { cwd });
}

// 1 would say that gradients disagree.
describe.concurrent('the launcher ends with 2 and one line where the build', () => {
  test.each([
    ['is missing', undefined, 'fcnet: not built yet; install fcnet again\n'],
    ['is empty', '', /^fcnet: cannot be started: Error: the build is empty; build or install it again\n$/],
    ['is cut short', whole.slice(0, whole.length / 2), /^fcnet: cannot be started: SyntaxError: .*\n$/],
    ['is no program', 'Git LFS', /^fcnet: cannot be started: SyntaxError: .*\n$/],
    ['needs what is not there', 'import "./none.js"', /^fcnet: cannot be started: Error.*none\.js.*\n$/],
    ['throws', 'throw new Error("one\\ntwo")', /^fcnet: cannot be started: Error: one; .*\n$/],
  ])('%s', async (_, build, message) => {
    const { code, stdout, stderr } = await launched(build);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    if (typeof message === 'string') expect(stderr).toBe(message);
    else expect(stderr).toMatch(message);
  });
});

test('the launcher starts a build that is whole', async () => {
  expect(await launched(whole)).toMatchObject({ code: 0, stderr: '' });
  expect(await launched(whole, ['loss', 'none.json'])).toMatchObject({ code: 2, stdout: '' });
});

test('what fails where nobody waits for it ends with 2 and one line, too', async () => {
  const late = whole.replace(/(?=import\{)/, 'setTimeout(() => { throw new TypeError("late") }, 0);');
  expect(late).not.toBe(whole);
  const ran = await launched(late, ['compare', '--against', 'sleep 5']);
  expect(ran).toEqual({ code: 2, stdout: '', stderr: 'error: fcnet: unexpected TypeError: late\n' });
});
