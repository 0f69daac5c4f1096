import { activations } from '../core/activations.ts';
import { backprop, dominantClass, type Rules } from '../core/backprop.ts';
import type { Pass } from '../core/forward.ts';
import {
  abs,
  at,
  type Matrix,
  map,
  matrix,
  multiply,
  multiplyTransposed,
  rowSums,
  scale,
  transpose,
} from '../core/matrix.ts';
import type { Tensor } from '../core/network.ts';

/*
 * How large may an honest difference be? Three answers, each a backward pass on sizes instead of values
 * and to be multiplied by a unit roundoff u:
 *
 *   S                     between two gradients of one forward pass, the analytic and the numerical one;
 *   the conditioned size  between a gradient and the truth: the forward pass has rounded too;
 *   R                     between a gradient and one computed elsewhere by the textbook's formulas.
 */

/** 2⁻⁵³, the largest relative error of one rounding in float64. */
export const UNIT_ROUNDOFF = 2 ** -53;

/** The rules of backprop on absolute values, from an output error that does not cancel. */
export const sizeRules: Rules = {
  outputError: ({ network, probabilities }) =>
    scale(1 / network.X.cols, residualSize(probabilities, probabilities, network.Y)),
  weightGradient: (e, { input }) => multiplyTransposed(e, abs(input)),
  regularization: ({ layer }, { network }) => scale(network.reg, abs(layer.W)),
  biasGradient: (e) => rowSums(e),
  errorThroughWeights: (e, { layer }) => multiply(transpose(abs(layer.W)), e),
  slope: ({ layer, z }) => abs(map(z, activations[layer.activation ?? 'identity'].slope)),
};

/** S for each entry of the gradient: the size of the terms that are summed into it. */
export const summedSize = (pass: Pass): Tensor[] => backprop(pass, () => sizeRules);

/**
 * The size of the terms of Tŷ − t: T·sizeₖ + tₖ, or their sum over the other classes where the residual
 * is taken from those; `size` is that of ŷ, or of ŷ with its error.
 */
export function residualSize(probabilities: Matrix, size: Matrix, Y: Matrix): Matrix {
  const { rows: C, cols: N } = Y;
  const result = matrix(C, N);
  for (let n = 0; n < N; n++) {
    const { T, r, cancels } = dominantClass(probabilities, Y, n);
    let others = 0;
    for (let k = 0; k < C; k++) {
      result.data[k * N + n] = T * at(size, k, n) + at(Y, k, n);
      if (k !== r) others += at(result, k, n);
    }
    if (cancels) result.data[r * N + n] = others;
  }
  return result;
}
