import { matrix } from '../core/matrix.ts';
import { type Find, formatPath, InputError, shorten } from '../files/errors.ts';
import { BY_NAME, isGradientName, kindOfName, layersByName, type ReadAs } from '../files/names.ts';
import { indices } from '../files/numbers.ts';
import type { ArrayFile, FileArray } from '../files/reading.ts';
import { activationOfText, outputOfText } from './activations.ts';
import { nearest } from './keys.ts';
import { type ArrayValue, CONFIG_KEYS, isArrayKey } from './schema.ts';

/** The keys of a config that are no arrays: numbers, and texts. */
const NUMBERS = ['reg', 'seed'];
const SETTINGS = CONFIG_KEYS.filter((key) => !isArrayKey(key));

/** What the metadata say of the file itself: which library wrote it. */
const OF_THE_FORMAT = 'format';

/** What a whole file of arrays is as a config. */
export interface ConfigOfArrays {
  /** as JSON would hold it */
  readonly config: Record<string, unknown>;
  /** what it has no place for */
  readonly ignored: readonly string[];
  /** the weights and biases that have names of others */
  readonly read: readonly ReadAs[];
}

/**
 * The config that a whole file of arrays stands for: each array by its name in that file, weights and biases also by what
 * others call them, and its scalars, strings and metadata as the keys they name.
 *
 * @param file as the config would name it, relative to its own folder
 */
export function configOfArrays(file: string, arrays: ArrayFile): ConfigOfArrays {
  const own = new Set(arrays.names);
  const beside = new Set(arrays.metadata);
  const names = [...own, ...arrays.metadata.filter((name) => !own.has(name))];
  const parameters = parametersOf(arrays.names);
  const keyOf = (name: string): string | undefined =>
    parameters.get(name) ?? (name === 'X' || name === 'y' ? name : undefined);
  const entries = names.flatMap((name): { name: string; key: string; value: unknown }[] => {
    const key = own.has(name) ? keyOf(name) : undefined;
    if (key !== undefined) return [{ name, key, value: { file, key: name } }];
    if (!SETTINGS.includes(name)) return [];
    if (own.has(name) && beside.has(name))
      throw InputError.ofFile(file, 'it stands both among the arrays and in the metadata', '', name);
    const value = readSetting(file, arrays, name);
    return value === undefined ? [] : [{ name, key: name, value }];
  });
  const used = new Set(entries.map(({ name }) => name));
  return {
    config: Object.fromEntries(entries.map(({ key, value }) => [key, value])),
    ignored: names.filter((name) => !used.has(name) && (own.has(name) || name !== OF_THE_FORMAT)),
    read: entries
      .filter(({ name, key }) => name !== key)
      .map(({ name: from, key: to }) => ({ from, to, why: BY_NAME })),
  };
}

/** The keys of the weights and biases of a file, by the names that they have there; their gradients are others. */
function parametersOf(names: readonly string[]): Map<string, string> {
  const candidates = names.filter(
    (name) => !SETTINGS.includes(name) && kindOfName(name) !== undefined && !isGradientName(name),
  );
  const ours = candidates.filter(isArrayKey);
  const found = layersByName(candidates).map(({ from, kind, layer }) => [from, `${kind}${layer}`] as const);
  const read = new Map(found.filter(([, key]) => isArrayKey(key)));
  // What has fcnet's own names has these, unless all names together say otherwise: W0 and W1 are W1 and W2.
  return ours.every((name) => read.has(name)) ? read : new Map(ours.map((name) => [name, name]));
}

/** A number or a text of a config; undefined for numbers that have the name of a text, such as a loss. */
function readSetting(file: string, arrays: ArrayFile, key: string): unknown {
  const strings = arrays.readStrings(key);
  if (strings !== undefined) {
    const settings = strings.values.map((text) => settingOfText(key, text));
    return settings.length === 1 ? settings[0] : settings;
  }
  if (NUMBERS.includes(key)) return scalar(file, arrays.read(key));
  // An empty list is one of numbers to NumPy.
  return key === 'activation' && arrays.read(key).data.length === 0 ? [] : undefined;
}

/** What a text says for a key: a number, an activation, a list of them with commas, any JSON; or itself. */
function settingOfText(key: string, text: string): unknown {
  if (NUMBERS.includes(key)) {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    return Number.isFinite(value) ? value : text;
  }
  if (!['activation', 'output', 'reference'].includes(key)) return text;
  if (/^\s*[[{]/.test(text)) return jsonOf(text);
  if (key === 'output') return outputOfText(text) ?? text;
  if (key === 'reference') return text;
  const [only, ...more] = text.split(',').map((name) => activationOfText(name.trim()) ?? name.trim());
  if (only === '') return [];
  return more.length === 0 ? only : [only, ...more];
}

/** The value of a JSON text; the text itself if it is none. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function scalar(file: string, { name, shape, data }: FileArray): number {
  const [value] = data;
  if (data.length === 1 && value !== undefined) return value;
  throw InputError.ofFile(file, `expected a number, found an array of ${shape.join(' × ')}`, '', name);
}

/** The array of a file that `{"file", "key"}` means; the key may be left out where there is only one. */
export function selectArray(file: string, arrays: ArrayFile, key: string | undefined): FileArray {
  const [only] = arrays.names;
  if (key === undefined && arrays.names.length === 1 && only !== undefined) return arrays.read(only);
  if (key !== undefined && arrays.has(key)) return arrays.read(key);
  throw InputError.ofFile(file, `${missing(arrays, key)}; found ${listed(arrays.names)}`);
}

function missing({ names }: ArrayFile, key: string | undefined): string {
  if (key === undefined) return 'expected a "key", the name of one of its arrays';
  const meant = names.length <= MOST_NAMES ? nearest(key, names) : undefined;
  const hint = meant === undefined || meant === '' ? '' : `; did you mean ${meant}?`;
  return `there is no array ${shorten(key, 60)} in it${hint}`;
}

/** Among more it is not looked for one that may have been meant. */
const MOST_NAMES = 100;
const MOST_LISTED = 20;

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'no array';
  if (names.length === 1 && names[0] === '') return 'one array, without a name';
  const first = names.slice(0, MOST_LISTED).map((name) => shorten(name, 40));
  return `${first.join(', ')}${names.length > MOST_LISTED ? ', …' : ''}`;
}

/** An array of a file as a config has them: a vector or a matrix, not empty, every number finite. */
export function toArrayValue({ shape, data }: FileArray, key: string, find: Find): ArrayValue | undefined {
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
