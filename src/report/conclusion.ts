import type { CheckedTensor, GradientCheck } from '../gradcheck/gradcheck.ts';
import { blindSpots } from '../mistakes/audit.ts';
import type { AuditedCheck } from '../mistakes/strength.ts';
import type { ReferenceVerdict } from '../reference/judge.ts';
import type { ReportOptions, Strictness } from './style.ts';

// What came of a check, in a line.

/** A check and the references that were judged along with it. */
export interface Concluded {
  readonly check: AuditedCheck;
  readonly references: readonly ReferenceVerdict[];
  readonly passed: boolean;
}

/** The last line of a check: whether all agree, what was compared, and where nothing disagrees why it fails. */
export function drawConclusion(
  concluded: Concluded,
  what: string,
  { style, strictness }: ReportOptions,
): string {
  const { checked, total, inconclusive } = countEntries(concluded.check);
  const percent = ((100 * checked) / total).toFixed(1);
  const entries =
    total === 0
      ? judgedOf(concluded.references)
      : checked === total
        ? `all ${total} entries`
        : `${checked} of ${total} entries (${percent === '0.0' ? '< 0.1' : percent}%)`;
  const undecided = concluded.references.flatMap((reference) =>
    openOf(reference) > 0 ? [`${openOf(reference)} of ${reference.name} inconclusive`] : [],
  );
  const all = [...(inconclusive > 0 ? [`${inconclusive} of them inconclusive`] : []), ...undecided];
  const open = all.length > 0 ? style.open(`, ${all.join(', ')}`) : '';
  const alone = concluded.references.length === 0 ? `; ${style.open(ALONE)}` : '';
  if (concluded.passed) return `${style.good('✔ agree')}: ${what}, ${entries}${open}${alone}`;
  const failure = failureOf(concluded, strictness);
  return `${style.bad(`✖ ${failure}`)}: ${what}${failure === 'disagree' ? '' : `, ${entries}`}`;
}

/** What a check of fcnet's own engine alone does not say. */
export const ALONE =
  'no reference was given, so that this says nothing of your code: give compare --against "COMMAND" or --reference FILE';

/** `loss and logits`: what was judged where no gradient was asked for. */
function judgedOf(references: readonly ReferenceVerdict[]): string {
  const judged = [
    ...(references.some(({ loss }) => loss !== null) ? ['loss'] : []),
    ...(references.some(({ logits }) => logits !== null) ? ['logits'] : []),
  ];
  return judged.length === 0 ? 'nothing that was asked for' : `the ${judged.join(' and ')} only`;
}

/** Why a check fails: something disagrees, or no entry could be judged, or all is well but for --strict. */
export function failureOf({ check, references }: Concluded, { allow }: Strictness): string {
  if (check.tensors.some(mismatches) || references.some(disagrees)) return 'disagree';
  if (check.tensors.length > 0 && !check.tensors.some(({ checked, inconclusive }) => checked > inconclusive))
    return 'no entry could be judged';
  if (check.tensors.length === 0 && references.length === 0) return 'nothing was judged';
  const undecided = references.filter(({ passed }) => !passed).map(({ name }) => name);
  if (undecided.length > 0) return `no entry could be judged of ${undecided.join(', ')}`;

  const open = allow.includes('inconclusive')
    ? 0
    : references.reduce((count, reference) => count + openOf(reference), sumOf(check.tensors));
  const hidden = references.flatMap(({ strength }) => strength?.missed ?? []);
  const blind = new Set(
    [...blindSpots(check.audit, allow), ...hidden.filter(({ mistake }) => !allow.includes(mistake))].map(
      ({ mistake, layer }) => `${mistake} ${layer}`,
    ),
  ).size;
  const reasons = [
    ...(open > 0 ? [open === 1 ? '1 entry is inconclusive' : `${open} entries are inconclusive`] : []),
    ...(blind > 0 ? [`${blind} ${blind === 1 ? 'mistake' : 'mistakes'} would go unnoticed`] : []),
  ];
  return `agree, but --strict: ${reasons.join(', ')}`;
}

const mismatches = ({ mismatched }: { readonly mismatched: number }): boolean => mismatched > 0;

const disagrees = ({ tensors, logits, loss }: ReferenceVerdict): boolean =>
  [...tensors, ...(logits ? [logits] : [])].some(mismatches) || loss?.passed === false;

/** How much of a reference is inconclusive: entries of gradients and logits, parts of the loss. */
const openOf = ({ tensors, logits, loss }: ReferenceVerdict): number =>
  sumOf([...tensors, ...(logits ? [logits] : [])]) +
  (loss?.parts ?? []).filter(({ verdict }) => verdict === 'inconclusive').length;

const sumOf = (tensors: readonly { readonly inconclusive: number }[]): number =>
  tensors.reduce((count, { inconclusive }) => count + inconclusive, 0);

/** `difference propagation, h = 2⁻¹⁰⁰` */
export function formatMethod({ method, step }: GradientCheck): string {
  const power = Math.log2(step);
  const h = Number.isInteger(power) && power < -20 ? `2^${power}` : String(step);
  return `${method}, h = ${h}`;
}

/** All entries of a check. */
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
