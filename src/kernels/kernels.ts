import type { Arena } from './arena.ts';

/**
 * The inner loops of the engine behind one small interface, so that faster ones can take their place.
 *
 * Matrices lie row by row. A product overwrites C, which is neither A nor B; a function of each entry writes to y as
 * many entries as x has, and y may be x.
 */
export interface Kernels {
  /** Room for arrays that need not be copied to be worked on; plain loops have none. */
  readonly arena: Arena | undefined;
  /** C = A B, with A of m × k, B of k × n and C of m × n; or b 1ᵀ + A B, where the sums of row i begin with bᵢ. */
  readonly multiply: (...given: [...Parameters<Product>, b?: Float64Array]) => void;
  /** C = A Bᵀ, with A of m × k, B of n × k and C of m × n. */
  readonly multiplyTransposed: Product;
  /** C = Aᵀ B, with A of k × m, B of k × n and C of m × n. */
  readonly transposedMultiply: Product;
  /** y = eˣ, within 2 ulp. */
  readonly exp: Elementwise;
  /** y = eˣ − 1, within 2 ulp. */
  readonly expm1: Elementwise;
  /** y = log(1 + x), within 2 ulp. */
  readonly log1p: Elementwise;
  /** y = σ(x) = 1 / (1 + e⁻ˣ), within 3 ulp. */
  readonly sigmoid: Elementwise;
  /** y = σ(x) σ(−x), within 4 ulp. */
  readonly sigmoidSlope: Elementwise;
  /** Both, y and s, of which neither is the other nor s is x: the same numbers from one exponential. */
  readonly sigmoidAndSlope: (x: Float64Array, y: Float64Array, s: Float64Array) => void;
  /** y = tanh x, within 4 ulp. */
  readonly tanh: Elementwise;
  /** r = x + y */
  readonly add: Pairwise;
  /** r = x ◦ y */
  readonly times: Pairwise;
  /** r = c x */
  readonly scale: (c: number, x: Float64Array, r: Float64Array) => void;
  /** Σ xᵢ², in four sums of which each takes every fourth number. */
  readonly squares: (x: Float64Array) => number;
  /** y = softmax(z) of each column of C × N, the sums in the order of the index; y is not z. */
  readonly softmax: (z: Float64Array, y: Float64Array, C: number, N: number) => void;
  /**
   * N losses, Σ tₖ(zₘ − zₖ) + T log(1 + Σ_{k≠m} yₖ / yₘ) of each column of C × N with y = softmax(z), m the largest and
   * T = Σ tₖ. A tₖ of 0 counts nothing, even beside a zₖ of −∞.
   */
  readonly crossEntropy: (
    z: Float64Array,
    y: Float64Array,
    t: Float64Array,
    losses: Float64Array,
    C: number,
    N: number,
  ) => void;
  /**
   * r = T y − t in each column of C × N with T = Σ tₖ; where one T yₖ + tₖ is T or more, and so outweighs the others, its
   * row has minus the sum of the others, which is the same for Σ yₖ = 1. r is neither y nor t.
   */
  readonly residual: (y: Float64Array, t: Float64Array, r: Float64Array, C: number, N: number) => void;
}

export type Product = (
  A: Float64Array,
  B: Float64Array,
  C: Float64Array,
  m: number,
  k: number,
  n: number,
) => void;

/** r may be x or y. */
export type Pairwise = (x: Float64Array, y: Float64Array, r: Float64Array) => void;

export type Elementwise = (x: Float64Array, y: Float64Array) => void;
