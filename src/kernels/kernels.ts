/** The inner loops of the engine behind one small interface, so that faster ones can take their place. */
export interface Kernels {
  /** C = A B, with A of m × k, B of k × n and C of m × n, all row by row; C is overwritten. */
  multiply(A: Float64Array, B: Float64Array, C: Float64Array, m: number, k: number, n: number): void;
  /** C = A Bᵀ, with A of m × k, B of n × k and C of m × n, all row by row; C is overwritten. */
  multiplyTransposed(
    A: Float64Array,
    B: Float64Array,
    C: Float64Array,
    m: number,
    k: number,
    n: number,
  ): void;
}
