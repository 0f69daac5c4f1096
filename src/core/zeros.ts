import type { Arena } from '../kernels/arena.ts';
import { kernels } from '../kernels/choice.ts';

/*
 * Arrays cost time of their own: to make a buffer, to have its pages laid out and cleared, and to have it collected
 * takes longer than what a small network computes in it, and in a large one a third of a pass. So small ones take
 * parts of one buffer, and large ones that are known to be done with are used again: one by one, or all that a
 * computation made but its results.
 */

/** How long an array lies in the heap of V8 itself, and up to which length arrays share a buffer. */
const SHORT = 8;
const SHARED = 256;
/** Numbers of a buffer that is shared. */
const BUFFER = 2048;

let buffer = new ArrayBuffer(0);
let used = 0;

/** Arrays that are done with, the last ones last; no more numbers in all than this. */
const spare: Float64Array[] = [];
let inSpare = 0;
const MOST_SPARE = 2 ** 21;

let isPassing = false;
/** Where arrays are made meanwhile, once there is a large one. */
let arena: Arena | undefined;

/**
 * What f returns, which is to hold no array that was made meanwhile, unless {@link owned}: the next time they are the
 * same ones again, in a place where the kernels need not copy them.
 */
export function inPassing<Result>(f: () => Result): Result {
  if (isPassing) return f();
  isPassing = true;
  try {
    return f();
  } finally {
    isPassing = false;
    arena?.takeBackAll();
    arena = undefined;
  }
}

/** An array of zeros. What leaves the library is to be {@link owned}. */
export function zeros(length: number): Float64Array {
  const array = room(length);
  return isLarge(array) ? array.fill(0) : array;
}

/** An array whose numbers are all to be written: it may hold some already. */
export function room(length: number): Float64Array {
  if (length > SHARED) {
    if (isPassing) arena ??= kernels.arena;
    const passing = arena?.room(length);
    if (passing !== undefined) return passing;
    const at = spare.findLastIndex((array) => array.length === length);
    if (at < 0) return new Float64Array(length);
    inSpare -= length;
    return spare.splice(at, 1)[0]!;
  }
  if (length <= SHORT) return new Float64Array(length);
  if (used + length > BUFFER || buffer.byteLength === 0) {
    buffer = new ArrayBuffer(8 * BUFFER);
    used = 0;
  }
  const array = new Float64Array(buffer, 8 * used, length);
  used += length;
  return array;
}

/** An array of zeros that a computation {@link inPassing} may return. */
export const lasting = (length: number): Float64Array =>
  length > SHARED ? new Float64Array(length) : room(length);

/** Only where nobody else can know the array: the next of its length is the same one. */
export function recycle(array: Float64Array): void {
  if (!isLarge(array) || arena?.takesBack(array)) return;
  if (array.length > MOST_SPARE) return;
  spare.push(array);
  inSpare += array.length;
  while (inSpare > MOST_SPARE) inSpare -= spare.shift()!.length;
}

const isLarge = (array: Float64Array): boolean => array.length > SHARED;

/** The array itself where its buffer is its own, else a copy. */
export const owned = (array: Float64Array): Float64Array =>
  array.byteLength === array.buffer.byteLength ? array : array.slice();
