import { describe } from '../../diagnosis/diagnosis.ts';
import type { GradientCheck } from '../../gradcheck/gradcheck.ts';
import type { Audit } from '../../mistakes/audit.ts';
import type { ReferenceVerdict } from '../../reference/judge.ts';
import type { ReportOptions } from '../style.ts';
import { countEntries, openOf, wideBarOf } from './counts.ts';
import type { Concluded } from './findings.ts';
import { methodOf } from './method.ts';
import { entriesOf, listed, paragraph, someOf } from './prose.ts';

// What agrees with what, and how strong the check was: at most five lines where a terminal is as wide as usual.

/** The verdict where all agree. */
export function drawPassing(concluded: Concluded, options: ReportOptions): string[] {
  const { check, references } = concluded;
  const { style } = options;
  const [headline, ...rest] = paragraph(agreement(concluded), options, '  ', '✔ ') as [string, ...string[]];
  const open = openText(concluded);
  return [
    ...[headline, ...rest].map((line) => style.good(line)),
    ...(references.length === 0 ? paragraph(ALONE_HERE, options).map((line) => style.open(line)) : []),
    ...(open === '' ? [] : paragraph(open, options).map((line) => style.open(line))),
    ...drawWideBars(check, options),
    ...(check.tensors.length === 0 ? [] : drawStrengthHere(check.audit, options)),
    ...drawHidden(references, options),
    ...drawHints(references, options),
  ];
}

const ALONE_HERE = 'That says nothing of your code: give compare --against "COMMAND" or --reference FILE.';

/** `mine agrees in all 41 entries, and so does the numerical gradient` */
function agreement({ check, references }: Concluded): string {
  const { checked, total, inconclusive } = countEntries(check);
  const numerical = `the numerical gradient${methodOf(check)}`;
  const ofAll = checked === total ? `all ${entriesOf(total)}` : sampleOf(checked, total);
  const agreeing = inconclusive === 0 ? ofAll : `${checked - inconclusive} of ${entriesOf(checked)}`;
  if (references.length === 0)
    return `fcnet's own backprop and ${numerical.replace('the', 'its')} agree in ${agreeing}`;
  const names = listed(references.map(({ name }) => name));
  const agree = references.length === 1 ? 'agrees' : 'agree';
  if (total === 0) return `${names} ${agree} in ${judgedOf(references)}`;
  const open = Math.max(0, ...references.map(({ tensors }) => sumOf(tensors)));
  const theirs = open === 0 ? ofAll : `${checked - open} of ${entriesOf(checked)}`;
  const beside = judgedOf(references);
  const where = beside === '' ? theirs : `${theirs} and in ${beside}`;
  return theirs === agreeing
    ? `${names} ${agree} in ${where}, and so does ${numerical}`
    : `${names} ${agree} in ${where}; ${numerical} in ${agreeing === ofAll && checked === total ? 'all' : agreeing.replace(/ entr(y|ies)/, '')}`;
}

const sampleOf = (checked: number, total: number): string => {
  const percent = ((100 * checked) / total).toFixed(1);
  return `${checked} of ${total} entries (${percent === '0.0' ? '< 0.1' : percent}%)`;
};

const sumOf = (tensors: readonly { readonly inconclusive: number }[]): number =>
  tensors.reduce((count, { inconclusive }) => count + inconclusive, 0);

/** `logits and loss` */
function judgedOf(references: readonly ReferenceVerdict[]): string {
  const agrees = (one: { readonly mismatched: number; readonly inconclusive: number }): boolean =>
    one.inconclusive === 0;
  return listed([
    ...(references.some(({ logits }) => logits !== null && agrees(logits)) ? ['logits'] : []),
    ...(references.some(({ loss }) => loss?.parts.some(({ verdict }) => verdict === 'agree'))
      ? ['loss']
      : []),
  ]);
}

/** Why the numerical gradient leaves entries open. */
export function whyOpen({ method, step, inconclusive }: GradientCheck): string {
  const one = inconclusive.length === 1;
  if (method === 'two losses') return one ? 'is not told by two losses' : 'are not told by two losses';
  if (step > 2 ** -100) return one ? 'has a step that is too large' : 'have a step that is too large';
  return one ? 'lies on a kink of a ReLU' : 'lie on kinks of a ReLU';
}

/** `4 entries of db1 are too uncertain to judge in float64, 2 lie on a kink` */
function openText({ check, references }: Concluded): string {
  const kinks = check.inconclusive.length;
  const own =
    kinks === 0
      ? []
      : [
          `${entriesOf(kinks)} of ${listed([...new Set(check.inconclusive.map(({ tensor }) => tensor))])} ${whyOpen(check)}`,
        ];
  const theirs = references
    .filter((reference) => openOf(reference) > 0)
    .map((reference) => {
      const { name, printed, precision, tensors, logits, loss } = reference;
      const judged = [...tensors, ...(logits ? [logits] : [])];
      const names = [
        ...judged.filter(({ inconclusive }) => inconclusive > 0).map((tensor) => tensor.name),
        ...(loss?.parts.some(({ verdict }) => verdict === 'inconclusive') ? ['loss'] : []),
      ];
      const of = references.length === 1 ? '' : ` of ${name}`;
      return `${entriesOf(openOf(reference))} in ${listed(names)}${of} drown${openOf(reference) === 1 ? 's' : ''} in the rounding of ${printed ?? precision}`;
    });
  const all = [...own, ...theirs];
  return all.length === 0 ? '' : `Inconclusive: ${all.join('; ')}.`;
}

/** Where the numerical gradient is too uncertain for its agreement to show much. */
function drawWideBars({ tensors }: GradientCheck, options: ReportOptions): string[] {
  const wide = tensors.filter((tensor) => wideBarOf(tensor) !== undefined).map(({ name }) => name);
  if (wide.length === 0) return [];
  const text = `The error bar is more than 1% of ${someOf(wide, 4)}: that the numerical gradient agrees there shows little.`;
  return paragraph(text, options).map((line) => options.style.open(line));
}

/** How many of the classic mistakes the example would show. */
function drawStrengthHere({ caught, total, mistakes }: Audit, options: ReportOptions): string[] {
  if (total === 0) return [];
  if (caught === total)
    return paragraph(
      `This example would show each of the ${total} classic mistakes that apply to it.`,
      options,
    );
  const missed = mistakes.filter((mistake) => !mistake.caught);
  return paragraph(
    `This example hides ${total - caught} of the ${total} classic mistakes, such as ${missed[0]!.mistake}: fcnet audit says why.`,
    options,
  ).map((line) => options.style.open(line));
}

/** What the precision of references hides besides. */
function drawHidden(references: readonly ReferenceVerdict[], options: ReportOptions): string[] {
  return references.flatMap(({ name, precision, printed, strength }) => {
    if (strength === null || strength.missed.length === 0) return [];
    const { caught, total, missed } = strength;
    const text = `In ${printed ?? precision}, ${name} would show ${caught} of ${total} of them; ${missed.length === 1 ? 'not' : 'not, for one,'} ${describe(missed[0]!)}.`;
    return paragraph(text, options).map((line) => options.style.open(line));
  });
}

const drawHints = (references: readonly ReferenceVerdict[], options: ReportOptions): string[] =>
  references.flatMap(({ name, hints }) =>
    hints.flatMap((hint) => paragraph(`${references.length === 1 ? '' : `${name}: `}${hint}`, options)),
  );
