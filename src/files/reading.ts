import type { Budget } from './budget.ts';
import { InputError, shorten } from './errors.ts';

const SHOWN_NAME = 60;

/** An array as a file holds it, its numbers as float64, row by row. */
export interface FileArray {
  /** empty for the one array of a .npy file */
  readonly name: string;
  readonly shape: readonly number[];
  /** the format it is stored in, by NumPy's name: float64, float32, float16, bfloat16, int64, … bool */
  readonly dtype: string;
  readonly data: Float64Array;
}

/** An array of strings as a file holds it, row by row. */
export interface FileStrings {
  readonly name: string;
  /** empty for a single string */
  readonly shape: readonly number[];
  readonly values: readonly string[];
}

/** A file whose directory has been read, and whose arrays can be. */
export interface ArrayFile {
  /** it is a config that names the file, not the user: errors must not show what is in it */
  readonly isForeign?: boolean;
  /** of its arrays, of numbers or strings */
  readonly names: readonly string[];
  /** of the texts that stand beside its arrays: the metadata of a .safetensors file */
  readonly metadata: readonly string[];
  /** whether there is an array of this name */
  has(name: string): boolean;
  /** @throws InputError if the array is damaged, holds something else than numbers, or is too large */
  read(name: string): FileArray;
  /**
   * The strings of an array, or the text of this name among the metadata; undefined where the array holds numbers.
   *
   * @throws InputError if it is damaged, holds neither strings nor numbers, or is too large
   */
  readStrings(name: string): FileStrings | undefined;
}

const MAX_DIMENSIONS = 64; // NumPy's own limit

/** The reading of one file: names it in errors, and keeps what its arrays unfold to within a budget. */
export class Reading {
  readonly file: string;
  readonly #budget: Budget;

  constructor(file: string, budget: Budget) {
    this.file = file;
    this.#budget = budget;
  }

  /** How many bytes it may still unfold to. */
  get left(): number {
    return this.#budget.left;
  }

  /** An error of one of its arrays, or of the file where that has no name. */
  error(name: string, message: string): InputError {
    return InputError.ofFile(this.file, message, '', shorten(name, SHOWN_NAME));
  }

  /** Refuses bytes that would not fit even alone, before they are unfolded. */
  allow(name: string, bytes: number): void {
    if (bytes > this.#budget.left) throw this.error(name, this.#budget.excess(bytes));
  }

  /**
   * Counts the entries of an array that has this shape and lies in so many bytes, and makes room for them.
   *
   * @param entry how one is stored, and how many bytes it unfolds to: 8 unless it says so
   */
  room(
    name: string,
    shape: readonly number[],
    entry: { dtype: string; bytes: number; unfolded?: number },
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
    const excess = this.#budget.take((entry.unfolded ?? 8) * entries);
    if (excess !== undefined) throw this.error(name, excess);
    return entries;
  }
}
