// Where the values of a JSON text end that hold no others: texts, numbers, words. A fault is ~ its offset: negative.

const SPACE = 0x20;
const QUOTE = 0x22;
const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const UPPER_E = 0x45;
const BACKSLASH = 0x5c;
const LOWER_E = 0x65;
const LOWER_U = 0x75;

/**
 * Where the value that stands at an offset ends.
 *
 * @param code the character there
 * @param bareWords takes NaN, Infinity and -Infinity for values
 */
export function endOfScalar(text: string, at: number, code: number, bareWords: boolean): number {
  if (code === QUOTE) return endOfString(text, at);
  if (isDigit(code)) return endOfNumber(text, at);
  const word = wordOf(code);
  if (word !== '') return endOfWord(text, at, word);
  if (bareWords) {
    const bare = BARE_WORDS.find((known) => text.startsWith(known, at));
    if (bare !== undefined) return endOfWord(text, at, bare);
  }
  return code === MINUS ? endOfNumber(text, at) : ~at;
}

/** The word of JSON that begins with a character. */
function wordOf(first: number): string {
  if (first === 0x6e) return 'null';
  if (first === 0x74) return 'true';
  return first === 0x66 ? 'false' : '';
}

const BARE_WORDS = ['NaN', 'Infinity', '-Infinity'];

/** Whether a word is one for a number that JSON does not have. */
export const isNonFinite = (word: string): boolean => /^(?:NaN|-?Infinity)$/.test(word);

const isDigit = (code: number): boolean => code >= ZERO && code <= NINE;

/** A letter, a digit or _: what would make another word of a word. */
const isWordChar = (code: number): boolean =>
  isDigit(code) || code === 0x5f || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a);

function endOfWord(text: string, at: number, word: string): number {
  const end = at + word.length;
  for (let i = 1; i < word.length; i++) if (text.charCodeAt(at + i) !== word.charCodeAt(i)) return ~at;
  return isWordChar(text.charCodeAt(end)) ? ~at : end;
}

/** Where a string ends, behind its quotes. */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code < SPACE) return ~at;
    if (code !== BACKSLASH) continue;
    const end = endOfEscape(text, at);
    if (end < 0) return end;
    at = end - 1;
  }
  return ~text.length;
}

function endOfEscape(text: string, at: number): number {
  const code = text.charCodeAt(at + 1);
  if (code !== LOWER_U) return ESCAPES.has(code) ? at + 2 : ~at;
  for (let i = at + 2; i < at + 6; i++) if (!isHexDigit(text.charCodeAt(i))) return ~at;
  return at + 6;
}

const ESCAPES: ReadonlySet<number> = new Set(Array.from('"\\/bfnrt', (char) => char.charCodeAt(0)));

const isHexDigit = (code: number): boolean =>
  isDigit(code) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x66);

function endOfNumber(text: string, start: number): number {
  const whole = text.charCodeAt(start) === MINUS ? start + 1 : start;
  let end = text.charCodeAt(whole) === ZERO ? whole + 1 : endOfDigits(text, whole);
  if (text.charCodeAt(end) === DOT) end = endOfDigits(text, end + 1);
  const code = text.charCodeAt(end);
  if (code === LOWER_E || code === UPPER_E) {
    const sign = text.charCodeAt(end + 1);
    end = endOfDigits(text, sign === PLUS || sign === MINUS ? end + 2 : end + 1);
  }
  const next = text.charCodeAt(end); // of -1, which says that digits are missing, there is none
  return end < 0 || isDigit(next) || next === DOT ? ~start : end; // 01, 1.2.3
}

/** Where at least one digit ends; -1 where there is none. */
function endOfDigits(text: string, start: number): number {
  let at = start;
  while (isDigit(text.charCodeAt(at))) at++;
  return at === start ? -1 : at;
}

/** A string without its quotes, its escapes read. */
export function unquoted(text: string, start: number, end: number): string {
  const inner = text.slice(start + 1, end - 1);
  return inner.includes('\\') ? JSON.parse(`"${inner}"`) : inner;
}
