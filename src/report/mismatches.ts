import type { GradientCheck } from '../gradcheck/gradcheck.ts';
import { indexOf, relativeError, type TensorVerdict } from '../gradcheck/verdict.ts';
import { type Consensus, OURSELVES } from '../reference/consensus.ts';
import type { ReferenceVerdict } from '../reference/judge.ts';
import { drawFitting, drawTable, formatEntry, wrap } from './layout.ts';
import { formatColumn, formatError, formatNumber } from './numbers.ts';
import type { ReportOptions } from './style.ts';

// What is wrong, and what cannot be decided: the parts of a report that follow its tables.

/** Says of each tensor that mismatches how many entries, by how much, and which are the worst. */
export function drawMismatches(
  check: GradientCheck,
  references: readonly ReferenceVerdict[],
  options: ReportOptions,
): string[] {
  const numerical = check.tensors.flatMap((tensor) =>
    tensor.mismatched > 0
      ? [drawMismatch('numerical', tensor, tensor.analytic, tensor.numerical, options)]
      : [],
  );
  const others = references.flatMap((reference) => {
    const { name, tensors, logits, loss, hints } = reference;
    const ours = (wanted: string): Float64Array | undefined =>
      check.tensors.find((tensor) => tensor.name === wanted)?.analytic;
    const texts = [...tensors, ...(logits ? [logits] : [])].flatMap((judged) => {
      if (judged.problem !== null)
        return [options.style.bad(`✖ ${judged.name} of ${name}: ${judged.problem}`)];
      const analytic = ours(judged.name);
      if (judged.mismatched === 0 || judged.verdict === null || judged.reference === null) return [];
      return [drawMismatch(name, judged.verdict, analytic, judged.reference.data, options)];
    });
    const losses = (loss?.parts ?? [])
      .filter(({ verdict }) => verdict === 'mismatch')
      .map(({ part, ours: own, reference: given }) =>
        options.style.bad(`✖ ${part} loss of ${name}: expected ${own}, found ${given}`),
      );
    return [...texts, ...losses, ...hints.map((hint) => `  hint: ${hint}`)];
  });
  return [...numerical, ...others];
}

function drawMismatch(
  against: string,
  verdict: TensorVerdict,
  ours: Float64Array | undefined,
  theirs: Float64Array,
  options: ReportOptions,
): string {
  const { style, digits, worst } = options;
  const { name, shape, mismatched, checked, maxAbsError, maxRelError } = verdict;
  const percent = ((100 * mismatched) / checked).toFixed(mismatched === checked ? 0 : 1);
  const greatest = (
    kind: string,
    error: TensorVerdict['maxAbsError'],
    limit: (t: number, i: number) => number,
  ): string => {
    if (error === null) return '';
    const i = error.index.reduce((place, at, depth) => place * shape[depth]! + at, 0);
    const may = limit(verdict.allowed[i]!, i);
    const allowed = Number.isFinite(may) ? ` (allowed ${formatError(may)})` : '';
    return `    greatest ${kind} difference ${formatError(error.value)} at ${formatEntry(name, error.index)}${allowed}`;
  };
  const head = [
    style.bad(`✖ ${name} against ${against}: ${mismatched} of ${checked} entries mismatch (${percent}%)`),
    greatest('absolute', maxAbsError, (t) => t),
    greatest(
      'relative',
      maxRelError,
      (t, i) => t / Math.max(Math.abs(ours?.[i] ?? Number.NaN), Math.abs(theirs[i]!)),
    ),
  ];
  if (ours === undefined || worst === 0) return head.join('\n');
  const places = worstEntries(verdict, ours, theirs).slice(0, worst);
  const rows = places.map((i) => {
    const [a, b] = [ours[i]!, theirs[i]!];
    return [
      formatEntry(name, indexOf(i, shape)),
      ...formatColumn([a, b], digits + 2),
      formatError(Math.abs(a - b)),
      formatError(verdict.allowed[i]!),
      formatError(relativeError(a, b)),
    ];
  });
  const indented = { ...options, width: options.width - 4 };
  const table = drawFitting(worstHead(against), rows, indented, NARROW);
  return [...head, table.replace(/^/gm, '    ')].join('\n');
}

const worstHead = (against: string): string[] => [
  'worst entries',
  'analytic',
  against,
  '|Δ|',
  'allowed',
  'relative',
];
/** What a narrow terminal is spared of them: relative, allowed, |Δ|. */
const NARROW = [5, 4, 3];

/** The mismatching entries, those first that exceed their allowance most. */
function worstEntries(
  { verdicts, allowed }: TensorVerdict,
  ours: Float64Array,
  theirs: Float64Array,
): number[] {
  const excess = (i: number): number => {
    const ratio = Math.abs(ours[i]! - theirs[i]!) / allowed[i]!;
    return Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio;
  };
  return [...verdicts.keys()]
    .filter((i) => verdicts[i] === 'mismatch')
    .sort((a, b) => excess(b) - excess(a) || a - b);
}

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
        formatError(relativeError(a, n)),
      ];
    });
  return [drawFitting(worstHead('numerical'), rows, options, NARROW)];
}

/** The entries that the numerical gradient leaves open, with both slopes. */
export function drawInconclusive(
  { inconclusive }: GradientCheck,
  { style, digits, worst, full, width }: ReportOptions,
): string[] {
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
      drawTable(['entry', 'slope to the left', 'slope to the right'], rows, style).replace(/^/gm, '    '),
      ...(more > 0 ? [`    and ${more} more (--full shows all)`] : []),
    ].join('\n'),
  ];
}

/** Says which entries of a reference its precision is too coarse to judge. */
export function drawVague(
  references: readonly ReferenceVerdict[],
  { style, width }: ReportOptions,
): string[] {
  return references.flatMap(({ name, precision, printed, tensors, logits }) =>
    [...tensors, ...(logits ? [logits] : [])]
      .filter(({ inconclusive }) => inconclusive > 0)
      .map((judged) =>
        style.open(
          wrap(
            `○ ${judged.name} of ${name}: ${entries(judged.inconclusive)} too uncertain to judge: the rounding of ${printed ?? precision} may be more than 1% of the largest entry`,
            width,
            '  ',
          ),
        ),
      ),
  );
}

const entries = (count: number): string => (count === 1 ? '1 entry is' : `${count} entries are`);

/** Who stands alone among several references. */
export function drawConsensus(consensus: Consensus | null, { style }: ReportOptions): string[] {
  if (consensus === null) return [];
  const [odd, agree] = [consensus.odd.join(', '), consensus.agree.join(', ')];
  const advice = consensus.odd.includes(OURSELVES)
    ? '; does the config describe the network that they ran?'
    : '';
  return [`${style.bad(`odd one out: ${odd}`)}; ${agree} agree with one another${advice}`];
}
