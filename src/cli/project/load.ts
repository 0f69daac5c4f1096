import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Overrides } from '../../config/config.ts';
import { readText } from '../../files/bytes.ts';
import { Findings, InputError, type Path, readFailure } from '../../files/errors.ts';
import { inputError, parseJson } from '../../files/json.ts';
import type { ReadOptions } from '../../files/read-options.ts';
import { withFileMeant } from '../globs.ts';
import { checkEntry, type Entry } from './keys.ts';

export type { Entry } from './keys.ts';

/** A project file that was read: what it says, and where its relative paths start. */
export interface Project {
  readonly file: string;
  readonly folder: string;
  readonly entries: readonly (Entry & Overrides)[];
}

const FILE = 'fcnet.json';
const PACKAGE = 'package.json';
const KEY = 'fcnet';

/**
 * Reads a project file: the one that is named, or fcnet.json, or the key `fcnet` of package.json.
 *
 * @throws InputError naming each place, what was expected there and what was found
 */
export async function loadProject(
  named: string | undefined,
  options: Pick<ReadOptions, 'budget' | 'onRead'>,
): Promise<Project> {
  const file = named ?? [FILE, PACKAGE].find((name) => existsSync(name)) ?? FILE;
  const text = await readText(file, options).catch((error: unknown) => {
    const failure = withFileMeant(readFailure(file, error), file);
    throw named === undefined && !existsSync(file) ? missing('there is no such file') : failure;
  });
  const document = parseJson(file, text);
  const isPackage = path.basename(file) === PACKAGE;
  const at: Path = isPackage ? [KEY] : [];
  const value = isPackage ? (document.value as Record<string, unknown> | null)?.[KEY] : document.value;
  if (isPackage && value === undefined) throw missing(`nor has ${file} the key ${KEY}`);

  const findings = new Findings();
  const entries: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (entries.length === 0) findings.add(at, 'expected an object, or a list of them; found an empty list');
  for (const [i, entry] of entries.entries())
    checkEntry(entry, Array.isArray(value) ? [...at, i] : at, findings.add);
  if (findings.count > 0) throw inputError(document, findings.first, findings.more);
  const folder = path.dirname(file);
  return { file, folder: folder === '.' ? '' : folder, entries: entries as Project['entries'] };
}

const missing = (why: string): InputError =>
  InputError.ofFile(
    FILE,
    `${why}; expected a project file such as {"nets": ["nets/*.json"], "against": ["python3 my_net.py"]}`,
  );
