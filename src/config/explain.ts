import type * as z from 'zod';
import { ACTIVATION_NAMES } from '../core/activations.ts';
import type { Finding, Path } from './errors.ts';
import { nearest } from './keys.ts';

/**
 * Says what a zod issue means: what was expected at a place, and what stands there.
 *
 * zod reports a value that fits no alternative of a union as one "Invalid input": the alternative that
 * came furthest tells what is wrong.
 */
export function explain(issue: z.core.$ZodIssue, config: unknown): Finding[] {
  const at = issue.path as Path;
  if (issue.code === 'invalid_union' && isUndecided(valueAt(config, at))) {
    return [
      { path: at, message: `expected ${expectation(issue, at)}, found ${describe(valueAt(config, at))}` },
    ];
  }
  return deepest(issue).map(({ path, issue: inner }) => {
    const value = valueAt(config, path);
    const key = inner.code === 'unrecognized_keys' ? inner.keys[0] : undefined;
    if (key !== undefined) return { path: [...path, key], message: 'unknown key', atKey: true };
    const near =
      path[0] === 'activation' && typeof value === 'string' ? nearest(value, ACTIVATION_NAMES) : undefined;
    const hint = near === undefined ? '' : `; did you mean ${near}?`;
    const expected = isInFlatArray(config, inner, path) ? entryOf(path) : expectation(inner, path);
    return { path, message: `expected ${expected}, found ${describe(value)}${hint}` };
  });
}

/** zod would as soon have a row in the place of a wrong entry: where no entry is one, none was meant. */
function isInFlatArray(config: unknown, issue: z.core.$ZodIssue, path: Path): boolean {
  if (issue.code !== 'invalid_type' || issue.expected !== 'array') return false;
  const array = valueAt(config, path.slice(0, -1));
  return Array.isArray(array) && !array.some(Array.isArray);
}

const entryOf = (path: Path): string =>
  path[0] === 'y' && path.length === 2 ? 'a class label' : 'a finite number';

/** An object that names none or several of the ways to give an array: no alternative is the one that was meant. */
function isUndecided(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return (
    Object.keys(value).filter((key) => ['file', 'constant', 'normal', 'uniform'].includes(key)).length !== 1
  );
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

/** What stands at a place that holds one of several kinds of value. */
const PLACES: Readonly<Record<string, string>> = {
  activation: 'an activation (sigmoid, tanh, relu, softplus, identity) or a list of them',
  reference: 'a path, a list of paths, or a reference',
};
const ARRAY =
  'an array of numbers, or an object with "file", or with "shape" and one of "constant", "normal", "uniform"';

function expectation(issue: z.core.$ZodIssue, path: Path): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'number') return entryOf(path);
      if (issue.expected === 'int') return 'an integer';
      return /^[aeiou]/.test(issue.expected) ? `an ${issue.expected}` : `a ${issue.expected}`;
    case 'invalid_value':
      return `one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `a number ${issue.inclusive ? 'of at least' : 'above'} ${issue.minimum}`
        : `at least ${issue.minimum} element${issue.minimum === 1 ? '' : 's'}`;
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `a number of at most ${issue.maximum}`
        : `at most ${issue.maximum} elements`;
    case 'invalid_union':
      return PLACES[String(path[0])] ?? ARRAY;
    default:
      return issue.message;
  }
}

function valueAt(config: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<string | number, unknown> | undefined)?.[key],
    config,
  );
}

/** A value in a few words, whatever its size. */
function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value);
    return keys.length === 0
      ? 'an empty object'
      : `an object with ${keys.slice(0, 4).join(', ')}${keys.length > 4 ? ', …' : ''}`;
  }
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}
