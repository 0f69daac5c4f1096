import { activations, softplus, softplusDifference } from '../activations.ts';
import { mapAll, matrix, zip } from '../matrix.ts';
import { type SampleLoss, withoutKinks } from './sample-loss.ts';

const { sigmoid } = activations;

/**
 * ℓ = −Σₖ [tₖ log ŷₖ + (1 − tₖ) log(1 − ŷₖ)] with ŷ = σ(z), and ∂ℓ/∂z = ŷ − t: each output a yes or no of its own.
 *
 * From the logits it is Σₖ [tₖ log(1 + e^−zₖ) + (1 − tₖ) log(1 + e^zₖ)], which does not cancel. Where an output is
 * fitted, ŷ − 1 is −σ(−z).
 */
export const sigmoidCrossEntropy: SampleLoss = {
  output: (z) => mapAll(z, sigmoid.values),
  total: ({ z, t }) =>
    z.data.reduce((sum, zk, i) => {
      const tk = t.data[i]!;
      return sum + (tk === 0 ? 0 : tk * softplus(-zk)) + (tk === 1 ? 0 : (1 - tk) * softplus(zk));
    }, 0),
  error: ({ z, t }) =>
    zip(z, t, (zk, tk) => {
      const [v, s] = sigmoid.apart(zk, tk);
      return v - s;
    }),
  differences({ z, t }) {
    const N = z.cols;
    const change = (n: number, k: number, d: number): number => {
      const [zk, tk] = [z.data[k * N + n]!, t.data[k * N + n]!];
      return (
        (tk === 0 ? 0 : tk * softplusDifference(-zk, -d)) +
        (tk === 1 ? 0 : (1 - tk) * softplusDifference(zk, d))
      );
    };
    return {
      reach: withoutKinks,
      one: change,
      all: (n, delta) => delta.reduce((sum, d, k) => (d === 0 ? sum : sum + change(n, k, d)), 0),
    };
  },
  kinks: () => [],
  errorSize: ({ z, t }) => zip(z, t, termsOf),
  bound: {
    error: ({ z, t }, Ez, model) =>
      matrix(
        z.rows,
        z.cols,
        z.data.map((zk, i) => {
          const [v] = sigmoid.apart(zk, t.data[i]!);
          return model.value(sigmoid, zk, v, Ez.data[i]!) + termsOf(zk, t.data[i]!);
        }),
      ),
    total: ({ z, t }, Ez) => Ez.data.reduce((sum, E, i) => sum + termsOf(z.data[i]!, t.data[i]!) * E, 0),
  },
  textbook: {
    // hypot of the error of ŷ where z is off by Ez, 2ŷ and t
    error: ({ z, y, t }, Ez, model) =>
      matrix(
        z.rows,
        z.cols,
        z.data.map((zk, i) => {
          const yk = y.data[i]!;
          return Math.hypot(model.value(sigmoid, zk, yk, Ez.data[i]!), 2 * yk, t.data[i]!);
        }),
      ),
    // Of log(1 − ŷ), 1 − ŷ has lost uŷ; of (1 − t)z + m + log(e⁻ᵐ + e⁻ᶻ⁻ᵐ) with m = max(−z, 0) its terms.
    total: ({ z, y, t }, Ez) =>
      Ez.data.reduce((sum, E, i) => {
        const [zk, yk, tk] = [z.data[i]!, y.data[i]!, t.data[i]!];
        return sum + (yk + tk) * E + (1 - tk) * Math.exp(Math.min(zk, MOST)) + 1 + Math.abs(zk);
      }, 0),
  },
};

/** Beyond it 1 − ŷ is 0 in float64, and its logarithm infinite. */
const MOST = 37;

/** The size of the terms of ŷ − t. */
function termsOf(z: number, t: number): number {
  const [v, s] = sigmoid.apart(z, t);
  return Math.abs(v) + Math.abs(s);
}
