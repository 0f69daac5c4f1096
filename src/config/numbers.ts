import { matrix } from '../core/matrix.ts';
import type { Budget } from '../files/budget.ts';
import { describe } from '../files/describe.ts';
import type { Find } from '../files/errors.ts';
import type { ArrayValue } from './schema.ts';

/** Reads an array of a config that stands there as numbers: a vector, or a matrix row by row. */
export function readNumbers(
  array: readonly unknown[],
  key: string,
  budget: Budget,
  find: Find,
): ArrayValue | undefined {
  if (array.length === 0) {
    find([key], 'expected at least one number, found an empty array');
    return undefined;
  }
  // Where one entry is a row, all are meant to be.
  return array.some(Array.isArray)
    ? readRows(array, key, budget, find)
    : readVector(array, key, budget, find);
}

function readVector(
  array: readonly unknown[],
  key: string,
  budget: Budget,
  find: Find,
): ArrayValue | undefined {
  const expected = key === 'y' ? 'a class label' : 'a finite number';
  let isGood = true;
  for (let i = 0; i < array.length; i++) {
    if (Number.isFinite(array[i])) continue;
    isGood = false;
    find([key, i], () => `expected ${expected}, found ${describe(array[i])}`);
  }
  const data = isGood ? roomFor(array.length, key, budget, find) : undefined;
  if (data === undefined) return undefined;
  for (let i = 0; i < array.length; i++) data[i] = array[i] as number;
  return { kind: 'vector', data };
}

function readRows(rows: readonly unknown[], key: string, budget: Budget, find: Find): ArrayValue | undefined {
  if (!areRows(rows, key, find)) return undefined;
  const cols = rows[0]!.length;
  if (cols === 0) {
    find([key, 0], 'expected at least one number in a row, found an empty row');
    return undefined;
  }
  let isGood = true;
  for (let i = 0; i < rows.length; i++) {
    if (rows[i]!.length === cols) continue;
    isGood = false;
    find([key, i], () => `expected a row of ${cols}, as ${key}[0] has; found ${rows[i]!.length}`);
  }
  const data = isGood ? roomFor(rows.length * cols, key, budget, find) : undefined;
  if (data === undefined) return undefined;
  for (let i = 0, at = 0; i < rows.length; i++) for (let j = 0; j < cols; j++, at++) data[at] = rows[i]![j]!;
  return { kind: 'matrix', matrix: matrix(rows.length, cols, data) };
}

/** Whether each entry is an array of finite numbers. */
function areRows(rows: readonly unknown[], key: string, find: Find): rows is readonly (readonly number[])[] {
  let isGood = true;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!Array.isArray(row)) {
      isGood = false;
      find([key, i], () => `expected an array, found ${describe(row)}`);
      continue;
    }
    for (let j = 0; j < row.length; j++) {
      if (Number.isFinite(row[j])) continue;
      isGood = false;
      find([key, i, j], () => `expected a finite number, found ${describe(row[j])}`);
    }
  }
  return isGood;
}

function roomFor(entries: number, key: string, budget: Budget, find: Find): Float64Array | undefined {
  const excess = budget.take(8 * entries);
  if (excess === undefined) return new Float64Array(entries);
  find([key], excess);
  return undefined;
}
