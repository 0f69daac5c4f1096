import { activationOf } from './activations.ts';
import { batchOf, type Pass, type Step } from './forward.ts';
import { lossOf } from './losses/losses.ts';
import {
  add,
  hadamard,
  type Matrix,
  mapAll,
  multiplyTransposed,
  rowSums,
  scale,
  transposedMultiply,
} from './matrix.ts';
import type { Tensor } from './network.ts';
import { penaltyFactor } from './penalty.ts';
import { divisorOf } from './reduction.ts';
import { recycle } from './zeros.ts';

/** What backprop has at hand in a layer, besides the error that a rule is about. */
export interface Context {
  /** the error before it went through the slope, ∂J/∂aˡ; at the output δ^L itself */
  readonly before: Matrix;
  /** dWˡ, penalty included */
  readonly dW: Matrix;
  /** δ^L */
  readonly output: Matrix;
  /** what came down from the output, ∂J/∂a^{L−1}; undefined at the output itself */
  readonly fromOutput: Matrix | undefined;
}

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
  biasGradient(delta: Matrix, step: Step, pass: Pass, context: Context): Float64Array;
  /** ∂J/∂aˡ⁻¹ from δˡ, Hₗ₋₁ × N */
  errorThroughWeights(delta: Matrix, step: Step, pass: Pass, context: Context): Matrix;
  /** φₗ′(zˡ), Hₗ × N */
  slope(step: Step, pass: Pass): Matrix;
  /** δˡ from ∂J/∂aˡ and the slope, Hₗ × N */
  errorThroughSlope(da: Matrix, slope: Matrix, step: Step): Matrix;
}

export const rules: Rules = {
  // δ^L = κ ∂ℓ/∂z^L: ŷ − t for a cross-entropy
  outputError: (pass) => {
    const sum = lossOf(pass.network).error(batchOf(pass));
    const error = scale(1 / divisorOf(pass.network), sum);
    recycle(sum.data);
    return error;
  },
  // dWˡ = δˡ (aˡ⁻¹)ᵀ
  weightGradient: (delta, { input }) => multiplyTransposed(delta, input),
  // λ′ Wˡ: the ½ of the penalty cancels
  regularization: ({ layer }, { network }) => scale(penaltyFactor(network), layer.W),
  // dbˡ = Σₙ δˡₙ
  biasGradient: (delta) => rowSums(delta),
  // daˡ⁻¹ = (Wˡ)ᵀ δˡ
  errorThroughWeights: (delta, { layer }) => transposedMultiply(layer.W, delta),
  // φₗ′(zˡ)
  slope: ({ layer, z, slope }) => slope ?? mapAll(z, activationOf(layer.activation).slopes),
  // δˡ = daˡ ◦ φₗ′(zˡ)
  errorThroughSlope: (da, slope) => hadamard(da, slope),
};

const right = (): Rules => rules;

/**
 * The gradient of J with respect to every parameter: dW1, db1, … dWL, dbL.
 *
 * From the output down: δ^L = κ ∂ℓ/∂z^L; dWˡ = δˡ(aˡ⁻¹)ᵀ + λ′Wˡ; dbˡ = Σₙ δˡₙ; δˡ⁻¹ = (Wˡ)ᵀδˡ ◦ φ′(zˡ⁻¹).
 *
 * @param rulesAt the rules that layer l uses; the right ones unless a mistake is asked for
 */
export function backprop(pass: Pass, rulesAt: (layer: number) => Rules = right): Tensor[] {
  const { steps, network } = pass;
  const gradients: Tensor[] = [];
  const output = rulesAt(steps.length).outputError(pass);
  let fromOutput: Matrix | undefined;
  let before = output;
  let delta = output;
  for (const step of steps.toReversed()) {
    const l = step.layer.number;
    const rule = rulesAt(l);
    const [data, penalty] = [rule.weightGradient(delta, step, pass), rule.regularization(step, pass)];
    const dW = add(data, penalty);
    if (rulesAt === right) done(data, penalty);
    const context = { before, dW, output, fromOutput };
    if (network.biased) {
      const db = rule.biasGradient(delta, step, pass, context);
      gradients.unshift({ name: `db${l}`, shape: [db.length], data: db });
    }
    gradients.unshift({ name: `dW${l}`, shape: [dW.rows, dW.cols], data: dW.data });

    const below = steps[l - 2];
    if (below === undefined) break;
    before = rule.errorThroughWeights(delta, step, pass, context);
    fromOutput ??= before;
    const ruleBelow = rulesAt(l - 1);
    const slope = ruleBelow.slope(below, pass);
    const deltaBelow = ruleBelow.errorThroughSlope(before, slope, below);
    if (rulesAt === right) done(before, delta, ...(slope === below.slope ? [] : [slope]));
    delta = deltaBelow;
  }
  return gradients;
}

/** What the right rules have made and nobody looks at again; others may have kept it, or handed on what they were given. */
function done(...matrices: readonly Matrix[]): void {
  for (const { data } of matrices) recycle(data);
}
