import { formatPath } from './errors.ts';
import type { Reading } from './reading.ts';

/** How a number is stored. */
export interface NumberFormat {
  /** its name in NumPy */
  readonly dtype: string;
  readonly bytes: number;
  /** the number as float64; NaN for an integer that float64 cannot tell from its neighbours */
  read(view: DataView, offset: number, littleEndian: boolean): number;
}

const FORMATS = {
  float64: { bytes: 8, read: (view, at, little) => view.getFloat64(at, little) },
  float32: { bytes: 4, read: (view, at, little) => view.getFloat32(at, little) },
  float16: { bytes: 2, read: (view, at, little) => halves(view.getUint16(at, little)) },
  bfloat16: { bytes: 2, read: (view, at, little) => brainFloats(view.getUint16(at, little)) },
  int64: { bytes: 8, read: (view, at, little) => wideInteger(view, at, little, true) },
  int32: { bytes: 4, read: (view, at, little) => view.getInt32(at, little) },
  int16: { bytes: 2, read: (view, at, little) => view.getInt16(at, little) },
  int8: { bytes: 1, read: (view, at) => view.getInt8(at) },
  uint64: { bytes: 8, read: (view, at, little) => wideInteger(view, at, little, false) },
  uint32: { bytes: 4, read: (view, at, little) => view.getUint32(at, little) },
  uint16: { bytes: 2, read: (view, at, little) => view.getUint16(at, little) },
  uint8: { bytes: 1, read: (view, at) => view.getUint8(at) },
  bool: { bytes: 1, read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1) },
} satisfies Record<string, Omit<NumberFormat, 'dtype'>>;

export type Dtype = keyof typeof FORMATS;

export const formatOf = (dtype: Dtype): NumberFormat => ({ dtype, ...FORMATS[dtype] });

const halves = tabulated(10);
const brainFloats = tabulated(7);

/** The floats of 16 bits with this many fraction bits, computed once they are needed: there are 65,536. */
function tabulated(fractionBits: number): (bits: number) => number {
  let table: Float64Array | undefined;
  return (bits) => {
    table ??= Float64Array.from({ length: 2 ** 16 }, (_, i) => shortFloat(i, fractionBits));
    return table[bits]!;
  };
}

/** A float of 16 bits: sign, exponent, fraction (IEEE 754-2019, section 3.4). */
function shortFloat(bits: number, fractionBits: number): number {
  const exponentBits = 15 - fractionBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  const sign = bits >>> 15 === 0 ? 1 : -1;
  const exponent = (bits >>> fractionBits) & (2 ** exponentBits - 1);
  const fraction = (bits & (2 ** fractionBits - 1)) * 2 ** -fractionBits;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias); // subnormal
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction) * 2 ** (exponent - bias);
}

/** An integer of 64 bits, up to ±2⁵³. */
function wideInteger(view: DataView, at: number, littleEndian: boolean, signed: boolean): number {
  const low = view.getUint32(littleEndian ? at : at + 4, littleEndian);
  const high = littleEndian ? at + 4 : at;
  const h = signed ? view.getInt32(high, littleEndian) : view.getUint32(high, littleEndian);
  // Beyond 2⁵³ the sum below would round.
  const beyond = h > 2 ** 21 || (h === 2 ** 21 && low > 0) || h < -(2 ** 21);
  return beyond ? NaN : h * 2 ** 32 + low;
}

/** Where the numbers of an array lie, and how. */
export interface Storage {
  readonly name: string;
  readonly shape: readonly number[];
  readonly format: NumberFormat;
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  /** the first index runs fastest, not the last */
  readonly fortranOrder: boolean;
}

/** Reads the numbers of an array row by row, whichever way they are stored. */
export function readNumbers(storage: Storage, reading: Reading): Float64Array {
  const { name, shape, format, bytes, littleEndian, fortranOrder } = storage;
  const entries = reading.room(name, shape, format, bytes.length);
  const asTheyLie = inMemory(storage, entries);
  if (asTheyLie !== undefined) return asTheyLie;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = new Float64Array(entries);
  const positions = arrayPositions(shape, fortranOrder);
  const isInteger = format.dtype.includes('int');
  for (let i = 0; i < entries; i++) {
    const position = positions();
    const value = format.read(view, i * format.bytes, littleEndian);
    if (isInteger && Number.isNaN(value)) {
      const exact = format.dtype === 'int64' ? view.getBigInt64 : view.getBigUint64;
      const place = formatPath(indices(position, shape));
      const found = `${exact.call(view, i * 8, littleEndian)}${place === '' ? '' : ` at ${place}`}`;
      throw reading.error(name, `expected integers up to 2^53, which float64 holds; found ${found}`);
    }
    data[position] = value;
  }
  return data;
}

/** Whether this machine has the byte of least weight first, as nearly all have. */
const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The typed arrays that hold such numbers. */
const HELD_AS: Readonly<Record<string, new (buffer: ArrayBuffer) => Float64Array | Float32Array>> = {
  float64: Float64Array,
  float32: Float32Array,
};

/** The numbers of an array that lies in the file as it would in memory: taken at once. */
function inMemory(
  { format, bytes, littleEndian, fortranOrder }: Storage,
  entries: number,
): Float64Array | undefined {
  const Held = HELD_AS[format.dtype];
  if (Held === undefined || fortranOrder || !littleEndian || !IS_LITTLE_ENDIAN) return undefined;
  const copy = new Uint8Array(entries * format.bytes); // which starts where a typed array may
  copy.set(bytes.subarray(0, copy.length));
  const held = new Held(copy.buffer);
  return held instanceof Float64Array ? held : Float64Array.from(held);
}

/** The positions, counted row by row, of the entries of an array in the order in which they are stored. */
export function arrayPositions(shape: readonly number[], fortranOrder: boolean): () => number {
  let next = 0;
  return fortranOrder ? fortranPositions(shape) : () => next++;
}

/** The same where the first index runs fastest. */
function fortranPositions(shape: readonly number[]): () => number {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const index = shape.map(() => 0);
  let next = 0;
  return () => {
    const position = next;
    for (let axis = 0; axis < shape.length; axis++) {
      next += strides[axis]!;
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      next -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
    return position;
  };
}

/** The indices of the entry at a position, counted row by row. */
export function indices(position: number, shape: readonly number[]): number[] {
  let rest = position;
  return shape
    .toReversed()
    .map((size) => {
      const index = rest % size;
      rest = Math.floor(rest / size);
      return index;
    })
    .toReversed();
}
