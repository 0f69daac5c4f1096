import { matrix } from '../core/matrix.ts';
import { randomNumbers } from '../core/random.ts';
import type { Budget } from '../files/budget.ts';
import { describe } from '../files/describe.ts';
import { concealed, type Find, findingsOf } from '../files/errors.ts';
import type { ArrayFile } from '../files/reading.ts';
import { selectArray, toArrayValue } from './config-arrays.ts';
import { AN_ARRAY, explain } from './explain.ts';
import { readNumbers } from './numbers.ts';
import { type ArraySpec, type ArrayValue, arraySpec } from './schema.ts';

/** What an array may be made of, besides the value itself. */
export interface ArrayContext {
  readonly seed: number;
  /** by the names that the config gives them */
  readonly files: ReadonlyMap<string, ArrayFile>;
  readonly budget: Budget;
}

/** Reads one array of a config: nested numbers, one from a file, or a constant, normal or uniform one of a shape. */
export function readArray(
  value: unknown,
  key: string,
  context: ArrayContext,
  find: Find,
): ArrayValue | undefined {
  if (Array.isArray(value)) return readNumbers(value, key, context.budget, find);
  const spec = specOf(value, key, find);
  if (spec === undefined) return undefined;
  return 'file' in spec ? fromFile(spec, key, context, find) : generated(spec, key, context, find);
}

/** An object that stands for an array. */
function specOf(value: unknown, key: string, find: Find): ArraySpec | undefined {
  if (typeof value !== 'object' || value === null) {
    find([key], `expected ${AN_ARRAY}, found ${describe(value)}`);
    return undefined;
  }
  const { shape } = value as { shape?: unknown };
  if (Array.isArray(shape) && shape.length > 2) {
    find([key, 'shape'], `expected at most 2 elements, found ${describe(shape)}`);
    return undefined;
  }
  const { data, error } = arraySpec.safeParse(value);
  for (const issue of error?.issues ?? []) explain(issue, value, [key], find);
  return data;
}

function fromFile(
  spec: Extract<ArraySpec, { file: string }>,
  key: string,
  { files }: ArrayContext,
  find: Find,
): ArrayValue | undefined {
  const file = files.get(spec.file);
  if (file === undefined) {
    find([key, 'file'], 'only a config that is read from a file can name another; expected the numbers');
    return undefined;
  }
  try {
    return toArrayValue(selectArray(spec.file, file, spec.key), key, find);
  } catch (error) {
    for (const finding of findingsOf(file.isForeign ? concealed(error) : error, [key, 'file']))
      find(finding.path, finding.message);
    return undefined;
  }
}

type Generated = Exclude<ArraySpec, { file: string }>;

function generated(
  spec: Generated,
  key: string,
  { seed, budget }: ArrayContext,
  find: Find,
): ArrayValue | undefined {
  const size = spec.shape.reduce((product, length) => product * length, 1);
  const excess = budget.take(8 * size);
  if (excess !== undefined) {
    find([key, 'shape'], excess);
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
