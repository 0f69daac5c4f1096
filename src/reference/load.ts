import path from 'node:path';
import type { Problem, ReferenceSource } from '../config/problem.ts';
import { isArrayFile } from '../files/arrays.ts';
import { Budget } from '../files/budget.ts';
import { readText } from '../files/bytes.ts';
import { InputError } from '../files/errors.ts';
import { loadArrayFile } from '../files/load.ts';
import type { ReadOptions } from '../files/read-options.ts';
import { type Besides, readTextArrays } from '../files/text-arrays.ts';
import { lastObject } from './answer.ts';
import { LAYOUT_KEYS, LEARNING_RATES } from './beside.ts';
import { type CommandOptions, runCommand } from './command.ts';
import { type Give, givenText, layoutGiven } from './give.ts';
import { parseReference, type Reference, type ReferenceOptions, referenceOfArrays } from './reference.ts';

/**
 * Loads a reference from where a config names it, or takes one that stands in the config itself.
 *
 * @param folder what a path is relative to
 */
export async function loadReference(
  source: ReferenceSource,
  folder: string,
  options: ReferenceOptions & Omit<ReadOptions, 'passing'> = {},
): Promise<Reference> {
  if (typeof source !== 'string') return parseReference('inline reference', source, options);
  const file = path.isAbsolute(source) ? source : path.join(folder, source);
  const { budget = new Budget() } = options;
  // The file itself is needed no more once it is read.
  const passing = budget.part();
  const reading = { ...options, budget, passing };
  try {
    if (isArrayFile(file)) return referenceOfArrays(file, await loadArrayFile(file, reading), options);
    const reference = parseReference(file, await readText(file, reading), { ...options, budget: passing });
    const excess = budget.take(8 * reference.tensors.reduce((sum, { data }) => sum + data.length, 0));
    if (excess !== undefined) throw InputError.ofFile(file, excess);
    return reference;
  } finally {
    passing.release();
  }
}

export interface AskOptions extends ReferenceOptions, CommandOptions {
  /** how its arrays are given and expected back */
  readonly give?: Give;
}

/** An answer of a command, and what it has printed besides. */
export interface Answered {
  readonly reference: Reference;
  readonly besides: Besides | undefined;
}

/**
 * Asks a shell command: the config on its standard input, a reference on its standard output, in the layout in which it
 * was given the arrays.
 *
 * @throws InputError with its own standard error, if it fails or answers with something else
 */
export async function askCommand(command: string, problem: Problem, options: AskOptions): Promise<Answered> {
  const { give = {}, config } = options;
  const { stdout, stderr } = await runCommand(command, givenText(problem, give), options);
  try {
    const { reference, besides } = answerOf(command, stdout, give, options);
    return { reference: { ...reference, asked: layoutGiven(problem, give) }, besides };
  } catch (error) {
    throw error instanceof InputError ? ofCommand(error, config, stderr) : error;
  }
}

function answerOf(
  command: string,
  text: string,
  { text: isText }: Give,
  options: ReferenceOptions,
): Answered {
  if (isText) {
    const { arrays, besides } = readTextArrays(command, text, { ...options, numbers: NUMBERS, words: WORDS });
    return { reference: referenceOfArrays(command, arrays, options), besides };
  }
  const { json, besides } = lastObject(text);
  return { reference: parseReference(command, json, options), besides };
}

/** What an answer in text may hold besides gradients. */
const NUMBERS = ['loss', 'logits', ...LEARNING_RATES];
const WORDS = ['dtype', ...LAYOUT_KEYS];

/** Of several configs it is to be known which one got no answer; what the command wrote to its standard error may say why. */
const ofCommand = ({ problems, omitted }: InputError, config: string, stderr: string): InputError =>
  new InputError(
    problems.map((problem, i) => ({
      ...problem,
      message: `${problem.message} (given ${config})`,
      ...(stderr !== '' && i === problems.length - 1 && { output: stderr }),
    })),
    omitted,
  );
