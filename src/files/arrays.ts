import { Budget } from './budget.ts';
import { InputError } from './errors.ts';
import { refuseOtherKind } from './kinds.ts';
import { NPY_MAGIC, readNpy, readNpyStrings } from './npy.ts';
import { openNpz } from './npz.ts';
import { type ArrayFile, type FileArray, Reading } from './reading.ts';
import { openSafetensors } from './safetensors.ts';

/** How each format is opened, by the extension of its files. */
const FORMATS: Readonly<Record<string, (bytes: Uint8Array, reading: Reading) => ArrayFile>> = {
  '.npy': openNpy,
  '.npz': openNpz,
  '.safetensors': openSafetensors,
};

const extension = (file: string): string => /\.\w+$/.exec(file)?.[0].toLowerCase() ?? '';

/** Whether a path names a file of arrays: .npy, .npz, .safetensors. */
export const isArrayFile = (file: string): boolean => Object.hasOwn(FORMATS, extension(file));

/** @throws InputError if the name of a file says that it holds something else than arrays, or none that fcnet reads */
export function refuseOther(file: string): void {
  refuseOtherKind(file);
  if (!isArrayFile(file))
    throw InputError.ofFile(file, `expected a file of arrays: ${Object.keys(FORMATS).join(', ')} or .json`);
}

export interface ArrayFileOptions {
  /** of its arrays as float64; one of its own unless it is said */
  readonly budget?: Budget;
}

/**
 * Opens a file of arrays, in the format that its extension names; an array is read when it is asked for.
 *
 * @param file how errors call it
 * @throws InputError if it is damaged or of another format
 */
export function openArrayFile(
  file: string,
  bytes: Uint8Array,
  { budget = new Budget() }: ArrayFileOptions = {},
): ArrayFile {
  refuseOther(file);
  refuseOtherKind(file, bytes);
  const reading = new Reading(file, budget);
  const open = FORMATS[extension(file)]!;
  const found = recognize(bytes);
  if (found !== undefined && found !== extension(file))
    throw reading.error('', `expected the format that ${extension(file)} names; it is ${FOUND[found]}`);
  return open(bytes, reading);
}

/** All arrays of a file; the one of a .npy file has no name. */
export function readArrayFile(file: string, bytes: Uint8Array, options?: ArrayFileOptions): FileArray[] {
  const arrays = openArrayFile(file, bytes, options);
  return arrays.names.map((name) => arrays.read(name));
}

function openNpy(bytes: Uint8Array, reading: Reading): ArrayFile {
  const content = (name: string): Uint8Array => {
    if (name === '') return bytes;
    throw reading.error(name, 'there is no such array in the file: a .npy file holds one, without a name');
  };
  return {
    names: [''],
    metadata: [],
    has: (name) => name === '',
    read: (name) => readNpy(content(name), name, reading),
    readStrings: (name) => readNpyStrings(content(name), name, reading),
  };
}

const FOUND = {
  '.npy': 'a NumPy array (.npy)',
  '.npz': 'a zip archive, as .npz is',
  '.json': 'a text that looks like JSON',
  pointer: 'a Git LFS pointer: the file itself was not fetched',
  empty: 'an empty file',
} as const;

/** What a file seems to be by its first bytes, so that a wrong extension is not reported as damage. */
function recognize(bytes: Uint8Array): keyof typeof FOUND | undefined {
  if (bytes.length === 0) return 'empty';
  const start = Buffer.from(bytes.subarray(0, 26)).toString('latin1');
  if (start.startsWith(NPY_MAGIC)) return '.npy';
  if (start.startsWith('PK\x03\x04') || start.startsWith('PK\x05\x06')) return '.npz';
  if (start.startsWith('version https://git-lfs.')) return 'pointer';
  // A .safetensors file begins with a length, whose upper bytes are 0.
  return /^[{[][\s"[\d-]/.test(start) && !start.slice(0, 8).includes('\0') ? '.json' : undefined;
}
