import { kernels } from '../kernels/choice.ts';
import { room, zeros } from './zeros.ts';

/** A real matrix, stored row by row: entry (i, j) is `data[i * cols + j]`. */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float64Array;
}

/** A matrix of zeros, or one around existing data (row by row, not copied). */
export function matrix(rows: number, cols: number, data: Float64Array = zeros(rows * cols)): Matrix {
  if (data.length !== rows * cols) {
    throw new RangeError(`a ${rows} × ${cols} matrix has ${rows * cols} entries, not ${data.length}`);
  }
  return { rows, cols, data };
}

/** A matrix whose entries are all to be written. */
const blank = (rows: number, cols: number): Matrix => matrix(rows, cols, room(rows * cols));

/** The matrix with these rows, which must be equally long. */
export function fromRows(rows: readonly (readonly number[])[]): Matrix {
  const cols = rows[0]?.length ?? 0;
  const M = matrix(rows.length, cols);
  rows.forEach((row, i) => {
    if (row.length !== cols) throw new RangeError(`row ${i} has ${row.length} entries, row 0 has ${cols}`);
    M.data.set(row, i * cols);
  });
  return M;
}

/** Entry (i, j). */
export const at = (M: Matrix, i: number, j: number): number => M.data[i * M.cols + j]!;

/** Mᵀ */
export function transpose(M: Matrix): Matrix {
  const T = blank(M.cols, M.rows);
  for (let i = 0; i < M.rows; i++) {
    for (let j = 0; j < M.cols; j++) T.data[j * M.rows + i] = M.data[i * M.cols + j]!;
  }
  return T;
}

/** A B */
export function multiply(A: Matrix, B: Matrix): Matrix {
  if (A.cols !== B.rows) throw new RangeError(`${shape(A)} times ${shape(B)}`);
  const C = blank(A.rows, B.cols);
  kernels.multiply(A.data, B.data, C.data, A.rows, A.cols, B.cols);
  return C;
}

/** A Bᵀ */
export function multiplyTransposed(A: Matrix, B: Matrix): Matrix {
  if (A.cols !== B.cols) throw new RangeError(`${shape(A)} times the transpose of ${shape(B)}`);
  const C = blank(A.rows, B.rows);
  kernels.multiplyTransposed(A.data, B.data, C.data, A.rows, A.cols, B.rows);
  return C;
}

/** Aᵀ B */
export function transposedMultiply(A: Matrix, B: Matrix): Matrix {
  if (A.rows !== B.rows) throw new RangeError(`the transpose of ${shape(A)} times ${shape(B)}`);
  const C = blank(A.cols, B.cols);
  kernels.transposedMultiply(A.data, B.data, C.data, A.cols, A.rows, B.cols);
  return C;
}

/** W A + b 1ᵀ: the vector b added to each column of the product. */
export function affine(W: Matrix, A: Matrix, b: Float64Array): Matrix {
  if (W.cols !== A.rows) throw new RangeError(`${shape(W)} times ${shape(A)}`);
  if (W.rows !== b.length) throw new RangeError(`${W.rows} × ${A.cols} plus a vector of ${b.length}`);
  const Z = blank(W.rows, A.cols);
  kernels.multiply(W.data, A.data, Z.data, W.rows, W.cols, A.cols, b);
  return Z;
}

/** f of each entry. */
export function map(M: Matrix, f: (value: number) => number): Matrix {
  const R = blank(M.rows, M.cols);
  for (let i = 0; i < R.data.length; i++) R.data[i] = f(M.data[i]!);
  return R;
}

/** f of all entries at once. */
export const mapAll = ({ rows, cols, data }: Matrix, f: (data: Float64Array) => Float64Array): Matrix =>
  matrix(rows, cols, f(data));

/** f of each pair of entries of two matrices of one shape. */
export function zip(A: Matrix, B: Matrix, f: (a: number, b: number) => number): Matrix {
  if (A.rows !== B.rows || A.cols !== B.cols) throw new RangeError(`${shape(A)} beside ${shape(B)}`);
  const R = blank(A.rows, A.cols);
  for (let i = 0; i < R.data.length; i++) R.data[i] = f(A.data[i]!, B.data[i]!);
  return R;
}

/** A + B */
export function add(A: Matrix, B: Matrix): Matrix {
  if (A.rows !== B.rows || A.cols !== B.cols) throw new RangeError(`${shape(A)} beside ${shape(B)}`);
  const R = blank(A.rows, A.cols);
  kernels.add(A.data, B.data, R.data);
  return R;
}

/** A − B */
export const subtract = (A: Matrix, B: Matrix): Matrix => zip(A, B, (a, b) => a - b);

/** A ◦ B, the product entry by entry. */
export function hadamard(A: Matrix, B: Matrix): Matrix {
  if (A.rows !== B.rows || A.cols !== B.cols) throw new RangeError(`${shape(A)} beside ${shape(B)}`);
  const R = blank(A.rows, A.cols);
  kernels.times(A.data, B.data, R.data);
  return R;
}

/** c A */
export function scale(c: number, A: Matrix): Matrix {
  const R = blank(A.rows, A.cols);
  kernels.scale(c, A.data, R.data);
  return R;
}

/** |A|, entry by entry. */
export function abs(A: Matrix): Matrix {
  const R = blank(A.rows, A.cols);
  for (let i = 0; i < R.data.length; i++) R.data[i] = Math.abs(A.data[i]!);
  return R;
}

/** max |vᵢ|, and 0 of nothing. */
export function largest(values: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
}

/** A 1: the sum of each row. */
export function rowSums(A: Matrix): Float64Array {
  const sums = zeros(A.rows);
  for (let i = 0; i < A.rows; i++) sums[i] = sumOf(A.data, i * A.cols, (i + 1) * A.cols);
  return sums;
}

/** The sum of some entries, in four sums that need not wait for one another. */
function sumOf(values: Float64Array, from: number, to: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = from;
  for (; i + 3 < to; i += 4) {
    a += values[i]!;
    b += values[i + 1]!;
    c += values[i + 2]!;
    d += values[i + 3]!;
  }
  for (; i < to; i++) a += values[i]!;
  return a + b + (c + d);
}

/** Σ vᵢ, in the order of the index. */
export function sum(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}

/** ‖M‖²_F = Σ Mᵢⱼ² */
export const squaredNorm = ({ data }: Matrix): number => kernels.squares(data);

const shape = (M: Matrix): string => `${M.rows} × ${M.cols}`;
