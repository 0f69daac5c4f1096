import type { Finding, Path } from './errors.ts';
import { type JsonVisitor, scanJson } from './json-scan.ts';

/** A place that is looked for, and those below it. */
interface Wanted {
  readonly below: Map<string | number, Wanted>;
  /** where its value begins, and its key, if it has one; -1 until it is found */
  value: number;
  key: number;
}

const wanted = (): Wanted => ({ below: new Map(), value: -1, key: -1 });

/** What is open while the text is read: the place looked for that it is, if it is one. */
interface Open {
  readonly place: Wanted | undefined;
  readonly isObject: boolean;
  /** the place of the value that comes next */
  next: Wanted | undefined;
  index: number;
}

/**
 * Where the findings stand in a JSON text, in one pass over it.
 *
 * What is missing is reported where its parent begins.
 */
export function placesOf(text: string, findings: readonly Finding[]): number[] {
  const root = wanted();
  const sought = findings.map(({ path }) => path.map(growing(root)));
  scanJson(text, new Finder(root), true);
  return findings.map(({ atKey }, i) => {
    const chain = sought[i]!;
    const deepest = chain.findLast(({ value }) => value >= 0) ?? root;
    const isWhole = deepest === (chain.at(-1) ?? root);
    return Math.max(0, atKey && isWhole && deepest.key >= 0 ? deepest.key : deepest.value);
  });
}

/** Leads from place to place along a path, each of which is made where it is not there yet. */
function growing(root: Wanted): (key: string | number) => Wanted {
  let place = root;
  return (key) => {
    const below = place.below.get(key) ?? wanted();
    place.below.set(key, below);
    place = below;
    return below;
  };
}

class Finder implements JsonVisitor {
  readonly #around: Open[] = [];
  #open: Open;

  constructor(root: Wanted) {
    this.#open = { place: undefined, isObject: true, next: root, index: 0 };
  }

  open(offset: number, isObject: boolean): void {
    const place = this.#arrive(offset);
    this.#around.push(this.#open);
    this.#open = { place, isObject, next: undefined, index: 0 };
  }

  close(): void {
    this.#open = this.#around.pop()!;
  }

  key(name: string, offset: number): void {
    const next = this.#open.place?.below.get(name);
    if (next !== undefined) next.key = offset;
    this.#open.next = next;
  }

  scalar(offset: number): void {
    if (this.#open.place !== undefined || this.#around.length === 0) this.#arrive(offset);
  }

  /** The place looked for that begins here, if one does. */
  #arrive(offset: number): Wanted | undefined {
    const open = this.#open;
    const place = open.isObject ? open.next : open.place?.below.get(open.index++);
    if (place !== undefined) place.value = offset;
    return place;
  }
}

/** The paths of the values and keys that begin at these offsets, which rise. */
export function pathsAt(text: string, offsets: readonly number[]): Path[] {
  const paths: Path[] = [];
  /** the key or the index at which each array and object that is open stands now */
  const at: (string | number)[] = [];
  const arrive = (offset: number): void => {
    const key = at.at(-1);
    if (typeof key === 'number') at[at.length - 1] = key + 1;
    if (offset === offsets[paths.length]) paths.push([...at]);
  };
  scanJson(
    text,
    {
      open: (offset, isObject) => {
        arrive(offset);
        at.push(isObject ? '' : -1);
      },
      close: () => void at.pop(),
      key: (name, offset) => {
        at[at.length - 1] = name;
        if (offset === offsets[paths.length]) paths.push([...at]);
      },
      scalar: arrive,
    },
    true,
  );
  return paths;
}
