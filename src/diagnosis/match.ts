import { type Context, type Rules, rules } from '../core/backprop.ts';
import type { Pass, Step } from '../core/forward.ts';
import { abs, at, largest, type Matrix, matrix, rowSums } from '../core/matrix.ts';
import { type Alternative, alternativesAt } from './alternatives.ts';
import type { Block, Evidence, LayerEvidence } from './evidence.ts';
import { blockOf } from './evidence.ts';
import { leastSquares } from './least-squares.ts';
import type { KnownNumber } from './numbers.ts';
import type { Choice, Factored } from './path.ts';

/** What a layer's dW and db show of the rules that made them, given the error of the layer. */
export interface Matched {
  readonly choices: readonly Choice[];
  /** the factor of the error that goes on below */
  readonly carried: number;
}

/** The whole of a layer's error, where a part of its rows is not enough. */
export interface WholeLayer {
  readonly delta: Matrix;
  readonly context: Context;
}

/** Some rows of a matrix. */
export const rowsOf = (M: Matrix, rows: readonly number[]): Matrix => {
  if (rows.length === M.rows) return M;
  const R = matrix(rows.length, M.cols);
  rows.forEach((i, r) => {
    R.data.set(M.data.subarray(i * M.cols, (i + 1) * M.cols), r * M.cols);
  });
  return R;
};

/** A value of dW as a rule has it, with the size of its terms, and where the reference has it. */
interface Entries {
  readonly values: Float64Array;
  readonly sizes: Float64Array;
}

/** A way to explain a tensor: the rules used, and the factor of what depends on the error. */
interface Option {
  readonly choices: readonly Choice[];
  readonly factor: number;
}

/** An untold tensor: nothing is known of its rules. */
const UNSEEN: Option = { choices: [], factor: Number.NaN };

const SAME = 1e-6;

/** One layer of the network beside what a reference shows of it. */
export class LayerMatcher {
  readonly step: Step;
  readonly block: Block;
  readonly #pass: Pass;
  readonly #dW: Evidence | undefined;
  readonly #db: Evidence | undefined;
  readonly #known: readonly KnownNumber[];
  readonly #weights: readonly Alternative[];
  readonly #whole: readonly Alternative[];
  readonly #bias: readonly Alternative[];
  readonly #penalties: readonly { readonly alternative: Alternative | undefined; readonly R: Entries }[];

  constructor(pass: Pass, step: Step, { dW, db }: LayerEvidence, known: readonly KnownNumber[]) {
    this.step = step;
    this.#pass = pass;
    this.#dW = dW?.fits ? dW : undefined;
    this.#db = db;
    this.#known = known;
    this.block = blockOf(this.#dW, step.layer.W.rows, step.layer.W.cols);
    this.#weights = alternativesAt('weights', step, pass);
    this.#whole = alternativesAt('whole', step, pass);
    this.#bias = alternativesAt('bias', step, pass);
    this.#penalties = this.#penaltiesOf();
  }

  /** Whether a reference shows anything of this layer. */
  get isSeen(): boolean {
    return this.#dW !== undefined || this.#db !== undefined;
  }

  /**
   * Whether just nothing of the error reaches this layer, to the last bit: it was cut off, or never written. What
   * sums to nothing leaves rounding.
   */
  get showsNothing(): boolean {
    const penalty = rules.regularization(this.step, this.#pass).data;
    const isPenalty = (r: number, i: number): boolean => Math.abs(r - penalty[i]!) <= 2 ** -50 * Math.abs(r);
    const { given: dW } = this.#dW ?? {};
    return (
      this.isSeen &&
      (dW?.data.every(isPenalty) ?? true) &&
      (this.#db?.given.data.every((r) => r === 0) ?? true)
    );
  }

  #penaltiesOf(): { alternative: Alternative | undefined; R: Entries }[] {
    const { step } = this;
    const right = this.#blockEntries(rules.regularization(step, this.#pass));
    const others = alternativesAt('regularization', step, this.#pass).map((alternative) => {
      const own: Rules = { ...rules, ...alternative.apply(rules) };
      return { alternative, R: this.#blockEntries(own.regularization(step, this.#pass)) };
    });
    return [
      { alternative: undefined, R: right },
      ...others.filter(({ R }) => !isSame(R.values, right.values)),
    ];
  }

  #blockEntries(M: Matrix): Entries {
    const { rows, cols } = this.block;
    const values = Float64Array.from(rows.flatMap((i) => cols.map((j) => at(M, i, j))));
    return { values, sizes: values.map(Math.abs) };
  }

  /** δaᵀ of the block, by the right rule or another. */
  #dataOf(alternative: Alternative | undefined, delta: Matrix): Entries {
    const own: Rules = alternative === undefined ? rules : { ...rules, ...alternative.apply(rules) };
    const { step } = this;
    const l = step.layer.number;
    const { cols } = this.block;
    const input = rowsOf(step.input, cols);
    // What a rule may take instead of the input lies as that does.
    const stands = step.layer.W.rows === step.layer.W.cols;
    const here: Step = { ...step, input, a: stands ? rowsOf(step.a, cols) : step.a };
    const pass: Pass = {
      ...this.#pass,
      outputs: stands
        ? rowsOf(
            this.#pass.outputs,
            cols.filter((j) => j < this.#pass.outputs.rows),
          )
        : this.#pass.outputs,
      steps: this.#pass.steps.map((other) =>
        other.layer.number === l - 1 ? { ...other, z: rowsOf(other.z, cols) } : other,
      ),
    };
    const values = own.weightGradient(delta, here, pass).data;
    const ofSizes: Step = {
      ...here,
      input: abs(input),
      get a() {
        return abs(here.a); // large, and of use to few rules
      },
    };
    const sizes = own.weightGradient(abs(delta), ofSizes, pass).data;
    return { values, sizes: sizes.map(Math.abs) };
  }

  /** Where the reference has the entries of the block. */
  #places(whole: Alternative | undefined): number[] {
    const { rows: H, cols: D } = this.step.layer.W;
    const { rows, cols } = this.block;
    return rows.flatMap((i) =>
      cols.map((j) => {
        if (whole?.id === 'reversed-rows') return (H - 1 - i) * D + j;
        if (whole?.id === 'transposed-gradient') return j * D + i;
        return i * D + j;
      }),
    );
  }

  /**
   * What explains dW and db, the fewest choices first.
   *
   * @param delta the error at the rows of the block
   * @param spare how many choices are left
   */
  match(delta: Matrix, spare: number, whole: () => WholeLayer): Matched[] {
    const ofW = this.#dW === undefined ? [UNSEEN] : this.#explainW(this.#dW, delta, spare);
    if (ofW.length === 0) return [];
    const ofB = this.#db === undefined ? [UNSEEN] : this.#explainB(this.#db, delta, spare, whole);
    return ofW.flatMap((W) => ofB.flatMap((b) => this.#together(W, b)));
  }

  /** η with T − λW = G − ηG′, for the two parts of an error that weights updated too early make; the shortest near it. */
  rateOf(delta: Matrix, by: Matrix): number | undefined {
    const dW = this.#dW;
    if (dW === undefined) return undefined;
    const [G, U, R] = [this.#dataOf(undefined, delta), this.#dataOf(undefined, by), this.#penalties[0]!.R];
    const places = this.#places(undefined);
    const off = places.map((place, e) => G.values[e]! + R.values[e]! - dW.given.data[place]!);
    const most = largest(U.values);
    if (!(most > 1e-13 * largest(U.sizes)) || !off.every(Number.isFinite)) return undefined;
    let [uu, uo] = [0, 0];
    U.values.forEach((u, e) => {
      uu += (u / most) ** 2;
      uo += (u / most) * off[e]!;
    });
    const rate = uo / uu / most;
    if (!(Math.abs(rate) > 1e-9) || new Set(U.values.map(Math.abs)).size < 3) return undefined;
    const fits = (eta: number): boolean =>
      places.every((place, e) =>
        dW.matches(
          place,
          G.values[e]! + R.values[e]! - eta * U.values[e]!,
          G.sizes[e]! + R.sizes[e]! + Math.abs(eta) * U.sizes[e]!,
        ),
      );
    return shortestThat(fits, rate);
  }

  #explainW(dW: Evidence, delta: Matrix, spare: number): Option[] {
    const l = this.step.layer.number;
    const found: Option[] = [];
    const right = this.#dataOf(undefined, delta);
    const datas = [
      { alternative: undefined, G: right },
      ...(spare === 0
        ? []
        : this.#weights
            .map((alternative) => ({ alternative, G: this.#dataOf(alternative, delta) }))
            .filter(({ G }) => !isSame(G.values, right.values))),
    ];
    for (const whole of [undefined, ...(spare === 0 ? [] : this.#whole)]) {
      const places = this.#places(whole);
      for (const { alternative: data, G } of datas) {
        for (const { alternative: penalty, R } of this.#penalties) {
          const choices: Choice[] = [
            ...(whole ? [{ slot: 'whole', layer: l, alternative: whole } as const] : []),
            ...(data ? [{ slot: 'weights', layer: l, alternative: data } as const] : []),
            ...(penalty ? [{ slot: 'regularization', layer: l, alternative: penalty } as const] : []),
          ];
          if (choices.length > spare) continue;
          const factor = this.#factorOf(dW, places, G, R, choices.length < spare);
          if (factor === 1 && choices.length === 0) return [{ choices, factor }];
          if (factor !== undefined)
            found.push({ choices, factor: factor === 1 ? factorIn(G.values) : factor });
        }
      }
      if (found.length > 0) break;
    }
    if (found.length === 0 && spare > 0) found.push(...this.#fittedPenalty(dW, right));
    if (found.length === 0 && spare > 1) found.push(...this.#fittedParts(dW, right));
    return found.sort((a, b) => cost(a) - cost(b)).slice(0, 6);
  }

  /** c with T = cG + R: 1, a known number, or any. */
  #factorOf(
    dW: Evidence,
    places: readonly number[],
    G: Entries,
    R: Entries,
    mayScale: boolean,
  ): number | undefined {
    const fits = (c: number): boolean =>
      places.every((place, e) =>
        dW.matches(place, c * G.values[e]! + R.values[e]!, Math.abs(c) * G.sizes[e]! + R.sizes[e]!),
      );
    if (fits(1)) return 1;
    if (!mayScale) return undefined;
    const T = places.map((place) => dW.given.data[place]!);
    return fitted(
      T.map((t, e) => t - R.values[e]!),
      G,
      this.#known,
      fits,
    );
  }

  /** The penalty, or all of dW, times some number. */
  #fittedPenalty(dW: Evidence, G: Entries): Option[] {
    const l = this.step.layer.number;
    const R = this.#penalties[0]!.R;
    if (largest(R.values) === 0) return [];
    const places = this.#places(undefined);
    const T = places.map((place) => dW.given.data[place]!);
    const factorsOf = (of: Factored, X: Entries, rest: Entries | undefined): Option[] => {
      const restOf = (e: number): number => rest?.values[e] ?? 0;
      const fits = (c: number): boolean =>
        places.every((place, e) =>
          dW.matches(place, c * X.values[e]! + restOf(e), Math.abs(c) * X.sizes[e]! + (rest?.sizes[e] ?? 0)),
        );
      const factor = fitted(
        T.map((t, e) => t - restOf(e)),
        X,
        this.#known,
        fits,
      );
      return factor === undefined ? [] : [{ choices: [{ slot: 'factor', layer: l, of, factor }], factor: 1 }];
    };
    const sum = {
      values: G.values.map((value, e) => value + R.values[e]!),
      sizes: G.sizes.map((value, e) => value + R.sizes[e]!),
    };
    return [...factorsOf('dW', sum, undefined), ...factorsOf('penalty', R, G)];
  }

  /** T = cG + βR: data and penalty each times a number. */
  #fittedParts(dW: Evidence, G: Entries): Option[] {
    const l = this.step.layer.number;
    const R = this.#penalties[0]!.R;
    const places = this.#places(undefined);
    const T = Float64Array.from(places, (place) => dW.given.data[place]!);
    if (largest(R.values) === 0 || largest(G.values) === 0 || T.length < 6 || !T.every(Number.isFinite))
      return [];
    const [c = 0, beta = 0] = leastSquares([G.values, R.values], T).solution;
    const fits = (data: number, penalty: number): boolean =>
      places.every((place, e) =>
        dW.matches(
          place,
          data * G.values[e]! + penalty * R.values[e]!,
          Math.abs(data) * G.sizes[e]! + Math.abs(penalty) * R.sizes[e]!,
        ),
      );
    const near = this.#known.filter(({ value }) => Math.abs(value - c) <= 1e-4 * Math.abs(c));
    for (const data of [...near.map(({ value }) => value), c]) {
      const factor = shortestThat((penalty) => fits(data, penalty), beta);
      if (factor === undefined || [data, factor].some(isNoFactor)) continue;
      return [{ choices: [{ slot: 'factor', layer: l, of: 'penalty', factor }], factor: data }];
    }
    return [];
  }

  #explainB(db: Evidence, delta: Matrix, spare: number, whole: () => WholeLayer): Option[] {
    const l = this.step.layer.number;
    const found: Option[] = [];
    const sizes = rowSums(abs(delta));
    if (db.given.data.length === this.step.layer.b.length) {
      const factor = this.#factorOfB(db, this.block.rows, { values: rowSums(delta), sizes }, spare > 0);
      if (factor !== undefined) found.push({ choices: [], factor });
      if (factor === 1) return found;
    }
    if (spare === 0) return found;
    const { delta: all, context } = whole();
    const right = rowSums(all);
    const most = rowSums(abs(all)).reduce((sum, value) => sum + value, 0);
    for (const alternative of this.#bias) {
      const own: Rules = { ...rules, ...alternative.apply(rules) };
      const values = own.biasGradient(all, this.step, this.#pass, context);
      if (values.length !== db.given.data.length || isSame(values, right)) continue;
      const size = Math.max(most, largest(values));
      const fits = (ordered: Float64Array): boolean =>
        ordered.every((value, i) => db.matches(i, value, alternative.id === 'bias-zero' ? 0 : size));
      const isTurned = values.length === all.data.length && fits(transposed(values, all.cols));
      if (fits(values) || isTurned)
        found.push({ choices: [{ slot: 'bias', layer: l, alternative }], factor: factorIn(values) });
    }
    return found.sort((a, b) => cost(a) - cost(b)).slice(0, 4);
  }

  #factorOfB(db: Evidence, places: readonly number[], B: Entries, mayScale: boolean): number | undefined {
    const fits = (c: number): boolean =>
      places.every((place, e) => db.matches(place, c * B.values[e]!, Math.abs(c) * B.sizes[e]!));
    if (fits(1)) return 1;
    if (!mayScale) return undefined;
    return fitted(
      places.map((place) => db.given.data[place]!),
      B,
      this.#known,
      fits,
    );
  }

  /** The factors of dW and db in one: of the error itself, or of what stands in this layer alone. */
  #together(W: Option, b: Option): Matched[] {
    const l = this.step.layer.number;
    const rest = [...W.choices, ...b.choices];
    const factorOf = (of: Factored, factor: number): Choice => ({ slot: 'factor', layer: l, of, factor });
    const [c, g] = [W.factor, b.factor];
    const only = Number.isNaN(c) ? g : Number.isNaN(g) ? c : undefined;
    if (only === 1 || (Number.isNaN(c) && Number.isNaN(g))) return [{ choices: rest, carried: 1 }];
    const own = Number.isNaN(c) ? 'db' : 'data';
    if (only !== undefined || Math.abs(c - g) <= SAME * Math.abs(c)) {
      const factor = only ?? c;
      if (factor === 1) return [{ choices: rest, carried: 1 }];
      const carried = { choices: [...rest, factorOf('error', factor)], carried: factor };
      if (l === 1) return [carried];
      const local =
        only === undefined ? [factorOf('data', factor), factorOf('db', factor)] : [factorOf(own, factor)];
      return [carried, { choices: [...rest, ...local], carried: 1 }];
    }
    if (c === 1) return [{ choices: [...rest, factorOf('db', g)], carried: 1 }];
    if (g === 1) return [{ choices: [...rest, factorOf('data', c)], carried: 1 }];
    return [
      { choices: [...rest, factorOf('error', c), factorOf('db', g / c)], carried: c },
      { choices: [...rest, factorOf('error', g), factorOf('data', c / g)], carried: g },
      { choices: [...rest, factorOf('data', c), factorOf('db', g)], carried: 1 },
    ];
  }
}

/** Zeros are what they are, whatever stands before them: then what they show of a factor is nothing. */
const factorIn = (values: Float64Array): number => (largest(values) === 0 ? Number.NaN : 1);

const cost = ({ choices, factor }: Option): number =>
  choices.length + (factor === 1 || Number.isNaN(factor) ? 0 : 1.25);

/** c with T = cX: a known number first, then that of least squares, where three entries or more tell it. */
function fitted(
  T: readonly number[],
  X: Entries,
  known: readonly KnownNumber[],
  fits: (c: number) => boolean,
): number | undefined {
  const most = largest(X.values);
  const size = largest(X.sizes);
  if (!(most > 1e-13 * size) || !T.every(Number.isFinite)) return undefined;
  const near = known.find(({ value }) => fits(value));
  if (near !== undefined) return near.value;
  let [xx, xt] = [0, 0];
  const different = new Set<number>();
  X.values.forEach((x, e) => {
    const scaled = x / most;
    xx += scaled * scaled;
    xt += scaled * T[e]!;
    if (Math.abs(x) > 1e-6 * most) different.add(Math.abs(x));
  });
  const c = xt / xx / most;
  return different.size < 3 || isNoFactor(c) ? undefined : shortestThat(fits, c);
}

/** What is nothing, or all but 1, stands for no mistake. */
const isNoFactor = (c: number): boolean =>
  !Number.isFinite(c) || Math.abs(c) < 1e-6 || Math.abs(c - 1) < 1e-3;

/** A number as people write it, where that fits: what a reference has of few digits tells no more of it. */
const shortestThat = (fits: (c: number) => boolean, c: number): number | undefined =>
  [...[1, 2, 3, 4, 5, 6].map((digits) => Number(c.toPrecision(digits))), c].find(fits);

/** Whether two rules make the same numbers here, so that no reference can tell them apart. */
export function isSame(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  const size = Math.max(largest(a), largest(b));
  return a.every((value, i) => Math.abs(value - b[i]!) <= 1e-12 * size);
}

const transposed = (values: Float64Array, cols: number): Float64Array => {
  const rows = values.length / cols;
  return values.map((_, i) => values[(i % rows) * cols + Math.floor(i / rows)]!);
};
