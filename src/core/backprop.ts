import { activations } from './activations.ts';
import type { Pass, Step } from './forward.ts';
import {
  add,
  at,
  hadamard,
  type Matrix,
  map,
  matrix,
  multiply,
  multiplyTransposed,
  rowSums,
  scale,
  transpose,
} from './matrix.ts';
import type { Tensor } from './network.ts';

/**
 * The rules that backprop is made of, one for each place where a derivative is taken. A mistake of the
 * catalogue is the same composition with one of them replaced.
 */
export interface Rules {
  /** δ^L = ∂J/∂z^L, C × N */
  outputError(pass: Pass): Matrix;
  /** ∂(data loss)/∂Wˡ from δˡ, Hₗ × Hₗ₋₁ */
  weightGradient(delta: Matrix, step: Step, pass: Pass): Matrix;
  /** ∂(penalty)/∂Wˡ, Hₗ × Hₗ₋₁ */
  regularization(step: Step, pass: Pass): Matrix;
  /** ∂J/∂bˡ from δˡ, Hₗ */
  biasGradient(delta: Matrix, step: Step, pass: Pass): Float64Array;
  /** ∂J/∂aˡ⁻¹ from δˡ, Hₗ₋₁ × N */
  errorThroughWeights(delta: Matrix, step: Step, pass: Pass): Matrix;
  /** φₗ′(zˡ), Hₗ × N */
  slope(step: Step, pass: Pass): Matrix;
}

export const rules: Rules = {
  // δ^L = (Tŷ − t) / N
  outputError: ({ network, probabilities }) =>
    scale(1 / network.X.cols, outputResidual(probabilities, network.Y)),
  // dWˡ = δˡ (aˡ⁻¹)ᵀ
  weightGradient: (delta, { input }) => multiplyTransposed(delta, input),
  // λ Wˡ: the ½ of the penalty cancels
  regularization: ({ layer }, { network }) => scale(network.reg, layer.W),
  // dbˡ = Σₙ δˡₙ
  biasGradient: (delta) => rowSums(delta),
  // daˡ⁻¹ = (Wˡ)ᵀ δˡ
  errorThroughWeights: (delta, { layer }) => multiply(transpose(layer.W), delta),
  // φₗ′(zˡ)
  slope: ({ layer, z }) => map(z, activations[layer.activation ?? 'identity'].slope),
};

/**
 * The gradient of J with respect to every parameter: dW1, db1, … dWL, dbL.
 *
 * From the output down: δ^L = (Tŷ − t)/N; dWˡ = δˡ(aˡ⁻¹)ᵀ + λWˡ; dbˡ = Σₙ δˡₙ; δˡ⁻¹ = (Wˡ)ᵀδˡ ◦ φ′(zˡ⁻¹).
 *
 * @param rulesAt the rules that layer l uses; the right ones unless a mistake is asked for
 */
export function backprop(pass: Pass, rulesAt: (layer: number) => Rules = () => rules): Tensor[] {
  const { steps } = pass;
  const gradients: Tensor[] = [];
  let delta = rulesAt(steps.length).outputError(pass);
  for (const step of steps.toReversed()) {
    const l = step.layer.number;
    const rule = rulesAt(l);
    const dW = add(rule.weightGradient(delta, step, pass), rule.regularization(step, pass));
    const db = rule.biasGradient(delta, step, pass);
    gradients.unshift(
      { name: `dW${l}`, shape: [dW.rows, dW.cols], data: dW.data },
      { name: `db${l}`, shape: [db.length], data: db },
    );

    const below = steps[l - 2];
    if (below === undefined) break;
    const da = rule.errorThroughWeights(delta, step, pass);
    delta = hadamard(da, rulesAt(l - 1).slope(below, pass));
  }
  return gradients;
}

/**
 * Tŷ − t, column by column, with T = Σₖ tₖ.
 *
 * Where a sample is fitted, Tŷₖ − tₖ cancels for its class. The column sums to zero, so that entry is
 * also minus the sum of the others, which do not: for a label y, ŷᵧ − 1 = −Σ_{k≠y} ŷₖ.
 */
export function outputResidual(probabilities: Matrix, Y: Matrix): Matrix {
  const { rows: C, cols: N } = Y;
  const residual = matrix(C, N);
  for (let n = 0; n < N; n++) {
    const { T, r, cancels } = dominantClass(probabilities, Y, n);
    let others = 0; // Σ_{k≠r} (Tŷₖ − tₖ)
    for (let k = 0; k < C; k++) {
      residual.data[k * N + n] = T * at(probabilities, k, n) - at(Y, k, n);
      if (k !== r) others += at(residual, k, n);
    }
    if (cancels) residual.data[r * N + n] = -others;
  }
  return residual;
}

/** What stands out in a sample: its label, or the class that target and ŷ favour together. */
export interface DominantClass {
  /** T = Σₖ tₖ, 1 for a label */
  readonly T: number;
  /** the class with the largest Tŷᵣ + tᵣ, of equal ones that with the larger tᵣ */
  readonly r: number;
  /** whether Tŷᵣ + tᵣ outweighs all other classes together, so that Tŷᵣ − tᵣ is better taken from them */
  readonly cancels: boolean;
}

/** The dominant class of sample n. */
export function dominantClass(probabilities: Matrix, Y: Matrix, n: number): DominantClass {
  let T = 0;
  for (let k = 0; k < Y.rows; k++) T += at(Y, k, n);
  let r = 0;
  let largest = 0;
  for (let k = 0; k < Y.rows; k++) {
    const size = T * at(probabilities, k, n) + at(Y, k, n);
    if (size < largest || (size === largest && at(Y, k, n) < at(Y, r, n))) continue;
    largest = size;
    r = k;
  }
  return { T, r, cancels: largest >= T };
}
