import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Budget, mebibytes } from './budget.ts';
import { InputError, readFailure } from './errors.ts';
import { refuseOtherKind } from './kinds.ts';
import { isOfProcess } from './links.ts';
import type { ReadOptions } from './read-options.ts';

/**
 * A file whole, or all that a pipe gives.
 *
 * @throws InputError if it cannot be read, or is more than may be held
 */
export const readBytes = (file: string, options: ReadOptions = {}): Promise<Buffer> => load(file, options, 1);

/** The text of a file, in UTF-8. */
export const readText = async (file: string, options: ReadOptions = {}): Promise<string> =>
  decode(file, await load(file, options, 2));

/** The text that a stream brings, in UTF-8. */
export const textOf = async (file: string, stream: Readable, budget: Budget): Promise<string> =>
  decode(file, await gather(file, stream, budget, 2));

/** @param copies how often it will be held: as text once more */
async function load(
  file: string,
  { budget = new Budget(), passing = budget, onlyPlain = false, onRead }: ReadOptions,
  copies: number,
): Promise<Buffer> {
  onRead?.(file);
  let handle: FileHandle | undefined;
  try {
    if (onlyPlain) await refuseOther(file);
    // A pipe that was put in the place of the file meanwhile is not waited for.
    handle = await open(file, constants.O_RDONLY | (onlyPlain ? (constants.O_NONBLOCK ?? 0) : 0));
    const there = await handle.stat();
    if (onlyPlain && !there.isFile()) throw notPlain(file);
    if (there.isFile() && there.size > 0) return await wholeOf(file, handle, there.size, passing, copies);
    // A pipe or a device, which may go on without end, or a file that the system makes up.
    const stream = handle.createReadStream({ highWaterMark: MiB, autoClose: false });
    return await gather(file, stream, passing, copies);
  } catch (error) {
    throw readFailure(file, error);
  } finally {
    await handle?.close();
  }
}

const MiB = 2 ** 20;

async function wholeOf(
  file: string,
  handle: FileHandle,
  size: number,
  budget: Budget,
  copies: number,
): Promise<Buffer> {
  const excess = budget.take(copies * size, inCopies(size, copies));
  if (excess !== undefined) throw InputError.ofFile(file, excess);
  const bytes = Buffer.allocUnsafeSlow(size);
  let end = 0;
  while (end < size) {
    const { bytesRead } = await handle.read(bytes, end, Math.min(size - end, 64 * MiB), end);
    if (bytesRead === 0) break; // it has become shorter
    end += bytesRead;
  }
  return bytes.subarray(0, end);
}

/** All that a stream brings, unless that is more than may be held: a stream may go on without end. */
async function gather(file: string, stream: Readable, budget: Budget, copies: number): Promise<Buffer> {
  const room = budget.left;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (copies * size > room) throw InputError.ofFile(file, budget.excess(copies * size, 'it goes on'));
    chunks.push(chunk);
  }
  budget.take(copies * size);
  return Buffer.concat(chunks);
}

const inCopies = (size: number, copies: number): string | undefined =>
  copies === 1 ? undefined : `${mebibytes(size)} MiB, as bytes and as text`;

async function refuseOther(file: string): Promise<void> {
  const there = await stat(file);
  if (there.isDirectory()) throw InputError.ofFile(file, 'expected a file; it is a folder');
  if (!there.isFile() || (await isOfProcess(file))) throw notPlain(file);
}

const notPlain = (file: string): InputError =>
  InputError.ofFile(file, 'expected a plain file; a config can name no device, pipe or standard input');

/** @throws InputError if it is a file of another kind, or no UTF-8: a name in another encoding would come out garbled */
function decode(file: string, bytes: Uint8Array): string {
  refuseOtherKind(file, bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_STRING_TOO_LONG')
      throw InputError.ofFile(file, 'too large: its text has more than 512 MiB');
    const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    throw InputError.ofFile(file, `expected text in UTF-8, found ${utf16 ? 'UTF-16' : 'other bytes'}`);
  }
}
