import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { configOfArrays, selectArray, toArrayValue } from '../../src/config/config-arrays.ts';
import { openArrayFile } from '../../src/files/arrays.ts';
import { InputError } from '../../src/files/errors.ts';
import { loadArrayFile } from '../../src/files/load.ts';
import type { ArrayFile, FileStrings } from '../../src/files/reading.ts';
import { cpuTime } from '../cpu-time.ts';
import { complaint, fixtureBytes } from '../files/array-files.ts';

const opened = (file: string): ArrayFile => openArrayFile(file, fixtureBytes(file));

describe('a whole file as a config', () => {
  test.each(['net.npz', 'net.safetensors'])('%s: each array by its name, and reg as a number', (file) => {
    const { config, ignored } = configOfArrays(file, opened(file));
    const keys = ['X', 'y', 'W1', 'b1', 'W2', 'b2'];
    const arrays = Object.fromEntries(keys.map((key) => [key, { file, key }]));
    expect(config).toEqual({ ...arrays, reg: 0.5 });
    expect(ignored).toEqual([]);
  });

  test('arrays of other names are ignored, whatever they hold, and named', () => {
    const { config, ignored } = configOfArrays('refused.npz', opened('refused.npz'));
    expect(config).toEqual({});
    expect(ignored).toContain('object');
  });

  /** What a file of these arrays, strings and metadata stands for. */
  function read(arrays: Record<string, number[] | string | string[]>, metadata: Record<string, string> = {}) {
    const strings = (name: string): FileStrings | undefined => {
      const own = arrays[name] ?? metadata[name];
      const values = typeof own === 'string' ? [own] : own?.filter((value) => typeof value === 'string');
      if (values === undefined || (values.length === 0 && own?.length !== 0)) return undefined;
      return { name, shape: typeof own === 'string' ? [] : [values.length], values };
    };
    return configOfArrays('net.npz', {
      names: Object.keys(arrays),
      metadata: Object.keys(metadata),
      has: (name) => Object.hasOwn(arrays, name),
      readStrings: strings,
      read: (name) => {
        const data = Float64Array.from(arrays[name] as number[]);
        return { name, shape: [data.length], dtype: 'float64', data };
      },
    });
  }

  test.each<[string, number[] | string | string[], unknown]>([
    ['reg', [0.1], 0.1],
    ['reg', '0.1', 0.1],
    ['seed', [7], 7],
    ['activation', 'relu', 'relu'],
    ['activation', ['relu'], 'relu'],
    ['activation', ['relu', 'tanh'], ['relu', 'tanh']],
    ['activation', ['leaky-relu:0.2', 'elu:0.5'], [{ 'leaky-relu': 0.2 }, { elu: 0.5 }]],
    ['activation', 'relu, leaky-relu:0.2', ['relu', { 'leaky-relu': 0.2 }]],
    ['activation', '["relu", {"elu": 0.5}]', ['relu', { elu: 0.5 }]],
    ['activation', '', []],
    ['activation', [], []],
    ['activation', 'rleu', 'rleu'],
    ['activation', '["relu"', '["relu"'],
    ['output', 'sigmoid', 'sigmoid'],
    ['output', 'elu:0.5', { elu: 0.5 }],
    ['output', '{"elu": 0.5}', { elu: 0.5 }],
    ['loss', 'squared-error', 'squared-error'],
    ['reduction', ['sum'], 'sum'],
    ['penalty', 'full', 'full'],
    ['samples', 'rows', 'rows'],
    ['weights', 'in-out', 'in-out'],
    ['biases', 'first', 'first'],
    ['name', 'iris', 'iris'],
    ['description', 'a, b', 'a, b'],
    ['reference', 'torch.npz', 'torch.npz'],
    ['reference', ['torch.npz', 'jax.npz'], ['torch.npz', 'jax.npz']],
    ['reg', 'none', 'none'],
    ['loss', ['hinge', 'hinge'], ['hinge', 'hinge']],
  ])('%s: %j says %j', (key, given, value) => {
    expect(read({ [key]: given })).toEqual({ config: { [key]: value }, ignored: [], read: [] });
  });

  test('the metadata of a .safetensors file say the same; what the format is goes without saying', () => {
    const metadata = { format: 'pt', reg: '0.1', activation: 'relu,tanh', author: 'me', X: '1' };
    expect(read({ W1: [1] }, metadata)).toEqual({
      config: { W1: { file: 'net.npz', key: 'W1' }, reg: 0.1, activation: ['relu', 'tanh'] },
      ignored: ['author', 'X'],
      read: [],
    });
  });

  test('numbers by the name of a text are those of something else', () => {
    const given = { loss: [0.7], output: [0.1, 0.9], samples: [100], format: [1] };
    expect(read(given)).toEqual({ config: {}, ignored: ['loss', 'output', 'samples', 'format'], read: [] });
  });

  test('a key that stands in both places is refused', () => {
    expect(complaint(() => read({ reg: [1] }, { reg: '2' }))).toBe(
      'reg: it stands both among the arrays and in the metadata',
    );
  });

  test('reg must be one number', () => {
    expect(complaint(() => read({ reg: [1, 2] }))).toBe('reg: expected a number, found an array of 2');
  });

  /** `W1=fc1.weight …`: which array of a file is read as which key, and what is ignored. */
  const named = (names: string): string => {
    const {
      config,
      ignored,
      read: as,
    } = read(Object.fromEntries(names.split(' ').map((name) => [name, [1]])));
    const keys = Object.entries(config).map(([key, spec]) => `${key}=${(spec as { key: string }).key}`);
    expect(as).toEqual(
      keys
        .map((pair) => pair.split('='))
        .filter(([to, from]) => to !== from)
        .map(([to, from]) => ({ from, to, why: 'by number and kind' })),
    );
    return [...keys, ...ignored.map((name) => `(${name})`)].join(' ');
  };

  test.each([
    [
      'as PyTorch calls them',
      'X fc1.weight fc1.bias fc2.weight fc2.bias',
      'X=X W1=fc1.weight b1=fc1.bias W2=fc2.weight b2=fc2.bias',
    ],
    ['as nn.Sequential does', '0.weight 0.bias 2.weight', 'W1=0.weight b1=0.bias W2=2.weight'],
    ['as Ng does', 'Theta1 Theta2', 'W1=Theta1 W2=Theta2'],
    [
      'as Keras does',
      'dense/kernel dense/bias dense_1/kernel',
      'W1=dense/kernel b1=dense/bias W2=dense_1/kernel',
    ],
    ['from 0', 'W0 b0 W1 b1', 'W1=W0 b1=b0 W2=W1 b2=b1'],
    ['beside an optimizer’s', 'W1 b1 m_W1 v_b1', 'W1=W1 b1=b1 (m_W1) (v_b1)'],
    [
      'beside their gradients',
      'layers.2.weight layers.2.weight.grad dW1',
      'W1=layers.2.weight (layers.2.weight.grad) (dW1)',
    ],
    ['by both kinds of names', 'W1 bias1 W2 bias2', 'W1=W1 b1=bias1 W2=W2 b2=bias2'],
    ['twice, in which case fcnet’s own are meant', 'W1 w1 b1', 'W1=W1 b1=b1 (w1)'],
    ['in two stacks, of which none is the network for certain', 'a.weight b.weight', '(a.weight) (b.weight)'],
  ])('weights and biases are known that are called %s', (_, names, expected) => {
    expect(named(names)).toBe(expected);
  });

  test('of very many arrays is read quickly', () => {
    const names = Array.from({ length: 60_000 }, (_, i) => `layer${i}`);
    const start = cpuTime();
    expect(read(Object.fromEntries(names.map((name) => [name, [1]]))).ignored).toHaveLength(60_000);
    expect(cpuTime() - start).toBeLessThan(1000);
  });
});

describe('the array that {"file", "key"} means', () => {
  test('is the one of that name', () => {
    expect(selectArray('model.safetensors', opened('model.safetensors'), 'fc1.bias').shape).toEqual([4]);
  });

  test('is the only one, where no key is given', () => {
    expect(selectArray('matrix.npy', opened('matrix.npy'), undefined).shape).toEqual([3, 4]);
    expect(selectArray('bfloat16.safetensors', opened('bfloat16.safetensors'), undefined).name).toBe('W1');
  });

  test.each([
    ['net.npz', 'W3', 'there is no array W3 in it; found X, y, W1, b1, W2, b2, reg'],
    [
      'net.npz',
      undefined,
      'expected a "key", the name of one of its arrays; found X, y, W1, b1, W2, b2, reg',
    ],
    ['matrix.npy', 'W1', 'there is no array W1 in it; found one array, without a name'],
    ['dtypes.npz', 'W1', 'big_i8, little_u1, big_u1, little_u2, big_u2, little_u4, big_u4, …'],
  ])('is missing in %s under %s', (file, key, message) => {
    expect(complaint(() => selectArray(file, opened(file), key))).toContain(message);
  });
});

describe('an array as a config has it', () => {
  const arrayOf = (shape: number[], data: number[]): unknown => {
    const found: unknown[] = [];
    const array = { name: 'W1', shape, dtype: 'float32', data: Float64Array.from(data) };
    return toArrayValue(array, 'W1', (at, message) => found.push([...at, message])) ?? found;
  };

  test('is a vector or a matrix', () => {
    expect(arrayOf([2], [1, 2])).toEqual({ kind: 'vector', data: Float64Array.of(1, 2) });
    const matrix = { rows: 1, cols: 2, data: Float64Array.of(1, 2) };
    expect(arrayOf([1, 2], [1, 2])).toEqual({ kind: 'matrix', matrix });
  });

  test.each([
    [[], [1], 'expected a vector or a matrix, found a single number'],
    [[1, 1, 2], [1, 2], 'expected a vector or a matrix, found an array of 1 × 1 × 2'],
    [[0, 3], [], 'expected at least one number, found an array of 0 × 3'],
    [[2, 2], [1, 2, Number.NaN, 4], 'expected finite numbers, found NaN at W1[1][0]'],
    [[2], [1, -Infinity], 'expected finite numbers, found -Infinity at W1[1]'],
  ])('is nothing else: %j %j', (shape, data, message) => {
    expect(arrayOf(shape, data)).toEqual([['W1', message]]);
  });
});

describe('a file on disk', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'fcnet-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const messageOf = (file: string): Promise<string> =>
    loadArrayFile(path.join(folder, file)).then(
      () => 'it was read',
      (error: unknown) => (error instanceof InputError ? error.problems[0]!.message : String(error)),
    );

  test('is opened', async () => {
    writeFileSync(path.join(folder, 'net.npz'), fixtureBytes('net.npz'));
    expect((await loadArrayFile(path.join(folder, 'net.npz'))).names).toContain('W2');
  });

  test('that is not there, or a folder, is an error', async () => {
    mkdirSync(path.join(folder, 'folder.npz'));
    expect(await messageOf('none.npz')).toBe('there is no such file');
    expect(await messageOf('folder.npz')).toBe('expected a file, found a folder');
  });

  test('that is larger than its arrays may be is refused unread', async () => {
    writeFileSync(path.join(folder, 'large.npy'), '');
    truncateSync(path.join(folder, 'large.npy'), 2 ** 40);
    expect(await messageOf('large.npy')).toBe('too large: 1048576 MiB; a run may hold 1024 MiB in all');
  });
});
