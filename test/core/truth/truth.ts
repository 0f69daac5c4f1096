import { readFileSync } from 'node:fs';
import type { ActivationSpec } from '../../../src/core/activations.ts';
import type { LossName, Output } from '../../../src/core/objective.ts';

type Rows = readonly (readonly number[])[];

/** A batch with the loss of some logits, of 800-digit arithmetic. */
interface TrueLoss {
  readonly about: string;
  readonly output: string;
  readonly loss: LossName;
  readonly z: Rows;
  readonly t: Rows;
  readonly total: number;
  readonly error: Rows;
  /** by how much the loss of each sample changes by δ */
  readonly moves: readonly { readonly delta: Rows; readonly change: readonly number[] }[];
}

interface Truth {
  readonly z: readonly number[];
  readonly from: readonly number[];
  readonly by: readonly number[];
  /** value, slope and curvature at each z; the differences from each z by each d */
  readonly activations: Readonly<
    Record<
      string,
      {
        readonly value: readonly number[];
        readonly slope: readonly number[];
        readonly curvature: readonly number[];
        readonly difference: Rows;
      }
    >
  >;
  readonly normal: {
    /** z, Φ(z), φ(z) */
    readonly points: readonly (readonly [number, number, number])[];
    /** z, d, Φ(z + d) − Φ(z) */
    readonly moves: readonly (readonly [number, number, number])[];
  };
  readonly losses: readonly TrueLoss[];
}

/** What truth.py computed. */
export const truth: Truth = JSON.parse(readFileSync(new URL('truth.json', import.meta.url), 'utf8'));

/** `elu 0.5` is { elu: 0.5 }, `softmax` is itself. */
export function specOf(name: string): ActivationSpec;
export function specOf(name: string): Output;
export function specOf(name: string): Output {
  const [kind, number] = name.split(' ');
  return (number === undefined ? kind : { [kind!]: Number(number) }) as Output;
}
