import type { Finding, Path } from './errors.ts';

/** Numbers in nested arrays: their shape, and the numbers row by row. */
export interface Nested {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** NumPy's own limit. */
const MAX_DIMENSIONS = 64;

/** Reads nested arrays of numbers, all branches alike; NaN and infinities may be words. */
export function readNested(
  nested: unknown,
  path: Path,
  find: (path: Finding['path'], message: string) => void,
): Nested | undefined {
  const shape: number[] = [];
  for (let value = nested; isArray(value); value = value[0]) shape.push(value.length);
  if (shape.length > MAX_DIMENSIONS) {
    find(path, `expected arrays nested at most ${MAX_DIMENSIONS} deep, found ${shape.length}`);
    return undefined;
  }
  const data: number[] = [];
  const walk = (value: unknown, depth: number, at: Path): boolean => {
    if (depth === shape.length) {
      const number = toNumber(value);
      if (number === undefined) find(at, `expected a number, found ${JSON.stringify(value).slice(0, 40)}`);
      else data.push(number);
      return number !== undefined;
    }
    if (!isArray(value) || value.length !== shape[depth]) {
      find(at, `expected an array of ${shape[depth]}, like its siblings`);
      return false;
    }
    return Array.from(value).every((inner, i) => walk(inner, depth + 1, [...at, i]));
  };
  return walk(nested, 0, path) ? { shape, data: Float64Array.from(data) } : undefined;
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
