import type { JsonVisitor } from './json-scan.ts';

/** What parts of a JSON text take once they are values, in bytes, about: measured with V8, rounded up. */
const ARRAY = 64;
const OBJECT = 96;
const KEY = 64;
const SCALAR = 24;

/** Of very many keys that stand twice only so many are kept. */
const MAX_KEPT = 1000;
/** A set takes longer to make than a few names to go through. */
const FEW = 8;

/** Thrown as soon as a text is known to unfold to more than it may. */
export class TooMuch extends Error {}

/** What JSON.parse does not tell of a text: keys that stand twice, of which it keeps the last, and what it unfolds to. */
export class JsonCheck implements JsonVisitor {
  readonly #text: string;
  readonly #room: number;
  /** the names of the objects that are open, and of earlier ones as deep, whose lists are used again */
  readonly #names: (Names | undefined)[] = [];
  /** how many arrays and objects are open */
  protected depth = 0;
  /** how many bytes its values take */
  bytes = 0;
  /** where keys stand that have stood before, the first of them */
  readonly repeated: number[] = [];
  repeatedCount = 0;
  /** where NaN, Infinity and -Infinity stand, begin and end of each */
  readonly bareWords: number[] = [];

  /** @param room how many bytes its values may take */
  constructor(text: string, room: number) {
    this.#text = text;
    this.#room = room;
  }

  open(_: number, isObject: boolean): void {
    this.#take(isObject ? OBJECT : ARRAY);
    if (this.#names.length === this.depth) this.#names.push(undefined);
    if (isObject) {
      const names = this.#names[this.depth];
      if (names === undefined) this.#names[this.depth] = new Names();
      else names.clear();
    }
    this.depth++;
  }

  close(): void {
    this.depth--;
  }

  key(name: string, offset: number): void {
    this.#take(KEY + name.length);
    if (this.#names[this.depth - 1]!.isNew(name)) return;
    this.repeatedCount++;
    if (this.repeated.length < MAX_KEPT) this.repeated.push(offset);
  }

  scalar(offset: number, end: number): void {
    const first = this.#text.charCodeAt(offset);
    this.#take(first === QUOTE ? SCALAR + end - offset : SCALAR);
    if (first === UPPER_I || first === UPPER_N || (first === MINUS && this.#text[offset + 1] === 'I'))
      this.bareWords.push(offset, end);
  }

  #take(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > this.#room) throw new TooMuch();
  }
}

const QUOTE = 0x22;
const MINUS = 0x2d;
const UPPER_I = 0x49;
const UPPER_N = 0x4e;

/** The names that an object has had so far. */
class Names {
  #few: string[] = [];
  #many: Set<string> | undefined;

  clear(): void {
    if (this.#few.length > 0) this.#few = [];
    this.#many = undefined;
  }

  isNew(name: string): boolean {
    if (this.#many === undefined) {
      if (this.#few.includes(name)) return false;
      this.#few.push(name);
      if (this.#few.length > FEW) this.#many = new Set(this.#few);
      return true;
    }
    return this.#many.size < this.#many.add(name).size;
  }
}
