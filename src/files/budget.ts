const MiB = 2 ** 20;

/**
 * What a run may hold in memory at once, as far as its inputs decide that: files and texts, what they unfold to, arrays
 * at 8 bytes a number, and what each layer of a network computes of all its samples.
 *
 * A gigabyte takes a network 784 → 1024 → 10 with thousands of samples, or Iris with millions, and is less than Node
 * gives itself on small machines.
 */
export const DEFAULT_LIMIT = 1024 * MiB;

/** Counts what a run holds, before it is there: one for all that the run reads, however many files that are. */
export class Budget {
  readonly limit: number;
  readonly #whole: Budget | undefined;
  #taken = 0;

  constructor(limit = DEFAULT_LIMIT, whole?: Budget) {
    this.limit = limit;
    this.#whole = whole;
  }

  /** How many bytes can still be had. */
  get left(): number {
    return this.#whole?.left ?? this.limit - this.#taken;
  }

  /**
   * Takes so many bytes.
   *
   * @param found what they are for, in words for an error
   * @returns why they cannot be had; then none are taken
   */
  take(bytes: number, found?: string): string | undefined {
    if (!(bytes <= this.left)) return this.excess(bytes, found);
    for (let budget: Budget | undefined = this; budget !== undefined; budget = budget.#whole)
      budget.#taken += bytes;
    return undefined;
  }

  /** Why more than `left` cannot be had, where that is known already. */
  excess(bytes: number, found = `${mebibytes(bytes)} MiB`): string {
    const taken = this.limit - this.left;
    const before = taken < MiB ? '' : `, and ${mebibytes(taken)} are taken`;
    return `too large: ${found}; a run may hold ${mebibytes(this.limit)} MiB in all${before}`;
  }

  /** A budget whose bytes are taken of this one as well, until it is released. */
  part(): Budget {
    return new Budget(this.limit, this);
  }

  /** Gives back all that was taken: it is not held any more. */
  release(): void {
    for (let budget = this.#whole; budget !== undefined; budget = budget.#whole) budget.#taken -= this.#taken;
    this.#taken = 0;
  }
}

/** Whole ones, unless there are few. */
export const mebibytes = (bytes: number): string => {
  const all = bytes / MiB;
  return all >= 10 ? String(Math.round(all)) : String(Number(all.toPrecision(2)));
};
