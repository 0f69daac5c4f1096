import type { Audit } from '../../mistakes/audit.ts';
import type { Comparison } from '../../reference/compare.ts';
import { drawHeader } from '../network.ts';
import { formatError, formatNumber } from '../numbers.ts';
import type { ReportOptions } from '../style.ts';
import type { Report } from '../table.ts';
import { auditOf } from './audits.ts';
import { causesOf } from './causes.ts';
import type { Placed } from './cells.ts';
import { worstEntries } from './entries.ts';
import { mapOf } from './maps.ts';
import { html, type Markup } from './markup.ts';
import { methodOf } from './method.ts';
import { functionTable, marked, scrolling, verdictTable } from './verdicts.ts';

/** A part of a report under a heading. */
interface Section {
  readonly title: string;
  readonly body: Markup;
}

/** The parts of a report below its verdict, under headings of a level. */
export function sectionsOf(
  report: Report,
  figures: readonly Placed[],
  heading: 'h2' | 'h3',
  options: ReportOptions,
): Markup[] {
  const inner = heading === 'h2' ? 'h3' : 'h4';
  return partsOf(report, figures, inner, options).map(
    ({ title, body }) =>
      html`<section>${heading === 'h2' ? html`<h2>${title}</h2>` : html`<h3>${title}</h3>`}
${body}</section>
`,
  );
}

type Inner = 'h3' | 'h4';

function partsOf(
  report: Report,
  figures: readonly Placed[],
  inner: Inner,
  options: ReportOptions,
): Section[] {
  const maps = figures.map((placed) => mapOf(placed, inner, options));
  const worst = worstEntries(figures, options);
  const entries: Section[] = [
    ...(worst ? [{ title: 'Worst entries', body: worst }] : []),
    ...(maps.length > 0 ? [{ title: 'Entry by entry', body: html`${KEYS}${maps}` }] : []),
  ];
  if ('functions' in report)
    return [
      { title: 'Verdicts', body: functionTable(report.functions) },
      ...openOf(
        report.functions.flatMap(({ inconclusive }) => inconclusive),
        options,
      ),
      ...entries,
    ];
  const { outcome, problem } = report;
  if (outcome.command === 'audit') return [audited(outcome.result)];
  if (outcome.command !== 'compare' && outcome.command !== 'gradcheck') return [];
  const { check, references, consensus }: Omit<Comparison, 'passed'> =
    outcome.command === 'compare'
      ? outcome.result
      : { check: outcome.result, references: [], consensus: null };
  const causes = causesOf(references, consensus);
  return [
    { title: 'Verdicts', body: verdictTable(check, references) },
    ...(causes.length > 0 ? [{ title: 'Diagnosis', body: html`${causes}` }] : []),
    ...openOf(check.inconclusive, options),
    ...entries,
    ...(check.tensors.length > 0 ? [audited(check.audit, references)] : []),
    { title: 'How it was computed', body: methodOf(check, references, problem.layout) },
  ];
}

const audited = (audit: Audit, references: Comparison['references'] = []): Section => ({
  title: 'Strength of the check',
  body: auditOf(audit, references),
});

/** How a map is read, which its keys are. */
const KEYS = html`<p class="dim keys">Point at a cell, or focus a map and use the arrow keys: <kbd>n</kbd> and <kbd>p</kbd> go to the next and the previous wrong entry, <kbd>Home</kbd> and <kbd>End</kbd> to the ends of a row, <kbd>Page Up</kbd> and <kbd>Page Down</kbd> ten rows on.</p>`;

type Open = Comparison['check']['inconclusive'];

/** The entries that the numerical gradient leaves open, with both slopes. */
function openOf(inconclusive: Open, { digits, worst, full }: ReportOptions): Section[] {
  if (inconclusive.length === 0) return [];
  const shown = full ? inconclusive : inconclusive.slice(0, Math.max(worst, 1));
  const more = inconclusive.length - shown.length;
  const rows = shown.map(
    ({ tensor, index, left, right }) =>
      html`<tr><th scope="row">${tensor}[${index.join(', ')}]</th><td>${formatNumber(left, digits)}</td><td>${formatNumber(right, digits)}</td><td>${formatError(Math.abs(right - left))}</td></tr>`,
  );
  const body = html`<p>${marked(
    'inconclusive',
    `${inconclusive.length} inconclusive: no single slope is right there, on a kink or with too large a step`,
  )}</p>${scrolling(
    'Inconclusive entries',
    html`<table class="numbers"><thead><tr>${['entry', 'slope to the left', 'to the right', 'apart'].map(
      (name) => html`<th scope="col">${name}</th>`,
    )}</tr></thead><tbody>${rows}</tbody></table>`,
  )}${more > 0 && html`<p class="dim">and ${more} more (--full shows all)</p>`}`;
  return [{ title: 'Inconclusive entries', body }];
}

/** What the network is: `3 → 4 sigmoid → 5 softmax · cross-entropy · mean · N = 2 · λ = 0.5` */
export function describeNetwork(report: Report, options: ReportOptions): string {
  return 'functions' in report ? '' : drawHeader('', report.problem.network, options).trim();
}
