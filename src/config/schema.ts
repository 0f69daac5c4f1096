import * as z from 'zod/mini'; // a start of the command loads it
import type { ActivationSpec } from '../core/activations.ts';
import type { Matrix } from '../core/matrix.ts';
import { LOSS_NAMES, type Output, PENALTIES, REDUCTIONS } from '../core/objective.ts';

// Values by themselves only: what depends on several at once (H, N, labels) is checked in problem.ts. Of lists that
// may be as long as an input is, and of names that have hints of their own, the schemas know nothing: they would make
// an issue of every entry.

/** How arrays may lie, the default first. */
export const LAYOUTS = {
  samples: ['columns', 'rows'],
  weights: ['out-in', 'in-out'],
  biases: ['separate', 'none', 'first', 'last'],
} as const;

/** Names stand in the heads of tables. */
const LONGEST_NAME = 200;

const settings = z.object({
  $schema: z.optional(z.string()),
  name: z.optional(z.string().check(z.maxLength(LONGEST_NAME))),
  description: z.optional(z.string()),
  reg: z.optional(z.number().check(z.nonnegative())),
  loss: z.optional(z.enum(LOSS_NAMES)),
  reduction: z.optional(z.enum(REDUCTIONS)),
  penalty: z.optional(z.enum(PENALTIES)),
  samples: z.optional(z.enum(LAYOUTS.samples)),
  weights: z.optional(z.enum(LAYOUTS.weights)),
  biases: z.optional(z.enum(LAYOUTS.biases)),
  seed: z.optional(z.int()),
});

export const settingSchemas: Readonly<Record<string, z.ZodMiniType>> = settings.shape;

/** A reference as a config names it: a path beside the config, or the reference itself. */
export type ReferenceSource = string | Readonly<Record<string, unknown>>;

/** What a config says, apart from its arrays. */
export type Settings = z.infer<typeof settings> & {
  readonly activation?: ActivationSpec | readonly ActivationSpec[];
  readonly output?: Output;
  readonly reference?: ReferenceSource | readonly ReferenceSource[];
};

/** The keys of a config, without W1, b1, …, whose number only the config knows. */
export const CONFIG_KEYS: readonly string[] = [
  '$schema',
  'name',
  'description',
  'X',
  'y',
  'reg',
  'activation',
  'output',
  'loss',
  'reduction',
  'penalty',
  'samples',
  'weights',
  'biases',
  'seed',
  'reference',
];

/** The keys of a config's arrays; no network has a million layers. */
export const isArrayKey = (key: string): boolean => /^(?:[Xy]|[Wb][1-9]\d{0,5})$/.test(key);

const shape = z.array(z.int().check(z.positive())).check(z.minLength(1), z.maxLength(2));

/** The objects that stand for an array. */
export const arraySpec = z.union([
  z.strictObject({ file: z.string().check(z.minLength(1)), key: z.optional(z.string()) }),
  z.strictObject({ shape, constant: z.number() }),
  z.strictObject({
    shape,
    normal: z.strictObject({ mean: z.number(), std: z.number().check(z.nonnegative()) }),
  }),
  z.strictObject({ shape, uniform: z.strictObject({ low: z.number(), high: z.number() }) }),
]);

export type ArraySpec = z.infer<typeof arraySpec>;

/** An array of a config, read: a vector or a matrix. */
export type ArrayValue =
  | { readonly kind: 'vector'; readonly data: Float64Array }
  | { readonly kind: 'matrix'; readonly matrix: Matrix };
