import type { CheckedTensor, GradientCheck } from '../gradcheck/gradcheck.ts';
import type { TensorVerdict, Verdict } from '../gradcheck/verdict.ts';
import type { ReferenceTensor, ReferenceVerdict } from '../reference/judge.ts';
import { drawFitting, wrap } from './layout.ts';
import { formatAllowed, formatError } from './numbers.ts';
import { wideBarOf } from './screen/counts.ts';
import { LOSS_NAMES } from './screen/findings.ts';
import { formatMethod } from './screen/method.ts';
import type { ReportOptions, Style } from './style.ts';

// The parts that the tables of several commands have in common.

/** One line for each tensor and each gradient that it was compared with. */
export function drawSummary(
  check: GradientCheck,
  references: readonly ReferenceVerdict[],
  options: ReportOptions,
): string {
  const { style } = options;
  const rows = check.tensors.flatMap((tensor) => {
    const judged = references.flatMap(({ name, tensors }) => {
      const found = tensors.find((candidate) => candidate.name === tensor.name);
      return found ? [summaryRow('', name, found, style)] : [];
    });
    const own = summaryRow(tensor.name, 'numerical', tensor, style);
    const saysTheSame = judged.length === references.length && judged.every((row) => isAlike(row, own));
    return judged.length > 0 && saysTheSame ? [own.with(1, 'all')] : [own, ...judged];
  });
  const extra = references.flatMap(({ name, tensors, logits, loss }) => [
    ...tensors
      .filter((judged) => !check.tensors.some((tensor) => tensor.name === judged.name))
      .map((judged) => summaryRow(judged.name, name, judged, style)),
    ...(logits ? [summaryRow('logits', name, logits, style)] : []),
    ...lossRows(loss, name, style),
  ]);
  const head = ['', 'against', 'verdict', 'max |Δ|', 'allowed'];
  const known = references.map(({ name, precision, printed }) => `${name}: ${printed ?? precision}`);
  const how = check.tensors.length === 0 ? known : [`numerical: ${formatMethod(check)}`, ...known];
  const footer = wrap(how.join(' · '), options.width, '');
  return `${drawFitting(head, [...rows, ...extra], options, [4, 3], 3)}\n${style.dim(footer)}`;
}

/** Whether two rows say the same of whatever they speak of. */
const isAlike = (row: readonly string[], other: readonly string[]): boolean =>
  row.slice(2).every((cell, i) => cell === other[i + 2]);

/** The parts of the loss, in one row where all agree. */
function lossRows(loss: ReferenceVerdict['loss'], name: string, style: Style): string[][] {
  const parts = loss?.parts ?? [];
  const total = parts.find(({ part }) => part === 'total');
  const shown = total !== undefined && parts.every(({ verdict }) => verdict === 'agree') ? [total] : parts;
  return shown.map(({ part, ours, reference, verdict }) => [
    style.heading(LOSS_NAMES[part]),
    name,
    lossVerdict(verdict, style),
    formatError(Math.abs(ours - reference)),
    '',
  ]);
}

function lossVerdict(verdict: Verdict, { bad, open }: Style): string {
  if (verdict === 'agree') return '✔ agrees';
  return verdict === 'mismatch' ? bad('✖ mismatch') : open('○ inconclusive');
}

function summaryRow(
  label: string,
  against: string,
  judged: CheckedTensor | ReferenceTensor,
  style: Style,
): string[] {
  const verdict = 'verdict' in judged ? judged.verdict : judged;
  const error = judged.maxAbsError;
  return [
    label && style.heading(label),
    against,
    verdictText(judged, style),
    error === null || error.value === 0
      ? error === null
        ? '–'
        : '0'
      : `${formatError(error.value)} at [${error.index.join(', ')}]`,
    error === null || verdict === null ? '–' : formatAllowed(verdict.allowed[placeOf(error.index, verdict)]!),
  ];
}

function verdictText(judged: CheckedTensor | ReferenceTensor, { bad, open }: Style): string {
  if ('problem' in judged && judged.problem !== null) return bad(`✖ ${judged.problem.split(':')[0]}`);
  const verdict = 'verdict' in judged ? judged.verdict : judged;
  const checked = verdict?.checked ?? 0;
  if (judged.mismatched > 0) return bad(`✖ ${judged.mismatched} of ${checked} mismatch`);
  if (checked === 0) return open('– not checked');
  if (judged.inconclusive > 0) return open(`○ ${judged.inconclusive} inconclusive`);
  const wide = 'errorBar' in judged ? wideBarOf(judged) : undefined;
  if (wide !== undefined) return open(`○ ${checked} within ± ${formatError(wide)}`);
  return `✔ ${checked === 1 ? 'agrees' : `${checked} agree`}`;
}

/** Where an entry lies in the data of its tensor. */
const placeOf = (index: readonly number[], { shape }: TensorVerdict): number =>
  index.reduce((place, at, depth) => place * shape[depth]! + at, 0);
