import type { ActivationName, ActivationSpec } from '../../src/core/activations.ts';

const { abs, exp, log, sqrt, tanh, PI } = Math;

/** An activation and its slope as a textbook or PyTorch writes them, from z and a = φ(z): not as accurate as can be. */
export interface Textbook {
  value(z: number): number;
  slope(z: number, a: number): number;
}

/** SELU's constants, as PyTorch has them. */
const [ALPHA, LAMBDA] = [1.6732632423543772, 1.0507009873554805];

/** z above 0, pz below. */
const leaky = (p: number): Textbook => ({ value: (z) => (z > 0 ? z : p * z), slope: (z) => (z > 0 ? 1 : p) });

const elu = (alpha: number, lambda = 1): Textbook => ({
  value: (z) => lambda * (z > 0 ? z : alpha * (exp(z) - 1)),
  slope: (z, a) => (z > 0 ? lambda : a + lambda * alpha),
});

/**
 * erf(x) with z = √2 x: by its series, 2φ(z)(z + z³/3 + z⁵/(3·5) + …), and where z is large by the continued fraction
 * of what is left to 1, 2φ(z)/(z + 1/(z + 2/(z + 3/…))).
 */
function erf(x: number): number {
  const z = x * Math.SQRT2;
  const density = exp((-z * z) / 2) / sqrt(2 * PI);
  if (abs(z) > 3) {
    let fraction = abs(z);
    for (let n = 100; n > 0; n--) fraction = abs(z) + n / fraction;
    return Math.sign(z) * (1 - (2 * density) / fraction);
  }
  let [term, sum] = [z, z];
  for (let n = 3; abs(term) > 1e-17 * abs(sum); n += 2) {
    term *= (z * z) / n;
    sum += term;
  }
  return 2 * sum * density;
}

const inner = (z: number): number => sqrt(2 / PI) * (z + 0.044715 * z ** 3);

const named: Record<ActivationName, Textbook> = {
  sigmoid: { value: (z) => 1 / (1 + exp(-z)), slope: (_, a) => a * (1 - a) },
  tanh: { value: tanh, slope: (_, a) => 1 - a * a },
  relu: { value: (z) => Math.max(z, 0), slope: (z) => (z > 0 ? 1 : 0) },
  'leaky-relu': leaky(0.01),
  elu: elu(1),
  selu: elu(ALPHA, LAMBDA),
  softplus: {
    value: (z) => (z > 20 ? z : log(1 + exp(z))), // PyTorch's threshold
    slope: (z, a) => (z > 20 ? 1 : 1 - exp(-a)),
  },
  softsign: { value: (z) => z / (1 + abs(z)), slope: (_, a) => (1 - abs(a)) ** 2 },
  silu: {
    value: (z) => z / (1 + exp(-z)),
    slope: (z, a) => a + (1 - a) / (1 + exp(-z)),
  },
  gelu: {
    value: (z) => 0.5 * z * (1 + erf(z / Math.SQRT2)),
    slope: (z) => 0.5 * (1 + erf(z / Math.SQRT2)) + (z * exp((-z * z) / 2)) / sqrt(2 * PI),
  },
  'gelu-tanh': {
    value: (z) => 0.5 * z * (1 + tanh(inner(z))),
    slope: (z) => {
      const t = tanh(inner(z));
      return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * sqrt(2 / PI) * (1 + 3 * 0.044715 * z * z);
    },
  },
  identity: { value: (z) => z, slope: () => 1 },
};

/** An activation as the textbook has it. */
export function textbookOf(spec: ActivationSpec): Textbook {
  if (typeof spec === 'string') return named[spec];
  return 'elu' in spec ? elu(spec.elu) : leaky(spec['leaky-relu']);
}

/** Σ f(vᵢ, i) */
export const total = (
  values: readonly number[],
  f: (value: number, i: number) => number = (v) => v,
): number => values.reduce((sum, value, i) => sum + f(value, i), 0);

/** ŷ of one sample, as the textbook has it. */
export function softmax(z: readonly number[]): number[] {
  const sum = total(z, exp);
  return z.map((value) => exp(value) / sum);
}
