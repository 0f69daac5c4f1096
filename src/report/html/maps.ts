import { formatShape } from '../layout.ts';
import type { ReportOptions } from '../style.ts';
import type { Placed } from './cells.ts';
import { entryTable, LISTED } from './entries.ts';
import { html, jsonElement, type Markup } from './markup.ts';
import type { Cells } from './page/written.ts';

/** The heat maps of a tensor: the page's script draws them from the data that stands beside. */
export function mapOf(
  { id, figure, cells }: Placed,
  heading: 'h3' | 'h4',
  { digits }: ReportOptions,
): Markup {
  const { name, shape } = figure;
  const title = html`${name} <span class="dim">${formatShape(shape)}</span>`;
  return html`<div class="tensor" id="${id}" role="group" aria-labelledby="${id}-title">
${heading === 'h3' ? html`<h3 id="${id}-title">${title}</h3>` : html`<h4 id="${id}-title">${title}</h4>`}
${shortened(cells)}<div class="map" data-map="${id}"><noscript><p class="dim">The heat maps need JavaScript.</p></noscript>${jsonElement(cells)}</div>
${figure.ours.data.length <= LISTED && entryTable(figure, digits)}
</div>
`;
}

/** What of a large tensor is not on the page. */
function shortened({ block: [down, across], exact }: Cells): Markup | undefined {
  if (down * across > 1)
    return html`<p class="dim">Too large to show whole: each cell is the worst entry of a block of ${down} × ${across}.</p>`;
  return exact
    ? undefined
    : html`<p class="dim">A large tensor: what differs much is shown to eight significant digits.</p>`;
}
