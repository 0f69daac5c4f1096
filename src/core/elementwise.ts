import { kernels } from '../kernels/choice.ts';
import type { Elementwise } from '../kernels/kernels.ts';
import { room } from './zeros.ts';

/*
 * Functions of each entry of an array: what a pass takes of whole layers, where one of a number at a time would be
 * slower by the call.
 */

/** A new array of f of each entry of x. */
export function each(x: Float64Array, f: (value: number) => number): Float64Array {
  const y = room(x.length);
  for (let i = 0; i < x.length; i++) y[i] = f(x[i]!);
  return y;
}

/** A new array of f of each pair of entries of two arrays of one length. */
export function pairs(x: Float64Array, y: Float64Array, f: (x: number, y: number) => number): Float64Array {
  const r = room(x.length);
  for (let i = 0; i < x.length; i++) r[i] = f(x[i]!, y[i]!);
  return r;
}

const anew =
  (f: Elementwise) =>
  (x: Float64Array): Float64Array => {
    const y = room(x.length);
    f(x, y);
    return y;
  };

/** eˣ */
export const exp = anew((x, y) => kernels.exp(x, y));
/** eˣ − 1 */
export const expm1 = anew((x, y) => kernels.expm1(x, y));
/** log(1 + x) */
export const log1p = anew((x, y) => kernels.log1p(x, y));
/** σ(x) */
export const sigmoid = anew((x, y) => kernels.sigmoid(x, y));
/** σ′(x) = σ(x) σ(−x) */
export const sigmoidSlope = anew((x, y) => kernels.sigmoidSlope(x, y));
/** σ(x) and σ′(x), from one exponential. */
export function sigmoidAndSlope(x: Float64Array): [value: Float64Array, slope: Float64Array] {
  const [value, slope] = [room(x.length), room(x.length)];
  kernels.sigmoidAndSlope(x, value, slope);
  return [value, slope];
}
/** tanh x */
export const tanh = anew((x, y) => kernels.tanh(x, y));
