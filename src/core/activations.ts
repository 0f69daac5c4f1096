import * as arrays from './elementwise.ts';
import { each, pairs } from './elementwise.ts';
import { density, distribution, distributionDifference } from './normal.ts';

/**
 * Activation functions: all that is to be known of one stands together.
 *
 * The slopes are written so that no digits cancel where a unit is saturated: the textbook's a(1 − a)
 * loses all of them once a rounds to 1, σ(z)σ(−z) loses none. The differences φ(z + d) − φ(z) are
 * taken without subtracting two values, and use no slope, so that they can check it.
 */
export interface Activation {
  /** φ(z) */
  value(z: number): number;
  /** φ′(z); on a kink that of z < 0 */
  slope(z: number): number;
  /** φ of each of many z, and φ′ */
  values(z: Float64Array): Float64Array;
  slopes(z: Float64Array): Float64Array;
  /** both, which may have a part in common */
  valuesAndSlopes(z: Float64Array): readonly [values: Float64Array, slopes: Float64Array];
  /** φ(z + d) − φ(z), accurate for any d, however small */
  difference(z: number, d: number): number;
  /** |φ″(z)|: how much an error in z moves the slope */
  curvature(z: number): number;
  /** the size of the terms that φ′(z) is the sum of, where they cancel: |φ′(z)| in most */
  slopeSize(z: number): number;
  /** by how much φ′ jumps at z = 0 */
  readonly kink: number;
  /** v and s with φ(z) − t = v − s, both small where φ(z) is near a t at an end of its range */
  apart(z: number, t: number): readonly [v: number, s: number];
  /** what formulas of the textbook lose, in units of u, besides u|a| and u|φ′| */
  readonly textbook: {
    value(z: number, a: number, u: number): number;
    slope(z: number, a: number, u: number): number;
  };
}

export const ACTIVATION_NAMES = [
  'sigmoid',
  'tanh',
  'relu',
  'leaky-relu',
  'elu',
  'selu',
  'softplus',
  'softsign',
  'silu',
  'gelu',
  'gelu-tanh',
  'identity',
] as const;
export type ActivationName = (typeof ACTIVATION_NAMES)[number];

/** An activation as a config names it: two of them take a number, the slope below 0, and the α of α(eᶻ − 1). */
export type ActivationSpec = ActivationName | { readonly 'leaky-relu': number } | { readonly elu: number };

/** The name in a config's activation, and its number if it has one. */
export const nameOf = (spec: ActivationSpec): ActivationName =>
  typeof spec === 'string' ? spec : 'elu' in spec ? 'elu' : 'leaky-relu';

/** `tanh`, `leaky-relu 0.2` */
export const describeActivation = (spec: ActivationSpec): string =>
  typeof spec === 'string' ? spec : Object.entries(spec).flat().join(' ');

/** The activation that a config names; of a layer that has none, the identity. */
export function activationOf(spec: ActivationSpec = 'identity'): Activation {
  if (typeof spec === 'string') return activations[spec];
  return 'elu' in spec ? elu(spec.elu, 1) : leakyRelu(spec['leaky-relu']);
}

/** An activation from what is particular to it. */
function define(
  own: Pick<Activation, 'value' | 'slope' | 'difference' | 'curvature'> &
    Partial<Omit<Activation, 'textbook'>> & { readonly textbook?: Partial<Activation['textbook']> },
): Activation {
  const none = (): number => 0;
  const { values = (z) => each(z, own.value), slopes = (z) => each(z, own.slope) } = own;
  return {
    slopeSize: (z) => Math.abs(own.slope(z)),
    values,
    slopes,
    valuesAndSlopes: (z) => [values(z), slopes(z)],
    kink: 0,
    apart: (z, t) => [own.value(z), t],
    ...own,
    textbook: { value: none, slope: none, ...own.textbook },
  };
}

/** Below it eᵈ is 1 and eᵈ − 1 is d, to the last digit. */
const TINY = 2 ** -54;

/** σ(z) = 1 / (1 + e⁻ᶻ), from the exponential that cannot overflow. */
function sigmoid(z: number): number {
  const e = Math.exp(-Math.abs(z));
  return z >= 0 ? 1 / (1 + e) : e / (1 + e);
}

/** σ′(z) = σ(z) σ(−z), of which one is 1 / (1 + e⁻|ᶻ|) and the other e⁻|ᶻ| / (1 + e⁻|ᶻ|). */
function sigmoidSlope(z: number): number {
  const e = Math.exp(-Math.abs(z));
  return (1 / (1 + e)) * (e / (1 + e));
}

/** σ″(z) = σ′(z)(1 − 2σ(z)) */
const sigmoidCurvature = (z: number): number => -sigmoidSlope(z) * Math.tanh(z / 2);

/**
 * σ(z + d) − σ(z). With p = σ(z), q = σ(−z) it is pq(1 − e⁻ᵈ) / (p + q e⁻ᵈ); expm1 keeps the digits of a small d.
 * For |d| > 1 two values are subtracted, on the side where σ(z) is small.
 */
function sigmoidDifference(z: number, d: number): number {
  if (Math.abs(d) > 1) return z > 0 ? sigmoid(-z) - sigmoid(-(z + d)) : sigmoid(z + d) - sigmoid(z);
  const e = Math.exp(-Math.abs(z));
  const [large, small] = [1 / (1 + e), e / (1 + e)];
  const p = z >= 0 ? large : small;
  const q = z >= 0 ? small : large;
  if (Math.abs(d) < TINY) return (d * p * q) / (p + q);
  return (-Math.expm1(-d) * p * q) / (p + q * Math.exp(-d));
}

/** log(1 + eᶻ) = max(z, 0) + log(1 + e⁻|ᶻ|), which cannot overflow. */
export const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

/**
 * log((1 + eᶻ⁺ᵈ) / (1 + eᶻ)) = log(1 + σ(z)(eᵈ − 1)). For |d| > 1 two values are subtracted, without
 * the max(z, 0) that they have in common.
 */
export function softplusDifference(z: number, d: number): number {
  if (Math.abs(d) <= 1) return Math.log1p(sigmoid(z) * Math.expm1(d));
  return z > 0 && z + d > 0 ? d + softplus(-(z + d)) - softplus(-z) : softplus(z + d) - softplus(z);
}

/** PyTorch takes z for softplus(z) above 20, and 1 for its slope: what that leaves out, in units of u. */
const beyondThreshold = (z: number, u: number): number => (z > 20 ? Math.exp(-z) / u : 0);

/** z above 0, pz below. Where z and z + d lie on one side, two values would cancel. */
function leakyRelu(p: number): Activation {
  const value = p === 0 ? (z: number) => Math.max(z, 0) : (z: number) => (z > 0 ? z : p * z);
  return define({
    value,
    slope: (z) => (z > 0 ? 1 : p),
    difference: (z, d) => {
      if (z > 0 !== z + d > 0) return value(z + d) - value(z);
      return z > 0 ? d : p === 0 ? 0 : p * d;
    },
    curvature: () => 0,
    kink: Math.abs(1 - p),
  });
}

/** λz above 0, λα(eᶻ − 1) below. */
function elu(alpha: number, lambda: number): Activation {
  const low = lambda * alpha;
  const value = (z: number): number => (z > 0 ? lambda * z : low * Math.expm1(z));
  return define({
    value,
    slope: (z) => (z > 0 ? lambda : low * Math.exp(z)),
    values: (z) =>
      pairs(z, arrays.expm1(each(z, (x) => Math.min(x, 0))), (x, e) => (x > 0 ? lambda * x : low * e)),
    slopes: (z) => pairs(z, arrays.exp(each(z, (x) => Math.min(x, 0))), (x, e) => (x > 0 ? lambda : low * e)),
    difference: (z, d) => {
      if (z > 0 && z + d > 0) return lambda * d;
      if (z > 0 || z + d > 0) return value(z + d) - value(z);
      return low * (Math.abs(d) <= 1 ? Math.exp(z) * Math.expm1(d) : Math.exp(z + d) - Math.exp(z));
    },
    curvature: (z) => (z > 0 ? 0 : Math.abs(low) * Math.exp(z)),
    kink: Math.abs(lambda - low),
    // The targets that it tends to: −λα
    apart: (z, t) =>
      z <= 0 && Math.abs(t + low) < Math.abs(t) / 2 ? [low * Math.exp(z), t + low] : [value(z), t],
    // eᶻ − 1, and a + λα for the slope
    textbook: { value: (z) => (z > 0 ? 0 : Math.abs(low)), slope: (z) => (z > 0 ? 0 : Math.abs(low)) },
  });
}

/** √(2/π), and the cubic term of Hendrycks and Gimpel's approximation of Φ (arXiv:1606.08415) */
const GELU_SCALE = Math.sqrt(2 / Math.PI);
const GELU_CUBIC = 0.044715;
/** v(z) with ½(1 + tanh(v/2)) = σ(v), v = 2√(2/π)(z + 0.044715z³), its slope and curvature */
const cubic = (z: number): number => 2 * GELU_SCALE * z * (1 + GELU_CUBIC * z * z);
const cubicSlope = (z: number): number => 2 * GELU_SCALE * (1 + 3 * GELU_CUBIC * z * z);
const cubicDifference = (z: number, d: number): number =>
  2 * GELU_SCALE * d * (1 + GELU_CUBIC * (3 * z * (z + d) + d * d));

const silu = (z: number): number => z * sigmoid(z);
const gelu = (z: number): number => z * distribution(z);
const geluTanh = (z: number): number => z * sigmoid(cubic(z));

/** Whether zΔ and d of a product zσ cancel over a long way that begins or ends below 0, where its values do not. */
const isFar = (z: number, d: number): boolean => Math.abs(d) > 1 && Math.min(z, z + d) < 0;

export const activations: Readonly<Record<ActivationName, Activation>> = {
  sigmoid: define({
    value: sigmoid,
    slope: sigmoidSlope,
    values: arrays.sigmoid,
    slopes: arrays.sigmoidSlope,
    valuesAndSlopes: arrays.sigmoidAndSlope,
    difference: sigmoidDifference,
    curvature: (z) => Math.abs(sigmoidCurvature(z)),
    apart: (z, t) => (t > 0.5 ? [-sigmoid(-z), t - 1] : [sigmoid(z), t]),
    textbook: { slope: (_z, a) => a }, // a(1 − a)
  }),
  tanh: define({
    value: Math.tanh,
    slope: (z) => 4 * sigmoidSlope(2 * z), // 1 − tanh² z = 4σ(2z)σ(−2z)
    values: arrays.tanh,
    slopes: (z) => each(arrays.sigmoidSlope(each(z, (x) => 2 * x)), (slope) => 4 * slope),
    difference: (z, d) => 2 * sigmoidDifference(2 * z, 2 * d), // tanh z = 2σ(2z) − 1
    curvature: (z) => 8 * Math.abs(sigmoidCurvature(2 * z)),
    apart: (z, t) => {
      if (Math.abs(t) <= 0.5) return [Math.tanh(z), t];
      return t > 0 ? [-2 * sigmoid(-2 * z), t - 1] : [2 * sigmoid(2 * z), t + 1];
    },
    textbook: { value: () => 1, slope: (_z, a) => 2 * a * a }, // (eᶻ − e⁻ᶻ)/(eᶻ + e⁻ᶻ), 1 − a²
  }),
  relu: leakyRelu(0),
  'leaky-relu': leakyRelu(0.01),
  elu: elu(1, 1),
  selu: elu(1.6732632423543772, 1.0507009873554805), // Klambauer et al. (2017), as in PyTorch
  softplus: define({
    value: softplus, // log(1 + eᶻ)
    slope: sigmoid,
    values: (z) =>
      pairs(z, arrays.log1p(arrays.exp(each(z, (x) => -Math.abs(x)))), (x, log) => Math.max(x, 0) + log),
    slopes: arrays.sigmoid,
    difference: softplusDifference,
    curvature: sigmoidSlope,
    textbook: {
      value: (z, _a, u) => Math.hypot(1, beyondThreshold(z, u)), // log(1 + eᶻ)
      slope: (z, _a, u) => 1 + beyondThreshold(z, u), // 1 − e⁻ᵃ
    },
  }),
  softsign: define({
    value: (z) => z / (1 + Math.abs(z)),
    slope: (z) => 1 / (1 + Math.abs(z)) ** 2,
    difference: softsignDifference,
    curvature: (z) => 2 / (1 + Math.abs(z)) ** 3,
    apart: (z, t) => {
      if (Math.abs(t) <= 0.5) return [z / (1 + Math.abs(z)), t];
      const up = Math.sign(t) * z; // a = ±1 ∓ …
      const short = (up > 0 ? 1 : 1 + 2 * Math.abs(z)) / (1 + Math.abs(z));
      return [-Math.sign(t) * short, t - Math.sign(t)];
    },
    textbook: { slope: (z) => 2 / (1 + Math.abs(z)) }, // (1 − |a|)²
  }),
  silu: define({
    value: silu,
    values: (z) => pairs(z, arrays.sigmoid(z), (x, s) => x * s),
    slope: (z) => sigmoid(z) * (1 + z * sigmoid(-z)),
    difference: (z, d) =>
      isFar(z, d) ? silu(z + d) - silu(z) : d * sigmoid(z + d) + z * sigmoidDifference(z, d),
    curvature: (z) => Math.abs(2 * sigmoidSlope(z) + z * sigmoidCurvature(z)),
    slopeSize: (z) => sigmoid(z) * (1 + Math.abs(z) * sigmoid(-z)),
    textbook: { slope: (_z, a) => Math.abs(a) }, // a + σ(z)(1 − a)
  }),
  gelu: define({
    value: gelu,
    slope: (z) => distribution(z) + z * density(z),
    difference: (z, d) =>
      isFar(z, d) ? gelu(z + d) - gelu(z) : d * distribution(z + d) + z * distributionDifference(z, d),
    curvature: (z) => density(z) * Math.abs(2 - z * z),
    slopeSize: (z) => distribution(z) + Math.abs(z) * density(z),
    textbook: { value: Math.abs, slope: () => 1 }, // ½z(1 + erf(z/√2))
  }),
  'gelu-tanh': define({
    value: geluTanh,
    values: (z) => pairs(z, arrays.sigmoid(each(z, cubic)), (x, s) => x * s),
    slope: (z) => {
      const v = cubic(z);
      return sigmoid(v) * (1 + z * cubicSlope(z) * sigmoid(-v));
    },
    difference: (z, d) => {
      if (isFar(z, d)) return geluTanh(z + d) - geluTanh(z);
      const v = cubic(z);
      const dv = cubicDifference(z, d);
      return d * sigmoid(cubic(z + d)) + z * sigmoidDifference(v, dv);
    },
    curvature: (z) => {
      const v = cubic(z);
      const [dv, ddv] = [cubicSlope(z), 12 * GELU_SCALE * GELU_CUBIC * z];
      return Math.abs(sigmoidSlope(v) * (2 * dv + z * ddv) + sigmoidCurvature(v) * z * dv * dv);
    },
    slopeSize: (z) => {
      const v = cubic(z);
      return sigmoid(v) * (1 + Math.abs(z) * cubicSlope(z) * sigmoid(-v));
    },
    textbook: { value: Math.abs, slope: (z) => 1 + (Math.abs(z) * cubicSlope(z)) / 2 }, // ½z(1 + tanh(v/2)), 1 − tanh²
  }),
  identity: define({
    value: (z) => z,
    slope: () => 1,
    difference: (_z, d) => d,
    curvature: () => 0,
  }),
};

/**
 * (z + d)/(1 + |z + d|) − z/(1 + |z|), over the common denominator. Where z and z + d lie on one side of 0 the
 * numerator is d; else it is d + 2|z(z + d)| in the direction of d.
 */
function softsignDifference(z: number, d: number): number {
  const across = z * (z + d) < 0 ? 2 * Math.sign(d) * Math.abs(z) * Math.abs(z + d) : 0;
  return (d + across) / (1 + Math.abs(z)) / (1 + Math.abs(z + d));
}
