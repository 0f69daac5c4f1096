import { type Matrix, matrix } from '../core/matrix.ts';

/**
 * How far a sum of products drifts that is taken in some order by a plain loop, a blocked one, or pairwise, in units
 * of u: for the terms tₖ = xₖyₖ with the partial sums Sₖ and I² = Σ tₖ²
 *
 *     Σ(x, y)² = (1/8 + m/32)(Σₖ Sₖ² + K I²/4) + (s/4)².
 *
 * Each partial sum rounds by up to u|Sₖ|. Roundings of different numbers are independent; those of equal ones all go
 * the same way, and m is how many are equal. From some hundred terms on the small ones are absorbed by a sum that is
 * far larger, which no size tells: s is what such a loop in float32 really loses, found by replaying it.
 *
 * @returns Σ(Aᵢ, Bⱼ) for each row i of A and row j of B
 */
export function summationSizes(A: Matrix, B: Matrix, u: number, replay: Replay | undefined): Matrix {
  const K = A.cols;
  const size = matrix(A.rows, B.rows);
  const [scaleA, scaleB] = [scalesOf(A), scalesOf(B)];
  const [X, Y] = [scaled(A, scaleA), scaled(B, scaleB)];
  const [equalA, equalB] = [multiplicities(A, u), multiplicities(B, u)];
  const replayed = K >= REPLAYED_FROM ? replay?.of(A, B) : undefined;
  for (let i = 0; i < A.rows; i++) {
    for (let j = 0; j < B.rows; j++) {
      const scale = scaleA[i]! * scaleB[j]!;
      if (scale === 0) continue;
      let sum = 0;
      let squares = 0; // Σ tₖ²
      let partial = 0; // Σ Sₖ²
      for (let k = 0; k < K; k++) {
        const t = X[i * K + k]! * Y[j * K + k]!;
        sum += t;
        squares += t * t;
        partial += sum * sum;
      }
      const m = Math.min(equalA[i]!, equalB[j]!);
      const drift = Math.sqrt((1 / 8 + m / 32) * (partial + (K * squares) / 4));
      size.data[i * B.rows + j] = Math.hypot(drift * scale, (replayed?.(i, j) ?? 0) / 4);
    }
  }
  return size;
}

/** How many terms it takes until those that come are absorbed. */
const REPLAYED_FROM = 256;

/** Each row divided by its scale. */
function scaled({ rows, cols, data }: Matrix, scales: Float64Array): Float64Array {
  const result = new Float64Array(data.length);
  for (let i = 0, e = 0; i < rows; i++) for (let k = 0; k < cols; k++, e++) result[e] = data[e]! / scales[i]!;
  return result;
}

/** The largest |value| of each row, so that squares of its entries do not underflow. */
const scalesOf = ({ rows, cols, data }: Matrix): Float64Array =>
  Float64Array.from({ length: rows }, (_, i) => {
    let most = 0;
    for (let k = i * cols; k < (i + 1) * cols; k++) most = Math.max(most, Math.abs(data[k]!));
    return Number.isFinite(most) ? most : 0;
  });

/**
 * How many entries of a row are equal, on average over its entries other than 0: Σ n_v² / Σ n_v, which is 1 where all
 * differ. Such as a sum of K terms could not tell apart (K u/8 of themselves) count as equal.
 */
export function multiplicities({ rows, cols, data }: Matrix, u: number): Float64Array {
  const near = Math.log1p((u * cols) / 8);
  return Float64Array.from({ length: rows }, (_, i) => {
    const logs = data
      .subarray(i * cols, (i + 1) * cols)
      .filter((value) => value !== 0)
      .map((value) => Math.log(Math.abs(value)))
      .sort();
    let pairs = 0;
    for (let from = 0, to = 1; from < logs.length; from = to++) {
      while (to < logs.length && logs[to]! - logs[to - 1]! <= near) to++;
      pairs += (to - from) ** 2;
    }
    return logs.length === 0 ? 1 : pairs / logs.length;
  });
}

/**
 * Replays sums in float32, as a plain loop takes them, upwards and downwards, with the terms as they are and with
 * those of a mean (divided by their number first): what such a loop loses, in units of u.
 *
 * It takes several times as long as the sum itself. Where a product has more sums than there is time for, some of
 * them are replayed, and the others count as losing as much of their terms as the worst of these.
 */
export class Replay {
  #steps: number;

  /** @param steps how many additions it may take in all */
  constructor(steps: number) {
    this.#steps = steps;
  }

  /** What is lost by the sums of a product A Bᵀ. */
  of(A: Matrix, B: Matrix): (i: number, j: number) => number {
    const K = A.cols;
    const sums = A.rows * B.rows;
    const affordable = Math.max(1, Math.floor(this.#steps / 4 / K)); // half of what is left: two orders
    const stride = Math.ceil(sums / affordable);
    this.#steps -= 2 * K * Math.ceil(sums / stride);
    if (stride === 1) return (i, j) => lostBy(A, B, i, j).lost;
    let worst = 0;
    for (let at = 0; at < sums; at += stride) {
      const { lost, terms } = lostBy(A, B, Math.floor(at / B.rows), at % B.rows);
      if (terms > 0) worst = Math.max(worst, lost / terms);
    }
    return (i, j) => worst * termsOf(A, B, i, j);
  }
}

const UNIT_ROUNDOFF_32 = 2 ** -24;

function lostBy(A: Matrix, B: Matrix, i: number, j: number): { lost: number; terms: number } {
  const K = A.cols;
  const term = (k: number): number =>
    Math.fround(Math.fround(A.data[i * K + k]!) * Math.fround(B.data[j * K + k]!));
  let [exact, up, down, mean, exactMean, terms] = [0, 0, 0, 0, 0, 0];
  for (let k = 0; k < K; k++) {
    const t = term(k);
    const share = Math.fround(t / K);
    exact += t;
    exactMean += share;
    terms += Math.abs(t);
    up = Math.fround(up + t);
    mean = Math.fround(mean + share);
    down = Math.fround(down + term(K - 1 - k));
  }
  const lost = Math.max(Math.abs(up - exact), Math.abs(down - exact), K * Math.abs(mean - exactMean));
  return Number.isFinite(lost) ? { lost: lost / UNIT_ROUNDOFF_32, terms } : { lost: 0, terms: 0 };
}

function termsOf(A: Matrix, B: Matrix, i: number, j: number): number {
  const K = A.cols;
  let terms = 0;
  for (let k = 0; k < K; k++) terms += Math.abs(A.data[i * K + k]! * B.data[j * K + k]!);
  return terms;
}
