import type { Pass } from '../core/forward.ts';
import {
  abs,
  add,
  addToColumns,
  multiply,
  multiplyTransposed,
  rowSums,
  transpose,
  zip,
} from '../core/matrix.ts';
import { UNIT_ROUNDOFF } from './noise.ts';
import { type ErrorModel, type RoundingSizes, roundingSizes } from './rounding.ts';

/** All errors added up: a bound, for the error bar against the truth. */
const bound: ErrorModel = {
  of: 'bound',
  u: UNIT_ROUNDOFF,
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
  outputError: (e) => e,
  value: (phi, z, v, E) => Math.abs(phi.slope(z)) * E + Math.abs(v),
  // Σ(e|a| + |d|(|a| + Ea)): our sums are compensated, or short
  weightGradient: (e, d, a, Ea) =>
    add(
      multiplyTransposed(e, abs(a)),
      multiplyTransposed(
        abs(d),
        zip(a, Ea, (value, E) => Math.abs(value) + E),
      ),
    ),
  biasGradient: (e, d) => rowSums(zip(e, d, (error, value) => error + Math.abs(value))),
  regularization: () => 1,
  runningSum: () => 0,
  throughWeights: (W, e, d) =>
    multiply(
      transpose(abs(W)),
      zip(e, d, (error, value) => error + Math.abs(value)),
    ),
  throughSlope: (phi, through, v, z, _a, E) =>
    Math.abs(phi.slope(z)) * through + v * (phi.curvature(z) * E + phi.slopeSize(z)),
};

/** The conditioned sizes: 8u of them covers the distance of our own results from the truth. */
export const conditionedSize = (pass: Pass): RoundingSizes => roundingSizes(pass, bound);
