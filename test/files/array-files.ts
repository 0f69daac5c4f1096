import { readFileSync } from 'node:fs';
import { crc32, deflateRawSync } from 'node:zlib';
import { type ArrayFileOptions, readArrayFile } from '../../src/files/arrays.ts';
import { InputError } from '../../src/files/errors.ts';

const FOLDER = new URL('../../fixtures/files/', import.meta.url);

export const fixtureBytes = (file: string): Buffer => readFileSync(new URL(file, FOLDER));

/** What an array of a fixture holds, as NumPy or PyTorch say. */
export interface Expected {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: readonly (number | 'nan' | 'inf' | '-inf')[];
}

/** By file and array; of refused.npz the dtypes only. */
export const expectations: Readonly<Record<string, Readonly<Record<string, Expected | string>>>> = JSON.parse(
  fixtureBytes('expected.json').toString(),
);

const NON_FINITE = { nan: Number.NaN, inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY };

export const numbers = (data: Expected['data']): number[] =>
  data.map((value) => (typeof value === 'number' ? value : NON_FINITE[value]));

/** What an InputError that a call meets says; a test fails where there is none, or another. */
export function complaint(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof InputError)
      return error.problems
        .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
        .join('\n');
    throw error;
  }
  throw new Error('expected an error, there was none');
}

export const complaintOf = (file: string, bytes: Uint8Array, options?: ArrayFileOptions): string =>
  complaint(() => readArrayFile(file, bytes, options));

/** A .npy file with this header. */
export function npy(header: string, data: Uint8Array = Buffer.alloc(0), version = 1): Buffer {
  const text = Buffer.from(header, version === 3 ? 'utf8' : 'latin1');
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  length.writeUIntLE(text.length, 0, length.length);
  return Buffer.concat([
    Buffer.from(`\x93NUMPY${String.fromCharCode(version)}\0`, 'latin1'),
    length,
    text,
    data,
  ]);
}

export const npyHeader = (descr: string, shape: string, fortranOrder = 'False'): string =>
  `{'descr': '${descr}', 'fortran_order': ${fortranOrder}, 'shape': ${shape}, }\n`;

/** A .npy file of zeros. */
export const zeros = (n: number): Buffer => npy(npyHeader('<f8', `(${n},)`), Buffer.alloc(8 * n));

export function safetensors(header: unknown, data: Uint8Array = Buffer.alloc(0)): Buffer {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, data]);
}

/** A member of a zip archive, and what its headers say of it where that is not the truth. */
export interface Member {
  readonly name: string;
  readonly content: Uint8Array;
  /** deflated, if it was not already */
  readonly deflated?: boolean | Uint8Array;
  readonly flags?: number;
  readonly method?: number;
  readonly crc?: number;
  readonly size?: number;
  readonly compressedSize?: number;
  /** where they differ from what the directory says */
  readonly local?: {
    readonly name?: string;
    readonly crc?: number;
    readonly size?: number;
    readonly method?: number;
  };
  /** the number of the member whose place the directory gives */
  readonly at?: number;
}

export interface ArchiveOptions {
  readonly comment?: string;
  /** writes the end record of zip64 too, and refers to it */
  readonly zip64?: boolean;
  /** added to where the directory is said to begin */
  readonly shift?: number;
}

/** A zip archive. */
export function zipOf(
  members: readonly Member[],
  { comment = '', zip64 = false, shift = 0 }: ArchiveOptions = {},
): Buffer {
  const parts: Buffer[] = [];
  const offsets: number[] = [];
  for (const member of members) {
    offsets.push(sizeOf(parts));
    const local = { ...member, ...member.local };
    parts.push(
      fields([4, 0x04034b50]),
      facts(local),
      fields([2, 0]),
      Buffer.from(local.name),
      stored(member),
    );
  }
  const directory = members.flatMap((member, i) => [
    fields([4, 0x02014b50], [2, 20]),
    facts(member),
    fields([2, 0], [2, 0], [2, 0], [2, 0], [4, 0], [4, offsets[member.at ?? i] ?? 0]),
    Buffer.from(member.name),
  ]);
  const [n, size, offset] = [members.length, sizeOf(directory), sizeOf(parts) + shift];
  const end = zip64
    ? [
        fields(
          [4, 0x06064b50],
          [8, 44],
          [2, 45],
          [2, 45],
          [4, 0],
          [4, 0],
          [8, n],
          [8, n],
          [8, size],
          [8, offset],
        ),
        fields([4, 0x07064b50], [4, 0], [8, offset - shift + size], [4, 1]),
        fields([4, 0x06054b50], [4, 0], [2, 0xffff], [2, 0xffff], [4, 0xffffffff], [4, 0xffffffff]),
      ]
    : [fields([4, 0x06054b50], [4, 0], [2, n], [2, n], [4, size], [4, offset])];
  return Buffer.concat([...parts, ...directory, ...end, fields([2, comment.length]), Buffer.from(comment)]);
}

const stored = ({ content, deflated = false }: Member): Buffer =>
  Buffer.from(deflated === true ? deflateRawSync(content) : deflated === false ? content : deflated);

/** From the version needed to the length of the name, as both headers have it. */
function facts(member: Member): Buffer {
  const { name, content, flags = 0, method = member.deflated ? 8 : 0, crc = crc32(content) } = member;
  const { size = content.length, compressedSize = stored(member).length } = member;
  return fields(
    [2, 20],
    [2, flags],
    [2, method],
    [4, 0],
    [4, crc],
    [4, compressedSize],
    [4, size],
    [2, Buffer.byteLength(name)],
  );
}

function fields(...given: readonly (readonly [bytes: 2 | 4 | 8, value: number])[]): Buffer {
  return Buffer.concat(
    given.map(([bytes, value]) => {
      const field = Buffer.alloc(8);
      field.writeBigUInt64LE(BigInt(value));
      return field.subarray(0, bytes);
    }),
  );
}

const sizeOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, part) => sum + part.length, 0);
