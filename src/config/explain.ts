import type * as z from 'zod';
import { describe } from '../files/describe.ts';
import type { Find, Path } from '../files/errors.ts';
import { choiceHint } from './choices.ts';

/**
 * Says what a zod issue means: what was expected at a place, and what stands there.
 *
 * zod reports a value that fits no alternative of a union as one "Invalid input": the alternative that
 * came furthest tells what is wrong.
 *
 * @param value what zod was given
 * @param at where it stands in the config
 * @param whole what is expected where a value fits no alternative at all
 */
export function explain(
  issue: z.core.$ZodIssue,
  value: unknown,
  at: Path,
  find: Find,
  whole: string = AN_ARRAY,
): void {
  if (issue.code === 'invalid_union' && whole === AN_ARRAY && isUndecided(value)) {
    find(at, `expected ${AN_ARRAY}, found ${describe(value)}`);
    return;
  }
  for (const { path, issue: inner } of deepest(issue)) {
    const key = inner.code === 'unrecognized_keys' ? inner.keys[0] : undefined;
    if (key !== undefined) {
      find([...at, ...path, key], 'unknown key', true);
      continue;
    }
    const found = valueAt(value, path);
    const hint = inner.code === 'invalid_value' ? choiceHint(found, inner.values.map(String)) : '';
    find([...at, ...path], `expected ${expectation(inner, whole)}, found ${describe(found)}${hint}`);
  }
}

/** What stands for an array. */
export const AN_ARRAY =
  'an array of numbers, or an object with "file", or with "shape" and one of "constant", "normal", "uniform"';

/** An object that names none or several of the ways to give an array: no alternative is the one that was meant. */
function isUndecided(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return ['file', 'constant', 'normal', 'uniform'].filter((key) => Object.hasOwn(value, key)).length !== 1;
}

interface Placed {
  readonly path: Path;
  readonly issue: z.core.$ZodIssue;
}

function deepest(issue: z.core.$ZodIssue, base: Path = []): Placed[] {
  const path = [...base, ...(issue.path as (string | number)[])];
  if (issue.code !== 'invalid_union') return [{ path, issue }];
  const branches = issue.errors.map((issues) => issues.flatMap((inner) => deepest(inner, path)));
  const depth = (branch: Placed[]): number =>
    branch.reduce((max, placed) => Math.max(max, placed.path.length), 0);
  const [best] = branches.sort((a, b) => depth(b) - depth(a) || a.length - b.length);
  // No alternative got past the value itself, so none of them tells more than the union does.
  return best === undefined || depth(best) === path.length ? [{ path, issue }] : best;
}

function expectation(issue: z.core.$ZodIssue, whole: string): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'number') return 'a finite number';
      if (issue.expected === 'int') return 'an integer';
      return /^[aeiou]/.test(issue.expected) ? `an ${issue.expected}` : `a ${issue.expected}`;
    case 'invalid_value':
      return `one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `a number ${issue.inclusive ? 'of at least' : 'above'} ${issue.minimum}`
        : `at least ${issue.minimum} element${issue.minimum === 1 ? '' : 's'}`;
    case 'too_big':
      if (issue.origin === 'number' || issue.origin === 'int') return `a number of at most ${issue.maximum}`;
      return `at most ${issue.maximum} ${issue.origin === 'string' ? 'characters' : 'elements'}`;
    case 'invalid_union':
      return whole;
    default:
      return issue.message;
  }
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key],
    value,
  );
}
