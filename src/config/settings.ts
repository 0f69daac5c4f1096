import { describe } from '../files/describe.ts';
import type { Find } from '../files/errors.ts';
import { checkActivation, checkOutput } from './activations.ts';
import { explain } from './explain.ts';
import { settingSchemas } from './schema.ts';

/** Checks a value of a config that is no array, by itself. */
export function checkSetting(key: string, value: unknown, find: Find): void {
  if (value === undefined) return;
  if (key === 'activation') checkActivation(value, [key], find);
  else if (key === 'output') checkOutput(value, [key], find);
  else if (key === 'reference') checkReference(value, find);
  else {
    const parsed = settingSchemas[key]?.safeParse(value);
    for (const issue of parsed?.error?.issues ?? []) explain(issue, value, [key], find);
  }
}

function checkReference(value: unknown, find: Find): void {
  if (!Array.isArray(value)) {
    if (!isReference(value))
      find(['reference'], () => `expected a path, a list of paths, or a reference, found ${describe(value)}`);
    return;
  }
  for (const [i, entry] of value.entries())
    if (!isReference(entry))
      find(['reference', i], () => `expected a path, or a reference, found ${describe(entry)}`);
}

/** A path, or what may be a reference itself. */
const isReference = (value: unknown): boolean =>
  typeof value === 'string'
    ? value !== ''
    : typeof value === 'object' && value !== null && !Array.isArray(value);
