import type { Pass } from '../core/forward.ts';
import { type Matrix, matrix } from '../core/matrix.ts';
import type { Tensor } from '../core/network.ts';
import { penaltyFactor } from '../core/penalty.ts';
import { divisorOf } from '../core/reduction.ts';

/** So many samples are taken together: what a pass makes of them stays near the processor, and needs no memory for all. */
const TOGETHER = 4096;

/**
 * A backward pass on sizes, in parts of the samples where there are many. It sums over samples, and the penalty, λ′|W|,
 * is added once:
 *
 *     S = Σ (κ / κ of the part) S of the part + λ′|W|.
 *
 * @param of what the pass makes of some samples, without penalty; `share` is what its κ is too large by
 */
export function inParts(
  pass: Pass,
  of: (part: Pass, share: number) => readonly Tensor[],
  together = TOGETHER,
): Tensor[] {
  const { network, steps } = pass;
  const N = network.X.cols;
  if (N <= together) return [...of(pass, 1)];
  let sums: Tensor[] | undefined;
  for (let from = 0; from < N; from += together) {
    const part = partOf(pass, from, Math.min(from + together, N));
    const share = divisorOf(part.network) / divisorOf(network);
    const found = of(part, share);
    sums ??= found.map((tensor) => ({ ...tensor, data: new Float64Array(tensor.data.length) }));
    for (const [t, { data }] of found.entries())
      for (let i = 0; i < data.length; i++) sums[t]!.data[i]! += share * data[i]!;
  }
  const penalty = penaltyFactor(network);
  for (const { layer } of steps) {
    const dW = sums!.find(({ name }) => name === `dW${layer.number}`)!.data;
    for (let i = 0; i < dW.length; i++) dW[i]! += penalty * Math.abs(layer.W.data[i]!);
  }
  return sums!;
}

/** The pass of some of the samples, of a network without penalty. */
function partOf({ network, steps, logits, outputs }: Pass, from: number, to: number): Pass {
  const samples = (M: Matrix): Matrix => columns(M, from, to);
  return {
    network: { ...network, X: samples(network.X), Y: samples(network.Y), reg: 0 },
    steps: steps.map(({ layer, input, z, a }) => ({
      layer,
      input: samples(input),
      z: samples(z),
      a: samples(a),
    })),
    logits: samples(logits),
    outputs: samples(outputs),
  };
}

function columns({ rows, cols, data }: Matrix, from: number, to: number): Matrix {
  const part = matrix(rows, to - from);
  for (let i = 0; i < rows; i++) part.data.set(data.subarray(i * cols + from, i * cols + to), i * part.cols);
  return part;
}
