import { decodeNear, decodeNumbers, decodePlaces, decodeSizes, decodeVerdicts } from './decode.ts';
import type { Cells } from './written.ts';

/** A verdict as it is written. */
export const UNCHECKED = 0;
export const MISMATCH = 2;
export const INCONCLUSIVE = 3;

/** The cells of a tensor, row by row. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly rows: number;
  readonly cols: number;
  /** how many rows and columns of entries a cell stands for */
  readonly block: readonly [number, number];
  /** the entry that each cell shows; every entry has a cell of its own where undefined */
  readonly at: Uint32Array | undefined;
  readonly exact: boolean;
  readonly ours: { readonly label: string; readonly data: Float64Array };
  readonly others: readonly Other[];
  /** the cells in which anything mismatches, in order */
  readonly wrong: readonly number[];
}

export interface Other {
  readonly label: string;
  readonly data: Float64Array;
  readonly verdicts: Uint8Array;
  readonly bar: Float64Array | undefined;
}

export function readTensor(json: string): Tensor {
  const { ours, others, at, ...written } = JSON.parse(json) as Cells;
  const data = decodeNumbers(ours.data);
  const read = others.map(
    (other): Other => ({
      label: other.label,
      data: decodeNear(other.data, data, written.exact),
      verdicts: decodeVerdicts(other.verdicts, data.length),
      bar: other.bar === undefined ? undefined : decodeSizes(other.bar, data.length),
    }),
  );
  const wrong: number[] = [];
  for (let i = 0; i < data.length; i++)
    if (read.some(({ verdicts }) => verdicts[i] === MISMATCH)) wrong.push(i);
  return {
    ...written,
    at: at === undefined ? undefined : decodePlaces(at, data.length),
    ours: { label: ours.label, data },
    others: read,
    wrong,
  };
}

/** The entry that a cell shows. */
const entryOf = ({ at }: Tensor, cell: number): number => at?.[cell] ?? cell;

/** The cell in whose block an entry lies. */
export function cellOf({ shape, cols, block: [down, across] }: Tensor, entry: number): number {
  const width = shape.at(-1) ?? 1;
  return Math.floor(Math.floor(entry / width) / down) * cols + Math.floor((entry % width) / across);
}

/** `dW1[3, 2]` */
export function nameOf(tensor: Tensor, cell: number): string {
  const index: number[] = [];
  let entry = entryOf(tensor, cell);
  for (const length of tensor.shape.toReversed()) {
    index.unshift(entry % length);
    entry = Math.floor(entry / length);
  }
  return `${tensor.name}[${index.join(', ')}]`;
}
