import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Overrides } from '../config/config.ts';
import type { ActivationName } from '../core/activations.ts';
import { ACTIVATION_NAMES } from '../core/activations.ts';
import { type MistakeId, mistakeIds } from '../mistakes/catalogue.ts';

/** How results can be printed; the last two list verdicts, which only checks have. */
const FORMATS = ['table', 'json', 'markdown', 'github', 'junit'] as const;
type Format = (typeof FORMATS)[number];
const PLAIN_FORMATS = FORMATS.slice(0, 3);

/** Options of every command that prints a result. */
export interface OutputOptions {
  readonly format: Format;
  readonly output?: string;
  readonly digits: number;
  readonly full: boolean;
  readonly quiet: boolean;
  readonly color?: boolean;
}

/** Options of `gradcheck` and `compare`. */
export interface CheckOptions {
  readonly step?: number;
  readonly rtol?: number;
  readonly atol?: number;
  readonly naive: boolean;
  readonly only?: readonly string[];
  readonly sample?: number;
  readonly seed: number;
  readonly worst: number;
  readonly strict: boolean;
  readonly allow: readonly MistakeId[];
}

export function addOutputOptions(command: Command, checks = false): Command {
  return command
    .addOption(
      new Option('--format <name>', 'how to print the result')
        .choices(checks ? FORMATS : PLAIN_FORMATS)
        .default('table'),
    )
    .addOption(new Option('--json', 'the same as --format json').implies({ format: 'json' }))
    .option('-o, --output <file>', 'write the result to a file instead')
    .option('--digits <n>', 'significant digits in tables', integer(1, 17), 6)
    .option('--full', 'show large tables in full', false)
    .option('-q, --quiet', 'print nothing; the exit code tells the result', false)
    .option('--color', 'use colour even when output is not a terminal')
    .option('--no-color', 'no colour (NO_COLOR is honoured too)');
}

export function addConfigOptions(command: Command): Command {
  return command
    .option('--reg <lambda>', "λ, instead of the config's", nonNegative)
    .option(
      '--activation <names>',
      `hidden activation, or one for each hidden layer: ${ACTIVATION_NAMES.join(', ')}`,
      activations,
    )
    .addOption(
      new Option('--samples <layout>', 'layout of X, a matrix y, logits and probabilities').choices([
        'columns',
        'rows',
      ]),
    )
    .addOption(new Option('--weights <layout>', 'layout of W and dW').choices(['out-in', 'in-out']));
}

export function addCheckOptions(command: Command): Command {
  return command
    .option(
      '--step <h>',
      'step of the numerical gradient, used as given (default: 2^-100, or 1e-5 with --naive)',
      positive,
    )
    .option('--rtol <r>', 'relative tolerance (default: 1e-7, or 1e-5 with --naive)', nonNegative)
    .option(
      '--atol <a>',
      'absolute tolerance (default: 0, or 1e-8 of the largest entry with --naive)',
      nonNegative,
    )
    .option('--naive', 'two full losses for each parameter: the textbook’s black box', false)
    .option('--only <tensors>', 'check only these tensors, such as dW2,db2', list)
    .option('--sample <k>', 'check k entries of each tensor', integer(1))
    .option('--seed <n>', 'which entries --sample draws', integer(0), 0)
    .option('--worst <k>', 'how many of the worst entries to show', integer(0), 5)
    .option('--strict', 'an inconclusive entry or a blind spot fails too', false)
    .option(
      '--allow <mistake>',
      'a blind spot that --strict accepts (repeatable)',
      mistakeList,
      [] as MistakeId[],
    );
}

/** The config's values that the command line replaces. */
export const overridesOf = ({ reg, activation, samples, weights }: Overrides): Overrides => ({
  ...(reg !== undefined && { reg }),
  ...(activation !== undefined && { activation }),
  ...(samples !== undefined && { samples }),
  ...(weights !== undefined && { weights }),
});

function number(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
}

export function nonNegative(text: string): number {
  const value = number(text);
  if (value < 0) throw new InvalidArgumentError('Expected a number of at least 0.');
  return value;
}

export function positive(text: string): number {
  const value = number(text);
  if (value <= 0) throw new InvalidArgumentError('Expected a number above 0.');
  return value;
}

export const integer =
  (min: number, max = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(
      `Expected an integer ${max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`}.`,
    );
  };

const list = (text: string, previous: readonly string[] = []): string[] => [
  ...previous,
  ...text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== ''),
];

function mistakeList(text: string, previous: readonly MistakeId[]): MistakeId[] {
  const ids = list(text).map((name) => {
    const known = mistakeIds.find((id) => id === name);
    if (known === undefined) throw new InvalidArgumentError(`Allowed choices are ${mistakeIds.join(', ')}.`);
    return known;
  });
  return [...previous, ...ids];
}

export function activations(text: string): ActivationName | ActivationName[] {
  const names = list(text).map((name) => {
    const known = ACTIVATION_NAMES.find((activation) => activation === name);
    if (known === undefined)
      throw new InvalidArgumentError(`Allowed choices are ${ACTIVATION_NAMES.join(', ')}.`);
    return known;
  });
  return names.length === 1 ? (names[0] as ActivationName) : names;
}
