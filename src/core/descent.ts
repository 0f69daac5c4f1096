import { backprop } from './backprop.ts';
import { forward, type Pass } from './forward.ts';
import { matrix } from './matrix.ts';
import type { Layer, Network, Tensor } from './network.ts';
import { inPassing } from './zeros.ts';

/**
 * Gradient descent on all samples at once, the lesson's update step: θ ← θ − η ∂J/∂θ for every weight and bias.
 *
 * Yields the pass of the network as it is given, then after each step; it has no end of its own.
 *
 * @param learningRate η
 */
export function* descent(network: Network, learningRate: number): Generator<Pass, never, void> {
  for (let pass = forward(network); ; pass = forward(updated(pass, learningRate))) yield pass;
}

/** The network after one step down the gradient. */
function updated(pass: Pass, learningRate: number): Network {
  const { network } = pass;
  return inPassing(() => {
    const gradients = new Map(backprop(pass).map((tensor) => [tensor.name, tensor]));
    return { ...network, layers: network.layers.map((layer) => moved(layer, gradients, learningRate)) };
  });
}

function moved(layer: Layer, gradients: ReadonlyMap<string, Tensor>, learningRate: number): Layer {
  const { number, W, b } = layer;
  const down = (values: Float64Array, name: string): Float64Array => {
    const gradient = gradients.get(name)?.data; // a network without biases has no db
    return gradient === undefined ? values : values.map((value, i) => value - learningRate * gradient[i]!);
  };
  return { ...layer, W: matrix(W.rows, W.cols, down(W.data, `dW${number}`)), b: down(b, `db${number}`) };
}
