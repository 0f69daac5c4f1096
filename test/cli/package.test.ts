import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import { COMMAND, licenceOf, packagesIn } from '../../src/build.ts';
import { fixture, folderWith, type Ran, root, spawned, TINY } from './fcnet.ts';

/** What is written with the package: the program of the README, and more, with what must not compile. */
const PROGRAMS = {
  'readme.ts': /```ts\n([\s\S]*?)```/.exec(readFileSync(`${root}README.md`, 'utf8'))![1]!,
  'program.ts': `
    import { type Backprop, backprop, expectGradients, gradcheck, parseConfig } from 'fcnet';
    const { gradients, loss }: Backprop = backprop(parseConfig('{}'));
    export const first: Float64Array | undefined = gradients[0]?.data;
    export const total: number = loss.total;
    expectGradients({ X: [[1, 2]], y: [0, 1] }, { dW1: new Float32Array(2), db1: [0, 0] });
    export { gradcheck as gradcheckInBrowsers, type Comparison } from 'fcnet/browser';
    // @ts-expect-error a browser has no files
    import { loadConfig } from 'fcnet/browser';
    // @ts-expect-error there is no such option
    gradcheck(parseConfig('{}'), { stepp: 1 });`,
};

/** An empty folder into which the package was installed as a user would install it. */
let folder: string;

const inFolder = (program: string, ...args: string[]): Promise<Ran> =>
  spawned(program, args, { cwd: folder });

beforeAll(async () => {
  folder = folderWith({ 'package.json': { private: true, type: 'module' }, 'net.json': TINY });
  // --ignore-scripts: what was built before the tests is packed, and not built again beneath those that run.
  const packed = await spawned('npm', ['pack', '--ignore-scripts', '--pack-destination', folder]);
  expect(packed, packed.stderr).toMatchObject({ code: 0 });
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  const installed = await inFolder('npm', 'install', ...quiet, `./${packed.stdout.trim()}`);
  expect(installed, installed.stderr).toMatchObject({ code: 0 });
});

describe('the package, installed in an empty folder', () => {
  const files = (): string[] =>
    readdirSync(path.join(folder, 'node_modules/fcnet'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        path.relative(path.join(folder, 'node_modules/fcnet'), path.join(entry.parentPath, entry.name)),
      );

  test('has a command that agrees with PyTorch', async () => {
    const { code, stdout, stderr } = await inFolder('npx', '--no-install', 'fcnet', 'compare');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^✔ textbook\.pytorch agrees /m);
  });

  test('has a command that reads the files of the folder it runs in', async () => {
    const { code, stdout } = await inFolder('npx', '--no-install', 'fcnet', 'loss', 'net.json', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).loss.data).toBeCloseTo(0.7200948, 7);
  });

  test('is a library that computes and checks', async () => {
    const program = `
      import { backprop, compare, forward, gradcheck, loss, parseConfig, parseReference } from 'fcnet';
      const problem = parseConfig(${JSON.stringify(TINY)});
      const { gradients } = backprop(problem);
      const reference = Object.fromEntries(gradients.map(({ name, data }) => [name, [...data]]));
      reference.dW1 = reference.dW1.map((value) => [value]);
      console.log(JSON.stringify({
        names: gradients.map(({ name }) => name),
        checked: gradcheck(problem).passed,
        agreed: compare(problem, [parseReference('mine', reference)]).passed,
        refused: compare(problem, [parseReference('mine', { ...reference, db1: [1, 2] })]).passed,
        loss: loss(problem).total,
        logits: [...forward(problem).logits.data],
      }));`;
    const { code, stdout, stderr } = await inFolder('node', '--input-type=module', '-e', program);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      names: ['dW1', 'db1'],
      checked: true,
      agreed: true,
      refused: false,
      loss: expect.closeTo(0.7200948, 7),
      logits: [1, 2, 2, 4],
    });
  });

  describe.each(['typescript-5', 'typescript-6', 'typescript'])(
    'has types that %s compiles with,',
    (compiler) => {
      const tsc = (...args: string[]): Promise<Ran> =>
        inFolder('node', path.join(root, 'node_modules', compiler, 'bin/tsc'), ...args);

      beforeAll(async () => {
        rmSync(path.join(folder, 'tsconfig.json'), { force: true });
        await tsc('--init');
        for (const [name, text] of Object.entries(PROGRAMS)) writeFileSync(path.join(folder, name), text);
      });

      // As a new project has it, but that our types are looked at, too.
      test.each([
        ['node16', ['--module', 'node16']],
        ['nodenext', ['--module', 'nodenext']],
        ['bundler', ['--module', 'preserve', '--moduleResolution', 'bundler']],
      ])('as a project of its --init with the resolution of %s', async (_, options) => {
        const { code, stdout } = await tsc('-p', '.', '--noEmit', '--skipLibCheck', 'false', ...options);
        expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
      });
    },
  );

  test('can be asked for its version', async () => {
    const { stdout } = await inFolder('node', '-p', "require('fcnet/package.json').version");
    expect(stdout).toBe(`${fixture('../package.json').version}\n`);
  });

  test('holds what runs, its types and its licence, and no sources, tests or fixtures', () => {
    const top = [...new Set(files().map((file) => file.split(path.sep)[0]))].sort();
    expect(top.filter((name) => name !== 'README.md')).toEqual(['LICENSE', 'bin', 'dist', 'package.json']);
    expect(files()).toEqual(
      expect.arrayContaining(['bin/fcnet.js', 'dist/fcnet.cjs', 'dist/index.js', 'dist/types/index.d.ts']),
    );
    expect(files().filter((file) => /(^|\/)(src|test|fixtures)\//.test(file))).toEqual([]);
  });

  test('holds the licence of every package that the command is built from', async () => {
    const { metafile } = await build({ ...COMMAND, write: false });
    const names = packagesIn(metafile).map((place) => place.replace(/^.*node_modules\//, ''));
    expect(names).toEqual(expect.arrayContaining(['commander', 'cli-table3', 'string-width'])); // one brings another
    const text = readFileSync(path.join(folder, 'node_modules/fcnet/dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
    const sections = text.split(`\n${'-'.repeat(80)}\n`).slice(1);
    expect(sections.map((section) => /^\n(\S+) [\d.]+ \(.+\)\n/.exec(section)?.[1])).toEqual(names);
    for (const section of sections) {
      expect(section).toMatch(/copyright/i);
      expect(section).toMatch(
        /permission is hereby granted|permission to use|redistribution and use|licensed under/i,
      );
    }
  });

  test('names no path of the machine that built it', () => {
    const naming = files().filter((file) => {
      const text = readFileSync(path.join(folder, 'node_modules/fcnet', file), 'utf8');
      return text.includes(root) || /["'`(](\/(home|root|work|tmp|Users)\/|[A-Z]:\\\\)/.test(text);
    });
    expect(naming).toEqual([]);
  });
});

describe('the build', () => {
  const manifest = { name: 'p', version: '1.0.0', license: 'MIT' };

  test('knows the packages of a bundle, those inside others, too', () => {
    const files = ['src/a.ts', 'node_modules/b/i.js', 'node_modules/b/j.js', 'node_modules/@c/d/k.js'];
    const inputs = Object.fromEntries(
      [...files, 'node_modules/b/node_modules/e/lib/l.js'].map((file) => [file, { bytes: 1, imports: [] }]),
    );
    expect(packagesIn({ inputs, outputs: {} })).toEqual([
      'node_modules/@c/d',
      'node_modules/b',
      'node_modules/b/node_modules/e',
    ]);
  });

  test.each(['LICENSE', 'license', 'LICENCE.md', 'LICENSE-MIT.txt', 'COPYING'])(
    'takes the licence of a package from %s',
    async (file) => {
      const text = await licenceOf(folderWith({ 'package.json': manifest, [file]: '\nMay be copied.\n' }));
      expect(text).toBe('p 1.0.0 (MIT)\n\nMay be copied.');
    },
  );

  test('hands on what a licence asks to be handed on with it', async () => {
    const text = await licenceOf(folderWith({ 'package.json': manifest, LICENSE: 'one', NOTICE: 'two' }));
    expect(text).toMatch(/\none\n\ntwo$/);
  });

  test('fails where a package has no licence', async () => {
    const unlicensed = folderWith({ 'package.json': manifest, 'readme.md': 'MIT' });
    await expect(licenceOf(unlicensed)).rejects.toThrow(
      'p is in the bundle, and has no file with its licence',
    );
  });
});
