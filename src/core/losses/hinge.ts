import { activationOf } from '../activations.ts';
import { at, type Matrix, matrix } from '../matrix.ts';
import { largestIn } from '../softmax.ts';
import type { Batch, LossDifference, LossKink, LossSpread, SampleLoss } from './sample-loss.ts';

/**
 * ℓ = Σ_{k≠y} max(0, mₖ) with the margins mₖ = zₖ − z_y + 1: the multiclass support vector machine of Weston and
 * Watkins, as CS231n has it. ∂ℓ/∂zₖ = [mₖ > 0], and for the label y minus their number.
 */
export const hinge: SampleLoss = {
  output: (z) => z,
  total: (batch) => {
    let total = 0;
    eachMargin(batch, (m) => {
      total += relu.value(m);
    });
    return total;
  },
  error: (batch) => fromMargins(batch, relu.slope, -1),
  differences,
  kinks(batch) {
    const kinks: LossKink[] = [];
    eachMargin(batch, (m, n, k, y) => {
      if (m !== 0) return;
      const v = new Float64Array(batch.z.rows); // zₖ − z_y
      v[k] = 1;
      v[y] = -1;
      kinks.push({ n, v, jump: 1 });
    });
    return kinks;
  },
  errorSize: (batch) => fromMargins(batch, relu.slope, 1),
  bound: spread(0),
  textbook: spread(8),
};

const relu = activationOf('relu');

/**
 * The margins are off by the logits' errors and their own rounding. One that may have landed on the other side of
 * 0, by `flips` of them, has lost its whole slope.
 */
function spread(flips: number): LossSpread {
  const off = ({ z }: Batch, Ez: Matrix, n: number, k: number, y: number): number =>
    at(Ez, k, n) + at(Ez, y, n) + Math.abs(at(z, k, n)) + Math.abs(at(z, y, n)) + 1;
  return {
    error: (batch, Ez, { u }) =>
      fromMargins(batch, (m, n, k, y) => (Math.abs(m) <= flips * u * off(batch, Ez, n, k, y) ? 1 / u : 0), 1),
    total(batch, Ez) {
      let total = 0;
      eachMargin(batch, (m, n, k, y) => {
        if (m > 0) total += off(batch, Ez, n, k, y);
      });
      return total;
    },
  };
}

/** The margin of each class but the label's, sample by sample. */
function eachMargin({ z, t }: Batch, visit: (m: number, n: number, k: number, y: number) => void): void {
  for (let n = 0; n < z.cols; n++) {
    const y = largestIn(t, n);
    for (let k = 0; k < z.rows; k++) if (k !== y) visit(at(z, k, n) - at(z, y, n) + 1, n, k, y);
  }
}

/** f of each margin, and for the label their sum times `sign`. */
function fromMargins(
  batch: Batch,
  f: (m: number, n: number, k: number, y: number) => number,
  sign: 1 | -1,
): Matrix {
  const N = batch.z.cols;
  const M = matrix(batch.z.rows, N);
  eachMargin(batch, (m, n, k, y) => {
    const value = f(m, n, k, y);
    M.data[k * N + n] = value;
    M.data[y * N + n]! += sign * value;
  });
  return M;
}

/** A ReLU's difference for each margin, which moves by δₖ − δ_y. */
function differences({ z, t }: Batch): LossDifference {
  const labels = Array.from({ length: z.cols }, (_, n) => largestIn(t, n));
  const change = (n: number, k: number, d: number): number =>
    d === 0 ? 0 : relu.difference(at(z, k, n) - at(z, labels[n]!, n) + 1, d);
  const all = (n: number, delta: (k: number) => number): number => {
    const y = labels[n]!;
    let sum = 0;
    for (let k = 0; k < z.rows; k++) if (k !== y) sum += change(n, k, delta(k) - delta(y));
    return sum;
  };
  return {
    reach: () => 2 ** -55, // 1 is added to a margin last: one that is not 0 is at least 2⁻⁵⁴, and two logits move it
    all: (n, delta) => all(n, (k) => delta[k]!),
    one: (n, i, d) => (i === labels[n] ? all(n, (k) => (k === i ? d : 0)) : change(n, i, d)),
  };
}
