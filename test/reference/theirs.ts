import { parseConfig } from '../../src/config/config.ts';
import type { Tensor } from '../../src/core/network.ts';
import { type CompareOptions, compare } from '../../src/index.ts';
import type { ReferenceVerdict } from '../../src/reference/judge.ts';
import { parseReference, type ReferenceOptions } from '../../src/reference/reference.ts';
import { readFixture } from '../exact.ts';

// A right answer to two-layer.json, 3 → 4 sigmoid → 5 softmax, to be called, laid and rounded otherwise.

export type Rows = number[][];

export const config = JSON.parse(readFixture('two-layer.json'));
delete config.reference;
const answer = JSON.parse(readFixture('two-layer.pytorch.json'));

export type Gradients = Readonly<Record<'dW1' | 'dW2', Rows> & Record<'db1' | 'db2', number[]>>;
export const right: Gradients = answer.gradients;
export const logits: Rows = answer.logits;
export const loss: { data: number; regularization: number; total: number } = answer.loss;

type Options = Omit<CompareOptions, 'layout'> & ReferenceOptions & { net?: object };

/** What is said of a reference to two-layer.json, or to another config. */
export function judged(
  reference: object | string,
  { net = config, rename, precision, ...options }: Options = {},
): ReferenceVerdict {
  const given = parseReference('theirs', reference, {
    ...(rename && { rename }),
    ...(precision && { precision }),
  });
  return compare(parseConfig(net), [given], options).references[0] as ReferenceVerdict;
}

/** dW1, db1, dW2, db2 as nested arrays. */
export const nestedOf = (tensors: readonly Tensor[]): Gradients =>
  Object.fromEntries(
    tensors.map(({ name, shape: [rows = 0, cols], data }) => [
      name,
      cols === undefined
        ? [...data]
        : Array.from({ length: rows }, (_, i) => [...data.slice(i * cols, (i + 1) * cols)]),
    ]),
  ) as unknown as Gradients;

export const transposed = (rows: Rows): Rows =>
  (rows[0] ?? []).map((_, j) => rows.map((row) => row[j] as number));

/** f of each number in nested arrays. */
export const each = <T>(nested: T, f: (value: number) => number): T =>
  (typeof nested === 'number'
    ? f(nested)
    : Array.isArray(nested)
      ? nested.map((inner) => each(inner, f))
      : Object.fromEntries(
          Object.entries(nested as object).map(([key, inner]) => [key, each(inner, f)]),
        )) as T;

/** `dW1 ← fc1.weight`, of all that was read as something else. */
export const readings = ({ read }: ReferenceVerdict): string =>
  read.map(({ from, to }) => `${to} ← ${from}`).join(', ');

/** What is wrong, tensor by tensor. */
export const problems = ({ tensors }: ReferenceVerdict): string[] =>
  tensors.flatMap(({ name, problem }) => (problem === null ? [] : [`${name}: ${problem}`]));
