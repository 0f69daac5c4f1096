import { shorten } from './errors.ts';

const MOST = 40;

/** A value in a few words, whatever its size. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return describeObject(value);
  if (typeof value !== 'string') return shorten(String(value), MOST);
  const text = JSON.stringify(value.slice(0, MOST));
  return value.length <= MOST && text.length <= MOST ? text : `${text.slice(0, MOST - 1)}…`;
}

function describeObject(value: object): string {
  const keys = ArrayBuffer.isView(value) ? [] : Object.keys(value);
  if (keys.length === 0) return ArrayBuffer.isView(value) ? 'a typed array' : 'an empty object';
  const names = keys.slice(0, 4).map((key) => shorten(key, MOST));
  return `an object with ${names.join(', ')}${keys.length > 4 ? ', …' : ''}`;
}
