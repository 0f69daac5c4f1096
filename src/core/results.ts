import type { Loss } from './loss.ts';
import type { Tensor } from './network.ts';

/** What `forward` computes, in the layout of the config's samples. */
export interface Forward {
  /** z^L, before softmax; C × N */
  readonly logits: Tensor;
  /** ŷ = softmax(z^L), C × N */
  readonly probabilities: Tensor;
}

/** What `backprop` computes, the gradients in the layout of the config's weights. */
export interface Backprop extends Forward {
  readonly loss: Loss;
  /** dW1, db1, … dWL, dbL */
  readonly gradients: readonly Tensor[];
}
