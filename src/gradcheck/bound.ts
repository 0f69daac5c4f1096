import type { Pass } from '../core/forward.ts';
import {
  abs,
  add,
  largest,
  type Matrix,
  matrix,
  multiply,
  multiplyTransposed,
  rowSums,
  transposedMultiply,
} from '../core/matrix.ts';
import type { Tensor } from '../core/network.ts';
import { room } from '../core/zeros.ts';
import { UNIT_ROUNDOFF } from './noise.ts';
import { inParts } from './parts.ts';
import { type ErrorModel, type RoundingSizes, roundingErrors, roundingSizes } from './rounding.ts';

/** All errors added up: a bound, for the error bar against the truth. */
const bound: ErrorModel = {
  of: 'bound',
  u: UNIT_ROUNDOFF,
  input: () => 0,
  // |b| + |z| + Σ|w|(2|a| + Ea)
  preactivation({ layer, input, z }, Ea) {
    const terms = matrix(input.rows, input.cols, room(input.data.length));
    for (let i = 0; i < terms.data.length; i++) terms.data[i] = 2 * Math.abs(input.data[i]!) + Ea.data[i]!;
    const Ez = multiply(abs(layer.W), terms);
    for (let i = 0, e = 0; i < z.rows; i++) {
      const b = Math.abs(layer.b[i]!);
      for (let n = 0; n < z.cols; n++, e++) Ez.data[e]! += b + Math.abs(z.data[e]!);
    }
    return Ez;
  },
  outputError: (e) => e,
  value: (phi, z, v, E) => Math.abs(phi.slope(z)) * E + Math.abs(v),
  // Σ((e + |d|)|a| + |d|Ea): our sums are compensated, or short
  weightGradient(e, d, a, Ea) {
    const own = multiplyTransposed(sizeOf(e, d), abs(a));
    const exact = largest(Ea.data) === 0; // what comes in from outside
    return exact ? own : add(own, multiplyTransposed(abs(d), Ea));
  },
  biasGradient: (e, d) => rowSums(sizeOf(e, d)),
  regularization: () => 1,
  runningSum: () => 0,
  throughWeights: (W, e, d) => transposedMultiply(abs(W), sizeOf(e, d)),
  throughSlope: (phi, through, v, z, _a, E) =>
    Math.abs(phi.slope(z)) * through + v * (phi.curvature(z) * E + phi.slopeSize(z)),
};

/** e + |d| */
function sizeOf(e: Matrix, d: Matrix): Matrix {
  const size = matrix(e.rows, e.cols, room(e.data.length));
  for (let i = 0; i < size.data.length; i++) size.data[i] = e.data[i]! + Math.abs(d.data[i]!);
  return size;
}

/** The conditioned sizes: 8u of them covers the distance of our own results from the truth. */
export const conditionedSize = (pass: Pass): RoundingSizes => roundingSizes(pass, bound);

/** Those of the gradients, which need no memory for all samples. */
export const conditionedGradients = (pass: Pass): Tensor[] =>
  inParts(pass, (part) => roundingErrors(part, bound).gradients);
