import { alignColumns, visible } from '../layout.ts';
import { formatColumn, formatError } from '../numbers.ts';
import type { ReportOptions } from '../style.ts';
import type { WrongEntry, WrongPart } from './findings.ts';

/** The worst entry of each wrong tensor: what was expected, what was found, how far it is off, and of how many. */
export function drawWorstOf(shown: readonly WrongPart[], all: number, options: ReportOptions): string[] {
  if (shown.length === 0) return [];
  const numbers = formatColumn(
    shown.flatMap(({ entries: [worst] }) => [worst.expected, worst.found]),
    options.digits,
  );
  const rows = shown.map(({ entries: [worst], mismatched, checked }, i) => {
    const count = checked === 1 ? '' : `${mismatched} of ${checked} wrong`;
    return [worst.name, numbers[2 * i]!, numbers[2 * i + 1]!, offOf(worst), count];
  });
  const head = ['worst', 'expected', 'found', 'off', ''];
  const tables = [5, 4, 3].map((columns) =>
    alignColumns(
      head.slice(0, columns),
      rows.map((row) => row.slice(0, columns)),
      options,
    ),
  );
  const fits = (table: readonly string[]): boolean =>
    table.every((line) => visible(line).length + 2 <= options.width);
  const narrow = tables.find(fits) ?? tables.at(-1)!;
  const lines = narrow.map((line) => `  ${line}`);
  return all > shown.length ? [...lines, `  and in ${all - shown.length} more`] : lines;
}

/** How far an entry is off, in percent of what it should be: `78%`, `0.5%`, `1.2e-7 of it`. */
export function offOf({ expected, found }: Pick<WrongEntry, 'expected' | 'found'>): string {
  if (!Number.isFinite(found)) return String(found);
  if (expected === 0) return formatError(Math.abs(found));
  if (found === 0) return '100%';
  const ratio = Math.abs(found - expected) / Math.abs(expected);
  if (ratio > 10) return `× ${Number((found / expected).toPrecision(2))}`;
  if (ratio < 0.001) return `${formatError(100 * ratio)}%`;
  return `${Number((100 * ratio).toPrecision(2))}%`;
}
