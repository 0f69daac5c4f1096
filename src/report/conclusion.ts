import { blindSpots } from '../mistakes/audit.ts';
import type { AuditedCheck } from '../mistakes/strength.ts';
import type { ReferenceVerdict } from '../reference/judge.ts';
import { disagrees, openOf } from './screen/counts.ts';
import type { Strictness } from './style.ts';

// What came of a check, in a line.

interface Concluded {
  readonly check: AuditedCheck;
  readonly references: readonly ReferenceVerdict[];
}

/** What a check of fcnet's own engine alone does not say. */
export const ALONE =
  'no reference was given, so that this says nothing of your code: give compare --against "COMMAND" or --reference FILE';

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

const sumOf = (tensors: readonly { readonly inconclusive: number }[]): number =>
  tensors.reduce((count, { inconclusive }) => count + inconclusive, 0);
