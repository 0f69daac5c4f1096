import type { Predictions } from './accuracy.ts';
import type { Loss } from './loss.ts';
import type { Tensor } from './network.ts';

/** What comes out of a network, in the layout of the config's samples. */
export interface Outputs {
  /** z^L; C × N */
  readonly logits: Tensor;
  /** ŷ = output(z^L), C × N; its name is `probabilities` for softmax and sigmoid, else `outputs` */
  readonly outputs: Tensor;
}

/** What `forward` computes. */
export interface Forward extends Outputs {
  /** the class of each sample, where the targets are classes */
  readonly predictions: Predictions | null;
}

/** What `backprop` computes, the gradients in the layout of the config's weights and biases. */
export interface Backprop extends Outputs {
  readonly loss: Loss;
  /** dW1, db1, … dWL, dbL */
  readonly gradients: readonly Tensor[];
}
