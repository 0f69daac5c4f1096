import { crc32, inflateRawSync } from 'node:zlib';
import type { Reading } from './reading.ts';

/** A member of a zip archive, by its central directory. */
export interface ZipEntry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  /** where its local header begins */
  readonly offset: number;
}

const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
/** Stands for a number that follows in 64 bits. */
const IN_ZIP64 = 0xffffffff;

const ENCRYPTED = 0x2041; // encrypted, strongly encrypted, masked headers
const STREAMED = 0x0008; // sizes and CRC stand behind the data, not before it
const UTF8 = 0x0800;

/**
 * Reads a zip archive's directory and its members, none of which is believed to be as large as it says.
 *
 * Source: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3 to 4.5. Read here, and inflated by Node's zlib, since no
 * library at hand checks CRCs and local headers and stops a member at its declared size.
 */
export class Zip {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #reading: Reading;
  readonly entries: readonly ZipEntry[];

  constructor(bytes: Uint8Array, reading: Reading) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#reading = reading;
    const directory = this.#findDirectory();
    this.entries = this.#readDirectory(directory);
    this.#checkPlaces(directory.offset);
  }

  /** The content of a member. */
  content(entry: ZipEntry): Uint8Array {
    const { name, flags, method, size, compressedSize } = entry;
    if ((flags & ENCRYPTED) !== 0) throw this.#error('it is encrypted', name);
    if (method !== 0 && method !== 8)
      throw this.#error(`it is compressed by method ${method}; expected it stored (0) or deflated (8)`, name);
    this.#reading.allow(name, size);
    const start = this.#dataStart(entry);
    const data = this.#bytes.subarray(start, start + compressedSize);
    const content = method === 8 ? this.#inflate(data, entry) : data;
    if (content.length !== size)
      throw this.#error(`it says that it has ${size} bytes, and has ${content.length}`, name);
    if (crc32(content) !== entry.crc) throw this.#error('it is damaged: its checksum (CRC-32) differs', name);
    return content;
  }

  #inflate(data: Uint8Array, { name, size }: ZipEntry): Uint8Array {
    // Deflate makes at most 1032 bytes of one: a larger claim is a lie, and takes no memory here.
    if (size > 1032 * data.length) throw this.#error(`it cannot have the ${size} bytes that it says`, name);
    try {
      // One buffer that a member of the declared size does not quite fill, so that zlib never needs another.
      const options = { chunkSize: Math.max(size + 1, 64), maxOutputLength: Math.max(size, 1), info: true };
      const result = inflateRawSync(data, options) as unknown as Inflated;
      if (result.engine.bytesWritten !== data.length)
        throw this.#error('it is damaged: its data ends before its place does', name);
      return result.buffer;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ERR_BUFFER_TOO_LARGE')
        throw this.#error(`it says that it has ${size} bytes, and has more`, name);
      if (code?.startsWith('Z_'))
        throw this.#error(`it is damaged: it cannot be inflated (${message})`, name);
      throw error;
    }
  }

  /** The end record, whose comment must reach to the end of the file, tells where the directory is. */
  #findDirectory(): { offset: number; size: number; count: number; end: number } {
    const view = this.#view;
    const last = view.byteLength - 22;
    for (let at = last; at >= Math.max(0, last - 0xffff); at--) {
      if (view.getUint32(at, true) !== END || view.getUint16(at + 20, true) !== last - at) continue;
      const count = view.getUint16(at + 10, true);
      const size = view.getUint32(at + 12, true);
      const offset = view.getUint32(at + 16, true);
      const is64 = count === 0xffff || size === IN_ZIP64 || offset === IN_ZIP64;
      if (!is64 || at < 20 || view.getUint32(at - 20, true) !== LOCATOR64)
        return { offset, size, count, end: at };
      const end = this.#u64(at - 12);
      this.#need(end, 56, 'its directory');
      if (view.getUint32(end, true) !== END64) break;
      return { count: this.#u64(end + 32), size: this.#u64(end + 40), offset: this.#u64(end + 48), end };
    }
    throw this.#error('expected a zip archive (.npz), found no directory at its end: it may be cut off');
  }

  #readDirectory(directory: { offset: number; size: number; count: number; end: number }): ZipEntry[] {
    const { offset, size, count, end } = directory;
    if (offset + size > end || count * 46 > size) throw this.#error('its directory lies outside the file');
    const view = this.#view;
    const entries: ZipEntry[] = [];
    let at = offset;
    while (entries.length < count) {
      this.#need(at, 46, 'its directory');
      const [nameSize, extraSize, commentSize] = [28, 30, 32].map((field) =>
        view.getUint16(at + field, true),
      );
      const extra = at + 46 + nameSize!;
      const next = extra + extraSize! + commentSize!;
      if (view.getUint32(at, true) !== CENTRAL || next > offset + size)
        throw this.#error('its directory is damaged');
      const flags = view.getUint16(at + 8, true);
      const sizes = [24, 20, 42].map((field) => view.getUint32(at + field, true));
      const [unfolded, compressedSize, local] = this.#wide(sizes, extra, extraSize!);
      entries.push({
        name: this.#name(at + 46, nameSize!, flags),
        flags,
        method: view.getUint16(at + 10, true),
        crc: view.getUint32(at + 16, true),
        compressedSize: compressedSize!,
        size: unfolded!,
        offset: local!,
      });
      at = next;
    }
    return entries;
  }

  /** Members lie one behind the other, before the directory: where they overlap, one was made to count twice. */
  #checkPlaces(directory: number): void {
    let free = 0;
    for (const entry of this.entries.toSorted((a, b) => a.offset - b.offset)) {
      if (entry.offset < free) throw this.#error('it overlaps another member', entry.name);
      free = this.#dataStart(entry) + entry.compressedSize;
      if (free > directory) throw this.#error('it lies outside the file', entry.name);
    }
  }

  /** Where the data of a member begins: behind its local header, which must say what the directory says. */
  #dataStart(entry: ZipEntry): number {
    const { name, offset, flags, method, crc, size, compressedSize } = entry;
    const view = this.#view;
    this.#need(offset, 30, name);
    const nameSize = view.getUint16(offset + 26, true);
    const extraSize = view.getUint16(offset + 28, true);
    const start = offset + 30 + nameSize + extraSize;
    this.#need(offset, start - offset, name);
    const sizes = [22, 18].map((field) => view.getUint32(offset + field, true));
    const said = [view.getUint32(offset + 14, true), ...this.#wide(sizes, offset + 30 + nameSize, extraSize)];
    const streamed = (flags & STREAMED) !== 0;
    const same =
      view.getUint32(offset, true) === LOCAL &&
      view.getUint16(offset + 6, true) === flags &&
      view.getUint16(offset + 8, true) === method &&
      this.#name(offset + 30, nameSize, flags) === name &&
      (streamed || [crc, size, compressedSize].every((value, i) => said[i] === value));
    if (!same) throw this.#error('what stands before it differs from the directory of the archive', name);
    return start;
  }

  /** Sizes, of which those that do not fit into 32 bits stand in the zip64 field of the extra data, in order. */
  #wide(sizes: readonly number[], extra: number, extraSize: number): number[] {
    const view = this.#view;
    const end = extra + extraSize;
    let at = extra;
    while (at + 4 <= end && view.getUint16(at, true) !== 1) at += 4 + view.getUint16(at + 2, true);
    let field = at + 4;
    const fieldEnd = field <= end ? Math.min(end, field + view.getUint16(at + 2, true)) : field;
    return sizes.map((size) => {
      if (size !== IN_ZIP64 || field + 8 > fieldEnd) return size;
      field += 8;
      return this.#u64(field - 8);
    });
  }

  #name(at: number, size: number, flags: number): string {
    return new TextDecoder((flags & UTF8) === 0 ? 'latin1' : 'utf-8').decode(
      this.#bytes.subarray(at, at + size),
    );
  }

  /** Too large numbers come out rounded, and beyond the end of any file. */
  #u64(at: number): number {
    return this.#view.getUint32(at + 4, true) * 2 ** 32 + this.#view.getUint32(at, true);
  }

  #need(at: number, size: number, what: string): void {
    if (at + size > this.#bytes.length) throw this.#error(`${what} lies outside the file`);
  }

  #error(message: string, name = ''): Error {
    return this.#reading.error(name, message);
  }
}

/** What Node's zlib returns where `info` is asked for. */
interface Inflated {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}
