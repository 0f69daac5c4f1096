import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { fixtureBytes, npy, npyHeader, zipOf } from '../files/array-files.ts';
import type { Case } from '../fuzz/cases.ts';
import { type Ran, runCase } from '../fuzz/run.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'fcnet-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NET = { X: [[1, 2]], y: [0, 1], W1: [[1], [2]], b1: [0, 0] };
const bytesOf = (content: unknown): Uint8Array =>
  content instanceof Uint8Array
    ? content
    : Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));

/** Runs `fcnet compare net.json` with these files beside it. */
const compare = (
  config: object,
  files: Readonly<Record<string, unknown>>,
  { args = ['compare', 'net.json'], stdin = '' } = {},
): Promise<Ran> => {
  const all = Object.entries({ 'net.json': config, ...files }).map(([name, content]) => [
    name,
    bytesOf(content),
  ]);
  const given: Case = { files: Object.fromEntries(all), args, stdin: Buffer.from(stdin), twice: [] };
  return runCase(given, path.join(folder, 'net'));
};

const SECRET = 'hunter2';

describe('of a file that a config names, errors show nothing', () => {
  test.each<[string, string, unknown]>([
    ['an environment', 'secret', `TOKEN=${SECRET}\nPORT=1\n`],
    ['a text of one word', 'secret', SECRET],
    ['a number too many', 'secret', `1 ${SECRET}`],
    ['a JSON text', 'secret', JSON.stringify(SECRET)],
    ['its key', 'secret', { [SECRET]: [null] }],
    ['its key that stands twice', 'secret', `{"${SECRET}": 1, "${SECRET}": 2}`],
    ['its values', 'secret', { dW1: [[SECRET]], db1: [0, SECRET], loss: SECRET, dtype: SECRET }],
    ['its values under gradients', 'secret', { gradients: { [SECRET]: SECRET } }],
    ['what escapes what', 'secret', `{"a": "\\${SECRET}"}`],
    ['what is no text', 'secret', Buffer.from([0xff, 0xfe, ...Buffer.from(SECRET)])],
    [
      'what it calls an array',
      'secret.npz',
      zipOf([{ name: `${SECRET}.npy`, content: Buffer.from(SECRET) }]),
    ],
    ['what is no array file', 'secret.npz', SECRET],
    ['what is no tensor', 'secret.safetensors', `{"${SECRET}": 1}`],
    ['what is no header', 'secret.npz', zipOf([{ name: 'dW1.npy', content: npy(SECRET) }])],
  ])('of %s, as a reference', async (_, name, content) => {
    const { code, stdout, stderr } = await compare({ ...NET, reference: name }, { [name]: content });
    expect(stdout + stderr).not.toContain(SECRET);
    // What may be a reference, only a wrong one, is a result.
    expect(code === 2 ? stderr : 'a result').toMatch(
      code === 2 ? /net\.json:1:\d+: reference: .*secret/ : /./,
    );
  });

  test.each<[string, object, unknown, string]>([
    ['text', { file: 's.json' }, SECRET, 'not JSON: expected a value'],
    ['value', { file: 's.json' }, [[1], [SECRET]], 's.json:1:7: [1][0]: expected a number'],
    ['value', { file: 's.json', key: 'W1' }, { W1: [[SECRET]] }, 's.json:1:9: W1[0][0]: expected a number'],
    ['names', { file: 's.json' }, { [SECRET]: 1, b: 2 }, 'expected a "key", the name of one of its arrays\n'],
    ['names', { file: 's.json', key: 'W1' }, { [SECRET]: 1, b: 2 }, 'there is no array W1 in it\n'],
    [
      'names',
      { file: 's.npz', key: 'W1' },
      zipOf([{ name: SECRET, content: Buffer.from('') }]),
      'there is no array W1 in it\n',
    ],
    ['bytes', { file: 's.npy' }, SECRET, 'expected a NumPy array (.npy): its first bytes are others\n'],
    [
      'header',
      { file: 's.npy' },
      npy(npyHeader(SECRET, '(1,)')),
      'expected numbers; it holds an unknown type',
    ],
    ['bytes', { file: 's.safetensors' }, SECRET + SECRET, 'expected a .safetensors file\n'],
  ])('of its %s, as an array: %j', async (_, W1, content, message) => {
    const { file } = W1 as { file: string };
    const { code, stderr } = await compare({ ...NET, W1 }, { [file]: content });
    expect(code).toBe(2);
    expect(stderr.replace(`dtype ${SECRET}`, '')).not.toContain(SECRET);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/net\.json:1:\d+: W1\.file: /);
  });

  test('but what was probably meant by a key is said', async () => {
    const { stderr } = await compare(
      { ...NET, W1: { file: 's.json', key: 'fc1.wieght' } },
      { 's.json': { 'fc1.weight': [[1], [2]], b: 1 } },
    );
    expect(stderr).toContain('there is no array fc1.wieght in it; did you mean fc1.weight?\n');
  });

  test('and of one in a list it is said which', async () => {
    const reference = ['good.json', 'gone.json'];
    const { stderr } = await compare({ ...NET, reference }, { 'good.json': { dW1: [[0], [0]] } });
    expect(stderr).toMatch(
      /net\.json:1:\d+: reference\[1\]: .*gone\.json: there is no such file\n {2}1 \| .*"good\.json","gone\.json"/,
    );
  });

  test('while a file that the command line names is shown', async () => {
    const { code, stderr } = await compare(
      NET,
      { 'theirs.json': `{"dW1": [${SECRET}]}` },
      { args: ['compare', 'net.json', '--reference', 'theirs.json'] },
    );
    expect(code).toBe(2);
    expect(stderr).toContain(
      `theirs.json:1:10: not JSON: expected a value or ], found ${SECRET}\n  1 | {"dW1": [${SECRET}]}\n`,
    );
  });
});

test('what is wrong with a reference that stands in a config is said at its place there', async () => {
  const inner = { dW1: [[0], ['x']] };
  const { stderr } = await compare(
    { ...NET, reference: ['theirs.json', inner] },
    { 'theirs.json': { dW1: [[0], [0]] } },
  );
  expect(stderr).toMatch(/net\.json:1:\d+: reference\[1\]\.dW1\[1\]\[0\]: expected a number, found "x"\n/);
});

describe('a config can name plain files only', () => {
  const inFolder = (name: string): string => path.join(folder, name);
  const messageOf = (name: string): Promise<string> => {
    writeFileSync(inFolder('c.json'), JSON.stringify({ ...NET, W1: { file: name } }));
    return loadConfig(inFolder('c.json'), () => Readable.from([])).then(
      () => 'it was read',
      ({ problems }) => problems[0].message,
    );
  };
  const NOT_PLAIN = 'expected a plain file; a config can name no device, pipe or standard input';

  test.runIf(process.platform === 'linux').each([
    ['a device', '/dev/zero'],
    ['a device that is there for all', '/dev/null'],
    ['standard input', '/dev/stdin'],
    ['standard input', '/dev/fd/0'],
    ['standard input', '/proc/self/fd/0'],
    ['what it was started with', '/proc/self/environ'],
  ])('not %s, by a link to %s', async (_, target) => {
    rmSync(inFolder('link.json'), { force: true });
    symlinkSync(target, inFolder('link.json'));
    // What standard input is here may not be there at all.
    expect(await messageOf('link.json')).toMatch(/expected a plain file|there is no such file|no permission/);
    rmSync(inFolder('way'), { force: true });
    symlinkSync(path.dirname(target), inFolder('way'));
    symlinkSync(`way/${path.basename(target)}`, inFolder('round.json'));
    expect(await messageOf('round.json')).toMatch(
      /expected a plain file|there is no such file|no permission/,
    );
    rmSync(inFolder('round.json'));
  });

  test.runIf(process.platform !== 'win32')('not a pipe, which it does not wait for', async () => {
    execFileSync('mkfifo', [inFolder('pipe.npy')]);
    expect(await messageOf('pipe.npy')).toBe(`${inFolder('pipe.npy')}: ${NOT_PLAIN}`);
  });

  test.runIf(process.platform !== 'win32')('not a socket', async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(inFolder('s.npy'), done));
    expect(await messageOf('s.npy')).toBe(`${inFolder('s.npy')}: ${NOT_PLAIN}`);
    await new Promise((done) => server.close(done));
  });

  test('not a folder', async () => {
    mkdirSync(inFolder('d.npy'));
    expect(await messageOf('d.npy')).toBe(`${inFolder('d.npy')}: expected a file; it is a folder`);
  });

  test('and those by links, too', async () => {
    writeFileSync(inFolder('there.json'), '[[1], [2]]');
    symlinkSync('there.json', inFolder('to-there.json'));
    expect(await messageOf('to-there.json')).toBe('it was read');
  });
});

test('a file that is named in several ways is read once', async () => {
  writeFileSync(path.join(folder, 'net.npz'), fixtureBytes('net.npz'));
  const files = ['net.npz', './net.npz', `../${path.basename(folder)}/net.npz`, path.join(folder, 'net.npz')];
  const [X, y, W1, b1] = files.map((file, i) => ({ file, key: ['X', 'y', 'W1', 'b1'][i] }));
  const [W2, b2] = ['W2', 'b2'].map((key) => ({ file: './/net.npz', key }));
  writeFileSync(
    path.join(folder, 'c.json'),
    JSON.stringify({ X, y, W1, b1, W2, b2, samples: 'rows', weights: 'in-out' }),
  );
  const { problem } = await loadConfig(path.join(folder, 'c.json'), () => Readable.from([]));
  expect(problem.network.layers).toHaveLength(2);
});

test('standard input is opened only for a config that comes by it', async () => {
  const opened = (): never => {
    throw new Error('opened');
  };
  await expect(loadConfig('fixtures/two-layer.json', opened)).resolves.toBeDefined();
  await expect(loadConfig('-', opened)).rejects.toThrow('opened');
});
