import { backprop } from '../core/backprop.ts';
import { forward, type Pass } from '../core/forward.ts';
import { type Layout, layOut, orientSamples, takeUp } from '../core/layout.ts';
import { largest, map, zip } from '../core/matrix.ts';
import type { Network, Tensor } from '../core/network.ts';
import type { GradientCheck } from '../gradcheck/gradcheck.ts';
import type { RoundingSizes } from '../gradcheck/rounding.ts';
import { halfPrecisionSize, REFERENCE_FACTOR, textbookSize } from '../gradcheck/textbook.ts';
import { judgeEntry, judgeTensor, type TensorVerdict, type Verdict } from '../gradcheck/verdict.ts';
import { LIMITS, type Precision, type PrecisionLimits } from './precision.ts';
import type { LossPart } from './reference.ts';
import type { Uncertainty } from './uncertainty.ts';

/** What of a reference can be judged by itself. */
export type JudgedPart = 'gradients' | 'logits' | 'loss';

export interface JudgeOptions {
  /** relative tolerance; by default that of the reference's precision */
  readonly rtol?: number;
  /** absolute tolerance, 0 by default */
  readonly atol?: number;
  /** what of a reference to judge, all by default */
  readonly parts?: readonly JudgedPart[] | undefined;
}

interface AllowanceOptions extends JudgeOptions {
  /** whether sums in float32 are replayed, which takes time and allows more */
  readonly replays?: boolean;
  /** what the numbers of the reference are uncertain by in themselves */
  readonly uncertainty?: Uncertainty | undefined;
}

/** How many additions may be replayed to tell what a plain loop in float32 loses: about half a second. */
const REPLAYS = 5e7;

/**
 * What is allowed between the results of a network and those computed elsewhere in some precision: tolerances,
 * 8uR, and for half precision what comes of the parameters having been rounded.
 */
export class Allowance {
  readonly pass: Pass;
  readonly rtol: number;
  readonly atol: number;
  readonly floor: number;
  /** R of the gradients in fcnet's own layout */
  readonly #sizes: RoundingSizes;
  readonly #layout: Layout;
  readonly #limits: PrecisionLimits;
  readonly #uncertainty: Uncertainty | undefined;
  /** R of the gradients, as the result lies */
  readonly #gradients: readonly Tensor[];
  /** the results of the network rounded to half precision, less those of the network itself */
  readonly #rounded: { readonly gradients: readonly Tensor[]; readonly logits: Tensor } | undefined;

  constructor(
    precision: Precision,
    { pass }: GradientCheck,
    layout: Layout,
    { rtol, atol = 0, replays = false, uncertainty }: AllowanceOptions = {},
  ) {
    const limits = LIMITS[precision];
    this.pass = pass;
    this.rtol = rtol ?? limits.rtol;
    this.atol = atol;
    this.floor = limits.floor;
    this.#limits = limits;
    this.#layout = layout;
    this.#uncertainty = uncertainty;
    const { unitRoundoff, smallest } = limits;
    this.#sizes =
      limits.round === undefined
        ? textbookSize(pass, unitRoundoff, { replays: replays ? REPLAYS : 0, smallest })
        : halfPrecisionSize(pass, unitRoundoff, { smallest });
    this.#gradients = layOut(this.#sizes.gradients, layout);
    this.#rounded = limits.round && roundedResults(pass, limits.round, layout);
  }

  /** Whether the reference says less than its precision would. */
  get isUncertain(): boolean {
    return this.#uncertainty !== undefined;
  }

  /**
   * What a judgement in float32 would allow in any entry of a gradient, at the most, without replays: R is much the
   * same in all precisions, but for units and losses on whose kinks the shorter one may land.
   */
  mostInFloat32(ours: Tensor, theirs: Tensor): number {
    const { factor, unitRoundoff, rtol, floor } = LIMITS.float32;
    const R = largest(this.#gradients.find(({ name }) => name === ours.name)!.data);
    const size = Math.max(largest(ours.data), largest(theirs.data));
    return this.atol + rtol * size + 2 * factor * unitRoundoff * R + 2 * floor;
  }

  /** 8uR, the floor and what is uncertain besides, of each gradient in fcnet's own layout. */
  noiseOfGradients(): Map<string, Float64Array> {
    const own = this.#gradients.flatMap(({ name, shape }) => {
      const data = this.#uncertainty?.gradients.get(name);
      const fits = data?.length === shape.reduce((product, size) => product * size, 1);
      return data && fits ? takeUp([{ name, shape, data }], this.#layout) : [];
    });
    return new Map(
      this.#sizes.gradients.map(({ name, data }) => {
        const besides = own.find((tensor) => tensor.name === name)?.data;
        return [name, this.#noise(data, besides).map((e) => e + this.floor)];
      }),
    );
  }

  #noise(R: Float64Array, besides: Float64Array | undefined): Float64Array {
    const { factor, unitRoundoff } = this.#limits;
    return R.map((size, i) => factor * unitRoundoff * size + (besides?.[i] ?? 0));
  }

  /** The verdict on a gradient that has the shape of ours. */
  gradient(ours: Tensor, theirs: Tensor): TensorVerdict {
    const R = this.#gradients.find(({ name }) => name === ours.name)!;
    const rounded = this.#rounded?.gradients.find(({ name }) => name === ours.name);
    return this.#judge(
      ours,
      theirs,
      this.#noise(R.data, this.#uncertainty?.gradients.get(ours.name)),
      rounded,
    );
  }

  /** The verdict on logits that have the shape of ours. */
  logits(ours: Tensor, theirs: Tensor): TensorVerdict {
    const R = orientSamples('logits', this.#sizes.logits, this.#layout);
    return this.#judge(ours, theirs, this.#noise(R.data, this.#uncertainty?.logits), this.#rounded?.logits);
  }

  #judge(ours: Tensor, theirs: Tensor, noise: Float64Array, rounded: Tensor | undefined): TensorVerdict {
    const size = largest(ours.data);
    const underflow = size > 0 ? this.floor : 0; // of a tensor of zeros, nothing has
    // Between a and what the rounded network has, all is right.
    const beyond = (i: number, a: number, r: number): number => {
      const shift = rounded?.data[i] ?? 0;
      return Math.sign(shift) === Math.sign(r - a) ? Math.abs(shift) : 0;
    };
    return judgeTensor(ours, theirs, {
      tolerance: (i, a, r) =>
        this.atol + this.rtol * Math.max(Math.abs(a), Math.abs(r)) + noise[i]! + beyond(i, a, r) + this.floor,
      open: () => 0,
      vague: (i) => noise[i]! + underflow > this.#limits.vague * size,
    });
  }

  /** The verdict on a part of the loss: inconclusive where its noise is more than a hundredth of it. */
  loss(part: LossPart, ours: number, theirs: number): Verdict {
    const { data, regularization } = this.#sizes.loss;
    const size = { data, regularization, total: data + regularization }[part];
    const { unitRoundoff, vague, round } = this.#limits;
    const besides = this.#uncertainty?.loss[part] ?? 0;
    const noise = REFERENCE_FACTOR * unitRoundoff * size + besides + this.floor;
    const t = this.atol + this.rtol * Math.max(Math.abs(ours), Math.abs(theirs)) + noise;
    const verdict = judgeEntry(ours, theirs, t, 0);
    if (verdict !== 'agree' || ours === 0 || round !== undefined) return verdict;
    return noise > vague * Math.abs(ours) ? 'inconclusive' : 'agree';
  }
}

/** What changes where the weights, the biases and X are rounded. */
function roundedResults(
  pass: Pass,
  round: (value: number) => number,
  layout: Layout,
): { gradients: readonly Tensor[]; logits: Tensor } {
  const { network } = pass;
  const rounded: Network = {
    ...network,
    X: map(network.X, round),
    layers: network.layers.map((layer) => ({ ...layer, W: map(layer.W, round), b: layer.b.map(round) })),
  };
  const there = forward(rounded);
  const [ours, theirs] = [backprop(pass), backprop(there)];
  const gradients = ours.map((tensor, l) => ({
    ...tensor,
    data: tensor.data.map((value, i) => theirs[l]!.data[i]! - value),
  }));
  const logits = zip(there.logits, pass.logits, (a, b) => a - b);
  return { gradients: layOut(gradients, layout), logits: orientSamples('logits', logits, layout) };
}
