import { madd } from './arithmetic';

/*
 * A block of a product of matrices, C = A B or C += A B. Both sides lie in panels: of A the rows that a tile of C
 * takes, of B its columns, side by side for each step of the sum. kernels/webassembly.ts cuts matrices into such blocks.
 * Addresses, and what is called a row of the memory, the way from one row of a matrix to the next, are in bytes.
 */

/** So many rows of C a tile has: as many as registers hold, which is fewer where a product needs one of its own. */
export const TILE_ROWS: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 4;
const TILE_COLS: i32 = 4;

/** Where blocks stand: up to 2¹⁵ numbers of A, 2¹⁷ of B, 2¹⁶ of C, 2¹⁷ as they come from a matrix, 2¹⁴ of b. */
export const A_AT: usize = 1 << 16;
export const B_AT: usize = A_AT + (1 << 18) + 4096;
export const C_AT: usize = B_AT + (1 << 20) + 4096;
export const STAGE_AT: usize = C_AT + (1 << 19) + 4096;
export const BEGIN_AT: usize = STAGE_AT + (1 << 20) + 4096;
/** What is behind is free. */
export const FREE_AT: usize = BEGIN_AT + (1 << 17) + 4096;

/** The part of a tile that reaches over the edge of C; and zeros. */
const EDGE: usize = BEGIN_AT + (1 << 17) + 1024;
const ZEROS: usize = BEGIN_AT + (1 << 17) + 2048;

/** Lays the rows of a matrix into panels of so many rows, an even number, the last one filled up with zeros. */
export function layRows(to: usize, from: usize, rows: i32, cols: i32, row: usize, width: i32): void {
  const length = (cols as usize) << 3;
  const step = (width as usize) << 3;
  for (let i = 0; i < rows; i += width) {
    for (let r = 0; r < width; r += 2) {
      if (i + r + 1 < rows) layTwoRows(to + (r << 3), from, row, length, step);
      else layRowAndZeros(to + (r << 3), from, length, step, i + r < rows);
      from += row << 1;
    }
    to += step * cols;
  }
}

/** Two rows, one beside the other. */
function layTwoRows(to: usize, from: usize, row: usize, length: usize, step: usize): void {
  const end = from + length;
  for (; from + 16 <= end; from += 16) {
    const x = v128.load(from);
    const y = v128.load(from + row);
    v128.store(to, i64x2.shuffle(x, y, 0, 2));
    v128.store(to + step, i64x2.shuffle(x, y, 1, 3));
    to += step << 1;
  }
  if (from < end) {
    store<f64>(to, load<f64>(from));
    store<f64>(to, load<f64>(from + row), 8);
  }
}

function layRowAndZeros(to: usize, from: usize, length: usize, step: usize, hasRow: bool): void {
  for (const end = from + length; from < end; from += 8) {
    store<f64>(to, hasRow ? load<f64>(from) : 0);
    store<f64>(to, 0, 8);
    to += step;
  }
}

/** So many rows at a time are laid, side by side: each is read from its begin to its end. */
const ROWS_AT_ONCE: i32 = 8;

/** The same of its columns, four or six to a panel. */
export function layColumns(to: usize, from: usize, rows: i32, cols: i32, row: usize, width: i32): void {
  const step = (width as usize) << 3;
  for (let p = 0; p < rows; p += ROWS_AT_ONCE) {
    const some = min(ROWS_AT_ONCE, rows - p);
    let panel = to;
    let j = 0;
    for (; j + width <= cols; j += width) {
      layPart(panel, from + (j << 3), some, row, width);
      panel += step * rows;
    }
    if (j < cols) layLastPart(panel, from + (j << 3), some, row, width, cols - j);
    to += step * some;
    from += row * some;
  }
}

// @inline
function layPart(to: usize, from: usize, rows: i32, row: usize, width: i32): void {
  for (let p = 0; p < rows; p++) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    if (width > 4) v128.store(to, v128.load(from, 32), 32);
    to += (width as usize) << 3;
    from += row;
  }
}

/** What a panel has left, filled up with zeros. */
function layLastPart(to: usize, from: usize, rows: i32, row: usize, width: i32, cols: i32): void {
  for (let p = 0; p < rows; p++) {
    for (let c = 0; c < width; c++) store<f64>(to + (c << 3), c < cols ? load<f64>(from + (c << 3)) : 0);
    to += (width as usize) << 3;
    from += row;
  }
}

/**
 * A block of m × k times k × n, to where C is: on top of what stands there, or sums that begin with the numbers at
 * BEGIN_AT, one for each row, or with 0.
 */
export function multiply(m: i32, k: i32, n: i32, c: usize, row: usize, onTop: bool, begun: bool): void {
  for (let j = 0; j < n; j += TILE_COLS) {
    const b = B_AT + ((j * k) << 3);
    const cols = min(TILE_COLS, n - j);
    for (let i = 0; i < m; i += TILE_ROWS) {
      const a = A_AT + ((i * k) << 3);
      const at = c + (i as usize) * row + (j << 3);
      const rows = min(TILE_ROWS, m - i);
      const begin = begun ? BEGIN_AT + (i << 3) : ZEROS;
      const isWhole = rows === TILE_ROWS && cols === TILE_COLS;
      const to = isWhole ? at : EDGE;
      const toRow = isWhole ? row : 32;
      if (!isWhole && onTop) copy(at, row, EDGE, 32, rows, cols);
      if (ASC_FEATURE_RELAXED_SIMD) sixRows(a, b, to, toRow, k, onTop, begin);
      else fourRows(a, b, to, toRow, k, onTop, begin);
      if (!isWhole) copy(EDGE, 32, at, row, rows, cols);
    }
  }
}

/** A part of a tile: up to four numbers of so many rows. */
function copy(from: usize, fromRow: usize, to: usize, toRow: usize, rows: i32, cols: i32): void {
  for (; rows > 0; rows--) {
    if (cols & 4) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
    } else {
      if (cols & 2) v128.store(to, v128.load(from));
      if (cols & 1) store<f64>(to + ((cols & 2) << 3), load<f64>(from + ((cols & 2) << 3)));
    }
    from += fromRow;
    to += toRow;
  }
}

/** A tile of 4 × 4. */
function fourRows(a: usize, b: usize, c: usize, row: usize, k: i32, onTop: bool, begin: usize): void {
  const c1 = c + row;
  const c2 = c1 + row;
  const c3 = c2 + row;
  let s00 = onTop ? v128.load(c) : v128.load64_splat(begin);
  let s01 = onTop ? v128.load(c, 16) : s00;
  let s10 = onTop ? v128.load(c1) : v128.load64_splat(begin, 8);
  let s11 = onTop ? v128.load(c1, 16) : s10;
  let s20 = onTop ? v128.load(c2) : v128.load64_splat(begin, 16);
  let s21 = onTop ? v128.load(c2, 16) : s20;
  let s30 = onTop ? v128.load(c3) : v128.load64_splat(begin, 24);
  let s31 = onTop ? v128.load(c3, 16) : s30;
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
function sixRows(a: usize, b: usize, c: usize, row: usize, k: i32, onTop: bool, begin: usize): void {
  const c1 = c + row;
  const c2 = c1 + row;
  const c3 = c2 + row;
  const c4 = c3 + row;
  const c5 = c4 + row;
  let s00 = onTop ? v128.load(c) : v128.load64_splat(begin);
  let s01 = onTop ? v128.load(c, 16) : s00;
  let s10 = onTop ? v128.load(c1) : v128.load64_splat(begin, 8);
  let s11 = onTop ? v128.load(c1, 16) : s10;
  let s20 = onTop ? v128.load(c2) : v128.load64_splat(begin, 16);
  let s21 = onTop ? v128.load(c2, 16) : s20;
  let s30 = onTop ? v128.load(c3) : v128.load64_splat(begin, 24);
  let s31 = onTop ? v128.load(c3, 16) : s30;
  let s40 = onTop ? v128.load(c4) : v128.load64_splat(begin, 32);
  let s41 = onTop ? v128.load(c4, 16) : s40;
  let s50 = onTop ? v128.load(c5) : v128.load64_splat(begin, 40);
  let s51 = onTop ? v128.load(c5, 16) : s50;
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
