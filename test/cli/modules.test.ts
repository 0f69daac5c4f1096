import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  folderWith,
  type Ran,
  type RunOptions,
  root,
  runBuilt as run,
  runBuiltJson as runJson,
  shell,
} from './fcnet.ts';

/** Checks a module of this text. */
const check = (text: string, options: readonly string[] = [], file = 'm.ts'): Promise<Ran> =>
  run(['gradcheck', file, ...options], inFolder(text, file));

const checkJson = (text: string, options: readonly string[] = []): ReturnType<typeof runJson> =>
  runJson(['gradcheck', 'm.mjs', ...options], inFolder(text, 'm.mjs'));

const inFolder = (text: string, file = 'm.ts'): RunOptions => ({ cwd: folderWith({ [file]: text }) });

const failed = (message: string): Ran => ({ code: 2, stdout: '', stderr: `error: ${message}\n` });

describe.concurrent('what a module prints', () => {
  const LINES = ['at load', 'in f', 'in gradient', 'raw', 'by another name'];
  const prints = `
    import { stdout } from 'node:process';
    console.log('at load');
    stdout.write('by another name\\n');
    export const x = [1, 2];
    export const f = (x) => {
      console.log('in f');
      process.stdout.write('raw\\n');
      return x[0] * x[1];
    };
    export const gradient = (x) => {
      console.info('in gradient');
      return [x[1], x[0]];
    };`;
  const printed = ({ stderr }: Ran): string[] => [...new Set(stderr.trim().split('\n'))].sort();

  test.each(['m.ts', 'm.mjs'])('goes to standard error, beside the JSON of the result (%s)', async (file) => {
    const ran = await check(prints, ['--json'], file);
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({ command: 'gradcheck', passed: true });
    expect(printed(ran)).toEqual([...LINES].sort());
  });

  test('goes there with --quiet, too', async () => {
    const ran = await check(prints, ['-q']);
    expect(ran).toMatchObject({ code: 0, stdout: '' });
    expect(printed(ran)).toEqual([...LINES].sort());
  });

  test('goes there where it fails', async () => {
    const ran = await check(
      `console.log('hello'); export const x = [1]; export const f = () => { throw 1 };`,
    );
    expect(ran).toEqual({ code: 2, stdout: '', stderr: 'hello\nerror: m.ts: f throws 1\n' });
  });

  test('goes there after the check, while the result is written to a slow pipe', async () => {
    const text = `
      setInterval(() => console.log('tick'), 1);
      export const x = Array.from({ length: 2000 }, (_, i) => i);
      export const f = (x) => x.reduce((sum, value) => sum + value * value, 0);
      export const gradient = (x) => x.map((value) => 2 * value);`;
    const options = inFolder(text);
    const { code, stderr } = await shell(
      'fcnet gradcheck m.ts --json --rtol 1 | (sleep 1; cat > piped)',
      options,
    );
    expect({ code, stderr: stderr.replaceAll('tick\n', '') }).toEqual({ code: 0, stderr: '' });
    const piped = readFileSync(`${options.cwd}/piped`, 'utf8');
    expect(piped.length).toBeGreaterThan(70_000); // a pipe holds 65,536 bytes
    expect(JSON.parse(piped).tensors.f.analytic).toHaveLength(2000);
  });
});

describe.concurrent('a module cannot change the exit code', () => {
  const F = 'export const x = [1, 2]; export const f = (x) => x[0] * x[0];';
  const ended = 'm.ts: the module ended the process: process.exit(0)';
  const unhandled = 'm.ts: the module does not handle an error: Error: oh';

  test.each([
    ['by ending the process in f', 'export const x = [1]; export const f = () => process.exit(0);', ended],
    ['by ending it at load', `process.exit(0); ${F}`, ended],
    [
      'by ending it in its gradient, and catching that',
      `${F} import { exit } from 'node:process'; export const gradient = () => { try { exit(0) } catch {} };`,
      ended,
    ],
    ['by a rejection', `${F} Promise.reject(new Error('oh'));`, unhandled],
    [
      'by a rejection while f runs',
      `export const x = [1]; export const f = () => { Promise.reject(new Error('oh')); return 1; };`,
      unhandled,
    ],
    [
      'by an f that is asynchronous and fails',
      `export const x = [1]; export const f = async () => { throw new Error('oh') };`,
      'm.ts: f: expected f to return a number, found a promise',
    ],
    [
      'by a gradient that is asynchronous and fails',
      `${F} export const gradient = async () => { throw new Error('oh') };`,
      'm.ts: f: expected gradient(x) to hold numbers, found a promise',
    ],
  ])('%s', async (_, text, message) => {
    expect(await check(text)).toEqual(failed(message));
  });

  test('by waiting for nothing', async () => {
    expect(await check(`await new Promise(() => {}); ${F}`, [], 'm.mjs')).toEqual(
      failed('m.mjs: the module waits for something that never comes'),
    );
  });

  test('by what it does after the check', async () => {
    const wrong = `${F} export const gradient = () => [1, 1];
      setTimeout(() => process.exit(0)); setTimeout(() => { throw new Error('late') });`;
    expect(await check(wrong)).toMatchObject({ code: 1, stderr: '' });
  });

  test.each(['', '--json'])(
    'nor keep fcnet from ending (%s)',
    async (option) => {
      const line = `timeout 20 node "$FCNET" gradcheck m.ts ${option}`;
      const env = { FCNET: `${root}bin/fcnet.js` };
      const ran = await shell(line, { ...inFolder(`setInterval(() => {}, 1000); ${F}`), env });
      expect(ran).toMatchObject({ code: 0, stderr: '' });
      expect(ran.stdout).toMatch(option === '' ? /┘\n$/ : /^}\n$/m);
    },
    30_000,
  );

  test('and the others are checked', async () => {
    const cwd = folderWith({ 'exit.ts': 'process.exit(0);', 'good.ts': F });
    const { code, stdout, stderr } = await run(['gradcheck', 'exit.ts', 'good.ts'], { cwd });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'error: exit.ts: the module ended the process: process.exit(0)\n',
    });
    expect(stdout).toContain('✔ good.ts');
  });

  test.runIf(existsSync('/dev/full'))('nor hide that the result could not be written', async () => {
    expect(await shell('fcnet gradcheck m.ts > /dev/full', inFolder(F))).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: standard output: cannot be written: no space is left\n',
    });
  });
});

describe.concurrent('an error of a module', () => {
  const BAD = 'export const x = [1];\nexport const f = (é: => x[0];\n';

  test.each([
    [
      'm.ts',
      'm.ts:2:22: syntax error: Unexpected "=>"\n  2 | export const f = (é: => x[0];\n    |                      ^',
    ],
    [
      'm.mts',
      'm.mts:2:22: syntax error: Unexpected "=>"\n  2 | export const f = (é: => x[0];\n    |                      ^',
    ],
    [
      'm.mjs',
      "m.mjs:2:20: syntax error: Unexpected token ':'\n  2 | export const f = (é: => x[0];\n    |                    ^",
    ],
    [
      'm.js',
      "m.js:2:20: syntax error: Unexpected token ':'\n  2 | export const f = (é: => x[0];\n    |                    ^",
    ],
  ])('of syntax is shown at its place: %s', async (file, message) => {
    expect(await check(BAD, [], file)).toEqual(failed(message));
  });

  test('of syntax in a CommonJS module is shown at its place', async () => {
    expect(await check('exports.x = [1];\nexports.f = (x => x;', [], 'm.cjs')).toEqual(
      failed(
        "m.cjs:2:20: syntax error: Unexpected token ';'\n  2 | exports.f = (x => x;\n    |                    ^",
      ),
    );
  });

  test('of syntax in a file that it imports is shown in that one', async () => {
    const cwd = folderWith({ 'bad.ts': BAD, 'm.ts': `export { x, f } from './bad.ts';` });
    const { code, stderr } = await run(['gradcheck', 'm.ts'], { cwd });
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: bad\.ts:2:22: /),
    });
  });

  test('of syntax has its place in JSON', async () => {
    const { code, stderr } = await check(BAD, ['--json']);
    expect({ code, ...JSON.parse(stderr) }).toMatchObject({
      code: 2,
      errors: [{ file: 'm.ts', line: 2, column: 22, message: 'syntax error: Unexpected "=>"' }],
    });
  });

  test.each([
    ['while it is loaded', `throw new Error('boom\\nand more');`, 'cannot be loaded: Error: boom'],
    ['no error', `throw 'boom\\nand more';`, `cannot be loaded: 'boom\\nand more'`],
    ['as it parses JSON', `JSON.parse('{');`, 'cannot be loaded: SyntaxError: '],
    ['that is long', `throw new Error('x'.repeat(5000));`, `cannot be loaded: Error: ${'x'.repeat(192)}…`],
    ['for a file that is not there', `import './none.mjs';`, 'cannot be loaded: Error: Cannot find module '],
  ])('that it throws %s is one line', async (_, text, message) => {
    for (const file of ['m.ts', 'm.mjs']) {
      const { code, stdout, stderr } = await check(text, [], file);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^.*\n$/);
      expect(stderr.startsWith(`error: ${file}: ${message}`)).toBe(true);
    }
  });

  const THROWS = `() => { throw new Error('boom') }`;

  test.each([
    ['f', `f = ${THROWS}`, 'f throws Error: boom'],
    ['its gradient', `f = (x) => x[0]; export const gradient = ${THROWS}`, 'gradient throws Error: boom'],
    ['one of several', `f = { a: () => 1, b: ${THROWS} }`, 'b throws Error: boom'],
    [
      'the gradient of one of several',
      `f = { a: () => 1, b: () => 1 }; export const gradient = { b: ${THROWS} }`,
      'the gradient of b throws Error: boom',
    ],
  ])('names the function that throws: %s', async (_, text, message) => {
    expect(await check(`export const x = [1]; export const ${text};`)).toEqual(failed(`m.ts: ${message}`));
  });

  test('does not blame f where x cannot be changed', async () => {
    const { code, stderr } = await check('export const x = Object.freeze([1]); export const f = () => 1;');
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.not.stringContaining('throws') });
  });
});

describe.concurrent('an entry that cannot be decided', () => {
  const JUMP = `export const x = [0, 1]; export const f = (x) => (x[0] >= 0 ? 1 : 0) + x[1];
    export const gradient = () => [0, 1];`;
  const ENDS = `export const x = [0, 4]; export const f = (x) => x[0] ** 1.5 + x[1];
    export const gradient = () => [0, 1];`;
  const ROOTS = 'export const x = [0, 4]; export const f = (x) => Math.sqrt(x[0]) + Math.sqrt(x[1]);';

  test.each([
    ['at a jump', JUMP, {}],
    ['where f ends', ENDS, { left: 'NaN' }],
  ])('%s is listed, as often as it is counted', async (_, text, slopes) => {
    const { code, json } = await checkJson(text);
    expect({ code, passed: json.passed, counted: json.tensors.f.inconclusive }).toEqual({
      code: 0,
      passed: true,
      counted: 1,
    });
    expect(json.inconclusive).toMatchObject([{ tensor: 'f', index: [0], ...slopes }]);
  });

  test.each([
    ['at a jump', JUMP],
    ['where f ends', ENDS],
    ['where f ends, without a gradient', ROOTS],
  ])('%s fails with --strict', async (_, text) => {
    const { code, json } = await checkJson(text, ['--strict']);
    expect({ code, passed: json.passed }).toEqual({ code: 1, passed: false });
    const { stdout } = await check(text, ['--strict']);
    expect(stdout).toMatch(/^✖ f: .*--strict: 1 entry is inconclusive$/m);
    expect(stdout).not.toContain('✔');
    expect((await check(text, ['--strict', '--format', 'github'])).stdout).toMatch(/^::error .*1 entry/);
  });

  test('has no slope where f is not defined on one side: the table marks it and a line says so', async () => {
    const { code, stdout } = await check(ROOTS);
    expect(code).toBe(0);
    expect(stdout).toMatch(/│ \[0\] ○ │ +NaN │ Infinity │/);
    expect(stdout).toMatch(/│ \[1\] {3}│ +0.25 │/);
    expect(stdout).toMatch(/^○ f\[0\] has no slope: f is not defined to the left$/m);
    expect((await checkJson(ROOTS)).json).toMatchObject({
      tensors: { f: { inconclusive: 1 } },
      inconclusive: [{ tensor: 'f', index: [0], left: 'NaN' }],
    });
  });

  test.each([
    ['to the right', '2 - x[0] ** 2 + Math.sqrt(1 - x[0])', 'defined to the right'],
    ['on either side', 'Math.sqrt(-((x[0] - 1) ** 2))', 'defined on either side'],
    ['to the left, but infinite', 'x[0] < 1 ? Infinity : x[0]', 'finite to the left'],
  ])('has no slope where f is not defined %s', async (_, f, where) => {
    const { stdout } = await check(`export const x = [1]; export const f = (x) => ${f};`);
    expect(stdout).toContain(`○ f[0] has no slope: f is not ${where}\n`);
  });

  test('has no slope where f ends at the step that is given, either', async () => {
    const { code, stdout } = await check(ENDS, ['--step', '1e-3']);
    expect(code).toBe(0);
    expect(stdout).toContain('2 entries, 1 of them inconclusive');
  });

  test('is named as far as --worst says', async () => {
    const many = `export const x = Array(9).fill(0); export const f = (x) => x.reduce((s, v) => s + Math.sqrt(v), 0);`;
    const named = async (...options: string[]): Promise<string[]> =>
      [...(await check(many, options)).stdout.matchAll(/^○ (\S+ \S+)/gm)].map(([, words]) => words as string);
    expect(await named('--worst', '1')).toEqual(['f[0] has', 'and 8']);
    expect(await named('--full')).toHaveLength(9);
  });
});

test.concurrent.each([['--only', 'dW1'], ['--sample', '1'], ['--naive'], ['--reg', '1']])(
  '%s, which concerns networks, is refused',
  async (...option) => {
    const { code, stdout, stderr } = await run(['gradcheck', 'fixtures/toy.ts', ...option]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`${option[0]} concerns networks; a module is checked in all its entries`);
  },
);

test.concurrent('beside a network, what concerns that one is allowed', async () => {
  const { code } = await run(['gradcheck', 'fixtures/toy.ts', 'fixtures/two-layer.json', '--sample', '1']);
  expect(code).toBe(0);
});
