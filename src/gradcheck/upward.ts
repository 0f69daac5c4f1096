import { type Activation, activationOf } from '../core/activations.ts';
import { batchOf, type Pass, type Step } from '../core/forward.ts';
import { lossOf } from '../core/losses/losses.ts';
import type { LossDifference } from '../core/losses/sample-loss.ts';
import { type Matrix, transpose } from '../core/matrix.ts';
import { zeros } from '../core/zeros.ts';

/**
 * A change this small moves an activation, and a loss, in proportion to itself, to more than the last digit: what is
 * left out is 2⁻⁶⁰ of the terms. Kinks apart.
 */
const LINEAR = 2 ** -60;

/**
 * Carries a difference of one zᵢ up to the loss: δa = φ(z + d) − φ(z) by the identities of the activations, δz = W δa,
 * and at the output the difference of the loss by those of the loss. No slope and no transposed weights are used.
 */
export class Upward {
  /** whether the last difference stayed in proportion to d all the way, and off every kink that it did not start on */
  linear = true;
  /** the layer that it starts in, and those above */
  readonly #layers: readonly Carrier[];
  readonly #loss: LossDifference;
  /** row i holds what aᵢ contributes to each z of the layer above */
  readonly #columns: Float64Array;
  readonly #N: number;

  private constructor(layers: readonly Carrier[], columns: Float64Array, loss: LossDifference, N: number) {
    this.#layers = layers;
    this.#columns = columns;
    this.#loss = loss;
    this.#N = N;
  }

  /** From each layer, the first one first. They share their buffers: only one of them may be at work. */
  static fromEach(pass: Pass): Upward[] {
    const loss = lossOf(pass.network).differences(batchOf(pass));
    const carriers = pass.steps.map(carrierOf);
    return carriers.map((_, l) => {
      const above = pass.steps[l + 1];
      const columns = above === undefined ? new Float64Array(0) : transpose(above.layer.W).data;
      return new Upward(carriers.slice(l), columns, loss, pass.network.X.cols);
    });
  }

  /** By how much the loss of sample n changes where zᵢ changes by d. */
  difference(i: number, n: number, d: number): number {
    const here = this.#layers[0]!;
    const next = this.#layers[1];
    const z = here.z[i * this.#N + n]!;
    this.linear = Math.abs(d) <= LINEAR && (here.phi.kink === 0 || z === 0 || Math.abs(d) < Math.abs(z));
    if (next === undefined) {
      this.#stayWithin(Math.abs(d), this.#loss.reach(n));
      return this.#loss.one(n, i, d);
    }
    const da = here.phi.difference(z, d);
    if (da === 0) return 0;
    let delta = next.delta;
    const row = i * delta.length;
    for (let k = 0; k < delta.length; k++) delta[k] = this.#columns[row + k]! * da;
    for (let m = 2; m < this.#layers.length; m++)
      delta = this.#throughLayer(this.#layers[m - 1]!, this.#layers[m]!, n);
    this.#stayWithin(largestOf(delta), Math.min(LINEAR, this.#loss.reach(n)));
    return this.#loss.all(n, delta);
  }

  /** δz above from δz below: δa = φ(z + δz) − φ(z), then W δa. Overwrites both. */
  #throughLayer({ phi, z, delta, reach }: Carrier, above: Carrier, n: number): Float64Array {
    this.#stayWithin(largestOf(delta), reach?.[n] ?? LINEAR);
    for (let k = 0; k < delta.length; k++)
      if (delta[k] !== 0) delta[k] = phi.difference(z[k * this.#N + n]!, delta[k]!);
    const { W, delta: out } = above;
    for (let i = 0, w = 0; i < out.length; i++) {
      let sum = 0;
      for (let k = 0; k < delta.length; k++, w++) sum += W[w]! * delta[k]!;
      out[i] = sum;
    }
    return out;
  }

  /** NaN stays within nothing. */
  #stayWithin(change: number, reach: number): void {
    if (!(change < reach)) this.linear = false;
  }
}

/** A layer on the way, with the buffer for what its z change by. */
interface Carrier {
  readonly phi: Activation;
  readonly W: Float64Array;
  readonly z: Float64Array;
  readonly delta: Float64Array;
  /** by sample, how far each z may move before a unit meets a kink that it does not lie on; at most LINEAR */
  readonly reach: Float64Array | undefined;
}

function carrierOf({ layer: { W, activation }, z }: Step): Carrier {
  const phi = activationOf(activation);
  const reach = phi.kink === 0 ? undefined : reachOf(z);
  return { phi, W: W.data, z: z.data, delta: zeros(z.rows), reach };
}

function reachOf({ rows, cols, data }: Matrix): Float64Array {
  const reach = new Float64Array(cols).fill(LINEAR);
  for (let i = 0, e = 0; i < rows; i++)
    for (let n = 0; n < cols; n++, e++) if (data[e] !== 0) reach[n] = Math.min(reach[n]!, Math.abs(data[e]!));
  return reach;
}

/** The largest of them; NaN if one is. */
function largestOf(delta: Float64Array): number {
  let most = 0;
  for (let k = 0; k < delta.length; k++) most = Math.max(most, Math.abs(delta[k]!));
  return most;
}
