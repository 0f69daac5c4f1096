import { copyFileSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
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

describe('in a checkout the launcher notices', () => {
  /** A build, and sources with a folder among them; times are in seconds after the build was made. */
  function checkout({ folder, file }: { folder: number; file: number }): string {
    const cwd = folderWith({ 'package.json': { type: 'module' } });
    for (const name of ['bin', 'dist', 'src/core']) mkdirSync(`${cwd}/${name}`, { recursive: true });
    for (const name of ['fcnet.js', 'package.json']) copyFileSync(`${root}bin/${name}`, `${cwd}/bin/${name}`);
    writeFileSync(`${cwd}/dist/fcnet.cjs`, 'exports.ended = true');
    writeFileSync(`${cwd}/src/core/backprop.ts`, '');
    const built = statSync(`${cwd}/dist/fcnet.cjs`).mtimeMs / 1e3;
    utimesSync(`${cwd}/src/core/backprop.ts`, built, built + file);
    utimesSync(`${cwd}/src/core`, built, built + folder);
    utimesSync(`${cwd}/src`, built, built - 60);
    return cwd;
  }
  const STALE = 'fcnet: src is newer than the build; run npm run build\n';

  test.each([
    ['a folder of src that is newer than the build', { folder: 60, file: -60 }, STALE],
    ['nothing where all of src is older', { folder: -60, file: -60 }, ''],
  ])('%s', async (_, times, stderr) => {
    expect(await spawned('node', ['bin/fcnet.js'], { cwd: checkout(times) })).toEqual({
      code: 0,
      stdout: '',
      stderr,
    });
  });

  test('a file that is newer, where somebody sits at a terminal', async () => {
    const cwd = checkout({ folder: -60, file: 60 });
    expect(await spawned('script', ['-qec', 'node bin/fcnet.js', '/dev/null'], { cwd })).toMatchObject({
      code: 0,
      stdout: STALE.replace('\n', '\r\n'),
    });
  });
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
    // In processes of their own: that of the tests has other flags, for which V8 refuses it, and what V8 has taken up
    // once it takes again where it is to compile the same.
    const evaluated = (expression: string) =>
      spawned('node', [
        '-e',
        `const { setFlags, scriptOf } = require(process.argv[1]);
        const kept = require('node:fs').readFileSync(process.argv[2]);
        setFlags();
        console.log(${expression});`,
        `${root}bin/fcnet.js`,
        `${root}dist/${CODE}`,
      ]);
    const taken = await evaluated('scriptOf(kept).cachedDataRejected');
    expect(taken).toMatchObject({ stdout: 'false\n', stderr: '' }); // V8 knows the flags
    const { stdout } = await evaluated('kept.length > 1.5 * scriptOf().createCachedData().length');
    expect(stdout).toBe('true\n');
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
