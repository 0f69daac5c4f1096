import { type Command, InvalidArgumentError, Option } from 'commander';
import { activationOfText, OUTPUT_NAMES, outputOfText } from '../config/activations.ts';
import { choiceMeant } from '../config/choices.ts';
import type { Overrides } from '../config/config.ts';
import { LAYOUTS } from '../config/schema.ts';
import { ACTIVATION_NAMES, type ActivationSpec } from '../core/activations.ts';
import { LOSS_NAMES, type Output, PENALTIES, REDUCTIONS } from '../core/objective.ts';
import type { Allowed } from '../mistakes/audit.ts';
import { mistakeIds } from '../mistakes/catalogue.ts';
import { type Destination, destinationOf } from './destinations.ts';
import { FORMAT_NAMES, type FormatName, PLAIN_FORMATS } from './formats.ts';

/** Both that `--output` can say: where the result goes instead of standard output, and what the network's output is. */
interface OutputChoice {
  readonly file?: string;
  readonly network?: Output;
}

/** Options that replace values of a config. */
export type ConfigOptions = Omit<Overrides, 'output'> & { readonly output?: OutputChoice };

/** Options of every command that prints a result. */
export interface OutputOptions {
  /** each with the file that it goes to; without one, where results go */
  readonly format?: readonly Destination[];
  readonly json?: boolean;
  readonly output?: OutputChoice;
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
  readonly allow: readonly Allowed[];
  readonly jobs: number;
}

export function addOutputOptions(command: Command, checks = false): Command {
  return command
    .optionsGroup('The result:')
    .addOption(formatOption(checks ? FORMAT_NAMES : PLAIN_FORMATS))
    .option('--json', 'the same as --format json')
    .addOption(fileOption('write the result to a file instead; also --output, unless it names an output'))
    .option('--digits <n>', 'significant digits in tables', integer(1, 17), 6)
    .option('--full', 'show large tables in full', false)
    .option('-q, --quiet', 'print nothing; the exit code tells the result', false)
    .option('--color', 'use colour even when output is not a terminal')
    .option('--no-color', 'no colour (NO_COLOR is honoured too)');
}

/** `--format <name>`, repeatable: each goes to a file of its own, as in `junit=report.xml`, or where results go. */
const formatOption = (names: readonly FormatName[]): Option =>
  new Option('--format <name>', 'how to print the result; NAME=FILE writes it to a file besides (repeatable)')
    .choices(names)
    .default(undefined, 'table')
    .argParser((text, previous: readonly Destination[] = []): Destination[] => {
      const destination = destinationOf(text, names);
      if (destination === undefined) throw new InvalidArgumentError(allowed(text.replace(/=.*/s, ''), names));
      if (destination.file === '')
        throw new InvalidArgumentError(`Expected a file, as in ${text}FILE, or ${text.slice(0, -1)} alone.`);
      return [...previous, destination];
    });

/** `-o <file>`, kept beside what `--output` says: that names a file too, unless it names an output of networks. */
export function fileOption(description: string): Option {
  const option = new Option('-o <file>', description);
  option.attributeName = () => 'output';
  return option.argParser((file, previous?: OutputChoice): OutputChoice => ({ ...previous, file }));
}

export function addConfigOptions(command: Command): Command {
  return command
    .optionsGroup('Instead of what the config says:')
    .option('--reg <lambda>', "λ, instead of the config's", nonNegative)
    .option(
      '--activation <names>',
      `hidden activation, or one for each hidden layer: ${ACTIVATION_NAMES.join(', ')}; leaky-relu:0.2 and elu:0.5 say their slope and α`,
      activations,
    )
    .option(
      '--output <name>',
      "the network's output: softmax, or an activation; any other value is the file of -o",
      (text, previous?: OutputChoice): OutputChoice => ({ ...previous, ...outputChoice(text) }),
    )
    .addOption(choice('--loss <name>', 'loss of a sample', LOSS_NAMES))
    .addOption(choice('--reduction <name>', 'how the losses of the samples make one', REDUCTIONS))
    .addOption(choice('--penalty <name>', 'of the weights: ½λ Σ‖W‖², λ Σ‖W‖², (λ/2N) Σ‖W‖²', PENALTIES))
    .addOption(choice('--samples <layout>', 'layout of X, a matrix y, logits and outputs', LAYOUTS.samples))
    .addOption(choice('--weights <layout>', 'layout of W and dW', LAYOUTS.weights))
    .addOption(
      choice('--biases <layout>', 'beside W, none, or the first or last input of W and dW', LAYOUTS.biases),
    );
}

/**
 * Which of the two things `--output` says. A slip in the name of an output must not become the name of a file.
 */
function outputChoice(text: string): OutputChoice {
  const network = outputOfText(text);
  if (network !== undefined) return { network };
  const [name = ''] = text.split(':');
  if (OUTPUT_NAMES.some((known) => known === name))
    throw new InvalidArgumentError('Only leaky-relu and elu take a number, as in leaky-relu:0.2.');
  const meant = /^[\w-]+$/.test(text) ? choiceMeant(text, OUTPUT_NAMES) : undefined;
  if (meant === undefined) return { file: text };
  throw new InvalidArgumentError(`Did you mean ${meant}? (A file of that name is ./${text}.)`);
}

/** An option that takes one of some words. */
export const choice = (flags: string, description: string, choices: readonly string[]): Option =>
  new Option(flags, description).choices(choices).argParser(word(choices));

/** Reads one of some words. */
export const word =
  (choices: readonly string[]) =>
  (text: string): string => {
    if (choices.includes(text)) return text;
    throw new InvalidArgumentError(allowed(text, choices));
  };

export function allowed(text: string, choices: readonly string[]): string {
  const meant = choiceMeant(text, choices);
  return `Allowed choices are ${choices.join(', ')}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`;
}

export function addCheckOptions(command: Command): Command {
  return command
    .optionsGroup('The check:')
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
      'a blind spot that --strict accepts, or inconclusive: such entries (repeatable)',
      mistakeList,
      [] as Allowed[],
    )
    .option('--jobs <n>', 'how many configs may be on their way at once', integer(1), 1);
}

/** The config's values that the command line replaces. */
export function overridesOf({ output, ...options }: ConfigOptions): Overrides {
  const overrides: Overrides = {
    ...options,
    ...(output?.network !== undefined && { output: output.network }),
  };
  return Object.fromEntries(
    OVERRIDES.filter((key) => overrides[key] !== undefined).map((key) => [key, overrides[key]]),
  );
}

/** Every key of Overrides: one left out does not compile. */
export const OVERRIDES = Object.keys({
  reg: true,
  activation: true,
  output: true,
  loss: true,
  reduction: true,
  penalty: true,
  samples: true,
  weights: true,
  biases: true,
} satisfies Record<keyof Overrides, true>) as (keyof Overrides)[];

function number(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
}

function nonNegative(text: string): number {
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

const ALLOWED: readonly Allowed[] = [...mistakeIds, 'inconclusive'];

function mistakeList(text: string, previous: readonly Allowed[]): Allowed[] {
  const ids = list(text).map((name) => {
    const known = ALLOWED.find((id) => id === name);
    if (known === undefined) throw new InvalidArgumentError(allowed(name, ALLOWED));
    return known;
  });
  return [...previous, ...ids];
}

function activations(text: string): ActivationSpec | ActivationSpec[] {
  const specs = list(text).map((name) => {
    const known = activationOfText(name);
    if (known === undefined) throw new InvalidArgumentError(allowed(name, ACTIVATION_NAMES));
    return known;
  });
  return specs.length === 1 ? (specs[0] as ActivationSpec) : specs;
}
