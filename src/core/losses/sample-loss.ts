import type { Activation } from '../activations.ts';
import type { Matrix } from '../matrix.ts';

/** What a loss is taken of; all C × N. */
export interface Batch {
  /** z^L, the logits */
  readonly z: Matrix;
  /** ŷ, the outputs */
  readonly y: Matrix;
  /** the targets; a class label is a column that holds one 1 */
  readonly t: Matrix;
}

/**
 * A loss with the output it is taken of: all that is to be known of it, so that nothing else has to know which it is.
 *
 * Sizes are in units of a unit roundoff, and of three kinds: of the terms that are summed where the logits are the
 * same (S); of the error where they are off by Ez, as a bound; and the same for a computation by the textbook's
 * formulas, errors added as independent ones (R).
 */
export interface SampleLoss {
  /** ŷ */
  output(z: Matrix): Matrix;
  /** Σₙ ℓ(tₙ, zₙ), in nats where it is a cross-entropy */
  total(batch: Batch): number;
  /** ∂ℓ/∂z */
  error(batch: Batch): Matrix;
  /** by how much ℓ changes with the logits, by identities that lose no digits and use no slope */
  differences(batch: Batch): LossDifference;
  /** what jumps in ∂ℓ/∂z where the logits lie exactly on a kink of ℓ */
  kinks(batch: Batch): LossKink[];
  /** S of ∂ℓ/∂z */
  errorSize(batch: Batch): Matrix;
  readonly bound: LossSpread;
  readonly textbook: LossSpread;
}

/** By how much the loss of sample n changes where the logits change by δ (all of them, or only the i-th). */
export interface LossDifference {
  all(n: number, delta: Float64Array): number;
  one(n: number, i: number, d: number): number;
  /** so far each logit of sample n may move before ℓ meets a kink that it does not lie on */
  reach(n: number): number;
}

/** Of a loss that has no kinks. */
export const withoutKinks = (): number => Number.POSITIVE_INFINITY;

/** The reach of a loss with kinks where one of these distances is 0, of which each of N samples has some. */
export function reachOf(
  N: number,
  eachDistance: (visit: (distance: number, n: number) => void) => void,
): LossDifference['reach'] {
  const reach = new Float64Array(N).fill(Number.POSITIVE_INFINITY);
  eachDistance((distance, n) => {
    if (distance !== 0) reach[n] = Math.min(reach[n]!, Math.abs(distance));
  });
  return (n) => reach[n]!;
}

/** A combination vᵀz of the logits of sample n that is exactly on a kink: ∂ℓ/∂z jumps there by v times `jump`. */
export interface LossKink {
  readonly n: number;
  readonly v: Float64Array;
  readonly jump: number;
}

/** What errors of the logits do to a loss. */
export interface LossSpread {
  /** the error of ∂ℓ/∂z where the logits are off by Ez */
  error(batch: Batch, Ez: Matrix, model: UnitSpread): Matrix;
  /** the error of Σ ℓ */
  total(batch: Batch, Ez: Matrix, model: UnitSpread): number;
}

/** What the error E of z does to a unit, as a bound or as the textbook has it. */
export interface UnitSpread {
  /** the unit roundoff of the computation */
  readonly u: number;
  /** how far z may lie off, in units of E; 0 unless it is so far that slopes change on the way */
  readonly reach?: number;
  /** the error of v, which is φ(z) or what stands for it beside a target */
  value(phi: Activation, z: number, v: number, E: number): number;
  /** the error of v·φ′(z), where v itself is off by `through` */
  throughSlope(phi: Activation, through: number, v: number, z: number, a: number, E: number): number;
}
