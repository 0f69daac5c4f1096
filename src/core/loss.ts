import { batchOf, type Pass } from './forward.ts';
import { lossOf } from './losses/losses.ts';
import { squaredNorm } from './matrix.ts';
import { penaltyFactor } from './penalty.ts';
import { divisorOf } from './reduction.ts';

/** The loss, in nats where it is a cross-entropy, with its parts. */
export interface Loss {
  /** κ Σₙ ℓ(tₙ, zₙ) */
  readonly data: number;
  /** P(W) = ½λ′ Σₗ ‖Wˡ‖²_F */
  readonly regularization: number;
  /** J, their sum */
  readonly total: number;
  /** ‖Wˡ‖²_F, layer by layer */
  readonly weightNorms: readonly number[];
}

/** J = κ Σₙ ℓ(tₙ, zₙ) + ½λ′ Σₗ ‖Wˡ‖²_F; the biases are not regularized. */
export function loss(pass: Pass): Loss {
  const { network } = pass;
  const weightNorms = network.layers.map(({ W }) => squaredNorm(W));
  const data = lossOf(network).total(batchOf(pass)) / divisorOf(network);
  const norms = weightNorms.reduce((total, norm) => total + norm, 0);
  const lambda = penaltyFactor(network);
  const regularization = lambda === 0 ? 0 : 0.5 * lambda * norms; // 0, even where ‖W‖² overflows
  return { data, regularization, total: data + regularization, weightNorms };
}
