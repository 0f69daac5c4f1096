import { arraysOfConfig } from '../config/as-arrays.ts';
import type { Problem } from '../config/problem.ts';
import { writtenOut } from '../config/written-out.ts';
import type { Layout } from '../core/layout.ts';
import { writeTextArrays } from '../files/text-arrays.ts';

/** How a command gets the arrays of a config, and gives its own back: as the config's lie, and as JSON, unless it says so. */
export interface Give extends Partial<Layout> {
  readonly text?: true;
}

/** What each word of `--give` says. */
const WORDS = {
  columns: { samples: 'columns' },
  rows: { samples: 'rows' },
  'out-in': { weights: 'out-in' },
  'in-out': { weights: 'in-out' },
  separate: { biases: 'separate' },
  first: { biases: 'first' },
  last: { biases: 'last' },
  text: { text: true },
} as const satisfies Record<string, Give>;

export const GIVE_WORDS = Object.keys(WORDS) as (keyof typeof WORDS)[];
export type GiveWord = keyof typeof WORDS;

/**
 * What some words say together.
 *
 * @throws RangeError where two contradict each other
 */
export function giveOf(words: readonly GiveWord[]): Give {
  const said = new Map<string, GiveWord>();
  for (const word of words) {
    const [key = ''] = Object.keys(WORDS[word]);
    const before = said.get(key) ?? word;
    if (before !== word) throw new RangeError(`Arrays are given as ${before} or as ${word}, not both.`);
    said.set(key, word);
  }
  return Object.assign({}, ...words.map((word) => WORDS[word]));
}

/** The words of `rows,in-out`, or of a list of such; undefined where they are no such words, or contradict each other. */
export function giveWordsOf(text: string | readonly string[]): GiveWord[] | undefined {
  const words = [text].flat().flatMap((part) => part.split(',').map((word) => word.trim()));
  if (!words.every((word): word is GiveWord => GIVE_WORDS.some((known) => known === word))) return undefined;
  try {
    giveOf(words);
    return words;
  } catch {
    return undefined;
  }
}

/** How the arrays of a problem lie where they are given so; a network without biases stays one. */
export const layoutGiven = ({ network, layout }: Problem, { samples, weights, biases }: Give): Layout => ({
  samples: samples ?? layout.samples,
  weights: weights ?? layout.weights,
  biases: network.biased ? (biases ?? layout.biases) : layout.biases,
});

/** A config as a command gets it: every array written out, defaults filled in, as JSON or as lines of text. */
export function givenText(problem: Problem, give: Give): string {
  const config = writtenOut({ ...problem, layout: layoutGiven(problem, give) });
  if (give.text !== true) return JSON.stringify(config);
  return writeTextArrays(arraysOfConfig(withoutEmpty(config), 'float64'));
}

/** What would be no array and no word: a name of several words, the activations of a network without hidden layers. */
function withoutEmpty({ name, activation, ...config }: Record<string, unknown>): Record<string, unknown> {
  const isEmpty = Array.isArray(activation) && activation.length === 0;
  return isEmpty ? config : { ...config, activation };
}
