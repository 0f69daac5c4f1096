import { backprop, type Rules, rules } from '../core/backprop.ts';
import type { Pass, Step } from '../core/forward.ts';
import {
  abs,
  at,
  hadamard,
  type Matrix,
  map,
  matrix,
  multiplyTransposed,
  rowSums,
  zip,
} from '../core/matrix.ts';

/**
 * How much the slope of each parameter is left open by ReLUs that lie exactly on their kink: half of what they
 * let through, summed over the units k and samples n with zₖₙ = 0,
 *
 *     ½ Σₖₙ |∂J/∂aₖₙ| · |∂zₖₙ/∂θ|.
 *
 * Where a single kink is met this is half the difference of the one-sided slopes. Where several are, those may
 * be equal: relu(w) − relu(−w) has the slope 1 on both sides of 0, while backprop's answer there is 0.
 *
 * @returns dW1, db1, … in order; undefined where no ReLU lies on its kink
 */
export function kinkWidths(pass: Pass): Float64Array[] | undefined {
  const onKink = pass.steps.filter(
    ({ layer, z }) => layer.activation === 'relu' && z.data.some((value) => value === 0),
  );
  if (onKink.length === 0) return undefined;
  const errors = errorsOfActivations(pass);
  const widths = pass.network.layers.flatMap(({ W, b }) => [
    new Float64Array(W.data.length),
    new Float64Array(b.length),
  ]);
  for (const step of onKink) {
    const half = zip(errors.get(step.layer.number)!, step.z, (da, z) => (z === 0 ? Math.abs(da) / 2 : 0));
    addOwn(widths, step, half);
    addBelow(widths, pass, step, half);
  }
  return widths;
}

/** The parameters of the layer itself: |∂zₖₙ/∂Wₖⱼ| = |aⱼₙ|, |∂zₖₙ/∂bₖ| = 1. */
function addOwn(widths: readonly Float64Array[], { layer, input }: Step, half: Matrix): void {
  const dW = multiplyTransposed(half, abs(input)).data;
  const db = rowSums(half);
  const [ofW, ofB] = [widths[2 * layer.number - 2]!, widths[2 * layer.number - 1]!];
  for (const [e, width] of dW.entries()) ofW[e]! += width;
  for (const [k, width] of db.entries()) ofB[k]! += width;
}

/** The parameters of the layers below, one unit and sample after another: their influences must not cancel. */
function addBelow(widths: readonly Float64Array[], pass: Pass, { layer, z }: Step, half: Matrix): void {
  if (layer.number === 1) return;
  const { W } = layer;
  for (const [i, width] of half.data.entries()) {
    const row = Math.floor(i / z.cols) * W.cols;
    const weights = W.data.subarray(row, row + W.cols);
    if (width === 0 || weights.every((w) => w === 0)) continue;
    const influence = influenceOf(pass, layer.number - 1, weights, i % z.cols);
    for (const [t, dz] of influence.entries()) {
      for (const [e, own] of dz.entries()) widths[t]![e]! += width * Math.abs(own);
    }
  }
}

/** The rules of backprop where a ReLU on its kink is on, as it is on one side of it. */
const on: Rules = {
  ...rules,
  slope: (step, pass) =>
    step.layer.activation === 'relu' ? map(step.z, (z) => (z >= 0 ? 1 : 0)) : rules.slope(step, pass),
};

/** ∂J/∂aˡ of each hidden layer, by its number. */
function errorsOfActivations(pass: Pass): Map<number, Matrix> {
  const errors = new Map<number, Matrix>();
  backprop(pass, () => ({
    ...on,
    errorThroughWeights: (delta, step, of) => {
      const da = rules.errorThroughWeights(delta, step, of);
      errors.set(step.layer.number - 1, da);
      return da;
    },
  }));
  return errors;
}

/** ∂(wᵀaˡ)/∂θ in sample n, for each parameter up to layer l: backprop as if that were the loss. */
function influenceOf(pass: Pass, l: number, w: Float64Array, n: number): Float64Array[] {
  const steps = pass.steps.slice(0, l).map(
    (step): Step => ({
      layer: step.layer,
      input: column(step.input, n),
      z: column(step.z, n),
      a: column(step.a, n),
    }),
  );
  const fromUnit: Rules = {
    ...on,
    outputError: (of) => hadamard(matrix(w.length, 1, w), on.slope(of.steps.at(-1)!, of)),
    regularization: ({ layer: { W } }) => matrix(W.rows, W.cols),
  };
  return backprop({ ...pass, steps }, () => fromUnit).map(({ data }) => data);
}

const column = (M: Matrix, n: number): Matrix =>
  matrix(
    M.rows,
    1,
    Float64Array.from({ length: M.rows }, (_, i) => at(M, i, n)),
  );
