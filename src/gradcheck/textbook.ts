import type { Activation } from '../core/activations.ts';
import type { Pass } from '../core/forward.ts';
import {
  abs,
  add,
  hadamard,
  type Matrix,
  map,
  matrix,
  multiply,
  multiplyTransposed,
  rowSums,
  transpose,
  zip,
} from '../core/matrix.ts';
import { divisorOf } from '../core/reduction.ts';
import {
  combine,
  type ErrorModel,
  hypotOf,
  multiplySquares,
  type RoundingSizes,
  roundingSizes,
} from './rounding.ts';
import { multiplicities, Replay, summationSizes } from './summation.ts';

/** By how many roundings of size R a reference may differ: the worst need of 509 networks was 6.4. */
export const REFERENCE_FACTOR = 8;
/** And one in half precision, of which R knows more: that all sums are taken in float32. */
export const HALF_PRECISION_FACTOR = 4;

export interface TextbookOptions {
  /** how many additions may be replayed in float32, none by default */
  readonly replays?: number;
  /** the smallest number that the format has with all digits, 0 by default: what is below may be lost */
  readonly smallest?: number;
}

/**
 * R: errors of a textbook computation (ŷ − t, a(1 − a)) that rounded differently, added as independent
 * ones (by hypot), and those of its sums as they may have been taken (summation.ts).
 *
 * @param u the unit roundoff of that computation: it decides which ReLUs may have landed on the other side
 */
export const textbookSize = (
  pass: Pass,
  u: number,
  { replays = 0, smallest = 0 }: TextbookOptions = {},
): RoundingSizes =>
  roundingSizes(
    pass,
    withUnderflow(textbook(u, replays > 0 ? new Replay(replays) : undefined), pass, smallest),
  );

/**
 * R of a computation that rounds all that it stores to half precision, and sums in float32, as PyTorch does. That the
 * parameters and inputs are rounded is not in it: a gradient of the rounded network shows that by itself.
 */
export const halfPrecisionSize = (
  pass: Pass,
  u: number,
  { smallest = 0 }: Pick<TextbookOptions, 'smallest'> = {},
): RoundingSizes => roundingSizes(pass, withUnderflow(half(u), pass, smallest));

/** Rounding so fine that it does not matter how far off the drift of a sum is taken to be: it only must be enough. */
const isFine = (u: number): boolean => u <= 2 ** -50;

/** Σ(Aᵢ, Bⱼ), of which for fine rounding the worst order of equal terms has to do: √(1/8 + K/32)·√(K²/3 + K/4)·I. */
function sizesOfSums(A: Matrix, B: Matrix, u: number, replay: Replay | undefined): Matrix {
  if (!isFine(u)) return summationSizes(A, B, u, replay);
  const K = A.cols;
  const factor = Math.sqrt((1 / 8 + K / 32) * ((K * K) / 3 + K / 4));
  return map(multiplySquares(A, transpose(B)), (size) => factor * size);
}

const textbook = (u: number, replay: Replay | undefined, reach = REFERENCE_FACTOR * u): ErrorModel => ({
  of: 'textbook',
  u,
  reach,
  input: Math.abs,
  // hypot of b, z, √2·w·a and w·Ea over the inputs, of their sum, and of errors below that are alike
  preactivation: ({ layer, input, z }, Ea) => {
    const terms = multiplySquares(
      layer.W,
      zip(input, Ea, (a, E) => Math.hypot(Math.SQRT2 * a, E)),
    );
    const sum = sizesOfSums(layer.W, transpose(input), u, replay);
    const b = combine((i) => layer.b[Math.floor(i / z.cols)]!, z);
    if (layer.number === 1) return hypotOf(b, z, terms, sum);
    return hypotOf(b, z, terms, sum, alike(layer.W, input, Ea));
  },
  outputError: (e) => e,
  value: (phi, z, v, E) =>
    Math.hypot(
      Math.max(slopeBeside(phi, z, E, u) * E, changeOfValue(phi, z, E, reach)),
      v,
      phi.textbook.value(z, v, u),
    ),
  // Errors of different samples are independent, but for samples that are alike: never more than all together.
  weightGradient: (e, d, a, Ea) => {
    const most = mostOf(a, Ea, reach);
    const all = add(multiplyTransposed(e, most), multiplyTransposed(abs(d), zip(a, Ea, Math.hypot)));
    if (isFine(u)) return hypotOf(all, sizesOfSums(d, a, u, replay));
    const independent = hypotOf(
      multiplySquares(e, transpose(most)),
      multiplySquares(d, transpose(zip(a, Ea, Math.hypot))),
    );
    const [equalD, equalA] = [multiplicities(d, u), multiplicities(a, u)];
    const own = combine((i) => {
      const m = Math.min(equalD[Math.floor(i / a.rows)]!, equalA[i % a.rows]!);
      return Math.min(all.data[i]!, 2 * Math.sqrt(m) * independent.data[i]!);
    }, all);
    return hypotOf(own, sizesOfSums(d, a, u, replay));
  },
  biasGradient: (e, d) => {
    const all = rowSums(zip(e, d, (error, value) => error + Math.abs(value)));
    const ones = matrix(1, d.cols, new Float64Array(d.cols).fill(1));
    const independent = multiplySquares(zip(e, d, Math.hypot), transpose(ones)).data;
    const sum = sizesOfSums(d, ones, u, replay).data;
    const equal = multiplicities(d, u);
    return all.map((size, i) =>
      Math.hypot(Math.min(size, 2 * Math.sqrt(equal[i]!) * independent[i]!), sum[i]!),
    );
  },
  // A loop that starts from λW rounds it with every sample.
  regularization: (samples) => 1 + Math.sqrt(samples / 8),
  // Equal terms that are added up in a plain loop drift by up to a quarter of a rounding of their sum each.
  runningSum: (terms) => terms / (4 * REFERENCE_FACTOR),
  throughWeights: (W, e, d) => {
    const terms = multiplySquares(
      transpose(W),
      zip(e, d, (error, value) => Math.hypot(error, Math.SQRT2 * value)),
    );
    return hypotOf(terms, sizesOfSums(transpose(W), transpose(d), u, replay), alike(transpose(W), d, e));
  },
  throughSlope: (phi, through, v, z, a, E) =>
    Math.hypot(
      Math.max(slopeBeside(phi, z, E, u), steepest(phi, z, E, reach)) * through,
      v *
        (Math.max(phi.curvature(z) * E, changeOfSlope(phi, z, E, reach)) +
          phi.slopeSize(z) +
          slopeLoss(phi, z, a, E, u)),
    ),
});

const half = (u: number): ErrorModel => ({
  ...textbook(u, undefined, HALF_PRECISION_FACTOR * u),
  input: () => 0,
  // W a is stored before b is added, unless the two are one operation
  preactivation: ({ layer, input, z }, Ea) => {
    const product = combine((i) => z.data[i]! - layer.b[Math.floor(i / z.cols)]!, z);
    return hypotOf(product, z, multiplySquares(layer.W, Ea), alike(layer.W, input, Ea));
  },
  outputError: (e, d) => hypotOf(e, d),
  weightGradient: (e, d, a, Ea) =>
    add(multiplyTransposed(e, mostOf(a, Ea, HALF_PRECISION_FACTOR * u)), multiplyTransposed(abs(d), Ea)),
  biasGradient: (e) => rowSums(abs(e)),
  regularization: () => 1,
  runningSum: () => 1,
  throughWeights: (W, e, d) => hypotOf(multiplySquares(transpose(W), e), alike(transpose(W), d, e)),
});

/**
 * A model in which each product, value and slope may be off by the smallest number besides: weights above it may make
 * much of that. What is 0 in itself, behind a dead ReLU, loses nothing.
 */
function withUnderflow(model: ErrorModel, { network }: Pass, smallest: number): ErrorModel {
  if (smallest === 0) return model;
  const lost = smallest / model.u;
  const lostBelow = lost * Math.max(1, divisorOf(network)); // δ is divided first, by some
  const ofSquares = Math.sqrt(smallest); // below it 1/(1 + e⁻ᶻ)², 1/(1 + |z|)² and 1/cosh²z are 0
  const besides = (E: Matrix, loss: number): Matrix => map(E, (size) => (size === 0 ? 0 : size + loss));
  return {
    ...model,
    preactivation: (step, Ea) => besides(model.preactivation(step, Ea), lost * step.input.rows),
    outputError: (e, d) => besides(model.outputError(e, d), lostBelow),
    throughWeights: (W, e, d) => besides(model.throughWeights(W, e, d), lostBelow * W.rows),
    value: (phi, z, v, E) => {
      const size = model.value(phi, z, v, E);
      return size === 0 ? 0 : size + lost;
    },
    throughSlope: (phi, through, v, z, a, E) => {
      const size = model.throughSlope(phi, through, v, z, a, E);
      const slope = Math.abs(phi.slope(z));
      const asQuotient = slope < ofSquares ? (v * slope) / model.u : 0;
      return size === 0 ? 0 : size + v * lost + lostBelow + asQuotient;
    },
  };
}

/** An error of z so small that φ and φ′ are lines as far as it leads: their scale is 1. */
const NEAR = 1e-3;

/** The largest of what z ± reach · E may lead to: at both ends, and where it comes nearest to 0. 0 where that is near. */
function farthest(of: (d: number) => number, z: number, E: number, reach: number): number {
  const most = reach * E;
  if (most < NEAR) return 0;
  const to0 = Math.max(-most, Math.min(most, -z));
  return Math.max(Math.abs(of(most)), Math.abs(of(-most)), Math.abs(of(to0)));
}

/** |a|, and where its error is no small part of it how large it may be: the error of δ is multiplied by that. */
const mostOf = (a: Matrix, Ea: Matrix, reach: number): Matrix =>
  zip(a, Ea, (value, E) => {
    const size = Math.abs(value);
    return reach * E < size / 8 ? size : size + reach * E;
  });

/** By how much φ changes on the way there, in units of u: it may run steeper than at z itself. */
const changeOfValue = (phi: Activation, z: number, E: number, reach: number): number =>
  farthest((d) => phi.difference(z, d), z, E, reach) / reach;

/** By how much its slope does. */
const changeOfSlope = (phi: Activation, z: number, E: number, reach: number): number =>
  farthest((d) => phi.slope(z + d) - phi.slope(z), z, E, reach) / reach;

const steepest = (phi: Activation, z: number, E: number, reach: number): number =>
  farthest((d) => phi.slope(z + d), z, E, reach);

/**
 * |Σⱼ wᵢⱼ sgn(aⱼ) Eⱼ|: equal units make equal errors, relative to what they are, and those add up as they are, not
 * as independent ones.
 */
const alike = (W: Matrix, a: Matrix, E: Matrix): Matrix => abs(multiply(W, hadamard(map(a, Math.sign), E)));

/**
 * What the textbook's slope loses: a(1 − a) and 1 − a² cancel where a unit is saturated. A ReLU that may flip
 * loses its whole slope, which is more than what several that flip together need.
 */
const slopeLoss = (phi: Activation, z: number, a: number, E: number, u: number): number =>
  mayFlip(phi, z, E, u) ? phi.kink / u : phi.textbook.slope(z, a, u);

/** Whether a unit may have landed on the other side of its kink. */
const mayFlip = (phi: Activation, z: number, E: number, u: number): boolean =>
  phi.kink > 0 && Math.abs(z) <= REFERENCE_FACTOR * u * E;

/** |φ′(z)|, or the larger slope beside a kink that may have been crossed. */
const slopeBeside = (phi: Activation, z: number, E: number, u: number): number =>
  mayFlip(phi, z, E, u)
    ? Math.max(Math.abs(phi.slope(z)), Math.abs(phi.slope(-z)), Math.abs(phi.slope(1)))
    : Math.abs(phi.slope(z));
