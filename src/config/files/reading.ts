import { InputError } from '../errors.ts';

/** An array as a file holds it, its numbers as float64, row by row. */
export interface FileArray {
  /** empty for the one array of a .npy file */
  readonly name: string;
  readonly shape: readonly number[];
  /** the format it is stored in, by NumPy's name: float64, float32, float16, bfloat16, int64, … bool */
  readonly dtype: string;
  readonly data: Float64Array;
}

/** A file whose directory has been read, and whose arrays can be. */
export interface ArrayFile {
  readonly names: readonly string[];
  /** @throws InputError if the array is damaged, holds something else than numbers, or is too large */
  read(name: string): FileArray;
}

/**
 * How many bytes the arrays of a file may take as float64 together: about as many as a JSON text can have
 * characters in Node, so that no format of a config can hold what another cannot.
 */
export const MAX_BYTES = 2 ** 29;
const MAX_DIMENSIONS = 64; // NumPy's own limit
const SHOWN_NAME = 60;

/** The reading of one file: names it in errors, and keeps what its arrays unfold to within a limit. */
export class Reading {
  readonly file: string;
  readonly limit: number;
  #used = 0;

  constructor(file: string, limit: number) {
    this.file = file;
    this.limit = limit;
  }

  /** An error of one of its arrays, or of the file where that has no name. */
  error(name: string, message: string): InputError {
    const shown = name.length > SHOWN_NAME ? `${name.slice(0, SHOWN_NAME)}…` : name;
    return InputError.ofFile(this.file, shown === '' ? message : `${shown}: ${message}`);
  }

  /** Refuses bytes that would not fit even alone, before they are unfolded. */
  allow(name: string, bytes: number): void {
    if (bytes > this.limit) throw this.#tooLarge(name, bytes);
  }

  /** Counts the entries of an array that has this shape and lies in so many bytes, and makes room for them. */
  room(
    name: string,
    shape: readonly number[],
    entry: { dtype: string; bytes: number },
    bytes: number,
  ): number {
    if (shape.length > MAX_DIMENSIONS || !shape.every((size) => Number.isSafeInteger(size) && size >= 0))
      throw this.error(
        name,
        `expected a shape of at most ${MAX_DIMENSIONS} sizes, found ${shape.slice(0, 8).join(' × ')}${shape.length > 8 ? ' × …' : ''}`,
      );
    const entries = shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1);
    if (entries * entry.bytes !== bytes) {
      const needed = `${shape.join(' × ') || 'one number'} of ${entry.dtype} takes ${entries * entry.bytes} bytes`;
      throw this.error(name, `its shape and its data do not fit: ${needed}, found ${bytes}`);
    }
    const total = this.#used + 8 * entries;
    if (total > this.limit) throw this.#tooLarge(name, total);
    this.#used = total;
    return entries;
  }

  #tooLarge(name: string, bytes: number): InputError {
    const limit = mebibytes(this.limit);
    return this.error(
      name,
      `too large: up to here the arrays take ${mebibytes(bytes)} MiB, the limit is ${limit} MiB`,
    );
  }
}

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(bytes < 2 ** 20 ? 3 : 0);
