import { randomNumbers } from '../core/random.ts';
import { lasting } from '../core/zeros.ts';

/**
 * The two one-sided difference quotients of the loss for each entry of a parameter:
 * left (J(θ) − J(θ−h))/h and right (J(θ+h) − J(θ))/h, and their mean, the central one.
 */
export interface Slopes {
  /** of the gradient: dW1, db1, … */
  readonly name: string;
  readonly shape: readonly number[];
  readonly left: Float64Array;
  readonly right: Float64Array;
  /** (J(θ+h) − J(θ−h)) / 2h: computed for itself, for the mean of two large slopes may lose a small one */
  readonly central: Float64Array;
}

/** Slopes of a tensor, zeros as yet. */
export function emptySlopes(name: string, shape: readonly number[]): Slopes {
  const size = shape.reduce((product, length) => product * length, 1);
  const zeros = (): Float64Array => new Float64Array(size);
  return { name, shape, left: zeros(), right: zeros(), central: zeros() };
}

/** Which entries of a gradient are to be computed, by name and size. */
export type Selection = (name: string, size: number) => readonly number[];

export const everything: Selection = (_name, size) => {
  const all = new Array<number>(size);
  for (let i = 0; i < size; i++) all[i] = i;
  return all;
};

/**
 * K entries of each tensor, drawn without replacement, the same ones for the same seed (Floyd's sampling,
 * Comm. ACM 30(9), 1987); all of a tensor that has no more.
 */
export function sampleOf(K: number, seed: number): Selection {
  return (name, size) => {
    if (K >= size) return everything(name, size);
    const random = randomNumbers(seed, name);
    const drawn = new Set<number>();
    for (let last = size - K; last < size; last++) {
      const candidate = Math.floor(random.uniform() * (last + 1));
      drawn.add(drawn.has(candidate) ? last : candidate);
    }
    return [...drawn].sort((a, b) => a - b);
  };
}

/** Half the difference of the one-sided slopes: the truncation error of a smooth loss, the jump of a kink. */
export function halfDifference({ left, right }: Slopes): Float64Array {
  const half = lasting(left.length);
  if (left === right) return half;
  for (let i = 0; i < half.length; i++) half[i] = Math.abs(left[i]! - right[i]!) / 2;
  return half;
}
