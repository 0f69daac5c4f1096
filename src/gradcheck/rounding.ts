import { type Activation, activations } from '../core/activations.ts';
import { dominantClass, outputResidual } from '../core/backprop.ts';
import type { Pass, Step } from '../core/forward.ts';
import { loss } from '../core/loss.ts';
import {
  abs,
  add,
  addToColumns,
  at,
  hadamard,
  type Matrix,
  map,
  matrix,
  multiply,
  multiplyTransposed,
  rowSums,
  scale,
  sum,
  transpose,
  zip,
} from '../core/matrix.ts';
import type { Tensor } from '../core/network.ts';

import { residualSize } from './noise.ts';

/** By how many roundings of size R a reference may differ: the worst need of 300 networks was 6.4. */
export const REFERENCE_FACTOR = 8;

/** How errors, in units of u, arise and spread: E bounds the error of z or a, e that of δ, d is δ itself. */
interface ErrorModel {
  /** Ea⁰ */
  input(x: number): number;
  /** Ez */
  preactivation(step: Step, Ea: Matrix): Matrix;
  /** Ea */
  activation(z: number, a: number, Ez: number, phi: Activation): number;
  /** how much the error of each logit weighs in the cross-entropy */
  lossWeights(pass: Pass): Matrix;
  /** e at the output */
  output(pass: Pass, Ez: Matrix): Matrix;
  /** how far an error of a moves the product d·a: a and Ea together */
  moved(a: number, Ea: number): number;
  /** the size of Wᵀ(δ + its error) */
  throughWeights(W: Matrix, e: Matrix, d: Matrix): Matrix;
  /** how much a sum of so many terms adds, in units of their size */
  runningSum(terms: number): number;
  /** e below: from what came through the weights, v = Wᵀd and the error of the slope */
  throughSlope(through: number, v: number, z: number, a: number, Ez: number, phi: Activation): number;
}

/** Rounding errors in units of u: of each gradient entry, of the logits, and of the two parts of the loss. */
export interface RoundingSizes {
  readonly gradients: Tensor[];
  /** C × N */
  readonly logits: Matrix;
  readonly loss: { readonly data: number; readonly regularization: number };
}

/**
 * Upwards E, downwards e; each entry collects (1/N) Σₙ (e|a| + |d|·moved(a, Ea)) + λ|W|, and for the running sum,
 * which rounds N times, ρ(1/N) Σₙ |d||a| + 4ρλ|W|.
 */
function roundingSizes(pass: Pass, model: ErrorModel): RoundingSizes {
  const { network, steps, probabilities } = pass;
  const N = network.X.cols;
  const rho = model.runningSum(N);
  let Ea: Matrix = map(network.X, model.input);
  const errors = steps.map((step) => {
    const Ez = model.preactivation(step, Ea);
    const moved = zip(step.input, Ea, model.moved);
    const phi = phiOf(step);
    Ea = combine((i) => model.activation(step.z.data[i]!, step.a.data[i]!, Ez.data[i]!, phi), step.z);
    return { Ez, moved };
  });

  const Ez = errors.at(-1)!.Ez;
  let e = model.output(pass, Ez);
  let d = outputResidual(probabilities, network.Y);
  const gradients: Tensor[] = [];
  for (const [l, { layer, input }] of [...steps.entries()].reverse()) {
    const own = add(multiplyTransposed(e, abs(input)), multiplyTransposed(abs(d), errors[l]!.moved));
    const data = rho === 0 ? own : add(own, scale(rho, multiplyTransposed(abs(d), abs(input))));
    const W = zip(data, layer.W, (size, w) => size / N + (1 + 4 * rho) * network.reg * Math.abs(w));
    const b = rowSums(zip(e, d, (error, value) => (error + (1 + rho) * Math.abs(value)) / N));
    gradients.unshift(
      { name: `dW${layer.number}`, shape: [W.rows, W.cols], data: W.data },
      { name: `db${layer.number}`, shape: [b.length], data: b },
    );
    const below = steps[l - 1];
    if (below === undefined) break;
    const phi = phiOf(below);
    const v = multiply(transpose(layer.W), d);
    const through = model.throughWeights(layer.W, e, d);
    const { data: E } = errors[l - 1]!.Ez;
    e = combine(
      (i) =>
        model.throughSlope(
          through.data[i]!,
          Math.abs(v.data[i]!),
          below.z.data[i]!,
          below.a.data[i]!,
          E[i]!,
          phi,
        ),
      v,
    );
    d = zip(v, below.z, (value, z) => value * phi.slope(z));
  }
  const weighted = hadamard(model.lossWeights(pass), Ez);
  const { data, regularization } = loss(pass);
  const weights = network.layers.reduce((count, { W }) => count + W.data.length, 0);
  return {
    gradients,
    logits: Ez,
    loss: {
      data: sum(weighted.data) / N + rho * data,
      regularization: model.runningSum(weights) * regularization,
    },
  };
}

const phiOf = ({ layer }: Step): Activation => activations[layer.activation ?? 'identity'];

/** A matrix of the shape of another, entry by entry. */
const combine = (f: (i: number) => number, { rows, cols }: Matrix): Matrix =>
  matrix(
    rows,
    cols,
    Float64Array.from({ length: rows * cols }, (_, i) => f(i)),
  );

/** All errors added up: a bound, for the error bar against the truth. */
const bound: ErrorModel = {
  input: () => 0,
  // |b| + |z| + Σ|w|(2|a| + Ea)
  preactivation: ({ layer, input, z }, Ea) =>
    add(
      addToColumns(abs(z), Float64Array.from(layer.b, Math.abs)),
      multiply(
        abs(layer.W),
        zip(input, Ea, (a, E) => 2 * Math.abs(a) + E),
      ),
    ),
  activation: (z, a, Ez, phi) => phi.slope(z) * Ez + Math.abs(a),
  lossWeights: ({ network, probabilities }) => residualSize(probabilities, probabilities, network.Y),
  // ŷ is off by ŷ(Ezₖ + Σⱼ ŷⱼEzⱼ + 2), and by ŷ in the subtraction
  output: ({ network, probabilities }, Ez) => {
    const mean = rowSums(transpose(hadamard(probabilities, Ez)));
    const size = combine((i) => probabilities.data[i]! * (Ez.data[i]! + mean[i % Ez.cols]! + 3), Ez);
    return residualSize(probabilities, size, network.Y);
  },
  runningSum: () => 0, // ours are compensated
  moved: (a, Ea) => Math.abs(a) + Ea,
  throughWeights: (W, e, d) =>
    multiply(
      transpose(abs(W)),
      zip(e, d, (error, value) => error + Math.abs(value)),
    ),
  throughSlope: (through, v, z, _a, Ez, phi) =>
    phi.slope(z) * through + v * (phi.curvature(z) * Ez + phi.slope(z)),
};

/** The conditioned sizes: 8u of them covers the distance of our own results from the truth. */
export const conditionedSize = (pass: Pass): RoundingSizes => roundingSizes(pass, bound);

/**
 * R: errors of a textbook computation (ŷ − t, a(1 − a)) that rounded differently, added as independent
 * ones (by hypot) within a sample.
 *
 * @param u the unit roundoff of that computation: it decides which ReLUs may have landed on the other side
 */
export const textbookSize = (pass: Pass, u: number): RoundingSizes => roundingSizes(pass, textbook(u));

const textbook = (u: number): ErrorModel => ({
  input: Math.abs,
  // hypot of b, z, √2·w·a and w·Ea over the inputs
  preactivation: ({ layer, input, z }, Ea) => {
    const terms = multiplySquares(
      layer.W,
      zip(input, Ea, (a, E) => Math.hypot(Math.SQRT2 * a, E)),
    );
    return combine((i) => Math.hypot(layer.b[Math.floor(i / z.cols)]!, z.data[i]!, terms.data[i]!), z);
  },
  activation: (z, a, Ez, phi) => {
    if (phi !== activations.softplus) return Math.hypot(slopeBeside(z, Ez, phi, u) * Ez, a);
    // log(1 + eᶻ) is off by u where it is small; PyTorch takes z for it above 20.
    return Math.hypot(phi.slope(z) * Ez, a, 1, z > 20 ? Math.exp(-z) / u : 0);
  },
  lossWeights: ({ network, probabilities }) => add(probabilities, network.Y),
  // hypot of Tŷ(1 − ŷ)Ez, Tŷ‖ŷ ◦ Ez‖, 2Tŷ and t
  output: ({ network, probabilities }, Ez) => {
    const { rows: C, cols: N } = Ez;
    const e = matrix(C, N);
    for (let n = 0; n < N; n++) {
      const { T } = dominantClass(probabilities, network.Y, n);
      let norm = 0;
      for (let k = 0; k < C; k++) norm = Math.hypot(norm, at(probabilities, k, n) * at(Ez, k, n));
      for (let k = 0; k < C; k++) {
        const y = at(probabilities, k, n);
        e.data[k * N + n] = Math.hypot(
          T * y * (1 - y) * at(Ez, k, n),
          T * y * norm,
          2 * T * y,
          at(network.Y, k, n),
        );
      }
    }
    return e;
  },
  // Equal terms that are added up in a plain loop drift by up to N/4 roundings of their sum, and by N of λW
  // where that loop starts from λW; pairwise and blocked sums (BLAS) do better. Half precision is summed in float32.
  runningSum: (terms) => (u > 2 ** -24 ? 0 : terms / (4 * REFERENCE_FACTOR)),
  moved: Math.hypot,
  throughWeights: (W, e, d) =>
    multiplySquares(
      transpose(W),
      zip(e, d, (error, value) => Math.hypot(error, Math.SQRT2 * value)),
    ),
  throughSlope: (through, v, z, a, Ez, phi) =>
    Math.hypot(
      slopeBeside(z, Ez, phi, u) * through,
      v * (phi.curvature(z) * Ez + phi.slope(z) + slopeLoss(z, a, Ez, phi, u)),
    ),
});

/**
 * What the textbook's slope loses: a(1 − a) and 1 − a² cancel where a unit is saturated; PyTorch takes 1 for
 * the slope of a softplus above 20. A ReLU that may flip loses its whole slope; eight times that, since
 * several may flip together.
 */
function slopeLoss(z: number, a: number, Ez: number, phi: Activation, u: number): number {
  if (phi === activations.sigmoid) return a;
  if (phi === activations.tanh) return 2 * a * a;
  if (phi === activations.softplus && z > 20) return Math.exp(-z) / u;
  return mayFlip(z, Ez, phi, u) ? 1 / u : 0;
}

/** Whether a ReLU may have landed on the other side of its kink. */
const mayFlip = (z: number, Ez: number, phi: Activation, u: number): boolean =>
  phi === activations.relu && Math.abs(z) <= REFERENCE_FACTOR * u * Ez;

/** φ′(z), and 1 for a ReLU that may be on. */
const slopeBeside = (z: number, Ez: number, phi: Activation, u: number): number =>
  mayFlip(z, Ez, phi, u) ? 1 : phi.slope(z);

/** sqrt(Σⱼ (Aᵢⱼ Bⱼₙ)²), each column of B scaled so that its squares do not underflow. */
function multiplySquares(A: Matrix, B: Matrix): Matrix {
  const largest = new Float64Array(B.cols);
  B.data.forEach((value, i) => {
    largest[i % B.cols] = Math.max(largest[i % B.cols]!, Math.abs(value));
  });
  const scaled = combine((i) => (B.data[i]! / (largest[i % B.cols]! || 1)) ** 2, B);
  const sums = multiply(
    map(A, (value) => value * value),
    scaled,
  );
  return combine((i) => Math.sqrt(sums.data[i]!) * largest[i % sums.cols]!, sums);
}
