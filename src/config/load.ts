import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { type Overrides, parseConfig } from './config.ts';
import { readFailure } from './errors.ts';
import type { Problem } from './problem.ts';

/** A config that was read, and where its relative paths start. */
export interface LoadedConfig {
  readonly file: string;
  readonly folder: string;
  readonly problem: Problem;
}

/**
 * Reads a config from a file, or from standard input where the path is `-`.
 *
 * @throws InputError
 */
export async function loadConfig(
  file: string,
  stdin: Readable,
  overrides?: Overrides,
): Promise<LoadedConfig> {
  const name = file === '-' ? '<stdin>' : file;
  let text: string;
  try {
    text = file === '-' ? await textOf(stdin) : await readFile(file, 'utf8');
  } catch (error) {
    throw readFailure(name, error);
  }
  const folder = file === '-' ? '' : path.dirname(file);
  return { file: name, folder, problem: parseConfig(text, { file: name, ...(overrides && { overrides }) }) };
}
