import { dominantClass } from '../core/backprop.ts';
import type { Pass } from '../core/forward.ts';

/** By how much the loss of sample n changes where the logits change by δ (all of them, or only the i-th). */
export interface LossDifference {
  all(n: number, delta: Float64Array): number;
  one(n: number, i: number, d: number): number;
}

/**
 * The difference of the cross-entropy, T·log Σₖ e^(zₖ + δₖ) − Σₖ tₖ(zₖ + δₖ) less the same at δ = 0.
 *
 * With gₖ = δₖ − δᵣ for a class r it is T·log(1 + Σ_{k≠r} ŷₖ(e^gₖ − 1)) − Σ_{k≠r} tₖgₖ. With r the label,
 * or the class that a soft target and ŷ favour, all terms are as small as those of ŷ − t, so that nothing
 * cancels where a sample is fitted.
 */
export function crossEntropyDifferences({ network, logits, probabilities }: Pass): LossDifference {
  const { rows: C, cols: N, data: t } = network.Y;
  const y = probabilities.data;
  const dominant = Array.from({ length: N }, (_, n) => dominantClass(probabilities, network.Y, n));
  const favoured = Int32Array.from(dominant, ({ r }) => r);
  const weight = Float64Array.from(dominant, ({ T }) => T);
  const otherY = new Float64Array(N); // Σ_{k≠r} ŷₖ
  const otherT = new Float64Array(N); // Σ_{k≠r} tₖ
  for (let k = 0; k < C; k++) {
    for (let n = 0; n < N; n++) {
      if (k === favoured[n]) continue;
      otherY[n]! += y[k * N + n]!;
      otherT[n]! += t[k * N + n]!;
    }
  }
  return {
    one(n, i, d) {
      const T = weight[n]!;
      const logOwn = (): number => logOf(n, (k) => k === i);
      const logOthers = (): number => logOf(n, (k) => k !== i);
      // Moving zᵣ by d moves every other logit by −d relative to it.
      if (i === favoured[n]) return T * log1pOfMoved(otherY[n]!, logOthers, logOwn, -d) + otherT[n]! * d;
      return T * log1pOfMoved(y[i * N + n]!, logOwn, logOthers, d) - t[i * N + n]! * d;
    },
    all(n, delta) {
      const r = favoured[n]!;
      let x = 0; // Σ ŷₖ(e^gₖ − 1)
      let linear = 0; // Σ tₖgₖ
      let largest = 0;
      for (let k = 0; k < C; k++) {
        if (k === r) continue;
        const g = delta[k]! - delta[r]!;
        const yk = y[k * N + n]!;
        const tk = t[k * N + n]!;
        if (yk !== 0) x += yk * Math.expm1(g);
        if (tk !== 0) linear += tk * g;
        if (g > largest) largest = g;
      }
      const log = x >= -0.5 && largest < FAR ? Math.log1p(x) : logOfSum(n, delta);
      return weight[n]! * log - linear;
    },
  };

  /** log Σ ŷₖ over some classes, from the logits: 1 less the others would cancel, and ŷ may have underflowed. */
  function logOf(n: number, among: (k: number) => boolean): number {
    let some = Number.NEGATIVE_INFINITY;
    let all = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < C; k++) {
      const z = logits.data[k * N + n]!;
      all = logAdd(all, z);
      if (among(k)) some = logAdd(some, z);
    }
    return some - all;
  }

  /** log Σ ŷₖe^gₖ, where log1p would cancel or expm1 overflow. A ŷ that has underflowed counts if g is large. */
  function logOfSum(n: number, delta: Float64Array): number {
    const r = favoured[n]!;
    let total = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < C; k++) {
      const logY = y[k * N + n] === 0 ? logOf(n, (one) => one === k) : Math.log(y[k * N + n]!);
      total = logAdd(total, logY + (delta[k]! - delta[r]!));
    }
    return total;
  }
}

/**
 * A difference of logits beyond which a class may win whose ŷ is too small for float64 (log 2⁻¹⁰⁷⁴ = −745: up to here
 * it adds less than e⁻⁴⁴⁵), or e^g overflow.
 */
const FAR = 300;

/** log(1 + y(eᵍ − 1)) = log(rest + y eᵍ), where y + rest = 1; their logarithms are only asked for where needed. */
function log1pOfMoved(y: number, logY: () => number, logRest: () => number, g: number): number {
  const x = y === 0 ? 0 : y * Math.expm1(g);
  return x >= -0.5 && g < FAR ? Math.log1p(x) : logAdd(logRest(), (y === 0 ? logY() : Math.log(y)) + g);
}

/** log(eᵃ + eᵇ) */
function logAdd(a: number, b: number): number {
  const larger = Math.max(a, b);
  return larger === Number.NEGATIVE_INFINITY
    ? larger
    : larger + Math.log1p(Math.exp(Math.min(a, b) - larger));
}
