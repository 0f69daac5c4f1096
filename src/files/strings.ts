import { formatPath } from './errors.ts';
import { arrayPositions, indices } from './numbers.ts';
import type { Reading } from './reading.ts';

/** How NumPy stores a string: in a field of fixed width, filled up with zeros. */
export interface StringFormat {
  /** its name in a header, without the byte order: U4, S5 */
  readonly dtype: string;
  /** the width of the field */
  readonly bytes: number;
  /** what it unfolds to, in bytes, at most */
  readonly unfolded: number;
  /** undefined where the bytes are no text */
  read(field: Uint8Array, littleEndian: boolean): string | undefined;
}

/** What a string takes in memory besides its characters. */
const OVERHEAD = 32;

/** Unicode strings of so many characters (U), 4 bytes each, or byte strings (S), which are taken for UTF-8. */
export function stringFormat(kind: 'U' | 'S', width: number): StringFormat {
  const bytes = kind === 'U' ? 4 * width : width;
  const read = kind === 'U' ? readUnicode : readUtf8;
  return { dtype: `${kind}${width}`, bytes, unfolded: OVERHEAD + bytes, read };
}

/** The largest code point of Unicode. */
const LAST_CODE_POINT = 0x10ffff;

function readUnicode(field: Uint8Array, littleEndian: boolean): string | undefined {
  const view = new DataView(field.buffer, field.byteOffset, field.byteLength);
  let text = '';
  for (let at = 0; at < field.length; at += 4) {
    const code = view.getUint32(at, littleEndian);
    if (code > LAST_CODE_POINT) return undefined;
    text += String.fromCodePoint(code);
  }
  return withoutFilling(text);
}

function readUtf8(field: Uint8Array): string | undefined {
  try {
    return withoutFilling(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(field));
  } catch {
    return undefined;
  }
}

/** Without the zeros at its end, which are those that fill up the field. */
function withoutFilling(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0) end--;
  return text.slice(0, end);
}

/** Where the strings of an array lie, and how. */
export interface StringStorage {
  readonly name: string;
  readonly shape: readonly number[];
  readonly format: StringFormat;
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  readonly fortranOrder: boolean;
}

/** Reads the strings of an array row by row, whichever way they are stored. */
export function readStrings(storage: StringStorage, reading: Reading): string[] {
  const { name, shape, format, bytes, littleEndian, fortranOrder } = storage;
  const entries = reading.room(name, shape, format, bytes.length);
  const values = new Array<string>(entries);
  const positions = arrayPositions(shape, fortranOrder);
  for (let i = 0; i < entries; i++) {
    const position = positions();
    const text = format.read(bytes.subarray(i * format.bytes, (i + 1) * format.bytes), littleEndian);
    if (text === undefined) {
      const place = formatPath(indices(position, shape));
      throw reading.error(name, `expected text, found other bytes${place === '' ? '' : ` at ${place}`}`);
    }
    values[position] = text;
  }
  return values;
}
