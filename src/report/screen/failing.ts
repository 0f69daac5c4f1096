import { nameOf } from '../../core/activations.ts';
import type { Network } from '../../core/network.ts';
import type { Convention } from '../../diagnosis/conventions.ts';
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { type MistakeId, mistakes } from '../../mistakes/catalogue.ts';
import { type FindingId, findingIds } from '../../mistakes/explain.ts';
import type { ReportOptions } from '../style.ts';
import { type Findings, LOSS_NAMES, type WrongPart } from './findings.ts';
import { entriesOf, listed, paragraph, someOf } from './prose.ts';
import { drawWorstOf } from './worst.ts';

// What is wrong with one reference, where, why, and what to do.

/** How much of it is said: less where the screen would be too small. */
export interface Detail {
  /** the right line and the wrong one of each mistake */
  readonly lines: boolean;
  /** how many of the wrong tensors are shown with their worst entry */
  readonly worst: number;
  /** all that is said of the place, and of what to do; else a line */
  readonly whole: boolean;
}

/**
 * One reference that disagrees, or several of which all the same is said.
 *
 * @param names what they are called
 * @param agreeing who agrees with whom, in a sentence; empty where that is said elsewhere
 */
export function drawFailing(
  found: Findings,
  names: readonly string[],
  agreeing: string,
  network: Network,
  options: ReportOptions,
  detail: Detail,
): string[] {
  const { convention, diagnosis, where, hints } = found.reference;
  const headline = drawHeadline(found, names, options);
  if (!detail.whole) return [...headline, ...drawCauses(found, network, options, detail)];
  const others = [rightOf(found), agreeing].filter((text) => text !== '').join('; ');
  const worst = drawWorstOf(found.wrong.slice(0, detail.worst), found.wrong.length, options);
  const ids = diagnosis.flatMap(({ mistake }) => (isExplained(mistake) ? [mistake] : []));
  const next = [...new Set(ids)].map((id) => `fcnet explain ${id}`);
  const unnamed =
    diagnosis.length === 0 && convention === null && where.length === 0 && found.wrong.length > 0;
  return [
    ...headline,
    ...(others === '' ? [] : paragraph(sentence(others), options)),
    ...gapped(drawCauses(found, network, options, detail)),
    ...(unnamed && hints.length === 0 ? ['', ...paragraph(noName(found.wrong), options)] : []),
    ...gapped(worst),
    ...gapped(hints.flatMap((hint) => paragraph(`hint: ${hint}`, options, '        ', '  '))),
    ...(next.length === 0 ? [] : ['', `  ${next.join('   ')}`]),
  ];
}

const gapped = (lines: readonly string[]): string[] => (lines.length === 0 ? [] : ['', ...lines]);

/** What has no name: the gradient, unless that is right. */
function noName(wrong: Findings['wrong']): string {
  const names = wrong.map(({ name }) => name);
  const isGradient = names.some((name) => name !== 'logits' && !PARTS_OF_LOSS.includes(name));
  if (isGradient) return 'No known mistake makes this gradient.';
  return names.includes('logits')
    ? 'No known mistake makes these logits.'
    : 'No known mistake makes this loss.';
}

const PARTS_OF_LOSS: readonly string[] = Object.values(LOSS_NAMES);

const isExplained = (id: Diagnosis['mistake']): id is FindingId => findingIds.some((known) => known === id);

/** `✖ mine is wrong in dW1 and db1`, in a line or two. */
function drawHeadline(
  { reference, wrong, problems, right }: Findings,
  references: readonly string[],
  options: ReportOptions,
): string[] {
  const { convention, diagnosis } = reference;
  const [name, is] = [someOf(references, 4), references.length === 1 ? 'is' : 'are'];
  const say = (text: string): string[] =>
    paragraph(text, options, '  ', '✖ ').map((line) => options.style.bad(line));
  const unusable = problems.flatMap(({ names, problem }) =>
    paragraph(`${someOf(names, 6)}: ${problem}`, options, '    '),
  );
  const lacks = `cannot be judged in ${someOf(
    problems.flatMap(({ names: of }) => of),
    6,
  )}`;
  if (wrong.length === 0) return [...say(`${name} ${lacks}`), ...unusable];
  const names = wrong.map((part) => part.name);
  const isAll = right.length === 0 && problems.length === 0 && wrong.length > 2;
  const where = isAll ? 'everywhere' : `in ${someOf(names, 6)}`;
  const text =
    convention !== null && diagnosis.length === 0
      ? `${name} disagree${is === 'is' ? 's' : ''} ${where}, and ${is} the right gradient of another network`
      : `${name} ${is} wrong ${where}`;
  return [...say(problems.length === 0 ? text : `${text}, and ${lacks}`), ...unusable];
}

/** `dW2 and db2 are right` */
const rightOf = ({ right }: Findings): string =>
  right.length === 0 ? '' : `${someOf(right, 6)} ${right.length === 1 ? 'is' : 'are'} right`;

/** The network of which it is the gradient, the mistakes, the places. */
function drawCauses(found: Findings, network: Network, options: ReportOptions, detail: Detail): string[] {
  const { diagnosis, convention, where } = found.reference;
  const several = diagnosis.length > 1;
  return [
    ...diagnosis.flatMap((one, i) => drawMistake(one, several ? i + 1 : 0, found, options, detail)),
    ...(convention === null
      ? []
      : drawConvention(convention, diagnosis.length > 0, network, options, detail)),
    ...(detail.whole ? where : where.slice(0, 1)).flatMap(({ explanation }) =>
      paragraph(sentence(explanation), options),
    ),
  ];
}

/** Begins with a capital letter, unless with a name. */
const sentence = (text: string): string =>
  /^[a-z]+ /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;

/** A mistake: what it is, which of the wrong entries it explains, and its right and wrong line. */
function drawMistake(
  diagnosis: Diagnosis,
  number: number,
  found: Findings,
  options: ReportOptions,
  detail: Detail,
): string[] {
  const { mistake, layer, tensors, equals, lines } = diagnosis;
  const { style } = options;
  const first = number === 0 ? '  ' : `  ${number}  `;
  const indent = number === 0 ? '    ' : '     ';
  const place = layer === null ? (mistake in mistakes ? ' at every layer' : '') : ` at layer ${layer}`;
  const same = equals.length === 0 ? '' : `; here the same as ${listed(equals)}`;
  const text = `${mistake}${place}: ${inWords(diagnosis)}${same}; ${explainsOf(tensors, found.wrong)}`;
  const head = paragraph(text, options, indent, first).map((line, i) =>
    i === 0 ? line.replace(mistake, style.heading(mistake)) : line,
  );
  return !detail.lines || lines === undefined ? head : [...head, ...drawLines(lines, options)];
}

/** What a diagnosis says, without the equation and the equals that are shown beside it. */
function inWords({ mistake, explanation, lines }: Diagnosis): string {
  const text = explanation.replace(/ \(here the same as .*\)$/, '');
  if (lines === undefined || !(mistake in mistakes)) return text;
  const { explanation: own } = mistakes[mistake as MistakeId];
  const whole = `${own}: ${lines.wrong.equation}`;
  return text.startsWith(whole) ? own + text.slice(whole.length) : text;
}

/** `explains all 16 wrong entries`, or `explains dW1 and db1` */
function explainsOf(tensors: readonly string[], wrong: readonly WrongPart[]): string {
  const gradients = wrong.filter(({ name }) => /^d[Wb]\d+$/.test(name));
  const all = gradients.length > 1 && gradients.every(({ name }) => tensors.includes(name));
  const count = gradients.reduce((sum, { mismatched }) => sum + mismatched, 0);
  return all ? `explains all ${entriesOf(count).replace(' ', ' wrong ')}` : `explains ${listed(tensors)}`;
}

/** The right line and the wrong one under each other, their code beside them or below. */
function drawLines(
  { right, wrong }: NonNullable<Diagnosis['lines']>,
  { style, width }: ReportOptions,
): string[] {
  const column = Math.max(right.equation.length, wrong.equation.length) + 4;
  const fits = 14 + column + Math.max(right.code.length, wrong.code.length) <= width;
  const line = (label: string, { equation, code }: typeof right): string[] =>
    fits
      ? [`      ${label.padEnd(8)}${equation.padEnd(column)}${code}`]
      : [`      ${label.padEnd(8)}${equation}`, `              ${code}`];
  return [...line('right', right), ...line('yours', wrong).map((text) => style.bad(text))];
}

/** The options with which it is right, and what else that means. */
function drawConvention(
  { options: changed, agrees }: Convention,
  isMistake: boolean,
  network: Network,
  options: ReportOptions,
  detail: Detail,
): string[] {
  const flags = Object.entries(changed)
    .map(([key, value]) => `--${key} ${value}`)
    .join(' ');
  const with_ = `with ${options.style.heading(flags)} all ${entriesOf(agrees)} agree`;
  if (isMistake) return paragraph(`Or another network is meant: ${with_}.`, options);
  if (!detail.whole) return paragraph(with_, options);
  const keys = Object.keys(changed) as (keyof typeof changed)[];
  const differing = keys.filter((key) => key === 'reg' || changed[key] !== ownOf(key, network));
  const yours = differing.map((key) => contrast(key, changed, network));
  return [
    ...paragraph(with_, options, '      '),
    ...paragraph(`If that is what you meant, add it. Otherwise your code has ${listed(yours)}.`, options),
  ];
}

/** `relu for sigmoid`, `λ = 0.1 for 0.5` */
function contrast(
  key: keyof Convention['options'],
  changed: Convention['options'],
  network: Network,
): string {
  if (key === 'reg') return `λ = ${changed.reg} for ${network.reg}`;
  return `${key === 'activation' || key === 'output' ? '' : `${key} `}${changed[key]} for ${ownOf(key, network)}`;
}

function ownOf(key: Exclude<keyof Convention['options'], 'reg'>, network: Network): string {
  if (key === 'activation') {
    const hidden = network.layers.flatMap(({ activation }) => (activation ? [nameOf(activation)] : []));
    return listed([...new Set(hidden)]);
  }
  if (key === 'output') return network.output === 'softmax' ? network.output : nameOf(network.output);
  return network[key];
}
