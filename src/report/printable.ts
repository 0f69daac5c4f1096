/** Control characters, of 8 bits too, and those that turn the direction of text or take no place. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Text of the input without its control characters, each replaced by one that shows and keeps the columns. */
export const printable = (text: string): string =>
  text.replace(UNPRINTABLE, (char) => (char === '\t' ? ' ' : '·'));

/** The same for a text of several lines. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n');

/** A JSON text with such characters escaped: it means the same and harms no terminal. */
export const escapeUnprintable = (json: string): string =>
  json.replace(UNPRINTABLE, (char) =>
    char === '\n' ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
