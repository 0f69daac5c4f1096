import path from 'node:path';
import type { Problem, ReferenceSource } from '../config/problem.ts';
import { writtenOut } from '../config/written-out.ts';
import { isArrayFile } from '../files/arrays.ts';
import { Budget } from '../files/budget.ts';
import { readText } from '../files/bytes.ts';
import { InputError } from '../files/errors.ts';
import { loadArrayFile } from '../files/load.ts';
import type { ReadOptions } from '../files/read-options.ts';
import { type CommandOptions, runCommand } from './command.ts';
import { parseReference, type Reference, type ReferenceOptions, referenceOfArrays } from './reference.ts';

/**
 * Loads a reference from where a config names it, or takes one that stands in the config itself.
 *
 * @param folder what a path is relative to
 */
export async function loadReference(
  source: ReferenceSource,
  folder: string,
  options: ReferenceOptions & Omit<ReadOptions, 'passing'> = {},
): Promise<Reference> {
  if (typeof source !== 'string') return parseReference('inline reference', source, options);
  const file = path.isAbsolute(source) ? source : path.join(folder, source);
  const { budget = new Budget() } = options;
  // The file itself is needed no more once it is read.
  const passing = budget.part();
  const reading = { ...options, budget, passing };
  try {
    if (isArrayFile(file)) return referenceOfArrays(file, await loadArrayFile(file, reading), options);
    const reference = parseReference(file, await readText(file, reading), { ...options, budget: passing });
    const excess = budget.take(8 * reference.tensors.reduce((sum, { data }) => sum + data.length, 0));
    if (excess !== undefined) throw InputError.ofFile(file, excess);
    return reference;
  } finally {
    passing.release();
  }
}

/** Asks a shell command: the config on its standard input, a JSON reference on its standard output. */
export async function askCommand(
  command: string,
  problem: Problem,
  options: ReferenceOptions & CommandOptions,
): Promise<Reference> {
  return parseReference(
    command,
    await runCommand(command, JSON.stringify(writtenOut(problem)), options),
    options,
  );
}
