import type { FunctionCheck } from '../../gradcheck/functions.ts';
import type { GradientCheck } from '../../gradcheck/gradcheck.ts';
import type { TensorVerdict, Verdict } from '../../gradcheck/verdict.ts';
import type { ReferenceLoss, ReferenceTensor, ReferenceVerdict } from '../../reference/judge.ts';
import { failureOfFunction } from '../functions.ts';
import { formatShape } from '../layout.ts';
import { formatError } from '../numbers.ts';
import { html, type Markup } from './markup.ts';

// Which tensor agrees with what: the first table of a report.

const MARKS: Readonly<Record<Verdict, readonly [mark: string, name: string]>> = {
  agree: ['✔', 'good'],
  mismatch: ['✖', 'bad'],
  inconclusive: ['○', 'open'],
};

/** A verdict with its mark; the words alone say it, too. */
export function marked(verdict: Verdict, text: string): Markup {
  const [mark, name] = MARKS[verdict];
  return html`<span class="${name}"><span aria-hidden="true">${mark}</span> ${text}</span>`;
}

/** A table that scrolls by itself where the page is narrow, by keyboard as well. */
export const scrolling = (label: string, table: Markup): Markup =>
  html`<div class="scroll" role="group" aria-label="${label}" tabindex="0">${table}</div>`;

/** A row for each tensor and a column for each gradient that it was compared with. */
export function verdictTable(check: GradientCheck, references: readonly ReferenceVerdict[]): Markup {
  const names = check.tensors.map(({ name }) => name);
  const unknown = references.flatMap(({ tensors }) =>
    tensors.map(({ name }) => name).filter((name) => !names.includes(name)),
  );
  const rows = [...names, ...new Set(unknown)].map((name) => {
    const tensor = check.tensors.find((one) => one.name === name);
    return row(name, tensor && formatShape(tensor.shape), [
      tensor ? judged(tensor) : NOTHING,
      ...references.map(({ tensors }) => judged(tensors.find((one) => one.name === name))),
    ]);
  });
  const logits = references.some((reference) => reference.logits !== null)
    ? [row('logits', undefined, [NOTHING, ...references.map((one) => judged(one.logits))])]
    : [];
  const loss = references.some((reference) => reference.loss !== null)
    ? [row('loss', undefined, [NOTHING, ...references.map((one) => judgedLoss(one.loss))])]
    : [];
  return scrolling(
    'Verdicts',
    html`<table class="verdicts"><thead><tr><td></td>${[
      'numerical',
      ...references.map(({ name }) => name),
    ].map(
      (name) => html`<th scope="col">${name}</th>`,
    )}</tr></thead><tbody>${rows}${logits}${loss}</tbody></table>`,
  );
}

/** The same for functions. */
export const functionTable = (functions: readonly FunctionCheck[]): Markup =>
  scrolling(
    'Verdicts',
    html`<table class="verdicts"><thead><tr><td></td><th scope="col">against numerical</th></tr></thead><tbody>${functions.map(
      (check) => row(check.name, formatShape(check.shape), [judgedFunction(check)]),
    )}</tbody></table>`,
  );

function judgedFunction(check: FunctionCheck): Markup {
  if (check.problem !== null) return marked('mismatch', check.problem);
  if (check.verdict !== null) return judged(check.verdict);
  const failure = failureOfFunction(check);
  return failure === ''
    ? html`<span class="dim">no gradient was claimed</span>`
    : marked('mismatch', failure);
}

const row = (name: string, shape: string | undefined, cells: readonly Markup[]): Markup =>
  html`<tr><th scope="row">${name}${shape && html` <span class="dim">${shape}</span>`}</th>${cells.map(
    (cell) => html`<td>${cell}</td>`,
  )}</tr>`;

const NOTHING = html`<span class="dim">–</span>`;

function judged(one: TensorVerdict | ReferenceTensor | undefined | null): Markup {
  if (one === undefined || one === null) return NOTHING;
  if ('problem' in one && one.problem !== null) return marked('mismatch', one.problem);
  const checked = ('verdict' in one ? one.verdict : one)?.checked ?? 0;
  const greatest =
    one.maxAbsError === null
      ? undefined
      : html`<span class="dim small">max |Δ| ${one.maxAbsError.value === 0 ? '0' : formatError(one.maxAbsError.value)}</span>`;
  return html`${counted(one, checked)} ${greatest}`;
}

function counted({ mismatched, inconclusive }: TensorVerdict | ReferenceTensor, checked: number): Markup {
  if (mismatched > 0) return marked('mismatch', `${mismatched} of ${checked} wrong`);
  if (checked === 0) return html`<span class="dim">not checked</span>`;
  if (inconclusive > 0) return marked('inconclusive', `${inconclusive} of ${checked} inconclusive`);
  return marked('agree', checked === 1 ? 'agrees' : `${checked} agree`);
}

function judgedLoss(loss: ReferenceLoss | null): Markup {
  if (loss === null) return NOTHING;
  return html`${loss.parts.map(({ part, ours, reference, verdict }) =>
    verdict === 'mismatch'
      ? html`<div>${marked(verdict, `${part}: expected ${ours}, found ${reference}`)}</div>`
      : html`<div>${marked(verdict, `${part} ${verdict === 'agree' ? 'agrees' : 'inconclusive'}`)}</div>`,
  )}`;
}
