import { backprop, type Rules, rules } from '../core/backprop.ts';
import type { Pass } from '../core/forward.ts';
import { add, type Matrix } from '../core/matrix.ts';
import type { Tensor } from '../core/network.ts';
import { BIAS_GRADIENT } from './bias-gradient.ts';
import { ERROR_THROUGH_WEIGHTS } from './error-through-weights.ts';
import { OUTPUT_ERROR } from './output-error.ts';
import { WEIGHT_GRADIENT } from './weight-gradient.ts';
import { type Line, lineAt, placeOf } from './writing.ts';

/** A step of the backward pass: its equation, a line of NumPy, and what comes out here. */
export interface BackwardStep extends Line {
  /** δ², dW2, db2, da¹, σ′(z¹), δ¹, …; a sample is a column */
  readonly value: Tensor;
}

// The right line of the slope's mistakes is both of these.
const SLOPE: Line = { equation: '{slope}(zˡ)', code: 's{l} = {slope}' };
const ERROR_THROUGH_SLOPE: Line = { equation: 'δˡ = daˡ ◦ {slope}(zˡ)', code: 'dz{l} = da{l} * s{l}' };

/** The backward pass step by step, from the output down: backprop itself is watched at its rules. */
export function backwardSteps(pass: Pass): BackwardStep[] {
  const taken: BackwardStep[] = [];
  const note = <Value extends Matrix | Float64Array>(line: Line, layer: number, value: Value): Value => {
    const { equation, code } = lineAt(line, placeOf(pass, layer));
    taken.push({ equation, code, value: tensorOf(equation.split(' = ')[0] as string, value) });
    return value;
  };
  const watchedAt = (layer: number): Rules => {
    let data: Matrix;
    return {
      outputError: (...given) => note(OUTPUT_ERROR, layer, rules.outputError(...given)),
      weightGradient: (...given) => {
        data = rules.weightGradient(...given);
        return data;
      },
      regularization: (...given) => {
        const penalty = rules.regularization(...given);
        note(WEIGHT_GRADIENT, layer, add(data, penalty));
        return penalty;
      },
      biasGradient: (...given) => note(BIAS_GRADIENT, layer, rules.biasGradient(...given)),
      errorThroughWeights: (...given) =>
        note(ERROR_THROUGH_WEIGHTS, layer, rules.errorThroughWeights(...given)),
      slope: (...given) => note(SLOPE, layer, rules.slope(...given)),
      errorThroughSlope: (...given) => note(ERROR_THROUGH_SLOPE, layer, rules.errorThroughSlope(...given)),
    };
  };
  backprop(pass, watchedAt);
  return taken;
}

const tensorOf = (name: string, value: Matrix | Float64Array): Tensor =>
  value instanceof Float64Array
    ? { name, shape: [value.length], data: value }
    : { name, shape: [value.rows, value.cols], data: value.data };
