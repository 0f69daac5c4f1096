// Numbers as programs of all languages print them.

/** As C, Fortran (1.0D+00), R (NA), Octave and the others do; NaN and infinities as C and Windows call them, too. */
const NUMERAL = /^[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:[ed][-+]?\d+)?|nan(?:\(\w*\))?|na|inf(?:inity)?)$/i;

export const isNumeral = (word: string): boolean => NUMERAL.test(word);

/** The number that a numeral means. */
export function numberOf(word: string): number {
  if (/na/i.test(word)) return Number.NaN;
  if (/inf/i.test(word)) return word.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(word.replace(/d/i, 'e'));
}

/** The shortest numeral that reads back as the same number; JavaScript's own has no sign for −0. */
export const numeral = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));
