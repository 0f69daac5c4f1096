import type { Network } from '../../core/network.ts';
import { OURSELVES } from '../../reference/consensus.ts';
import { failureOf } from '../conclusion.ts';
import type { ReportOptions } from '../style.ts';
import { countEntries, disagrees } from './counts.ts';
import { type Detail, drawFailing } from './failing.ts';
import { type Concluded, type Findings, findingsOf, wrongOf } from './findings.ts';
import { methodOf } from './method.ts';
import { drawPassing, whyOpen } from './passing.ts';
import { entriesOf, listed, paragraph, someOf } from './prose.ts';
import { drawWorstOf } from './worst.ts';

// The last screen of a check: who is wrong and where, why, and what to do next.

/** What a terminal shows at once, with room for the prompt and the command. */
const SCREEN = 20;

/** From all that there is to say down to what must be said. */
const DETAILS: readonly Detail[] = [
  { lines: true, worst: 6, whole: true },
  { lines: true, worst: 3, whole: true },
  { lines: true, worst: 1, whole: true },
  { lines: false, worst: 1, whole: true },
  { lines: false, worst: 0, whole: true },
  { lines: false, worst: 0, whole: false },
];

/** The verdict of a check, in at most twenty lines. */
export function drawScreen(concluded: Concluded, network: Network, options: ReportOptions): string {
  if (concluded.passed) return drawPassing(concluded, options).join('\n');
  const numerical = drawNumerical(concluded, options);
  const failing = concluded.references.filter(disagrees);
  if (failing.length === 0 && numerical.length === 0) return drawUndecided(concluded, options).join('\n');
  const versions = DETAILS.map((detail) => [
    ...numerical,
    ...drawReferences(concluded, network, options, detail),
  ]);
  const fitting = versions.find((lines) => lines.length <= SCREEN) ?? cutShort(versions.at(-1)!, options);
  return fitting.join('\n');
}

function cutShort(lines: readonly string[], { style }: ReportOptions): string[] {
  const shown = lines.slice(0, SCREEN - 1);
  const more = lines.slice(SCREEN - 1).filter((line) => line.includes('✖ ')).length;
  return [...shown, style.bad(more > 0 ? `✖ and ${more} more` : '…')];
}

/** Every reference that disagrees, those of which the same is to be said together. */
function drawReferences(
  concluded: Concluded,
  network: Network,
  options: ReportOptions,
  detail: Detail,
): string[] {
  const failing = concluded.references.filter(disagrees);
  const all = failing.map((reference) => findingsOf(reference, concluded));
  const groups = [...new Set(all.map(keyOf))].map((key) => all.filter((found) => keyOf(found) === key));
  const against = againstUs(concluded, options);
  const agreeing = agreement(concluded);
  const alone = groups.length === 1 ? agreeing : '';
  const texts = groups.map((found) => {
    const names = found.map(({ reference }) => reference.name);
    return drawFailing(found[0]!, names, against.length > 0 ? '' : alone, network, options, detail);
  });
  const gap = detail.whole ? [''] : [];
  const blocks = [...(against.length > 0 ? [against] : []), ...texts];
  return [
    ...blocks.flatMap((lines, i) => (i === 0 ? lines : [...gap, ...lines])),
    ...(agreeing === '' || alone !== '' || against.length > 0
      ? []
      : [...gap, ...paragraph(agreeing, options)]),
  ];
}

/** What is said of a reference, apart from its numbers. */
const keyOf = ({ reference, wrong, problems, right }: Findings): string =>
  JSON.stringify([
    wrong.map(({ name, mismatched }) => [name, mismatched]),
    problems,
    right,
    reference.diagnosis,
    reference.convention,
    reference.where,
    reference.hints,
  ]);

/** Where others agree with one another and not with fcnet, the config may be what they do not have. */
function againstUs({ consensus }: Concluded, options: ReportOptions): string[] {
  if (consensus === null || !consensus.odd.includes(OURSELVES)) return [];
  const text = `${someOf(consensus.agree, 4)} agree with one another, and not with fcnet: does the config describe the network that they ran?`;
  return paragraph(text, options, '  ', '✖ ').map((line) => options.style.bad(line));
}

/** `the numerical gradient and two-layer.pytorch agree with fcnet in all 41 entries` */
function agreement({ check, references, consensus }: Concluded): string {
  const ours = check.passed && check.tensors.length > 0 ? [`the numerical gradient${methodOf(check)}`] : [];
  const names = [...ours, ...references.filter(({ passed }) => passed).map(({ name }) => name)];
  if (names.length === 0) return '';
  const { checked, total, inconclusive } = countEntries(check);
  const entries =
    checked === total && inconclusive === 0 ? `all ${entriesOf(total)}` : entriesOf(checked - inconclusive);
  const odd = consensus === null || consensus.odd.includes(OURSELVES) ? '' : oddOf(consensus.odd);
  return `${odd}${listed(names)} ${names.length === 1 ? 'agrees' : 'agree'} with fcnet${check.tensors.length === 0 ? '' : ` in ${entries}`}`;
}

const oddOf = (names: readonly string[]): string =>
  `${someOf(names, 4)} ${names.length === 1 ? 'is the odd one out' : 'stand alone'}: `;

/** Where fcnet's own two gradients differ: a step that is too large, an overflow, or a bug of fcnet. */
function drawNumerical({ check }: Concluded, options: ReportOptions): string[] {
  const wrong = check.tensors
    .filter(({ mismatched }) => mismatched > 0)
    .map((tensor) => wrongOf(tensor.name, tensor, tensor.analytic, tensor.numerical));
  if (wrong.length === 0) return [];
  const text = `fcnet's own backprop and its numerical gradient${methodOf(check)} disagree in ${listed(wrong.map(({ name }) => name))}`;
  const areNumbers = wrong.every(
    ({ entries: [worst] }) => Number.isFinite(worst.expected) && Number.isFinite(worst.found),
  );
  const why = !areNumbers
    ? 'The network overflows there: use smaller weights or inputs.'
    : methodOf(check) === ''
      ? 'That should not be: please report it, with the config.'
      : 'Without --step and --naive the numerical gradient is right to rounding.';
  return [
    ...paragraph(text, options, '  ', '✖ ').map((line) => options.style.bad(line)),
    ...paragraph(why, options),
    '',
    ...drawWorstOf(wrong.slice(0, 3), wrong.length, options),
  ];
}

/** Nothing disagrees, and still it is no pass: nothing could be judged, or --strict asks for more. */
function drawUndecided(concluded: Concluded, options: ReportOptions): string[] {
  const failure = failureOf(concluded, options.strictness);
  const say = (text: string): string[] =>
    paragraph(text, options, '  ', '✖ ').map((line) => options.style.bad(line));
  if (!failure.startsWith('agree, but'))
    return [...say(`${failure}${whyNothing(concluded)}`), ...hintsOf(concluded, options)];
  return [
    ...say(failure),
    ...paragraph('fcnet audit says why a mistake would go unnoticed; --allow MISTAKE accepts one.', options),
  ];
}

const whyNothing = ({ check }: Concluded): string =>
  check.inconclusive.length === 0 ? '' : `: ${entriesOf(check.inconclusive.length)} ${whyOpen(check)}`;

const hintsOf = ({ references }: Concluded, options: ReportOptions): string[] =>
  references.flatMap(({ hints }) => hints.flatMap((hint) => paragraph(`hint: ${hint}`, options)));
