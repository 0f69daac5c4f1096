import { type Activation, activationOf } from '../core/activations.ts';
import { backprop, type Rules, rules } from '../core/backprop.ts';
import { batchOf, type Pass, type Step } from '../core/forward.ts';
import { lossOf } from '../core/losses/losses.ts';
import { abs, at, hadamard, type Matrix, matrix, multiplyTransposed, rowSums } from '../core/matrix.ts';
import type { Tensor } from '../core/network.ts';
import { divisorOf } from '../core/reduction.ts';

/**
 * How much the slope of each parameter is left open by units (and margins of a loss) that lie exactly on a kink:
 * half of what jumps there, summed over the units k and samples n with zₖₙ = 0,
 *
 *     ½ Σₖₙ |∂J/∂aₖₙ| · jump · |∂zₖₙ/∂θ|.
 *
 * Where a single kink is met this is half the difference of the one-sided slopes. Where several are, those may
 * be equal: relu(w) − relu(−w) has the slope 1 on both sides of 0, while backprop's answer there is 0. For the same
 * reason a path that meets a second kink further down counts there once more, by its size.
 *
 * @returns by the names dW1, db1, …; undefined where nothing lies on a kink
 */
export function kinkWidths(pass: Pass): ReadonlyMap<string, Float64Array> | undefined {
  const ofLoss = lossOf(pass.network).kinks(batchOf(pass));
  if (ofLoss.length === 0 && !pass.steps.some(hasKink)) return undefined;
  const open = new OpenSlopes(pass);
  const L = pass.steps.length;
  for (const { n, v, jump } of ofLoss) open.add({ l: L, n, v, width: jump / 2 / divisorOf(pass.network) });
  for (const step of pass.steps.toReversed()) open.addUnitsOf(step);
  return open.widths;
}

const phiOf = ({ layer }: Step): Activation => activationOf(layer.activation);

const hasKink = (step: Step): boolean => phiOf(step).kink > 0 && step.z.data.includes(0);

/** What is open of vᵀzˡ in sample n by its width: the slopes of all below are open by |∂(vᵀzˡ)/∂θ| times that. */
interface Open {
  readonly l: number;
  readonly n: number;
  readonly v: Float64Array;
  readonly width: number;
}

class OpenSlopes {
  readonly widths: Map<string, Float64Array>;
  readonly #pass: Pass;
  /** of each layer, by how much the slope of J is open at each unit on its kink */
  readonly #units: Matrix[];

  constructor(pass: Pass) {
    this.#pass = pass;
    const errors = errorsOfActivations(pass);
    this.widths = new Map(
      pass.network.layers.flatMap(({ number, W, b }): [string, Float64Array][] => [
        [`dW${number}`, new Float64Array(W.data.length)],
        [`db${number}`, new Float64Array(b.length)],
      ]),
    );
    this.#units = pass.steps.map((step, l) => {
      const { kink } = phiOf(step);
      const open = matrix(step.z.rows, step.z.cols);
      const da = errors.get(l + 1);
      if (kink > 0 && da !== undefined)
        step.z.data.forEach((z, i) => {
          if (z === 0) open.data[i] = (kink * Math.abs(da.data[i]!)) / 2;
        });
      return open;
    });
  }

  /** Adds what the units of a layer leave open, of the parameters of the layer itself all at once. */
  addUnitsOf(step: Step): void {
    const l = step.layer.number;
    const open = this.#units[l - 1]!;
    if (open.data.every((width) => width === 0)) return;
    // |∂zₖₙ/∂Wₖⱼ| = |aⱼₙ|, |∂zₖₙ/∂bₖ| = 1
    this.#widen(`dW${l}`, multiplyTransposed(open, abs(step.input)).data, 1);
    this.#widen(`db${l}`, rowSums(open), 1);
    if (l === 1) return;
    const { W } = step.layer;
    for (const [i, width] of open.data.entries()) {
      const row = Math.floor(i / open.cols) * W.cols;
      const weights = W.data.subarray(row, row + W.cols);
      if (width === 0 || weights.every((w) => w === 0)) continue;
      const n = i % open.cols;
      const slopes = rules.slope(columnOf(this.#pass.steps[l - 2]!, n), this.#pass);
      this.#reachUnits(l - 1, n, weights, width);
      this.add({ l: l - 1, n, v: hadamard(matrix(weights.length, 1, weights), slopes).data, width });
    }
  }

  /** Adds what is open of vᵀzˡ to all parameters up to layer l, and to the units on their kinks that it comes from. */
  add({ l, n, v, width }: Open): void {
    if (v.every((value) => value === 0)) return;
    const steps = this.#pass.steps.slice(0, l).map((step) => columnOf(step, n));
    const from: Rules = {
      ...rules,
      outputError: () => matrix(v.length, 1, v),
      regularization: ({ layer: { W } }) => matrix(W.rows, W.cols),
      errorThroughWeights: (delta, step, ...context) => {
        const da = rules.errorThroughWeights(delta, step, ...context);
        this.#reachUnits(step.layer.number - 1, n, da.data, width);
        return da;
      },
    };
    for (const { name, data } of influence({ ...this.#pass, steps }, from)) this.#widen(name, data, width);
  }

  /** A unit on its kink that something open depends on, by da, leaves all of that open. */
  #reachUnits(l: number, n: number, da: Float64Array, width: number): void {
    const step = this.#pass.steps[l - 1]!;
    const { kink } = phiOf(step);
    if (kink === 0) return;
    const open = this.#units[l - 1]!;
    for (const [k, value] of da.entries())
      if (at(step.z, k, n) === 0) open.data[k * open.cols + n]! += kink * width * Math.abs(value);
  }

  #widen(name: string, own: Float64Array, width: number): void {
    const widths = this.widths.get(name);
    if (widths === undefined) return;
    for (const [e, value] of own.entries()) widths[e]! += width * Math.abs(value);
  }
}

const influence = (pass: Pass, from: Rules): Tensor[] => backprop(pass, () => from);

/** ∂J/∂aˡ of each hidden layer, by its number; a unit on its kink has the slope that backprop gives it. */
function errorsOfActivations(pass: Pass): Map<number, Matrix> {
  const errors = new Map<number, Matrix>();
  backprop(pass, () => ({
    ...rules,
    errorThroughWeights: (delta, step, ...context) => {
      const da = rules.errorThroughWeights(delta, step, ...context);
      errors.set(step.layer.number - 1, da);
      return da;
    },
  }));
  return errors;
}

/** One sample of what a layer computed. */
const columnOf = (step: Step, n: number): Step => ({
  layer: step.layer,
  input: column(step.input, n),
  z: column(step.z, n),
  a: column(step.a, n),
});

const column = (M: Matrix, n: number): Matrix =>
  matrix(
    M.rows,
    1,
    Float64Array.from({ length: M.rows }, (_, i) => at(M, i, n)),
  );
