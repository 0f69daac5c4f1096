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
import type { Overrides } from './config/config.ts';
import { loadConfig as readConfig } from './config/load.ts';
import type { Problem } from './config/problem.ts';
import { writtenOut } from './config/written-out.ts';
import { predictionsOf } from './core/accuracy.ts';
import { backprop as backpropPass } from './core/backprop.ts';
import { forward as forwardPass, type Pass } from './core/forward.ts';
import { CANONICAL, type Layout, layOut, orientSamples } from './core/layout.ts';
import { type Loss, loss as lossOf } from './core/loss.ts';
import { outputsName } from './core/objective.ts';
import type { Backprop, Forward, Outputs } from './core/results.ts';
import { inPassing } from './core/zeros.ts';
import type { GradcheckOptions } from './gradcheck/gradcheck.ts';
import { type MeasureOptions, measure } from './gradcheck/measure.ts';
import { type Audit, audit as auditMeasurement } from './mistakes/audit.ts';
import { type BackwardStep, backwardSteps as stepsBack } from './mistakes/backward.ts';
import { type ExampleOptions, makeExample } from './mistakes/example.ts';
import { type AuditedCheck, auditedGradcheck, type StrengthOptions } from './mistakes/strength.ts';
import { type CompareOptions, type Comparison, compare as compareNetwork } from './reference/compare.ts';
import type { Reference } from './reference/reference.ts';

export { type Overrides, parseConfig } from './config/config.ts';
export type { Problem } from './config/problem.ts';
export type { Predictions } from './core/accuracy.ts';
export type { ActivationName, ActivationSpec } from './core/activations.ts';
export type { Layout } from './core/layout.ts';
export type { Loss } from './core/loss.ts';
export type { Tensor } from './core/network.ts';
export type { Backprop, Forward, Outputs } from './core/results.ts';
export type { Diagnosis } from './diagnosis/diagnosis.ts';
export {
  type ExpectOptions,
  expectGradients,
  type FormatOptions,
  formatReport,
  GradientError,
} from './expect.ts';
export { InputError, type InputProblem } from './files/errors.ts';
export { checkFunction, type FunctionCheck } from './gradcheck/functions.ts';
export type { CheckedTensor, GradcheckOptions, GradientCheck, Inconclusive } from './gradcheck/gradcheck.ts';
export type { MeasureOptions } from './gradcheck/measure.ts';
export {
  FunctionError,
  type NumericalEntry,
  type NumericalGradient,
  type NumericalOptions,
  numericalGradient,
  type Point,
} from './gradcheck/numerical.ts';
export type { Greatest, TensorVerdict, Verdict } from './gradcheck/verdict.ts';
export type { Audit, AuditedMistake } from './mistakes/audit.ts';
export type { BackwardStep } from './mistakes/backward.ts';
export type { MistakeId } from './mistakes/catalogue.ts';
export type { ExampleOptions } from './mistakes/example.ts';
export { type Explanation, explain, type FindingId } from './mistakes/explain.ts';
export type { AuditedCheck, StrengthOptions } from './mistakes/strength.ts';
export type { CompareOptions, Comparison } from './reference/compare.ts';
export type { Consensus } from './reference/consensus.ts';
export type { ReferenceLoss, ReferenceTensor, ReferenceVerdict } from './reference/judge.ts';
export { loadReference } from './reference/load.ts';
export type { Precision } from './reference/precision.ts';
export { parseReference, type Reference, type ReferenceOptions } from './reference/reference.ts';
export { Diverged, type Training, type TrainOptions, train } from './train.ts';

/**
 * Reads a config with the files that it names: .json, .npz or .safetensors.
 *
 * @throws InputError
 */
export const loadConfig = async (file: string, overrides: Overrides = {}): Promise<Problem> =>
  (await readConfig(file, () => process.stdin, overrides)).problem;

/**
 * The forward pass: zˡ = Wˡaˡ⁻¹ + bˡ, aˡ = φₗ(zˡ), ŷ = output(z^L); and the classes that are predicted, where the
 * targets are classes.
 *
 * @param problem a config, from {@link parseConfig}
 */
export function forward(problem: Problem): Forward {
  return inPassing(() => {
    const pass = forwardPass(problem.network);
    return { ...outputs(pass, problem), predictions: predictionsOf(pass) ?? null };
  });
}

/** The loss, in nats where it is a cross-entropy: J = κ Σₙ ℓ(tₙ, zₙ) + P(W), with its parts. */
export const loss = (problem: Problem): Loss => inPassing(() => lossOf(forwardPass(problem.network)));

/** The gradient of the loss: δ^L = κ ∂ℓ/∂z^L, dWˡ = δˡ(aˡ⁻¹)ᵀ + λWˡ, dbˡ = Σₙ δˡₙ, δˡ⁻¹ = (Wˡ)ᵀδˡ ◦ φ′(zˡ⁻¹). */
export function backprop(problem: Problem): Backprop {
  return inPassing(() => {
    const pass = forwardPass(problem.network, { slopes: true });
    const gradients = layOut(backpropPass(pass), problem.layout);
    return { ...outputs(pass, problem), loss: lossOf(pass), gradients };
  });
}

/** The backward pass step by step: δ², dW2, db2, da¹, σ′(z¹), δ¹, …, each with its equation. A sample is a column. */
export const backwardSteps = (problem: Problem): BackwardStep[] => stepsBack(forwardPass(problem.network));

/**
 * Checks the analytic gradient against the numerical one, entry by entry, each with its error bar, and
 * audits the check: which classic mistakes it would have let pass.
 *
 * A wrong gradient is a result (`passed: false`), not an error.
 */
export const gradcheck = (
  problem: Problem,
  options: Omit<GradcheckOptions, 'layout'> & StrengthOptions = {},
): AuditedCheck => auditedGradcheck(problem.network, { ...options, layout: problem.layout });

/** Which classic backprop mistakes a gradient check of this config would catch and which it would let pass, and why. */
export const audit = (problem: Problem, options: Omit<MeasureOptions, 'layout'> = {}): Audit =>
  auditMeasurement(measure(forwardPass(problem.network), { ...options, layout: problem.layout }));

/** Compares the analytic gradient with the numerical one and with references, which lie as the config does. */
export const compare = (
  problem: Problem,
  references: readonly Reference[],
  options: Omit<CompareOptions, 'layout'> = {},
): Comparison => compareNetwork(problem.network, references, { ...options, layout: problem.layout });

/** What a random config is like; of what is left out, the lesson's. */
export type InitOptions = Omit<ExampleOptions, 'biased'> & Partial<Layout>;

/**
 * A random config of the given layer sizes that catches every mistake of the catalogue that applies: a place
 * to check an implementation of one's own at. The same one for the same seed.
 */
export function init(options: InitOptions): { config: Record<string, unknown>; audit: Audit } {
  const { samples, weights, biases, ...kind } = { ...CANONICAL, ...options };
  const { network, y: labels, audit: strength } = makeExample({ ...kind, biased: biases !== 'none' });
  const layout = { samples, weights, biases };
  return { config: writtenOut({ name: undefined, network, layout, labels }), audit: strength };
}

const outputs = ({ network, logits, outputs: y }: Pass, { layout }: Problem): Outputs => ({
  logits: orientSamples('logits', logits, layout),
  outputs: orientSamples(outputsName(network), y, layout),
});
