import { type Finding, InputError, type Path } from '../config/errors.ts';
import type { ArrayFile } from '../config/files/reading.ts';
import { inputError, JsonDocument, parseJson } from '../config/json.ts';
import { isArray, readNested, toNumber } from '../config/nested.ts';
import type { Tensor } from '../core/network.ts';
import { guessPrecision, PRECISIONS, PRECISIONS_OF_FILES, type Precision } from './precision.ts';

/** Gradients that were computed elsewhere, with what else came along. */
export interface Reference {
  /** what reports call it: its path, usually */
  readonly name: string;
  readonly precision: Precision;
  /** whether its file names the precision, or the values gave it away */
  readonly precisionFrom: 'declared' | 'values' | 'option';
  readonly tensors: readonly Tensor[];
  readonly loss: Partial<Record<LossPart, number>> | undefined;
  readonly logits: Tensor | undefined;
}

export const LOSS_PARTS = ['data', 'regularization', 'total'] as const;
export type LossPart = (typeof LOSS_PARTS)[number];

export interface ReferenceOptions {
  /** the precision it was computed in, whatever it says itself */
  readonly precision?: Precision;
  /** dW1, db1, … by the names that the reference uses for them */
  readonly rename?: Readonly<Record<string, string>>;
}

type Find = (path: Path, message: string) => void;

/**
 * Reads a reference: dW1, db1, … at the top level or under `gradients`, and optionally `loss`, `logits` and
 * `dtype`. Other keys that hold no array (provenance, version) are ignored.
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
      ? parseJson(name, reference, { nonFinite: true })
      : JsonDocument.ofValue(name, reference);
  const findings: Finding[] = [];
  const read = readReference(document, (path, message) => findings.push({ path, message }));
  if (read === undefined || findings.length > 0) throw inputError(document, findings);
  return makeReference(name, read, options);
}

/**
 * A reference from the arrays of a file: dW1, db1, … and optionally `loss` and `logits`, in the precision in
 * which the gradients are stored.
 */
export function referenceOfArrays(
  name: string,
  arrays: ArrayFile,
  options: ReferenceOptions = {},
): Reference {
  if (arrays.names.includes('')) {
    throw InputError.ofFile(
      name,
      'expected the gradients dW1, db1, … by name; found one array without a name',
    );
  }
  const read = arrays.names.map((array) => arrays.read(array));
  const [loss, logits] = ['loss', 'logits'].map((special) => read.find((array) => array.name === special));
  const [total, ...more] = loss?.data ?? [];
  if (loss && (total === undefined || more.length > 0)) {
    throw InputError.ofFile(name, `loss: expected one number, found ${loss.data.length}`);
  }
  const tensors = read.filter((array) => array !== loss && array !== logits);
  if (tensors.length === 0) throw InputError.ofFile(name, 'expected the gradients dW1, db1, …; found none');
  const dtype = PRECISIONS_OF_FILES.findLast((precision) =>
    tensors.some((tensor) => tensor.dtype === precision),
  );
  return makeReference(
    name,
    { dtype, tensors, loss: total === undefined ? undefined : { total }, logits },
    options,
  );
}

/** A reference from what was read of it: its precision is what was asked for, declared, or guessed from its values. */
function makeReference(
  name: string,
  { dtype, tensors, ...read }: Read,
  { precision, rename = {} }: ReferenceOptions,
): Reference {
  const guessed = (): Precision =>
    guessPrecision([...tensors, ...(read.logits ? [read.logits] : [])].flatMap(({ data }) => [...data]));
  const renamed = tensors.map((tensor) => ({
    ...tensor,
    name: Object.hasOwn(rename, tensor.name) ? rename[tensor.name]! : tensor.name,
  }));
  const names = renamed.map((tensor) => tensor.name);
  const twice = names.find((own, i) => names.indexOf(own) < i);
  if (twice !== undefined)
    throw InputError.ofFile(name, `two of its gradients are called ${twice} (--rename)`);
  return {
    name,
    ...read,
    tensors: renamed,
    precision: precision ?? dtype ?? guessed(),
    precisionFrom: precision !== undefined ? 'option' : dtype !== undefined ? 'declared' : 'values',
  };
}

interface Read {
  readonly dtype: Precision | undefined;
  readonly tensors: Tensor[];
  readonly loss: Reference['loss'];
  readonly logits: Tensor | undefined;
}

function readReference({ value }: JsonDocument, find: Find): Read | undefined {
  if (!isObject(value)) {
    find([], 'expected a reference, a JSON object with dW1, db1, …');
    return undefined;
  }
  const { dtype, loss, logits } = value;
  if (dtype !== undefined && !PRECISIONS.some((precision) => precision === dtype)) {
    find(['dtype'], `expected one of ${PRECISIONS.join(', ')}; found ${JSON.stringify(dtype)}`);
  }
  return {
    dtype: dtype as Precision | undefined,
    tensors: readTensors(value, find),
    loss: loss === undefined || loss === null ? undefined : readLoss(loss, find),
    logits: logits === undefined ? undefined : readTensor('logits', logits, ['logits'], find),
  };
}

const NO_GRADIENTS = 'expected gradients dW1, db1, … at the top level or under "gradients"; found none';

/** What may stand beside the gradients at the top level. */
const NOT_GRADIENTS = ['logits', 'probabilities', 'loss', 'dtype'];

function readTensors(reference: Record<string, unknown>, find: Find): Tensor[] {
  const gradients = byName(reference.gradients);
  if (gradients !== undefined && !isObject(gradients)) {
    find(['gradients'], 'expected an object with dW1, db1, …');
    return [];
  }
  const entries = gradients
    ? Object.entries(gradients)
    : Object.entries(reference).filter(([key, value]) => !NOT_GRADIENTS.includes(key) && isArray(value));
  if (reference.X !== undefined && reference.W1 !== undefined) {
    find([], 'this is a config, not a reference');
    return [];
  }
  const { loss, logits } = reference;
  if (entries.length === 0 && gradients === undefined && loss === undefined && logits === undefined) {
    find([], NO_GRADIENTS);
    return [];
  }
  return entries.flatMap(
    ([key, value]) => readTensor(key, value, gradients ? ['gradients', key] : [key], find) ?? [],
  );
}

function readLoss(loss: unknown, find: Find): Reference['loss'] {
  const parts = isObject(loss) ? loss : { total: loss };
  const read = LOSS_PARTS.flatMap((part): [LossPart, number][] => {
    if (parts[part] === undefined) return [];
    const value = toNumber(parts[part]);
    if (value !== undefined) return [[part, value]];
    find(
      isObject(loss) ? ['loss', part] : ['loss'],
      `expected a number, found ${JSON.stringify(parts[part])}`,
    );
    return [];
  });
  return Object.fromEntries(read);
}

/** A list of tensors as an object of them. */
const byName = (gradients: unknown): unknown =>
  Array.isArray(gradients) && gradients.length > 0 && gradients.every(isTensor)
    ? Object.fromEntries(gradients.map((tensor) => [tensor.name, tensor]))
    : gradients;

const isTensor = (value: unknown): value is Tensor =>
  isObject(value) && isArray(value.shape) && value.data instanceof Float64Array;

function readTensor(name: string, nested: unknown, path: Path, find: Find): Tensor | undefined {
  if (isTensor(nested)) return { name, shape: nested.shape, data: nested.data };
  const read = readNested(nested, path, find);
  return read && { name, ...read };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
