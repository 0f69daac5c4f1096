import { ACTIVATION_NAMES, type ActivationSpec, nameOf } from '../core/activations.ts';
import type { Output } from '../core/objective.ts';
import { describe } from '../files/describe.ts';
import type { Find, Path } from '../files/errors.ts';
import { choiceHint } from './choices.ts';

/** The activations that may carry a number: the slope below 0, and the α of α(eᶻ − 1). */
const PARAMETRIC = ['leaky-relu', 'elu'] as const;

export const OUTPUT_NAMES = ['softmax', ...ACTIVATION_NAMES] as const;

/**
 * An activation as options, strings of an array file and metadata write it: `tanh`, or `leaky-relu:0.2`, `elu:0.5`.
 *
 * @returns undefined if it is none
 */
export function activationOfText(text: string): ActivationSpec | undefined {
  const [name = '', number] = text.split(':', 2).map((part) => part.trim());
  if (number === undefined) return ACTIVATION_NAMES.find((known) => known === name);
  const value = number === '' ? Number.NaN : Number(number);
  if (!Number.isFinite(value)) return undefined;
  if (name === 'leaky-relu') return { 'leaky-relu': value };
  return name === 'elu' ? { elu: value } : undefined;
}

/** The same for an output: softmax, or an activation. */
export const outputOfText = (text: string): Output | undefined =>
  text === 'softmax' ? text : activationOfText(text);

/** The inverse of both. */
export const textOfOutput = (output: Output): string =>
  typeof output === 'string' ? output : Object.entries(output).flat().join(':');

/** The name of an output, without its number. */
export const outputName = (output: Output): string => (output === 'softmax' ? output : nameOf(output));

/** Finds what is wrong with the `activation` of a config: one, or a list of them. */
export function checkActivation(value: unknown, path: Path, find: Find): void {
  if (!Array.isArray(value))
    checkSpec(value, path, `${ACTIVATION} or a list of them`, ACTIVATION_NAMES, find);
  else
    for (const [i, entry] of value.entries())
      checkSpec(entry, [...path, i], ACTIVATION, ACTIVATION_NAMES, find);
}

/** The same of its `output`. */
export const checkOutput = (value: unknown, path: Path, find: Find): void =>
  checkSpec(value, path, OUTPUT, OUTPUT_NAMES, find);

const ACTIVATION = `an activation (${ACTIVATION_NAMES.join(', ')})`;
const OUTPUT = `an output (${OUTPUT_NAMES.join(', ')})`;

function checkSpec(value: unknown, path: Path, expected: string, names: readonly string[], find: Find): void {
  if (typeof value === 'string') {
    if (!names.includes(value))
      find(path, () => `expected ${expected}, found ${describe(value)}${choiceHint(value, names)}`);
    return;
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const [[name, number] = [], ...more] = isObject ? Object.entries(value) : [];
  if (name === undefined || more.length > 0 || !PARAMETRIC.some((parametric) => parametric === name)) {
    const hint = name !== undefined && names.includes(name) && more.length === 0 ? TAKES_NONE(name) : '';
    find(path, () => `expected ${expected}, found ${describe(value)}${hint}`);
  } else if (typeof number !== 'number' || !Number.isFinite(number))
    find([...path, name], () => `expected a finite number, found ${describe(number)}`);
}

const TAKES_NONE = (name: string): string =>
  `; only ${PARAMETRIC.join(' and ')} take a number, ${name} is written "${name}"`;
