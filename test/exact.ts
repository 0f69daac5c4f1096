import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseConfig } from '../src/config/config.ts';
import type { Problem } from '../src/config/problem.ts';
import { loadConfig } from '../src/index.ts';

type Nested = readonly number[] | readonly (readonly number[])[];

/** What a file beside a config holds: the answer of 60-digit arithmetic, or PyTorch's. */
export interface Answer {
  readonly loss: { readonly data: number; readonly regularization: number; readonly total: number };
  readonly logits: Nested;
  /** ŷ of softmax and sigmoid; of the others it is called `outputs` */
  readonly probabilities?: Nested;
  readonly outputs?: Nested;
  readonly gradients: Readonly<Record<string, Nested>>;
}

/** A network with its answer, lying as the config's own arrays do. */
export interface Answered {
  readonly name: string;
  readonly problem: Problem;
  readonly answer: Answer;
}

const fixtures = new URL('../fixtures/', import.meta.url);

export const readFixture = (path: string): string => readFileSync(new URL(path, fixtures), 'utf8');

/** The network of fixtures/exact/NAME.config.json, read afresh, so that a test may change it. */
export const exactProblem = (name: string): Problem => parseConfig(readFixture(`exact/${name}.config.json`));

/** All networks that were answered in 60-digit arithmetic. */
export const exactNetworks: readonly Answered[] = readdirSync(new URL('exact/', fixtures))
  .filter((file) => file.endsWith('.config.json'))
  .map((file) => file.replace('.config.json', ''))
  .map((name) => ({
    name,
    problem: exactProblem(name),
    answer: JSON.parse(readFixture(`exact/${name}.exact.json`)),
  }));

/** The networks that PyTorch's autograd answered, but for the large one. */
export const pytorchNetworks: readonly Answered[] = await Promise.all(
  readdirSync(fixtures)
    .filter((file) => file.endsWith('.pytorch.json') && file !== 'digits.pytorch.json')
    .map((file) => file.replace('.pytorch.json', ''))
    .map(async (name) => ({
      name,
      problem: await loadConfig(fileURLToPath(new URL(`${name}.json`, fixtures))),
      answer: JSON.parse(readFixture(`${name}.pytorch.json`)),
    })),
);

/** The central quotients of some of the exact networks at h = 0.01, by network and tensor. */
export const centralQuotients: Readonly<Record<string, Answer['gradients']>> = JSON.parse(
  readFixture('exact/central-0.01.json'),
);

/** Nested numbers row by row. */
export const flat = (values: Nested): Float64Array => Float64Array.from(values.flat() as number[]);

export const largest = (values: Float64Array): number =>
  values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);

/** How far from the exact value a result may be: 1e-11·|exact| + 1e-16·max|tensor|. */
export const closeTo = (exact: Float64Array): Float64Array =>
  exact.map((value) => 1e-11 * Math.abs(value) + 1e-16 * largest(exact));

/** The entries of which `actual` is further from `expected` than allowed, or NaN; a test wants none. */
export function outside(actual: Float64Array, expected: Float64Array, allowed: Float64Array): string[] {
  if (actual.length !== expected.length) return [`${actual.length} entries instead of ${expected.length}`];
  return [...actual.keys()]
    .filter((i) => !(Math.abs((actual[i] as number) - (expected[i] as number)) <= (allowed[i] as number)))
    .map((i) => `[${i}]: ${actual[i]} instead of ${expected[i]} ± ${allowed[i]}`);
}
