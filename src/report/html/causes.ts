import { type Diagnosis, describe } from '../../diagnosis/diagnosis.ts';
import { type Consensus, OURSELVES } from '../../reference/consensus.ts';
import type { ReferenceVerdict } from '../../reference/judge.ts';
import { html, type Markup } from './markup.ts';

// What is behind references that disagree: another network, mistakes with their equations, or the place.

export const causesOf = (references: readonly ReferenceVerdict[], consensus: Consensus | null): Markup[] => [
  ...references.flatMap(causesOfOne),
  ...(consensus === null ? [] : [consensusOf(consensus)]),
];

function causesOfOne(reference: ReferenceVerdict): Markup[] {
  const { name, diagnosis, convention, where, hints } = reference;
  return [
    ...(convention === null ? [] : [conventionOf(reference)]),
    ...diagnosis.map((one) => mistakeOf(name, one)),
    ...where.map(({ tensors, explanation }) =>
      card(
        html`${name}${tensors.length > 0 && html`: ${tensors.join(', ')}`}`,
        html`<p>${capital(explanation)}.</p>`,
      ),
    ),
    ...(hints.length === 0
      ? []
      : [card(html`${name}: hints`, html`<ul>${hints.map((hint) => html`<li>${hint}</li>`)}</ul>`)]),
  ];
}

function mistakeOf(name: string, { mistake, layer, tensors, explanation, lines }: Diagnosis): Markup {
  return card(
    html`${name}: <strong>${describe({ mistake, layer })}</strong>`,
    html`<p>${capital(explanation)}. <span class="dim">Explains ${tensors.join(', ')}.</span></p>${
      lines &&
      linesOf([
        ['right', lines.right],
        ['yours', lines.wrong],
      ])
    }`,
  );
}

type Labelled = readonly [label: string, line: { readonly equation: string; readonly code: string }];

/** The right line and the wrong one, as an equation and as code, one above the other. */
export const linesOf = (lines: readonly Labelled[]): Markup =>
  html`<table class="lines"><tbody>${lines.map(
    ([label, { equation, code }]) =>
      html`<tr class="${label === 'right' ? 'good' : 'bad'}"><th scope="row">${label}</th><td class="equation">${equation}</td><td><code>${code}</code></td></tr>`,
  )}</tbody></table>`;

function conventionOf({ name, convention }: ReferenceVerdict): Markup {
  const { options, agrees } = convention!;
  const flags = Object.entries(options)
    .map(([key, value]) => `--${key} ${value}`)
    .join(' ');
  return card(
    html`${name}: <strong>the right gradient of another network</strong>`,
    html`<p>With <code>${flags}</code> ${agrees} entries agree. If that is what you meant, add it.</p>`,
  );
}

function consensusOf({ odd, agree }: Consensus): Markup {
  const advice = odd.includes(OURSELVES) ? ' Does the config describe the network that they ran?' : '';
  return card(
    html`odd one out: <strong>${odd.join(', ')}</strong>`,
    html`<p>${agree.join(', ')} agree with one another.${advice}</p>`,
  );
}

const card = (title: Markup, body: Markup): Markup =>
  html`<article class="card"><p class="title">${title}</p>${body}</article>`;

/** A sentence, unless it begins with a name, such as db1. */
const capital = (text: string): string => text.replace(/^[a-z](?=[a-z]* )/, (letter) => letter.toUpperCase());
