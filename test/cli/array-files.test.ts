import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
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
    ['is not in the file', { file: 'w.json', key: 'W9' }, 'W9: not found; it holds W1'],
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

  test('by the names of a PyTorch state_dict is read with --rename', async () => {
    const cwd = folderWith({});
    const script = `import numpy as np; d = np.load("${files}net.gradients.npz"); np.savez("theirs.npz", **{"fc1.weight": d["dW1"], "fc1.bias": d["db1"], "fc2.weight": d["dW2"], "fc2.bias": d["db2"]})`;
    execFileSync('python3', ['-c', script], { cwd });
    const args = ['compare', `${files}net.npz`, ...NUMPY, '--reference', 'theirs.npz'];
    const names = ['fc1.weight=dW1', 'fc1.bias=db1', 'fc2.weight=dW2', 'fc2.bias=db2'];
    const renamed = await run([...args, ...names.flatMap((name) => ['--rename', name])], { cwd });
    expect(renamed.code).toBe(0);
    const { code, stdout } = await run(args, { cwd });
    expect(code).toBe(1);
    expect(stdout).toContain('fc1.weight of theirs.npz: unknown');
  });
});

test('init writes an .npz that is a config again', async () => {
  const cwd = folderWith({});
  expect((await run(['init', '3', '4', '5', '-o', 'net.npz'], { cwd })).code).toBe(0);
  expect((await run(['gradcheck', 'net.npz', '--strict'], { cwd })).code).toBe(0);
});

test('the real digits agree with PyTorch', async () => {
  const { code, stdout } = await run(['compare', `${root}fixtures/digits.json`]);
  expect(stdout).toMatch(/^✔ agree: .*all 2410 entries$/m);
  expect(code).toBe(0);
});

describe('--update', () => {
  const args = ['compare', `${root}fixtures/two-layer.json`, '--reference', 'golden.json'];

  test('writes what backprop --json prints, which then agrees', async () => {
    const cwd = folderWith({});
    expect((await run([...args, '--update'], { cwd })).code).toBe(0);
    const { stdout } = await run(['backprop', `${root}fixtures/two-layer.json`, '--json']);
    expect(readFileSync(`${cwd}/golden.json`, 'utf8')).toBe(stdout);
    expect((await run(args, { cwd })).code).toBe(0);
  });

  test.each<[string, string[], Record<string, string>]>([
    ['in CI', [], { CI: 'true' }],
    ['with two references', ['--reference', 'other.json'], {}],
  ])('refuses %s, and writes nothing', async (_, more, env) => {
    const cwd = folderWith({});
    const { code, stderr } = await run([...args, ...more, '--update'], { cwd, env });
    expect(code).toBe(2);
    expect(stderr).toContain('--update');
    expect(existsSync(`${cwd}/golden.json`)).toBe(false);
  });
});

describe('--against', () => {
  const config = `${root}fixtures/two-layer.json`;
  const numpy = `python3 ${root}fixtures/numpy_net.py`;

  test('asks a program, which agrees', async () => {
    const { code, json } = await runJson(['compare', config, '--against', numpy]);
    expect(code).toBe(0);
    expect(json.references.map(({ name }: { name: string }) => name)).toContain(numpy);
  });

  test('hands it the config with every array written out and without its references', async () => {
    const cwd = folderWith({});
    await run(['compare', `${root}fixtures/deep.json`, '--against', 'cat > got.json; exit 1'], { cwd });
    const got = JSON.parse(readFileSync(`${cwd}/got.json`, 'utf8'));
    expect(got).toMatchObject({
      activation: ['relu', 'tanh', 'softplus'],
      samples: 'rows',
      weights: 'in-out',
    });
    expect(got.reference).toBeUndefined();
    expect(got.W1).toHaveLength(5);
  });

  test.each([
    ['fails', 'echo my reason >&2; exit 3', 'failed with exit code 3'],
    ['answers with garbage', 'echo hello', 'not JSON'],
    ['takes too long, with its children', 'sleep 30 & sleep 30', 'took longer than 1 s'],
    ['answers with no gradients', 'echo {}', 'found none'],
    ['is not there', 'no-such-command-at-all', 'exit code 127'],
  ])('of a program that %s is exit code 2', async (_, command, message) => {
    const start = performance.now();
    const { code, stdout, stderr } = await run(['compare', config, '--timeout', '1', '--against', command]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    if (command.includes('my reason')) expect(stderr).toContain('| my reason');
    expect(performance.now() - start).toBeLessThan(15_000);
  });

  test('names the one that stands alone', async () => {
    const wrong = folderWith({});
    const mutate = `const r = JSON.parse(require('fs').readFileSync(0)); r.gradients.dW1[0][0] += 1; console.log(JSON.stringify(r))`;
    writeFileSync(`${wrong}/mutate.cjs`, mutate);
    const { code, stdout } = await run([
      'compare',
      config,
      '--against',
      `${numpy} | node ${wrong}/mutate.cjs`,
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain('odd one out: python3 numpy_net.py |');
  });
});
