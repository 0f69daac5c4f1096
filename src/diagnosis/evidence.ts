import type { Pass } from '../core/forward.ts';
import { largest } from '../core/matrix.ts';
import type { Tensor } from '../core/network.ts';

/** How closely two gradients must agree to be called the same: as references are judged. */
export interface Closeness {
  readonly rtol: number;
  readonly atol: number;
  /** the rounding of each entry of the right gradient, and half a unit of its last printed digit */
  readonly noise: ReadonlyMap<string, Float64Array>;
}

/** Two gradients by one rule agree far more closely than the tolerance for references: what is named must. */
const CLOSE = 1e-9;

/** How many rows and columns of a large tensor are looked at before all of it is. */
const SAMPLED = 8;

/** What a reference shows of one tensor, beside the right one. */
export class Evidence {
  readonly name: string;
  readonly layer: number;
  readonly right: Tensor;
  readonly given: Tensor;
  readonly isWrong: boolean;
  readonly #noise: Float64Array;
  readonly #rtol: number;
  readonly #atol: number;
  readonly #largest: number;

  constructor(right: Tensor, given: Tensor, isWrong: boolean, { rtol, atol, noise }: Closeness) {
    this.name = right.name;
    this.layer = Number(/\d+$/.exec(right.name)?.[0]);
    this.right = right;
    this.given = given;
    this.isWrong = isWrong;
    this.#noise = noise.get(right.name)!;
    this.#rtol = rtol > 1e-7 ? 4 * rtol : Math.min(rtol, CLOSE);
    this.#atol = atol;
    this.#largest = Math.max(largest(right.data), 1e-300);
  }

  /** Whether it has the shape of the right one. */
  get fits(): boolean {
    return this.given.shape.join() === this.right.shape.join();
  }

  /** How far entry i may be from what a rule makes of it, where that sums terms of some size. */
  tolerance(i: number, value: number, size: number): number {
    const noise = this.#noise[i] ?? this.#noise[0] ?? 0;
    const grown = Math.max(1, Math.abs(value) / this.#largest, size / this.#largest);
    return (
      this.#atol +
      this.#rtol * Math.max(Math.abs(value), Math.abs(this.given.data[i]!)) +
      noise * grown +
      (64 + 8 * (this.#rtol / CLOSE)) * 2 ** -53 * size
    );
  }

  /** Whether entry i is what a rule makes of it. */
  matches(i: number, value: number, size = Math.abs(value)): boolean {
    const theirs = this.given.data[i]!;
    return Number.isFinite(theirs) && Math.abs(theirs - value) <= this.tolerance(i, value, size);
  }

  /** By how many bits entry i tells that the right rule was not used. */
  bits(i: number): number {
    const [a, r] = [this.right.data[i] ?? 0, this.given.data[i]!];
    const t = Math.max(this.tolerance(i, a, Math.abs(a)), 1e-300);
    return Math.max(0, Math.log2(Math.abs(a - r) / t));
  }
}

/** Which rows and columns of dW of a layer are looked at: those that differ most from the right ones, and some others. */
export function blockOf(dW: Evidence | undefined, rows: number, cols: number): Block {
  const all = (length: number): number[] => [...Array(length).keys()];
  if (rows * cols <= 400 || dW === undefined || !dW.fits)
    return { rows: some(all(rows)), cols: some(all(cols)) };
  const off = (at: (k: number) => number, k: number, count: number): number => {
    let most = 0;
    for (let i = 0; i < count; i++) {
      const e = at(i) + k;
      most = Math.max(most, Math.abs(dW.given.data[e]! - dW.right.data[e]!));
    }
    return most;
  };
  const byRow = all(rows).map((i) => off((j) => j, i * cols, cols));
  const byCol = all(cols).map((j) => off((i) => i * cols, j, rows));
  return { rows: some(mostFirst(byRow)), cols: some(mostFirst(byCol)) };
}

/** Rows and columns of a matrix, in order. */
export interface Block {
  readonly rows: readonly number[];
  readonly cols: readonly number[];
}

const mostFirst = (sizes: readonly number[]): number[] =>
  [...sizes.keys()].sort((a, b) => sizes[b]! - sizes[a]! || a - b);

/** Half of them the first, half spread over the rest; all where there are few. */
function some(indices: readonly number[]): number[] {
  if (indices.length <= 2 * SAMPLED) return [...indices].sort((a, b) => a - b);
  const stride = Math.floor((indices.length - SAMPLED) / SAMPLED);
  const spread = Array.from({ length: SAMPLED }, (_, k) => indices[SAMPLED + k * stride]!);
  return [...new Set([...indices.slice(0, SAMPLED), ...spread])].sort((a, b) => a - b);
}

/** What a reference shows of each layer. */
export interface LayerEvidence {
  readonly dW: Evidence | undefined;
  readonly db: Evidence | undefined;
}

export function evidenceOf(
  pass: Pass,
  right: readonly Tensor[],
  given: readonly Tensor[],
  wrong: readonly string[],
  closeness: Closeness,
): LayerEvidence[] {
  const of = (name: string): Evidence | undefined => {
    const [ours, theirs] = [right, given].map((all) => all.find((tensor) => tensor.name === name));
    if (ours === undefined || theirs === undefined || !closeness.noise.has(name)) return undefined;
    return new Evidence(ours, theirs, wrong.includes(name), closeness);
  };
  return pass.steps.map(({ layer: { number } }) => ({ dW: of(`dW${number}`), db: of(`db${number}`) }));
}
