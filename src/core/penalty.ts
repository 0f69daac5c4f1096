import type { Network } from './network.ts';

/**
 * λ′ of P = ½λ′ Σ‖W‖², whose gradient is λ′W: λ itself where the penalty is ½λ Σ‖W‖², 2λ where it is λ Σ‖W‖², and
 * λ/N where it is (λ/2N) Σ‖W‖². The biases are not regularized.
 */
export function penaltyFactor({ reg, penalty, X }: Pick<Network, 'reg' | 'penalty' | 'X'>): number {
  switch (penalty) {
    case 'half':
      return reg;
    case 'full':
      return 2 * reg;
    case 'half-over-n':
      return reg / X.cols;
  }
}
