import type { ActivationSpec } from '../core/activations.ts';
import type { Layout } from '../core/layout.ts';
import type { LossName, Output, Penalty, Reduction } from '../core/objective.ts';
import { Budget } from '../files/budget.ts';
import { Findings } from '../files/errors.ts';
import { inputError, JsonDocument, parseJson } from '../files/json.ts';
import type { ArrayFile } from '../files/reading.ts';
import { readArray } from './arrays.ts';
import { checkKeys } from './keys.ts';
import { buildProblem, type Problem } from './problem.ts';
import { type ArrayValue, isArrayKey, type Settings } from './schema.ts';
import { checkSetting } from './settings.ts';

/** Values of the command line, which come before those of the config. */
export interface Overrides {
  readonly reg?: number;
  readonly activation?: ActivationSpec | readonly ActivationSpec[];
  readonly output?: Output;
  readonly loss?: LossName;
  readonly reduction?: Reduction;
  readonly penalty?: Penalty;
  readonly samples?: Layout['samples'];
  readonly weights?: Layout['weights'];
  readonly biases?: Layout['biases'];
}

export interface ParseOptions {
  /** the name that errors use */
  readonly file?: string;
  readonly overrides?: Overrides;
  /** the files of arrays that it names, opened */
  readonly files?: ReadonlyMap<string, ArrayFile>;
  /** of what it holds; one of its own unless it is said */
  readonly budget?: Budget;
}

/**
 * Reads a config and checks all of it.
 *
 * @param config a JSON text, or the value it would hold
 * @throws InputError naming each place, what was expected there and what was found
 */
export function parseConfig(config: string | object, options: ParseOptions = {}): Problem {
  const { file = 'config', files = new Map(), budget = new Budget() } = options;
  const document = asDocument(config, file, budget);
  const findings = new Findings();
  const refuse = ({ first, more }: Findings): void => {
    if (first.length > 0) throw inputError(document, first, more);
  };
  checkKeys(document.value, findings.add);
  refuse(findings);

  const values = { ...(document.value as object), ...given(options.overrides) } as Record<string, unknown>;
  const seed = Number.isSafeInteger(values.seed) ? (values.seed as number) : 0;
  const arrays = new Map<string, ArrayValue>();
  for (const [key, value] of Object.entries(values)) {
    if (!isArrayKey(key)) {
      checkSetting(key, value, findings.add);
      continue;
    }
    const array = readArray(value, key, { seed, files, budget }, findings.add);
    if (array !== undefined) arrays.set(key, array);
  }
  refuse(findings);

  const checked = buildProblem(values as Settings, { arrays, budget, keys: Object.keys(values) });
  if ('problem' in checked) return checked.problem;
  refuse(checked.findings);
  throw new Error('a config that is no problem has none');
}

/** The overrides that are there. */
const given = (overrides: Overrides = {}): Overrides =>
  Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));

function asDocument(config: string | object, file: string, budget: Budget): JsonDocument {
  if (typeof config === 'string') return parseJson(file, config, { budget });
  return config instanceof JsonDocument ? config : JsonDocument.withoutText(file, withPlainArrays(config));
}

/** A config as a program has it, whose arrays may be typed ones, or lists of them. */
const withPlainArrays = (config: object): unknown =>
  Array.isArray(config)
    ? config
    : Object.fromEntries(Object.entries(config).map(([key, value]) => [key, plainArray(value)]));

function plainArray(value: unknown): unknown {
  if (isTyped(value)) return Array.from(value);
  return Array.isArray(value) && value.some(isTyped)
    ? value.map((row) => (isTyped(row) ? Array.from(row) : row))
    : value;
}

const isTyped = (value: unknown): value is Float64Array =>
  ArrayBuffer.isView(value) && !(value instanceof DataView);
