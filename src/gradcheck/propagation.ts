import type { Pass } from '../core/forward.ts';
import { penaltyFactor } from '../core/penalty.ts';
import { divisorOf } from '../core/reduction.ts';
import { slopesByUnit } from './by-unit.ts';
import { emptySlopes, type Selection, type Slopes } from './slopes.ts';
import { Sum } from './sums.ts';
import { Upward } from './upward.ts';

/**
 * So small that truncation is gone and h·x is exact, so large that nothing underflows: the differences
 * do not cancel, so there is no rounding to balance it against.
 */
export const PROPAGATION_STEP = 2 ** -100;

/**
 * The numerical gradient by difference propagation: (J(θ + h) − J(θ − h)) / 2h for each parameter, without
 * cancellation and without a second forward pass.
 *
 * A change of one parameter changes one zᵢ by d = ±h·aⱼ (±h for a bias). What follows from it is carried up through
 * the layers as a *difference* ({@link Upward}). So it shares with backprop nothing but the forward pass.
 *
 * Without a step, at 2⁻¹⁰⁰, one difference of each zᵢ in each sample says it of all weights of the unit
 * ({@link slopesByUnit}): P·N in all. A step that was asked for takes one of each weight: P·N·C for two layers, against
 * P²·N for the textbook's two losses per parameter.
 */
export const propagatedSlopes = (pass: Pass, selection: Selection, step?: number): Slopes[] =>
  step === undefined
    ? slopesByUnit(pass, selection, PROPAGATION_STEP)
    : slopesByWeight(pass, selection, step);

/** A difference for each weight and sample. */
export function slopesByWeight(pass: Pass, selection: Selection, step: number): Slopes[] {
  const { network, steps } = pass;
  const N = network.X.cols;
  const divisor = divisorOf(network);
  const lambda = penaltyFactor(network);
  const upwards = Upward.fromEach(pass);

  return steps.flatMap(({ layer, input, z }, l) => {
    const upward = upwards[l]!;
    /** One-sided slopes for zᵢ moved by ±h·aⱼ, reduced over the samples; j < 0 stands for the bias. */
    const slopesAt = (i: number, j: number): [number, number] => {
      const right = new Sum();
      const left = new Sum();
      for (let n = 0; n < N; n++) {
        const d = j < 0 ? step : step * input.data[j * N + n]!;
        if (d === 0) continue;
        right.add(upward.difference(i, n, d));
        left.add(-upward.difference(i, n, -d));
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
