import { writeSync } from 'node:fs';
import { Duplex, Writable } from 'node:stream';
import type { Output } from './io.ts';

/**
 * A standard stream that writes all it is given or fails.
 *
 * Node's own does so where it is a terminal or a pipe (a socket, which could be read, too). Where it is a file, a write that takes only the beginning, as
 * on a disk that is almost full, passes for a whole one there.
 */
export const wholeWrites = (stream: Output, descriptor: number): Output =>
  stream instanceof Duplex ? stream : new WholeWrites(descriptor);

class WholeWrites extends Writable {
  readonly #descriptor: number;

  constructor(descriptor: number) {
    super();
    this.#descriptor = descriptor;
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    try {
      for (let written = 0; written < chunk.length; ) written += writeSync(this.#descriptor, chunk, written);
      done();
    } catch (error) {
      done(error as Error);
    }
  }
}
