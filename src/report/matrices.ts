import type { Tensor } from '../core/network.ts';
import type { CheckedTensor } from '../gradcheck/gradcheck.ts';
import type { Verdict } from '../gradcheck/verdict.ts';
import type { ReferenceVerdict } from '../reference/judge.ts';
import { drawTitle, formatShape, isLarge, summarised, visible } from './layout.ts';
import { alignNumbers, formatError } from './numbers.ts';
import type { ReportOptions, Style } from './style.ts';

// Matrices side by side: analytic, numerical, and each reference.

/** One of the matrices: what it is called, its numbers, and what was said of them. */
interface Block {
  readonly head: string;
  readonly data: Float64Array;
  /** undefined where an entry was not checked */
  readonly verdicts: readonly (Verdict | undefined)[] | undefined;
}

const GAP = '    ';
const MARKS: Readonly<Record<Verdict, string>> = { agree: '', mismatch: '✖', inconclusive: '○' };

/** The default of --digits: where nobody asked for more, it gives way to having all matrices side by side. */
const USUAL_DIGITS = 6;
const LEAST_DIGITS = 4;

/** A gradient: analytic, numerical with its largest error bar, and each reference. */
export function drawGradients(
  tensor: CheckedTensor,
  references: readonly ReferenceVerdict[],
  options: ReportOptions,
): string {
  const checked = [...tensor.verdicts.keys()].filter((i) => tensor.verdicts[i] !== undefined);
  const bar = checked.reduce((most, i) => Math.max(most, tensor.errorBar[i]!), 0);
  return drawMatrices(
    tensor,
    [
      { head: 'analytic', data: tensor.analytic, verdicts: undefined },
      { head: `numerical ± ${formatError(bar)}`, data: tensor.numerical, verdicts: tensor.verdicts },
      ...references.flatMap(({ name, tensors }) => blockOf(name, tensors, tensor.name)),
    ],
    options,
  );
}

/** Our logits, and those of the references that have some. */
export const drawLogits = (
  logits: Tensor,
  note: string,
  references: readonly ReferenceVerdict[],
  options: ReportOptions,
): string =>
  drawMatrices(
    logits,
    [
      {
        head: references.some((one) => one.logits?.reference) ? 'fcnet' : '',
        data: logits.data,
        verdicts: undefined,
      },
      ...references.flatMap(({ name, logits: theirs }) => blockOf(name, theirs ? [theirs] : [], 'logits')),
    ],
    options,
    note,
  );

function blockOf(head: string, judged: ReferenceVerdict['tensors'], wanted: string): Block[] {
  const { reference, verdict } = judged.find(({ name }) => name === wanted) ?? {};
  if (reference === null || reference === undefined) return [];
  return [{ head, data: reference.data, verdicts: verdict?.verdicts }];
}

/** Matrices of one shape side by side, as many as the width holds, and the others below them. */
function drawMatrices(
  { name, shape }: Pick<Tensor, 'name' | 'shape'>,
  blocks: readonly Block[],
  options: ReportOptions,
  note = '',
): string {
  const { width, full } = options;
  const [rows, cols] = shape.length === 1 ? [1, shape[0]!] : [shape[0]!, shape[1]!];
  const label = shape.length === 1 ? 2 : String(rows - 1).length + 2;
  const shownRows = summarised(rows, full || !isLarge(rows, cols));
  const drawn = bestFit(blocks, shownRows, cols, width - label, isLarge(rows, cols), options);
  const facts = [formatShape(shape), note, drawn.exponent === 0 ? '' : `all × 1e${drawn.exponent}`];
  const text = facts.filter((fact) => fact !== '').join(', ');
  const title = drawTitle(name, text, options);
  const labels = shape.length === 1 ? [''] : shownRows.map((i) => (i < 0 ? '…' : String(i)));
  const total = sum(drawn.blocks.map((block) => widthOf(block, drawn)));
  const beside = Math.max(label, name.length + text.length + 2 + GAP.length);
  if (beside + total <= width && blocks[0]?.head !== '') {
    const [first, ...others] = arrange(drawn, labels, beside, options) as [string, ...string[]];
    const margin = ' '.repeat(beside - name.length - text.length - 2);
    return [`${title}${margin}${first.trimStart()}`, ...others].join('\n');
  }
  if (shape.length === 1 && !full) {
    const stacked = stack(title, drawn, options);
    if (stacked !== undefined) return stacked.join('\n');
  }
  const chunks = full ? inChunks(drawn, width - label) : [drawn];
  return [title, ...chunks.flatMap((chunk) => arrange(chunk, labels, label, options))].join('\n');
}

/** Vectors below one another, each after its name, with their indices beside the title; undefined where that is too wide. */
function stack(
  title: string,
  { columns, blocks }: Drawn,
  { style, width }: ReportOptions,
): string[] | undefined {
  const heads = blocks.map(({ head }) => head);
  const label = Math.max(...heads.map((head) => head.length)) + 2;
  const cell = Math.max(...blocks.map((block) => block.cell));
  if (2 + label + columns.length * (cell + 2) - 2 > width) return undefined;
  const numbers = columns.map((j) => (j < 0 ? '…' : String(j)).padStart(cell)).join('  ');
  const taken = visible(title).length;
  const isBeside = !title.includes('\n') && taken < 2 + label;
  return [
    ...(isBeside ? [] : [title]),
    `${isBeside ? title : ''}${' '.repeat(2 + label - (isBeside ? taken : 0))}${style.dim(numbers)}`,
    ...blocks.map(({ head, rows: [row = []] }) => {
      const cells = row.map(({ text, verdict }) => cellOf(text, verdict, cell, style));
      return `  ${style.dim(head.padEnd(label))}${cells.join('  ')}`;
    }),
  ];
}

/** Blocks as texts: of the shown columns, all cells of a block equally wide. */
interface Drawn {
  readonly columns: readonly number[];
  readonly blocks: readonly {
    readonly head: string;
    readonly cell: number;
    readonly rows: readonly (readonly Cell[])[];
  }[];
  readonly exponent: number;
}

interface Cell {
  readonly text: string;
  readonly verdict: Verdict | undefined;
}

/** All blocks side by side if it can be, with fewer digits if need be; else as many columns as fit. */
function bestFit(
  blocks: readonly Block[],
  rows: readonly number[],
  cols: number,
  width: number,
  large: boolean,
  { digits, full }: ReportOptions,
): Drawn {
  const all = [...Array(cols).keys()];
  if (full) return format(blocks, rows, all, cols, digits);
  const ends = [3, 2, 1].map((edge) => summarised(cols, false, edge));
  const choices = !large && 4 * cols <= width ? [all, ...ends] : ends;
  const precisions = digits <= USUAL_DIGITS ? [digits, 5, LEAST_DIGITS].filter((d) => d <= digits) : [digits];
  let last: Drawn | undefined;
  for (const shown of choices) {
    const versions = precisions.map((d) => format(blocks, rows, shown, cols, d));
    const fitting = versions.filter((drawn) => drawn.blocks.every((block) => widthOf(block, drawn) <= width));
    const [first, ...others] = fitting;
    if (first !== undefined)
      return others.reduce((best, one) => (bandsOf(one, width) < bandsOf(best, width) ? one : best), first);
    last = versions.at(-1);
  }
  return last!;
}

const sum = (widths: readonly number[]): number =>
  widths.reduce((total, width) => total + width + GAP.length, -GAP.length);

/** How many rows of blocks there are, one below the other. */
function bandsOf(drawn: Drawn, width: number): number {
  let [bands, room] = [1, width];
  for (const block of drawn.blocks) {
    const needed = widthOf(block, drawn);
    if (needed > room && room < width) [bands, room] = [bands + 1, width];
    room -= needed + GAP.length;
  }
  return bands;
}

const widthOf = ({ head, cell }: Drawn['blocks'][number], { columns }: Pick<Drawn, 'columns'>): number =>
  Math.max(head.length, columns.length * (cell + 2) - 2);

function format(
  blocks: readonly Block[],
  rows: readonly number[],
  columns: readonly number[],
  cols: number,
  digits: number,
): Drawn {
  const places = rows.flatMap((i) => columns.map((j) => (i < 0 || j < 0 ? -1 : i * cols + j)));
  const shown = places.filter((place) => place >= 0);
  const isKnown = ({ verdicts }: Block, place: number): boolean => !verdicts || verdicts[place] !== undefined;
  const { texts, exponent } = alignNumbers(
    blocks.flatMap((block) => shown.map((place) => (isKnown(block, place) ? block.data[place]! : 0))),
    digits,
  );
  let next = 0;
  const drawn = blocks.map((block) => {
    const cells = places.map((place): Cell => {
      if (place < 0) return { text: '…', verdict: undefined };
      const text = texts[next++] as string;
      return { text: isKnown(block, place) ? text : '–', verdict: block.verdicts?.[place] };
    });
    const marked = cells.some(({ verdict }) => verdict !== undefined && verdict !== 'agree');
    const cell = cells.reduce((most, { text }) => Math.max(most, text.length), 1) + (marked ? 1 : 0);
    const body = rows.map((_, r) => cells.slice(r * columns.length, (r + 1) * columns.length));
    return { head: block.head, cell, rows: body };
  });
  return { columns, blocks: drawn, exponent };
}

/** Everything in parts of as many columns as fit. */
function inChunks(drawn: Drawn, width: number): Drawn[] {
  const { columns, blocks, exponent } = drawn;
  const widest = Math.max(...blocks.map(({ cell }) => cell));
  const count = Math.max(1, Math.floor((width + 2) / (widest + 2)));
  return Array.from({ length: Math.ceil(columns.length / count) }, (_, k) => {
    const [from, to] = [k * count, (k + 1) * count];
    const parts = blocks.map((block) => ({ ...block, rows: block.rows.map((row) => row.slice(from, to)) }));
    return { columns: columns.slice(from, to), blocks: parts, exponent };
  });
}

/** The blocks in as few lines as the width allows. */
function arrange(drawn: Drawn, labels: readonly string[], label: number, options: ReportOptions): string[] {
  const { style, width } = options;
  const lines: string[] = [];
  let rest = drawn.blocks;
  while (rest.length > 0) {
    let count = 1;
    while (
      count < rest.length &&
      label + sum(rest.slice(0, count + 1).map((block) => widthOf(block, drawn))) <= width
    )
      count++;
    const parts = rest.slice(0, count).map((block) => linesOf(block, drawn, options));
    const margins = ['', '', ...labels].map((text) => `${text.padStart(label - 2)}  `);
    const first = rest[0]?.head === '' ? 1 : 0;
    for (let i = first; i < margins.length; i++)
      lines.push(
        `${margins[i]!.replace(/\S+/, (text) => style.dim(text))}${parts.map((part) => part[i]).join(GAP)}`.trimEnd(),
      );
    rest = rest.slice(count);
  }
  return lines;
}

/** The head of a block, the numbers of its columns, and its rows, all equally wide. */
function linesOf(
  { head, cell, rows }: Drawn['blocks'][number],
  drawn: Drawn,
  { style }: ReportOptions,
): string[] {
  const width = widthOf({ head, cell, rows }, drawn);
  const fill = ' '.repeat(width - (drawn.columns.length * (cell + 2) - 2));
  const numbers = drawn.columns.map((j) => (j < 0 ? '…' : String(j)).padStart(cell)).join('  ');
  return [
    style.dim(head) + ' '.repeat(width - head.length),
    style.dim(numbers) + fill,
    ...rows.map(
      (row) => row.map(({ text, verdict }) => cellOf(text, verdict, cell, style)).join('  ') + fill,
    ),
  ];
}

function cellOf(text: string, verdict: Verdict | undefined, cell: number, { bad, open }: Style): string {
  if (verdict === undefined || verdict === 'agree') return text.padStart(cell);
  const marked = MARKS[verdict] + text.padStart(cell - 1);
  return verdict === 'mismatch' ? bad(marked) : open(marked);
}
