import type { Besides } from '../files/text-arrays.ts';

export type { Besides } from '../files/text-arrays.ts';

// The answer of a program that prints something else before it.

/** A JSON text with blanks in place of what stands before it, so that places in it stay what they are. */
export interface Answer {
  readonly json: string;
  readonly besides: Besides | undefined;
}

/** The last JSON object of what a program has written, if that ends in one, and what it has written before. */
export function lastObject(text: string): Answer {
  const start = startOfLast(text) ?? firstLine(text);
  const before = text.slice(0, start);
  const lines = before.split('\n').filter((line) => line.trim() !== '');
  return {
    json: before.replace(/[^\n]/g, ' ') + text.slice(start),
    besides: lines.length === 0 ? undefined : { first: lines[0]!.trim(), lines: lines.length },
  };
}

/** Where an object that is not whole seems to begin: its error is to be shown, not that of a line before. */
const firstLine = (text: string): number => Math.max(0, text.search(/^[^\S\n]*\{/m));

/** Backwards from its end, for what stands before it may be anything: quotes and brackets that are not closed. */
function startOfLast(text: string): number | undefined {
  let at = text.length - 1;
  while (at >= 0 && /\s/.test(text[at]!)) at--;
  if (text[at] !== '}') return undefined;
  let depth = 0;
  for (; at >= 0; at--) {
    const char = text[at];
    if (char === '"') at = startOfString(text, at);
    else if (char === '}' || char === ']') depth++;
    else if ((char === '{' || char === '[') && --depth === 0) return at;
  }
  return undefined;
}

/** Where the string begins that ends there: at a quote with an even number of backslashes before it. */
function startOfString(text: string, end: number): number {
  for (let at = text.lastIndexOf('"', end - 1); at >= 0; at = text.lastIndexOf('"', at - 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0 || at === 0) return at;
  }
  return -1;
}
