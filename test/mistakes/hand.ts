import type { ActivationName } from '../../src/core/activations.ts';
import type { Matrix } from '../../src/core/matrix.ts';
import type { Network, Tensor } from '../../src/core/network.ts';
import type { MistakeId } from '../../src/mistakes/catalogue.ts';
import type { Variant } from '../../src/mistakes/variants.ts';

/** The activations and their slopes as a textbook writes them: from z and a = φ(z). */
const textbook: Record<ActivationName, { value(z: number): number; slope(z: number, a: number): number }> = {
  sigmoid: { value: (z) => 1 / (1 + Math.exp(-z)), slope: (_, a) => a * (1 - a) },
  tanh: { value: Math.tanh, slope: (_, a) => 1 - a * a },
  relu: { value: (z) => Math.max(z, 0), slope: (z) => (z > 0 ? 1 : 0) },
  softplus: { value: (z) => Math.log(1 + Math.exp(z)), slope: (z) => 1 / (1 + Math.exp(-z)) },
  identity: { value: (z) => z, slope: () => 1 },
};

/** Backprop by hand, one number at a time: i and k count units, j the units below, n the samples, l the layers. */
class Hand {
  readonly N: number;
  readonly L: number;
  readonly λ: number;
  readonly #network: Network;

  constructor(network: Network) {
    this.#network = network;
    this.N = network.X.cols;
    this.L = network.layers.length;
    this.λ = network.reg;
  }

  // Forward

  W = (l: number, i: number, j: number): number => entry(this.#layer(l).W, i, j);
  b = (l: number, i: number): number => this.#layer(l).b[i]!;
  t = (k: number, n: number): number => entry(this.#network.Y, k, n);
  phi = (l: number) => textbook[this.name(l)];
  name = (l: number): ActivationName => this.#layer(l).activation ?? 'identity';

  /** Hₗ */
  H = (l: number): number => (l === 0 ? this.#network.X.rows : this.#layer(l).W.rows);
  z = (l: number, i: number, n: number): number =>
    total(this.H(l - 1), (j) => this.W(l, i, j) * this.a(l - 1, j, n)) + this.b(l, i);
  a = (l: number, i: number, n: number): number =>
    l === 0 ? entry(this.#network.X, i, n) : this.phi(l).value(this.z(l, i, n));
  y = (k: number, n: number): number =>
    Math.exp(this.z(this.L, k, n)) / total(this.H(this.L), (c) => Math.exp(this.z(this.L, c, n)));

  // Backward: what a mistake may replace

  error = (_l: number, k: number, n: number): number => (this.y(k, n) - this.t(k, n)) / this.N;
  slope = (l: number, i: number, n: number): number => this.phi(l).slope(this.z(l, i, n), this.a(l, i, n));
  /** what unit j below gets of the error of layer l */
  through = (l: number, j: number, n: number): number =>
    total(this.H(l), (i) => this.W(l, i, j) * this.delta(l, i, n));
  data = (l: number, i: number, j: number): number =>
    total(this.N, (n) => this.delta(l, i, n) * this.a(l - 1, j, n));
  penalty = (l: number, i: number, j: number): number => this.λ * this.W(l, i, j);
  dW = (l: number, i: number, j: number): number => this.data(l, i, j) + this.penalty(l, i, j);
  db = (l: number, i: number): number => total(this.N, (n) => this.delta(l, i, n));

  delta = (l: number, i: number, n: number): number =>
    l === this.L ? this.error(l, i, n) : this.through(l + 1, i, n) * this.slope(l, i, n);

  #layer = (l: number) => this.#network.layers[l - 1]!;
}

type Rule = 'error' | 'slope' | 'through' | 'data' | 'penalty' | 'dW' | 'db';
type Formulas = Partial<Pick<Hand, Rule>>;

/** What each mistake computes, as formulas for single numbers. */
const wrong: Record<MistakeId, (h: Hand) => Formulas> = {
  'missing-mean': (h) => ({ error: (_, k, n) => h.y(k, n) - h.t(k, n) }),
  'double-mean': (h) => ({ error: (_, k, n) => (h.y(k, n) - h.t(k, n)) / h.N / h.N }),
  'mean-over-classes': (h) => ({ error: (l, k, n) => (h.y(k, n) - h.t(k, n)) / (h.N * h.H(l)) }),
  'flipped-sign': (h) => ({ error: (_, k, n) => (h.t(k, n) - h.y(k, n)) / h.N }),
  'missing-target': (h) => ({ error: (_, k, n) => h.y(k, n) / h.N }),
  'logits-for-probabilities': (h) => ({ error: (l, k, n) => (h.z(l, k, n) - h.t(k, n)) / h.N }),
  'double-softmax': (h) => ({
    error: (_, k, n) => ((h.y(k, n) - h.t(k, n)) * h.y(k, n) * (1 - h.y(k, n))) / h.N,
  }),
  'softmax-over-samples': (h) => ({
    error: (l, k, n) =>
      (Math.exp(h.z(l, k, n)) / total(h.N, (m) => Math.exp(h.z(l, k, m))) - h.t(k, n)) / h.N,
  }),
  'shifted-labels': (h) => ({
    error: (l, k, n) => (h.y(k, n) - h.t((k + h.H(l) - 1) % h.H(l), n)) / h.N,
  }),
  'sigmoid-for-softmax': (h) => ({
    error: (l, k, n) => (1 / (1 + Math.exp(-h.z(l, k, n))) - h.t(k, n)) / h.N,
  }),

  'missing-reg': () => ({ penalty: () => 0 }),
  'double-reg': (h) => ({ penalty: (l, i, j) => 2 * h.λ * h.W(l, i, j) }),
  'half-reg': (h) => ({ penalty: (l, i, j) => (h.λ * h.W(l, i, j)) / 2 }),
  'negative-reg': (h) => ({ penalty: (l, i, j) => -h.λ * h.W(l, i, j) }),
  'l1-reg': (h) => ({ penalty: (l, i, j) => h.λ * (h.W(l, i, j) > 0 ? 1 : -1) }),
  'reg-over-n': (h) => ({ penalty: (l, i, j) => (h.λ * h.W(l, i, j)) / h.N }),
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
      if (h.name(l) === 'sigmoid') return a * (1 + a);
      return h.name(l) === 'tanh' ? 1 + a * a : -h.phi(l).slope(h.z(l, i, n), a);
    },
  }),
  'slope-of-tanh': (h) => ({ slope: (l, i, n) => 1 - Math.tanh(h.z(l, i, n)) ** 2 }),
  'slope-of-relu': (h) => ({ slope: (l, i, n) => (h.z(l, i, n) > 0 ? 1 : 0) }),
  'tanh-formula': (h) => ({ slope: (l, i, n) => 1 - h.a(l, i, n) ** 2 }),
  'sigmoid-formula': (h) => ({ slope: (l, i, n) => h.a(l, i, n) * (1 - h.a(l, i, n)) }),
  'slope-from-preactivation': (h) => ({
    slope: (l, i, n) => {
      const z = h.z(l, i, n);
      return h.name(l) === 'sigmoid' ? z * (1 - z) : 1 - z * z;
    },
  }),
  'double-slope': (h) => ({ slope: (l, i, n) => h.phi(l).slope(h.z(l, i, n), h.a(l, i, n)) ** 2 }),

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
): Tensor[] {
  const hand = new Hand(network);
  if (mistake !== undefined) {
    for (const [rule, formula] of Object.entries(wrong[mistake.mistake](hand)))
      replace(hand, rule as Rule, formula, mistake.layer === null ? layers : [mistake.layer]);
  }
  return network.layers.flatMap(({ number: l, W: { rows, cols } }) => [
    {
      name: `dW${l}`,
      shape: [rows, cols],
      data: numbers(rows * cols, (e) => hand.dW(l, Math.floor(e / cols), e % cols)),
    },
    { name: `db${l}`, shape: [rows], data: numbers(rows, (i) => hand.db(l, i)) },
  ]);
}

/** Puts a formula in the place of a rule, at some layers only. */
function replace(hand: Hand, rule: Rule, formula: Hand[Rule], layers: readonly number[]): void {
  type AnyRule = (...at: number[]) => number;
  const [right, replaced] = [hand[rule] as AnyRule, formula as AnyRule];
  const mixed: AnyRule = (...at) => (layers.includes(at[0]!) ? replaced(...at) : right(...at));
  Object.assign(hand, { [rule]: mixed });
}

const entry = ({ data, cols }: Matrix, i: number, j: number): number => data[i * cols + j]!;

const numbers = (length: number, f: (i: number) => number): Float64Array =>
  Float64Array.from({ length }, (_, i) => f(i));

function total(count: number, term: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += term(i);
  return sum;
}
