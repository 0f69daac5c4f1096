import { readFile, stat } from 'node:fs/promises';
import { InputError, readFailure } from '../errors.ts';
import { openArrayFile } from './arrays.ts';
import { type ArrayFile, MAX_BYTES } from './reading.ts';

/**
 * Opens a file of arrays on disk, unless it is larger than its arrays may be.
 *
 * @throws InputError
 */
export async function loadArrayFile(file: string): Promise<ArrayFile> {
  return openArrayFile(file, await readBytes(file));
}

async function readBytes(file: string): Promise<Uint8Array> {
  let size: number;
  try {
    ({ size } = await stat(file));
    if (size <= MAX_BYTES) return await readFile(file);
  } catch (error) {
    throw readFailure(file, error);
  }
  const [found, limit] = [size, MAX_BYTES].map((bytes) => Math.ceil(bytes / 2 ** 20));
  throw InputError.ofFile(file, `too large: ${found} MiB, the limit is ${limit} MiB`);
}
