/*
 * Exponentials and logarithms of a number of float64, exactly: as integers, in units of 2⁻¹³⁰⁰, by their series. Slow,
 * and so plain that it can be believed.
 */

const BITS = 1300n;
const ONE = 1n << BITS;

const view = new DataView(new ArrayBuffer(8));

/** x itself, which is an integer in these units. */
export function exactly(x: number): bigint {
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const exponent = (bits >> 52n) & 2047n;
  const fraction = bits & ((1n << 52n) - 1n);
  const size =
    exponent === 0n ? fraction << (BITS - 1074n) : ((1n << 52n) | fraction) << (BITS - 1075n + exponent);
  return bits >> 63n === 1n ? -size : size;
}

/** e^x = (e^(x/2¹²))^(2¹²) */
export function exp(x: bigint): bigint {
  let sum = ONE;
  // With so many more digits as the squares lose
  const y = x >> 12n;
  for (let term = ONE, n = 1n; term !== 0n && term !== -1n; n++) {
    term = (term * y) / (ONE * n);
    sum += term;
  }
  for (let i = 0; i < 12; i++) sum = (sum * sum) >> BITS;
  return sum;
}

/** 2 artanh(y) = 2(y + y³/3 + y⁵/5 + …) */
function twiceArtanh(y: bigint): bigint {
  const square = (y * y) >> BITS;
  let sum = 0n;
  for (let power = y, n = 1n; power !== 0n && power !== -1n; n += 2n) {
    sum += power / n;
    power = (power * square) >> BITS;
  }
  return 2n * sum;
}

const LN2 = twiceArtanh(ONE / 3n);

/** log(1 + x) = k log 2 + 2 artanh((m − 1) / (m + 1)), where 1 + x = 2ᵏm */
export function log1p(x: bigint): bigint {
  let m = ONE + x;
  let k = 0n;
  for (; m > ONE + (ONE >> 1n); k++) m >>= 1n;
  for (; m < ONE - (ONE >> 2n); k--) m <<= 1n;
  return k * LN2 + twiceArtanh(((m - ONE) * ONE) / (m + ONE));
}

export const divide = (a: bigint, b: bigint): bigint => (a * ONE) / b;

/** By how many units in the last place of the exact value a number is off. */
export function ulps(actual: number, exact: bigint): number {
  const bits = BigInt((exact < 0n ? -exact : exact).toString(2).length);
  const ulp = 1n << (bits - 53n > BITS - 1074n ? bits - 53n : BITS - 1074n);
  return Number(((exactly(actual) - exact) * 1000n) / ulp) / 1000;
}
