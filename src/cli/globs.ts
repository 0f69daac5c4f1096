import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { nearest } from '../config/keys.ts';
import { InputError } from '../files/errors.ts';

/** Characters that make a pattern of a name: those that shells expand, in the same sense. `{name}` is none. */
const GLOB = /[*?]|\[[^\]]+\]|\{[^{}]*(?:,|\.\.)[^{}]*\}|[!+@]\([^)]*\)/;

/** Whether a name stands for others; a file that is there by that very name is that file. */
const isPattern = (text: string, folder = ''): boolean =>
  GLOB.test(text) && !existsSync(path.resolve(folder, text));

/**
 * The configs that a command line names, with patterns replaced by the files that they match, as shells do.
 *
 * @throws InputError for a pattern that matches nothing
 */
export async function expanded(configs: readonly string[]): Promise<string[]> {
  const files = [];
  for (const config of configs) {
    if (!isPattern(config)) files.push(config);
    else {
      const found = await matching(config);
      if (found.length === 0) throw InputError.ofFile(config, `no file matches${await hintFor(config)}`);
      for (const file of found) files.push(file);
    }
  }
  return files;
}

/** The files that patterns match, each once, without those that patterns behind `!` match. */
export async function filesOf(patterns: readonly string[], folder: string): Promise<string[]> {
  const all = new Set<string>();
  for (const pattern of patterns) {
    const excludes = pattern.startsWith('!') && !existsSync(path.resolve(folder, pattern));
    for (const file of await named(excludes ? pattern.slice(1) : pattern, folder))
      if (excludes) all.delete(file);
      else all.add(file);
  }
  return [...all];
}

const named = async (pattern: string, folder: string): Promise<string[]> =>
  isPattern(pattern, folder) ? matching(pattern, folder) : [path.join(folder, pattern)];

/** In the order of their names. Folders that the pattern names as they are need not be looked through. */
async function matching(pattern: string, folder = ''): Promise<string[]> {
  const { glob } = await import('tinyglobby');
  const segments = pattern.split('/');
  const plain = segments.findIndex((segment) => GLOB.test(segment));
  const base = segments.slice(0, plain).join('/') || (pattern.startsWith('/') ? '/' : '');
  const found = await glob([segments.slice(plain).join('/')], {
    cwd: path.resolve(folder, base),
    expandDirectories: false,
  });
  return found.sort().map((file) => path.join(folder, base, file));
}

/** `; did you mean nets/*.json?`: the nearest folder that is there, or another kind of config. */
export async function hintFor(pattern: string, folder = ''): Promise<string> {
  const near = nearestPath(pattern, folder);
  const candidates = [near, ...KINDS.map((kind) => near.replace(/\.\w*$/, kind))];
  for (const candidate of candidates)
    if (candidate !== pattern && (await matching(candidate, folder)).length > 0)
      return `; did you mean ${candidate}?`;
  return '';
}

const KINDS = ['.json', '.npz', '.safetensors'];

/** A path in which each folder or file that is not there is replaced by the one that was probably meant. */
function nearestPath(wanted: string, folder = ''): string {
  const segments = wanted.split('/');
  for (const [i, segment] of segments.entries()) {
    const before = segments.slice(0, i).join('/') || (wanted.startsWith('/') ? '/' : '');
    const place = path.resolve(folder, before);
    if (GLOB.test(segment)) break;
    if (segment === '' || existsSync(path.join(place, segment))) continue;
    const meant = nearest(segment, entriesOf(place));
    if (meant === undefined) break;
    segments[i] = meant;
  }
  return segments.join('/');
}

/** No more names than a person would look through. */
const MOST_ENTRIES = 1000;

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).slice(0, MOST_ENTRIES);
  } catch {
    return [];
  }
}

/** Whether it is the error of this file: that it is not there. */
export const isMissing = ({ problems }: InputError, file: string): boolean =>
  problems.length === 1 && problems[0]?.file === file && problems[0].message === 'there is no such file';

/** The error of a file that is not there, with the one that was probably meant; any other as it is. */
export function withFileMeant(error: InputError, file: string): InputError {
  if (!isMissing(error, file)) return error;
  const meant = nearestPath(file);
  if (meant === file || !existsSync(meant)) return error;
  return InputError.ofFile(file, `there is no such file; did you mean ${meant}?`);
}
