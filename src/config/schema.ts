import * as z from 'zod';
import { ACTIVATION_NAMES } from '../core/activations.ts';
import type { Matrix } from '../core/matrix.ts';

// Shapes only: what depends on several values at once (H, N, labels) is checked in problem.ts.

const vector = z.array(z.number());
const matrix = z.array(vector);
const shape = z.array(z.int().positive()).min(1).max(2);

const fileArray = z.strictObject({ file: z.string().min(1), key: z.string().optional() });
const constantArray = z.strictObject({ shape, constant: z.number() });
const normalArray = z.strictObject({
  shape,
  normal: z.strictObject({ mean: z.number(), std: z.number().nonnegative() }),
});
const uniformArray = z.strictObject({
  shape,
  uniform: z.strictObject({ low: z.number(), high: z.number() }),
});

const array = z.union([matrix, vector, fileArray, constantArray, normalArray, uniformArray]);

const activation = z.enum(ACTIVATION_NAMES);

const inlineReference = z.record(z.string(), z.unknown());
const reference = z.union([z.string().min(1), inlineReference]);

/** The config of the contract, apart from W1, b1, … whose number only the config knows. */
const configObject = z
  .object({
    $schema: z.string().optional(),
    name: z.string().optional(),
    description: z.string().optional(),
    X: array,
    y: array,
    reg: z.number().nonnegative().optional(),
    activation: z.union([activation, z.array(activation)]).optional(),
    samples: z.enum(['columns', 'rows']).optional(),
    weights: z.enum(['out-in', 'in-out']).optional(),
    seed: z.int().optional(),
    reference: z.union([z.string().min(1), z.array(reference), inlineReference]).optional(),
  })
  .catchall(array); // W1, b1, …; other names are refused by name before this schema is asked

export type Config = z.infer<typeof configObject>;
export type ArraySpec = z.infer<typeof array>;

/** An array of a config, read: a vector or a matrix. */
export type ArrayValue =
  | { readonly kind: 'vector'; readonly data: Float64Array }
  | { readonly kind: 'matrix'; readonly matrix: Matrix };

export const CONFIG_KEYS = Object.keys(configObject.shape);

/** z.compile: a config of 600,000 numbers is checked ten times as fast. */
export const configSchema = z.compile(configObject);
