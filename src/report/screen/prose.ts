import { wrap } from '../layout.ts';
import type { ReportOptions } from '../style.ts';

/** Longer lines are hard to read, however wide the terminal is. */
const LONGEST_LINE = 100;

/** `dW1`, `dW1 and db1`, `dW1, db1 and dW2` */
export const listed = (names: readonly string[]): string =>
  names.length <= 1 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** `a, b, c and 4 more` */
export const someOf = (names: readonly string[], most: number): string =>
  names.length <= most + 1
    ? listed(names)
    : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;

/** `1 entry`, `4 entries` */
const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** `entry`: many `entries` */
export const entriesOf = (count: number): string => countOf(count, 'entry', 'entries');

/** A text in lines that fit, the first after `first` and the others after `indent`. */
export const paragraph = (
  text: string,
  { width }: Pick<ReportOptions, 'width'>,
  indent = '  ',
  first = indent,
): string[] => wrap(text, Math.min(width, LONGEST_LINE), indent, first).split('\n');
