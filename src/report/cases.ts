import { describe } from '../diagnosis/diagnosis.ts';
import type { FunctionCheck } from '../gradcheck/functions.ts';
import type { Greatest, TensorVerdict } from '../gradcheck/verdict.ts';
import { type Allowed, type Audit, type AuditedMistake, blindSpots } from '../mistakes/audit.ts';
import type { ReferenceTensor, ReferenceVerdict } from '../reference/judge.ts';
import { countInconclusive } from './functions.ts';
import { formatEntry } from './layout.ts';
import { formatError } from './numbers.ts';
import type { Strictness } from './style.ts';
import type { Report } from './table.ts';

/** One thing that was checked: a tensor against one other gradient, a loss, a mistake. */
export interface Case {
  /** the config it belongs to */
  readonly config: string;
  /** such as `dW1 against numerical` */
  readonly name: string;
  readonly verdict: 'agree' | 'mismatch' | 'inconclusive';
  /** what is wrong, in a line; empty where it agrees */
  readonly message: string;
}

/** How the names of cases begin that are mistakes. */
export const CATCHES = 'catches ';

/** Everything that was checked, for formats that list it: annotations, JUnit, Markdown. */
export function casesOf(report: Report, strictness: Strictness): Case[] {
  const cases = allCases(report, strictness);
  if (!strictness.strict) return cases;
  const isAccepted = ({ name }: Case): boolean =>
    strictness.allow.includes('inconclusive') && !name.startsWith(CATCHES);
  return cases.map((one) =>
    one.verdict === 'inconclusive' && !isAccepted(one) ? { ...one, verdict: 'mismatch' } : one,
  );
}

function allCases(report: Report, { strict, allow }: Strictness): Case[] {
  const { config } = report;
  if ('functions' in report) return report.functions.map((check) => functionCase(config, check));
  const { outcome } = report;
  const numerical = (tensors: readonly TensorVerdict[]): Case[] =>
    tensors.map((tensor) => tensorCase(config, 'numerical', tensor, []));
  // An audit is made when it is first asked for.
  const blind = (check: { readonly audit: Audit }): Case[] =>
    strict ? blindSpots(check.audit, allow).map((mistake) => mistakeCase(config, mistake, [])) : [];
  switch (outcome.command) {
    case 'gradcheck':
      return [...numerical(outcome.result.tensors), ...blind(outcome.result)];
    case 'compare': {
      const { check, references } = outcome.result;
      return [
        ...numerical(check.tensors),
        ...references.flatMap((reference) => referenceCases(config, reference)),
        ...blind(check),
      ];
    }
    case 'audit':
      return outcome.result.mistakes.map((mistake) => mistakeCase(config, mistake, allow));
    default:
      return [];
  }
}

function referenceCases(config: string, reference: ReferenceVerdict): Case[] {
  const { name, tensors, logits, loss, hints } = reference;
  const against = name;
  return [
    ...tensors.map((tensor) => tensorCase(config, against, tensor, diagnosisOf(reference, tensor.name))),
    ...(logits ? [tensorCase(config, against, logits, hints)] : []),
    ...(loss?.parts ?? []).map(
      ({ part, ours, reference: theirs, verdict }): Case => ({
        config,
        name: `${part} loss against ${against}`,
        verdict,
        message: LOSS_MESSAGES[verdict](ours, theirs),
      }),
    ),
  ];
}

const LOSS_MESSAGES: Readonly<Record<Case['verdict'], (ours: number, theirs: number) => string>> = {
  agree: () => '',
  mismatch: (ours, theirs) => `expected ${ours}, found ${theirs}`,
  inconclusive: () => 'too small to judge beside its rounding',
};

const diagnosisOf = ({ diagnosis }: ReferenceVerdict, tensor: string): string[] =>
  diagnosis
    .filter(({ tensors }) => tensors.includes(tensor))
    .map(({ mistake, layer, explanation }) => `matches ${describe({ mistake, layer })}: ${explanation}`);

function tensorCase(
  config: string,
  against: string,
  judged: TensorVerdict | ReferenceTensor,
  notes: readonly string[],
): Case {
  const name = `${judged.name} against ${against}`;
  if ('problem' in judged && judged.problem !== null)
    return { config, name, verdict: 'mismatch', message: judged.problem };
  const checked = ('verdict' in judged ? judged.verdict : judged)?.checked ?? 0;
  if (judged.mismatched > 0) {
    const where = (kind: string, error: Greatest | null): string =>
      error === null
        ? ''
        : `, greatest ${kind} difference ${formatError(error.value)} at ${formatEntry(judged.name, error.index)}`;
    const count = `${judged.mismatched} of ${checked} entries mismatch`;
    const message = [
      `${count}${where('absolute', judged.maxAbsError)}${where('relative', judged.maxRelError)}`,
      ...notes,
    ].join('; ');
    return { config, name, verdict: 'mismatch', message };
  }
  if (judged.inconclusive > 0)
    return {
      config,
      name,
      verdict: 'inconclusive',
      message: `${judged.inconclusive} of ${checked} entries are inconclusive`,
    };
  return { config, name, verdict: 'agree', message: '' };
}

function functionCase(config: string, { name, problem, verdict, inconclusive }: FunctionCheck): Case {
  const found = (judged: Case['verdict'], message: string): Case => ({
    config,
    name: `gradient of ${name}`,
    verdict: judged,
    message,
  });
  if (problem !== null) return found('mismatch', problem);
  if (verdict !== null && verdict.mismatched > 0)
    return found('mismatch', `${verdict.mismatched} of ${verdict.checked} entries mismatch`);
  if (verdict !== null && !verdict.verdicts.includes('agree'))
    return found('mismatch', 'no entry can be decided');
  const open = inconclusive.length;
  if (open === 0) return found('agree', '');
  if (inconclusive.some(({ why }) => why !== 'kink')) return found('inconclusive', countInconclusive(open));
  return found('inconclusive', open === 1 ? '1 entry is at a kink' : `${open} entries are at a kink`);
}

const mistakeCase = (config: string, mistake: AuditedMistake, allow: readonly Allowed[]): Case => ({
  config,
  name: `${CATCHES}${describe(mistake)}`,
  verdict: mistake.caught || allow.includes(mistake.mistake) ? 'agree' : 'inconclusive',
  message: mistake.why ?? '',
});
