import type { Pass } from './forward.ts';
import { type Matrix, squaredNorm } from './matrix.ts';

/** The loss in nats, with its parts. */
export interface Loss {
  /** (1/N) Σₙ CE(tₙ, ŷₙ) */
  readonly data: number;
  /** ½λ Σₗ ‖Wˡ‖²_F */
  readonly regularization: number;
  /** J, their sum */
  readonly total: number;
  /** ‖Wˡ‖²_F, layer by layer */
  readonly weightNorms: readonly number[];
}

/** J = (1/N) Σₙ CE(tₙ, ŷₙ) + ½λ Σₗ ‖Wˡ‖²_F; the biases are not regularized. */
export function loss({ network, logits }: Pass): Loss {
  const weightNorms = network.layers.map(({ W }) => squaredNorm(W));
  const data = meanCrossEntropy(logits, network.Y);
  const norms = weightNorms.reduce((total, norm) => total + norm, 0);
  const regularization = network.reg === 0 ? 0 : 0.5 * network.reg * norms; // 0, even where ‖W‖² overflows
  return { data, regularization, total: data + regularization, weightNorms };
}

/**
 * (1/N) Σₙ CE(tₙ, softmax(zₙ)), where CE(t, ŷ) = −Σₖ tₖ log ŷₖ.
 *
 * With m the largest logit of a sample, −log ŷₖ = (m − zₖ) + log(1 + Σ_{j≠m} e^(zⱼ−m)): all terms are
 * positive and log1p keeps a loss of 1e-29 as exact as one of 1.
 */
export function meanCrossEntropy(z: Matrix, Y: Matrix): number {
  const { rows: C, cols: N } = z;
  let total = 0;
  for (let n = 0; n < N; n++) {
    let m = 0;
    for (let k = 1; k < C; k++) if (z.data[k * N + n]! > z.data[m * N + n]!) m = k;
    const max = z.data[m * N + n]!;
    let others = 0; // Σ_{j≠m} e^(zⱼ−m)
    let weight = 0; // T = Σ tₖ
    for (let k = 0; k < C; k++) {
      const t = Y.data[k * N + n]!;
      weight += t;
      if (k !== m) others += Math.exp(z.data[k * N + n]! - max);
      if (t !== 0) total += t * (max - z.data[k * N + n]!);
    }
    total += weight * Math.log1p(others);
  }
  return total / N;
}
