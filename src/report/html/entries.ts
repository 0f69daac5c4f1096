import { indexOf, relativeError } from '../../gradcheck/verdict.ts';
import { formatEntry } from '../layout.ts';
import { formatColumn, formatError } from '../numbers.ts';
import type { ReportOptions } from '../style.ts';
import type { Placed } from './cells.ts';
import { excessOf, type Figure, type Other } from './figures.ts';
import { html, type Markup } from './markup.ts';
import { marked, scrolling } from './verdicts.ts';

// Entries one by one: the worst of all tensors, and small tensors as tables.

interface Entry {
  readonly placed: Placed;
  readonly other: Other;
  readonly i: number;
  readonly excess: number;
}

/** How many of the worst entries a page lists, however many tensors and references there are. */
const MOST = 30;

/** The wrong entries that exceed their allowance most, some of each tensor; where none is wrong, the closest to it. */
export function worstEntries(
  figures: readonly Placed[],
  { worst, digits }: ReportOptions,
): Markup | undefined {
  if (worst === 0) return undefined;
  const wrong = figures.flatMap((placed) =>
    placed.figure.others.flatMap((other) => worstOf(placed, other, worst, 'mismatch')),
  );
  const all = wrong.length > 0 ? wrong : closest(figures, worst);
  if (all.length === 0) return undefined;
  const rows = all.sort((a, b) => b.excess - a.excess).slice(0, MOST);
  const more = all.length - rows.length;
  const note =
    wrong.length > 0 ? undefined : 'No entry is wrong; these come closest to what they may differ by.';
  const head = ['entry', 'against', 'analytic', 'theirs', '|Δ|', 'allowed', 'relative'];
  return html`${note && html`<p>${note}</p>`}${scrolling(
    'Worst entries',
    html`<table class="numbers"><thead><tr>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows.map(
      (entry) => worstRow(entry, digits),
    )}</tbody></table>`,
  )}${more > 0 && html`<p class="dim">and ${more} more, in the maps below</p>`}`;
}

function worstRow({ placed: { id, figure }, other, i }: Entry, digits: number): Markup {
  const [a, b] = [figure.ours.data[i]!, other.data[i]!];
  const numbers = [
    ...formatColumn([a, b], digits + 2),
    formatError(Math.abs(a - b)),
    formatError(other.allowed[i]!),
    formatError(relativeError(a, b)),
  ];
  const name = formatEntry(figure.name, indexOf(i, figure.shape));
  return html`<tr><th scope="row"><a href="#${id}" data-entry="${i}">${name}</a></th><td class="name">${other.label}</td>${numbers.map(
    (text) => html`<td>${text}</td>`,
  )}</tr>`;
}

function closest(figures: readonly Placed[], count: number): Entry[] {
  const all = figures.flatMap((placed) =>
    placed.figure.others.flatMap((other) => worstOf(placed, other, count, 'agree')),
  );
  return all.sort((a, b) => b.excess - a.excess).slice(0, count);
}

function worstOf(placed: Placed, other: Other, count: number, verdict: 'agree' | 'mismatch'): Entry[] {
  const found: Entry[] = [];
  let least = Number.NEGATIVE_INFINITY;
  other.verdicts.forEach((judged, i) => {
    if (judged !== verdict) return;
    const excess = excessOf(placed.figure.ours.data, other, i);
    if (found.length >= count && excess <= least) return;
    found.push({ placed, other, i, excess });
    found.sort((a, b) => b.excess - a.excess || a.i - b.i);
    if (found.length > count) found.pop();
    least = found.at(-1)!.excess;
  });
  return found;
}

/** What has more entries is shown as a map only. */
export const LISTED = 200;

/** Every entry of a small tensor, in words. */
export function entryTable({ name, shape, ours, others }: Figure, digits: number): Markup {
  const columns = [ours.data, ...others.map(({ data }) => data)].map((data) =>
    formatColumn([...data], digits),
  );
  const head = [
    'entry',
    ours.label,
    ...others.flatMap(({ label, bar }) => [label, ...(bar ? ['± bar'] : []), 'verdict']),
  ];
  const rows = [...ours.data.keys()].map(
    (i) =>
      html`<tr><th scope="row">${formatEntry(name, indexOf(i, shape))}</th><td>${columns[0]![i]}</td>${others.map(
        (other, o) => cellsOf(other, columns[o + 1]![i]!, i),
      )}</tr>`,
  );
  return html`<details><summary>${name} as a table</summary>${scrolling(
    `Entries of ${name}`,
    html`<table class="numbers"><thead><tr>${head.map((text) => html`<th scope="col">${text}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`,
  )}</details>`;
}

function cellsOf({ verdicts, bar }: Other, text: string, i: number): Markup {
  const verdict = verdicts[i];
  if (verdict === undefined)
    return html`<td>–</td>${bar && html`<td>–</td>`}<td class="name dim">not checked</td>`;
  return html`<td>${text}</td>${bar && html`<td class="dim">${formatError(bar[i]!)}</td>`}<td class="name">${marked(
    verdict,
    verdict === 'agree' ? 'agrees' : verdict,
  )}</td>`;
}
