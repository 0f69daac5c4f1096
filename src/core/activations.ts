/**
 * Activation functions: value, slope and difference of each stand together.
 *
 * The slopes are written so that no digits cancel where a unit is saturated: the textbook's a(1 − a)
 * loses all of them once a rounds to 1, σ(z)σ(−z) loses none. The differences φ(z + d) − φ(z) are
 * taken without subtracting two values, and use no slope, so that they can check it.
 */
export interface Activation {
  /** φ(z) */
  value(z: number): number;
  /** φ′(z) */
  slope(z: number): number;
  /** φ(z + d) − φ(z), accurate for any d, however small */
  difference(z: number, d: number): number;
  /** |φ″(z)|: how much an error in z moves the slope */
  curvature(z: number): number;
}

export const ACTIVATION_NAMES = ['sigmoid', 'tanh', 'relu', 'softplus', 'identity'] as const;
export type ActivationName = (typeof ACTIVATION_NAMES)[number];

/** σ(z) = 1 / (1 + e⁻ᶻ), from the exponential that cannot overflow. */
function sigmoid(z: number): number {
  const e = Math.exp(-Math.abs(z));
  return z >= 0 ? 1 / (1 + e) : e / (1 + e);
}

/** σ′(z) = σ(z) σ(−z) */
const sigmoidSlope = (z: number): number => sigmoid(z) * sigmoid(-z);

/**
 * σ(z + d) − σ(z). With p = σ(z), q = σ(−z) it is pq(1 − e⁻ᵈ) / (p + q e⁻ᵈ) for d ≥ 0, and its mirror
 * image below; expm1 keeps the digits of a small d. For |d| > 1 two values are subtracted, on the side
 * where both are small.
 */
function sigmoidDifference(z: number, d: number): number {
  if (Math.abs(d) > 1) {
    return z > 0 && z + d > 0 ? sigmoid(-z) - sigmoid(-(z + d)) : sigmoid(z + d) - sigmoid(z);
  }
  const p = sigmoid(z);
  const q = sigmoid(-z);
  return d >= 0
    ? (-Math.expm1(-d) * p * q) / (p + q * Math.exp(-d))
    : (Math.expm1(d) * p * q) / (q + p * Math.exp(d));
}

/** log(1 + eᶻ) = max(z, 0) + log(1 + e⁻|ᶻ|), which cannot overflow. */
const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

/**
 * log((1 + eᶻ⁺ᵈ) / (1 + eᶻ)) = log(1 + σ(z)(eᵈ − 1)). For |d| > 1 two values are subtracted, without
 * the max(z, 0) that they have in common.
 */
function softplusDifference(z: number, d: number): number {
  if (Math.abs(d) <= 1) return Math.log1p(sigmoid(z) * Math.expm1(d));
  return z > 0 && z + d > 0 ? d + softplus(-(z + d)) - softplus(-z) : softplus(z + d) - softplus(z);
}

export const activations: Readonly<Record<ActivationName, Activation>> = {
  sigmoid: {
    value: sigmoid,
    slope: sigmoidSlope,
    difference: sigmoidDifference,
    curvature: (z) => sigmoidSlope(z) * Math.abs(Math.tanh(z / 2)), // σ″ = σ′(1 − 2σ)
  },
  tanh: {
    value: Math.tanh,
    slope: (z) => 4 * sigmoidSlope(2 * z), // 1 − tanh² z = 4σ(2z)σ(−2z)
    difference: (z, d) => 2 * sigmoidDifference(2 * z, 2 * d), // tanh z = 2σ(2z) − 1
    curvature: (z) => 8 * sigmoidSlope(2 * z) * Math.abs(Math.tanh(z)),
  },
  relu: {
    value: (z) => Math.max(z, 0),
    slope: (z) => (z > 0 ? 1 : 0),
    // Where z and z + d lie on one side of the kink, max(z + d, 0) − max(z, 0) would cancel.
    difference: (z, d) => (z > 0 ? (z + d > 0 ? d : -z) : Math.max(z + d, 0)),
    curvature: () => 0,
  },
  softplus: {
    value: softplus, // log(1 + eᶻ)
    slope: sigmoid,
    difference: softplusDifference,
    curvature: sigmoidSlope,
  },
  identity: {
    value: (z) => z,
    slope: () => 1,
    difference: (_z, d) => d,
    curvature: () => 0,
  },
};
