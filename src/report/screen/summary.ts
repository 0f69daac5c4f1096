import { describe } from '../../diagnosis/diagnosis.ts';
import { failureOf } from '../conclusion.ts';
import { type Failure, whatIsWrong } from '../errors.ts';
import { failureOfFunction } from '../functions.ts';
import { wrap } from '../layout.ts';
import type { ReportOptions, Strictness } from '../style.ts';
import { hasPassed, type Report } from '../table.ts';
import { countEntries, disagrees } from './counts.ts';
import { findingsOf } from './findings.ts';
import { entriesOf, listed, paragraph, someOf } from './prose.ts';

// Several inputs: a line for each, and a count.

type Mark = 'good' | 'bad' | 'open';
const MARKS: Readonly<Record<Mark, string>> = { good: '✔', bad: '✖', open: '!' };

/** What is said of one of several inputs. */
export interface SummaryLine {
  readonly mark: Mark;
  readonly config: string;
  readonly text: string;
  readonly outcome: 'agrees' | 'disagrees' | 'failed' | 'shows' | 'hides';
}

/** More configs than these do not fit one screen: those that agree come first then, for a terminal shows its end. */
const SCREEN = 16;

/** A line of an input that could not be run. */
export function failureLine({ config, error }: Failure): SummaryLine {
  const [problem] = error.problems;
  return { mark: 'open', config, text: problem === undefined ? '' : whatIsWrong(problem), outcome: 'failed' };
}

/** Several inputs: a line for each, and a count at the end; nothing where none could be run. */
export function drawSummaryLines(
  given: readonly SummaryLine[],
  alone: boolean,
  options: ReportOptions,
): string {
  if (given.every(({ outcome }) => outcome === 'failed')) return '';
  const { style } = options;
  const lines =
    given.length > SCREEN ? [...given].sort((a, b) => ORDER.indexOf(a.mark) - ORDER.indexOf(b.mark)) : given;
  const longest = lines.reduce((most, { config }) => Math.max(most, config.length), 0);
  const widest = Math.min(options.width / 2, longest);
  const drawn = lines.map(({ mark, config, text }) => {
    const line = `${MARKS[mark]} ${config.padEnd(widest)}  ${text}`.trimEnd();
    const cut = line.length > options.width ? `${line.slice(0, options.width - 1)}…` : line;
    return mark === 'good' ? cut : style[mark](cut);
  });
  return [
    ...drawn,
    ...(alone ? paragraph(ALONE_AMONG, options, '  ', '') : []),
    drawCount(lines, options),
  ].join('\n');
}

const ORDER: readonly Mark[] = ['good', 'open', 'bad'];

const ALONE_AMONG =
  'What was checked without a reference says nothing of your code: give compare --against "COMMAND" or --reference FILE.';

/** `1 of 3 agrees, 1 disagrees, 1 could not be run` */
function drawCount(lines: readonly SummaryLine[], { style, width }: ReportOptions): string {
  const count = (wanted: SummaryLine['outcome']): number =>
    lines.filter(({ outcome }) => outcome === wanted).length;
  const [agreeing, bad, failed, whole] = [
    count('agrees'),
    count('disagrees'),
    count('failed'),
    count('shows'),
  ];
  const areAudits = whole + count('hides') > 0;
  const counts = [
    areAudits
      ? `${whole} of ${lines.length} ${whole === 1 ? 'shows' : 'show'} every mistake that applies`
      : `${agreeing} of ${lines.length} ${agreeing === 1 ? 'agrees' : 'agree'}`,
    ...(bad > 0 ? [`${bad} ${bad === 1 ? 'disagrees' : 'disagree'}`] : []),
    ...(failed > 0 ? [`${failed} could not be run`] : []),
  ].join(', ');
  const text = wrap(counts, width, '  ');
  if (lines.some(({ outcome }) => outcome === 'disagrees' || outcome === 'failed')) return style.bad(text);
  return count('hides') > 0 ? style.open(text) : style.good(text);
}

function hidden(report: Report): number {
  if ('functions' in report || report.outcome.command !== 'audit') return 0;
  const { caught, total } = report.outcome.result;
  return total - caught;
}

/** A line of an input that was run. */
export function summaryLineOf(report: Report, strictness: Strictness): SummaryLine {
  const { config } = report;
  const passed = hasPassed(report, strictness);
  const outcome = passed ? 'agrees' : 'disagrees';
  if ('functions' in report) {
    const failing = report.functions.filter((check) => !check.passed);
    const names = (failing.length > 0 ? failing : report.functions).map((check) => {
      const failure = failureOfFunction(check);
      const wrong =
        check.verdict === null
          ? ''
          : `${check.verdict.mismatched} of ${entriesOf(check.verdict.checked)} mismatch`;
      return passed ? check.name : `${check.name}: ${check.problem ?? (failure === '' ? wrong : failure)}`;
    });
    return { mark: passed ? 'good' : 'bad', config, text: names.join('; '), outcome };
  }
  if (report.outcome.command === 'audit') {
    const missed = hidden(report);
    const text =
      missed === 0
        ? `shows each of the ${report.outcome.result.total} mistakes that apply`
        : `would hide ${missed} of ${report.outcome.result.total} mistakes`;
    const mark = passed ? (missed === 0 ? 'good' : 'open') : 'bad';
    return { mark, config, text, outcome: missed === 0 ? 'shows' : passed ? 'hides' : 'disagrees' };
  }
  return {
    mark: passed ? 'good' : 'bad',
    config,
    text: passed ? passedOf(report) : failedOf(report, strictness),
    outcome,
  };
}

/** `131 entries; would hide 24 of 93 mistakes` */
function passedOf({ outcome }: Checked): string {
  if (outcome.command !== 'gradcheck' && outcome.command !== 'compare') return '';
  const check = outcome.command === 'compare' ? outcome.result.check : outcome.result;
  const references = outcome.command === 'compare' ? outcome.result.references : [];
  const { checked, total, inconclusive } = countEntries(check);
  const judged = checked - inconclusive;
  const entries = judged === total ? entriesOf(total) : `${judged} of ${entriesOf(total)}`;
  const names = references.length === 0 ? 'no reference' : listed(references.map(({ name }) => name));
  const missed = check.tensors.length === 0 ? 0 : check.audit.total - check.audit.caught;
  const blind = missed === 0 ? '' : `; would hide ${missed} of ${check.audit.total} mistakes`;
  return `${check.tensors.length === 0 ? '' : `${entries}, `}${names}${blind}`;
}

type Checked = Exclude<Report, { readonly functions: unknown }>;

/** `mine is wrong in dW1: missing-slope at layer 1` */
function failedOf({ outcome }: Checked, strictness: Strictness): string {
  if (outcome.command !== 'gradcheck' && outcome.command !== 'compare') return '';
  const [check, references] =
    outcome.command === 'compare' ? [outcome.result.check, outcome.result.references] : [outcome.result, []];
  const failing = references.filter(disagrees);
  const own = check.tensors.filter(({ mismatched }) => mismatched > 0).map(({ name }) => name);
  if (failing.length === 0 && own.length === 0) return failureOf({ check, references }, strictness);
  const logits = { name: 'logits', shape: [], data: check.pass.logits.data };
  const concluded = { check, references, consensus: null, passed: false, logits };
  const texts = failing.map((reference) => {
    const { wrong, problems } = findingsOf(reference, concluded);
    const names = [...wrong.map(({ name }) => name), ...problems.flatMap(({ names: of }) => of)];
    const { diagnosis, convention, where } = reference;
    const [place] = where;
    const flags = Object.entries(convention?.options ?? {}).map(([key, value]) => `--${key} ${value}`);
    const why =
      diagnosis.length > 0
        ? diagnosis.map(describe).join(', ')
        : convention !== null
          ? `right with ${flags.join(' ')}`
          : (problems[0]?.problem ?? place?.explanation ?? '');
    return `${reference.name} is wrong in ${someOf(names, 4)}${why === '' ? '' : `: ${why}`}`;
  });
  const numerical = own.length === 0 ? [] : [`the numerical gradient disagrees in ${listed(own)}`];
  return [...numerical, ...texts].join('; ');
}
