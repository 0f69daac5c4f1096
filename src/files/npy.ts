import { type NpyHeader, parseNpyHeader } from './npy-header.ts';
import { type Dtype, formatOf, type NumberFormat, readNumbers } from './numbers.ts';
import type { FileArray, FileStrings, Reading } from './reading.ts';
import { readStrings, type StringFormat, stringFormat } from './strings.ts';

export const NPY_MAGIC = '\x93NUMPY';

/** The headers of real arrays take less than 200 bytes. */
const MAX_HEADER = 2 ** 16;

/**
 * Reads a .npy file, format versions 1 to 3, or a member of an .npz.
 *
 * Source: NumPy, numpy/lib/format.py.
 *
 * @param name how errors call the array; empty for a file of its own
 */
export function readNpy(bytes: Uint8Array, name: string, reading: Reading): FileArray {
  const { header, start } = readHeader(bytes, name, reading);
  const format = numberFormat(header);
  if (typeof format === 'string') throw refusal('numbers', format, header, name, reading);
  const storage = storageOf(header, bytes.subarray(start), name);
  return {
    name,
    shape: header.shape,
    dtype: format.dtype,
    data: readNumbers({ ...storage, format }, reading),
  };
}

/** Reads a .npy file of strings, as np.save writes `np.array('relu')`; undefined where it holds numbers. */
export function readNpyStrings(bytes: Uint8Array, name: string, reading: Reading): FileStrings | undefined {
  const { header, start } = readHeader(bytes, name, reading);
  const format = formatOfStrings(header);
  if (format === undefined) {
    const other = numberFormat(header);
    if (typeof other === 'string') throw refusal('numbers or strings', other, header, name, reading);
    return undefined;
  }
  const storage = storageOf(header, bytes.subarray(start), name);
  return { name, shape: header.shape, values: readStrings({ ...storage, format }, reading) };
}

const storageOf = ({ descr, shape, fortranOrder }: NpyHeader, bytes: Uint8Array, name: string) => ({
  name,
  shape,
  bytes,
  littleEndian: !descr.startsWith('>'),
  fortranOrder,
});

function refusal(
  expected: string,
  found: string,
  { descr }: NpyHeader,
  name: string,
  reading: Reading,
): Error {
  const shown = descr.length > 60 ? `${descr.slice(0, 60)}…` : descr;
  const hint = found === OTHERS.O ? '; save arrays by their names: np.savez(file, **arrays)' : '';
  return reading.error(name, `expected ${expected}; it holds ${found} (dtype ${shown})${hint}`);
}

function readHeader(bytes: Uint8Array, name: string, reading: Reading): { header: NpyHeader; start: number } {
  if (Buffer.from(bytes.subarray(0, 6)).toString('latin1') !== NPY_MAGIC)
    throw reading.error(name, 'expected a NumPy array (.npy): its first bytes are others');
  const [major, minor] = bytes.subarray(6, 8);
  const start = major === 1 ? 10 : 12; // the header's length takes 2 bytes, or 4
  if (bytes.length < start) throw reading.error(name, 'ends within its header');
  if (minor !== 0 || major === undefined || major < 1 || major > 3)
    throw reading.error(name, `expected version 1, 2 or 3 of the .npy format, found ${major}.${minor}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER)
    throw reading.error(name, `expected a header of at most ${MAX_HEADER} bytes, found one of ${length}`);
  if (start + length > bytes.length) throw reading.error(name, 'ends within its header');
  const text = new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(
    bytes.subarray(start, start + length),
  );
  const header = parseNpyHeader(text);
  if (header === undefined)
    throw reading.error(
      name,
      "expected a header {'descr': …, 'fortran_order': …, 'shape': …}, found something else",
    );
  return { header, start: start + length };
}

const NUMBERS: Readonly<Record<string, Dtype>> = {
  f8: 'float64',
  f4: 'float32',
  f2: 'float16',
  i8: 'int64',
  i4: 'int32',
  i2: 'int16',
  i1: 'int8',
  u8: 'uint64',
  u4: 'uint32',
  u2: 'uint16',
  u1: 'uint8',
  b1: 'bool',
};

/** What the letters of NumPy's other types stand for. */
const OTHERS: Readonly<Record<string, string>> = {
  f: 'floats of more than 64 bits',
  c: 'complex numbers',
  O: 'pickled Python objects',
  S: 'byte strings',
  a: 'byte strings',
  U: 'strings',
  M: 'dates',
  m: 'time differences',
  V: 'raw bytes',
};

/** How the numbers are stored; what else there is, if there are none. */
function numberFormat({ descr, structured }: NpyHeader): NumberFormat | string {
  if (structured) return 'a structured array';
  const [, letter = '', size = ''] = /^[<>|=]?([A-Za-z])(\d*)(?:\[.*\])?$/.exec(descr) ?? [];
  const dtype = Object.hasOwn(NUMBERS, letter + size) ? NUMBERS[letter + size] : undefined;
  if (dtype !== undefined) return formatOf(dtype);
  return Object.hasOwn(OTHERS, letter) ? OTHERS[letter]! : 'an unknown type';
}

/** How the strings are stored, if they are strings; NumPy gives an empty one the width 1. */
function formatOfStrings({ descr, structured }: NpyHeader): StringFormat | undefined {
  const [, kind, width] = /^[<>|=]?([USa])([1-9]\d*)$/.exec(structured ? '' : descr) ?? [];
  return kind === undefined ? undefined : stringFormat(kind === 'U' ? 'U' : 'S', Number(width));
}
