import { at, type Matrix, matrix } from '../matrix.ts';
import { changesOfShares, largestIn, softmax } from '../softmax.ts';
import { type Batch, type LossDifference, type SampleLoss, withoutKinks } from './sample-loss.ts';
import { errorOfSquare } from './squared-error.ts';

/**
 * ℓ = ½c Σₖ (ŷₖ − tₖ)² with ŷ = softmax(z), whose full Jacobian ∂ŷₖ/∂zᵢ = ŷₖ([k = i] − ŷᵢ) gives
 *
 *     ∂ℓ/∂zₖ = c ŷₖ(rₖ − Σⱼ ŷⱼrⱼ),    r = ŷ − t.
 *
 * Adding one number to all of r changes nothing, so that gₖ = rₖ − r_d is taken instead, with d the class of the
 * largest ŷ: then the sum has no term of its own size, and nothing cancels where softmax is confident.
 *
 * @param c 2 for `squared-error`, 1 for `half-squared-error`
 */
export function softmaxSquaredError(c: 1 | 2): SampleLoss {
  return {
    output: softmax,
    total: (batch) =>
      (c / 2) *
      sumOf(
        bySample(
          batch,
          ({ r }) =>
            (k) =>
              r[k]! * r[k]!,
        ).data,
        (square) => square,
      ),
    error: (batch) =>
      bySample(
        batch,
        ({ y, g, mean }) =>
          (k) =>
            c * y[k]! * (g[k]! - mean),
      ),
    differences: (batch) => differencesOf(batch, c),
    kinks: () => [],
    errorSize: (batch) =>
      bySample(
        batch,
        ({ y, gSize, meanSize }) =>
          (k) =>
            c * y[k]! * (gSize[k]! + meanSize),
      ),
    bound: {
      error: (batch, Ez) =>
        bySample(batch, ({ y, d, g, gSize, mean, meanSize }, n) => {
          const Ey = errorOfOutputs(y, Ez, n);
          const Eg = y.map((_, j) => (j === d ? 0 : Ey[j]! + Ey[d]! + 2 * gSize[j]!));
          const Emean = 2 * meanSize + sumOf(y, (yj, j) => yj * Eg[j]! + Ey[j]! * Math.abs(g[j]!));
          return (k) =>
            c * (Ey[k]! * Math.abs(g[k]! - mean) + y[k]! * (Eg[k]! + Emean + 2 * gSize[k]! + meanSize));
        }),
      total: (batch, Ez, { u }) => errorOfTotal(batch, Ez, c, u),
    },
    textbook: {
      // ŷₖ(rₖ − Σ ŷⱼrⱼ) with r itself, or the two terms of ŷₖ(1 − ŷₖ)rₖ − Σ ŷₖŷⱼrⱼ
      error: (batch, Ez, { reach = 0 }) =>
        bySample(batch, ({ y, r, g, mean }, n) => {
          const changes = changesOfShares(batch, Ez, n, reach);
          const Ey = y.map((yj, j) => Math.hypot(changes[j]!, 2 * yj));
          const yMost = y.map((yj, j) => yj + reach * Ey[j]!);
          const Er = y.map((_, j) => Math.hypot(Ey[j]!, at(batch.t, j, n), r[j]!));
          const Emean = y.reduce(
            (size, yj, j) => Math.hypot(size, yMost[j]! * Er[j]!, r[j]! * Ey[j]!, 2 * yj * r[j]!),
            0,
          );
          const terms = sumOf(y, (yj, j) => yj * Math.abs(r[j]!));
          return (k) =>
            c *
            Math.hypot(
              Ey[k]! * Math.abs(g[k]! - mean),
              yMost[k]! * Er[k]!,
              yMost[k]! * Emean,
              2 * y[k]! * (Math.abs(r[k]!) + terms),
            );
        }),
      total: (batch, Ez, { u }) => errorOfTotal(batch, Ez, c, u),
    },
  };
}

/** What one sample has. */
interface Sample {
  readonly y: Float64Array;
  /** ŷ − t */
  readonly r: Float64Array;
  /** the class of the largest ŷ */
  readonly d: number;
  /** r − r_d, and the size of its terms */
  readonly g: Float64Array;
  readonly gSize: Float64Array;
  /** Σ ŷⱼgⱼ, and the size of its terms */
  readonly mean: number;
  readonly meanSize: number;
}

function sampleOf({ y: Y, t: T }: Batch, n: number): Sample {
  const y = column(Y, n);
  const t = column(T, n);
  const d = largestIn(Y, n);
  // ŷ − t, or (1 − t) − (1 − ŷ) with 1 − ŷ from the others
  const short = sumsOfOthers(y);
  const r = y.map((yk, k) => (t[k]! > 0.5 ? 1 - t[k]! - short[k]! : yk - t[k]!));
  const size = y.map((yk, k) => (t[k]! > 0.5 ? Math.abs(1 - t[k]!) + short[k]! : yk + Math.abs(t[k]!)));
  const g = r.map((rk, k) => (k === d ? 0 : rk - r[d]!));
  const gSize = size.map((own, k) => (k === d ? 0 : own + size[d]!));
  return {
    y,
    r,
    d,
    g,
    gSize,
    mean: sumOf(y, (yj, j) => yj * g[j]!),
    meanSize: sumOf(y, (yj, j) => yj * gSize[j]!),
  };
}

/** Σ_{j≠k} ŷⱼ of each k, from what stands before it and behind it: linear in the classes, and nothing is subtracted. */
function sumsOfOthers(y: Float64Array): Float64Array {
  const sums = new Float64Array(y.length);
  for (let k = 1, before = 0; k < y.length; k++) sums[k] = before += y[k - 1]!;
  for (let k = y.length - 2, behind = 0; k >= 0; k--) sums[k]! += behind += y[k + 1]!;
  return sums;
}

const column = (M: Matrix, n: number): Float64Array =>
  Float64Array.from({ length: M.rows }, (_, k) => at(M, k, n));

const sumOf = (values: Float64Array, term: (value: number, i: number) => number): number =>
  values.reduce((sum, value, i) => sum + term(value, i), 0);

/** A C × N matrix, sample by sample. */
function bySample(batch: Batch, entriesOf: (sample: Sample, n: number) => (k: number) => number): Matrix {
  const { rows: C, cols: N } = batch.z;
  const M = matrix(C, N);
  for (let n = 0; n < N; n++) {
    const entry = entriesOf(sampleOf(batch, n), n);
    for (let k = 0; k < C; k++) M.data[k * N + n] = entry(k);
  }
  return M;
}

/** ŷₖ(Ezₖ + Σⱼ ŷⱼEzⱼ + 2): how far off ŷ is where the logits are off by Ez. */
function errorOfOutputs(y: Float64Array, Ez: Matrix, n: number): Float64Array {
  const mean = sumOf(y, (yj, j) => yj * at(Ez, j, n));
  return y.map((yk, k) => yk * (at(Ez, k, n) + mean + 2));
}

/** Σₖ c|rₖ|Erₖ */
const errorOfTotal = (batch: Batch, Ez: Matrix, c: number, u: number): number =>
  sumOf(
    bySample(batch, ({ y, r }, n) => {
      const Ey = errorOfOutputs(y, Ez, n);
      return (k) => {
        const own = Math.abs(r[k]!);
        return c * errorOfSquare(own, Ey[k]! + Math.abs(at(batch.t, k, n)) + own, u);
      };
    }).data,
    (value) => value,
  );

/**
 * ½c Σₖ Δₖ(2gₖ + Δₖ), with Δ = softmax(z + δ) − ŷ: since Σ Δₖ = 0, g may stand for r.
 *
 * With e the δ relative to that of the largest ŷ, Δₖ = ŷₖ((e^eₖ − 1) − x)/(1 + x), where x = Σ ŷⱼ(e^eⱼ − 1). Once δ is
 * huge, softmax is taken anew.
 */
function differencesOf(batch: Batch, c: number): LossDifference {
  const { z } = batch;
  const { rows: C, cols: N } = z;
  const samples = Array.from({ length: N }, (_, n) => sampleOf(batch, n));

  function ofChange(n: number, change: Float64Array): number {
    const { g } = samples[n]!;
    return (c / 2) * sumOf(change, (own, k) => own * (2 * g[k]! + own));
  }

  function anew(n: number, delta: Float64Array): Float64Array {
    const moved = softmax(
      matrix(
        C,
        1,
        delta.map((d, k) => at(z, k, n) + d),
      ),
    );
    return moved.data.map((y, k) => y - samples[n]!.y[k]!);
  }

  return {
    reach: withoutKinks,
    one(n, i, d) {
      if (Math.abs(d) > FAR) return ofChange(n, anew(n, new Float64Array(C).fill(d, i, i + 1)));
      const { y } = samples[n]!;
      const others = sumOf(y, (yk, k) => (k === i ? 0 : yk)); // 1 − ŷᵢ
      const total = others + y[i]! * Math.exp(d);
      const grown = (y[i]! * Math.expm1(d)) / total;
      return ofChange(
        n,
        y.map((yk, k) => (k === i ? others : -yk) * grown),
      );
    },
    all(n, delta) {
      const { y, d } = samples[n]!;
      const grown = delta.map((own) => Math.expm1(own - delta[d]!));
      if (!delta.every((own) => own - delta[d]! <= FAR)) return ofChange(n, anew(n, delta));
      const x = sumOf(y, (yk, k) => yk * grown[k]!);
      const change = y.map((yk, k) => (yk * (grown[k]! - x)) / (1 + x));
      return ofChange(n, change);
    },
  };
}

/** A difference of logits beyond which e^δ may overflow, or a class win whose ŷ is too small for float64. */
const FAR = 300;
