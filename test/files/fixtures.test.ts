import { describe, expect, test } from 'vitest';
import { isArrayFile, openArrayFile, readArrayFile } from '../../src/files/arrays.ts';
import { complaint, complaintOf, type Expected, expectations, fixtureBytes, numbers } from './array-files.ts';

const readable = Object.keys(expectations).filter((file) => file !== 'refused.npz');
const arrays = readable.flatMap((file) =>
  Object.entries(expectations[file]!).map(([name, expected]) => [file, name, expected as Expected] as const),
);

describe('what NumPy, safetensors and PyTorch wrote', () => {
  test.each(readable)('%s holds the arrays that it was given', (file) => {
    const names = readArrayFile(file, fixtureBytes(file)).map(({ name }) => name);
    expect(names.sort()).toEqual(Object.keys(expectations[file]!).sort());
  });

  test.each(arrays)('%s %s is read exactly, its sign of zero too', (file, name, expected) => {
    const { shape, dtype, data } = openArrayFile(file, fixtureBytes(file)).read(name);
    expect({ shape, dtype, data: [...data] }).toEqual({ ...expected, data: numbers(expected.data) });
  });

  test('an array does not depend on where in memory its file begins', () => {
    const bytes = Buffer.concat([Buffer.alloc(3), fixtureBytes('dtypes.npz')]).subarray(3);
    expect(readArrayFile('dtypes.npz', bytes)).toEqual(
      readArrayFile('dtypes.npz', fixtureBytes('dtypes.npz')),
    );
  });
});

const REFUSED: Readonly<Record<string, string>> = {
  complex: 'complex numbers (dtype <c16)',
  complex_single: 'complex numbers (dtype <c8)',
  object: 'pickled Python objects (dtype |O); save arrays by their names: np.savez(file, **arrays)',
  structured: "a structured array (dtype [('layer', '<i4'), ('norm', '<f8')])",
  string: 'strings (dtype <U7)',
  bytes: 'byte strings (dtype |S7)',
  date: 'dates (dtype <M8[D])',
  difference: 'time differences (dtype <m8[s])',
  raw: 'raw bytes (dtype |V2)',
  long_double: 'floats of more than 64 bits (dtype <f16)',
};

describe('arrays without numbers are refused by name and dtype', () => {
  const file = openArrayFile('refused.npz', fixtureBytes('refused.npz'));

  test('every one in the file', () => {
    expect(Object.keys(REFUSED)).toEqual(file.names);
    expect(Object.keys(REFUSED)).toEqual(Object.keys(expectations['refused.npz']!));
  });

  test.each(Object.entries(REFUSED))('%s: %s', (name, found) => {
    expect(complaint(() => file.read(name))).toBe(`${name}: expected numbers; it holds ${found}`);
    expect(found).toContain(expectations['refused.npz']![name]);
  });

  test('also alone in a .npy, which has no name', () => {
    expect(complaintOf('object.npy', fixtureBytes('object.npy'))).toBe(
      'expected numbers; it holds pickled Python objects (dtype |O); save arrays by their names: np.savez(file, **arrays)',
    );
  });

  test.each([
    ['complex.safetensors', 'C64'],
    ['float8.safetensors', 'F8_E4M3'],
  ])('%s holds %s', (file, dtype) => {
    const expected = 'F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL';
    expect(complaintOf(file, fixtureBytes(file))).toBe(`W1: expected numbers as ${expected}; found ${dtype}`);
  });
});

test.each([
  ['above', '9007199254740993 at [1][0]'],
  ['below', '-9007199254740993 at [1]'],
  ['lowest', '-9223372036854775808'],
  ['unsigned', '18446744073709551615 at [0]'],
])('an integer that float64 does not hold is refused rather than rounded: %s', (name, found) => {
  const file = openArrayFile('large-integers.npz', fixtureBytes('large-integers.npz'));
  expect(complaint(() => file.read(name))).toBe(
    `${name}: expected integers up to 2^53, which float64 holds; found ${found}`,
  );
});

test.each([
  ['net.npy', true],
  ['a.b/NET.NPZ', true],
  ['model.safetensors', true],
  ['net.json', false],
  ['npz', false],
  ['net.npz.json', false],
  ['.constructor', false],
])('%s is a file of arrays: %s', (path, answer) => {
  expect(isArrayFile(path)).toBe(answer);
});

test.each([
  ['net.npz', 'matrix.npy', 'expected the format that .npz names; it is a NumPy array (.npy)'],
  ['net.npy', 'net.npz', 'expected the format that .npy names; it is a zip archive, as .npz is'],
  [
    'net.safetensors',
    'net.npz',
    'expected the format that .safetensors names; it is a zip archive, as .npz is',
  ],
  ['net.npz', 'expected.json', 'expected the format that .npz names; it is a text that looks like JSON'],
  [
    'net.npz',
    'net.safetensors',
    'expected a zip archive (.npz), found no directory at its end: it may be cut off',
  ],
  ['net.json', 'net.npz', 'expected a file of arrays: .npy, .npz, .safetensors or .json'],
])('under the name %s, %s is refused with what it is', (name, file, message) => {
  expect(complaintOf(name, fixtureBytes(file))).toBe(message);
});

test.each([
  ['', 'expected the format that .npz names; it is an empty file'],
  [
    'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12345\n',
    'expected the format that .npz names; it is a Git LFS pointer: the file itself was not fetched',
  ],
])('a file that is not there yet says so: %j', (text, message) => {
  expect(complaintOf('net.npz', Buffer.from(text))).toBe(message);
});

test.each(['net.npz', 'net.safetensors', 'matrix.npy'])('%s has no array of another name', (file) => {
  const message = complaint(() => openArrayFile(file, fixtureBytes(file)).read('constructor'));
  expect(message).toContain('constructor: there is no such array in the file');
});
