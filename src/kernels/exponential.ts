/*
 * Exponentials of one number, in arithmetic that WebAssembly repeats two numbers at a time (wasm/elementwise.ts), with
 * the same results to the last bit. Within 2 ulp, and faster than Math.exp, which is called outside of the loop.
 *
 *     eˣ = 2ᵏ eʳ,   k = round(x / log 2),   r = x − k log 2,   |r| ≤ ½ log 2
 */

/** log 2, its first 33 bits and what is left: k times the first is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
/** Added and taken away again, it leaves the nearest integer k; meanwhile the last bits are the exponent of 2ᵏ. */
const ROUNDING = 1.5 * 2 ** 52 + 1023;

/** Between them eˣ is neither infinite nor subnormal, nor is 2ᵏ. */
const LOWEST = -708;
const HIGHEST = 709;

/** 2ᵏ at k + 1022 */
const powers = new Float64Array(2046);
for (let i = 0, power = 2 ** -1022; i < powers.length; i++, power *= 2) powers[i] = power;

/**
 * (eʳ − 1 − r) / r², by a polynomial that interpolates it at the Chebyshev points of |r| ≤ ½ log 2: eʳ is within
 * 2⁻⁵⁵ of itself. In an order that lets the processor do several steps at a time.
 */
function rest(r: number, r2: number): number {
  const r4 = r2 * r2;
  const low =
    0.5000000000000001 + 0.16666666666666669 * r + (0.041666666666623824 + 0.008333333333330039 * r) * r2;
  const middle =
    0.0013888888917367081 +
    0.00019841269863171557 * r +
    (2.4801521057868204e-5 + 2.7557268276905696e-6 * r) * r2;
  const high = 2.7620201591031547e-7 + 2.5100472505694996e-8 * r;
  return low + middle * r4 + high * (r4 * r4);
}

/** eˣ */
export function exp(x: number): number {
  if (!(x >= LOWEST && x <= HIGHEST)) return expFar(x);
  const k = x * Math.LOG2E + ROUNDING - ROUNDING;
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  const r2 = r * r;
  return (1 + (r + r2 * rest(r, r2))) * powers[k + 1022]!;
}

/** eˣ where it is infinite, subnormal, 0 or NaN, or nearly: 2ᵏ in two factors, of which only the last one rounds. */
function expFar(x: number): number {
  const near = Math.min(Math.max(x, -746), 710);
  const k = near * Math.LOG2E + ROUNDING - ROUNDING;
  const r = near - k * LN2_HIGH - k * LN2_LOW;
  const r2 = r * r;
  const half = Math.floor(k / 2);
  return (1 + (r + r2 * rest(r, r2))) * powers[half + 1022]! * powers[k - half + 1022]!;
}

/** Below it x is eˣ − 1, log(1 + x) and tanh x, to the last digit and with its sign. */
const TINY = 2 ** -54;

/** eˣ − 1 = (2ᵏr + (2ᵏ − 1)) + 2ᵏ(eʳ − 1 − r), with the digits that r itself has lost among the last. */
export function expm1(x: number): number {
  if (Math.abs(x) < TINY) return x;
  if (!(x <= HIGHEST)) return expFar(x);
  const near = Math.max(x, -40); // -1 already
  const k = near * Math.LOG2E + ROUNDING - ROUNDING;
  const high = near - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const r2 = r * r;
  const power = powers[k + 1022]!;
  return power * high + (power - 1) + power * (r2 * rest(r, r2) - low);
}

/** The bits of a number: its upper half is the second of two. */
const bits = new Float64Array(1);
const halves = new Int32Array(bits.buffer);

/** The upper half of the bits of √½ and of 1. */
const SQRT_HALF_BITS = 0x3fe6a09e;
const ONE_BITS = 0x3ff00000;

/**
 * log(1 + x), as Sun's fdlibm has it: 1 + x = 2ᵏ(1 + f) with √½ < 1 + f < √2, where c is what 1 + x has lost, and
 * log(1 + f) = f − (½f² − s(½f² + R(s²))) with s = f / (2 + f).
 */
export function log1p(x: number): number {
  if (Math.abs(x) < TINY) return x;
  if (!(x > -1 && x < Number.POSITIVE_INFINITY))
    return x === -1 ? Number.NEGATIVE_INFINITY : x < -1 ? Number.NaN : x;
  const u = 1 + x;
  bits[0] = u;
  const upper = halves[1]! + (ONE_BITS - SQRT_HALF_BITS);
  const k = (upper >> 20) - 1023;
  halves[1] = (upper & 0xfffff) + SQRT_HALF_BITS;
  const f = k === 0 ? x : bits[0] - 1;
  const c = k === 0 ? 0 : (k > 0 ? 1 - (u - x) : x - (u - 1)) / u;
  const half = 0.5 * f * f;
  const s = f / (2 + f);
  const z = s * s;
  const z2 = z * z;
  const odd = 0.3999999999940942 + (0.22222198432149784 + 0.15313837699209373 * z2) * z2;
  const even =
    0.6666666666666735 + (0.2857142874366239 + (0.1818357216161805 + 0.14798198605116586 * z2) * z2) * z2;
  const R = z2 * odd + z * even;
  return k * LN2_HIGH - (half - (s * (half + R) + (k * LN2_LOW + c)) - f);
}

/** σ(x) = 1 / (1 + e), or e / (1 + e) below 0, with e = e⁻|ˣ|, which cannot overflow. */
export function sigmoid(x: number): number {
  const e = exp(-Math.abs(x));
  return (x >= 0 ? 1 : e) / (1 + e);
}

/** σ(x) σ(−x) = e / (1 + e)² with e = e⁻|ˣ|, which cannot overflow. */
export function sigmoidSlope(x: number): number {
  const e = exp(-Math.abs(x));
  const sum = 1 + e;
  return e / (sum * sum);
}

/** tanh x = (t − 1) / (t + 1) with t = e²|ˣ|, and the sign of x. */
export function tanh(x: number): number {
  if (Math.abs(x) < TINY) return x;
  const size = Math.min(Math.abs(x), 20); // 1 from there on
  const t = expm1(2 * size);
  return (t / (t + 2)) * (Math.min(Math.max(x, -20), 20) / size);
}
