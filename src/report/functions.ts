import { relationOfFunction } from '../diagnosis/functions.ts';
import type { FunctionCheck, OpenEntry } from '../gradcheck/functions.ts';
import { indexOf, relativeError } from '../gradcheck/verdict.ts';
import { drawFitting, drawTitle, formatEntry, summarised, wrap } from './layout.ts';
import { formatColumn, formatError, formatNumber } from './numbers.ts';
import type { ReportOptions } from './style.ts';

/** How many entries are listed one by one. */
const LISTED = 20;

/** The gradient of a function: numerical with its error bar, beside the claimed one. */
export function drawFunction(check: FunctionCheck, options: ReportOptions): string[] {
  const { style, digits, full } = options;
  const { name, value, shape, numerical, errorBar, analytic, evaluations } = check;
  const places = summarised(numerical.length, full || numerical.length <= LISTED);
  const column = (data: Float64Array | null): string[] => {
    const texts =
      data === null
        ? []
        : formatColumn(
            places.map((place) => data[Math.max(place, 0)]!),
            digits + 2,
          );
    return places.map((place, row) => (place < 0 ? '…' : (texts[row] as string)));
  };
  const open = new Set(check.inconclusive.map(({ index }) => index.join()));
  const label = (index: readonly number[]): string =>
    style.dim(`[${index.join(', ')}]`) + (open.has(index.join()) ? style.open(' ○') : '');
  const rows = columns([
    places.map((place) => (place < 0 ? style.dim('…') : label(indexOf(place, shape)))),
    ...(analytic ? [column(analytic)] : []),
    column(numerical),
    places.map((place) => (place < 0 ? '…' : style.dim(formatError(errorBar[place]!)))),
    ...(analytic
      ? [
          places.map((place) =>
            place < 0 ? '…' : formatError(Math.abs(analytic[place]! - numerical[place]!)),
          ),
        ]
      : []),
  ]);
  const head = [
    'entry',
    ...(analytic ? ['analytic'] : []),
    'numerical',
    '± bar',
    ...(analytic ? ['|Δ|'] : []),
  ];
  return [
    [
      drawTitle(name, `f(x) = ${formatNumber(value, digits + 2)}, ${evaluations} evaluations`, options),
      drawFitting(head, rows, options, analytic ? [4, 3] : [2]),
    ].join('\n'),
    ...drawOpen(check, options),
    ...drawFunctionMismatch(check, options),
    ...drawVerdict(check, options),
  ];
}

/** The last line: whether the gradient agrees, and if it does not though nothing mismatches, why it fails. */
function drawVerdict(check: FunctionCheck, { style, width }: ReportOptions): string[] {
  const { name, passed, verdict } = check;
  if (!passed) {
    const failure = failureOfFunction(check);
    return failure === '' ? [] : [style.bad(wrap(`✖ ${name}: ${failure}`, width, '  '))];
  }
  if (verdict === null) return [];
  const open = verdict.inconclusive > 0 ? `, ${verdict.inconclusive} of them inconclusive` : '';
  return [
    style.good(
      wrap(
        `✔ agree: the gradient of ${name} and the numerical one, ${verdict.checked} entries${open}`,
        width,
        '  ',
      ),
    ),
  ];
}

/** Why a function fails of which nothing is wrong: nothing could be decided, or all is well but for --strict. */
export function failureOfFunction({ passed, problem, verdict, inconclusive }: FunctionCheck): string {
  if (passed || problem !== null || (verdict !== null && verdict.mismatched > 0)) return '';
  if (verdict !== null && !verdict.verdicts.includes('agree')) return 'no entry can be decided';
  const open = countInconclusive(inconclusive.length);
  return verdict === null ? `--strict: ${open}` : `agree, but --strict: ${open}`;
}

/** `1 entry is inconclusive` */
export const countInconclusive = (count: number): string =>
  count === 1 ? '1 entry is inconclusive' : `${count} entries are inconclusive`;

/** Says of each entry that cannot be decided why. */
function drawOpen({ inconclusive }: FunctionCheck, options: ReportOptions): string[] {
  const { style, digits, worst, full, width } = options;
  const shown = full ? inconclusive : inconclusive.slice(0, worst);
  const more = inconclusive.length - shown.length;
  const lines = shown.map((entry) => `○ ${formatEntry(entry.tensor, entry.index)} ${reason(entry, digits)}`);
  if (more > 0) lines.push(`○ and ${more} more (--full shows all)`);
  return lines.length === 0 ? [] : [lines.map((line) => style.open(wrap(line, width, '  '))).join('\n')];
}

function reason({ why, left, right }: OpenEntry, digits: number): string {
  switch (why) {
    case 'kink':
      return `is at a kink: slope ${formatNumber(left, digits)} to the left, ${formatNumber(right, digits)} to the right`;
    case 'end':
      return `has no slope: f ${ending(left, right)}`;
    case 'vague':
      return 'is too uncertain to judge: the error bar is more than 1% of the largest entry';
  }
}

/** On which side of the entry f ends, as its one-sided slopes show. */
function ending(left: number, right: number): string {
  const [onLeft, onRight] = [Number.isFinite(left), Number.isFinite(right)];
  if (onLeft && onRight) return 'jumps or ends nearby';
  const what = Number.isNaN(left) || Number.isNaN(right) ? 'defined' : 'finite';
  return `is not ${what} ${onLeft ? 'to the right' : onRight ? 'to the left' : 'on either side'}`;
}

/** What is wrong with a claimed gradient, worst entries first. */
function drawFunctionMismatch(check: FunctionCheck, { style, worst, width }: ReportOptions): string[] {
  const { name, problem, verdict, analytic, numerical, errorBar } = check;
  if (problem !== null) return [style.bad(wrap(`✖ the gradient of ${name}: ${problem}`, width, '  '))];
  if (verdict === null || verdict.mismatched === 0 || analytic === null) return [];
  const wrong = [...verdict.verdicts.keys()].filter((i) => verdict.verdicts[i] === 'mismatch');
  const relative = (i: number): number => relativeError(analytic[i]!, numerical[i]!);
  const lines = wrong
    .sort((a, b) => relative(b) - relative(a) || a - b)
    .slice(0, worst)
    .map(
      (i) =>
        `${formatEntry(name, indexOf(i, verdict.shape))} is ${analytic[i]}, expected ${numerical[i]} ± ${formatError(Number.isFinite(verdict.allowed[i]!) ? verdict.allowed[i]! : errorBar[i]!)}`,
    )
    .map((line) => wrap(line, width, '      ', '    '));
  return [
    [
      style.bad(
        wrap(
          `✖ the gradient of ${name}: ${verdict.mismatched} of ${verdict.checked} entries mismatch`,
          width,
          '  ',
        ),
      ),
      ...lines,
      ...sayRelation(check, width),
    ].join('\n'),
  ];
}

/** `it is 2 times the right gradient` */
function sayRelation(check: FunctionCheck, width: number): string[] {
  const found = relationOfFunction(check);
  return found === undefined ? [] : [wrap(`${found.relation}: ${found.explanation}`, width, '    ', '  ')];
}

/** Columns of equal length to rows. */
const columns = (parts: readonly (readonly string[])[]): string[][] =>
  (parts[0] ?? []).map((_, row) => parts.map((part) => part[row] as string));
