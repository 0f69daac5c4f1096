import type { Pass, Step } from '../core/forward.ts';
import type { Matrix } from '../core/matrix.ts';
import { penaltyFactor } from '../core/penalty.ts';
import { divisorOf } from '../core/reduction.ts';
import { lasting, zeros } from '../core/zeros.ts';
import type { Selection, Slopes } from './slopes.ts';
import { BLOCK, BlockedSums } from './sums.ts';
import { Upward } from './upward.ts';

/**
 * The numerical gradient by a difference for each unit and sample, not for each weight.
 *
 * A change of Wᵢⱼ by h changes zᵢ by h·aⱼ, and at a tiny h the loss moves in proportion to that, to the last digit: so
 * one difference for zᵢ moved up and one for it moved down say it of all weights of the unit, by z = Wa + b. With R
 * and L the slopes on either side of zᵢ, the entry is Σₙ Raⱼ on the right and Σₙ Laⱼ on the left, and the other way
 * round where aⱼ < 0:
 *
 *     central ± half,   central = Σₙ ½(R + L)aⱼ,   half = Σₙ ½(R − L)|aⱼ|.
 *
 * That holds on kinks, too, where half the change of zᵢ makes half the change of the loss. Where something is so near
 * to a kink, or grows so fast, that it is not in proportion, each weight has a difference of its own.
 *
 * @param step a power of 2
 */
export function slopesByUnit(pass: Pass, selection: Selection, step: number): Slopes[] {
  const upwards = Upward.fromEach(pass);
  return pass.steps.flatMap((layer, l) => new LayerSlopes(pass, layer, upwards[l]!, step).of(selection));
}

/** Some entries of a row of [W b]: those of the columns from one to before another. */
type Range = readonly [from: number, to: number];

class LayerSlopes {
  readonly #pass: Pass;
  readonly #layer: Step;
  readonly #upward: Upward;
  readonly #step: number;
  /** of [W b]: one more than W, where there are biases */
  readonly #cols: number;
  readonly #central: BlockedSums;
  /** none, as long as all slopes are the same on either side */
  #half: BlockedSums | undefined;

  constructor(pass: Pass, layer: Step, upward: Upward, step: number) {
    this.#pass = pass;
    this.#layer = layer;
    this.#upward = upward;
    this.#step = step;
    this.#cols = layer.input.rows + (pass.network.biased ? 1 : 0);
    this.#central = new BlockedSums(layer.z.rows, this.#cols);
  }

  of(selection: Selection): Slopes[] {
    const { layer, input, z } = this.#layer;
    const { rows, cols } = layer.W;
    const [dW, db] = [`dW${layer.number}`, `db${layer.number}`];
    const weights = selection(dW, rows * cols);
    const biases = this.#pass.network.biased ? selection(db, rows) : [];
    const ranges = rangesOf(rows, this.#cols, cols, weights, biases);
    const block = new Block(input, this.#cols);
    for (let n = 0; n < z.cols; n += BLOCK) {
      block.take(n);
      for (const [i, wanted] of ranges.entries()) if (wanted.length > 0) this.#addRow(i, n, block, wanted);
    }
    const slopes = [
      this.#slopes(dW, [rows, cols], weights, (e) => Math.floor(e / cols) * this.#cols + (e % cols)),
    ];
    addPenalty(slopes[0]!, weights, penaltyFactor(this.#pass.network), layer.W.data);
    if (this.#pass.network.biased)
      slopes.push(this.#slopes(db, [rows], biases, (i) => i * this.#cols + cols));
    return slopes;
  }

  /** A block of samples, of all weights of unit i that are wanted. */
  #addRow(i: number, n0: number, block: Block, wanted: readonly Range[]): void {
    const { s, h } = block;
    let open = false;
    for (let r = 0; r < BLOCK; r++) {
      s[r] = 0;
      h[r] = 0;
      const n = n0 + r;
      if (block.move[r] === 0) continue; // beyond the last sample, too
      const d = this.#step * block.move[r]!;
      const right = this.#slope(i, n, d);
      const left = this.#slope(i, n, -d);
      if (right === left) s[r] = right;
      else if (right === this.#slope(i, n, d / 2) && left === this.#slope(i, n, -d / 2)) {
        s[r] = (left + right) / 2;
        h[r] = (right - left) / 2;
        open = true;
      } else this.#addByWeight(i, n, wanted, block, r);
    }
    for (const [from, to] of wanted) {
      this.#central.addBlock(i, s, block.a, from, to);
      if (open) this.#halves().addBlock(i, h, block.sizes(), from, to);
    }
  }

  /** The slope of the loss of sample n on one side of zᵢ; NaN where it is not the same on all of that side up to d. */
  #slope(i: number, n: number, d: number): number {
    const slope = this.#upward.difference(i, n, d) / d;
    return this.#upward.linear && Number.isFinite(slope) ? slope : Number.NaN;
  }

  /** A sample in which unit i does not answer in proportion: with a difference for each of its weights. */
  #addByWeight(i: number, n: number, wanted: readonly Range[], { a }: Block, r: number): void {
    for (const [from, to] of wanted) {
      for (let j = from; j < to; j++) {
        const d = this.#step * a[j * BLOCK + r]!;
        if (d === 0) continue;
        const right = this.#upward.difference(i, n, d) / this.#step;
        const left = -this.#upward.difference(i, n, -d) / this.#step;
        this.#central.add(i, j, (left + right) / 2);
        if (left !== right) this.#halves().add(i, j, (right - left) / 2);
      }
    }
  }

  #halves(): BlockedSums {
    this.#half ??= new BlockedSums(this.#layer.z.rows, this.#cols);
    return this.#half;
  }

  /** @param placeOf where an entry stands in [W b] */
  #slopes(
    name: string,
    shape: readonly number[],
    selected: readonly number[],
    placeOf: (e: number) => number,
  ): Slopes {
    const divisor = divisorOf(this.#pass.network);
    const central = lasting(shape.reduce((product, length) => product * length, 1));
    for (const e of selected) central[e] = this.#central.at(placeOf(e)) / divisor;
    if (this.#half === undefined) return { name, shape, left: central, right: central, central };
    const [left, right] = [central.slice(), central.slice()];
    for (const e of selected) {
      const half = this.#half.at(placeOf(e)) / divisor;
      left[e]! -= half;
      right[e]! += half;
    }
    return { name, shape, left, right, central };
  }
}

/** λ′w, on either side the same: a ½λ′h would drown a w below h. */
function addPenalty(slopes: Slopes, selected: readonly number[], lambda: number, W: Float64Array): void {
  if (lambda === 0) return;
  for (const side of new Set([slopes.central, slopes.left, slopes.right]))
    for (const e of selected) side[e]! += lambda * W[e]!;
}

/** BLOCK samples of what a layer takes, a 1 for the bias below it, and what its units answer to them. */
class Block {
  /** BLOCK of each column of [W b]; 0 beyond the last sample */
  readonly a: Float64Array;
  /** by sample: a power of 2 that is at least the largest |aⱼ|, by so many steps each z is moved; 0 where nothing moves */
  readonly move = new Float64Array(BLOCK);
  /** what stands for ½(R + L), and for ½(R − L) */
  readonly s = new Float64Array(BLOCK);
  readonly h = new Float64Array(BLOCK);
  readonly #input: Matrix;
  #sizes: Float64Array | undefined;

  constructor(input: Matrix, cols: number) {
    this.#input = input;
    this.a = zeros(cols * BLOCK);
  }

  take(n0: number): void {
    const { rows, cols: N, data } = this.#input;
    const count = Math.min(BLOCK, N - n0);
    this.#sizes = undefined;
    this.a.fill(0);
    this.move.fill(0);
    for (let j = 0; j * BLOCK < this.a.length; j++) {
      for (let r = 0; r < count; r++) {
        const a = j < rows ? data[j * N + n0 + r]! : 1;
        this.a[j * BLOCK + r] = a;
        this.move[r] = Math.max(this.move[r]!, Math.abs(a));
      }
    }
    for (let r = 0; r < count; r++)
      if (this.move[r] !== 0) this.move[r] = 2 ** Math.ceil(Math.log2(this.move[r]!));
  }

  /** |a| */
  sizes(): Float64Array {
    this.#sizes ??= this.a.map(Math.abs);
    return this.#sizes;
  }
}

/** What is wanted of each row of [W b]: all of it in one range, or entry by entry. */
function rangesOf(
  rows: number,
  all: number,
  cols: number,
  weights: readonly number[],
  biases: readonly number[],
): Range[][] {
  if (weights.length + biases.length === rows * all) return new Array<Range[]>(rows).fill([[0, all]]);
  const ranges: Range[][] = Array.from({ length: rows }, () => []);
  for (const e of weights) ranges[Math.floor(e / cols)]!.push([e % cols, (e % cols) + 1]);
  for (const i of biases) ranges[i]!.push([cols, all]);
  return ranges;
}
