import path from 'node:path';
import { concealed, Findings, findingsOf } from '../files/errors.ts';
import { inputError, type JsonDocument } from '../files/json.ts';
import { loadArrayFile } from '../files/load.ts';
import type { ReadOptions } from '../files/read-options.ts';
import type { ArrayFile } from '../files/reading.ts';
import { isArrayKey } from './schema.ts';

/**
 * Opens the files that the arrays of a config are in, each once, however often and in whatever ways it is named.
 *
 * @param files by the names that the config gives them: those that are open, to which the others are added
 * @throws InputError at the places where the config names files that cannot be read
 */
export async function openFiles(
  document: JsonDocument,
  folder: string,
  files: Map<string, ArrayFile>,
  options: ReadOptions,
): Promise<void> {
  const opened = new Map<string, Promise<ArrayFile>>();
  const open = (name: string): Promise<ArrayFile> => {
    const file = path.isAbsolute(name) ? name : path.join(folder, name);
    const place = path.resolve(file);
    const known = opened.get(place) ?? loadArrayFile(file, { ...options, onlyPlain: true }).then(foreign);
    opened.set(place, known);
    return known;
  };
  const findings = new Findings();
  for (const [key, name] of namesIn(document.value)) {
    if (files.has(name)) continue;
    try {
      files.set(name, await open(name));
    } catch (error) {
      for (const { path: at, message } of findingsOf(concealed(error), [key, 'file']))
        findings.add(at, message);
    }
  }
  if (findings.count > 0) throw inputError(document, findings.first, findings.more);
}

/** The keys of arrays that are in files, and how these are called. */
function namesIn(config: unknown): [key: string, file: string][] {
  const entries = typeof config === 'object' && config !== null ? Object.entries(config) : [];
  return entries.flatMap(([key, spec]): [string, string][] =>
    isArrayKey(key) && typeof spec?.file === 'string' ? [[key, spec.file]] : [],
  );
}

/** A file that a config names: it may be damaged and be asked for very often, so that what fails is not tried again. */
function foreign(arrays: ArrayFile): ArrayFile {
  const failed = new Map<string, unknown>();
  return {
    ...arrays,
    isForeign: true,
    read(name) {
      if (failed.has(name)) throw failed.get(name);
      try {
        return arrays.read(name);
      } catch (error) {
        failed.set(name, error);
        throw error;
      }
    },
  };
}
