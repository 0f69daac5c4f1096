import path from 'node:path';
import { isArrayFile } from '../config/files/arrays.ts';
import { readText } from '../config/files/bytes.ts';
import { loadArrayFile } from '../config/files/load.ts';
import { type Problem, type ReferenceSource, writtenOut } from '../config/problem.ts';
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
  options: ReferenceOptions = {},
): Promise<Reference> {
  if (typeof source !== 'string') return parseReference('inline reference', source, options);
  const file = path.isAbsolute(source) ? source : path.join(folder, source);
  if (isArrayFile(file)) return referenceOfArrays(file, await loadArrayFile(file), options);
  return parseReference(file, await readText(file), options);
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
