import { activationOf } from '../core/activations.ts';
import { batchOf, type Pass, type Step } from '../core/forward.ts';
import { lossOf } from '../core/losses/losses.ts';
import type { LossDifference } from '../core/losses/sample-loss.ts';
import { type Matrix, transpose } from '../core/matrix.ts';
import { penaltyFactor } from '../core/penalty.ts';
import { divisorOf } from '../core/reduction.ts';
import type { Selection, Slopes } from './slopes.ts';

/**
 * So small that truncation is gone and h·x is exact, so large that nothing underflows: the differences
 * do not cancel, so there is no rounding to balance it against.
 */
export const PROPAGATION_STEP = 2 ** -100;

/**
 * The numerical gradient by difference propagation: (J(θ + h) − J(θ − h)) / 2h for each parameter, without
 * cancellation and without a second forward pass.
 *
 * A change of one parameter changes one zᵢ by d = ±h·aⱼ (±h for a bias). What follows from it is carried
 * up through the layers as a *difference*: δa = φ(z + d) − φ(z) by the identities of the activations,
 * δz = W δa, and at the output the difference of the loss by those of the loss. No slope and no
 * transposed weights are used, so it shares with backprop nothing but the forward pass.
 *
 * Cost: P·N·C for two layers, against P²·N for the textbook's two losses per parameter.
 */
export function propagatedSlopes(pass: Pass, selection: Selection, step = PROPAGATION_STEP): Slopes[] {
  const { network, steps } = pass;
  const N = network.X.cols;
  const divisor = divisorOf(network);
  const lambda = penaltyFactor(network);
  const lossAbove = lossOf(network).differences(batchOf(pass));
  const above = steps.map((_, l) => differencesAbove(steps, l, lossAbove));

  return steps.flatMap(({ layer, input, z }, l) => {
    const differenceAt = above[l]!;
    /** One-sided slopes for zᵢ moved by ±h·aⱼ, reduced over the samples; j < 0 stands for the bias. */
    const slopesAt = (i: number, j: number): [number, number] => {
      const right = new Sum();
      const left = new Sum();
      for (let n = 0; n < N; n++) {
        const d = j < 0 ? step : step * input.data[j * N + n]!;
        if (d === 0) continue;
        right.add(differenceAt(i, n, d));
        left.add(-differenceAt(i, n, -d));
      }
      return [left.value / (divisor * step), right.value / (divisor * step)];
    };
    const W = layer.W;
    // ½λ′((w ± h)² − w²) / ±h = λ′w ± ½λ′h, of which the default step leaves out ½λ′h: it would drown a w below h.
    const curvature = step > PROPAGATION_STEP ? (lambda * step) / 2 : 0;
    const dW = emptySlopes(`dW${layer.number}`, [W.rows, W.cols]);
    for (const e of selection(dW.name, W.data.length)) {
      const [left, right] = slopesAt(Math.floor(e / W.cols), e % W.cols);
      const penalty = lambda * W.data[e]!;
      dW.left[e] = left + penalty - curvature;
      dW.right[e] = right + penalty + curvature;
      dW.central[e] = (left + right) / 2 + penalty;
    }
    if (!network.biased) return [dW];
    const db = emptySlopes(`db${layer.number}`, [z.rows]);
    for (const i of selection(db.name, z.rows)) {
      const [left, right] = slopesAt(i, -1);
      db.left[i] = left;
      db.right[i] = right;
      db.central[i] = (left + right) / 2;
    }
    return [dW, db];
  });
}

function emptySlopes(name: string, shape: readonly number[]): Slopes {
  const size = shape.reduce((product, length) => product * length, 1);
  const zeros = (): Float64Array => new Float64Array(size);
  return { name, shape, left: zeros(), right: zeros(), central: zeros() };
}

/** By how much the loss of sample n changes where zᵢ of a layer changes by d. */
type Difference = (i: number, n: number, d: number) => number;

/** Carries a difference of one zᵢ in layer l (counted from 0 here) up to the loss. */
function differencesAbove(steps: readonly Step[], l: number, loss: LossDifference): Difference {
  const here = steps[l]!;
  const next = steps[l + 1];
  if (next === undefined) return (i, n, d) => loss.one(n, i, d);

  const N = here.z.cols;
  const { difference } = activationOf(here.layer.activation);
  const columns = transpose(next.layer.W); // row i holds what aᵢ contributes to each z above
  const above = steps.slice(l + 1);
  const buffers = above.map(({ z }) => new Float64Array(z.rows));
  return (i, n, d) => {
    const da = difference(here.z.data[i * N + n]!, d);
    if (da === 0) return 0;
    let delta: Float64Array = buffers[0]!;
    for (let k = 0; k < delta.length; k++) delta[k] = columns.data[i * columns.cols + k]! * da;
    for (let m = 1; m < above.length; m++)
      delta = throughLayer(above[m - 1]!, above[m]!.layer.W, n, delta, buffers[m]!);
    return loss.all(n, delta);
  };
}

/** δz above from δz below: δa = φ(z + δz) − φ(z), then W δa. Overwrites both buffers. */
function throughLayer(
  { layer, z }: Step,
  W: Matrix,
  n: number,
  dz: Float64Array,
  out: Float64Array,
): Float64Array {
  const { difference } = activationOf(layer.activation);
  for (let k = 0; k < dz.length; k++) {
    if (dz[k] !== 0) dz[k] = difference(z.data[k * z.cols + n]!, dz[k]!);
  }
  for (let i = 0; i < out.length; i++) {
    let sum = 0;
    for (let k = 0, w = i * W.cols; k < dz.length; k++, w++) sum += W.data[w]! * dz[k]!;
    out[i] = sum;
  }
  return out;
}

/** A compensated sum (Neumaier 1974): its error does not grow with the number of terms. */
class Sum {
  #sum = 0;
  #lost = 0;

  add(value: number): void {
    const total = this.#sum + value;
    this.#lost +=
      Math.abs(this.#sum) >= Math.abs(value) ? this.#sum - total + value : value - total + this.#sum;
    this.#sum = total;
  }

  get value(): number {
    return this.#sum + this.#lost;
  }
}
