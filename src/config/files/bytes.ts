import { type FileHandle, open } from 'node:fs/promises';
import { InputError, readFailure } from '../errors.ts';
import { MAX_BYTES } from './reading.ts';

/**
 * A file whole, or all that a pipe gives, unless that is more than the arrays of a file may be.
 *
 * @throws InputError
 */
export async function readBytes(file: string): Promise<Buffer> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    const { size } = await handle.stat(); // 0 for a pipe or a device, which may go on without end
    if (size > MAX_BYTES) throw tooLarge(file, `${Math.ceil(size / 2 ** 20)} MiB`);
    const chunks: Buffer[] = [];
    let read = 0;
    for await (const chunk of handle.createReadStream({ highWaterMark: 2 ** 20, autoClose: false })) {
      read += chunk.length;
      if (read > MAX_BYTES) throw tooLarge(file, 'it goes on');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    throw readFailure(file, error);
  } finally {
    await handle?.close();
  }
}

/** The text of a file, in UTF-8. */
export const readText = async (file: string): Promise<string> => decode(file, await readBytes(file));

/** @throws InputError if the bytes are no UTF-8: a name in another encoding would come out garbled */
export function decode(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    throw InputError.ofFile(file, `expected text in UTF-8, found ${utf16 ? 'UTF-16' : 'other bytes'}`);
  }
}

const tooLarge = (file: string, found: string): InputError =>
  InputError.ofFile(file, `too large: ${found}, the limit is ${MAX_BYTES / 2 ** 20} MiB`);
