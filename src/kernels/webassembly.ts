import { Arena } from './arena.ts';
import { Blocks } from './blocks.ts';
import { Columns } from './columns.ts';
import type { Exports, OfMany } from './exports.ts';
import type { Elementwise, Kernels } from './kernels.ts';
import { plain } from './plain.ts';

/** What is used of it: it belongs neither to the language nor to Node's types. */
declare const WebAssembly: {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

declare function atob(base64: string): string;

/**
 * The kernels of the first of these modules (in base64) that runs here: one with instructions that are not known
 * here does not, and none does where WebAssembly is not allowed or no memory is left for it.
 */
export function firstOf(modules: readonly string[]): Kernels | undefined {
  for (const base64 of modules) {
    try {
      const bytes = Uint8Array.from(atob(base64), (unit) => unit.charCodeAt(0));
      if (WebAssembly.validate(bytes)) return webAssembly(bytes);
    } catch {}
  }
  return undefined;
}

/**
 * The kernels of a compiled wasm/index.ts. Its memory never grows. It has an arena, whose arrays are worked on where
 * they lie; blocks of others are copied there, and back.
 *
 * @throws Error where there is no WebAssembly, or it is not allowed, or no memory is left for it
 */
function webAssembly(bytes: Uint8Array): Kernels {
  const wasm = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as Exports;
  const arena = new Arena(wasm.memory.buffer, wasm.FREE_AT.value);
  const products = new Products(wasm, arena);
  const blocks = new Blocks(wasm, arena);
  const columns = new Columns(wasm, arena);
  const elementwise =
    (f: OfMany): Elementwise =>
    (x, y) =>
      blocks.write(y, x, x, (from, _, to, n) => f(from, to, n));
  return {
    arena,
    multiply: (A, B, C, m, k, n, b) => products.of(rowsOf(A, k), columnsOf(B, n), C, m, k, n, b),
    multiplyTransposed: (A, B, C, m, k, n) => products.of(rowsOf(A, k), rowsOf(B, k), C, m, k, n),
    transposedMultiply: (A, B, C, m, k, n) => products.of(columnsOf(A, m), columnsOf(B, n), C, m, k, n),
    exp: elementwise(wasm.exp),
    expm1: elementwise(wasm.expm1),
    log1p: elementwise(wasm.log1p),
    sigmoid: elementwise(wasm.sigmoid),
    sigmoidSlope: elementwise(wasm.sigmoidSlope),
    sigmoidAndSlope: (x, y, s) => blocks.sigmoidAndSlope(x, y, s),
    tanh: elementwise(wasm.tanh),
    add: (x, y, r) => blocks.write(r, x, y, wasm.add),
    times: (x, y, r) => blocks.write(r, x, y, wasm.times),
    scale: (c, x, r) => blocks.write(r, x, x, (from, _, to, n) => wasm.scale(c, from, to, n)),
    squares: (x) => blocks.squares(x),
    softmax: (z, y, C, N) => {
      if (columns.canTake(C, N)) columns.write(N, [z, y], wasm.softmax);
      else plain.softmax(z, y, C, N);
    },
    crossEntropy: (z, y, t, losses, C, N) => {
      if (columns.canTake(C, N)) columns.write(N, [z, y, t, losses], wasm.crossEntropy);
      else plain.crossEntropy(z, y, t, losses, C, N);
    },
    residual: (y, t, r, C, N) => {
      if (columns.canTake(C, N)) columns.write(N, [y, t, r], wasm.residual);
      else plain.residual(y, t, r, C, N);
    },
  };
}

/** The vectors that a side of a product is made of, rows of A or columns of B: how they lie in its array. */
interface Vectors {
  readonly data: Float64Array;
  /** whether the numbers of a vector lie side by side, or its first number beside those of the others */
  readonly inRows: boolean;
  /** from one row of the array to the next */
  readonly stride: number;
}

const rowsOf = (data: Float64Array, stride: number): Vectors => ({ data, inRows: true, stride });
const columnsOf = (data: Float64Array, stride: number): Vectors => ({ data, inRows: false, stride });

/** How many numbers there is room for, and the longest side that a block of C may have. */
const ROOM_FOR_A = 2 ** 15;
const ROOM_FOR_B = 2 ** 17;
const ROOM_FOR_C = 2 ** 16;
const LONGEST_SUM = 256;
const MOST_COLUMNS = 2048;
const TILE_COLS = 4;

/** n in equal parts of at most so many, rounded up. */
const partOf = (n: number, most: number): number => Math.ceil(n / Math.ceil(n / most));
const roundUp = (n: number, multiple: number): number => Math.ceil(n / multiple) * multiple;

class Products {
  readonly #wasm: Exports;
  readonly #arena: Arena;
  readonly #stage: Float64Array;
  readonly #C: Float64Array;
  readonly #begin: Float64Array;

  constructor(wasm: Exports, arena: Arena) {
    this.#wasm = wasm;
    this.#arena = arena;
    this.#stage = new Float64Array(wasm.memory.buffer, wasm.STAGE_AT.value, ROOM_FOR_B);
    this.#C = new Float64Array(wasm.memory.buffer, wasm.C_AT.value, ROOM_FOR_C);
    this.#begin = new Float64Array(wasm.memory.buffer, wasm.BEGIN_AT.value, ROOM_FOR_C / TILE_COLS);
  }

  /** C = A B, or b 1ᵀ + A B, block by block: a sum goes on from block to block in the order of the index. */
  of(A: Vectors, B: Vectors, C: Float64Array, m: number, k: number, n: number, b?: Float64Array): void {
    const { A_AT, B_AT, C_AT, TILE_ROWS, multiply } = this.#wasm;
    if (k === 0) {
      for (let i = 0; i < m; i++) C.fill(b === undefined ? 0 : b[i]!, i * n, (i + 1) * n);
      return;
    }
    const rows = TILE_ROWS.value;
    const sums = partOf(k, LONGEST_SUM);
    const mostCols = Math.min(MOST_COLUMNS, Math.floor(ROOM_FOR_B / sums / TILE_COLS) * TILE_COLS);
    const cols = roundUp(partOf(n, mostCols), TILE_COLS);
    const most = Math.floor(Math.min(ROOM_FOR_A / sums, ROOM_FOR_C / cols) / rows) * rows;
    const place = this.#arena.placeOf(C);
    for (let j = 0; j < n; j += cols) {
      const width = Math.min(cols, n - j);
      for (let p = 0; p < k; p += sums) {
        const depth = Math.min(sums, k - p);
        this.#lay(B, j, width, p, depth, B_AT.value, TILE_COLS);
        for (let i = 0; i < m; i += most) {
          const height = Math.min(most, m - i);
          this.#lay(A, i, height, p, depth, A_AT.value, rows);
          if (b !== undefined && p === 0) this.#begin.set(height === m ? b : b.subarray(i, i + height));
          if (place !== undefined) {
            multiply(height, depth, width, place + 8 * (i * n + j), 8 * n, p > 0, b !== undefined);
          } else {
            if (p > 0) this.#copyC(C, i, height, j, width, n, true);
            multiply(height, depth, width, C_AT.value, 8 * width, p > 0, b !== undefined);
            this.#copyC(C, i, height, j, width, n, false);
          }
        }
      }
    }
  }

  /** Numbers p to p + depth of vectors i to i + count, in panels of some vectors each. */
  #lay(
    { data, inRows, stride }: Vectors,
    i: number,
    count: number,
    p: number,
    depth: number,
    to: number,
    width: number,
  ): void {
    const place = this.#arena.placeOf(data);
    const first = inRows ? i * stride + p : p * stride + i;
    const [rows, cols] = inRows ? [count, depth] : [depth, count];
    const from = place === undefined ? this.#wasm.STAGE_AT.value : place + 8 * first;
    if (place === undefined) this.#copy(data, first, rows, cols, stride);
    const row = 8 * (place === undefined ? cols : stride);
    if (inRows) this.#wasm.layRows(to, from, rows, cols, row, width);
    else this.#wasm.layColumns(to, from, rows, cols, row, width);
  }

  #copy(data: Float64Array, from: number, rows: number, cols: number, stride: number): void {
    if (cols === stride)
      this.#stage.set(data.length === rows * cols ? data : data.subarray(from, from + rows * cols));
    else
      for (let r = 0, at = from; r < rows; r++, at += stride)
        this.#stage.set(data.subarray(at, at + cols), r * cols);
  }

  /** A block of C to where it is made, or from there. */
  #copyC(
    C: Float64Array,
    i: number,
    height: number,
    j: number,
    width: number,
    n: number,
    inwards: boolean,
  ): void {
    if (width === n) {
      if (inwards) this.#C.set(C.subarray(i * n, (i + height) * n));
      else C.set(this.#C.subarray(0, height * n), i * n);
      return;
    }
    for (let r = 0; r < height; r++) {
      const at = (i + r) * n + j;
      if (inwards) this.#C.set(C.subarray(at, at + width), r * width);
      else C.set(this.#C.subarray(r * width, (r + 1) * width), at);
    }
  }
}
