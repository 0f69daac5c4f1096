import { crc32 } from 'node:zlib';
import type { FileArray, FileStrings } from './reading.ts';

/** How a number is written: the type's name in the header, and its bytes. */
interface NumberWriter {
  readonly descr: string;
  readonly bytes: number;
  write(view: DataView, at: number, value: number): void;
}

const WRITERS: Readonly<Record<string, NumberWriter>> = {
  float64: { descr: '<f8', bytes: 8, write: (view, at, value) => view.setFloat64(at, value, true) },
  float32: { descr: '<f4', bytes: 4, write: (view, at, value) => view.setFloat32(at, value, true) },
  int64: { descr: '<i8', bytes: 8, write: (view, at, value) => view.setBigInt64(at, BigInt(value), true) },
};

/** 1 January 1980, the first day that a zip archive can name: the same arrays give the same bytes. */
const DATE = 0x0021;
const VERSION = 20;
const UTF8_NAMES = 0x0800;

/**
 * An .npz file with these arrays, stored, as numpy.load reads it.
 *
 * @param arrays of dtype float64, float32 or int64, or of strings
 * @throws RangeError for another dtype, data that do not fit their shape, or more than 4 GiB
 */
export function writeNpz(arrays: readonly (FileArray | FileStrings)[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const array of arrays) {
    const name = Buffer.from(`${array.name}.npy`);
    const content = writeNpy(array);
    // What the local header and the directory say of a member alike.
    const facts = record([
      [2, VERSION],
      [2, UTF8_NAMES],
      [2, 0], // stored
      [2, 0], // 0:00 h
      [2, DATE],
      [4, crc32(content)],
      [4, content.length],
      [4, content.length],
      [2, name.length],
      [2, 0], // no extra data
    ]);
    directory.push(
      record([
        [4, 0x02014b50],
        [2, VERSION],
      ]),
      facts,
    );
    directory.push(
      record([
        [2, 0],
        [2, 0],
        [2, 0],
        [4, 0],
        [4, offset],
      ]),
      name,
    );
    const member = [record([[4, 0x04034b50]]), facts, name, content];
    parts.push(...member);
    offset += sizeOf(member);
  }
  const n = arrays.length;
  const size = sizeOf(directory);
  if (offset + size > 0xffffffff || n > 0xffff) throw new RangeError('more than a zip archive holds');
  const end = record([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, n],
    [2, n],
    [4, size],
    [4, offset],
    [2, 0],
  ]);
  return Buffer.concat([...parts, ...directory, end]);
}

/** A .npy file of version 1: its data begins at a multiple of 64 bytes. */
function writeNpy(array: FileArray | FileStrings): Uint8Array {
  const { name, shape } = array;
  const {
    descr,
    bytes: width,
    length,
    write,
  } = 'values' in array ? stringEntries(array) : numberEntries(array);
  if (shape.reduce((product, size) => product * size, 1) !== length)
    throw new RangeError(
      `${name}: ${length} ${'values' in array ? 'strings' : 'numbers'} do not fill ${shape.join(' × ')}`,
    );
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const start = 64 * Math.ceil((10 + dict.length + 1) / 64);
  const bytes = Buffer.alloc(start + length * width);
  bytes.write('\x93NUMPY\x01\x00', 'latin1');
  bytes.writeUInt16LE(start - 10, 8);
  bytes.write(`${dict.padEnd(start - 11)}\n`, 10, 'latin1');
  const view = new DataView(bytes.buffer, bytes.byteOffset + start);
  for (let i = 0; i < length; i++) write(view, i * width, i);
  return bytes;
}

/** The entries of an array, each in so many bytes, and how the i-th is written. */
interface Entries {
  readonly descr: string;
  readonly bytes: number;
  readonly length: number;
  write(view: DataView, at: number, i: number): void;
}

function numberEntries({ name, dtype, data }: FileArray): Entries {
  const writer = Object.hasOwn(WRITERS, dtype) ? WRITERS[dtype] : undefined;
  if (writer === undefined) throw new RangeError(`${name}: cannot write ${dtype}`);
  const { descr, bytes } = writer;
  return { descr, bytes, length: data.length, write: (view, at, i) => writer.write(view, at, data[i]!) };
}

/** Strings of as many characters as the longest has, 4 bytes each, as NumPy has them. */
function stringEntries({ values }: FileStrings): Entries {
  const characters = values.map((value) => Array.from(value, (character) => character.codePointAt(0)!));
  const width = characters.reduce((most, { length }) => Math.max(most, length), 1);
  return {
    descr: `<U${width}`,
    bytes: 4 * width,
    length: values.length,
    write: (view, at, i) => {
      for (const [k, code] of characters[i]!.entries()) view.setUint32(at + 4 * k, code, true);
    },
  };
}

/** Little-endian numbers of 2 or 4 bytes, one behind the other. */
function record(fields: readonly (readonly [bytes: 2 | 4, value: number])[]): Uint8Array {
  return Buffer.concat(
    fields.map(([bytes, value]) => {
      const field = Buffer.alloc(bytes);
      field.writeUIntLE(value, 0, bytes);
      return field;
    }),
  );
}

const sizeOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, part) => sum + part.length, 0);
