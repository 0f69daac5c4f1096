// Text that came with an input, made fit to be printed: it says what it says, and does nothing else.

/**
 * Characters that show nothing or move others: controls, formats (category Cf: what turns the direction of text,
 * tags, joiners), halves of a pair, separators of lines, and all that Unicode calls ignorable but the two that
 * choose how an emoji looks.
 */
const unprintable = (): RegExp =>
  /(?![\ufe0e\ufe0f])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu; // made late: it takes time

/** Where such characters can be: most of a long text is plain, and passed over quickly. */
const NOT_PLAIN = /[^\n -~]+/g;

const replaceUnprintable = (text: string, by: (char: string) => string): string =>
  text.replace(NOT_PLAIN, (part) => part.replace(unprintable(), by));

/**
 * What the logs of CI services take for a command: `::name::` at the beginning of a line (GitHub), and anywhere in
 * one `##[name]` (GitHub, Azure), `##vso[`, `##teamcity[`.
 */
const LEADING_COLONS = /(?<=^|\s):(?=:)/g;
const BRACKETED = /##(?=\w*\[)/g;

/** Text of the input as it is shown: each character that must not be printed becomes one that shows and keeps the columns. */
export const printable = (text: string): string =>
  replaceUnprintable(text.replaceAll('\n', '·'), (char) => (char === '\t' ? ' ' : '·'.repeat(char.length)))
    .replace(LEADING_COLONS, '·')
    .replace(BRACKETED, '#·');

/** The same for a text of several lines. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n');

/** A JSON text with such characters escaped: it means the same and harms neither a terminal nor a log. */
export const escapeUnprintable = (json: string): string =>
  replaceUnprintable(json, escaped).replace(BRACKETED, '#\\u0023');

const escaped = (char: string): string =>
  Array.from(
    { length: char.length },
    (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');

/** Colours and what else stands before the first character of a line that shows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
const LINE_OF_COLONS = /^((?:[^\S\n]|\u001b\[[\d;]*m)*):(?=:)/gm;

/** A whole text in which no line is a command to the log of a CI service, whatever its parts are. */
export const withoutCommands = (text: string): string =>
  text.replace(LINE_OF_COLONS, '$1·').replace(BRACKETED, '#·');

/** A text of at most so many characters, cut in the middle: both its ends tell it from others. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = Math.floor((most - 1) / 2);
  return `${text.slice(0, most - 1 - end)}…${text.slice(text.length - end)}`;
}
