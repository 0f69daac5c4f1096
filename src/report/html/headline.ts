import type { Comparison } from '../../reference/compare.ts';
import type { ReferenceVerdict } from '../../reference/judge.ts';
import { ALONE, failureOf } from '../conclusion.ts';
import { failureOfFunction } from '../functions.ts';
import { countEntries } from '../screen/counts.ts';
import type { Strictness } from '../style.ts';
import { hasPassed, isAlone, type Report } from '../table.ts';

/** Whether a report passes, in a line, with what has to be said besides. */
export interface Headline {
  readonly passed: boolean;
  readonly text: string;
  readonly note?: string;
}

export function headlineOf(report: Report, strictness: Strictness): Headline {
  const passed = hasPassed(report, strictness);
  return { passed, text: textOf(report, passed, strictness), ...(isAlone(report) && { note: ALONE }) };
}

function textOf(report: Report, passed: boolean, strictness: Strictness): string {
  if ('functions' in report) return ofFunctions(report.functions);
  const { outcome } = report;
  if (outcome.command === 'audit') {
    const { caught, total } = outcome.result;
    return caught === total
      ? `A check of this config catches all ${total} classic mistakes that apply`
      : `A check of this config catches ${caught} of ${total} classic mistakes`;
  }
  if (outcome.command === 'gradcheck')
    return ofComparison({ check: outcome.result, references: [], passed }, strictness);
  return outcome.command === 'compare' ? ofComparison({ ...outcome.result, passed }, strictness) : '';
}

function ofFunctions(functions: Extract<Report, { functions: unknown }>['functions']): string {
  const failed = functions.filter(({ passed }) => !passed);
  if (failed.length === 0) {
    const claimed = functions.filter(({ analytic }) => analytic !== null).map(({ name }) => name);
    return claimed.length === 0
      ? 'No gradient was claimed: the numerical one alone'
      : `The gradient of ${listed(claimed)} agrees with the numerical one`;
  }
  return listed(
    failed.map((check) => {
      const why = failureOfFunction(check);
      return why === '' ? `the gradient of ${check.name} is wrong` : `${check.name}: ${why}`;
    }),
  );
}

function ofComparison(
  compared: Pick<Comparison, 'check' | 'references' | 'passed'>,
  strictness: Strictness,
): string {
  const { check, references, passed } = compared;
  if (passed) return agreement(compared);
  const own = namesOf(check.tensors);
  const wrong = references.flatMap((reference) => {
    const said = sayWrong(reference);
    return said === undefined ? [] : [said];
  });
  const all = [
    ...(own.length > 0 ? [`the analytic and the numerical gradient disagree in ${listed(own)}`] : []),
    ...wrong,
  ];
  return all.length > 0 ? all.join('; ') : failureOf(compared, strictness);
}

function agreement({ check, references }: Pick<Comparison, 'check' | 'references'>): string {
  const { checked, total } = countEntries(check);
  const entries = checked === total ? `all ${total} entries` : `${checked} of ${total} entries`;
  if (references.length === 0) return `fcnet’s own backprop and its numerical gradient agree in ${entries}`;
  const names = listed(references.map(({ name }) => name));
  const verb = references.length === 1 ? 'agrees' : 'agree';
  if (total === 0) return `${names} ${verb}`;
  return `${names} ${verb} in ${entries}, and so does the numerical gradient`;
}

/** `mine is wrong in dW1 and db1` */
function sayWrong({ name, tensors, logits, loss, convention, diagnosis, passed }: ReferenceVerdict) {
  const wrong = namesOf(tensors);
  const others = [...namesOf(logits ? [logits] : []), ...(loss !== null && !loss.passed ? ['the loss'] : [])];
  if (wrong.length > 0 && convention !== null && diagnosis.length === 0)
    return `${name} is the right gradient of another network`;
  const gradients = wrong.length > 1 && wrong.length === tensors.length ? ['all gradients'] : wrong;
  if (gradients.length + others.length > 0) return `${name} is wrong in ${listed([...gradients, ...others])}`;
  return passed ? undefined : `nothing of ${name} could be judged`;
}

const namesOf = (tensors: readonly { readonly name: string; readonly mismatched: number }[]): string[] =>
  tensors.filter(({ mismatched }) => mismatched > 0).map(({ name }) => name);

/** How many names a line holds. */
const LISTED = 6;

/** `a, b and c` */
function listed(names: readonly string[]): string {
  const shown =
    names.length > LISTED ? [...names.slice(0, LISTED - 1), `${names.length - LISTED + 1} more`] : names;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
