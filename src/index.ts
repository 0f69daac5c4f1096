/**
 * fcnet as a library: the gradients of fully-connected networks, computed, checked and compared.
 *
 * ```ts
 * import { backprop, compare, gradcheck, parseConfig, parseReference } from 'fcnet';
 *
 * const problem = parseConfig(await readFile('net.json', 'utf8'));
 * const { gradients } = backprop(problem);         // dW1, db1, … as { name, shape, data: Float64Array }
 * gradcheck(problem).passed;                       // analytic against numerical
 * compare(problem, [parseReference('mine', { dW1, db1, dW2, db2 })]).passed;
 * ```
 *
 * @module
 */
import type { Problem } from './config/problem.ts';
import { backprop as backpropPass } from './core/backprop.ts';
import { forward as forwardPass, type Pass } from './core/forward.ts';
import { type Loss, loss as lossOf } from './core/loss.ts';
import type { Tensor } from './core/network.ts';
import { orientSamples, orientWeights } from './core/orientation.ts';
import {
  type GradcheckOptions,
  type GradientCheck,
  gradcheck as gradcheckNetwork,
} from './gradcheck/gradcheck.ts';
import { type CompareOptions, type Comparison, compare as compareNetwork } from './reference/compare.ts';
import type { Reference } from './reference/reference.ts';

export { parseConfig } from './config/config.ts';
export { InputError, type InputProblem } from './config/errors.ts';
export type { Problem } from './config/problem.ts';
export type { Loss } from './core/loss.ts';
export type { Tensor } from './core/network.ts';
export type { CheckedTensor, GradcheckOptions, GradientCheck, Inconclusive } from './gradcheck/gradcheck.ts';
export type { Greatest, TensorVerdict, Verdict } from './gradcheck/verdict.ts';
export type { CompareOptions, Comparison } from './reference/compare.ts';
export type { ReferenceTensor, ReferenceVerdict } from './reference/judge.ts';
export { parseReference, type Reference } from './reference/reference.ts';

/** What `forward` computes, lying as the config's samples do. */
export interface Forward {
  /** z^L, before softmax; C × N */
  readonly logits: Tensor;
  /** ŷ = softmax(z^L), C × N */
  readonly probabilities: Tensor;
}

/** What `backprop` computes, the gradients lying as the config's weights do. */
export interface Backprop extends Forward {
  readonly loss: Loss;
  /** dW1, db1, … dWL, dbL */
  readonly gradients: readonly Tensor[];
}

/**
 * The forward pass: zˡ = Wˡaˡ⁻¹ + bˡ, aˡ = φₗ(zˡ), ŷ = softmax(z^L).
 *
 * @param problem a config, from {@link parseConfig}
 */
export const forward = (problem: Problem): Forward => outputs(forwardPass(problem.network), problem);

/** The loss in nats: J = (1/N) Σₙ CE(tₙ, ŷₙ) + ½λ Σₗ ‖Wˡ‖²_F, with its parts. */
export const loss = (problem: Problem): Loss => lossOf(forwardPass(problem.network));

/** The gradient of the loss: δ^L = (Tŷ − t)/N, dWˡ = δˡ(aˡ⁻¹)ᵀ + λWˡ, dbˡ = Σₙ δˡₙ, δˡ⁻¹ = (Wˡ)ᵀδˡ ◦ φ′(zˡ⁻¹). */
export function backprop(problem: Problem): Backprop {
  const pass = forwardPass(problem.network);
  const gradients = backpropPass(pass).map((tensor) => orientWeights(tensor, problem.orientation));
  return { ...outputs(pass, problem), loss: lossOf(pass), gradients };
}

/**
 * Checks the analytic gradient against the numerical one, entry by entry, each with its error bar.
 *
 * A wrong gradient is a result (`passed: false`), not an error.
 */
export const gradcheck = (
  problem: Problem,
  options: Omit<GradcheckOptions, 'orientation'> = {},
): GradientCheck => gradcheckNetwork(problem.network, { ...options, orientation: problem.orientation });

/** Compares the analytic gradient with the numerical one and with references, which lie as the config does. */
export const compare = (
  problem: Problem,
  references: readonly Reference[],
  options: Omit<CompareOptions, 'orientation'> = {},
): Comparison =>
  compareNetwork(problem.network, references, { ...options, orientation: problem.orientation });

const outputs = ({ logits, probabilities }: Pass, { orientation }: Problem): Forward => ({
  logits: orientSamples('logits', logits, orientation),
  probabilities: orientSamples('probabilities', probabilities, orientation),
});
