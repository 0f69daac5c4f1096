import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { InputError } from '../../../src/config/errors.ts';
import { openArrayFile } from '../../../src/config/files/arrays.ts';
import { configOfArrays, selectArray, toArrayValue } from '../../../src/config/files/config-arrays.ts';
import { loadArrayFile } from '../../../src/config/files/load.ts';
import type { ArrayFile, FileArray } from '../../../src/config/files/reading.ts';
import { complaint, fixtureBytes } from './array-files.ts';

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

  test('reg must be one number', () => {
    const read = (): FileArray => ({
      name: 'reg',
      shape: [2, 1],
      dtype: 'float64',
      data: Float64Array.of(1, 2),
    });
    expect(complaint(() => configOfArrays('net.npz', { names: ['reg'], read }))).toBe(
      'reg: expected a number, found an array of 2 × 1',
    );
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
    ['net.npz', 'W3', 'W3: not found; it holds X, y, W1, b1, W2, b2, reg'],
    [
      'net.npz',
      undefined,
      'expected a "key", the name of one of its arrays; it holds X, y, W1, b1, W2, b2, reg',
    ],
    ['matrix.npy', 'W1', 'W1: not found; it holds one array, without a name'],
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
    expect(await messageOf('large.npy')).toBe('too large: 1048576 MiB, the limit is 512 MiB');
  });
});
