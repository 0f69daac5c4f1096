import type { Layout } from '../../core/layout.ts';
import type { GradientCheck } from '../../gradcheck/gradcheck.ts';
import type { ReferenceVerdict } from '../../reference/judge.ts';
import { describeReading } from '../reading.ts';
import { countEntries } from '../screen/counts.ts';
import { formatMethod } from '../screen/method.ts';
import { html, type Markup } from './markup.ts';

const FROM: Readonly<Record<ReferenceVerdict['precisionFrom'], string>> = {
  declared: 'as its file says',
  values: 'as its values look',
  option: 'as --dtype says',
};

/** How everything was computed and judged. */
export function methodOf(
  check: GradientCheck,
  references: readonly ReferenceVerdict[],
  { samples, weights, biases }: Layout,
): Markup {
  const { checked, total } = countEntries(check);
  const read = references.filter((reference) => reference.read.length > 0);
  const facts: [string, Markup | string][] = [
    ['numerical gradient', formatMethod(check)],
    ...(checked < total
      ? ([['entries', `${checked} of ${total} were checked`]] satisfies [string, string][])
      : []),
    [
      'verdict',
      `an entry agrees where |analytic − numerical| is at most ${check.measurement.rtol} of it and the rounding of its terms`,
    ],
    ['± bar', 'rounding and truncation: the true gradient lies inside'],
    ...references.map(({ name, precision, precisionFrom, printed }): [string, string] => [
      name,
      `${precision}, ${FROM[precisionFrom]}${printed === null ? '' : `; agrees to the ${printed} that were printed`}`,
    ]),
    ...read.map((reference): [string, string] => ['names', describeReading(reference.name, reference.read)]),
    ['layout', `samples are ${samples}, weights ${weights}, biases ${biases}`],
  ];
  return html`<dl>${facts.map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}</dl>`;
}
