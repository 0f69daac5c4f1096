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
import type { ReadOptions } from '../files/read-options.ts';
import { type Overrides, parseConfig } from './config.ts';
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
  /** what is wrong with one of its references, at the place where it names them */
  referenceError(index: number, error: unknown): unknown;
}

/**
 * Reads a config with the array files that it names, from a file or from standard input where the path is
 * `-`. A file of arrays (.npz, .safetensors) with the right names is a config, too.
 *
 * @param budget of all that is read
 * @throws InputError
 */
export async function loadConfig(
  file: string,
  stdin: Readable,
  overrides: Overrides = {},
  budget = new Budget(),
): Promise<LoadedConfig> {
  const held = budget.part();
  // Texts and the files of arrays are needed no more once the config is read.
  const passing = held.part();
  const options = { budget: held, passing };
  const folder = file === '-' ? '' : path.dirname(file);
  try {
    const { document, notes, files } = isArrayFile(file)
      ? await arraysAsConfig(file, options)
      : { document: await readDocument(file, stdin, options), notes: [], files: new Map() };
    await openFiles(document, folder, files, options);
    const problem = parseConfig(document, { files, overrides, budget: held });
    const referenceError = referenceErrors(document, problem);
    // But a reference that stands in the config stays.
    if (problem.references.every((source) => typeof source === 'string')) passing.release();
    return { file: document.file, folder, problem, notes, referenceError };
  } catch (error) {
    held.release();
    throw error;
  }
}

interface Budgets extends ReadOptions {
  readonly budget: Budget;
  readonly passing: Budget;
}

async function readDocument(file: string, stdin: Readable, { passing }: Budgets): Promise<JsonDocument> {
  const name = file === '-' ? '<stdin>' : file;
  try {
    const text = file === '-' ? await textOf(name, stdin, passing) : await readText(file, { passing });
    return parseJson(name, text, { budget: passing });
  } catch (error) {
    throw readFailure(name, error);
  }
}

async function arraysAsConfig(file: string, options: Budgets) {
  const arrays = await loadArrayFile(file, options);
  const name = path.basename(file);
  const { config, ignored } = configOfArrays(name, arrays);
  const names = ignored.slice(0, 10).map((other) => shorten(other, 40));
  const listed = names.join(', ') + (ignored.length > names.length ? ', …' : '');
  return {
    document: JsonDocument.withoutText(file, config),
    notes: ignored.length > 0 ? [`${file}: ignored ${listed}, which a config has no place for`] : [],
    files: new Map([[name, arrays]]),
  };
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
