import { type Matrix, matrix, transpose } from './matrix.ts';
import type { Tensor } from './network.ts';
import { owned } from './zeros.ts';

/** How arrays lie in a config, and so in everything that is printed about it. */
export interface Layout {
  /** a sample is a column of X, of a matrix y, of logits and outputs; or a row */
  readonly samples: 'columns' | 'rows';
  /** W is Hₗ × Hₗ₋₁, or Hₗ₋₁ × Hₗ */
  readonly weights: 'out-in' | 'in-out';
  /** beside the weights; none at all; or as one more input of W, before or after the others (Ng's Theta) */
  readonly biases: 'separate' | 'none' | 'first' | 'last';
}

/** The layout that the mathematics uses: a sample is a column, W is Hₗ × Hₗ₋₁, b stands by itself. */
export const CANONICAL: Layout = { samples: 'columns', weights: 'out-in', biases: 'separate' };

/** Whether arrays lie as in the mathematics, with biases or without. */
export const isCanonical = ({ samples, weights, biases }: Layout): boolean =>
  samples === 'columns' && weights === 'out-in' && (biases === 'separate' || biases === 'none');

/** Whether the biases are a part of W. */
const isFolded = ({ biases }: Layout): boolean => biases === 'first' || biases === 'last';

/** What a canonical tensor is called there: db2 is a part of dW2 where the biases lie in the weights. */
export const nameIn = (layout: Layout, name: string): string =>
  isFolded(layout) ? name.replace('b', 'W') : name;

/** Parameters or gradients, W1, b1, … or dW1, db1, …, as the config's own lie. */
export function layOut(tensors: readonly Tensor[], layout: Layout): Tensor[] {
  return tensors.flatMap((tensor) => {
    if (isBias(tensor)) return isFolded(layout) ? [] : [{ ...tensor, data: owned(tensor.data) }];
    const W = asMatrix(tensor);
    const b = isFolded(layout) && tensors.find(({ name }) => name === biasOf(tensor.name));
    const whole = b ? folded(W, b.data, layout) : W;
    return [asTensor(tensor.name, layout.weights === 'in-out' ? transpose(whole) : whole)];
  });
}

/**
 * The inverse of {@link layOut}, for gradients that were computed elsewhere: what has not the shape of a folded
 * matrix stays as it is.
 */
export function takeUp(tensors: readonly Tensor[], layout: Layout): Tensor[] {
  return tensors.flatMap((tensor) => {
    if (isBias(tensor) || tensor.shape.length !== 2) return [tensor];
    const M = asMatrix(tensor);
    const W = layout.weights === 'in-out' ? transpose(M) : M;
    if (!isFolded(layout) || W.cols < 2) return [asTensor(tensor.name, W)];
    const at = layout.biases === 'first' ? 0 : W.cols - 1;
    const without = (_: number, e: number): boolean => e % W.cols !== at;
    return [
      asTensor(tensor.name, matrix(W.rows, W.cols - 1, W.data.filter(without))),
      { name: biasOf(tensor.name), shape: [W.rows], data: W.data.filter((_, e) => e % W.cols === at) },
    ];
  });
}

/** Logits or outputs, C × N, as the config's own samples lie. */
export function orientSamples(name: string, M: Matrix, { samples }: Layout): Tensor {
  const { rows, cols, data } = samples === 'rows' ? transpose(M) : M;
  return { name, shape: [rows, cols], data: owned(data) };
}

/** `dW2` → `db2` */
const biasOf = (name: string): string => name.replace('W', 'b');
const isBias = ({ name }: Tensor): boolean => /^d?b/.test(name);

const asMatrix = ({ shape, data }: Tensor): Matrix => matrix(shape[0]!, shape[1]!, data);
const asTensor = (name: string, { rows, cols, data }: Matrix): Tensor => ({
  name,
  shape: [rows, cols],
  data: owned(data),
});

/** (b | W), or (W | b) */
function folded(W: Matrix, b: Float64Array, { biases }: Layout): Matrix {
  const cols = W.cols + 1;
  const M = matrix(W.rows, cols);
  for (let i = 0; i < W.rows; i++) {
    M.data.set(W.data.subarray(i * W.cols, (i + 1) * W.cols), i * cols + (biases === 'first' ? 1 : 0));
    M.data[i * cols + (biases === 'first' ? 0 : W.cols)] = b[i]!;
  }
  return M;
}
