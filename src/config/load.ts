import path from 'node:path';
import type { Readable } from 'node:stream';
import { buffer as bytesOf } from 'node:stream/consumers';
import { type Overrides, parseConfig } from './config.ts';
import { type Finding, findingsOf, readFailure } from './errors.ts';
import { isArrayFile } from './files/arrays.ts';
import { decode, readText } from './files/bytes.ts';
import { configOfArrays } from './files/config-arrays.ts';
import { loadArrayFile } from './files/load.ts';
import type { ArrayFile } from './files/reading.ts';
import { inputError, JsonDocument, parseJson } from './json.ts';
import type { Problem } from './problem.ts';

/** A config that was read, and where its relative paths start. */
export interface LoadedConfig {
  readonly file: string;
  readonly folder: string;
  readonly problem: Problem;
  /** what the reader should know: arrays of a file that were ignored */
  readonly notes: readonly string[];
}

/**
 * Reads a config with the array files that it names, from a file or from standard input where the path is
 * `-`. A file of arrays (.npz, .safetensors) with the right names is a config, too.
 *
 * @throws InputError
 */
export async function loadConfig(
  file: string,
  stdin: Readable,
  overrides?: Overrides,
): Promise<LoadedConfig> {
  const folder = file === '-' ? '' : path.dirname(file);
  const { document, notes } = isArrayFile(file)
    ? await arraysAsConfig(file)
    : { document: await readDocument(file, stdin), notes: [] };
  const files = await loadArrays(document, folder);
  const problem = parseConfig(document, { files, ...(overrides && { overrides }) });
  return { file: document.file, folder, problem, notes };
}

async function readDocument(file: string, stdin: Readable): Promise<JsonDocument> {
  const name = file === '-' ? '<stdin>' : file;
  try {
    return parseJson(name, file === '-' ? decode(name, await bytesOf(stdin)) : await readText(file));
  } catch (error) {
    throw readFailure(name, error);
  }
}

async function arraysAsConfig(file: string): Promise<{ document: JsonDocument; notes: string[] }> {
  const { config, ignored } = configOfArrays(path.basename(file), await loadArrayFile(file));
  const names = ignored.slice(0, 10).join(', ') + (ignored.length > 10 ? ', …' : '');
  const notes = ignored.length > 0 ? [`${file}: ignored ${names}, which a config has no place for`] : [];
  return { document: JsonDocument.withoutText(file, config), notes };
}

/** The files that the arrays of a config are in, by the names that it gives them. */
async function loadArrays(document: JsonDocument, folder: string): Promise<Map<string, ArrayFile>> {
  const { value: config } = document;
  const entries = typeof config === 'object' && config !== null ? Object.entries(config) : [];
  const files = new Map<string, ArrayFile>();
  const findings: Finding[] = [];
  for (const [key, spec] of entries) {
    const name = key === 'reference' ? undefined : spec?.file;
    if (typeof name !== 'string' || files.has(name)) continue;
    try {
      files.set(name, await loadArrayFile(path.isAbsolute(name) ? name : path.join(folder, name)));
    } catch (error) {
      findings.push(...findingsOf(error, [key, 'file']));
    }
  }
  if (findings.length > 0) throw inputError(document, findings);
  return files;
}
