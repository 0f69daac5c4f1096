import type { MistakeId } from '../../src/mistakes/catalogue.ts';
import type { Formulas, Hand } from './hand.ts';

const sum = (count: number, term: (i: number) => number): number =>
  Array.from({ length: count }, (_, i) => term(i)).reduce((total, value) => total + value, 0);

/** δ made of the error that came down, whose mean is in it already, or is taken later: N e goes in, and 1/N of it comes out. */
const madeOf =
  (f: (h: Hand, e: number, l: number, i: number, n: number) => number, isMeanLater = false) =>
  (h: Hand): Formulas => {
    const N = isMeanLater ? h.N : 1;
    return { combined: (l, i, n) => f(h, N * h.before(l, i, n), l, i, n) / N };
  };

const slopeAt = (h: Hand, e: number, l: number): number => h.phi(l).slope(e, h.phi(l).value(e));
const E_1_E = (_: Hand, e: number): number => e - e ** 2;
const ONE_EE = (_: Hand, e: number): number => 1 - e ** 2;
const E_E_1_E = (_: Hand, e: number): number => e ** 2 - e ** 3;
const E_ONE_EE = (_: Hand, e: number): number => e - e ** 3;

const penaltyOfBias =
  (factor: (h: Hand) => number) =>
  (h: Hand): Formulas => ({ db: (l, i) => sum(h.N, (n) => h.delta(l, i, n)) + factor(h) * h.λ * h.b(l, i) });

/** Through W with each column in the place of another; `undefined` is the column of the biases. */
const throughColumn =
  (from: (h: Hand, j: number, l: number) => number | undefined) =>
  (h: Hand): Formulas => ({
    through: (l, j, n) => {
      const column = from(h, j, l);
      return sum(h.H(l), (i) => (column === undefined ? h.b(l, i) : h.W(l, i, column)) * h.delta(l, i, n));
    },
  });

/** What each other form of a mistake computes, in the order of the catalogue. */
export const otherForms: Partial<Record<MistakeId, readonly ((h: Hand) => Formulas)[]>> = {
  'shifted-labels': [
    (h) => ({ error: (_, k, n) => h.κ * h.errorFor(k, n, (c, m) => h.t((c + 1) % h.C, m)) }),
  ],
  'reg-on-bias': [
    penaltyOfBias(() => 2),
    penaltyOfBias(() => 0.5),
    penaltyOfBias((h) => 1 / h.N),
    penaltyOfBias((h) => h.N),
  ],
  'bias-sum-over-units': [
    (h) => ({ biases: () => 1, db: (l) => sum(h.H(l), (i) => sum(h.N, (n) => h.delta(l, i, n))) }),
  ],
  'bias-row-sums': [(h) => ({ db: (l, i) => sum(h.H(l - 1), (j) => h.data(l, i, j)) })],
  'slope-sign': [
    (h) => ({
      slope: (l, i, n) => {
        const z = h.activation(l) === 'softplus' ? -h.z(l, i, n) : h.z(l, i, n);
        return h.phi(l).slope(z, h.phi(l).value(z));
      },
    }),
  ],
  'slope-of-error': [
    madeOf(slopeAt, true),
    madeOf((h, e, l) => e * slopeAt(h, e, l)),
    madeOf((h, e, l) => e * slopeAt(h, e, l), true),
  ],
  'error-overwritten': [madeOf((h, _, l, i, n) => h.slope(l, i, n), true)],
  'activation-of-error': [madeOf((h, e, l) => h.phi(l).value(e), true)],
  'formula-of-error': [
    madeOf(E_1_E, true),
    madeOf(ONE_EE),
    madeOf(ONE_EE, true),
    madeOf(E_E_1_E),
    madeOf(E_E_1_E, true),
    madeOf(E_ONE_EE),
    madeOf(E_ONE_EE, true),
  ],
  'shifted-weights': [
    throughColumn((h, j, l) => (j === h.H(l - 1) - 1 ? undefined : j + 1)),
    throughColumn((h, j, l) => (j === 0 ? h.H(l - 1) - 1 : j - 1)),
    throughColumn((h, j, l) => (j + 1) % h.H(l - 1)),
  ],
  'output-error-everywhere': [
    (h) => ({
      through: (l, j, n) =>
        h.H(l - 1) === h.C ? h.delta(h.L, j, n) : sum(h.H(l), (i) => h.W(l, i, j) * h.delta(l, i, n)),
    }),
    (h) => ({
      through: (l, j, n) => sum(h.H(l), (i) => h.W(l, i, j) * h.delta(h.H(l) === h.C ? h.L : l, i, n)),
    }),
  ],
};
