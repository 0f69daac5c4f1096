import { type Failure, linesOf } from '../errors.ts';
import { makeStyle, type ReportOptions } from '../style.ts';
import type { Report, Tally } from '../table.ts';
import { cellsOf, MOST, type Placed, sizeOf } from './cells.ts';
import { figuresOf } from './figures.ts';
import { type Headline, headlineOf } from './headline.ts';
import { html, Markup } from './markup.ts';
import { describeNetwork, sectionsOf } from './section.ts';

/** What is in every page: it is made by the build. */
export interface PageParts {
  readonly script: Embedded;
  readonly style: Embedded;
  readonly version: string;
}

/** A text that the page may run or wear, and nothing else: the base64 of its SHA-256 says which. */
export interface Embedded {
  readonly text: string;
  readonly sha256: string;
}

/** A report as it stands in the page, and how it is spoken of where there are several. */
interface Section {
  readonly headline: Headline;
  readonly config: string;
  readonly body: Markup;
}

/**
 * The results of a run as one page that needs nothing else: the verdict first, then what is behind it, the worst
 * entries, heat maps of all tensors, the strength of the check, and how all was computed. Each report is drawn when
 * it is added, and not kept.
 */
export class Page {
  readonly #command: string;
  readonly #parts: PageParts;
  /** of several inputs each has a line at the top */
  readonly #isOne: boolean;
  readonly #sections: Section[] = [];
  readonly #lines: Markup[] = [];
  #maps = 0;
  #room = MOST;
  #left: number;

  /** @param inputs how many there will be: they share the room that a page has */
  constructor({ command, inputs }: { command: string; inputs: number }, parts: PageParts) {
    this.#command = command;
    this.#parts = parts;
    this.#isOne = inputs === 1;
    this.#left = inputs;
  }

  add(report: Report, options: ReportOptions): void {
    const { config } = report;
    const plain = { ...options, style: makeStyle(false), width: Number.POSITIVE_INFINITY };
    const headline = headlineOf(report, options.strictness);
    const heading = this.#isOne ? 'h2' : 'h3';
    const figures = this.#place(report);
    const body = html`${hero(this.#isOne ? 'h1' : 'h2', report, headline, this.#command, plain)}${sectionsOf(
      report,
      figures,
      heading,
      plain,
    )}`;
    const id = `report-${this.#sections.length}`;
    this.#sections.push({
      headline,
      config,
      body: html`<article class="report" id="${id}">${body}</article>`,
    });
    this.#lines.push(
      html`<li>${verdictOf(headline.passed, '')} <a href="#${id}">${config}</a> ${headline.text}</li>`,
    );
  }

  /** The figures of a report: it may take its part of the room that is left. */
  #place(report: Report): Placed[] {
    const figures = figuresOf(report);
    const cells = cellsOf(figures, this.#room / this.#left);
    this.#room -= sizeOf(cells);
    this.#left = Math.max(1, this.#left - 1);
    return figures.map((figure, i) => ({ figure, id: `map-${this.#maps++}`, cells: cells[i]! }));
  }

  /** An input that could not be run. */
  fail({ config, error }: Failure): void {
    this.#left = Math.max(1, this.#left - 1);
    this.#lines.push(
      html`<li><span class="badge bad"><span aria-hidden="true">!</span> error</span> ${config} could not be run<ul>${linesOf(
        error,
      ).map((line) => html`<li>${line}</li>`)}</ul></li>`,
    );
  }

  /** The page, with the verdict on the whole run. */
  end({ passed, agreed, inputs }: Pick<Tally, 'passed' | 'agreed' | 'inputs'>): string {
    const [only] = this.#sections;
    if (this.#isOne && only !== undefined) {
      const { headline, config, body } = only;
      return documentOf(titleOf(headline, config), headline.passed, body, this.#parts);
    }
    const text =
      inputs === 1
        ? 'it could not be run'
        : `${agreed} of ${inputs} configs ${agreed === 1 ? 'agrees' : 'agree'}`;
    const top = html`<header class="hero ${passed ? 'passed' : 'failed'}"><p class="dim">fcnet ${this.#command}</p>
<h1>${verdictOf(passed, text)}</h1>
<ul class="configs">${this.#lines}</ul></header>
`;
    const body = html`${top}${this.#sections.map((section) => section.body)}`;
    return documentOf(titleOf({ passed, text }), passed, body, this.#parts);
  }
}

const titleOf = ({ passed, text }: Headline, config?: string): string =>
  `${passed ? 'pass' : 'fail'}: ${config === undefined ? '' : `${config}: `}${text}`;

function hero(
  level: 'h1' | 'h2',
  report: Report,
  { passed, text, note }: Headline,
  command: string,
  options: ReportOptions,
): Markup {
  const verdict = verdictOf(passed, text);
  const network = describeNetwork(report, options);
  return html`<header class="hero ${passed ? 'passed' : 'failed'}"><p class="dim">fcnet ${command} · ${report.config}</p>
${level === 'h1' ? html`<h1>${verdict}</h1>` : html`<h2>${verdict}</h2>`}
${note && html`<p class="open">${note.charAt(0).toUpperCase()}${note.slice(1)}.</p>`}${network !== '' && html`<p class="dim">${network}</p>`}</header>
`;
}

/** Pass or fail is said in a word, too. */
const verdictOf = (passed: boolean, text: string): Markup =>
  html`<span class="badge ${passed ? 'good' : 'bad'}"><span aria-hidden="true">${passed ? '✔' : '✖'}</span> ${passed ? 'pass' : 'fail'}</span> ${text}`;

/** Nothing may be loaded, sent or run but what stands in the page. */
const policyOf = ({ script, style }: PageParts): string =>
  `default-src 'none'; script-src 'sha256-${script.sha256}'; style-src 'sha256-${style.sha256}'; img-src data:; base-uri 'none'; form-action 'none'`;

function documentOf(title: string, passed: boolean, body: Markup, parts: PageParts): string {
  const icon = `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E%3Ccircle cx='4' cy='4' r='4' fill='${passed ? '%231a7f45' : '%23b3261e'}'/%3E%3C/svg%3E`;
  const whole = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(parts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="fcnet ${parts.version}">
<title>${title}</title>
<link rel="icon" href="${icon}">
<style>${new Markup(parts.style.text)}</style>
</head>
<body>
<main>
${body}</main>
<footer class="dim">fcnet ${parts.version}</footer>
<script>${new Markup(parts.script.text)}</script>
</body>
</html>
`;
  return whole.text;
}
