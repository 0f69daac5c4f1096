import { MOST_LEFT, shortest } from './numbers.ts';
import { type Mask, regionOf } from './region.ts';

// What a wrong tensor shows of a kernel that computes the right formula in the wrong places.

/** A wrong tensor beside the right one. */
export interface WrongTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly right: Float64Array;
  readonly given: Float64Array;
  /** whether an entry mismatches */
  readonly wrong: readonly boolean[];
  /** by how much an entry may differ */
  readonly allowed: Float64Array;
}

/**
 * The pattern of what is wrong in a tensor, in a sentence: where (a block, a stripe, an edge, a stretch of memory) and
 * what (NaN, zero, times a number, transposed, shifted). undefined where it has none: wrong entries that are scattered, or
 * all entries, wrong in no way that can be named.
 */
export function patternOf(tensor: WrongTensor): string | undefined {
  const { name } = tensor;
  const matrix = asMatrix(tensor);
  const moved = transposedTiles(matrix) ?? transposedBlock(matrix) ?? shifted(matrix);
  if (moved !== undefined) return `${name} ${moved}`;
  const value = kindOf(tensor);
  const { right, given } = tensor;
  const hides = (place: number): boolean => value?.hides(place) || (right[place] === 0 && given[place] === 0);
  const region = regionOf({ ...matrix, hides });
  if (region === undefined) return undefined;
  if (region.words === '') return value === undefined ? undefined : `${name} is all ${value.words}`;
  const what = value === undefined ? '' : `, all ${value.words}`;
  return `${name} is wrong in ${region.words} only${what}`;
}

type Matrix = WrongTensor & Omit<Mask, 'hides'>;

function asMatrix(tensor: WrongTensor): Matrix {
  const [rows = 1, cols = 1] = tensor.shape;
  return { ...tensor, rows, cols, isVector: tensor.shape.length < 2 };
}

/** Numbers that are the same but for rounding. */
const ROUNDING = 1e-6;
const isClose = ({ allowed }: WrongTensor, i: number, a: number, b: number, scale = 1): boolean =>
  Math.abs(a - b) <=
  2 * Math.max(1, Math.abs(scale)) * (Number.isFinite(allowed[i]!) ? allowed[i]! : 0) +
    ROUNDING * Math.abs(a);

/** What all wrong entries are. */
interface Value {
  readonly words: string;
  /** whether an entry that is not wrong would be the same */
  hides(place: number): boolean;
}

function kindOf(tensor: WrongTensor): Value | undefined {
  const { right, given, wrong } = tensor;
  const places = [...wrong.keys()].filter((i) => wrong[i]);
  const never = (): boolean => false;
  const all = (holds: (value: number) => boolean): boolean => places.every((i) => holds(given[i]!));
  if (all(Number.isNaN)) return { words: 'NaN', hides: never };
  if (all((value) => !Number.isFinite(value))) return { words: 'infinite or NaN', hides: never };
  if (!all(Number.isFinite)) return undefined;
  if (all((value) => value === 0)) return { words: 'zero', hides: (i) => isClose(tensor, i, right[i]!, 0) };
  const factor = factorOf(tensor, places);
  if (factor !== undefined)
    return {
      words: `× ${shortest(factor)}`,
      hides: (i) => isClose(tensor, i, factor * right[i]!, right[i]!, factor),
    };
  const [first] = places;
  const value = given[first!]!;
  return places.length >= ENOUGH && all((other) => other === value)
    ? { words: `the same number, ${shortest(value)}`, hides: (i) => isClose(tensor, i, right[i]!, value) }
    : undefined;
}

/** So many entries are needed to tell a rule by. */
const ENOUGH = 3;

/** The number that all wrong entries are times the right ones. */
function factorOf(tensor: WrongTensor, places: readonly number[]): number | undefined {
  const { right, given } = tensor;
  const top = places.reduce(
    (best, i) => (Math.abs(right[i]!) > Math.abs(right[best]!) ? i : best),
    places[0]!,
  );
  const factor = given[top]! / right[top]!;
  const different = new Set(places.map((i) => Math.abs(right[i]!)));
  if (different.size < ENOUGH || !Number.isFinite(factor) || factor === 0) return undefined;
  const leaves = (c: number): number =>
    places.reduce((most, i) => Math.max(most, Math.abs(given[i]! - c * right[i]!)), 0);
  const fits = places.every((i) => isClose(tensor, i, factor * right[i]!, given[i]!, factor));
  return fits && leaves(factor) <= MOST_LEFT * leaves(1) ? factor : undefined;
}

/** Each tile of a tiled product transposed within itself. */
function transposedTiles(matrix: Matrix): string | undefined {
  const { rows, cols, isVector } = matrix;
  if (isVector) return undefined;
  for (let size = 2; size <= Math.min(rows, cols); size *= 2) {
    if (rows % size !== 0 || cols % size !== 0 || (rows === size && cols === size)) continue;
    const source = (i: number, j: number): number =>
      (i - (i % size) + (j % size)) * cols + (j - (j % size)) + (i % size);
    if (isMoved(matrix, (i, j) => source(i, j), 0, rows, 0, cols))
      return `is transposed within each tile of ${size} × ${size}`;
  }
  return undefined;
}

/** Whether each entry of a block is the right one of another place, and that shows. */
function isMoved(
  matrix: Matrix,
  source: (row: number, col: number) => number,
  top: number,
  bottom: number,
  left: number,
  end: number,
): boolean {
  const { cols, right, given, wrong } = matrix;
  let seen = 0;
  for (let i = top; i < bottom; i++)
    for (let j = left; j < end; j++) {
      if (!isClose(matrix, i * cols + j, right[source(i, j)]!, given[i * cols + j]!)) return false;
      if (wrong[i * cols + j]) seen++;
    }
  return seen >= ENOUGH;
}

/** A square block transposed within itself, where nothing else is wrong. */
function transposedBlock(matrix: Matrix): string | undefined {
  const { rows, cols, wrong, isVector } = matrix;
  if (isVector) return undefined;
  const places = [...wrong.keys()].filter((place) => wrong[place]);
  const [inRows, inCols] = [places.map((p) => Math.floor(p / cols)), places.map((p) => p % cols)];
  const bounds = (values: readonly number[]): [number, number] => [
    values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
    values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY) + 1,
  ];
  const [[top, bottom], [left, end]] = [bounds(inRows), bounds(inCols)];
  if (bottom - top !== end - left || bottom - top < 3) return undefined;
  if (!isMoved(matrix, (i, j) => (top + j - left) * cols + left + (i - top), top, bottom, left, end))
    return undefined;
  return bottom - top === rows && rows === cols
    ? 'is transposed'
    : `is transposed in rows ${top}–${bottom - 1} × columns ${left}–${end - 1}`;
}

/** All rows or columns moved by one, as by an index that is off by one. */
function shifted(matrix: Matrix): string | undefined {
  const { rows, cols, isVector } = matrix;
  const down = isVector ? 'entries' : 'rows';
  for (const by of [1, -1]) {
    const [from, to] = by === 1 ? [1, 0] : [0, -1];
    if (rows > ENOUGH && isMoved(matrix, (i, j) => (i - by) * cols + j, from, rows + to, 0, cols))
      return `has its ${down} moved by one ${by === 1 ? 'down' : 'up'}`;
    if (cols > ENOUGH && isMoved(matrix, (i, j) => i * cols + j - by, 0, rows, from, cols + to))
      return `has its columns moved by one to the ${by === 1 ? 'right' : 'left'}`;
  }
  return undefined;
}
