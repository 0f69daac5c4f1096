import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { expect, vi } from 'vitest';

/**
 * What stands in for vitest when mutants are tested: the same `expect`, but tests are only kept when their file is
 * loaded, so that one process can run them again for each mutant. It knows what the tests of the mutated rooms use.
 */
export { expect, vi };

/** How often a property is tried, even if it asks for more. */
const RUNS = 40;

const assert = <T>(property: fc.IRawProperty<T>, options: fc.Parameters<T> = {}): unknown =>
  fc.assert(property, { ...options, numRuns: Math.min(options.numRuns ?? RUNS, RUNS) });

// biome-ignore lint/style/noDefaultExport: it stands in for that of fast-check
export default { ...fc, assert };

export interface Kept {
  readonly id: string;
  readonly run: () => Promise<void>;
}

type Body = (...row: never[]) => unknown;
type Define = (title: string, body: Body, timeout?: number) => void;

const kept: Kept[] = [];
let titles: readonly string[] = [];
let afterwards: (() => unknown)[] = [];

/** The tests of a file that has not been loaded before, in order. */
export async function testsOf(file: string): Promise<Kept[]> {
  titles = [file]; // relative to the sandbox, which has another name each time
  afterwards = []; // the tests of the file keep this list
  await import(pathToFileURL(resolve(file)).href);
  return kept.splice(0);
}

const define: Define = (title, body) => keep(title, body, []);

function keep(title: string, body: Body, row: readonly unknown[]): void {
  const hooks = afterwards;
  kept.push({
    id: [...titles, kept.length, title].join(' > '),
    run: async () => {
      try {
        await body(...(row as never[]));
      } finally {
        for (const hook of hooks) await hook();
      }
    },
  });
}

const within: Define = (title, body) => enter(title, body, []);

function enter(title: string, body: Body, row: readonly unknown[]): void {
  const outside = titles;
  titles = [...outside, title];
  body(...(row as never[]));
  titles = outside;
}

/** One call for each row; a row that is an array is spread. */
const each =
  (use: (title: string, body: Body, row: readonly unknown[]) => void) =>
  (rows: readonly unknown[]): Define =>
  (title, body) => {
    for (const row of rows) use(title, body, Array.isArray(row) ? row : [row]);
  };

const nothing: Define = () => {};
/** What depends on what a machine has, a Python, is left out. */
const runIf = (_condition: unknown): Define => nothing;

export const test = Object.assign(define, { each: each(keep), runIf });
export const describe = Object.assign(within, { each: each(enter), runIf });
export const afterEach = (hook: () => unknown): void => {
  afterwards.push(hook);
};
