import { matrix } from '../../core/matrix.ts';
import { type Finding, formatPath, InputError } from '../errors.ts';
import type { ArrayValue } from '../schema.ts';
import { indices } from './numbers.ts';
import type { ArrayFile, FileArray } from './reading.ts';

/** The names of a config's arrays. */
const NAMES = /^(X|y|[Wb][1-9]\d*)$/;

/**
 * The config that a whole file of arrays stands for: each array by its name in that file, and a scalar `reg`.
 *
 * @param file as the config would name it, relative to its own folder
 * @returns the config as JSON would hold it, and the names of what it has no place for
 */
export function configOfArrays(
  file: string,
  arrays: ArrayFile,
): { config: Record<string, unknown>; ignored: string[] } {
  const names = arrays.names.filter((name) => NAMES.test(name));
  const config: Record<string, unknown> = Object.fromEntries(names.map((key) => [key, { file, key }]));
  if (arrays.names.includes('reg')) config.reg = scalar(file, arrays.read('reg'));
  return { config, ignored: arrays.names.filter((name) => !Object.hasOwn(config, name)) };
}

function scalar(file: string, { name, shape, data }: FileArray): number {
  const [value] = data;
  if (data.length === 1 && value !== undefined) return value;
  throw InputError.ofFile(file, `${name}: expected a number, found an array of ${shape.join(' × ')}`);
}

/** The array of a file that `{"file", "key"}` means; the key may be left out where there is only one. */
export function selectArray(file: string, arrays: ArrayFile, key: string | undefined): FileArray {
  const [only] = arrays.names;
  if (key === undefined && arrays.names.length === 1 && only !== undefined) return arrays.read(only);
  if (key !== undefined && arrays.names.includes(key)) return arrays.read(key);
  const names = arrays.names.filter((name) => name !== '');
  const listed = `${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`;
  const holds = `it holds ${only === undefined ? 'no array' : listed || 'one array, without a name'}`;
  const problem = key === undefined ? 'expected a "key", the name of one of its arrays' : `${key}: not found`;
  throw InputError.ofFile(file, `${problem}; ${holds}`);
}

/** An array of a file as a config has them: a vector or a matrix, not empty, every number finite. */
export function toArrayValue(
  { shape, data }: FileArray,
  key: string,
  find: (path: Finding['path'], message: string) => void,
): ArrayValue | undefined {
  const found = shape.length === 0 ? 'a single number' : `an array of ${shape.join(' × ')}`;
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (shape.length !== 1 && shape.length !== 2) find([key], `expected a vector or a matrix, found ${found}`);
  else if (data.length === 0) find([key], `expected at least one number, found ${found}`);
  else if (bad >= 0)
    find(
      [key],
      `expected finite numbers, found ${data[bad]} at ${formatPath([key, ...indices(bad, shape)])}`,
    );
  else if (shape.length === 1) return { kind: 'vector', data };
  else return { kind: 'matrix', matrix: matrix(shape[0]!, shape[1]!, data) };
  return undefined;
}
