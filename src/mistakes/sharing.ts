import type { Context, Rules } from '../core/backprop.ts';
import type { Pass, Step } from '../core/forward.ts';
import { abs, add, type Matrix, matrix } from '../core/matrix.ts';
import type { Tensor } from '../core/network.ts';

/** Rules whose products of δ and a, the most of all work, are kept as long as both are: mistakes are made of them. */
export function remembering(right: Rules): Rules {
  const known = new WeakMap<Matrix, WeakMap<Matrix, Matrix>>();
  return {
    ...right,
    weightGradient: (delta, step, pass) => {
      const ofDelta = known.get(delta) ?? new WeakMap<Matrix, Matrix>();
      known.set(delta, ofDelta);
      const product = ofDelta.get(step.input) ?? right.weightGradient(delta, step, pass);
      ofDelta.set(step.input, product);
      return product;
    },
  };
}

export interface SharingOptions {
  /** the right pass: what is the same there is not computed again */
  readonly like?: SharingBackprop;
  /** that of sizes, each rule's result taken by its size */
  readonly ofSizes?: boolean;
  /** the uppermost layer whose rules are not those of the right pass */
  readonly mistakenFrom?: number;
  /** the rules again, made of others than the right ones */
  readonly madeOf?: (right: Rules) => (layer: number) => Rules;
}

/** The two factors of a product of δ and a, whose entries are sums over a row of each. */
interface Factors {
  readonly delta: Matrix;
  readonly a: Matrix;
}

/**
 * Backprop that computes what it is asked for, and shares with another whatever both compute by the same rules from
 * the same errors: all above a mistake, and the gradients that it does not reach. To the last bit what `backprop` says.
 */
export class SharingBackprop {
  readonly #pass: Pass;
  readonly #rulesAt: (layer: number) => Rules;
  readonly #like: SharingBackprop | undefined;
  readonly #ofSizes: boolean;
  readonly #mistakenFrom: number;
  readonly #madeOf: SharingOptions['madeOf'];
  readonly #factors: (Factors | null)[] = [];
  readonly #known = new Map<string, Matrix>();

  constructor(
    pass: Pass,
    rulesAt: (layer: number) => Rules,
    { like, ofSizes = false, mistakenFrom = Number.POSITIVE_INFINITY, madeOf }: SharingOptions = {},
  ) {
    this.#pass = pass;
    this.#rulesAt = rulesAt;
    this.#like = like;
    this.#ofSizes = ofSizes;
    this.#mistakenFrom = mistakenFrom;
    this.#madeOf = madeOf;
  }

  /** dWˡ, penalty included */
  dW(l: number): Matrix {
    return this.#once('dW', l, this.hasSameW(l), () => add(this.#data(l), this.#regularization(l)));
  }

  /** dbˡ, and its length may be another */
  db(l: number): Float64Array {
    return this.#once('db', l, this.hasSameB(l), () => {
      const db = this.#rulesAt(l).biasGradient(this.#delta(l), this.#step(l), this.#pass, this.#context(l));
      return matrix(1, db.length, db);
    }).data;
  }

  /** An entry of dWˡ by itself; undefined where a rule makes it of more than a row of δ and a row of a. */
  entryOfW(l: number, e: number): number | undefined {
    this.#factors[l] ??= this.#factorsOf(l) ?? null;
    const factors = this.#factors[l];
    if (factors === null) return undefined;
    const { cols: N, data: delta } = factors.delta;
    const { rows: D, data: a } = factors.a;
    let sum = 0;
    for (let n = 0, d = Math.floor(e / D) * N, j = (e % D) * N; n < N; n++, d++, j++)
      sum += delta[d]! * (this.#ofSizes ? Math.abs(a[j]!) : a[j]!);
    return (this.#ofSizes ? Math.abs(sum) : sum) + this.#regularization(l).data[e]!;
  }

  /** What the rule of dWˡ multiplies: it is asked with a product that does not multiply, and must hand that on as it is. */
  #factorsOf(l: number): Factors | undefined {
    const right = this.#like ?? this;
    const [delta, step] = [this.#delta(l), this.#step(l)];
    if (this.#rulesAt(l).weightGradient === right.#rulesAt(l).weightGradient) return { delta, a: step.input };
    let asked: Factors | undefined;
    const { rows, cols } = step.layer.W;
    const product = matrix(0, 0);
    const probing: Rules = {
      ...right.#rulesAt(l),
      weightGradient: (error, { input }) => {
        asked = { delta: error, a: input };
        return product;
      },
    };
    const made = this.#madeOf?.(probing)(l).weightGradient(delta, step, this.#pass);
    const fits = asked?.delta.rows === rows && asked.a.rows === cols;
    return made === product && fits ? asked : undefined;
  }

  /** dW1, db1, …, as `backprop` has them */
  get gradient(): Tensor[] {
    // From the output down, as one layer asks for the one above.
    const layers = this.#pass.steps.toReversed().map(({ layer: { number: l } }): Tensor[] => {
      const { rows, cols, data } = this.dW(l);
      const dW = { name: `dW${l}`, shape: [rows, cols], data };
      if (!this.#pass.network.biased) return [dW];
      const db = this.db(l);
      return [dW, { name: `db${l}`, shape: [db.length], data: db }];
    });
    return layers.toReversed().flat();
  }

  /** Whether dWˡ is that of the other. */
  hasSameW(l: number): boolean {
    return this.#hasSame(l, 'weightGradient') && this.#usesSame(l, 'regularization');
  }

  /** Whether dbˡ is that of the other. */
  hasSameB(l: number): boolean {
    return this.#hasSame(l, 'biasGradient');
  }

  #usesSame(l: number, rule: keyof Rules): boolean {
    return this.#like !== undefined && this.#rulesAt(l)[rule] === this.#like.#rulesAt(l)[rule];
  }

  /** Whether a rule says the same of δˡ as in the other; the right rules ask for nothing else. */
  #hasSame(l: number, rule: keyof Rules): boolean {
    return this.#usesSame(l, rule) && this.hasSameDelta(l);
  }

  readonly #same: (boolean | undefined)[] = [];

  /** Whether δˡ is that of the other, by the same rules or in its numbers: what is below is the same where its rules are. */
  hasSameDelta(l: number): boolean {
    if (this.#like === undefined) return false;
    this.#same[l] ??= this.#isMadeTheSame(l) || isSame(this.#delta(l), this.#like.#delta(l));
    return this.#same[l]!;
  }

  #isMadeTheSame(l: number): boolean {
    if (l > this.#mistakenFrom) return true;
    if (l === this.#pass.steps.length) return this.#usesSame(l, 'outputError');
    return this.#isSameBefore(l) && this.#usesSame(l, 'slope') && this.#usesSame(l, 'errorThroughSlope');
  }

  #isSameBefore = (l: number): boolean => this.#hasSame(l + 1, 'errorThroughWeights');

  /** What is asked for, computed once; or the other's. */
  #once(what: string, l: number, isShared: boolean, compute: () => Matrix): Matrix {
    const key = `${what}${l}`;
    let found = this.#known.get(key);
    if (found === undefined) {
      if (isShared) found = this.#like!.#ask(what, l);
      else found = this.#ofSizes && what !== 'dW' ? abs(compute()) : compute();
      this.#known.set(key, found);
    }
    return found;
  }

  #ask(what: string, l: number): Matrix {
    switch (what) {
      case 'dW':
        return this.dW(l);
      case 'db': {
        const db = this.db(l);
        return matrix(1, db.length, db);
      }
      case 'data':
        return this.#data(l);
      case 'regularization':
        return this.#regularization(l);
      case 'slope':
        return this.#slope(l);
      case 'before':
        return this.#before(l);
      default:
        return this.#delta(l);
    }
  }

  #step(l: number): Step {
    return this.#pass.steps[l - 1]!;
  }

  #data(l: number): Matrix {
    return this.#once('data', l, this.#hasSame(l, 'weightGradient'), () =>
      this.#rulesAt(l).weightGradient(this.#delta(l), this.#step(l), this.#pass),
    );
  }

  #regularization(l: number): Matrix {
    return this.#once('regularization', l, this.#usesSame(l, 'regularization'), () =>
      this.#rulesAt(l).regularization(this.#step(l), this.#pass),
    );
  }

  #slope(l: number): Matrix {
    return this.#once('slope', l, this.#usesSame(l, 'slope'), () =>
      this.#rulesAt(l).slope(this.#step(l), this.#pass),
    );
  }

  /** δˡ */
  #delta(l: number): Matrix {
    return this.#once('delta', l, this.#isMadeTheSame(l), () => {
      const rule = this.#rulesAt(l);
      if (l === this.#pass.steps.length) return rule.outputError(this.#pass);
      return rule.errorThroughSlope(this.#before(l), this.#slope(l), this.#step(l));
    });
  }

  /** ∂J/∂aˡ; at the output δ^L */
  #before(l: number): Matrix {
    if (l === this.#pass.steps.length) return this.#delta(l);
    return this.#once('before', l, this.#isSameBefore(l), () =>
      this.#rulesAt(l + 1).errorThroughWeights(
        this.#delta(l + 1),
        this.#step(l + 1),
        this.#pass,
        this.#context(l + 1),
      ),
    );
  }

  #context(l: number): Context {
    const L = this.#pass.steps.length;
    const before = (layer: number): Matrix => this.#before(layer);
    const delta = (layer: number): Matrix => this.#delta(layer);
    const dW = (): Matrix => this.dW(l);
    return {
      get before() {
        return before(l);
      },
      get dW() {
        return dW();
      },
      get output() {
        return delta(L);
      },
      get fromOutput() {
        return l === L ? undefined : before(L - 1);
      },
    };
  }
}

const isSame = (x: Matrix, y: Matrix): boolean =>
  x.rows === y.rows && x.cols === y.cols && x.data.every((value, i) => Object.is(value, y.data[i]));
