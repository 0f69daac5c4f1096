import type { ActivationSpec } from './activations.ts';

/*
 * What a network is trained for, apart from its layers:
 *
 *     J = κ Σₙ ℓ(tₙ, zₙ) + P(W)        ŷ = output(z^L)
 */

/** What ŷ is of the logits: softmax over the classes, or an activation of each. */
export type Output = 'softmax' | ActivationSpec;

export const LOSS_NAMES = ['cross-entropy', 'squared-error', 'half-squared-error', 'hinge'] as const;
/** ℓ, the loss of a sample. */
export type LossName = (typeof LOSS_NAMES)[number];

export const REDUCTIONS = ['mean', 'sum', 'mean-of-entries'] as const;
/** κ: 1/N, 1, or 1/(NC), which is PyTorch's mean of squared errors. */
export type Reduction = (typeof REDUCTIONS)[number];

export const PENALTIES = ['half', 'full', 'half-over-n'] as const;
/** P: ½λ Σ‖W‖², λ Σ‖W‖² (CS231n since 2017), or (λ/2N) Σ‖W‖² (Ng, Nielsen). */
export type Penalty = (typeof PENALTIES)[number];

export interface Objective {
  readonly output: Output;
  readonly loss: LossName;
  readonly reduction: Reduction;
  readonly penalty: Penalty;
}

/** The lesson's: mean cross-entropy of a softmax, and ½λ Σ‖W‖². */
export const TEXTBOOK: Objective = {
  output: 'softmax',
  loss: 'cross-entropy',
  reduction: 'mean',
  penalty: 'half',
};

/** What ŷ is called: probabilities of softmax and sigmoid, outputs of the others. */
export const outputsName = ({ output }: Pick<Objective, 'output'>): 'probabilities' | 'outputs' =>
  output === 'softmax' || output === 'sigmoid' ? 'probabilities' : 'outputs';
