import type { Besides } from '../reference/answer.ts';
import type { ReadAs } from '../reference/naming.ts';
import { cut, printable } from './printable.ts';

/** How many of the names that were read are listed. */
const LISTED = 8;
const LONGEST = 40;

/** `mine.json: W1 is read as dW1, b1 as db1 (by number and kind)`: what of a reference was read as something else. */
export function describeReading(name: string, read: readonly ReadAs[]): string {
  const whys = [...new Set(read.map(({ why }) => why))];
  const parts = whys.map((why) => {
    const pairs = read.filter((one) => one.why === why);
    const shown = pairs
      .slice(0, LISTED)
      .map(({ from, to }, i) => `${cut(from, LONGEST)}${i === 0 ? ' is read' : ''} as ${to}`);
    const more = pairs.length > LISTED ? ` and ${pairs.length - LISTED} more` : '';
    return `${shown.join(', ')}${more} (${why})`;
  });
  return printable(`${name}: ${parts.join('; ')}`);
}

/** `mine: ignored J = 2.2866 and 2 more lines, which are no part of its answer` */
export function describeBesides(name: string, { first, lines }: Besides): string {
  const more = lines === 1 ? '' : ` and ${lines - 1} more ${lines === 2 ? 'line' : 'lines'}`;
  const are = lines === 1 ? 'which is' : 'which are';
  return printable(`${name}: ignored "${cut(first, LONGEST_LINE)}"${more}, ${are} no part of its answer`);
}

const LONGEST_LINE = 80;
