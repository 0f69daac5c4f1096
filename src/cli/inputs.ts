import { Writable } from 'node:stream';
import textbook from '../../fixtures/textbook.json' with { type: 'json' };
import textbookReference from '../../fixtures/textbook.pytorch.json' with { type: 'json' };
import { type Overrides, parseConfig } from '../config/config.ts';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import type { Problem, ReferenceSource } from '../config/problem.ts';
import { cannotOverflow, forward, overflowing } from '../core/forward.ts';
import { Budget } from '../files/budget.ts';
import { InputError } from '../files/errors.ts';
import { loadReference } from '../reference/load.ts';
import { parseReference, type Reference, type ReferenceOptions } from '../reference/reference.ts';
import { printable } from '../report/printable.ts';
import { describeReading } from '../report/reading.ts';
import { withFileMeant } from './globs.ts';
import type { Io } from './io.ts';

/** What the example that is built in is called. */
export const BUILT_IN = 'textbook example';

/** A config with its references still to be loaded. */
export interface Input {
  /** as the user named it */
  readonly config: string;
  readonly problem: Problem;
  /** the references that the config names */
  references(options: ReferenceOptions): Promise<Reference[]>;
}

/** Reads a config, or takes the built-in textbook example (with PyTorch's answer) where none is named. */
export async function readInput(config: string | undefined, io: Io, overrides: Overrides): Promise<Input> {
  if (config === undefined) return builtIn(overrides);
  const loaded = await loadConfig(config, () => io.stdin, overrides, readingOf(io)).catch(
    (error: unknown) => {
      throw error instanceof InputError ? withFileMeant(error, config) : error;
    },
  );
  const { file, read } = loaded;
  const reading = read.length > 0 ? [describeReading(file, read)] : [];
  for (const note of [...reading, ...loaded.notes, ...overflowOf(loaded)]) {
    io.stderr.write(`note: ${printable(note)}\n`);
  }
  return fromFile(loaded, readingOf(io));
}

/** How the inputs of a run are read. */
interface Reading {
  /** what all of them may take together */
  readonly budget: Budget;
  /** keeps their names, so that no result is written over them */
  onRead(file: string): void;
}

/** The world as one of several inputs sees it. */
export interface Part {
  readonly io: Io;
  /** gives back what it has taken to read, and lets its notes be seen */
  end(): void;
}

/**
 * A part of a run, for one of its inputs: what it reads counts as long as it is on its way.
 *
 * @param waits whether its notes wait for their turn, where several are on their way at once
 */
export function partOf(io: Io, waits: boolean, onProgress?: Io['onProgress']): Part {
  const whole = runOf(io);
  const budget = whole.budget.part();
  const notes: Buffer[] = [];
  const held = new Writable({
    write(chunk: Buffer, _encoding, done) {
      notes.push(chunk);
      done();
    },
  });
  // Not a copy, which would open standard input.
  const part: Io = Object.create(io, {
    ...(waits && { stderr: { value: held } }),
    ...(onProgress && { onProgress: { value: onProgress } }),
  });
  runs.set(part, { ...whole, budget });
  return {
    io: part,
    end() {
      budget.release();
      if (notes.length > 0) io.stderr.write(Buffer.concat(notes).toString());
    },
  };
}

const runs = new WeakMap<Io, Reading & { readonly files: Set<string> }>();

function runOf(io: Io): Reading & { readonly files: Set<string> } {
  const known = runs.get(io);
  if (known !== undefined) return known;
  const files = new Set<string>();
  const run = { budget: new Budget(), files, onRead: (file: string) => void files.add(file) };
  runs.set(io, run);
  return run;
}

export const readingOf = (io: Io): Reading => runOf(io);

/** The files that a run has read so far, configs, arrays and references: as they were named, or found beside a config. */
export const filesRead = (io: Io): ReadonlySet<string> => runOf(io).files;

/** Why all that follows is NaN or infinite. */
function overflowOf({ file, problem }: LoadedConfig): string[] {
  if (cannotOverflow(problem.network)) return [];
  const l = overflowing(forward(problem.network))?.layer.number;
  return l === undefined ? [] : [`${file}: z${l} overflows float64; make W${l} or its inputs smaller`];
}

const fromFile = ({ file, folder, problem, referenceError }: LoadedConfig, reading: Reading): Input => ({
  config: file,
  problem,
  // One after another: a process may have only so many files open. What is named twice is read once.
  references: async (options) => {
    const references = new Map<ReferenceSource, Reference>();
    for (const [index, source] of problem.references.entries()) {
      if (references.has(source)) continue;
      try {
        references.set(
          source,
          await loadReference(source, folder, { ...options, ...reading, onlyPlain: true }),
        );
      } catch (error) {
        throw referenceError(index, error);
      }
    }
    return problem.references.map((source) => references.get(source)!);
  },
});

function builtIn(overrides: Overrides): Input {
  return {
    config: BUILT_IN,
    problem: parseConfig(textbook, { file: BUILT_IN, overrides }),
    references: async (options) => [parseReference(textbook.reference, textbookReference, options)],
  };
}
