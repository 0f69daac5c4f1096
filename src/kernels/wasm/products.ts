import { madd } from './arithmetic';

/*
 * A block of a product of matrices, C += A B. Both sides lie in panels: of A the rows that a tile of C takes, of B its
 * columns, side by side for each step of the sum. kernels/webassembly.ts cuts matrices into such blocks.
 */

/** So many rows of C a tile has: as many as registers hold, which is fewer where a product needs one of its own. */
export const TILE_ROWS: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 4;
const TILE_COLS: i32 = 4;

/** Where blocks stand: up to 2¹⁵ numbers of A, 2¹⁷ of B, 2¹⁶ of C, 2¹⁷ as they come from a matrix. */
export const A_AT: usize = 1 << 16;
export const B_AT: usize = A_AT + (1 << 18) + 4096;
export const C_AT: usize = B_AT + (1 << 20) + 4096;
export const STAGE_AT: usize = C_AT + (1 << 19) + 4096;

/** Lays the rows of a staged matrix into panels of so many rows (an even number), the last one filled up with zeros. */
export function layRows(to: usize, rows: i32, cols: i32, width: i32): void {
  const row = (cols as usize) << 3;
  const step = (width as usize) << 3;
  for (let i = 0; i < rows; i += width) {
    for (let r = 0; r < width; r += 2) {
      const at = to + (i as usize) * row + (r << 3);
      const from = STAGE_AT + ((i + r) as usize) * row;
      if (i + r + 1 < rows) layTwoRows(at, from, row, step);
      else layRowAndZeros(at, from, row, step, i + r < rows);
    }
  }
}

/** Two rows, one beside the other. */
function layTwoRows(to: usize, from: usize, row: usize, step: usize): void {
  let at = to;
  const end = from + row;
  for (; from + 16 <= end; from += 16) {
    const x = v128.load(from);
    const y = v128.load(from + row);
    v128.store(at, i64x2.shuffle(x, y, 0, 2));
    v128.store(at + step, i64x2.shuffle(x, y, 1, 3));
    at += step << 1;
  }
  if (from < end) {
    store<f64>(at, load<f64>(from));
    store<f64>(at, load<f64>(from + row), 8);
  }
}

function layRowAndZeros(to: usize, from: usize, row: usize, step: usize, hasRow: bool): void {
  for (const end = from + row; from < end; from += 8) {
    store<f64>(to, hasRow ? load<f64>(from) : 0);
    store<f64>(to, 0, 8);
    to += step;
  }
}

/** The same of its columns. */
export function layColumns(to: usize, rows: i32, cols: i32, width: i32): void {
  const row = (cols as usize) << 3;
  for (let j = 0; j < cols; j += width) {
    const some = min(width, cols - j);
    let at = to + (((j * rows) as usize) << 3);
    let from = STAGE_AT + (j << 3);
    for (let p = 0; p < rows; p++) {
      if (some === width)
        for (let c = 0; c < width; c += 2) v128.store(at + (c << 3), v128.load(from + (c << 3)));
      else
        for (let c = 0; c < width; c++) store<f64>(at + (c << 3), c < some ? load<f64>(from + (c << 3)) : 0);
      at += width << 3;
      from += row;
    }
  }
}

/** C = A B, or C + A B, of a block of m × k times k × n; the rows of C are as long as the panels of B are together. */
export function multiply(m: i32, k: i32, n: i32, onTop: bool): void {
  const row: usize = ((n + TILE_COLS - 1) & ~(TILE_COLS - 1)) << 3;
  for (let j = 0; j < n; j += TILE_COLS) {
    const b = B_AT + ((j * k) << 3);
    for (let i = 0; i < m; i += TILE_ROWS) {
      const a = A_AT + ((i * k) << 3);
      const c = C_AT + (i as usize) * row + (j << 3);
      if (ASC_FEATURE_RELAXED_SIMD) sixRows(a, b, c, row, k, onTop);
      else fourRows(a, b, c, row, k, onTop);
    }
  }
}

/** A tile of 4 × 4. */
function fourRows(a: usize, b: usize, c: usize, row: usize, k: i32, onTop: bool): void {
  const c1 = c + row;
  const c2 = c1 + row;
  const c3 = c2 + row;
  const zero = f64x2.splat(0);
  let s00 = onTop ? v128.load(c) : zero;
  let s01 = onTop ? v128.load(c, 16) : zero;
  let s10 = onTop ? v128.load(c1) : zero;
  let s11 = onTop ? v128.load(c1, 16) : zero;
  let s20 = onTop ? v128.load(c2) : zero;
  let s21 = onTop ? v128.load(c2, 16) : zero;
  let s30 = onTop ? v128.load(c3) : zero;
  let s31 = onTop ? v128.load(c3, 16) : zero;
  for (let p = 0; p < k; p++) {
    const x = v128.load(b);
    const y = v128.load(b, 16);
    let r = v128.load64_splat(a);
    s00 = madd(r, x, s00);
    s01 = madd(r, y, s01);
    r = v128.load64_splat(a, 8);
    s10 = madd(r, x, s10);
    s11 = madd(r, y, s11);
    r = v128.load64_splat(a, 16);
    s20 = madd(r, x, s20);
    s21 = madd(r, y, s21);
    r = v128.load64_splat(a, 24);
    s30 = madd(r, x, s30);
    s31 = madd(r, y, s31);
    a += 32;
    b += 32;
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
}

/** A tile of 6 × 4. */
function sixRows(a: usize, b: usize, c: usize, row: usize, k: i32, onTop: bool): void {
  const c1 = c + row;
  const c2 = c1 + row;
  const c3 = c2 + row;
  const c4 = c3 + row;
  const c5 = c4 + row;
  const zero = f64x2.splat(0);
  let s00 = onTop ? v128.load(c) : zero;
  let s01 = onTop ? v128.load(c, 16) : zero;
  let s10 = onTop ? v128.load(c1) : zero;
  let s11 = onTop ? v128.load(c1, 16) : zero;
  let s20 = onTop ? v128.load(c2) : zero;
  let s21 = onTop ? v128.load(c2, 16) : zero;
  let s30 = onTop ? v128.load(c3) : zero;
  let s31 = onTop ? v128.load(c3, 16) : zero;
  let s40 = onTop ? v128.load(c4) : zero;
  let s41 = onTop ? v128.load(c4, 16) : zero;
  let s50 = onTop ? v128.load(c5) : zero;
  let s51 = onTop ? v128.load(c5, 16) : zero;
  for (let p = 0; p < k; p++) {
    const x = v128.load(b);
    const y = v128.load(b, 16);
    let r = v128.load64_splat(a);
    s00 = madd(r, x, s00);
    s01 = madd(r, y, s01);
    r = v128.load64_splat(a, 8);
    s10 = madd(r, x, s10);
    s11 = madd(r, y, s11);
    r = v128.load64_splat(a, 16);
    s20 = madd(r, x, s20);
    s21 = madd(r, y, s21);
    r = v128.load64_splat(a, 24);
    s30 = madd(r, x, s30);
    s31 = madd(r, y, s31);
    r = v128.load64_splat(a, 32);
    s40 = madd(r, x, s40);
    s41 = madd(r, y, s41);
    r = v128.load64_splat(a, 40);
    s50 = madd(r, x, s50);
    s51 = madd(r, y, s51);
    a += 48;
    b += 32;
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
  v128.store(c4, s40);
  v128.store(c4, s41, 16);
  v128.store(c5, s50);
  v128.store(c5, s51, 16);
}
