/** Arrays begin at whole vectors of WebAssembly, and what takes four numbers at a time may go over their end. */
const ALIGNED = 4;

/** Arrays of one length: the first ones are used. */
interface Shelf {
  readonly arrays: Float64Array[];
  used: number;
}

/**
 * Room for arrays in a part of a buffer: kernels that have this buffer for their memory work on them where they lie.
 * The arrays themselves are kept, to be handed out again.
 */
export class Arena {
  readonly #buffer: ArrayBuffer;
  readonly #begin: number;
  #end: number;
  #isFull = false;
  /** by length */
  readonly #shelves = new Map<number, Shelf>();
  /** all arrays, by where they begin */
  readonly #arrays = new Map<number, Float64Array>();

  /** @param begin in bytes, as all places are here */
  constructor(buffer: ArrayBuffer, begin: number) {
    this.#buffer = buffer;
    this.#begin = begin;
    this.#end = begin;
  }

  /** An array whose numbers are all to be written; none where no room is left for it. */
  room(length: number): Float64Array | undefined {
    const shelf = this.#shelves.get(length) ?? { arrays: [], used: 0 };
    if (shelf.used === shelf.arrays.length) {
      const array = this.#make(length);
      if (array === undefined) return undefined;
      this.#shelves.set(length, shelf);
      shelf.arrays.push(array);
    }
    return shelf.arrays[shelf.used++];
  }

  #make(length: number): Float64Array | undefined {
    const at = this.#end;
    const end = at + 8 * ALIGNED * Math.ceil(length / ALIGNED);
    if (end > this.#buffer.byteLength) {
      this.#isFull = true;
      return undefined;
    }
    const array = new Float64Array(this.#buffer, at, length);
    this.#end = end;
    this.#arrays.set(at, array);
    return array;
  }

  /** Where an array of the arena begins; nowhere, of another. */
  placeOf(array: Float64Array): number | undefined {
    const at = array.byteOffset;
    return this.#arrays.get(at) === array ? at : undefined;
  }

  /** Whether the array is one of the arena, which may hand it out again: nobody else is to know it. */
  takesBack(array: Float64Array): boolean {
    if (this.placeOf(array) === undefined) return false;
    const shelf = this.#shelves.get(array.length)!;
    const at = shelf.arrays.lastIndexOf(array, shelf.used - 1);
    shelf.used--;
    shelf.arrays[at] = shelf.arrays[shelf.used]!;
    shelf.arrays[shelf.used] = array;
    return true;
  }

  /** Nobody has any of its arrays any more. Where there was no room for one, those of other lengths are given up. */
  takeBackAll(): void {
    for (const shelf of this.#shelves.values()) shelf.used = 0;
    if (!this.#isFull) return;
    this.#shelves.clear();
    this.#arrays.clear();
    this.#end = this.#begin;
    this.#isFull = false;
  }
}
