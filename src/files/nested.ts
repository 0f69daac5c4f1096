import type { Budget } from './budget.ts';
import { describe } from './describe.ts';
import type { Path } from './errors.ts';

/** Numbers in nested arrays: their shape, and the numbers row by row. */
export interface Nested {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** NumPy's own limit. */
const MAX_DIMENSIONS = 64;

/**
 * Reads nested arrays of numbers, all branches alike; NaN and infinities may be words.
 *
 * @param find is told the first thing that is wrong
 * @param budget of the numbers as float64
 */
export function readNested(
  nested: unknown,
  path: Path,
  find: (path: Path, message: string) => void,
  budget?: Budget,
): Nested | undefined {
  const shape: number[] = [];
  for (let value = nested; isArray(value); value = value[0]) shape.push(value.length);
  if (shape.length > MAX_DIMENSIONS) {
    find(path, `expected arrays nested at most ${MAX_DIMENSIONS} deep, found ${shape.length}`);
    return undefined;
  }
  const fault = faultIn(nested, shape, 0);
  // Only now is it known that there are as many numbers as the shape says.
  const entries = shape.reduce((product, size) => product * size, 1);
  const excess = fault === undefined ? budget?.take(8 * entries) : undefined;
  if (fault !== undefined || excess !== undefined) {
    find([...path, ...(fault?.at ?? [])], fault?.message ?? (excess as string));
    return undefined;
  }
  const data = new Float64Array(entries);
  fill(data, nested, shape.length, 0);
  return { shape, data };
}

/** What keeps nested arrays from being an array of a shape, and where in it. */
interface Fault {
  readonly at: readonly number[];
  readonly message: string;
}

function faultIn(value: unknown, shape: readonly number[], depth: number): Fault | undefined {
  if (depth === shape.length)
    return toNumber(value) === undefined
      ? { at: [], message: `expected a number, found ${describe(value)}` }
      : undefined;
  if (!isArray(value) || value.length !== shape[depth])
    return { at: [], message: `expected an array of ${shape[depth]}, like its siblings` };
  for (let i = 0; i < value.length; i++) {
    const fault = faultIn(value[i], shape, depth + 1);
    if (fault !== undefined) return { at: [i, ...fault.at], message: fault.message };
  }
  return undefined;
}

/** Writes the numbers of arrays nested this deep, and returns where they end. */
function fill(data: Float64Array, value: unknown, depth: number, start: number): number {
  if (depth === 0) {
    data[start] = toNumber(value)!;
    return start + 1;
  }
  let at = start;
  const array = value as ArrayLike<unknown>;
  for (let i = 0; i < array.length; i++) at = fill(data, array[i], depth - 1, at);
  return at;
}

/** An array, or a typed one, as programs that use the library have them. */
export const isArray = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

const NON_FINITE: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

/** A number, or the word for one that JSON does not have. */
export const toNumber = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : NON_FINITE.get(value);
