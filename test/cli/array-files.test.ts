import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { folderWith, root, run, runJson } from './fcnet.ts';

const files = `${root}fixtures/files/`;
const NUMPY = ['--samples', 'rows', '--weights', 'in-out'];
const PYTORCH = ['--samples', 'rows'];

describe('a file of arrays is a config', () => {
  test.each([
    ['net.npz', NUMPY],
    ['net.safetensors', PYTORCH],
  ])('%s has the loss of the network that it holds', async (file, orientation) => {
    const { json } = await runJson(['loss', files + file, ...orientation]);
    const { json: expected } = await runJson(['loss', `${root}fixtures/two-layer.json`]);
    expect(json.loss.total).toBeCloseTo(expected.loss.total, 12);
  });

  test('of which the other arrays are ignored with one note', async () => {
    const cwd = folderWith({});
    execFileSync(
      'python3',
      [
        '-c',
        'import numpy as np; d = dict(np.load("'.concat(
          files,
          'net.npz")); np.savez("more.npz", **d, epoch=3, best=1)',
        ),
      ],
      { cwd },
    );
    const { code, stderr } = await run(['loss', 'more.npz', ...NUMPY], { cwd });
    expect(code).toBe(0);
    expect(stderr).toBe('note: more.npz: ignored epoch, best, which a config has no place for\n');
  });

  test('by the names of others, with one note, and both names where something is wrong', async () => {
    const cwd = folderWith({});
    const names = "{'W1': 'fc1.weight', 'b1': 'fc1.bias', 'W2': 'fc2.weight', 'b2': 'fc2.bias'}";
    const rename = `n = ${names}; np.savez('torch.npz', **{n.get(k, k): v for k, v in d.items()})`;
    const load = `import numpy as np; d = dict(np.load('${files}net.npz'))`;
    execFileSync('python3', ['-c', `${load}; ${rename}; np.savez('less.npz', X=d['X'], Z=1)`], { cwd });
    const env = { COLUMNS: '300' }; // whatever the folder is called
    const { code, stdout, stderr } = await run(['loss', 'torch.npz', ...NUMPY], { cwd, env });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr:
        'note: torch.npz: fc1.weight is read as W1, fc1.bias as b1, fc2.weight as W2, fc2.bias as b2 (by number and kind)\n',
    });
    const own = await run(['loss', `${files}net.npz`, ...NUMPY], { cwd, env });
    expect(stdout.replace('torch.npz', `${files}net.npz`)).toBe(own.stdout);

    const turned = await run(['loss', 'torch.npz', '--samples', 'rows'], { cwd });
    expect(turned).toMatchObject({ code: 2, stderr: expect.stringContaining('W1 (fc1.weight): expected') });
    expect(await run(['loss', 'less.npz'], { cwd })).toMatchObject({
      code: 2,
      stderr:
        'error: less.npz: expected a config, the arrays X, y, W1, b1, … by name; y, W1 are missing, found X, Z\n',
    });
  });

  test('that lies the other way gets the hint about the option', async () => {
    const { code, stderr } = await run(['loss', `${files}net.npz`, '--samples', 'rows']);
    expect(code).toBe(2);
    expect(stderr).toContain('--weights in-out');
  });
});

describe('an array of a config', () => {
  const net = (W1: object): object => ({ X: [[1, 2]], y: [0, 1], W1, b1: [0, 0] });

  test.each<[string, object, string]>([
    ['stands in a .json file', { file: 'w.json', key: 'W1' }, ''],
    ['stands in a .json file alone', { file: 'alone.json' }, ''],
    ['is not in the file', { file: 'w.json', key: 'W9' }, 'there is no array W9 in it\n'],
    ['is in no file', { file: 'none.npz', key: 'W1' }, 'none.npz: there is no such file'],
    ['is ragged', { file: 'ragged.json' }, 'ragged.json:1:'],
    ['is not finite', { file: 'nan.json' }, 'expected finite numbers'],
    ['is in a file of another kind', { file: 'w.txt' }, '.npy, .npz, .safetensors or .json'],
  ])('that %s: %j', async (_, W1, message) => {
    const cwd = folderWith({
      'net.json': net(W1),
      'w.json': { W1: [[1], [2]] },
      'alone.json': [[1], [2]],
      'ragged.json': [[1], [2, 3]],
      'nan.json': '[[1], [NaN]]',
      'w.txt': '1 2',
    });
    const { code, stderr } = await run(['loss', 'net.json'], { cwd });
    expect(code).toBe(message === '' ? 0 : 2);
    expect(stderr).toContain(message);
  });
});

describe('a reference', () => {
  test.each([
    ['net.gradients.npz', 'float64', NUMPY, 'net.npz'],
    ['net.gradients.safetensors', 'float32', PYTORCH, 'net.safetensors'],
  ])('%s agrees, as %s', async (file, dtype, orientation, config) => {
    const { code, json } = await runJson([
      'compare',
      files + config,
      ...orientation,
      '--reference',
      files + file,
    ]);
    expect(code).toBe(0);
    expect(json.references[0]).toMatchObject({ dtype, passed: true });
  });

  test('by the names of a PyTorch state_dict is read with --rename, and without', async () => {
    const cwd = folderWith({});
    const script = `import numpy as np; d = np.load("${files}net.gradients.npz"); np.savez("theirs.npz", **{"fc1.weight": d["dW1"], "fc1.bias": d["db1"], "fc2.weight": d["dW2"], "fc2.bias": d["db2"]})`;
    execFileSync('python3', ['-c', script], { cwd });
    const args = ['compare', `${files}net.npz`, ...NUMPY, '--reference', 'theirs.npz'];
    const names = ['fc1.weight=dW1', 'fc1.bias=db1', 'fc2.weight=dW2', 'fc2.bias=db2'];
    const renamed = await run([...args, ...names.flatMap((name) => ['--rename', name])], { cwd });
    expect(renamed.code).toBe(0);
    // Or by itself, for no other reading is possible.
    const { code, stderr } = await run(args, { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain('fc1.weight');
  });
});

test('init writes an .npz that is a config again', async () => {
  const cwd = folderWith({});
  expect((await run(['init', '3', '4', '5', '-o', 'net.npz'], { cwd })).code).toBe(0);
  expect((await run(['gradcheck', 'net.npz'], { cwd })).code).toBe(0);
});

test('the real digits agree with PyTorch', async () => {
  const { code, stdout } = await run(['compare', `${root}fixtures/digits.json`]);
  expect(stdout).toMatch(/^✔ digits\.pytorch agrees in all 2410 entries/m);
  expect(code).toBe(0);
});

describe('an array file that cannot be read is an error at its place in the config', () => {
  const config = (file: string): string => JSON.stringify({ X: [[1]], y: [0], W1: { file }, b1: [0] });

  test.each([
    ['is not there', 'none.npy', 'none.npy: there is no such file'],
    ['is damaged', 'short.npy', 'short.npy: ends within its header'],
    [
      'is no file of arrays',
      '/dev/zero',
      '/dev/zero: expected a file of arrays: .npy, .npz, .safetensors or .json',
    ],
    [
      'is a device',
      'endless.npy',
      'endless.npy: expected a plain file; a config can name no device, pipe or standard input',
    ],
    ['has its own places', 'words.json', 'words.json:1:4: [1]: expected a number'],
    ['is nested too deeply', 'deep.json', 'deep.json:1:1: expected arrays nested at most 64 deep'],
  ])('%s', async (_, file, message) => {
    const cwd = folderWith({
      'c.json': config(file),
      'words.json': '[1,"two"]',
      'deep.json': '['.repeat(5000) + ']'.repeat(5000),
    });
    writeFileSync(`${cwd}/short.npy`, Buffer.from('\x93NUMPY\x01\x00', 'latin1'));
    symlinkSync('/dev/zero', `${cwd}/endless.npy`);
    const { code, stderr } = await run(['loss', 'c.json'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(`error: c.json:1:33: W1.file: ${message}\n  1 | {`);
  });
});
