import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { folderWith, type Ran, root, spawned } from './fcnet.ts';

const whole = readFileSync(`${root}dist/fcnet.cjs`, 'utf8');

/** What V8 has kept of it, by the name that it has for this version of Node. */
const CODE = `fcnet.cjs.${process.version}-${process.arch}`;
const code = readFileSync(`${root}dist/${CODE}`);

/** Runs the launcher with such a build beside it, or with none. */
function launched(
  build: string | undefined,
  args: readonly string[] = ['loss'],
  kept?: Uint8Array,
): Promise<Ran> {
  const cwd = folderWith({ 'package.json': { type: 'module' } });
  mkdirSync(`${cwd}/bin`);
  mkdirSync(`${cwd}/dist`);
  for (const file of ['fcnet.js', 'package.json']) copyFileSync(`${root}bin/${file}`, `${cwd}/bin/${file}`);
  if (build !== undefined) writeFileSync(`${cwd}/dist/fcnet.cjs`, build);
  if (kept !== undefined) writeFileSync(`${cwd}/dist/${CODE}`, kept);
  return spawned('node', [`${cwd}/bin/fcnet.js`, ...args], { cwd });
}

test('the build is plain ASCII, as which it is read', () => {
  expect(/[^\0-\x7f]/.exec(whole)).toBeNull();
});

// 1 would say that gradients disagree.
describe.concurrent('the launcher ends with 2 and one line where the build', () => {
  test.each([
    ['is missing', undefined, 'fcnet: not built yet; install fcnet again\n'],
    ['is empty', '', /^fcnet: cannot be started: Error: the build is empty; build or install it again\n$/],
    ['is cut short', whole.slice(0, whole.length / 2), /^fcnet: cannot be started: SyntaxError: .*\n$/],
    ['is no program', 'Git LFS', /^fcnet: cannot be started: SyntaxError: .*\n$/],
    ['needs what is not there', 'require("./none.cjs")', /^fcnet: cannot be started: Error.*none\.cjs.*\n$/],
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
  const late = `setTimeout(() => { throw new TypeError("late") }, 0);${whole}`;
  const ran = await launched(late, ['compare', '--against', 'sleep 5']);
  expect(ran).toEqual({ code: 2, stdout: '', stderr: 'error: fcnet: unexpected TypeError: late\n' });
});

describe('the code that V8 has kept of the build', () => {
  test('fits it, and holds the functions that a start runs', async () => {
    // In a process of its own: that of the tests has other flags, for which V8 refuses it.
    const program = `
      const [, build, code] = process.argv;
      const text = require('node:module').wrap(require('node:fs').readFileSync(build, 'latin1'));
      const cachedData = require('node:fs').readFileSync(code);
      const options = { filename: 'fcnet.cjs' };
      const { cachedDataRejected } = new (require('node:vm').Script)(text, { ...options, cachedData });
      const bare = new (require('node:vm').Script)(text, options).createCachedData().length;
      console.log(cachedDataRejected, cachedData.length > 1.5 * bare);`;
    const files = ['fcnet.cjs', CODE].map((file) => `${root}dist/${file}`);
    const { stdout } = await spawned('node', ['-e', program, ...files]);
    expect(stdout).toBe('false true\n');
  });

  test.each([
    ['is whole', code],
    ['is that of another V8', Buffer.concat([Buffer.alloc(16, 7), code.subarray(16)])],
    ['is cut short', code.subarray(0, code.length / 2)],
    ['is empty', Buffer.alloc(0)],
  ])('changes nothing where it %s', async (_, kept) => {
    const without = await launched(whole, ['compare']);
    expect(await launched(whole, ['compare'], kept)).toEqual(without);
    expect(without).toMatchObject({ code: 0, stderr: '' });
  });

  test('changes nothing for a build that is another one', async () => {
    const ran = await launched(`exports.ended = true; process.stdout.write("other\\n")`, [], code);
    expect(ran).toEqual({ code: 0, stdout: 'other\n', stderr: '' });
  });
});
