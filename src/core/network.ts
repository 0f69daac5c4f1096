import type { ActivationSpec } from './activations.ts';
import { type Matrix, matrix } from './matrix.ts';
import type { Objective } from './objective.ts';

/** One layer: z = W a + b, and a = φ(z) unless it is the last, whose z are the logits. */
export interface Layer {
  /** l, counted from 1 */
  readonly number: number;
  /** Hₗ × Hₗ₋₁ */
  readonly W: Matrix;
  /** Hₗ; zeros in a network without biases */
  readonly b: Float64Array;
  /** φₗ; the last layer has none (the output belongs to the loss) */
  readonly activation: ActivationSpec | undefined;
}

/** A fully-connected network with its batch, in one layout: a sample is a column, W maps from its columns to its rows. */
export interface Network extends Objective {
  readonly layers: readonly Layer[];
  /** whether the layers have biases: where not, b is no parameter */
  readonly biased: boolean;
  /** λ of the penalty */
  readonly reg: number;
  /** D × N */
  readonly X: Matrix;
  /** targets, C × N; a class label is a column that holds one 1 */
  readonly Y: Matrix;
}

/** The columns eᵧ of the labels y: C × N. */
export function oneHot(y: ArrayLike<number>, C: number): Matrix {
  const Y = matrix(C, y.length);
  for (let n = 0; n < y.length; n++) Y.data[y[n]! * y.length + n] = 1;
  return Y;
}

/** A named array of any shape, row by row: a parameter, a gradient, logits. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** W1, b1, … WL, bL: the parameters themselves, not copies. */
export function parameters({ layers, biased }: Network): Tensor[] {
  return layers.flatMap(({ number, W, b }) => [
    { name: `W${number}`, shape: [W.rows, W.cols], data: W.data },
    ...(biased ? [{ name: `b${number}`, shape: [b.length], data: b }] : []),
  ]);
}
