import { activationOf } from '../core/activations.ts';
import { each } from '../core/elementwise.ts';
import { batchOf, type Pass, type Step } from '../core/forward.ts';
import { loss } from '../core/loss.ts';
import { lossOf } from '../core/losses/losses.ts';
import type { UnitSpread } from '../core/losses/sample-loss.ts';
import { type Matrix, map, matrix, multiply, transposedMultiply } from '../core/matrix.ts';
import type { Tensor } from '../core/network.ts';
import { penaltyFactor } from '../core/penalty.ts';
import { divisorOf } from '../core/reduction.ts';
import { room } from '../core/zeros.ts';

/*
 * Rounding errors, in units of u, carried through a network: E is the error of z or a on the way up, e that of δ on
 * the way down, d is δ itself. Two models of how they add: `bound` (bound.ts), for the distance of our own results
 * from the truth, and `textbook` (textbook.ts), for that of a computation elsewhere.
 */

/** How errors arise and spread. A matrix that a model returns is a new one, which may be written to. */
export interface ErrorModel extends UnitSpread {
  /** which of the loss's own two spreads belongs to it */
  readonly of: 'bound' | 'textbook';
  /** Ea⁰ */
  input(x: number): number;
  /** Ez */
  preactivation(step: Step, Ea: Matrix): Matrix;
  /** the error of δ as the output has it, from what it is by the loss's own spread */
  outputError(e: Matrix, d: Matrix): Matrix;
  /** the error of Σₙ dₙaₙᵀ */
  weightGradient(e: Matrix, d: Matrix, a: Matrix, Ea: Matrix): Matrix;
  /** the error of Σₙ dₙ */
  biasGradient(e: Matrix, d: Matrix): Float64Array;
  /** that of λ′W, in units of λ′|W|, where it is added to a sum over so many samples */
  regularization(samples: number): number;
  /** the error of Wᵀδ */
  throughWeights(W: Matrix, e: Matrix, d: Matrix): Matrix;
  /** the error of a sum of so many terms of one sign, in units of their sum */
  runningSum(terms: number): number;
}

/** Rounding errors in units of u: of each gradient entry, of the logits, and of the two parts of the loss. */
export interface RoundingSizes {
  readonly gradients: Tensor[];
  /** C × N */
  readonly logits: Matrix;
  readonly loss: { readonly data: number; readonly regularization: number };
}

export function roundingSizes(pass: Pass, model: ErrorModel): RoundingSizes {
  const { network } = pass;
  const { gradients, logits } = roundingErrors(pass, model);
  const { data, regularization } = loss(pass);
  const weights = network.layers.reduce((count, { W }) => count + W.data.length, 0);
  const total = lossOf(network)[model.of].total(batchOf(pass), logits, model);
  return {
    gradients,
    logits,
    loss: {
      data: total / divisorOf(network) + model.runningSum(network.X.cols) * data,
      regularization: model.runningSum(weights) * regularization,
    },
  };
}

/** Upwards E, downwards e; the gradients collect what the model makes of both. */
export function roundingErrors(pass: Pass, model: ErrorModel): Pick<RoundingSizes, 'gradients' | 'logits'> {
  const { network, steps } = pass;
  const sampleLoss = lossOf(network);
  const batch = batchOf(pass);
  const divisor = divisorOf(network);
  const penalty = penaltyFactor(network) * model.regularization(network.X.cols);
  const errorsBelow: Matrix[] = []; // Ea of what layer l takes
  const errors: Matrix[] = []; // Ez of layer l
  for (const [l, step] of steps.entries()) {
    const Ea = l === 0 ? map(network.X, model.input) : activationErrors(steps[l - 1]!, errors[l - 1]!, model);
    errorsBelow.push(Ea);
    errors.push(model.preactivation(step, Ea));
  }

  const Ez = errors.at(-1)!;
  let d = sampleLoss.error(batch);
  let e = model.outputError(sampleLoss[model.of].error(batch, Ez, model), d);
  const gradients: Tensor[] = [];
  for (const [l, { layer, input }] of [...steps.entries()].reverse()) {
    const W = model.weightGradient(e, d, input, errorsBelow[l]!);
    for (let i = 0; i < W.data.length; i++)
      W.data[i] = W.data[i]! / divisor + penalty * Math.abs(layer.W.data[i]!);
    if (network.biased) {
      const b = each(model.biasGradient(e, d), (size) => size / divisor);
      gradients.unshift({ name: `db${layer.number}`, shape: [b.length], data: b });
    }
    gradients.unshift({ name: `dW${layer.number}`, shape: [W.rows, W.cols], data: W.data });
    const below = steps[l - 1];
    if (below === undefined) break;
    const phi = activationOf(below.layer.activation);
    const { data: E } = errors[l - 1]!;
    const [z, a] = [below.z.data, below.a.data];
    e = model.throughWeights(layer.W, e, d);
    d = transposedMultiply(layer.W, d);
    for (let i = 0; i < z.length; i++) {
      const v = d.data[i]!;
      e.data[i] = model.throughSlope(phi, e.data[i]!, Math.abs(v), z[i]!, a[i]!, E[i]!);
      d.data[i] = v * phi.slope(z[i]!);
    }
  }
  return { gradients, logits: Ez };
}

/** Ea of a layer whose z are off by Ez. */
function activationErrors({ layer, z, a }: Step, Ez: Matrix, model: ErrorModel): Matrix {
  const phi = activationOf(layer.activation);
  const Ea = matrix(z.rows, z.cols, room(z.data.length));
  for (let i = 0; i < z.data.length; i++) Ea.data[i] = model.value(phi, z.data[i]!, a.data[i]!, Ez.data[i]!);
  return Ea;
}

/** A matrix of the shape of another, entry by entry. */
export function combine(f: (i: number) => number, { rows, cols }: Matrix): Matrix {
  const R = matrix(rows, cols);
  for (let i = 0; i < R.data.length; i++) R.data[i] = f(i);
  return R;
}

/** sqrt(Σⱼ (Aᵢⱼ Bⱼₙ)²), each row of A and each column of B scaled so that its squares do not underflow. */
export function multiplySquares(A: Matrix, B: Matrix): Matrix {
  const ofRows = new Float64Array(A.rows);
  A.data.forEach((value, i) => {
    const row = Math.floor(i / A.cols);
    ofRows[row] = Math.max(ofRows[row]!, Math.abs(value));
  });
  const ofColumns = new Float64Array(B.cols);
  B.data.forEach((value, i) => {
    ofColumns[i % B.cols] = Math.max(ofColumns[i % B.cols]!, Math.abs(value));
  });
  const sums = multiply(
    combine((i) => (A.data[i]! / (ofRows[Math.floor(i / A.cols)]! || 1)) ** 2, A),
    combine((i) => (B.data[i]! / (ofColumns[i % B.cols]! || 1)) ** 2, B),
  );
  return combine((i) => {
    const [row, column] = [ofRows[Math.floor(i / sums.cols)]!, ofColumns[i % sums.cols]!];
    return Math.sqrt(sums.data[i]!) * row * column;
  }, sums);
}

/** hypot of matrices of one shape, entry by entry. */
export const hypotOf = (first: Matrix, ...others: readonly Matrix[]): Matrix =>
  combine((i) => Math.hypot(first.data[i]!, ...others.map(({ data }) => data[i]!)), first);
