import { Budget } from './budget.ts';
import { describe } from './describe.ts';
import { InputError, shorten } from './errors.ts';
import { problemAt } from './json.ts';
import { kindOfName } from './names.ts';
import { isNumeral, numberOf, numeral } from './numerals.ts';
import type { ArrayFile, FileArray, FileStrings } from './reading.ts';

// Arrays as lines of text, for languages without a JSON reader: `W1 2 4 3 0.1 0.2 …` is a 4 × 3 matrix, `reg 0 0.5`
// a number, `activation relu` a word.

/** Each array in a line: its name, how many dimensions it has, these, its values row by row; of strings the words alone. */
export function writeTextArrays(arrays: readonly (FileArray | FileStrings)[]): string {
  const lines = arrays.map((array) =>
    'values' in array
      ? [array.name, ...array.values].join(' ')
      : [array.name, array.shape.length, ...array.shape, ...Array.from(array.data, numeral)].join(' '),
  );
  return `${lines.join('\n')}\n`;
}

/** The arrays of a text, and what stands in it besides. */
export interface TextArrays {
  readonly arrays: ArrayFile;
  readonly besides: Besides | undefined;
}

/** Lines that are nothing that was asked for. */
export interface Besides {
  readonly first: string;
  readonly lines: number;
}

export interface TextOptions {
  /** what besides weights and biases must be an array of numbers, such as `loss` */
  readonly numbers: readonly string[];
  /** what may be a word, such as `samples` */
  readonly words: readonly string[];
  readonly budget?: Budget;
}

/**
 * Reads what {@link writeTextArrays} writes. The values of an array may go on in the lines below. Other lines, such as
 * those of a log, are passed over; one that begins like an array and is none is an error.
 *
 * @throws InputError with the line, and what was expected in it
 */
export function readTextArrays(file: string, text: string, options: TextOptions): TextArrays {
  const reader = new TextReader(file, text, options);
  while (reader.more()) reader.line();
  const { read, words, besides } = reader;
  if (read.size + words.size === 0) throw reader.nothing();
  return {
    besides: besides.lines === 0 ? undefined : besides,
    arrays: {
      names: [...read.keys(), ...words.keys()],
      metadata: [],
      has: (name) => read.has(name) || words.has(name),
      read(name) {
        const array = read.get(name);
        if (array === undefined) throw InputError.ofFile(file, `${name}: expected numbers`);
        return array;
      },
      readStrings(name) {
        const word = words.get(name);
        return word === undefined ? undefined : { name, shape: [], values: [word] };
      },
    },
  };
}

/** The limit of NumPy. */
const MAX_DIMENSIONS = 64;
const MAX_SHOWN = 80;
/** An array that a program may print, in words and as an example. */
const FORM = 'name, count of dimensions, dimensions, values (dW1 2 4 3 0.1 0.2 …; loss 0 0.5)';

/** What ends the reading of a line that is no array. */
class NoArray extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** Word by word, so that a long line takes no more room than a short one. */
class TextReader {
  readonly read = new Map<string, FileArray>();
  readonly words = new Map<string, string>();
  readonly besides = { first: '', lines: 0 };
  readonly #file: string;
  readonly #text: string;
  readonly #options: TextOptions;
  readonly #budget: Budget;
  #at = 0;
  /** whether the array before went on in lines of its own */
  #wentOn = false;

  constructor(file: string, text: string, options: TextOptions) {
    this.#file = file;
    this.#text = text;
    this.#options = options;
    this.#budget = options.budget ?? new Budget();
  }

  /** Whether there is a line with something in it; the reading goes on at its first word. */
  more(): boolean {
    this.#at = skip(this.#text, this.#at, ANY_SPACE);
    return this.#at < this.#text.length;
  }

  /** Reads an array with all its lines, or a word, or passes a line over. */
  line(): void {
    const start = this.#at;
    const name = this.#word()!;
    const behind = this.#at;
    const second = this.#word();
    const isText = second !== undefined && !isNumeral(second);
    if (isText && this.#options.words.includes(name) && this.#word() === undefined) {
      this.words.set(name, second);
      return;
    }
    this.#at = behind;
    const isMeant = !isText && this.#isKnown(name);
    if (!isMeant && !isNumeral(name) && (isText || second === undefined)) {
      this.#pass(start); // most lines of a log
      return;
    }
    try {
      this.#array(start, name);
    } catch (error) {
      if (!(error instanceof NoArray)) throw error;
      if (isMeant || (isNumeral(name) && this.#wentOn)) throw this.#error(error, isMeant ? name : '');
      this.#pass(start);
    }
  }

  /** That no line of it is an array. */
  nothing(): InputError {
    const { first } = this.besides;
    const found = first === '' ? 'an empty text' : describe(first);
    return this.#error(new NoArray(0, `expected lines of ${FORM}; found ${found}`), '');
  }

  /** @throws NoArray where the words of a line are not those of an array */
  #array(start: number, name: string): void {
    if (isNumeral(name))
      throw new NoArray(start, `expected ${FORM}; found one more value than that array has`);
    if (this.read.has(name))
      throw new NoArray(start, 'expected each array once, found a second one of this name');
    const from = skip(this.#text, this.#at, SPACE);
    const rank = this.#size('the count of its dimensions');
    if (rank > MAX_DIMENSIONS)
      throw new NoArray(from, `expected at most ${MAX_DIMENSIONS} dimensions, found ${rank}`);
    const shape = Array.from({ length: rank }, (_, i) => this.#size(`dimension ${i + 1} of ${rank}`));
    const data = this.#values(shape);
    const excess = this.#budget.take(8 * data.length);
    if (excess !== undefined) throw InputError.ofFile(this.#file, excess);
    this.read.set(name, { name, shape, dtype: '', data });
  }

  #size(what: string): number {
    const { at, word } = this.#next();
    const size = Number(word);
    if (word !== undefined && Number.isSafeInteger(size) && size >= 0) return size;
    throw new NoArray(at, `expected ${what}, found ${word ?? END}; the form is: ${FORM}`);
  }

  #values(shape: readonly number[]): Float64Array {
    const start = this.#at;
    const count = shape.reduce((product, size) => product * size, 1);
    const many = (found: number): NoArray =>
      new NoArray(
        skip(this.#text, start, SPACE),
        `expected ${count} values of ${sizes(shape)}, found ${found}`,
      );
    let data: Float64Array = new Float64Array(Math.min(count, FIRST));
    this.#wentOn = false;
    for (let i = 0; i < count; i++) {
      const { at, word = this.#below() } = this.#next();
      if (word === undefined) throw many(i);
      if (!isNumeral(word)) throw new NoArray(at, `expected a number, found ${describe(word)}`);
      if (i === data.length) data = grown(data, count); // what is only claimed takes no room
      data[i] = numberOf(word);
    }
    let more = 0;
    while (this.#word() !== undefined) more++;
    if (more > 0) throw many(count + more);
    return data;
  }

  /** The first word of the line below, if it is a value. */
  #below(): string | undefined {
    const end = this.#at;
    this.#at = skip(this.#text, end, ANY_SPACE);
    const word = this.#word();
    this.#wentOn = word !== undefined && isNumeral(word);
    if (this.#wentOn) return word;
    this.#at = end;
    return undefined;
  }

  #next(): { at: number; word: string | undefined } {
    const at = skip(this.#text, this.#at, SPACE);
    return { at, word: this.#word() };
  }

  /** The next word of the line. */
  #word(): string | undefined {
    const start = skip(this.#text, this.#at, SPACE);
    const end = skip(this.#text, start, WORD);
    this.#at = end;
    return end === start ? undefined : this.#text.slice(start, end);
  }

  /** Passes over the line that begins there. */
  #pass(start: number): void {
    const found = this.#text.indexOf('\n', start);
    const end = found < 0 ? this.#text.length : found;
    if (this.besides.lines++ === 0) this.besides.first = this.#text.slice(start, end).trim();
    this.#at = end;
    this.#wentOn = false;
  }

  /** Whether a name is one of what a reference has. */
  #isKnown(name: string): boolean {
    return this.#options.numbers.includes(name) || (kindOfName(name) !== undefined && PLAIN_NAME.test(name));
  }

  #error({ at, message }: NoArray, name: string): InputError {
    return new InputError([problemAt(this.#file, this.#text, at, shorten(name, MAX_SHOWN), message)]);
  }
}

/** So many values have room before they are there. */
const FIRST = 1024;

function grown(data: Float64Array, most: number): Float64Array {
  const larger = new Float64Array(Math.min(most, 2 * data.length));
  larger.set(data);
  return larger;
}

const sizes = (shape: readonly number[]): string => shape.join(' × ') || 'a number';

/** `dW1`, `fc1.weight`: a number is in it, and no sign of a sentence. */
const PLAIN_NAME = /^(?=\D*\d)[\p{L}\d_./:∇∂]*[\p{L}\d]$/u;
const END = 'the end of the line';
const ANY_SPACE = /\s*/y;
const SPACE = /[^\S\n]*/y;
const WORD = /\S*/y;

/** Where what matches from an offset on ends. */
function skip(text: string, at: number, what: RegExp): number {
  what.lastIndex = at;
  what.test(text);
  return what.lastIndex;
}
