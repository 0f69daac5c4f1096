/** How long an array lies in the heap of V8 itself, and up to which length arrays share a buffer. */
const SHORT = 8;
const SHARED = 256;
/** Numbers of a buffer that is shared. */
const BUFFER = 2048;

let buffer = new ArrayBuffer(0);
let used = 0;

/**
 * An array of zeros. Small ones take parts of one buffer: to make each a buffer of its own, and to have it collected,
 * takes longer than all that a small network computes. What leaves the library is to be {@link owned}.
 */
export function zeros(length: number): Float64Array {
  if (length <= SHORT || length > SHARED) return new Float64Array(length);
  if (used + length > BUFFER || buffer.byteLength === 0) {
    buffer = new ArrayBuffer(8 * BUFFER);
    used = 0;
  }
  const array = new Float64Array(buffer, 8 * used, length);
  used += length;
  return array;
}

/** The array itself where its buffer is its own, else a copy. */
export const owned = (array: Float64Array): Float64Array =>
  array.byteLength === array.buffer.byteLength ? array : array.slice();
