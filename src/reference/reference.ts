import { nearest } from '../config/keys.ts';
import type { Layout } from '../core/layout.ts';
import type { Tensor } from '../core/network.ts';
import type { Budget } from '../files/budget.ts';
import { describe } from '../files/describe.ts';
import { type Finding, InputError, type Path } from '../files/errors.ts';
import { inputError, JsonDocument, parseJson } from '../files/json.ts';
import { isGradientName, lossNameIn } from '../files/names.ts';
import { readNested, toNumber } from '../files/nested.ts';
import type { ArrayFile } from '../files/reading.ts';
import { readArrays } from './array-gradients.ts';
import { isRate, LAYOUT_KEYS, LEARNING_RATES, layoutProblem } from './beside.ts';
import { isObject, isTensor, readGradients } from './json-gradients.ts';
import { guessPrecision, PRECISIONS, type Precision } from './precision.ts';

/** An array of a reference, by the name that it has there. */
export interface GivenTensor extends Tensor {
  /** its own name, where --rename has changed it */
  readonly from?: string;
  /** whether it stands among gradients, whatever its name */
  readonly isGradient?: boolean;
}

/** Gradients that were computed elsewhere, with what else came along. */
export interface Reference {
  /** what reports call it: its path, usually */
  readonly name: string;
  readonly precision: Precision;
  /** whether its file names the precision, or the values gave it away */
  readonly precisionFrom: 'declared' | 'values' | 'option';
  /** as they are given: which of them is dW1 is asked when they are judged */
  readonly tensors: readonly GivenTensor[];
  readonly loss: Partial<Record<LossPart, number>> | undefined;
  /** what it calls its loss: `loss` in any case, `cost` or `J` */
  readonly lossName?: string;
  readonly logits: Tensor | undefined;
  /** how its arrays lie, where it says so */
  readonly layout?: Partial<Layout>;
  /** how whoever made it was given the arrays, and so how it is expected to lie; as the config does unless it is said */
  readonly asked?: Layout;
  /** η, where its tensors are the parameters after one step */
  readonly learningRate?: number | undefined;
}

export const LOSS_PARTS = ['data', 'regularization', 'total'] as const;
export type LossPart = (typeof LOSS_PARTS)[number];

export interface ReferenceOptions {
  /** the precision it was computed in, whatever it says itself */
  readonly precision?: Precision;
  /** dW1, db1, … by the names that the reference uses for them */
  readonly rename?: Readonly<Record<string, string>>;
  /** of what its text unfolds to */
  readonly budget?: Budget;
}

type Find = (path: Path, message: string, more?: Pick<Finding, 'atKey'>) => void;

/**
 * Reads a reference: dW1, db1, … at the top level or under `gradients`, and optionally `loss`, `logits`, `dtype`,
 * its layout and `learningRate`. Other keys that hold no array (provenance, version) are ignored.
 *
 * @param reference a JSON text, in which NaN and Infinity may stand bare, or the value it would hold; arrays may be
 * typed ones there, and `gradients` a list of tensors, so that what `backprop` returns is a reference too
 * @throws InputError if it is no JSON, holds no array of numbers where one must be, or no gradients at all
 */
export function parseReference(
  name: string,
  reference: string | object,
  options: ReferenceOptions = {},
): Reference {
  const document =
    typeof reference === 'string'
      ? parseJson(name, reference, { nonFinite: true, ...(options.budget && { budget: options.budget }) })
      : JsonDocument.withoutText(name, reference);
  const findings: Finding[] = [];
  const read = readReference(document, findings);
  if (read === undefined || findings.length > 0) throw inputError(document, findings);
  return makeReference(name, read, options);
}

/**
 * A reference from the arrays of a file, in the precision in which the gradients are stored: dW1, db1, … and
 * optionally `loss`, `logits`, `learning_rate`, and its layout as strings.
 */
export const referenceOfArrays = (
  name: string,
  arrays: ArrayFile,
  options: ReferenceOptions = {},
): Reference => makeReference(name, readArrays(name, arrays), options);

/** What was read of a reference. */
export interface Read
  extends Pick<Reference, 'tensors' | 'loss' | 'lossName' | 'logits' | 'layout' | 'learningRate'> {
  readonly dtype: Precision | undefined;
}

/** A reference from what was read of it: its precision is what was asked for, declared, or guessed from its values. */
function makeReference(
  name: string,
  { dtype, tensors, ...read }: Read,
  { precision, rename = {} }: ReferenceOptions,
): Reference {
  const guessed = (): Precision =>
    guessPrecision([...tensors, ...(read.logits ? [read.logits] : [])].flatMap(({ data }) => [...data]));
  const renamed = tensors.map((tensor) => {
    const { name: from } = tensor;
    return Object.hasOwn(rename, from) ? { ...tensor, from, name: rename[from]! } : tensor;
  });
  const names = new Set<string>();
  const twice = renamed.find((tensor) => names.size === names.add(tensor.name).size)?.name;
  if (twice !== undefined)
    throw InputError.ofFile(name, `expected each gradient once (--rename), found two called ${twice}`);
  return {
    name,
    ...read,
    tensors: renamed,
    precision: precision ?? dtype ?? guessed(),
    precisionFrom: precision !== undefined ? 'option' : dtype !== undefined ? 'declared' : 'values',
  };
}

function readReference({ value }: JsonDocument, findings: Finding[]): Read | undefined {
  const find: Find = (path, message, more) => void findings.push({ path, message, ...more });
  if (!isObject(value)) {
    find([], 'expected a reference, a JSON object with dW1, db1, …');
    return undefined;
  }
  const { dtype, logits } = value;
  const lossName = lossNameIn(Object.keys(value), (name) => toNumber(onlyOf(value[name])) !== undefined);
  const loss = value[lossName];
  if (dtype !== undefined && !PRECISIONS.some((precision) => precision === dtype)) {
    find(['dtype'], `expected one of ${PRECISIONS.join(', ')}; found ${describe(dtype)}`);
  }
  const layout = LAYOUT_KEYS.filter((key) => typeof value[key] === 'string');
  const besides = [value.gradients, loss, logits].filter((part) => part !== undefined);
  const tensors = readGradients(value, [...BESIDE, lossName, ...layout], find);
  const learningRate = readLearningRate(value, find);
  const isConfig = value.X !== undefined && value.W1 !== undefined && learningRate === undefined;
  if (isConfig && !tensors.some((tensor) => tensor.isGradient || isGradientName(tensor.name)))
    find([], 'this is a config, not a reference');
  else if (findings.length === 0 && [...tensors, ...besides].length === 0) find([], NO_GRADIENTS);
  return {
    dtype: dtype as Precision | undefined,
    tensors,
    loss: loss === undefined || loss === null ? undefined : readLoss(loss, lossName, find),
    lossName,
    logits: logits === undefined ? undefined : readLogits(logits, find),
    layout: readLayout(value, layout, find),
    learningRate,
  };
}

const NO_GRADIENTS = 'expected gradients dW1, db1, … at the top level or under "gradients"; found none';

/** What may stand beside the gradients at the top level. */
const BESIDE = ['logits', 'probabilities', 'outputs', 'dtype', ...LEARNING_RATES];

function readLayout(
  value: Record<string, unknown>,
  keys: readonly (keyof Layout)[],
  find: Find,
): Partial<Layout> {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const problem = layoutProblem(key, value[key]);
      if (problem !== undefined) find([key], problem);
      return problem === undefined ? [[key, value[key]]] : [];
    }),
  );
}

function readLearningRate(value: Record<string, unknown>, find: Find): number | undefined {
  const key = LEARNING_RATES.find((name) => value[name] !== undefined && value[name] !== null);
  if (key === undefined) return undefined;
  const rate = toNumber(value[key]);
  if (isRate(rate)) return rate;
  find([key], `expected a number above 0, found ${describe(value[key])}`);
  return undefined;
}

function readLoss(loss: unknown, name: string, find: Find): Reference['loss'] {
  if (!isObject(loss)) {
    const total = toNumber(onlyOf(loss));
    if (total === undefined) find([name], `expected a number, found ${describe(loss)}`);
    return total === undefined ? undefined : { total };
  }
  const unknown = Object.keys(loss).filter((key) => !isLossPart(key) && key !== BESIDE_LOSS);
  for (const key of unknown) find([name, key], `unknown part of a loss; ${hintOfPart(key)}`, { atKey: true });
  const given = LOSS_PARTS.filter((part) => loss[part] !== undefined);
  if (given.length + unknown.length === 0)
    find([name], `expected a number, or some of ${LOSS_PARTS.join(', ')}; found none`);
  const read = given.flatMap((part): [LossPart, number][] => {
    const value = toNumber(loss[part]);
    if (value !== undefined) return [[part, value]];
    find([name, part], `expected a number, found ${describe(loss[part])}`);
    return [];
  });
  return Object.fromEntries(read);
}

/** The only number of an array, as a sum that keeps its dimensions is. */
const onlyOf = (value: unknown, depth = 0): unknown =>
  Array.isArray(value) && value.length === 1 && depth < 2 ? onlyOf(value[0], depth + 1) : value;

/** What fcnet itself prints beside the parts of the loss. */
const BESIDE_LOSS = 'weightNorms';

const isLossPart = (key: string): key is LossPart => LOSS_PARTS.some((part) => part === key);

function hintOfPart(key: string): string {
  const meant = nearest(key.toLowerCase(), LOSS_PARTS);
  return meant === undefined ? `the parts are ${LOSS_PARTS.join(', ')}` : `did you mean ${meant}?`;
}

function readLogits(logits: unknown, find: Find): Tensor | undefined {
  if (isTensor(logits)) return { name: 'logits', shape: logits.shape, data: logits.data };
  const read = readNested(logits, ['logits'], find);
  return read && { name: 'logits', ...read };
}
