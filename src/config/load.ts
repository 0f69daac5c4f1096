import path from 'node:path';
import type { Readable } from 'node:stream';
import { isArrayFile } from '../files/arrays.ts';
import { Budget } from '../files/budget.ts';
import { readText, textOf } from '../files/bytes.ts';
import {
  concealed,
  findingsOf,
  InputError,
  type InputProblem,
  readFailure,
  shorten,
} from '../files/errors.ts';
import { JsonDocument, parseJson, problemsAt } from '../files/json.ts';
import { loadArrayFile } from '../files/load.ts';
import type { ReadAs } from '../files/names.ts';
import type { ReadOptions } from '../files/read-options.ts';
import type { ArrayFile } from '../files/reading.ts';
import { type Overrides, type ParseOptions, parseConfig } from './config.ts';
import { configOfArrays } from './config-arrays.ts';
import { openFiles } from './named-files.ts';
import type { Problem } from './problem.ts';

/** A config that was read, and where its relative paths start. */
export interface LoadedConfig {
  readonly file: string;
  readonly folder: string;
  readonly problem: Problem;
  /** what the reader should know: arrays of a file that were ignored */
  readonly notes: readonly string[];
  /** the weights and biases of a file that have names of others */
  readonly read: readonly ReadAs[];
  /** what is wrong with one of its references, at the place where it names them */
  referenceError(index: number, error: unknown): unknown;
}

/**
 * Reads a config with the array files that it names, from a file or from standard input where the path is
 * `-`. A file of arrays (.npz, .safetensors) with the right names is a config, too.
 *
 * @throws InputError
 */
export async function loadConfig(
  file: string,
  stdin: () => Readable,
  overrides: Overrides = {},
  { budget = new Budget(), onRead }: Pick<ReadOptions, 'budget' | 'onRead'> = {},
): Promise<LoadedConfig> {
  const held = budget.part();
  // Texts and the files of arrays are needed no more once the config is read.
  const passing = held.part();
  const options = { budget: held, passing, onRead };
  const folder = file === '-' ? '' : path.dirname(file);
  try {
    const { document, notes, files, read } = isArrayFile(file)
      ? await arraysAsConfig(file, options)
      : { document: await readDocument(file, stdin, options), notes: [], files: new Map(), read: [] };
    await openFiles(document, folder, files, options);
    const problem = parsed(document, { files, overrides, budget: held }, read);
    const referenceError = referenceErrors(document, problem);
    // But a reference that stands in the config stays.
    if (problem.references.every((source) => typeof source === 'string')) passing.release();
    return { file: document.file, folder, problem, notes, read, referenceError };
  } catch (error) {
    held.release();
    throw error;
  }
}

interface Budgets extends ReadOptions {
  readonly budget: Budget;
  readonly passing: Budget;
}

async function readDocument(file: string, stdin: () => Readable, options: Budgets): Promise<JsonDocument> {
  const name = file === '-' ? '<stdin>' : file;
  try {
    const { passing } = options;
    const text = file === '-' ? await textOf(name, stdin(), passing) : await readText(file, options);
    return parseJson(name, text, { budget: passing });
  } catch (error) {
    throw readFailure(name, error);
  }
}

async function arraysAsConfig(file: string, options: Budgets) {
  const arrays = await loadArrayFile(file, options);
  const name = path.basename(file);
  const { config, ignored, read } = configOfArrays(name, arrays);
  refuseIncomplete(file, config, arrays);
  return {
    document: JsonDocument.withoutText(file, config),
    notes: ignored.length > 0 ? [`${file}: ignored ${listed(ignored)}, which a config has no place for`] : [],
    files: new Map([[name, arrays]]),
    read,
  };
}

/** @throws InputError if X, y or all weights are missing: then it is said what the file has instead */
function refuseIncomplete(file: string, config: object, { names }: ArrayFile): void {
  const keys = Object.keys(config);
  const missing = ['X', 'y', 'W1'].filter((key) => !keys.includes(key));
  if (missing.length === 0) return;
  const found =
    names.length === 0
      ? 'no array'
      : names.length === 1 && names[0] === ''
        ? 'one array, without a name'
        : listed(names);
  const expected = `expected a config, the arrays X, y, W1, b1, … by name; ${missing.join(', ')}`;
  throw InputError.ofFile(file, `${expected} ${missing.length === 1 ? 'is' : 'are'} missing, found ${found}`);
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => shorten(name, 40));
  return shown.join(', ') + (names.length > shown.length ? ', …' : '');
}

/** Reads a config; what has another name in its file is called by both where something is wrong with it. */
function parsed(document: JsonDocument, options: ParseOptions, read: readonly ReadAs[]): Problem {
  try {
    return parseConfig(document, options);
  } catch (error) {
    if (!(error instanceof InputError) || read.length === 0) throw error;
    const problems = error.problems.map((problem) => {
      const from = read.find(({ to }) => to === problem.path.replace(/[.[].*/, ''))?.from;
      return from === undefined ? problem : { ...problem, path: `${problem.path} (${shorten(from, 40)})` };
    });
    throw new InputError(problems, error.omitted);
  }
}

/** Says where a config names a reference with which something is wrong; the text of the config is not kept for that. */
function referenceErrors(document: JsonDocument, { references }: Problem): LoadedConfig['referenceError'] {
  if (references.length === 0) return (_, error) => error;
  const isList = Array.isArray((document.value as { reference?: unknown }).reference);
  const places = problemsAt(
    document,
    references.map((_, index) => ({ path: isList ? ['reference', index] : ['reference'], message: '' })),
  ).map(detached);
  return (index, error) => {
    if (!(error instanceof InputError)) return error;
    const place = places[index] as InputProblem;
    const problems =
      typeof references[index] === 'string'
        ? findingsOf(concealed(error), []).map(({ message }) => ({ ...place, message }))
        : error.problems.map((inner) => ({
            ...place,
            path: inner.path === '' ? place.path : `${place.path}.${inner.path}`,
            message: inner.message,
          }));
    return new InputError(problems, error.omitted);
  };
}

/** A window keeps the whole text that it is a part of, unless it is copied. */
const detached = ({ window, ...problem }: InputProblem): InputProblem =>
  window === undefined
    ? problem
    : { ...problem, window: { ...window, text: Buffer.from(window.text, 'utf16le').toString('utf16le') } };
