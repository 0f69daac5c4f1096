import { type Matrix, transpose } from './matrix.ts';
import type { Tensor } from './network.ts';

/** How samples and weights lie in a config, and so in everything that is printed about it. */
export interface Orientation {
  readonly samples: 'columns' | 'rows';
  readonly weights: 'out-in' | 'in-out';
}

/** The orientation that the mathematics uses: a sample is a column, W is Hₗ × Hₗ₋₁. */
export const CANONICAL: Orientation = { samples: 'columns', weights: 'out-in' };

/** A parameter or its gradient as the config's own weights lie; its own inverse. */
export function orientWeights(tensor: Tensor, { weights }: Orientation): Tensor {
  const [rows, cols] = tensor.shape;
  if (weights === 'out-in' || rows === undefined || cols === undefined) return tensor;
  return { name: tensor.name, shape: [cols, rows], data: transpose({ rows, cols, data: tensor.data }).data };
}

/** Logits or probabilities, C × N, as the config's own samples lie. */
export function orientSamples(name: string, M: Matrix, { samples }: Orientation): Tensor {
  const { rows, cols, data } = samples === 'rows' ? transpose(M) : M;
  return { name, shape: [rows, cols], data };
}
