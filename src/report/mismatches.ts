import type { GradientCheck } from '../gradcheck/gradcheck.ts';
import { indexOf } from '../gradcheck/verdict.ts';
import { drawFitting, formatEntry, wrap } from './layout.ts';
import { formatAllowed, formatColumn, formatError, formatNumber } from './numbers.ts';
import { byDifference, type Concluded, findingsOf } from './screen/findings.ts';
import { offOf } from './screen/worst.ts';
import type { ReportOptions } from './style.ts';

// What is wrong, and what cannot be decided, entry by entry: the last of the tables.

/** The entries of a reference that are furthest off, of all its wrong tensors. */
export function drawWorstEntries(concluded: Concluded, options: ReportOptions): string[] {
  const { style, digits, worst } = options;
  if (worst === 0) return [];
  return concluded.references.flatMap((reference) => {
    const all = findingsOf(reference, concluded).wrong.flatMap(({ entries }) => entries);
    if (all.length === 0) return [];
    const shown = [...all].sort(byDifference).slice(0, worst);
    const numbers = formatColumn(
      shown.flatMap(({ expected, found }) => [expected, found]),
      digits + 2,
    );
    const rows = shown.map((entry, i) => [
      entry.name,
      numbers[2 * i]!,
      style.bad(numbers[2 * i + 1]!),
      formatError(Math.abs(entry.expected - entry.found)),
      formatAllowed(entry.allowed),
      offOf(entry),
    ]);
    const head = ['worst entries', 'expected', reference.name, '|Δ|', 'allowed', 'off'];
    return [drawFitting(head, rows, options, NARROW)];
  });
}

/** What a narrow terminal is spared of them: how far they are off, what is allowed, |Δ|. */
const NARROW = [5, 4, 3];

/** The entries of all tensors in which the two gradients differ most, measured by what they may differ. */
export function drawWorst(check: GradientCheck, options: ReportOptions): string[] {
  const { digits, worst } = options;
  if (worst === 0) return [];
  const all = check.tensors.flatMap((tensor) =>
    [...tensor.verdicts.keys()]
      .filter((i) => tensor.verdicts[i] !== undefined)
      .map((i) => ({
        tensor,
        i,
        excess: Math.abs(tensor.analytic[i]! - tensor.numerical[i]!) / tensor.allowed[i]!,
      })),
  );
  const rows = all
    .sort((a, b) => (Number.isNaN(a.excess) ? -1 : Number.isNaN(b.excess) ? 1 : b.excess - a.excess))
    .slice(0, worst)
    .map(({ tensor, i }) => {
      const [a, n] = [tensor.analytic[i]!, tensor.numerical[i]!];
      return [
        formatEntry(tensor.name, indexOf(i, tensor.shape)),
        ...formatColumn([a, n], digits + 2),
        formatError(Math.abs(a - n)),
        formatError(tensor.allowed[i]!),
      ];
    });
  return [drawFitting(['furthest apart', 'analytic', 'numerical', '|Δ|', 'allowed'], rows, options, [4, 3])];
}

/** The entries that the numerical gradient leaves open, with both slopes. */
export function drawInconclusive({ inconclusive }: GradientCheck, options: ReportOptions): string[] {
  const { style, digits, worst, full, width } = options;
  if (inconclusive.length === 0) return [];
  const shown = full ? inconclusive : inconclusive.slice(0, worst);
  const rows = shown.map(({ tensor, index, left, right }) => [
    formatEntry(tensor, index),
    formatNumber(left, digits),
    formatNumber(right, digits),
  ]);
  const more = inconclusive.length - shown.length;
  return [
    [
      style.open(
        wrap(
          `○ ${inconclusive.length} inconclusive: a ReLU lies on its kink, or the step is too large, so that no single slope is right`,
          width,
          '  ',
        ),
      ),
      drawFitting(
        ['entry', 'slope to the left', 'slope to the right'],
        rows,
        { style, width: width - 4 },
        [],
      ).replace(/^/gm, '    '),
      ...(more > 0 ? [`    and ${more} more (--full shows all)`] : []),
    ].join('\n'),
  ];
}
