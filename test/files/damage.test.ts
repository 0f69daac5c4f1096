import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openArrayFile, readArrayFile } from '../../src/files/arrays.ts';
import { DEFAULT_LIMIT } from '../../src/files/budget.ts';
import { InputError } from '../../src/files/errors.ts';
import type { FileArray } from '../../src/files/reading.ts';
import { complaintOf, fixtureBytes, npy, safetensors, zipOf } from './array-files.ts';

describe.each([
  'version-1.npy',
  'version-2.npy',
  'scalar.npy',
  'net.npz',
  'names.npz',
  'dtypes-compressed.npz',
  'net.safetensors',
])('%s', (file) => {
  const bytes = fixtureBytes(file);

  test('cut off anywhere is an error', () => {
    for (let length = 0; length < bytes.length; length++)
      expect(complaintOf(file, bytes.subarray(0, length)), `${length} bytes`).not.toBe('');
  });

  test('without its beginning is an error', () => {
    for (let start = 1; start <= bytes.length; start++)
      expect(complaintOf(file, bytes.subarray(start)), `from ${start}`).not.toBe('');
  });
});

test('an .npz with any one bit flipped is an error, or holds the same numbers: checksums are checked', () => {
  const bytes = fixtureBytes('net.npz');
  const intact = readArrayFile('net.npz', bytes);
  for (let at = 0; at < bytes.length; at++) {
    const damaged = Buffer.from(bytes);
    damaged[at]! ^= 1 << (at % 8);
    // Dates, versions and attributes tell nothing.
    const arrays = tolerate(() => readArrayFile('net.npz', damaged));
    if (arrays !== undefined) expect(arrays).toEqual(intact);
  }
});

/** What a call returns; undefined where it meets an InputError. */
function tolerate<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** The arrays of a file, all those that can be read; undefined where it cannot be opened. */
function attempt(file: string, bytes: Uint8Array): FileArray[] | undefined {
  const opened = tolerate(() => openArrayFile(file, bytes));
  return opened?.names.flatMap((name) => tolerate(() => opened.read(name)) ?? []);
}

/** Expects arrays or an InputError, and no more numbers than the bytes can hold. */
function check(file: string, bytes: Uint8Array): void {
  for (const { name, shape, data } of attempt(file, bytes) ?? []) {
    const entries = shape.reduce((product, size) => product * size, 1);
    expect({ file, name, length: data.length }).toEqual({ file, name, length: entries });
    expect(data.byteLength).toBeLessThanOrEqual(Math.min(DEFAULT_LIMIT, 8 * 1032 * bytes.length));
  }
}

/** Bytes that replace others, at places given as a share of the whole. */
const edits = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    byte: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)),
  }),
  { minLength: 1, maxLength: 8 },
);

function edited(bytes: Uint8Array, changes: readonly { at: number; byte: number }[]): Buffer {
  const copy = Buffer.from(bytes);
  for (const { at, byte } of changes) copy[Math.floor(at * copy.length)] = byte;
  return copy;
}

describe('bytes that were replaced at random never lead to anything but arrays or an InputError', () => {
  const files = [
    'cube.npy',
    'fortran-cube.npy',
    'big-endian.npy',
    'object.npy',
    'names.npz',
    'refused.npz',
    'net.safetensors',
    'bfloat16.safetensors',
  ];

  test.each(files)('in %s', (file) => {
    const bytes = fixtureBytes(file);
    fc.assert(
      fc.property(edits, (changes) => check(file, edited(bytes, changes))),
      { numRuns: 2000 },
    );
  });

  test('in the directory of an .npz', () => {
    const bytes = fixtureBytes('names.npz');
    const start = bytes.indexOf('PK\x01\x02');
    const property = fc.property(edits, (changes) =>
      check('x.npz', Buffer.concat([bytes.subarray(0, start), edited(bytes.subarray(start), changes)])),
    );
    fc.assert(property, { numRuns: 2000 });
  });

  test('in the header of an array, whose checksum is right', () => {
    const bytes = fixtureBytes('fortran-cube.npy');
    const property = fc.property(edits, (changes) => {
      const content = Buffer.concat([edited(bytes.subarray(0, 128), changes), bytes.subarray(128)]);
      check('x.npz', zipOf([{ name: 'W1.npy', content, deflated: true }]));
    });
    fc.assert(property, { numRuns: 2000 });
  });
});

describe('headers made of the words of real ones never lead to anything but arrays or an InputError', () => {
  const words = (...given: string[]): fc.Arbitrary<string> =>
    fc.array(fc.constantFrom(...given), { maxLength: 24 }).map((texts) => texts.join(''));

  test('in .npy', () => {
    const python = words(
      '{',
      '}',
      '(',
      ')',
      '[',
      ']',
      ',',
      ':',
      ' ',
      "'",
      "'descr'",
      "'fortran_order'",
      "'shape'",
      "'<f8'",
      'True',
      '3',
      '0',
      '-1',
    );
    fc.assert(
      fc.property(python, (header) => check('x.npy', npy(header, Buffer.alloc(24)))),
      { numRuns: 5000 },
    );
  });

  test('in .safetensors', () => {
    const sizes = fc.array(
      fc.oneof(fc.nat(9), fc.constantFrom(-1, 0.5, 2 ** 31, 2 ** 53, 1e300, null, '1')),
      { maxLength: 3 },
    );
    const tensor = fc.record({
      dtype: fc.constantFrom('F64', 'I64', 'BF16', 'BOOL', 'F8'),
      shape: sizes,
      data_offsets: sizes,
    });
    const header = fc.dictionary(fc.constantFrom('W1', 'b1', '__proto__', '__metadata__'), tensor);
    fc.assert(
      fc.property(header, (value) => check('x.safetensors', safetensors(value, Buffer.alloc(8)))),
      { numRuns: 5000 },
    );
  });
});
