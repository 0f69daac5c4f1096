import type { CheckedTensor } from '../gradcheck/gradcheck.ts';
import type { Verdict } from '../gradcheck/verdict.ts';
import type { ReferenceVerdict } from '../reference/judge.ts';
import { isLarge } from './layout.ts';
import type { ReportOptions } from './style.ts';

// Where a large tensor mismatches, as a picture.

/** A wrong tensor: which of its entries, and by how much. */
interface Wrong {
  readonly shape: readonly number[];
  readonly verdicts: readonly (Verdict | undefined)[];
  readonly right: Float64Array;
  readonly given: Float64Array;
}

/** How many lines a picture may take. */
const LINES = 12;

/** A picture of each reference in which a large tensor is wrong; none of small ones, of which all entries are shown. */
export function drawPictures(
  { name, shape, analytic }: CheckedTensor,
  references: readonly ReferenceVerdict[],
  options: ReportOptions,
): string[] {
  const [rows, cols] = sizesOf(shape);
  if (!isLarge(rows, cols)) return [];
  return references.flatMap((reference) => {
    const judged = reference.tensors.find((tensor) => tensor.name === name);
    if (!judged?.verdict || !judged.reference || judged.mismatched === 0) return [];
    const { verdicts } = judged.verdict;
    const wrong = { shape, verdicts, right: analytic, given: judged.reference.data };
    const title = `${options.style.heading(name)} of ${reference.name}, where it is wrong`;
    return [`${title}\n${drawPicture(wrong, options)}`];
  });
}

const sizesOf = (shape: readonly number[]): [number, number] =>
  shape.length === 1 ? [1, shape[0]!] : [shape[0]!, shape[1]!];

/** Marks of so many rows and columns each. */
interface Grid {
  readonly down: number;
  readonly across: number;
  readonly rows: number;
  readonly cols: number;
}

/**
 * Blocks where entries mismatch: in half blocks where these are wholly wrong or right, in shades of their share where they
 * are mixed, and of the size of the error where nearly all are wrong.
 */
export function drawPicture(wrong: Wrong, { style, width }: Pick<ReportOptions, 'style' | 'width'>): string {
  const [rows, cols] = sizesOf(wrong.shape);
  const margin = String(rows - 1).length + 1;
  const fine = gridOf(rows, cols, width - margin, 2 * LINES);
  const shares = sharesOf(wrong, fine);
  const isSharp = shares.every((share) => share === 0 || share >= 0.5);
  const isWhole = wrong.verdicts.filter((verdict) => verdict === 'mismatch').length > 0.95 * rows * cols;
  const lines: Lines = isWhole
    ? errorLines(wrong, gridOf(rows, cols, width - margin, LINES))
    : isSharp
      ? halfLines(shares, fine)
      : shareLines(wrong, gridOf(rows, cols, width - margin, LINES));
  const drawn = lines.texts.map((text, i) => {
    const label = String(i * lines.step).padStart(margin - 1);
    return `${style.dim(label)} ${text.replace(/·+|[^·]+/g, (run) => (run.startsWith('·') ? style.dim(run) : style.bad(run)))}`;
  });
  return [...drawn, style.dim(`${' '.repeat(margin)}${axisOf(lines.grid)}`), style.dim(lines.legend)].join(
    '\n',
  );
}

interface Lines {
  readonly texts: readonly string[];
  /** rows of the tensor in a line */
  readonly step: number;
  readonly grid: Grid;
  readonly legend: string;
}

/** Marks of a power of two, as tiles are: their edges fall on edges of marks. */
function gridOf(rows: number, cols: number, width: number, lines: number): Grid {
  const power = (least: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, least)));
  const [down, across] = [power(rows / lines), power(cols / width)];
  return { down, across, rows: Math.ceil(rows / down), cols: Math.ceil(cols / across) };
}

/** What part of each mark is wrong. */
function sharesOf(wrong: Wrong, grid: Grid): number[] {
  const [total, bad] = [
    new Array<number>(grid.rows * grid.cols).fill(0),
    new Array<number>(grid.rows * grid.cols).fill(0),
  ];
  each(wrong, grid, (mark, place) => {
    const isZero = wrong.right[place] === 0 && wrong.given[place] === 0; // it shows nothing
    if (wrong.verdicts[place] === 'mismatch') bad[mark]!++;
    if (!isZero) total[mark]!++;
  });
  return bad.map((count, mark) => (count === 0 ? 0 : count / total[mark]!));
}

function each({ shape, verdicts }: Wrong, grid: Grid, visit: (mark: number, place: number) => void): void {
  const [, cols] = sizesOf(shape);
  for (let place = 0; place < verdicts.length; place++) {
    const [i, j] = [Math.floor(place / cols), place % cols];
    visit(Math.floor(i / grid.down) * grid.cols + Math.floor(j / grid.across), place);
  }
}

const sizeOf = ({ down, across }: Grid): string =>
  down * across === 1 ? 'each mark an entry' : `each mark ${down} × ${across} entries`;

/** Two marks one above the other in a character. */
function halfLines(shares: readonly number[], grid: Grid): Lines {
  const on = (i: number, j: number): boolean => i < grid.rows && shares[i * grid.cols + j]! > 0;
  const texts = Array.from({ length: Math.ceil(grid.rows / 2) }, (_, line) =>
    Array.from(
      { length: grid.cols },
      (_, j) => '·▀▄█'[(on(2 * line, j) ? 1 : 0) + (on(2 * line + 1, j) ? 2 : 0)],
    ).join(''),
  );
  const one = sizeOf(grid).replace('mark', 'half block');
  return { texts, step: 2 * grid.down, grid, legend: `${one}, █ wrong, · right` };
}

const SHADES = '·░▒▓█';

function shadedLines(levels: readonly number[], grid: Grid, legend: string): Lines {
  const texts = Array.from({ length: grid.rows }, (_, i) =>
    levels
      .slice(i * grid.cols, (i + 1) * grid.cols)
      .map((level) => SHADES[level])
      .join(''),
  );
  return { texts, step: grid.down, grid, legend: `${sizeOf(grid)}, ${legend}` };
}

const shareLines = (wrong: Wrong, grid: Grid): Lines =>
  shadedLines(
    sharesOf(wrong, grid).map((share) => Math.ceil(4 * share)),
    grid,
    'wrong in it: ░ up to a quarter, ▒ half, ▓ three quarters, █ all; · none',
  );

/** The largest error in a mark beside the largest of all. */
function errorLines(wrong: Wrong, grid: Grid): Lines {
  const errors = new Array<number>(grid.rows * grid.cols).fill(0);
  each(wrong, grid, (mark, place) => {
    const error = Math.abs(wrong.right[place]! - wrong.given[place]!);
    errors[mark] = Math.max(errors[mark]!, Number.isFinite(error) ? error : Number.POSITIVE_INFINITY);
  });
  const most = errors.reduce((a, b) => Math.max(a, b), 0);
  const level = (error: number): number =>
    error === 0
      ? 0
      : error === most || error > 0.5 * most
        ? 4
        : error > 0.1 * most
          ? 3
          : error > 0.01 * most
            ? 2
            : 1;
  return shadedLines(errors.map(level), grid, 'error beside the largest: █ above ½, ▓ ⅒, ▒ 1%, ░ below');
}

/** The columns of the tensor, beneath: a number every sixteen marks. */
function axisOf({ across, cols }: Grid): string {
  let axis = '';
  for (let mark = 0; mark < cols; mark += 16) {
    if (axis.length > mark) continue;
    const number = String(mark * across);
    axis = mark + number.length <= Math.max(cols, number.length) ? axis.padEnd(mark) + number : axis;
  }
  return axis;
}
