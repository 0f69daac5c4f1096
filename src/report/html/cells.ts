import { encodeNear, encodeNumbers, encodePlaces, encodeSizes, encodeVerdicts } from './encode.ts';
import { excessOf, type Figure } from './figures.ts';
import type { Cells } from './page/written.ts';

/** A figure in its place on the page. */
export interface Placed {
  readonly id: string;
  readonly figure: Figure;
  readonly cells: Cells;
}

/** How much of a page its arrays may be, in characters: a 784 × 256 tensor with a reference fits. */
export const MOST = 4_700_000;
/** What is smaller keeps all its digits. */
const LARGE = 2 ** 14;
/** More cells than this are never drawn. */
const MOST_CELLS = 2 ** 18;

/**
 * The arrays of all figures of a page, which together have only so much room. Where it is short, the digits of wrong
 * entries of large tensors are cut, and then the largest show the worst entry of each block.
 */
export function cellsOf(figures: readonly Figure[], most = MOST): Cells[] {
  const first = figures.map((figure) => encode(figure, true, blockFor(figure)));
  if (sizeOf(first) <= most) return first;
  const cells = figures.map((figure, i) => {
    const { block } = first[i]!;
    return figure.ours.data.length < LARGE ? first[i]! : encode(figure, false, block);
  });
  while (sizeOf(cells) > most) {
    const largest = cells.reduce((best, one, i) => (lengthOf(one) > lengthOf(cells[best]!) ? i : best), 0);
    const { block, rows, cols } = cells[largest]!;
    if (rows * cols <= 1) break;
    cells[largest] = encode(figures[largest]!, false, coarser(block, rows, cols));
  }
  return cells;
}

/** How much of a page these are, in characters. */
export const sizeOf = (cells: readonly Cells[]): number => cells.reduce((sum, one) => sum + lengthOf(one), 0);

const lengthOf = ({ ours, others, at = '' }: Cells): number =>
  others.reduce(
    (sum, { data, verdicts, bar = '' }) => sum + data.length + verdicts.length + bar.length,
    ours.data.length + at.length,
  );

/** Rows and columns of a tensor of any shape: the last dimension goes along a row. */
function gridOf(shape: readonly number[]): [rows: number, cols: number] {
  const cols = shape.at(-1) ?? 1;
  return [shape.slice(0, -1).reduce((product, size) => product * size, 1), cols];
}

type Block = readonly [number, number];

/** Half as many cells: it is the longer side that has too many. */
const coarser = ([down, across]: Block, rows: number, cols: number): Block =>
  rows > cols ? [2 * down, across] : [down, 2 * across];

function blockFor({ shape }: Figure): Block {
  const [rows, cols] = gridOf(shape);
  let block: Block = [1, 1];
  for (;;) {
    const [r, c] = [Math.ceil(rows / block[0]), Math.ceil(cols / block[1])];
    if (r * c <= MOST_CELLS) return block;
    block = coarser(block, r, c);
  }
}

function encode(figure: Figure, exact: boolean, block: Block): Cells {
  const { name, shape, ours, others } = figure;
  const [rows, cols] = gridOf(shape);
  const places = block[0] * block[1] === 1 ? undefined : worstOfBlocks(figure, rows, cols, block);
  const shown = (data: Float64Array): Float64Array =>
    places === undefined ? data : Float64Array.from(places, (i) => data[i]!);
  const base = shown(ours.data);
  return {
    name,
    shape,
    rows: Math.ceil(rows / block[0]),
    cols: Math.ceil(cols / block[1]),
    block,
    ...(places && { at: encodePlaces(places) }),
    exact,
    ours: { label: ours.label, data: encodeNumbers(base) },
    others: others.map(({ label, data, verdicts, bar }) => {
      const seen = places === undefined ? verdicts : Array.from(places, (i) => verdicts[i]);
      // What was not checked is not shown: it takes the room of a number that is equal.
      const theirs = shown(data).map((value, i) => (seen[i] === undefined ? base[i]! : value));
      return {
        label,
        data: encodeNear(theirs, base, exact),
        verdicts: encodeVerdicts(seen),
        ...(bar && { bar: encodeSizes(shown(bar)) }),
      };
    }),
  };
}

/** The entry of each block that exceeds most what it may differ by; the largest where nothing was compared. */
function worstOfBlocks(
  { ours, others }: Figure,
  rows: number,
  cols: number,
  [down, across]: Block,
): Uint32Array {
  const width = Math.ceil(cols / across);
  const places = new Uint32Array(Math.ceil(rows / down) * width);
  const worst = new Float64Array(places.length).fill(-1);
  for (let row = 0; row < rows; row++)
    for (let col = 0; col < cols; col++) {
      const i = row * cols + col;
      const cell = Math.floor(row / down) * width + Math.floor(col / across);
      const badness = others.length === 0 ? Math.abs(ours.data[i]!) : badnessOf(ours.data, others, i);
      if (badness <= worst[cell]!) continue;
      worst[cell] = badness;
      places[cell] = i;
    }
  return places;
}

function badnessOf(ours: Float64Array, others: Figure['others'], i: number): number {
  let most = 0;
  for (const other of others)
    if (other.verdicts[i] === 'mismatch') most = Math.max(most, 1 + excessOf(ours, other, i));
    else if (other.verdicts[i] !== undefined) most = Math.max(most, Math.min(1, excessOf(ours, other, i)));
  return most;
}
