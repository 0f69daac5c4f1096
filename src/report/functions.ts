import type { FunctionCheck } from '../gradcheck/functions.ts';
import { indexOf, relativeError } from '../gradcheck/verdict.ts';
import { drawTable, formatEntry, summarised } from './layout.ts';
import { formatColumn, formatError, formatNumber } from './numbers.ts';
import type { ReportOptions } from './style.ts';

/** How many entries are listed one by one. */
const LISTED = 20;

/** The gradient of a function: numerical with its error bar, beside the claimed one. */
export function drawFunction(check: FunctionCheck, options: ReportOptions): string[] {
  const { style, digits, full } = options;
  const { name, value, shape, numerical, errorBar, analytic, verdict, evaluations } = check;
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
  const rows = columns([
    places.map((place) => style.dim(place < 0 ? '…' : `[${indexOf(place, shape).join(', ')}]`)),
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
    `${style.heading(name)}  ${style.dim(`f(x) = ${formatNumber(value, digits + 2)}, ${evaluations} evaluations`)}\n${drawTable(head, rows, style)}`,
    ...drawKinks(check, options),
    ...drawFunctionMismatch(check, options),
    ...(verdict !== null && check.passed
      ? [
          style.good(
            `✔ agree: the gradient of ${name} and the numerical one, ${verdict.checked} entries${verdict.inconclusive > 0 ? `, ${verdict.inconclusive} of them inconclusive` : ''}`,
          ),
        ]
      : []),
    ...(verdict !== null && !check.passed && verdict.mismatched === 0
      ? [style.bad(`✖ no entry of ${name} can be decided`)]
      : []),
  ];
}

function drawKinks({ inconclusive }: FunctionCheck, { style, digits }: ReportOptions): string[] {
  return inconclusive.map(({ tensor, index, left, right }) =>
    style.open(
      `○ ${formatEntry(tensor, index)} is at a kink: slope ${formatNumber(left, digits)} to the left, ${formatNumber(right, digits)} to the right`,
    ),
  );
}

/** What is wrong with a claimed gradient, worst entries first. */
export function drawFunctionMismatch(
  { name, problem, verdict, analytic, numerical, errorBar }: FunctionCheck,
  { style, worst }: ReportOptions,
): string[] {
  if (problem !== null) return [style.bad(`✖ the gradient of ${name}: ${problem}`)];
  if (verdict === null || verdict.mismatched === 0 || analytic === null) return [];
  const wrong = [...verdict.verdicts.keys()].filter((i) => verdict.verdicts[i] === 'mismatch');
  const relative = (i: number): number => relativeError(analytic[i]!, numerical[i]!);
  const lines = wrong
    .sort((a, b) => relative(b) - relative(a) || a - b)
    .slice(0, worst)
    .map(
      (i) =>
        `    ${formatEntry(name, indexOf(i, verdict.shape))} is ${analytic[i]}, expected ${numerical[i]} ± ${formatError(Number.isFinite(verdict.allowed[i]!) ? verdict.allowed[i]! : errorBar[i]!)}`,
    );
  return [
    [
      style.bad(`✖ the gradient of ${name}: ${verdict.mismatched} of ${verdict.checked} entries mismatch`),
      ...lines,
    ].join('\n'),
  ];
}

/** Columns of equal length to rows. */
const columns = (parts: readonly (readonly string[])[]): string[][] =>
  (parts[0] ?? []).map((_, row) => parts.map((part) => part[row] as string));
