import { describe } from '../../diagnosis/diagnosis.ts';
import type { Audit, AuditedMistake } from '../../mistakes/audit.ts';
import type { ReferenceVerdict } from '../../reference/judge.ts';
import { namesByLayer } from '../audit.ts';
import { linesOf } from './causes.ts';
import { html, type Markup } from './markup.ts';
import { marked, scrolling } from './verdicts.ts';

// Which classic mistakes a check would catch, which not, and why.

export function auditOf(audit: Audit, references: readonly ReferenceVerdict[] = []): Markup {
  const { caught, total, mistakes } = audit;
  const missed = mistakes.filter((mistake) => !mistake.caught);
  const said =
    missed.length === 0
      ? marked('agree', `This check catches all ${total} classic mistakes that apply.`)
      : marked('inconclusive', `This check catches ${caught} of ${total} classic mistakes.`);
  return html`<p>${said}</p>${hidden(references)}${reasons(missed)}<details><summary>All ${total} mistakes, with their equations</summary>${allOf(
    audit,
  )}</details>`;
}

/** What the precision of references hides besides. */
const hidden = (references: readonly ReferenceVerdict[]): Markup[] =>
  references.flatMap(({ name, precision, printed, strength }) =>
    strength === null || strength.missed.length === 0
      ? []
      : [
          html`<p>${marked(
            'inconclusive',
            `${name} in ${printed ?? precision} would show ${strength.caught} of ${strength.total} classic mistakes; not ${strength.missed.map(describe).join(', ')}.`,
          )}</p>`,
        ],
  );

/** The missed mistakes, those with one reason together. */
function reasons(missed: readonly AuditedMistake[]): Markup[] {
  const whys = [...new Set(missed.map(({ why }) => why ?? ''))];
  return whys.map((why) => {
    const names = namesByLayer(missed.filter((mistake) => (mistake.why ?? '') === why));
    const [reason, change] = why.split('; ') as [string, string?];
    return html`<article class="card"><p class="title">${marked('mismatch', `missed: ${names}`)}</p>
<p>Because ${reason}.${change && html` <strong>To catch them:</strong> ${change}.`}</p></article>`;
  });
}

function allOf({ mistakes }: Audit): Markup {
  const ids = [...new Set(mistakes.map(({ mistake }) => mistake))];
  const rows = ids.map((id) => {
    const found = mistakes.filter(({ mistake }) => mistake === id);
    const { explanation, lines } = found.at(-1)!; // of all layers, where there are several
    const where = found.map(({ caught, layer }) =>
      marked(
        caught ? 'agree' : 'mismatch',
        `${caught ? 'caught' : 'missed'} ${layer === null ? 'at all layers' : `at layer ${layer}`}`,
      ),
    );
    return html`<tr><th scope="row">${id}</th><td>${where.map((one) => html`<div>${one}</div>`)}</td><td>${explanation}${linesOf(
      [
        ['right', lines.right],
        ['wrong', lines.wrong],
      ],
    )}</td></tr>`;
  });
  return scrolling(
    'All mistakes',
    html`<table class="audit"><thead><tr><th scope="col">mistake</th><th scope="col">caught</th><th scope="col">what is computed</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
}
