import type { Loss } from '../core/loss.ts';
import type { Network } from '../core/network.ts';
import type { CheckedTensor, GradientCheck } from '../gradcheck/gradcheck.ts';
import { indexOf, relativeError, type TensorVerdict } from '../gradcheck/verdict.ts';
import { type Consensus, OURSELVES } from '../reference/consensus.ts';
import type { ReferenceTensor, ReferenceVerdict } from '../reference/judge.ts';
import type { LossPart } from '../reference/reference.ts';
import { drawTable, formatEntry, formatShape, summarised } from './layout.ts';
import { formatColumn, formatError, formatNumber } from './numbers.ts';
import type { ReportOptions, Style } from './style.ts';

// The parts that the tables of several commands have in common.

/** `3 → 4 sigmoid → 5 softmax · N = 2 · λ = 0.5` */
export function drawHeader(title: string, network: Network, { style }: ReportOptions): string {
  const layers = network.layers.map(({ W, activation }) => `${W.rows} ${activation ?? 'softmax'}`);
  const facts = [[network.X.rows, ...layers].join(' → '), `N = ${network.X.cols}`, `λ = ${network.reg}`];
  return `${style.heading(title)}  ${style.dim(facts.join(' · '))}`;
}

/** The loss in nats and its parts. */
export function drawLoss(
  { data, regularization, total, weightNorms }: Loss,
  { digits, style }: ReportOptions,
): string {
  const [d, r, t] = formatColumn([data, regularization, total], Math.max(digits, 8)) as [
    string,
    string,
    string,
  ];
  const norms = weightNorms.map((norm, l) => `‖W${l + 1}‖² = ${formatNumber(norm, digits)}`).join(', ');
  const width = Math.max(d.length, r.length, t.length);
  const line = (name: string, value: string, note: string): string =>
    `  ${name.padEnd(16)}${value.padStart(width)}  ${style.dim(note)}`;
  return [
    style.heading('loss'),
    line('data', d, 'mean cross-entropy in nats'),
    line('regularization', r, `½λ Σ‖W‖², with ${norms}`),
    line('total', t, ''),
  ]
    .map((text) => text.trimEnd())
    .join('\n');
}

/** How many entries of a tensor are listed one by one. */
const LISTED = 20;

/** The entries of a gradient one by one: analytic, numerical with its error bar, each reference. */
export function drawEntries(
  tensor: CheckedTensor,
  references: readonly ReferenceVerdict[],
  options: ReportOptions,
): string {
  const { style, digits, full } = options;
  const places = summarised(tensor.analytic.length, full || tensor.analytic.length <= LISTED);
  const theirs = references.map(
    ({ tensors }) => tensors.find(({ name }) => name === tensor.name)?.reference?.data,
  );
  const columns = [tensor.analytic, tensor.numerical, ...theirs];
  const shown = places.filter((place) => place >= 0);
  const numbers = formatColumn(
    columns.flatMap((column) => shown.map((place) => column?.[place] ?? Number.NaN)),
    digits,
  );
  const cell = (column: number, place: number): string => {
    const data = columns[column];
    if (data === undefined || (column === 1 && tensor.verdicts[place] === undefined)) return '–';
    return numbers[column * shown.length + shown.indexOf(place)] as string;
  };
  const rows = places.map((place) => {
    if (place < 0) return ['…', ...columns.map(() => '…'), '…', '…'].slice(0, 4 + theirs.length);
    const bar = tensor.verdicts[place] === undefined ? '–' : formatError(tensor.errorBar[place]!);
    return [
      style.dim(`[${indexOf(place, tensor.shape).join(', ')}]`),
      cell(0, place),
      cell(1, place),
      style.dim(bar),
      ...theirs.map((_, r) => cell(r + 2, place)),
    ];
  });
  const head = ['entry', 'analytic', 'numerical', '± bar', ...references.map(({ name }) => shortName(name))];
  return `${style.heading(tensor.name)}  ${style.dim(formatShape(tensor.shape))}\n${drawTable(head, rows, style)}`;
}

const LOSS_NAMES: Readonly<Record<LossPart, string>> = {
  data: 'data loss',
  regularization: 'penalty',
  total: 'loss',
};

/** One line for each tensor and each gradient that it was compared with. */
export function drawSummary(
  check: GradientCheck,
  references: readonly ReferenceVerdict[],
  { style }: ReportOptions,
): string {
  const rows = check.tensors.flatMap((tensor) => [
    summaryRow(tensor.name, 'numerical', tensor, style),
    ...references.flatMap(({ name, tensors }) => {
      const judged = tensors.find((candidate) => candidate.name === tensor.name);
      return judged ? [summaryRow('', shortName(name), judged, style)] : [];
    }),
  ]);
  const extra = references.flatMap(({ name, tensors, logits, loss }) => [
    ...tensors
      .filter((judged) => !check.tensors.some((tensor) => tensor.name === judged.name))
      .map((judged) => summaryRow(judged.name, shortName(name), judged, style)),
    ...(logits ? [summaryRow('logits', shortName(name), logits, style)] : []),
    ...(loss?.parts.map(({ part, ours, reference, agrees }) => [
      style.heading(LOSS_NAMES[part]),
      shortName(name),
      agrees ? style.good('✔ agrees') : style.bad('✖ mismatch'),
      formatError(Math.abs(ours - reference)),
      formatError(relativeError(ours, reference)),
    ]) ?? []),
  ]);
  return drawTable(['', 'against', 'verdict', 'max |Δ|', 'max relative'], [...rows, ...extra], style, 3);
}

function summaryRow(
  label: string,
  against: string,
  judged: TensorVerdict | ReferenceTensor,
  style: Style,
): string[] {
  const greatest = (error: ReferenceTensor['maxAbsError']): string =>
    error === null
      ? '–'
      : error.value === 0
        ? '0'
        : `${formatError(error.value)} at [${error.index.join(', ')}]`;
  return [
    label && style.heading(label),
    against,
    verdictText(judged, style),
    greatest(judged.maxAbsError),
    judged.maxRelError === null ? '–' : formatError(judged.maxRelError.value),
  ];
}

function verdictText(judged: TensorVerdict | ReferenceTensor, { good, bad, open }: Style): string {
  if ('problem' in judged && judged.problem !== null) return bad(`✖ ${judged.problem.split(':')[0]}`);
  const verdict = 'verdict' in judged ? judged.verdict : judged;
  const checked = verdict?.checked ?? 0;
  if (judged.mismatched > 0) return bad(`✖ ${judged.mismatched} of ${checked} mismatch`);
  if (checked === 0) return open('– not checked');
  if (judged.inconclusive > 0) return open(`○ ${judged.inconclusive} inconclusive`);
  return good(`✔ ${checked === 1 ? 'agrees' : `${checked} agree`}`);
}

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
      .filter(({ agrees }) => !agrees)
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
  if (ours === undefined) return head.join('\n');
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
  const table = drawTable(
    ['worst entries', 'analytic', shortName(against), '|Δ|', 'allowed', 'relative'],
    rows,
    style,
  );
  return [...head, table.replace(/^/gm, '    ')].join('\n');
}

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
export function drawWorst(check: GradientCheck, { style, digits, worst }: ReportOptions): string {
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
  return drawTable(['worst entries', 'analytic', 'numerical', '|Δ|', 'allowed', 'relative'], rows, style);
}

/** The entries that the numerical gradient leaves open, with both slopes. */
export function drawInconclusive(
  { inconclusive }: GradientCheck,
  { style, digits, worst, full }: ReportOptions,
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
        `○ ${inconclusive.length} inconclusive: the one-sided slopes differ, as at the kink of a ReLU or where the step is too large`,
      ),
      drawTable(['entry', 'slope to the left', 'slope to the right'], rows, style).replace(/^/gm, '    '),
      ...(more > 0 ? [`    and ${more} more (--full shows all)`] : []),
    ].join('\n'),
  ];
}

/** Says which entries of a reference drown in the rounding of its precision. */
export function drawVague(references: readonly ReferenceVerdict[], { style }: ReportOptions): string[] {
  return references.flatMap(({ name, precision, tensors, logits }) =>
    [...tensors, ...(logits ? [logits] : [])]
      .filter(({ inconclusive }) => inconclusive > 0)
      .map((judged) =>
        style.open(
          `○ ${judged.name} of ${shortName(name)}: ${entries(judged.inconclusive)} no larger than the rounding of ${precision}, so that agreement tells nothing`,
        ),
      ),
  );
}

const entries = (count: number): string => (count === 1 ? '1 entry is' : `${count} entries are`);

/** Who stands alone among several references. */
export function drawConsensus(consensus: Consensus | null, { style }: ReportOptions): string[] {
  if (consensus === null) return [];
  const [odd, agree] = [consensus.odd.map(shortName).join(', '), consensus.agree.map(shortName).join(', ')];
  const advice = consensus.odd.includes(OURSELVES)
    ? '; does the config describe the network that they ran?'
    : '';
  return [`${style.bad(`odd one out: ${odd}`)}; ${agree} agree with one another${advice}`];
}

/** What a reference is called in a column: the end of its path, or of its command. */
export function shortName(name: string): string {
  const end = (name.split(/[\\/]/).at(-1) as string).replace(/\.json$/, '');
  return end.length <= 24 ? end : `${end.slice(0, 23)}…`;
}

/** `difference propagation, h = 2⁻¹⁰⁰` */
export function formatMethod({ method, step }: GradientCheck): string {
  const power = Math.log2(step);
  const h = Number.isInteger(power) && power < -20 ? `2^${power}` : String(step);
  return `${method}, h = ${h}`;
}

/** All entries of a check, for its last line. */
export function countEntries({ tensors }: GradientCheck): {
  checked: number;
  total: number;
  inconclusive: number;
} {
  const sum = (count: (tensor: CheckedTensor) => number): number =>
    tensors.reduce((total, tensor) => total + count(tensor), 0);
  return {
    checked: sum(({ checked }) => checked),
    total: sum(({ analytic }) => analytic.length),
    inconclusive: sum(({ inconclusive }) => inconclusive),
  };
}
