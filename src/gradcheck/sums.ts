import { zeros } from '../core/zeros.ts';

/** A compensated sum (Neumaier 1974): its error does not grow with the number of terms. */
export class Sum {
  #sum = 0;
  #lost = 0;

  add(value: number): void {
    const total = this.#sum + value;
    this.#lost +=
      Math.abs(this.#sum) >= Math.abs(value) ? this.#sum - total + value : value - total + this.#sum;
    this.#sum = total;
  }

  get value(): number {
    return this.#sum + this.#lost;
  }
}

/** How many samples are summed at once. */
export const BLOCK = 8;

/**
 * Many sums Σₙ sᵢₙ aⱼₙ of products, block by block of samples: each block in a tree, three additions deep, and added
 * to the rest with compensation. A sum over any number of samples is then off by at most about four roundings of its
 * terms. It is the numerical gradient's own: a kernel that backprop uses must not be checked by itself.
 */
export class BlockedSums {
  readonly #cols: number;
  readonly #sums: Float64Array;
  readonly #lost: Float64Array;

  constructor(rows: number, cols: number) {
    this.#cols = cols;
    this.#sums = zeros(rows * cols);
    this.#lost = zeros(rows * cols);
  }

  /**
   * Adds a block to sums of row i: those of the columns from `from` to before `to`.
   *
   * @param s the factors of the row, BLOCK of them
   * @param a the factors of the columns, BLOCK a column
   */
  addBlock(i: number, s: Float64Array, a: Float64Array, from = 0, to = this.#cols): void {
    const [s0, s1, s2, s3] = [s[0]!, s[1]!, s[2]!, s[3]!];
    const [s4, s5, s6, s7] = [s[4]!, s[5]!, s[6]!, s[7]!];
    const sums = this.#sums;
    const lost = this.#lost;
    for (let j = from, p = from * BLOCK, e = i * this.#cols + from; j < to; j++, p += BLOCK, e++) {
      const first = s0 * a[p]! + s1 * a[p + 1]! + (s2 * a[p + 2]! + s3 * a[p + 3]!);
      const second = s4 * a[p + 4]! + s5 * a[p + 5]! + (s6 * a[p + 6]! + s7 * a[p + 7]!);
      const term = first + second;
      const before = sums[e]!;
      const after = before + term;
      const added = after - before;
      lost[e]! += before - (after - added) + (term - added); // Knuth's two-sum
      sums[e] = after;
    }
  }

  /** Adds a single term to sum (i, j). */
  add(i: number, j: number, term: number): void {
    const e = i * this.#cols + j;
    const before = this.#sums[e]!;
    const after = before + term;
    const added = after - before;
    this.#lost[e]! += before - (after - added) + (term - added);
    this.#sums[e] = after;
  }

  /** Sum e, counted row by row. */
  at(e: number): number {
    return this.#sums[e]! + this.#lost[e]!;
  }
}
