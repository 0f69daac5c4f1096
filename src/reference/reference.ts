import type { Finding, Path } from '../config/errors.ts';
import { inputError, type JsonDocument, parseJson } from '../config/json.ts';
import type { Tensor } from '../core/network.ts';
import { guessPrecision, PRECISIONS, type Precision } from './precision.ts';

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
 * @param reference a JSON text, in which NaN and Infinity may stand bare, or the value it would hold
 * @throws InputError if it is no JSON, holds no array of numbers where one must be, or no gradients at all
 */
export function parseReference(
  name: string,
  reference: string | object,
  { precision, rename = {} }: ReferenceOptions = {},
): Reference {
  const document =
    typeof reference === 'string'
      ? parseJson(name, reference, { nonFinite: true })
      : { file: name, value: reference, text: JSON.stringify(reference, null, 2) };
  const findings: Finding[] = [];
  const read = readReference(document, (path, message) => findings.push({ path, message }));
  if (read === undefined || findings.length > 0) throw inputError(document, findings);
  return makeReference(
    name,
    {
      ...read,
      tensors: read.tensors.map((tensor) => ({ ...tensor, name: rename[tensor.name] ?? tensor.name })),
    },
    precision,
  );
}

/** A reference from what was read of it: its precision is what was asked for, declared, or guessed from its values. */
function makeReference(name: string, { dtype, ...read }: Read, precision: Precision | undefined): Reference {
  const values = [...read.tensors, ...(read.logits ? [read.logits] : [])].flatMap(({ data }) => [...data]);
  return {
    name,
    ...read,
    precision: precision ?? dtype ?? guessPrecision(values),
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
  if (dtype !== undefined && !PRECISIONS.includes(dtype as Precision)) {
    find(['dtype'], `expected one of ${PRECISIONS.join(', ')}; found ${JSON.stringify(dtype)}`);
  }
  return {
    dtype: dtype as Precision | undefined,
    tensors: readTensors(value, find),
    loss: loss === undefined || loss === null ? undefined : readLoss(loss, find),
    logits: logits === undefined ? undefined : readTensor('logits', logits, ['logits'], find),
  };
}

/** What may stand beside the gradients at the top level. */
const NOT_GRADIENTS = ['logits', 'probabilities', 'loss', 'dtype'];

function readTensors(reference: Record<string, unknown>, find: Find): Tensor[] {
  const { gradients } = reference;
  if (gradients !== undefined && !isObject(gradients)) {
    find(['gradients'], 'expected an object with dW1, db1, …');
    return [];
  }
  const entries = gradients
    ? Object.entries(gradients)
    : Object.entries(reference).filter(
        ([key, value]) => !NOT_GRADIENTS.includes(key) && Array.isArray(value),
      );
  if (entries.length === 0)
    find([], 'expected gradients dW1, db1, … at the top level or under "gradients"; found none');
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

/** Nested arrays of numbers of any depth, all branches alike. */
function readTensor(name: string, nested: unknown, path: Path, find: Find): Tensor | undefined {
  const shape: number[] = [];
  for (let value = nested; Array.isArray(value); value = value[0]) shape.push(value.length);
  const data: number[] = [];
  const walk = (value: unknown, depth: number, at: Path): boolean => {
    if (depth === shape.length) {
      const number = toNumber(value);
      if (number === undefined) find(at, `expected a number, found ${JSON.stringify(value).slice(0, 40)}`);
      else data.push(number);
      return number !== undefined;
    }
    if (!Array.isArray(value) || value.length !== shape[depth]) {
      find(at, `expected an array of ${shape[depth]}, as its neighbours are`);
      return false;
    }
    return value.every((inner, i) => walk(inner, depth + 1, [...at, i]));
  };
  return walk(nested, 0, path) ? { name, shape, data: Float64Array.from(data) } : undefined;
}

const NON_FINITE: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

const toNumber = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : typeof value === 'string' ? NON_FINITE[value] : undefined;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
