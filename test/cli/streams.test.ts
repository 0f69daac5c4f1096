import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { folderWith, root, run, runBuilt, shell, TINY } from './fcnet.ts';

/** 64 → 32 → 10 with 500 samples: its output is far larger than what a pipe holds. */
const LARGE = {
  X: { shape: [64, 500], normal: { mean: 0, std: 1 } },
  y: Array.from({ length: 500 }, (_, n) => n % 10),
  W1: { shape: [32, 64], normal: { mean: 0, std: 0.1 } },
  b1: { shape: [32], constant: 0.1 },
  W2: { shape: [10, 32], normal: { mean: 0, std: 0.1 } },
  b2: { shape: [10], constant: 0 },
};

const WRONG = { ...TINY, reference: { dW1: [[1], [2]] } };

describe.concurrent('a pipe', () => {
  test.each([
    ['forward large.json --json | head -1', '{'],
    [
      'forward large.json --full | head -1',
      'large.json  64 → 32 sigmoid → 10 softmax · cross-entropy · mean · N = 500 · λ = 0',
    ],
    ['backprop large.json --json | head -c 1', '{'],
    [
      'compare --full | head -1',
      'textbook  3 → 4 sigmoid → 5 softmax · cross-entropy · mean · N = 2 · λ = 0.5',
    ],
    ['--help | head -1', 'Usage: fcnet [options] [command]'],
  ])('that is closed early ends quietly: fcnet %s', async (line, first) => {
    const ran = await shell(`fcnet ${line}`, { cwd: folderWith({ 'large.json': LARGE }) });
    expect({ ...ran, stdout: ran.stdout.trimEnd() }).toEqual({ code: 0, stdout: first, stderr: '' });
  });

  test('that is closed early does not change the verdict', async () => {
    const stdin = JSON.stringify(WRONG);
    expect(await shell('fcnet compare - | true', { stdin })).toMatchObject({ code: 1, stderr: '' });
  });

  test('for errors that is closed does not make them a verdict', async () => {
    const line = '{ (sleep 0.3; fcnet loss none.json; echo "code $?" >&3) 2>&1 | true; } 3>&1';
    expect(await shell(line, { cwd: folderWith() })).toMatchObject({ stdout: 'code 2\n' });
  });

  test.each(['--json', '--full'])('that is slow gets everything: forward large.json %s', async (option) => {
    const cwd = folderWith({ 'large.json': LARGE });
    const piped = await shell(`fcnet forward large.json ${option} | (sleep 1; cat > piped)`, { cwd });
    expect(piped).toEqual({ code: 0, stdout: '', stderr: '' });
    await runBuilt(['forward', 'large.json', option, '-o', 'written'], { cwd });
    const [through, written] = ['piped', 'written'].map((file) => readFileSync(`${cwd}/${file}`, 'utf8'));
    expect(through?.length).toBeGreaterThan(80_000); // a pipe holds 65,536 bytes
    expect(through === written).toBe(true);
  });
});

describe.concurrent('--quiet', () => {
  test.each([
    ['a result', ['backprop'], TINY, 0],
    ['agreement', ['gradcheck'], TINY, 0],
    ['a mismatch', ['compare'], WRONG, 1],
    ['several configs', ['compare', 'net.json'], WRONG, 1],
    ['a result as JSON', ['compare', '--json'], WRONG, 1],
  ])('leaves nothing of %s but the exit code', async (_, args, net, code) => {
    const cwd = folderWith({ 'net.json': net });
    expect(await run([...args, 'net.json', '-q'], { cwd })).toEqual({ code, stdout: '', stderr: '' });
  });

  test('keeps errors', async () => {
    const ran = await run(['compare', 'none.json', '--quiet'], { cwd: folderWith() });
    expect(ran).toEqual({ code: 2, stdout: '', stderr: 'error: none.json: there is no such file\n' });
  });
});

describe.concurrent('--output', () => {
  test.each([
    ['a table', ['backprop', 'fixtures/deep.json']],
    ['JSON', ['compare', 'fixtures/deep.json', '--json']],
    ['a summary', ['gradcheck', 'fixtures/deep.json', 'fixtures/iris.json']],
  ])('writes what would have been printed: %s', async (_, args) => {
    const folder = folderWith({ 'out.txt': 'what stood there before' });
    const [printed, written] = await Promise.all([run(args), run([...args, '-o', `${folder}/out.txt`])]);
    expect(written).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(`${folder}/out.txt`, 'utf8')).toBe(printed.stdout);
    expect(readdirSync(folder)).toEqual(['out.txt']); // no temporary file is left
  });

  test('keeps the exit code of the check', async () => {
    const cwd = folderWith({ 'net.json': WRONG });
    const ran = await run(['compare', 'net.json', '-o', 'out'], { cwd });
    expect(ran).toEqual({ code: 1, stdout: '', stderr: '' });
    expect(readFileSync(`${cwd}/out`, 'utf8')).toMatch(/^✖ inline reference is wrong/m);
  });

  test.each([
    ['a folder that is missing', 'none/out'],
    ['a folder', 'folder'],
    ['a file inside a file', 'net.json/out'],
    ['no name', ''],
  ])('to %s is an error, and nothing is left behind', async (_, out) => {
    const cwd = folderWith({ 'net.json': TINY });
    mkdirSync(`${cwd}/folder`);
    const { code, stdout, stderr } = await run(['loss', 'net.json', '-o', out], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(RegExp(`^error: .*${out}.*\n$`));
    expect(readdirSync(cwd, { recursive: true })).toEqual(['folder', 'net.json']);
  });

  test('of a config that cannot be used leaves the old file as it was', async () => {
    const cwd = folderWith({ 'net.json': { ...TINY, y: [9, 9] }, out: 'old' });
    expect(await run(['loss', 'net.json', '-o', 'out'], { cwd })).toMatchObject({ code: 2 });
    expect(readFileSync(`${cwd}/out`, 'utf8')).toBe('old');
  });

  test('has no colours, even where colours are forced', async () => {
    const cwd = folderWith();
    await run(['compare', '-o', 'out'], { cwd, env: { FORCE_COLOR: '1' } });
    expect(readFileSync(`${cwd}/out`, 'utf8')).not.toContain(ESCAPE);
  });

  test('goes through a symbolic link to its file', async () => {
    const cwd = folderWith({ target: 'old' });
    symlinkSync('target', `${cwd}/link`);
    await run(['loss', '-o', 'link'], { cwd });
    expect(lstatSync(`${cwd}/link`).isSymbolicLink()).toBe(true);
    expect(readFileSync(`${cwd}/target`, 'utf8')).toContain('35.609438');
  });

  test('writes into a named pipe, as into any device, and does not replace it', async () => {
    const cwd = folderWith();
    const line =
      'mkfifo pipe; timeout 30 cat pipe > got & sleep 0.2; fcnet loss -o pipe; code=$?; wait; exit $code';
    expect(await shell(line, { cwd })).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(lstatSync(`${cwd}/pipe`).isFIFO()).toBe(true);
    expect(readFileSync(`${cwd}/got`, 'utf8')).toContain('35.609438');
  });

  test.each([
    ['the config', ['loss', 'net.json'], 'net.json'],
    ['the config, spelled otherwise', ['loss', 'net.json'], './folder/../net.json'],
    ['the config, through a link', ['loss', 'net.json'], 'link.json'],
    ['the config, that was named through a link', ['loss', 'link.json'], 'net.json'],
    ['the config, by another name of it', ['loss', 'net.json'], 'hard.json'],
    ['one of several configs', ['gradcheck', 'tiny.json', 'net.json'], 'net.json'],
    ['one of several configs, that could not be run', ['gradcheck', 'tiny.json', 'bad.json'], 'bad.json'],
    ['the reference of a config', ['compare', 'net.json'], 'theirs.json'],
    ['the reference of a config in another folder', ['compare', 'folder/net.json'], 'folder/theirs.json'],
    ['a reference that was named', ['compare', 'tiny.json', '--reference', 'theirs.json'], 'theirs.json'],
    ['a module', ['gradcheck', 'm.mjs'], 'm.mjs'],
    ['a file of arrays that the config names', ['loss', 'arrays.json'], 'w.json'],
    ['one that a config names that could not be run', ['gradcheck', 'tiny.json', 'broken.json'], 'w.json'],
  ])('onto %s is refused', async (_, args, out) => {
    const net = { ...TINY, reference: 'theirs.json' };
    const module = 'export const x = [1]; export const f = (x) => x[0];';
    const files = { 'net.json': net, 'tiny.json': TINY, 'theirs.json': WRONG.reference, 'bad.json': '{' };
    const arrays = { ...TINY, W1: { file: './w.json', key: 'W1' } };
    const cwd = folderWith({
      ...files,
      'm.mjs': module,
      'arrays.json': arrays,
      'broken.json': { ...arrays, y: [7] },
      'w.json': { W1: TINY.W1 },
    });
    mkdirSync(`${cwd}/folder`);
    for (const name of ['net.json', 'theirs.json'])
      writeFileSync(`${cwd}/folder/${name}`, readFileSync(`${cwd}/${name}`));
    symlinkSync('net.json', `${cwd}/link.json`);
    linkSync(`${cwd}/net.json`, `${cwd}/hard.json`);
    const before = readFileSync(`${cwd}/${out}`, 'utf8');
    const { code, stdout, stderr } = await run([...args, '-o', out], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`error: ${out}: cannot be written: it is an input of this command`);
    expect(readFileSync(`${cwd}/${out}`, 'utf8')).toBe(before);
    expect(lstatSync(`${cwd}/link.json`).isSymbolicLink()).toBe(true);
  });

  test('onto the file that is read on standard input is refused', async () => {
    const cwd = folderWith({ 'net.json': TINY });
    const ran = await shell('fcnet loss - -o net.json < net.json', { cwd });
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('it is an input of this command') });
    expect(JSON.parse(readFileSync(`${cwd}/net.json`, 'utf8'))).toEqual(TINY);
  });

  test('is not kept from its place by what an earlier run with the same id left there', async () => {
    const cwd = folderWith();
    const line = `for i in 1 2; do touch .out.$$.tmp; done; exec node '${root}bin/fcnet.js' loss -o out`;
    expect(await shell(line, { cwd })).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(statSync(`${cwd}/out`).size).toBeGreaterThan(0);
  });

  test('may have a name as long as a file can have', async () => {
    const cwd = folderWith();
    const name = 'o'.repeat(255);
    expect(await run(['loss', '-o', name], { cwd })).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(cwd)).toEqual([name]);
  });

  test('is the only file that is written', async () => {
    const cwd = folderWith({ 'net.json': TINY });
    for (const command of ['forward', 'compare']) await run([command, 'net.json'], { cwd });
    expect(readdirSync(cwd)).toEqual(['net.json']);
  });
});

/** The results of a run must not seem to be there when they are not. */
describe.concurrent('standard output that is a file', () => {
  // Of a file that may have 8 KiB the last write takes only the beginning, as on a disk that is almost full.
  test.each(['backprop large.json --full', 'gradcheck large.json --sample 9 --full', 'init 64 64 10'])(
    'that cannot hold the result is an error: fcnet %s',
    async (line) => {
      const cwd = folderWith({ 'large.json': LARGE });
      const ran = await shell(`ulimit -f 8; fcnet ${line} > out`, { cwd });
      expect(statSync(`${cwd}/out`).size).toBe(8192);
      const stderr = 'error: standard output: cannot be written: EFBIG: file too large, write\n';
      expect(ran).toEqual({ code: 2, stdout: '', stderr });
    },
  );

  test('that cannot hold the result is an error as JSON with --json', async () => {
    const cwd = folderWith({ 'large.json': LARGE });
    const { code, stderr } = await shell('ulimit -f 8; fcnet backprop large.json --json > out', { cwd });
    expect({ code, ...JSON.parse(stderr) }).toMatchObject({ code: 2, errors: [{ file: 'standard output' }] });
  });

  test('that can hold it gets all of it', async () => {
    const cwd = folderWith({ 'large.json': LARGE });
    await shell('fcnet backprop large.json --json > out', { cwd });
    await runBuilt(['backprop', 'large.json', '--json', '-o', 'written'], { cwd });
    expect(readFileSync(`${cwd}/out`, 'utf8') === readFileSync(`${cwd}/written`, 'utf8')).toBe(true);
  });

  test('is not replaced, but written on', async () => {
    const cwd = folderWith({ out: 'before\n' });
    await shell('{ fcnet -V; fcnet -V; } >> out', { cwd });
    expect(readFileSync(`${cwd}/out`, 'utf8')).toMatch(/^before\n(\d+\.\d+\.\d+\n){2}$/);
  });

  test.runIf(existsSync('/dev/full'))('that is full is an error of the help, too', async () => {
    expect(await shell('fcnet --help > /dev/full')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: standard output: cannot be written: no space is left\n',
    });
  });
});

const ESCAPE = '\u001b';

describe.concurrent('control characters of the input are not printed:', () => {
  const evil = `${ESCAPE}[2J\u0007\u009b31m\u202e`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all but the line feed must not appear
  const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;
  const bidirectional = /[\u202a-\u202e\u2066-\u2069]/;

  test.each<[string, string[], object]>([
    ['the name of a network', ['forward', 'net.json'], { ...TINY, name: evil }],
    ['an unknown key', ['forward', 'net.json'], { ...TINY, [evil]: 1 }],
    ['a value', ['forward', 'net.json'], { ...TINY, reg: evil }],
    ['a long value', ['forward', 'net.json'], { ...TINY, X: [[1, evil.repeat(50)]] }],
    ['a path', ['compare', 'net.json'], { ...TINY, reference: `${evil}.json` }],
    ['a tensor of a reference', ['compare', 'net.json'], { ...TINY, reference: { [evil]: [1] } }],
    ['a precision', ['compare', 'net.json'], { ...TINY, reference: { dtype: evil, dW1: [1] } }],
    ['a file', ['forward', `${evil}.json`], TINY],
    ['a reference that is named', ['compare', 'net.json', '--reference', `${evil}.json`], TINY],
    ['a tensor that is named', ['gradcheck', 'net.json', '--only', evil], TINY],
    ['a command', [evil], TINY],
    ['an option', ['loss', `--${evil}`], TINY],
    ['the value of an option', ['loss', '--reg', evil], TINY],
  ])('%s', async (_, args, net) => {
    const cwd = folderWith({ 'net.json': net });
    const [table, asJson] = await Promise.all([run(args, { cwd }), run([...args, '--json'], { cwd })]);
    expect(table.stdout + table.stderr).not.toBe('');
    expect(table.stdout + table.stderr).not.toMatch(control);
    expect(table.stdout + table.stderr).not.toMatch(bidirectional);
    expect(asJson.stdout + asJson.stderr).not.toMatch(control);
  });

  test('the name of a config that can be read', async () => {
    const name = `red${ESCAPE}[31m.json`;
    const { code, stdout } = await run(['gradcheck', name, name], { cwd: folderWith({ [name]: TINY }) });
    expect(code).toBe(0);
    expect(stdout).not.toMatch(control);
  });
});
