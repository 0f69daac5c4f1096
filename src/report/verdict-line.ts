import { describe } from '../diagnosis/diagnosis.ts';
import type { ReferenceVerdict } from '../reference/judge.ts';
import { CATCHES, type Case, casesOf } from './cases.ts';
import type { Strictness } from './style.ts';
import { hasPassed, type Report } from './table.ts';

/** What came of one config, for those who read no more than a line. */
export interface VerdictLine {
  readonly verdict: Case['verdict'];
  /** who is wrong, where, and why; what is open where nobody is; empty where all agrees */
  readonly text: string;
  /** what is wrong, or open, one by one */
  readonly details: readonly string[];
}

/** Of so many names, the first are listed. */
const MOST_NAMES = 4;

export function verdictLine(report: Report, strictness: Strictness): VerdictLine {
  const cases = casesOf(report, strictness);
  const wrong = cases.filter(({ verdict }) => verdict === 'mismatch');
  const open = cases.filter(({ verdict }) => verdict === 'inconclusive');
  const isAudit = 'outcome' in report && report.outcome.command === 'audit';
  if (hasPassed(report, strictness)) {
    // What an audit says of mistakes is its result, and nothing that is left open.
    if (open.length === 0 || isAudit) return { verdict: 'agree', text: '', details: [] };
    return { verdict: 'inconclusive', text: said(open, 'is inconclusive'), details: open.map(lineOf) };
  }
  const shown = wrong.length > 0 ? wrong : open;
  const named = shown.filter(({ name }) => !name.startsWith(CATCHES));
  const blind = shown.filter(({ name }) => name.startsWith(CATCHES));
  const references =
    'outcome' in report && report.outcome.command === 'compare' ? report.outcome.result.references : [];
  const whys = references.filter(isWrong).map(whoIsWrong);
  const others = named.filter(({ name }) => !references.some((one) => isWrong(one) && isOf(name, one)));
  const texts = [
    ...whys,
    ...(others.length > 0 ? [said(others, wrong.length > 0 ? 'disagrees' : 'cannot be judged')] : []),
    ...(blind.length > 0 ? [`${listed(blind.map(mistakeOf))} would go unnoticed`] : []),
  ];
  return {
    verdict: 'mismatch',
    text: texts.join('; ') || 'nothing could be judged',
    details: shown.map(lineOf),
  };
}

const mistakeOf = ({ name }: Case): string => name.slice(CATCHES.length);

const isOf = (name: string, reference: ReferenceVerdict): boolean =>
  name.endsWith(` against ${reference.name}`);

const lineOf = ({ name, message }: Case): string => (message === '' ? name : `${name}: ${message}`);

/** `dW1 against numerical disagrees` */
const said = (cases: readonly Case[], what: string): string =>
  `${listed(cases.map(({ name }) => name))} ${what}`;

const wrongOf = ({ tensors, logits, loss }: ReferenceVerdict): string[] => [
  ...[...tensors, ...(logits ? [logits] : [])]
    .filter(({ mismatched, problem }) => mismatched > 0 || problem !== null)
    .map(({ name }) => name),
  ...(loss?.passed === false ? ['loss'] : []),
];

const isWrong = (reference: ReferenceVerdict): boolean => wrongOf(reference).length > 0;

/** `mine is wrong in dW1 and db1: missing-slope at layer 1` */
function whoIsWrong(reference: ReferenceVerdict): string {
  const { name, diagnosis, convention, where } = reference;
  const flags = Object.entries(convention?.options ?? {}).map(([key, value]) => `--${key} ${value}`);
  const why =
    convention !== null
      ? `the right gradient of another network, with ${flags.join(' ')}`
      : diagnosis.length > 0
        ? diagnosis.map(describe).join(', ')
        : (where[0]?.explanation ?? '');
  return `${name} is wrong in ${listed(wrongOf(reference))}${why === '' ? '' : `: ${why}`}`;
}

function listed(names: readonly string[]): string {
  if (names.length > MOST_NAMES)
    return `${names.slice(0, MOST_NAMES - 1).join(', ')} and ${names.length - MOST_NAMES + 1} more`;
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
