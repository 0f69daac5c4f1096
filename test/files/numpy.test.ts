import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openArrayFile, readArrayFile } from '../../src/files/arrays.ts';
import type { FileArray, FileStrings } from '../../src/files/reading.ts';
import { writeNpz } from '../../src/files/write-npz.ts';
import { type Expected, numbers } from './array-files.ts';

const array = (name: string, shape: number[], data: number[], dtype = 'float64'): FileArray => ({
  name,
  shape,
  dtype,
  data: Float64Array.from(data),
});

const WRITTEN = [
  array('W1', [2, 3], [1, -0, 1 / 3, 5e-324, Number.MAX_VALUE, -1e-300]),
  array('b1', [2], [1e-5, 7]),
  array('y', [4], [0, 2, 1, -(2 ** 53)], 'int64'),
  array('reg', [], [0.5]),
  array('W2', [1, 2], [Math.fround(0.1), -2], 'float32'),
  array('größe', [0, 3], []),
];

const TEXTS: readonly FileStrings[] = [
  { name: 'output', shape: [], values: ['softmax'] },
  { name: 'activation', shape: [2], values: ['leaky-relu:0.2', 'tanh'] },
  { name: 'name', shape: [], values: ['größe 😀'] },
  { name: 'empty', shape: [], values: [''] },
  { name: 'none', shape: [0], values: [] },
];

describe('an .npz that is written', () => {
  test('is read back', () => {
    expect(readArrayFile('net.npz', writeNpz(WRITTEN))).toEqual(WRITTEN);
    expect(readArrayFile('net.npz', writeNpz([]))).toEqual([]);
  });

  test('is read back with its strings', () => {
    const file = openArrayFile('net.npz', writeNpz([...TEXTS, ...WRITTEN]));
    expect(TEXTS.map(({ name }) => file.readStrings(name))).toEqual(TEXTS);
    expect(WRITTEN.map(({ name }) => file.read(name))).toEqual(WRITTEN);
  });

  test('is the same for the same arrays', () => {
    expect(writeNpz(WRITTEN)).toEqual(writeNpz(WRITTEN));
  });

  test.each([
    ['float16', [1], [1], 'W1: cannot write float16'],
    ['float64', [2, 2], [1], 'W1: 1 numbers do not fill 2 × 2'],
  ])('holds %s %j %j only if it can', (dtype, shape, data, message) => {
    expect(() => writeNpz([array('W1', shape, data, dtype)])).toThrow(message);
  });

  test('holds as many strings as its shape says', () => {
    expect(() => writeNpz([{ name: 'loss', shape: [2], values: ['hinge'] }])).toThrow(
      'loss: 1 strings do not fill 2',
    );
  });
});

/** Pythons that have NumPy: FCNET_PYTHON, the one on the path, and the system's, each once. */
const pythons = new Map(
  [process.env.FCNET_PYTHON, 'python3', '/usr/bin/python3'].flatMap((python): [string, string][] => {
    if (python === undefined) return [];
    const { status, stdout } = spawnSync(python, ['-c', 'import numpy; print(numpy.__version__)']);
    return status === 0 ? [[stdout.toString().trim(), python]] : [];
  }),
);
if (pythons.size === 0)
  process.stderr.write('SKIPPED: no Python here imports numpy; FCNET_PYTHON may name one\n');

/** Random arrays of every dtype, order and number of dimensions; what they hold goes to standard output as JSON. */
const WRITE = `
import json, sys
import numpy as np
folder, seed = sys.argv[1], int(sys.argv[2])
rng = np.random.default_rng(seed)

def random_array():
    dtype = np.dtype(str(rng.choice(["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"])))
    shape = tuple(int(size) for size in rng.integers(0 if rng.random() < 0.1 else 1, 6, size=rng.integers(0, 5)))
    n = int(np.prod(shape)) * dtype.itemsize
    bits = rng.integers(0, 256, size=n, dtype="u1").tobytes()
    if dtype.kind == "b": array = rng.integers(0, 2, size=shape).astype(bool)
    elif dtype.kind in "iu" and dtype.itemsize == 8: array = rng.integers(0 if dtype.kind == "u" else -2**53, 2**53, size=shape, dtype=dtype)
    else: array = np.frombuffer(bits, dtype=dtype).reshape(shape)
    array = np.array(array, dtype=dtype.newbyteorder(str(rng.choice(["<", ">"]))), order=str(rng.choice(["C", "F"])))
    if array.ndim > 1 and rng.random() < 0.3: array = array.swapaxes(0, 1)
    if array.ndim > 0 and rng.random() < 0.3: array = array[::-1]
    return array

def entry(array):
    values = [float(value) for value in array.ravel(order="C")]
    data = [value if np.isfinite(value) else str(value) for value in values]
    return {"dtype": array.dtype.name, "shape": list(array.shape), "data": data}

expected = {}
for save, name in [(np.savez, "stored.npz"), (np.savez_compressed, "deflated.npz")]:
    arrays = {f"a{i}": random_array() for i in range(400)}
    save(f"{folder}/{name}", **arrays)
    expected[name] = {key: entry(array) for key, array in arrays.items()}
for i in range(40):
    array = random_array()
    np.save(f"{folder}/{i}.npy", array)
    expected[f"{i}.npy"] = {"": entry(array)}
print(json.dumps(expected))
`;

/** Random strings of both kinds, byte orders and array orders, and the scalars that np.savez makes of Python's own. */
const WRITE_STRINGS = `
import json, sys
import numpy as np
folder, seed = sys.argv[1], int(sys.argv[2])
rng = np.random.default_rng(seed)

def random_strings(i):
    shape = tuple(int(size) for size in rng.integers(1, 5, size=rng.integers(0, 4)))
    ascii = i % 2 == 0
    alphabet = list("abz-:.09") if ascii else list("aäλ≤😀")
    texts = ["".join(rng.choice(alphabet, size=rng.integers(0, 9))) for _ in range(int(np.prod(shape)))]
    array = np.array(texts).reshape(shape)
    array = array.astype("S") if ascii else array.astype(array.dtype.newbyteorder(str(rng.choice(["<", ">"]))))
    return np.asfortranarray(array) if rng.random() < 0.5 else array

def entry(array):
    values = [value.decode() if isinstance(value, bytes) else str(value) for value in array.ravel(order="C")]
    return {"shape": list(array.shape), "values": values}

arrays = {f"a{i}": random_strings(i) for i in range(200)}
python = {"loss": "hinge", "activation": ["relu", "tanh"], "name": b"iris", "empty": ""}
np.savez(f"{folder}/strings.npz", **arrays, **python, reg=0.1, seed=7, flag=True)
print(json.dumps({name: entry(np.asarray(array)) for name, array in {**arrays, **python}.items()}))
`;

/** What numpy.load finds in an .npz, checksums checked, as JSON. */
const READ = `
import json, sys, zipfile
import numpy as np
assert zipfile.ZipFile(sys.argv[1]).testzip() is None
with np.load(sys.argv[1]) as file:
    print(json.dumps({name: [a.dtype.str, a.shape, a.ravel().tolist(), bool(a.flags.c_contiguous)] for name, a in file.items()}))
`;

describe.each([...pythons])('NumPy %s', (_, python) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'fcnet-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function answer(script: string, ...args: string[]): unknown {
    const { status, stdout, stderr } = spawnSync(python, ['-c', script, ...args], { maxBuffer: 2 ** 28 });
    expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: '' });
    return JSON.parse(stdout.toString());
  }

  describe.each([1, 2, 3])('with seed %i', (seed) => {
    let expected: Record<string, Record<string, Expected>>;
    beforeAll(() => {
      expected = answer(WRITE, folder, String(seed)) as typeof expected;
    });

    test('what it writes is read back exactly, number for number', () => {
      for (const [file, arrays] of Object.entries(expected)) {
        const read = readArrayFile(file, readFileSync(path.join(folder, file)));
        expect(read.map(({ name }) => name)).toEqual(Object.keys(arrays));
        for (const { name, shape, dtype, data } of read) {
          const { data: values, ...rest } = arrays[name]!;
          expect({ file, name, shape, dtype, data: [...data] }).toEqual({
            file,
            name,
            ...rest,
            data: numbers(values),
          });
        }
      }
    });
  });

  test.each([1, 2, 3])('the strings that it writes are read back exactly, with seed %i', (seed) => {
    const expected = answer(WRITE_STRINGS, folder, String(seed)) as Record<string, Omit<FileStrings, 'name'>>;
    const file = openArrayFile('strings.npz', readFileSync(path.join(folder, 'strings.npz')));
    for (const [name, strings] of Object.entries(expected))
      expect(file.readStrings(name)).toEqual({ name, ...strings });
    expect(['reg', 'seed', 'flag'].map((name) => [...file.read(name).data])).toEqual([[0.1], [7], [1]]);
    expect(['reg', 'seed', 'flag'].map((name) => file.readStrings(name))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('reads the strings that are written here', () => {
    const file = path.join(folder, 'texts.npz');
    writeFileSync(file, writeNpz(TEXTS));
    const width = ({ values }: FileStrings): number =>
      Math.max(1, ...values.map((value) => Array.from(value).length));
    expect(answer(READ, file)).toEqual(
      Object.fromEntries(
        TEXTS.map((text) => [text.name, [`<U${width(text)}`, text.shape, text.values, true]]),
      ),
    );
  });

  test('reads what is written here', () => {
    const file = path.join(folder, 'written.npz');
    writeFileSync(file, writeNpz(WRITTEN));
    const descr: Record<string, string> = { float64: '<f8', float32: '<f4', int64: '<i8' };
    expect(answer(READ, file)).toEqual(
      Object.fromEntries(
        WRITTEN.map(({ name, shape, dtype, data }) => [name, [descr[dtype], shape, [...data], true]]),
      ),
    );
  });
});
