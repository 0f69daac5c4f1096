import { matrix } from '../core/matrix.ts';
import { randomNumbers } from '../core/random.ts';
import { type Finding, findingsOf } from './errors.ts';
import { selectArray, toArrayValue } from './files/config-arrays.ts';
import type { ArrayFile } from './files/reading.ts';
import type { ArraySpec, ArrayValue } from './schema.ts';

type Find = (path: Finding['path'], message: string) => void;

/** Reads one array of a config: nested numbers, one from a file, or a constant, normal or uniform one of a shape. */
export function readArray(
  spec: ArraySpec | undefined,
  key: string,
  seed: number,
  files: ReadonlyMap<string, ArrayFile>,
  find: Find,
): ArrayValue | undefined {
  if (spec === undefined) return undefined;
  if (Array.isArray(spec))
    return Array.isArray(spec[0])
      ? fromNested(spec as number[][], key, find)
      : fromNumbers(spec as number[], key, find);
  if ('file' in spec) {
    const file = files.get(spec.file);
    if (file !== undefined) return fromFile(spec, file, key, find);
    find([key, 'file'], 'only a config that is read from a file can name another; expected the numbers');
    return undefined;
  }
  const size = spec.shape.reduce((product, length) => product * length, 1);
  if (size > MOST_ENTRIES) {
    find([key, 'shape'], `expected at most ${MOST_ENTRIES} entries, found ${spec.shape.join(' × ')}`);
    return undefined;
  }
  const data = new Float64Array(size);
  fill(data, spec, key, seed);
  if (!data.every(Number.isFinite)) {
    find([key], 'expected finite numbers; those drawn from this range overflow');
    return undefined;
  }
  const [rows = 0, cols] = spec.shape;
  return cols === undefined ? { kind: 'vector', data } : { kind: 'matrix', matrix: matrix(rows, cols, data) };
}

function fromFile(
  spec: { readonly file: string; readonly key?: string | undefined },
  file: ArrayFile,
  key: string,
  find: Find,
): ArrayValue | undefined {
  try {
    return toArrayValue(selectArray(spec.file, file, spec.key), key, find);
  } catch (error) {
    for (const { path, message } of findingsOf(error, [key, 'file'])) find(path, message);
    return undefined;
  }
}

/** A gigabyte: larger shapes are slips of the hand. */
const MOST_ENTRIES = 2 ** 27;

function fromNumbers(numbers: number[], key: string, find: Find): ArrayValue | undefined {
  if (numbers.length > 0) return { kind: 'vector', data: Float64Array.from(numbers) };
  find([key], 'expected at least one number, found an empty array');
  return undefined;
}

function fromNested(rows: number[][], key: string, find: Find): ArrayValue | undefined {
  const cols = rows[0]?.length ?? 0;
  if (cols === 0) {
    find([key, 0], 'expected at least one number in a row, found an empty row');
    return undefined;
  }
  const ragged = rows.flatMap((row, i) => (row.length === cols ? [] : [i]));
  for (const i of ragged)
    find([key, i], `expected a row of ${cols}, as ${key}[0] has; found ${rows[i]?.length}`);
  if (ragged.length > 0) return undefined;
  const M = matrix(rows.length, cols);
  for (const [i, row] of rows.entries()) M.data.set(row, i * cols);
  return { kind: 'matrix', matrix: M };
}

type Generated = Exclude<ArraySpec, number[] | number[][] | { file: string }>;

function fill(data: Float64Array, spec: Generated, key: string, seed: number): void {
  if ('constant' in spec) {
    data.fill(spec.constant);
    return;
  }
  const random = randomNumbers(seed, key);
  for (let i = 0; i < data.length; i++) {
    data[i] =
      'normal' in spec
        ? spec.normal.mean + spec.normal.std * random.normal()
        : spec.uniform.low + (spec.uniform.high - spec.uniform.low) * random.uniform();
  }
}
