import { activationOf } from '../core/activations.ts';
import { backprop, type Rules } from '../core/backprop.ts';
import { batchOf, type Pass } from '../core/forward.ts';
import { lossOf } from '../core/losses/losses.ts';
import {
  abs,
  hadamard,
  map,
  multiplyTransposed,
  rowSums,
  scale,
  sum,
  transposedMultiply,
} from '../core/matrix.ts';
import type { Tensor } from '../core/network.ts';
import { penaltyFactor } from '../core/penalty.ts';
import { divisorOf } from '../core/reduction.ts';
import { inParts } from './parts.ts';

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
  outputError: (pass) => scale(1 / divisorOf(pass.network), lossOf(pass.network).errorSize(batchOf(pass))),
  weightGradient: (e, { input }) => multiplyTransposed(e, abs(input)),
  regularization: ({ layer }, { network }) => {
    const lambda = penaltyFactor(network);
    const size = abs(layer.W);
    for (let i = 0; i < size.data.length; i++) size.data[i]! *= lambda;
    return size;
  },
  biasGradient: (e) => rowSums(e),
  errorThroughWeights: (e, { layer }) => transposedMultiply(abs(layer.W), e),
  slope: ({ layer, z }) => map(z, activationOf(layer.activation).slopeSize),
  errorThroughSlope: (e, slope) => hadamard(e, slope),
};

/** S for each entry of the gradient: the size of the terms that are summed into it. */
export const summedSize = (pass: Pass): Tensor[] => backprop(pass, () => sizeRules);

/** S, and Σ |δ| of all units and samples: by how much the loss changes where each z does by as much. */
export function sizesOf(pass: Pass): { readonly S: Tensor[]; readonly errors: number } {
  let errors = 0;
  const S = inParts(pass, (part, share) => {
    const adding: Rules = {
      ...sizeRules,
      weightGradient: (e, step, of) => {
        errors += share * sum(e.data);
        return sizeRules.weightGradient(e, step, of);
      },
    };
    return backprop(part, () => adding);
  });
  return { S, errors };
}
