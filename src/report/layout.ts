import Table from 'cli-table3';
import type { Tensor } from '../core/network.ts';
import { formatColumn } from './numbers.ts';
import type { ReportOptions, Style } from './style.ts';

/** NumPy summarises arrays of more than this many elements, to three at each end. */
const SUMMARISE_ABOVE = 1000;
const EDGE = 3;
/** More rows than this fill a terminal; they are summarised too. */
const TALL = 40;
/** cli-table3 takes 20 s for 100,000 cells; above this the columns are padded by hand. */
const TABLE_CELLS = 2000;

const GAP = '…';

/** Whether a matrix is summarised, unless it is wanted in full. */
export const isLarge = (rows: number, cols: number): boolean => rows * cols > SUMMARISE_ABOVE || rows > TALL;

/** A table with numbers right-aligned and labels left-aligned. */
export function drawTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
  labels = 1,
): string {
  if (rows.length * head.length > TABLE_CELLS) return drawPlain(head, rows, labels);
  const table = new Table({
    head: head.map((title) => style.heading(title)),
    colAligns: head.map((_, i) => (i < labels ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
    chars: borders(style),
  });
  for (const row of rows) table.push([...row]);
  return table.toString();
}

/** The same without borders, in lines: what stands within prose. */
export function alignColumns(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { style }: Pick<ReportOptions, 'style'>,
  labels = 1,
): string[] {
  const table = new Table({
    head: head.map((title) => style.dim(title)),
    colAligns: head.map((_, i) => (i < labels ? 'left' : 'right')),
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
    chars: { ...Object.fromEntries(Object.keys(BORDERS).map((name) => [name, ''])), middle: '   ' },
  });
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

const BORDERS = {
  top: '─',
  'top-mid': '┬',
  'top-left': '┌',
  'top-right': '┐',
  bottom: '─',
  'bottom-mid': '┴',
  'bottom-left': '└',
  'bottom-right': '┘',
  left: '│',
  'left-mid': '├',
  mid: '─',
  'mid-mid': '┼',
  right: '│',
  'right-mid': '┤',
  middle: '│',
};

function borders({ dim }: Style): Record<string, string> {
  return Object.fromEntries(Object.entries(BORDERS).map(([name, char]) => [name, dim(char)]));
}

function drawPlain(head: readonly string[], rows: readonly (readonly string[])[], labels: number): string {
  const widths = head.map((title, i) =>
    rows.reduce((width, row) => Math.max(width, row[i]?.length ?? 0), title.length),
  );
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i < labels ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ');
  return [line(head), ...rows.map(line)].join('\n');
}

/** Which of `length` places to show: all, or a few at each end with a gap (−1) between. */
export const summarised = (length: number, whole: boolean, edge = EDGE): number[] =>
  whole || length <= 2 * edge + 1
    ? Array.from({ length }, (_, i) => i)
    : [...Array(edge).keys(), -1, ...Array.from({ length: edge }, (_, i) => length - edge + i)];

/**
 * A table without the columns that may be left out, the first of them first, as far as the width demands it. Where it is
 * still too wide it goes without its borders; and where that does not do, each row is words in lines.
 */
export function drawFitting(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  options: Pick<ReportOptions, 'style' | 'width'>,
  optional: readonly number[],
  labels = 1,
): string {
  const widths = head.map((title, i) =>
    rows.reduce((most, row) => Math.max(most, visible(row[i] ?? '').length), title.length),
  );
  const { width } = options;
  const kept = new Set(head.keys());
  const total = (): number => [...kept].reduce((sum, i) => sum + (widths[i] ?? 0) + 3, 1);
  for (const column of optional) if (total() > width) kept.delete(column);
  const keep = <T>(row: readonly T[]): T[] => row.filter((_, i) => kept.has(i));
  return drawWithin(keep(head), rows.map(keep), options, labels);
}

function drawWithin(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  options: Pick<ReportOptions, 'style' | 'width'>,
  labels: number,
): string {
  const { style, width } = options;
  const table = drawTable(head, rows, style, labels);
  if (firstLine(table).length <= width) return table;
  const plain = rows.length * head.length > TABLE_CELLS ? [] : alignColumns(head, rows, options, labels);
  if (plain.length > 0 && plain.every((line) => visible(line).length <= width)) return plain.join('\n');
  return rows
    .map(([first = '', ...others]) => {
      const words = [first, ...others].filter((cell) => cell !== '').join('  ');
      return wrap(words, width, '    ', first === '' ? '  ' : '');
    })
    .join('\n');
}

/** A title and a note beside it, or below where it is too long. */
export function drawTitle(
  title: string,
  note: string,
  { style, width }: Pick<ReportOptions, 'style' | 'width'>,
): string {
  if (title.length + 2 + note.length <= width) return `${style.heading(title)}  ${style.dim(note)}`.trimEnd();
  const lines = wrap(note, width, '  ', '  ').split('\n');
  return [style.heading(title), ...lines.map((line) => style.dim(line))].join('\n');
}

/**
 * A vector or matrix with its indices, summarised 3 + … + 3 where it has more than 1,000 elements or 40 rows or
 * is wider than the terminal, unless `full`.
 */
export function drawTensor({ shape, data }: Tensor, options: ReportOptions): string {
  const { style, width, digits, full } = options;
  const [rows, cols] = shape.length === 1 ? [1, shape[0]!] : [shape[0]!, shape[1]!];
  const shownRows = summarised(rows, full || !isLarge(rows, cols));
  const draw = (shownCols: readonly number[], within = false): string => {
    const places = shownRows.flatMap((i) => shownCols.map((j) => (i < 0 || j < 0 ? -1 : i * cols + j)));
    const texts = formatColumn(
      places.filter((place) => place >= 0).map((place) => data[place]!),
      digits,
    );
    let next = 0;
    const cells = places.map((place) => (place < 0 ? GAP : (texts[next++] as string)));
    const body = shownRows.map((i, r) => [
      style.dim(shape.length === 1 ? '' : i < 0 ? GAP : String(i)),
      ...cells.slice(r * shownCols.length, (r + 1) * shownCols.length),
    ]);
    const head = ['', ...shownCols.map((j) => style.dim(j < 0 ? GAP : String(j)))];
    return within ? drawWithin(head, body, options, 1) : drawTable(head, body, style);
  };
  if (full) return draw(summarised(cols, true));
  const whole = rows * cols <= SUMMARISE_ABOVE && cols <= width ? draw(summarised(cols, true)) : undefined;
  if (whole !== undefined && firstLine(whole).length <= width) return whole;
  const [most, fewer] = [EDGE, 2].map((edge) => draw(summarised(cols, false, edge))) as [string, string];
  return (
    [most, fewer].find((text) => firstLine(text).length <= width) ?? draw(summarised(cols, false, 1), true)
  );
}

/** A text as a terminal shows it: colours take no place. */
export const visible = (text: string): string => text.replace(COLOR, '');
const firstLine = (text: string): string => visible(text.slice(0, `${text}\n`.indexOf('\n')));

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
const COLOR = /\u001b\[\d+m/g;

/** `4 × 3` */
export const formatShape = (shape: readonly number[]): string => shape.join(' × ');

/** `dW1[2, 0]` */
export const formatEntry = (name: string, index: readonly number[]): string => `${name}[${index.join(', ')}]`;

/** Breaks a text between words so that it fits the terminal; the first line after `first`, others after `indent`. */
export function wrap(text: string, width: number, indent: string, first = ''): string {
  const lines: string[] = [];
  let line = first;
  let taken = visible(first).length;
  let empty = true;
  for (const word of text.split(' ')) {
    const needed = visible(word).length;
    if (!empty && taken + 1 + needed > width) {
      lines.push(line.trimEnd());
      [line, taken, empty] = [indent, indent.length, true];
    }
    line += empty ? word : ` ${word}`;
    taken += empty ? needed : 1 + needed;
    empty = false;
  }
  return [...lines, line].join('\n');
}
