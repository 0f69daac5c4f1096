import { InvalidArgumentError, Option } from 'commander';
import { GIVE_WORDS, type GiveWord, giveOf } from '../reference/give.ts';
import { allowed } from './options.ts';

/** `--give rows,in-out,first,text` */
export function giveOption(): Option {
  return new Option(
    '--give <how>',
    `how commands of --against get arrays and give them back: ${GIVE_WORDS.join(', ')}; text is lines of name, count of dimensions, dimensions, values`,
  )
    .default([], 'as the config has them, JSON')
    .argParser((text, previous: readonly GiveWord[] = []) => {
      const words = [...previous, ...text.split(',').map((word) => giveWord(word.trim()))];
      try {
        giveOf(words);
      } catch (error) {
        if (error instanceof RangeError) throw new InvalidArgumentError(error.message);
        throw error;
      }
      return words;
    });
}

function giveWord(text: string): GiveWord {
  const known = GIVE_WORDS.find((word) => word === text);
  if (known === undefined) throw new InvalidArgumentError(allowed(text, GIVE_WORDS));
  return known;
}
