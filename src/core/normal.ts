/*
 * The standard normal distribution, which gelu is made of: its density φ, its distribution Φ(z) = ½ erfc(−z/√2),
 * and differences of Φ, each to a few units of the last digit, however far out in the tail z lies.
 *
 * The rational approximations are those of W. J. Cody, "Rational Chebyshev Approximations for the Error Function",
 * Math. Comp. 23 (1969), 631–637, with the coefficients of his program CALERF (SPECFUN, netlib.org/specfun/erf).
 */

/** erf(x)/x = P(x²)/Q(x²) for |x| ≤ 0.46875 */
const ERF_P = [
  0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694,
];
const ERF_Q = [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171];

/** eˣ² erfc(x) = P(x)/Q(x) for 0.46875 ≤ x ≤ 4 */
const MIDDLE_P = [
  2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001,
  881.952221241769, 1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
];
const MIDDLE_Q = [
  1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
  4362.619090143247, 3439.3676741437216, 1230.3393548037495,
];

/** eˣ² erfc(x) = (1/√π − P(1/x²)/Q(1/x²)/x²) / x for x ≥ 4 */
const FAR_P = [
  0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
  0.0006587491615298378,
];
const FAR_Q = [
  1, 2.568520192289822, 1.8729528499234604, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918,
];

/** Horner's rule, the highest coefficient first. */
function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0;
  for (const coefficient of coefficients) value = value * x + coefficient;
  return value;
}

/** eˣ² erfc(x) for x ≥ 0.46875 */
function scaledErfc(x: number): number {
  if (x <= 4) return polynomial(MIDDLE_P, x) / polynomial(MIDDLE_Q, x);
  const square = 1 / (x * x);
  return (1 / Math.sqrt(Math.PI) - (square * polynomial(FAR_P, square)) / polynomial(FAR_Q, square)) / x;
}

/** e^(−z²/2), with z² in two parts so that its rounding is not multiplied by z² itself. */
function bell(z: number): number {
  const coarse = Math.trunc(z * 16) / 16; // its square is exact
  return Math.exp((-coarse * coarse) / 2) * Math.exp((-(z - coarse) * (z + coarse)) / 2);
}

/** φ(z) = e^(−z²/2) / √(2π), the density. */
export const density = (z: number): number => bell(z) / Math.sqrt(2 * Math.PI);

/** Φ(z) = ½ erfc(−z/√2), the distribution. */
export function distribution(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  if (x <= 0.46875) {
    const square = x * x;
    return 0.5 + (0.5 * Math.sign(z) * x * polynomial(ERF_P, square)) / polynomial(ERF_Q, square);
  }
  const tail = 0.5 * bell(z) * scaledErfc(x);
  return z < 0 ? tail : 1 - tail;
}

/** The nodes of Gauss–Legendre's rule with 8 points on [−1, 1], and their weights. */
const GAUSS_LEGENDRE = [
  [0.1834346424956498, 0.362683783378362],
  [0.525532409916329, 0.3137066458778873],
  [0.7966664774136267, 0.2223810344533745],
  [0.9602898564975363, 0.1012285362903763],
] as const;

/**
 * Φ(z + d) − Φ(z) = φ(z) ∫ e^(−zs − s²/2) ds from 0 to d. Where the exponential hardly changes on the way, by its
 * value in the middle; where it changes little, by Gauss–Legendre's rule, whose error is then below rounding; else by
 * subtraction, on the side where Φ(z) is small.
 */
export function distributionDifference(z: number, d: number): number {
  const change = Math.abs(d) * (1 + Math.abs(z));
  const at = (s: number): number => Math.exp(-s * (z + s / 2));
  if (change < 1e-9) return d * density(z) * at(d / 2);
  if (change > 1)
    return z > 0 ? distribution(-z) - distribution(-(z + d)) : distribution(z + d) - distribution(z);
  let mean = 0;
  for (const [node, weight] of GAUSS_LEGENDRE)
    mean += (weight / 2) * (at((d * (1 + node)) / 2) + at((d * (1 - node)) / 2));
  return d * density(z) * mean;
}
