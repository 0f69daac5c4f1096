import { JsonCheck, TooMuch } from './json-check.ts';
import { pathsAt } from './json-places.ts';
import { scanJson } from './json-scan.ts';
import { type Dtype, formatOf, readNumbers } from './numbers.ts';
import type { ArrayFile, Reading } from './reading.ts';

/** The header takes some hundred bytes a tensor. */
const MAX_HEADER = 2 ** 24;
/** A header is an object of objects of arrays: what is nested deeper would take memory for nothing. */
const MAX_DEPTH = 8;

/** Where a tensor lies among the data. */
interface TensorInfo {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [begin: number, end: number];
}

const DTYPES: Readonly<Record<string, Dtype>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U64: 'uint64',
  U32: 'uint32',
  U16: 'uint16',
  U8: 'uint8',
  BOOL: 'bool',
};

/**
 * Opens a .safetensors file: the length of a header in 8 bytes, the header in JSON, and the data of the
 * tensors one behind the other, little-endian and row by row.
 *
 * Source: Hugging Face, safetensors, README, "Format".
 */
export function openSafetensors(bytes: Uint8Array, reading: Reading): ArrayFile {
  const { header, start } = readHeader(bytes, reading);
  const data = bytes.subarray(start);
  const tensors = new Map<string, TensorInfo>();
  const metadata = readMetadata(header);
  for (const [name, info] of Object.entries(header)) {
    if (name === METADATA) continue;
    if (!isTensorInfo(info))
      throw reading.error(
        name,
        'expected {"dtype", "shape", "data_offsets"} in the header, found something else',
      );
    tensors.set(name, info);
  }
  checkPlaces(tensors, data.length, reading);
  return {
    names: [...tensors.keys()],
    metadata: Object.keys(metadata),
    has: (name) => tensors.has(name),
    readStrings: (name) => {
      if (tensors.has(name) || !Object.hasOwn(metadata, name)) return undefined;
      const text = metadata[name];
      if (typeof text === 'string') return { name, shape: [], values: [text] };
      throw reading.error(name, 'expected a text among the metadata, found something else');
    },
    read: (name) => {
      const tensor = tensors.get(name);
      if (tensor === undefined) throw reading.error(name, 'there is no such array in the file');
      const { shape, dtype } = tensor;
      if (!Object.hasOwn(DTYPES, dtype))
        throw reading.error(
          name,
          `expected numbers as ${Object.keys(DTYPES).join(', ')}; found ${dtype.slice(0, 20)}`,
        );
      const format = formatOf(DTYPES[dtype]!);
      const storage = { name, shape, format, bytes: data.subarray(...tensor.data_offsets) };
      const numbers = readNumbers({ ...storage, littleEndian: true, fortranOrder: false }, reading);
      return { name, shape, dtype: format.dtype, data: numbers };
    },
  };
}

/** The key of the header that holds texts by name, of whatever meaning, and no tensor. */
const METADATA = '__metadata__';

function readMetadata(header: object): Readonly<Record<string, unknown>> {
  const texts: unknown = (header as Record<string, unknown>)[METADATA];
  return typeof texts === 'object' && texts !== null && !Array.isArray(texts) ? { ...texts } : {};
}

function readHeader(bytes: Uint8Array, reading: Reading): { header: object; start: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < 8 ? Number.NaN : view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true);
  if (!(length <= MAX_HEADER && 8 + length <= bytes.length)) {
    const found = `found ${bytes.length} bytes${bytes.length < 8 ? '' : `, which claim a header of ${length}`}`;
    throw reading.error('', `expected a .safetensors file, ${found}: it may be cut off, or another format`);
  }
  const text = decoded(bytes.subarray(8, 8 + length));
  const header: unknown = text === undefined ? undefined : parsed(text, reading);
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw reading.error('', 'expected a header in JSON, an object; found something else');
  return { header, start: 8 + length };
}

/** The text, if the bytes are UTF-8. */
function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The value of a header, if it is JSON and not nested deeper than headers are. */
function parsed(text: string, reading: Reading): unknown {
  const check = new HeaderCheck(text, reading.left);
  try {
    if (scanJson(text, check) !== undefined) return undefined;
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    reading.allow('', check.bytes);
    return undefined;
  }
  const [twice] = check.repeated.length > 0 ? pathsAt(text, check.repeated.slice(0, 1)) : [];
  if (twice !== undefined) throw reading.error(String(twice.at(-1)), 'it stands twice in the header');
  return JSON.parse(text);
}

class HeaderCheck extends JsonCheck {
  override open(offset: number, isObject: boolean): void {
    super.open(offset, isObject);
    if (this.depth > MAX_DEPTH) throw new TooMuch();
  }
}

const isSize = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

function isTensorInfo(info: unknown): info is TensorInfo {
  if (typeof info !== 'object' || info === null) return false;
  const { dtype, shape, data_offsets: offsets } = info as Partial<TensorInfo>;
  return (
    typeof dtype === 'string' &&
    Array.isArray(shape) &&
    shape.every(isSize) &&
    Array.isArray(offsets) &&
    offsets.length === 2 &&
    offsets.every(isSize)
  );
}

/** The tensors fill the data without a gap and without an overlap, so none hides anything. */
function checkPlaces(tensors: ReadonlyMap<string, TensorInfo>, length: number, reading: Reading): void {
  const places = [...tensors].map(
    ([
      name,
      {
        data_offsets: [begin, end],
      },
    ]) => ({ name, begin, end }),
  );
  let filled = 0;
  for (const { name, begin, end } of places.sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    const found = `its data_offsets are ${begin} to ${end}`;
    if (end > length)
      throw reading.error(name, `${found}, but the file holds ${length} bytes of data: it may be cut off`);
    if (begin > filled)
      throw reading.error(name, `${found}; expected it to begin at ${filled}, without a gap`);
    if (begin < filled || end < begin)
      throw reading.error(name, `${found}; expected it to begin at ${filled}, without an overlap`);
    filled = end;
  }
  if (filled < length)
    throw reading.error('', `${length - filled} bytes behind the last array belong to none`);
}
