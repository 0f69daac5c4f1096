import { type ActivationSpec, nameOf } from '../../src/core/activations.ts';
import type { Matrix } from '../../src/core/matrix.ts';
import type { Network, Tensor } from '../../src/core/network.ts';
import type { MistakeId } from '../../src/mistakes/catalogue.ts';
import type { Variant } from '../../src/mistakes/variants.ts';
import { type Textbook, textbookOf } from '../core/textbook.ts';

/** Backprop by hand, one number at a time: i and k count units, j the units below, n the samples, l the layers. */
export class Hand {
  readonly N: number;
  readonly C: number;
  readonly L: number;
  /** what is added to dW is λ times W */
  readonly λ: number;
  /** what the error of a sample is multiplied by */
  readonly κ: number;
  readonly #network: Network;

  constructor(network: Network) {
    this.#network = network;
    this.N = network.X.cols;
    this.C = network.Y.rows;
    this.L = network.layers.length;
    this.λ = { half: 1, full: 2, 'half-over-n': 1 / this.N }[network.penalty] * network.reg;
    this.κ = { mean: 1 / this.N, sum: 1, 'mean-of-entries': 1 / this.N / this.C }[network.reduction];
  }

  // Forward

  W = (l: number, i: number, j: number): number => entry(this.#layer(l).W, i, j);
  b = (l: number, i: number): number => this.#layer(l).b[i]!;
  t = (k: number, n: number): number => entry(this.#network.Y, k, n);
  phi = (l: number): Textbook => textbookOf(this.activation(l));
  activation = (l: number): ActivationSpec => this.#layer(l).activation ?? 'identity';
  /** φ of the output; of a softmax there is none */
  psi = (): Textbook => textbookOf(this.#network.output as ActivationSpec);

  /** Hₗ */
  H = (l: number): number => (l === 0 ? this.#network.X.rows : this.#layer(l).W.rows);
  z = remembered(
    (l, i, n) => total(this.H(l - 1), (j) => this.W(l, i, j) * this.a(l - 1, j, n)) + this.b(l, i),
  );
  a = remembered((l, i, n) => (l === 0 ? entry(this.#network.X, i, n) : this.phi(l).value(this.z(l, i, n))));
  logit = (k: number, n: number): number => this.z(this.L, k, n);
  y = (k: number, n: number): number => this.#y(this.L, k, n);
  #y = remembered((_, k, n) =>
    this.#network.output === 'softmax'
      ? Math.exp(this.logit(k, n)) / total(this.C, (c) => Math.exp(this.logit(c, n)))
      : this.psi().value(this.logit(k, n)),
  );
  psiSlope = (k: number, n: number): number => this.psi().slope(this.logit(k, n), this.y(k, n));

  // Backward: what a mistake may replace

  /** ∂ℓ/∂zₖ of sample n, with targets t */
  errorFor = (k: number, n: number, t: (k: number, n: number) => number): number => {
    const { loss, output } = this.#network;
    const r = (c: number): number => this.y(c, n) - t(c, n);
    if (loss === 'cross-entropy') return r(k);
    if (loss === 'hinge') {
      const label = Array.from({ length: this.C }, (_, c) => t(c, n)).indexOf(1);
      const on = (c: number): number => (c !== label && this.logit(c, n) + 1 > this.logit(label, n) ? 1 : 0);
      return k === label ? -total(this.C, on) : on(k);
    }
    if (output !== 'softmax') return this.c * r(k) * this.psiSlope(k, n);
    const jacobian = (c: number): number => this.y(c, n) * ((c === k ? 1 : 0) - this.y(k, n));
    return total(this.C, (c) => this.c * r(c) * jacobian(c));
  };
  /** of a squared error, what it is times ½ of the square */
  get c(): number {
    return this.#network.loss === 'squared-error' ? 2 : 1;
  }

  error = (_l: number, k: number, n: number): number => this.κ * this.errorFor(k, n, this.t);
  slope = (l: number, i: number, n: number): number => this.phi(l).slope(this.z(l, i, n), this.a(l, i, n));
  /** what unit j below gets of the error of layer l */
  through = (l: number, j: number, n: number): number =>
    total(this.H(l), (i) => this.W(l, i, j) * this.delta(l, i, n));
  data = (l: number, i: number, j: number): number =>
    total(this.N, (n) => this.delta(l, i, n) * this.a(l - 1, j, n));
  penalty = (l: number, i: number, j: number): number => this.λ * this.W(l, i, j);
  dW = (l: number, i: number, j: number): number => this.data(l, i, j) + this.penalty(l, i, j);
  db = (l: number, i: number): number => total(this.N, (n) => this.delta(l, i, n));

  /** how many numbers db has */
  biases = (l: number): number => this.H(l);
  /** the error of a unit before its slope */
  before = (l: number, i: number, n: number): number =>
    l === this.L ? this.error(l, i, n) : this.through(l + 1, i, n);
  combined = (l: number, i: number, n: number): number => this.through(l + 1, i, n) * this.slope(l, i, n);

  delta = remembered((l, i, n) => (l === this.L ? this.error(l, i, n) : this.combined(l, i, n)));
  /** the activation of a layer; of the output what comes out */
  out = (l: number, i: number, n: number): number => (l === this.L ? this.y(i, n) : this.a(l, i, n));

  get isSum(): boolean {
    return this.#network.reduction === 'sum';
  }
  get isCrossEntropy(): boolean {
    return this.#network.loss === 'cross-entropy';
  }
  /** λ of a penalty of absolute values that is halved, or divided by N, as the squares are */
  get λ1(): number {
    return this.#network.penalty === 'full' ? this.λ / 2 : this.λ;
  }

  #layer = (l: number) => this.#network.layers[l - 1]!;
}

type Rule = 'error' | 'slope' | 'combined' | 'through' | 'data' | 'penalty' | 'dW' | 'db' | 'biases';
export type Formulas = Partial<Pick<Hand, Rule>>;

/** The right error of the output times a factor. */
const errorTimes =
  (factor: (h: Hand, k: number, n: number) => number) =>
  (h: Hand): Formulas => ({ error: (_, k, n) => factor(h, k, n) * h.κ * h.errorFor(k, n, h.t) });

/** Another error of each sample. */
const errorOf =
  (error: (h: Hand, k: number, n: number) => number) =>
  (h: Hand): Formulas => ({ error: (_, k, n) => h.κ * error(h, k, n) });

const penaltyTimes =
  (factor: (h: Hand) => number) =>
  (h: Hand): Formulas => ({ penalty: (l, i, j) => factor(h) * h.λ * h.W(l, i, j) });

/** What each mistake computes, as formulas for single numbers. */
const wrong: Record<MistakeId, (h: Hand) => Formulas> = {
  'missing-mean': errorTimes((h) => (h.isSum ? 1 / h.N : h.N)),
  'double-mean': errorTimes((h) => 1 / h.N),
  'mean-over-classes': errorTimes((h) => 1 / h.C),
  'flipped-sign': errorTimes(() => -1),
  'missing-target': errorOf((h, k, n) => (h.isCrossEntropy ? h.y(k, n) : h.errorFor(k, n, () => 0))),
  'logits-for-probabilities': errorOf((h, k, n) => h.logit(k, n) - h.t(k, n)),
  'double-softmax': errorTimes((h, k, n) => h.y(k, n) * (1 - h.y(k, n))),
  'softmax-over-samples': errorOf(
    (h, k, n) => Math.exp(h.logit(k, n)) / total(h.N, (m) => Math.exp(h.logit(k, m))) - h.t(k, n),
  ),
  'sigmoid-for-softmax': errorOf((h, k, n) => 1 / (1 + Math.exp(-h.logit(k, n))) - h.t(k, n)),
  'missing-output-slope': errorOf((h, k, n) => h.c * (h.y(k, n) - h.t(k, n))),
  'extra-output-slope': errorTimes((h, k, n) => h.psiSlope(k, n)),
  'error-factor-two': errorTimes(() => 2),
  'error-half': errorTimes(() => 1 / 2),
  'shifted-labels': errorOf((h, k, n) => h.errorFor(k, n, (c, m) => h.t((c + h.C - 1) % h.C, m))),

  'softmax-twice': errorOf(
    (h, k, n) => Math.exp(h.y(k, n)) / total(h.C, (c) => Math.exp(h.y(c, n))) - h.t(k, n),
  ),
  'softmax-diagonal': errorOf((h, k, n) => {
    const [y, t] = [h.y(k, n), h.t(k, n)];
    return h.isCrossEntropy ? -t * (1 - y) : h.c * (y - t) * y * (1 - y);
  }),

  'reg-times-n': penaltyTimes((h) => h.N),
  'reg-sum': (h) => ({
    penalty: (l) => h.λ * total(h.H(l), (i) => total(h.H(l - 1), (j) => h.W(l, i, j))),
  }),
  'missing-reg': penaltyTimes(() => 0),
  'double-reg': penaltyTimes(() => 2),
  'half-reg': penaltyTimes(() => 1 / 2),
  'negative-reg': penaltyTimes(() => -1),
  'l1-reg': (h) => ({ penalty: (l, i, j) => h.λ1 * Math.sign(h.W(l, i, j)) }),
  'reg-over-n': penaltyTimes((h) => 1 / h.N),
  'reg-on-bias': (h) => ({ db: (l, i) => total(h.N, (n) => h.delta(l, i, n)) + h.λ * h.b(l, i) }),

  'preactivation-for-activation': (h) => ({
    data: (l, i, j) => total(h.N, (n) => h.delta(l, i, n) * h.z(l - 1, j, n)),
  }),
  'data-zero': () => ({ data: () => 0 }),
  'scaled-input': (h) => ({
    data: (l, i, j) => total(h.N, (n) => h.delta(l, i, n) * 2 * h.a(l - 1, j, n)),
  }),
  'reversed-rows': (h) => ({
    dW: (l, i, j) => h.data(l, h.H(l) - 1 - i, j) + h.penalty(l, h.H(l) - 1 - i, j),
  }),
  'transposed-gradient': (h) => ({ dW: (l, i, j) => h.data(l, j, i) + h.penalty(l, j, i) }),
  'stale-sample': (h) => ({
    data: (l, i, j) => h.delta(l, i, h.N - 1) * h.a(l - 1, j, h.N - 1),
    db: (l, i) => h.delta(l, i, h.N - 1),
  }),

  'own-activation': (h) => ({
    data: (l, i, j) => total(h.N, (n) => h.delta(l, i, n) * h.out(l, j, n)),
  }),

  'bias-sum-over-units': (h) => ({
    db: (l) => total(h.H(l), (i) => total(h.N, (n) => h.delta(l, i, n))),
  }),
  'bias-wrong-axis': (h) => ({
    biases: () => h.N,
    db: (l, n) => total(h.H(l), (i) => h.delta(l, i, n)),
  }),
  'bias-row-sums': (h) => ({ db: (l, i) => total(h.H(l - 1), (j) => h.dW(l, i, j)) }),
  'bias-before-slope': (h) => ({ db: (l, i) => total(h.N, (n) => h.before(l, i, n)) }),
  'bias-not-summed': (h) => ({
    biases: (l) => h.H(l) * h.N,
    db: (l, e) => h.delta(l, Math.floor(e / h.N), e % h.N),
  }),
  'bias-mean': (h) => ({ db: (l, i) => total(h.N, (n) => h.delta(l, i, n)) / h.N }),
  'bias-first-sample': (h) => ({ db: (l, i) => h.delta(l, i, 0) }),
  'bias-zero': () => ({ db: () => 0 }),

  'missing-slope': () => ({ slope: () => 1 }),
  'slope-of-activation': (h) => ({
    slope: (l, i, n) => {
      const a = h.a(l, i, n);
      return h.phi(l).slope(a, h.phi(l).value(a));
    },
  }),
  'slope-sign': (h) => ({
    slope: (l, i, n) => {
      const a = h.a(l, i, n);
      if (h.activation(l) === 'sigmoid') return a * (1 + a);
      return h.activation(l) === 'tanh' ? 1 + a * a : -h.phi(l).slope(h.z(l, i, n), a);
    },
  }),
  'slope-of-tanh': (h) => ({ slope: (l, i, n) => 1 - Math.tanh(h.z(l, i, n)) ** 2 }),
  'slope-of-relu': (h) => ({ slope: (l, i, n) => (h.z(l, i, n) > 0 ? 1 : 0) }),
  'tanh-formula': (h) => ({ slope: (l, i, n) => 1 - h.a(l, i, n) ** 2 }),
  'sigmoid-formula': (h) => ({ slope: (l, i, n) => h.a(l, i, n) * (1 - h.a(l, i, n)) }),
  'slope-from-preactivation': (h) => ({
    slope: (l, i, n) => {
      const z = h.z(l, i, n);
      return h.activation(l) === 'sigmoid' ? z * (1 - z) : 1 - z * z;
    },
  }),
  'double-slope': (h) => ({ slope: (l, i, n) => h.phi(l).slope(h.z(l, i, n), h.a(l, i, n)) ** 2 }),

  'activation-for-slope': (h) => ({ slope: (l, i, n) => h.a(l, i, n) }),
  'slope-of-sigmoid': (h) => ({
    slope: (l, i, n) => {
      const e = Math.exp(-h.z(l, i, n));
      return e / (1 + e) ** 2;
    },
  }),
  'slope-of-other-layer': (h) => ({
    slope: (l, i, n) => {
      const z = h.z(l, i, n);
      return h.phi(l + 1).slope(z, h.phi(l + 1).value(z));
    },
  }),
  'slope-times-z': (h) => ({
    slope: (l, i, n) => h.z(l, i, n) * h.phi(l).slope(h.z(l, i, n), h.a(l, i, n)),
  }),
  'slope-constant': (h) => ({
    slope: (l, i, n) => {
      if (h.z(l, i, n) > 0) return h.phi(l).slope(h.z(l, i, n), h.a(l, i, n));
      if (['elu', 'selu'].includes(nameOf(h.activation(l)))) return h.a(l, i, n);
      return h.phi(l).slope(-1, 0) === 0.01 ? 0.2 : 0.01;
    },
  }),
  'slope-of-error': (h) => ({
    combined: (l, i, n) => h.phi(l).slope(h.before(l, i, n), h.phi(l).value(h.before(l, i, n))),
  }),
  'error-overwritten': (h) => ({ combined: (l, i, n) => h.slope(l, i, n) }),
  'activation-of-error': (h) => ({ combined: (l, i, n) => h.phi(l).value(h.before(l, i, n)) }),
  'formula-of-error': (h) => ({ combined: (l, i, n) => h.before(l, i, n) * (1 - h.before(l, i, n)) }),
  'mask-by-error': (h) => ({ combined: (l, i, n) => Math.max(0, h.before(l, i, n)) }),

  'shifted-weights': (h) => ({
    through: (l, j, n) => total(h.H(l), (i) => (j === 0 ? h.b(l, i) : h.W(l, i, j - 1)) * h.delta(l, i, n)),
  }),
  'updated-weights': (h) => ({
    through: (l, j, n) => total(h.H(l), (i) => (h.W(l, i, j) - 0.1 * h.dW(l, i, j)) * h.delta(l, i, n)),
  }),
  'slope-missing-on-the-way-down': (h) => ({
    through: (l, j, n) => total(h.H(l), (i) => h.W(l, i, j) * h.before(l, i, n)),
  }),
  'output-error-everywhere': (h) => ({
    through: (l, j, n) => {
      if (h.H(l - 1) === h.H(h.L - 1)) return total(h.C, (k) => h.W(h.L, k, j) * h.delta(h.L, k, n));
      return h.H(l - 1) === h.C ? h.delta(h.L, j, n) : total(h.H(l), (i) => h.W(l, i, j) * h.delta(l, i, n));
    },
  }),
  'mean-again-on-the-way-down': (h) => ({
    through: (l, j, n) => total(h.H(l), (i) => h.W(l, i, j) * h.delta(l, i, n)) / h.N,
  }),
  'activation-passed-down': (h) => ({
    through: (l, j, n) => total(h.H(l), (i) => h.W(l, i, j) * h.out(l, i, n)),
  }),
  'missing-weights': (h) => ({ through: (l, _, n) => total(h.H(l), (i) => h.delta(l, i, n)) }),
  'transposed-weights': (h) => ({
    through: (l, j, n) => total(h.H(l), (i) => h.W(l, j, i) * h.delta(l, i, n)),
  }),
};

/** The gradient by hand, with a mistake in it if one is named: at its layer, or at all of the given ones. */
export function gradientByHand(
  network: Network,
  mistake?: Variant,
  layers: readonly number[] = [],
  formulas = (h: Hand, id: MistakeId): Formulas => wrong[id](h),
): Tensor[] {
  const hand = new Hand(network);
  if (mistake !== undefined) {
    for (const [rule, formula] of Object.entries(formulas(hand, mistake.mistake)))
      replace(hand, rule as Rule, formula, mistake.layer === null ? layers : [mistake.layer]);
  }
  return network.layers.flatMap(({ number: l, W: { rows, cols } }) => [
    {
      name: `dW${l}`,
      shape: [rows, cols],
      data: numbers(rows * cols, (e) => hand.dW(l, Math.floor(e / cols), e % cols)),
    },
    ...(network.biased
      ? [{ name: `db${l}`, shape: [hand.biases(l)], data: numbers(hand.biases(l), (i) => hand.db(l, i)) }]
      : []),
  ]);
}

/** Puts a formula in the place of a rule, at some layers only. */
function replace(hand: Hand, rule: Rule, formula: Hand[Rule], layers: readonly number[]): void {
  type AnyRule = (...at: number[]) => number;
  const [right, replaced] = [hand[rule] as AnyRule, formula as AnyRule];
  const mixed: AnyRule = (...at) => (layers.includes(at[0]!) ? replaced(...at) : right(...at));
  Object.assign(hand, { [rule]: mixed });
}

/** A function of a layer, a unit and a sample that computes each number once. */
function remembered(
  f: (l: number, i: number, n: number) => number,
): (l: number, i: number, n: number) => number {
  const known = new Map<number, number>();
  return (l, i, n) => {
    const key = (l * 1024 + i) * 1024 + n;
    const value = known.get(key) ?? f(l, i, n);
    known.set(key, value);
    return value;
  };
}

const entry = ({ data, cols }: Matrix, i: number, j: number): number => data[i * cols + j]!;

const numbers = (length: number, f: (i: number) => number): Float64Array =>
  Float64Array.from({ length }, (_, i) => f(i));

function total(count: number, term: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += term(i);
  return sum;
}
