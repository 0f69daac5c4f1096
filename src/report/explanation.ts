import { type Explanation, explain, type FindingId, findingIds } from '../mistakes/explain.ts';
import { wrap } from './layout.ts';
import type { ReportOptions } from './style.ts';

type Drawing = Pick<ReportOptions, 'style' | 'width'>;

/** One mistake: what it is, the right and the wrong line, what to do. */
export function drawExplanation(
  { mistake, explanation, right, wrong, mend, derivation, forms }: Explanation,
  { style, width }: Drawing,
): string {
  const column = Math.max(right.equation.length, wrong.equation.length) + 4;
  const fits = 10 + column + Math.max(right.code.length, wrong.code.length) <= width;
  const line = (label: string, { equation, code }: Explanation['right']): string =>
    fits
      ? `  ${label.padEnd(8)}${equation.padEnd(column)}${code}`
      : `  ${label.padEnd(8)}${equation}\n${' '.repeat(10 + code.length > width ? 4 : 10)}${code}`;
  const paragraph = (label: string, text: string): string =>
    wrap(text, width, ' '.repeat(10), `  ${label.padEnd(8)}`);
  return [
    wrap(`${style.heading(mistake)}  ${explanation}`, width, '  '),
    '',
    style.good(line('right', right)),
    style.bad(line('wrong', wrong)),
    '',
    paragraph('mend', mend),
    paragraph('lesson', derivation),
    ...(forms.length === 0 ? [] : [paragraph('also', forms.join('; '))]),
    '',
  ].join('\n');
}

/** All mistakes with a sentence each. */
export function drawExplanations({ style, width }: Drawing): string {
  const longest = Math.max(...findingIds.map((id) => id.length)) + 2;
  const column = longest <= width / 2 ? longest : 4; // else the sentence follows the name
  const rows = findingIds.map((id: FindingId) =>
    wrap(
      explain(id).explanation,
      width,
      ' '.repeat(column),
      column > id.length ? id.padEnd(column) : `${id}  `,
    ).replace(id, style.heading(id)),
  );
  return [
    ...rows,
    '',
    wrap('fcnet explain ID shows the equations, the code and what to do.', width, ''),
    '',
  ].join('\n');
}
