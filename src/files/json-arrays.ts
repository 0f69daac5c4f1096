import { Budget } from './budget.ts';
import { describe } from './describe.ts';
import { Findings } from './errors.ts';
import { inputError, parseJson } from './json.ts';
import { readNested } from './nested.ts';
import type { ArrayFile } from './reading.ts';

export interface JsonArraysOptions {
  /** of the arrays as float64 */
  readonly budget?: Budget;
  /** of what the text unfolds to, which is held only while it is read */
  readonly passing?: Budget;
}

/**
 * A JSON text that holds arrays: an object of them by name, or one array without a name.
 *
 * @throws InputError if it is something else
 */
export function openJsonArrays(
  file: string,
  text: string,
  { budget = new Budget(), passing = budget }: JsonArraysOptions = {},
): ArrayFile {
  const document = parseJson(file, text, { nonFinite: true, budget: passing });
  const named = Array.isArray(document.value) ? { '': document.value } : document.value;
  if (!isObject(named)) {
    const message = `expected an array, or an object of arrays by name; found ${describe(named)}`;
    throw inputError(document, [{ path: [], message }]);
  }
  const has = (name: string): boolean => Object.hasOwn(named, name);
  const ownOf = (name: string): unknown => (has(name) ? named[name] : undefined);
  return {
    names: Object.keys(named),
    metadata: [],
    has,
    read(name) {
      const findings = new Findings();
      const nested = readNested(ownOf(name), name === '' ? [] : [name], findings.add, budget);
      if (nested === undefined) throw inputError(document, findings.first);
      return { name, dtype: 'float64', ...nested };
    },
    readStrings(name) {
      const value = ownOf(name);
      if (typeof value === 'string') return { name, shape: [], values: [value] };
      const isList =
        Array.isArray(value) && value.length > 0 && value.every((text) => typeof text === 'string');
      return isList ? { name, shape: [value.length], values: value } : undefined;
    },
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
