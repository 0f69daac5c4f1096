import type { Arena } from './arena.ts';
import type { Exports, OfPairs } from './exports.ts';

/** So many numbers at a time: they stay in the nearest cache. */
const AT_ONCE = 2048;

/** Arrays that are worked on number by number: those of the arena where they lie, others in blocks that are copied. */
export class Blocks {
  readonly #wasm: Exports;
  readonly #arena: Arena;
  readonly #x: Float64Array;
  readonly #y: Float64Array;

  constructor(wasm: Exports, arena: Arena) {
    this.#wasm = wasm;
    this.#arena = arena;
    const { memory, ELEMENTS } = wasm;
    this.#x = new Float64Array(memory.buffer, ELEMENTS.value, AT_ONCE);
    this.#y = new Float64Array(memory.buffer, ELEMENTS.value + 8 * AT_ONCE, AT_ONCE);
  }

  /** What f makes of x and y, to r. */
  write(r: Float64Array, x: Float64Array, y: Float64Array, f: OfPairs): void {
    const n = x.length;
    const [placeX, placeY] = [this.#arena.placeOf(x), this.#arena.placeOf(y)];
    // f may write up to three numbers more: behind the end of r, where nothing is
    const place = r.length === n ? this.#arena.placeOf(r) : undefined;
    const areInArena = placeX !== undefined && placeY !== undefined && place !== undefined;
    const step = areInArena ? n : AT_ONCE;
    for (let i = 0; i < n; i += step) {
      const some = Math.min(step, n - i);
      const fromX = placeX === undefined ? fetch(this.#x, x, i, some) : placeX + 8 * i;
      const fromY = x === y ? fromX : placeY === undefined ? fetch(this.#y, y, i, some) : placeY + 8 * i;
      const to = place === undefined ? this.#x.byteOffset : place + 8 * i;
      f(fromX, fromY, to, some);
      if (place === undefined) r.set(some === AT_ONCE ? this.#x : this.#x.subarray(0, some), i);
    }
  }

  /** σ(x) to y and σ′(x) to s, at once where they lie in the arena. */
  sigmoidAndSlope(x: Float64Array, y: Float64Array, s: Float64Array): void {
    const [from, to, toSlope] = [x, y, s].map((array) =>
      array.length === x.length ? this.#arena.placeOf(array) : undefined,
    );
    if (from !== undefined && to !== undefined && toSlope !== undefined) {
      this.#wasm.sigmoidAndSlope(from, to, toSlope, x.length);
      return;
    }
    this.write(s, x, x, (at, _, end, n) => this.#wasm.sigmoidSlope(at, end, n));
    this.write(y, x, x, (at, _, end, n) => this.#wasm.sigmoid(at, end, n));
  }

  /** Σ xᵢ² */
  squares(x: Float64Array): number {
    const place = this.#arena.placeOf(x);
    if (place !== undefined) return this.#wasm.squares(place, x.length, true);
    let sum = 0;
    for (let i = 0; i < x.length; i += AT_ONCE) {
      const some = Math.min(AT_ONCE, x.length - i);
      sum = this.#wasm.squares(fetch(this.#x, x, i, some), some, i === 0);
    }
    return sum;
  }
}

/** Copies some numbers of an array into a block, and says where that is. */
function fetch(block: Float64Array, array: Float64Array, i: number, some: number): number {
  block.set(array.length === some ? array : array.subarray(i, i + some));
  return block.byteOffset;
}
