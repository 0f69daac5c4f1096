import type { Tensor } from '../core/network.ts';

/** The tensor in the wanted shape: as it is, flat, or a bias that lies as a column or a row. */
export function reshape(tensor: Tensor, shape: readonly number[]): Tensor | undefined {
  if (tensor.shape.length === shape.length && tensor.shape.every((size, i) => size === shape[i]))
    return tensor;
  const size = shape.reduce((product, length) => product * length, 1);
  if (tensor.data.length !== size || size === 0) return undefined;
  const isFlat = tensor.shape.length <= 1; // row by row, or the only number
  const isColumn = shape.length === 1 && tensor.shape.every((length) => length === 1 || length === size);
  return isFlat || isColumn ? { ...tensor, shape } : undefined;
}

/** A tensor without the dimensions of 1 that it has before those that are wanted: a batch of one. */
export function withoutLeadingOnes(tensor: Tensor, rank: number): Tensor {
  const { shape } = tensor;
  const sizes = shape.findIndex((size, depth) => size !== 1 || shape.length - depth <= rank);
  return { ...tensor, shape: shape.slice(sizes) };
}

/** `4 × 3` */
export const sizesOf = (shape: readonly number[]): string => shape.join(' × ') || 'a number';
