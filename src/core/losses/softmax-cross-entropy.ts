import { kernels } from '../../kernels/choice.ts';
import { at, hadamard, type Matrix, matrix, rowSums, sum, transpose } from '../matrix.ts';
import { changesOfShares, logAdd, softmax } from '../softmax.ts';
import { recycle, room } from '../zeros.ts';
import { type Batch, type LossDifference, type SampleLoss, withoutKinks } from './sample-loss.ts';

/**
 * ℓ = −Σₖ tₖ log ŷₖ with ŷ = softmax(z), and ∂ℓ/∂z = Tŷ − t with T = Σₖ tₖ, 1 for a label.
 *
 * Where a sample is fitted, Tŷₖ − tₖ cancels for its class. The column sums to zero, so that entry is
 * also minus the sum of the others, which do not: for a label y, ŷᵧ − 1 = −Σ_{k≠y} ŷₖ.
 */
export const softmaxCrossEntropy: SampleLoss = {
  output: softmax,
  total,
  error,
  differences,
  kinks: () => [],
  errorSize: (batch) => residualSize(batch, batch.y),
  bound: {
    // ŷ is off by ŷ(Ezₖ + Σⱼ ŷⱼEzⱼ + 2), and by ŷ in the subtraction
    error(batch, Ez) {
      const { rows: C, cols: N, data: y } = batch.y;
      const mean = rowSums(transpose(hadamard(batch.y, Ez)));
      const size = matrix(C, N, room(C * N));
      for (let k = 0, i = 0; k < C; k++)
        for (let n = 0; n < N; n++, i++) size.data[i] = y[i]! * (Ez.data[i]! + mean[n]! + 3);
      return residualSize(batch, size);
    },
    total: (batch, Ez) => weighted(residualSize(batch, batch.y), Ez),
  },
  textbook: {
    // hypot of Tŷ(1 − ŷ)Ez, Tŷ‖ŷ ◦ Ez‖, 2Tŷ and t; the first two as far as a line leads, then as softmax does
    error(batch, Ez, { reach }) {
      const { t } = batch;
      const { rows: C, cols: N } = Ez;
      const e = matrix(C, N);
      for (let n = 0; n < N; n++) {
        const { T } = dominantClass(batch, n);
        const changes = changesOfShares(batch, Ez, n, reach);
        for (let k = 0; k < C; k++)
          e.data[k * N + n] = Math.hypot(T * changes[k]!, 2 * T * at(batch.y, k, n), at(t, k, n));
      }
      return e;
    },
    total: ({ y, t }, Ez) => Ez.data.reduce((sum, E, i) => sum + (y.data[i]! + t.data[i]!) * E, 0),
  },
};

/** Σ of the products of two matrices, entry by entry. */
const weighted = (weights: Matrix, Ez: Matrix): number =>
  Ez.data.reduce((sum, E, i) => sum + weights.data[i]! * E, 0);

/**
 * With m the class of the largest logit, −log ŷₖ = (zₘ − zₖ) + log(1 + Σ_{j≠m} ŷⱼ / ŷₘ): all terms are positive and
 * log1p keeps a loss of 1e-29 as exact as one of 1.
 */
function total({ z, y, t }: Batch): number {
  const losses = room(z.cols);
  kernels.crossEntropy(z.data, y.data, t.data, losses, z.rows, z.cols);
  const total = sum(losses);
  recycle(losses);
  return total;
}

function error({ y, t }: Batch): Matrix {
  const r = matrix(t.rows, t.cols, room(t.rows * t.cols));
  kernels.residual(y.data, t.data, r.data, t.rows, t.cols);
  return r;
}

/**
 * The size of the terms of Tŷ − t: T·sizeₖ + tₖ, or their sum over the other classes where the residual is taken from
 * those; `size` is that of ŷ, or of ŷ with its error.
 */
function residualSize(batch: Batch, { data: size }: Matrix): Matrix {
  const { rows: C, cols: N, data: t } = batch.t;
  const result = matrix(C, N, room(C * N));
  for (let n = 0; n < N; n++) {
    const { T, r, cancels } = dominantClass(batch, n);
    let others = 0; // Σ_{k≠r}
    for (let k = 0, i = n; k < C; k++, i += N) {
      const own = T * size[i]! + t[i]!;
      result.data[i] = own;
      if (k !== r) others += own;
    }
    if (cancels) result.data[r * N + n] = others;
  }
  return result;
}

/** What stands out in a sample: its label, or the class that target and ŷ favour together. */
interface DominantClass {
  /** T = Σₖ tₖ, 1 for a label */
  readonly T: number;
  /** the class with the largest Tŷᵣ + tᵣ */
  readonly r: number;
  /** whether Tŷᵣ + tᵣ outweighs all other classes together, so that Tŷᵣ − tᵣ is better taken from them */
  readonly cancels: boolean;
}

function dominantClass({ y, t }: Batch, n: number): DominantClass {
  const { rows: C, cols: N } = t;
  let T = 0;
  for (let i = n; i < C * N; i += N) T += t.data[i]!;
  let r = 0;
  let largest = 0;
  for (let k = 0, i = n; k < C; k++, i += N) {
    const size = T * y.data[i]! + t.data[i]!;
    if (size <= largest) continue;
    largest = size;
    r = k;
  }
  return { T, r, cancels: largest >= T };
}

/**
 * T·log Σₖ e^(zₖ + δₖ) − Σₖ tₖ(zₖ + δₖ) less the same at δ = 0.
 *
 * With gₖ = δₖ − δᵣ for a class r it is T·log(1 + Σ_{k≠r} ŷₖ(e^gₖ − 1)) − Σ_{k≠r} tₖgₖ. With r the label,
 * or the class that a soft target and ŷ favour, all terms are as small as those of ŷ − t, so that nothing
 * cancels where a sample is fitted.
 */
function differences(batch: Batch): LossDifference {
  const { z } = batch;
  const { rows: C, cols: N, data: t } = batch.t;
  const y = batch.y.data;
  const favoured = new Int32Array(N);
  const weight = new Float64Array(N);
  for (let n = 0; n < N; n++) {
    const { r, T } = dominantClass(batch, n);
    favoured[n] = r;
    weight[n] = T;
  }
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
    reach: withoutKinks,
    one(n, i, d) {
      const T = weight[n]!;
      // Moving zᵣ by d moves every other logit by −d relative to it.
      if (i === favoured[n]) return T * log1pOfMoved(n, i, true, otherY[n]!, -d) + otherT[n]! * d;
      return T * log1pOfMoved(n, i, false, y[i * N + n]!, d) - t[i * N + n]! * d;
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
        if (yk !== 0) x += yk * expm1(g);
        if (tk !== 0) linear += tk * g;
        if (g > largest) largest = g;
      }
      const log = x >= -0.5 && largest < FAR ? Math.log1p(x) : logOfSum(n, delta);
      return weight[n]! * log - linear;
    },
  };

  /** log(1 + y(eᵍ − 1)) = log(1 − y + y eᵍ) where y is ŷᵢ, or Σ ŷₖ of the others, and is moved by g. */
  function log1pOfMoved(n: number, i: number, others: boolean, y: number, g: number): number {
    const x = y === 0 ? 0 : y * expm1(g);
    if (x >= -0.5 && g < FAR) return Math.log1p(x);
    const logY = y === 0 ? logOf(n, i, others) : Math.log(y);
    return logAdd(logOf(n, i, !others), logY + g);
  }

  /** log ŷᵢ, or log Σ ŷₖ of the others, from the logits: 1 less the rest would cancel, and ŷ may have underflowed. */
  function logOf(n: number, i: number, others: boolean): number {
    let some = Number.NEGATIVE_INFINITY;
    let all = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < C; k++) {
      const zk = z.data[k * N + n]!;
      all = logAdd(all, zk);
      if ((k === i) !== others) some = logAdd(some, zk);
    }
    return some - all;
  }

  /** log Σ ŷₖe^gₖ, where log1p would cancel or expm1 overflow. A ŷ that has underflowed counts if g is large. */
  function logOfSum(n: number, delta: Float64Array): number {
    const r = favoured[n]!;
    let total = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < C; k++) {
      const logY = y[k * N + n] === 0 ? logOf(n, k, false) : Math.log(y[k * N + n]!);
      total = logAdd(total, logY + (delta[k]! - delta[r]!));
    }
    return total;
  }
}

/** eᵍ − 1, which for a tiny g is g itself to the last digit. */
const expm1 = (g: number): number => (Math.abs(g) < 2 ** -54 ? g : Math.expm1(g));

/**
 * A difference of logits beyond which a class may win whose ŷ is too small for float64 (log 2⁻¹⁰⁷⁴ = −745: up to here
 * it adds less than e⁻⁴⁴⁵), or e^g overflow.
 */
const FAR = 300;
