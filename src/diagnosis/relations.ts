import { at, largest, type Matrix, matrix, transpose } from '../core/matrix.ts';
import type { Tensor } from '../core/network.ts';
import { type KnownNumber, MOST_LEFT, nameNumber } from './numbers.ts';

/** A wrong tensor beside the right one, and when two of their numbers count as equal. */
export interface Pair {
  readonly right: Tensor;
  readonly given: Tensor;
  /** whether a and b agree at entry i, with noise grown by a factor */
  close(a: number, b: number, i: number, scale: number): boolean;
}

/** A plain relation between a wrong gradient and the right one, whatever its cause. */
export interface Relation {
  readonly relation: 'constant-factor' | 'transposed' | 'permuted-rows' | 'permuted-columns' | 'zero';
  readonly explanation: string;
}

/** The relation that holds between all pairs alike, if there is one. */
export function relationOf(pairs: readonly Pair[], known: readonly KnownNumber[] = []): Relation | undefined {
  if (pairs.every(({ given }) => given.data.length > 0 && given.data.every((value) => value === 0))) {
    return { relation: 'zero', explanation: 'all of it is zero, as when a gradient was never written' };
  }
  const factor = commonFactor(pairs);
  if (factor !== undefined) {
    return {
      relation: 'constant-factor',
      explanation: `it is ${nameNumber(factor, known)} times the right gradient`,
    };
  }
  if (pairs.every(isTransposed)) {
    return { relation: 'transposed', explanation: 'it is the right gradient, transposed' };
  }
  if (pairs.every((pair) => isPermuted(pair, 'rows'))) {
    return {
      relation: 'permuted-rows',
      explanation: 'its rows are those of the right gradient in another order',
    };
  }
  if (pairs.every((pair) => isMatrix(pair.right) && isPermuted(pair, 'columns'))) {
    return {
      relation: 'permuted-columns',
      explanation: 'its columns are those of the right gradient in another order',
    };
  }
  return undefined;
}

/** No mistake makes a gradient a thousandth larger: so little is rounding, or a tensor of another shape. */
const LEAST_FACTOR = 1e-3;

/** r = c·a with one c for all entries; three different entries at least, for of one number anything is a multiple. */
function commonFactor(pairs: readonly Pair[]): number | undefined {
  let top: { a: number; r: number } | undefined;
  const different = new Set<number>();
  for (const { right, given } of pairs) {
    if (given.shape.join() !== right.shape.join()) return undefined;
    right.data.forEach((a, i) => {
      if (a !== 0) different.add(Math.abs(a));
      if (top === undefined || Math.abs(a) > Math.abs(top.a)) top = { a, r: given.data[i]! };
    });
  }
  if (top === undefined || top.a === 0 || different.size < 3) return undefined;
  const c = top.r / top.a;
  if (!Number.isFinite(c) || c === 0 || Math.abs(c - 1) < LEAST_FACTOR) return undefined;
  const fits = pairs.every(({ right, given, close }) =>
    right.data.every((a, i) => close(c * a, given.data[i]!, i, 2 * Math.abs(c))),
  );
  const leaves = (factor: number): number =>
    Math.max(
      ...pairs.map(({ right, given }) => largest(right.data.map((a, i) => given.data[i]! - factor * a))),
    );
  return fits && leaves(c) <= MOST_LEFT * leaves(1) ? c : undefined;
}

const isMatrix = ({ shape }: Tensor): boolean => shape.length === 2;

const asMatrix = ({ shape, data }: Tensor): Matrix => matrix(shape[0]!, shape[1] ?? 1, data);

/** Whether the given matrix is the transpose of the right one. */
function isTransposed({ right, given, close }: Pair): boolean {
  if (!isMatrix(right) || !isMatrix(given)) return false;
  const [rows, cols] = [right.shape[0]!, right.shape[1]!];
  if (given.shape[0] !== cols || given.shape[1] !== rows) return false;
  return right.data.every((value, i) =>
    close(value, given.data[(i % cols) * rows + Math.floor(i / cols)]!, i, 1),
  );
}

/** Whether each row (or column) of the given matrix is one of the right matrix, each used once. */
function isPermuted({ right, given, close }: Pair, along: 'rows' | 'columns'): boolean {
  if (given.shape.join() !== right.shape.join()) return false;
  const view = along === 'rows' ? (M: Matrix): Matrix => M : transpose;
  const [A, B] = [view(asMatrix(right)), view(asMatrix(given))];
  if (A.rows < 2 || B.rows !== A.rows || B.cols !== A.cols) return false;
  const entry = (i: number, j: number): number => (along === 'rows' ? i * A.cols + j : j * A.rows + i);
  const free = new Set(Array(A.rows).keys());
  for (let i = 0; i < B.rows; i++) {
    const match = [...free].find((row) =>
      Array.from({ length: A.cols }, (_, j) => j).every((j) =>
        close(at(A, row, j), at(B, i, j), entry(row, j), 1),
      ),
    );
    if (match === undefined) return false;
    free.delete(match);
  }
  return true;
}
