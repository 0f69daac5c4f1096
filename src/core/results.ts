import type { Loss } from './loss.ts';
import type { Tensor } from './network.ts';

/** What `forward` computes, in the layout of the config's samples. */
export interface Forward {
  /** z^L; C × N */
  readonly logits: Tensor;
  /** ŷ = output(z^L), C × N; its name is `probabilities` for softmax and sigmoid, else `outputs` */
  readonly outputs: Tensor;
}

/** What `backprop` computes, the gradients in the layout of the config's weights and biases. */
export interface Backprop extends Forward {
  readonly loss: Loss;
  /** dW1, db1, … dWL, dbL */
  readonly gradients: readonly Tensor[];
}
