/** Markup that was written here: whatever came from elsewhere is escaped in it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in markup: nothing is printed of undefined, null and false. */
export type Part = Markup | string | number | undefined | null | false | readonly Part[];

/** Markup with values in it, each of which is escaped, unless it is markup itself. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Markup =>
  new Markup(strings.reduce((text, string, i) => `${text}${textOf(parts[i - 1])}${string}`));

function textOf(part: Part): string {
  if (part === undefined || part === null || part === false) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return part.map(textOf).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char] as string);

/** Data for the page's script, in an element that neither runs nor shows: no `<` of it can end the element. */
export const jsonElement = (value: unknown): Markup =>
  new Markup(`<script type="application/json">${JSON.stringify(value).replaceAll('<', '\\u003c')}</script>`);
