import { backprop, type Rules, rules } from '../core/backprop.ts';
import type { Pass, Step } from '../core/forward.ts';
import { at, type Matrix, map, matrix } from '../core/matrix.ts';

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
  for (const { layer, z } of onKink) {
    const da = errors.get(layer.number)!.data;
    for (const [i, value] of z.data.entries()) {
      if (value !== 0 || da[i] === 0) continue;
      const influence = influenceOn(pass, layer.number, Math.floor(i / z.cols), i % z.cols);
      influence.forEach((dz, t) => {
        for (const [e, own] of dz.entries()) widths[t]![e]! += (Math.abs(da[i]!) * Math.abs(own)) / 2;
      });
    }
  }
  return widths;
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

/** ∂zₖₙ/∂θ for each parameter up to layer l: backprop of one sample from one unit, as if that were the loss. */
function influenceOn(pass: Pass, l: number, k: number, n: number): Float64Array[] {
  const steps = pass.steps.slice(0, l).map(
    (step): Step => ({
      layer: step.layer,
      input: column(step.input, n),
      z: column(step.z, n),
      a: column(step.a, n),
    }),
  );
  const unit = matrix(steps.at(-1)!.z.rows, 1);
  unit.data[k] = 1;
  const fromUnit: Rules = {
    ...on,
    outputError: () => unit,
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
