import type { Arena } from './arena.ts';
import type { Exports, OfColumns } from './exports.ts';

/** How many numbers of each matrix there is room for. */
const ROOM = 2 ** 16;
/** So many columns are taken at a time. */
const AT_ONCE = 4;

/** Matrices that are worked on column by column: those of the arena where they lie, others in blocks that are copied. */
export class Columns {
  readonly #arena: Arena;
  /** room for four matrices */
  readonly #blocks: readonly Float64Array[];
  /** an address and a stride of each */
  readonly #given = [0, 0, 0, 0, 0, 0, 0, 0];

  constructor({ memory, STAGE_AT, B_AT }: Exports, arena: Arena) {
    this.#arena = arena;
    const places = [STAGE_AT, B_AT].flatMap(({ value }) => [value, value + 8 * ROOM]);
    this.#blocks = places.map((place) => new Float64Array(memory.buffer, place, ROOM));
  }

  /** Whether there is room for so many rows, and there are columns enough. */
  canTake(rows: number, cols: number): boolean {
    return cols >= AT_ONCE && rows * AT_ONCE <= ROOM;
  }

  /**
   * What f makes of up to four matrices of so many columns, to the last of them. The first has as many rows as any.
   */
  write(cols: number, matrices: readonly Float64Array[], f: OfColumns): void {
    const rows = matrices[0]!.length / cols;
    let step = cols;
    for (const matrix of matrices)
      if (this.#arena.placeOf(matrix) === undefined) step = Math.min(cols, Math.floor(ROOM / rows));
    for (let j = 0; j < cols; j += step) {
      const begin = Math.max(0, Math.min(j, cols - AT_ONCE));
      this.#writePart(begin, Math.min(step, cols - begin), rows, cols, matrices, f);
    }
  }

  /** The same of some of the columns. */
  #writePart(
    begin: number,
    width: number,
    rows: number,
    cols: number,
    matrices: readonly Float64Array[],
    f: OfColumns,
  ): void {
    const last = matrices.length - 1;
    const given = this.#given;
    for (let i = 0; i <= last; i++) {
      const [matrix, block] = [matrices[i]!, this.#blocks[i]!];
      const place = this.#arena.placeOf(matrix);
      if (place === undefined && i < last) copyColumns(matrix, begin, cols, block, 0, width, width);
      given[2 * i] = place === undefined ? block.byteOffset : place + 8 * begin;
      given[2 * i + 1] = 8 * (place === undefined ? width : cols);
    }
    const [a, aRow, b, bRow, c, cRow, d, dRow] = given as Places;
    f(rows, width, a, aRow, b, bRow, c, cRow, d, dRow); // it takes as many as it knows
    if (this.#arena.placeOf(matrices[last]!) === undefined)
      copyColumns(this.#blocks[last]!, 0, width, matrices[last]!, begin, cols, width);
  }
}

type Places = [number, number, number, number, number, number, number, number];

/** So many columns of a matrix into another, from the first of each on; their rows are so long, and one has no more. */
function copyColumns(
  from: Float64Array,
  at: number,
  row: number,
  to: Float64Array,
  toAt: number,
  toRow: number,
  width: number,
): void {
  if (width === row && width === toRow) {
    const most = Math.min(from.length, to.length);
    to.set(from.length === most ? from : from.subarray(0, most));
    return;
  }
  for (; at < from.length && toAt < to.length; at += row, toAt += toRow)
    to.set(from.subarray(at, at + width), toAt);
}
