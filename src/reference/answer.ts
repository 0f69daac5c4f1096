import type { Besides } from '../files/text-arrays.ts';

export type { Besides } from '../files/text-arrays.ts';

// The answer of a program that prints something else before it.

/** A JSON text on the lines and columns on which it stood, and what stood before it. */
export interface Answer {
  readonly json: string;
  readonly besides: Besides | undefined;
}

/** The last JSON object of what a program has written, if that ends in one, and what it has written before. */
export function lastObject(text: string): Answer {
  const start = startOfLast(text) ?? firstLine(text);
  let first = '';
  let lines = 0;
  let ends = 0;
  let at = 0;
  for (let end = text.indexOf('\n'); at < start; end = text.indexOf('\n', at)) {
    const line = text.slice(at, end < 0 ? start : Math.min(end, start)).trim();
    if (line !== '' && lines++ === 0) first = line;
    if (end < 0 || end >= start) break;
    ends++;
    at = end + 1;
  }
  return {
    json: '\n'.repeat(ends) + ' '.repeat(start - at) + text.slice(start),
    besides: lines === 0 ? undefined : { first, lines },
  };
}

/** Where an object that is not whole seems to begin: its error is to be shown, not that of a line before. */
const firstLine = (text: string): number => Math.max(0, text.search(/^[^\S\n]*\{/m));

/** Backwards from its end, for what stands before it may be anything: quotes and brackets that are not closed. */
function startOfLast(text: string): number | undefined {
  let at = text.trimEnd().length - 1;
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
    if (backslashes % 2 === 0) return at;
  }
  return -1;
}
