import type { CheckedTensor, GradientCheck } from '../gradcheck/gradcheck.ts';
import { indexOf, relativeError, type TensorVerdict, type Verdict } from '../gradcheck/verdict.ts';
import type { ReferenceTensor, ReferenceVerdict } from '../reference/judge.ts';
import type { LossPart } from '../reference/reference.ts';
import { drawFitting, formatShape, summarised } from './layout.ts';
import { formatColumn, formatError } from './numbers.ts';
import type { ReportOptions, Style } from './style.ts';

// The parts that the tables of several commands have in common.

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
  const head = ['entry', 'analytic', 'numerical', '± bar', ...references.map(({ name }) => name)];
  return `${style.heading(tensor.name)}  ${style.dim(formatShape(tensor.shape))}\n${drawFitting(head, rows, options, [3])}`;
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
  options: ReportOptions,
): string {
  const { style } = options;
  const rows = check.tensors.flatMap((tensor) => [
    summaryRow(tensor.name, 'numerical', tensor, style),
    ...references.flatMap(({ name, tensors }) => {
      const judged = tensors.find((candidate) => candidate.name === tensor.name);
      return judged ? [summaryRow('', name, judged, style)] : [];
    }),
  ]);
  const extra = references.flatMap(({ name, tensors, logits, loss }) => [
    ...tensors
      .filter((judged) => !check.tensors.some((tensor) => tensor.name === judged.name))
      .map((judged) => summaryRow(judged.name, name, judged, style)),
    ...(logits ? [summaryRow('logits', name, logits, style)] : []),
    ...(loss?.parts.map(({ part, ours, reference, verdict }) => [
      style.heading(LOSS_NAMES[part]),
      name,
      lossVerdict(verdict, style),
      formatError(Math.abs(ours - reference)),
      formatError(relativeError(ours, reference)),
    ]) ?? []),
  ]);
  const head = ['', 'against', 'verdict', 'max |Δ|', 'max relative'];
  return drawFitting(head, [...rows, ...extra], options, [4, 3], 3);
}

function lossVerdict(verdict: Verdict, { good, bad, open }: Style): string {
  if (verdict === 'agree') return good('✔ agrees');
  return verdict === 'mismatch' ? bad('✖ mismatch') : open('○ inconclusive');
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
