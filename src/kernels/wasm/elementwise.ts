import { madd, nmadd } from './arithmetic';

/*
 * kernels/exponential.ts, two numbers at a time: the same steps in the same order. Each function takes so many numbers
 * from one place and writes its results to another, or the same; up to three more may be overwritten.
 */

/** A place for numbers that lie elsewhere. */
export const ELEMENTS: usize = 1 << 15;

/** Constants, where an instruction takes two of them at once. */
const CONSTANTS = memory.data<f64>([
  0.5000000000000001, 0.16666666666666669, 0.041666666666623824, 0.008333333333330039, 0.0013888888917367081,
  0.00019841269863171557, 2.4801521057868204e-5, 2.7557268276905696e-6, 2.7620201591031547e-7,
  2.5100472505694996e-8, 1.4426950408889634, 6755399441055744, 0.6931471803691238, 1.9082149292705877e-10, 1,
  -708, 709, -746, 710, 0.5, 5.551115123125783e-17, -40, 0.3999999999940942, 0.22222198432149784,
  0.15313837699209373, 0.6666666666666735, 0.2857142874366239, 0.1818357216161805, 0.14798198605116586, 2, 20,
  -20, 4,
]);
const LOG2E = 10;
const ROUNDING = 11;
const LN2_HIGH = 12;
const LN2_LOW = 13;
const ONE = 14;
const LOWEST = 15;
const HIGHEST = 16;
const ZERO_BELOW = 17;
const INFINITE_ABOVE = 18;
const HALF = 19;
const TINY = 20;
const MINUS_ONE_BELOW = 21;
const LOG = 22;
const TWO = 29;
const SATURATED = 30;
const MINUS_SATURATED = 31;

// @inline
function constant(i: usize): v128 {
  return v128.load64_splat(CONSTANTS + (i << 3));
}

/** (eʳ − 1 − r) / r² */
// @inline
function rest(r: v128, r2: v128): v128 {
  const r4 = f64x2.mul(r2, r2);
  const low = madd(madd(constant(3), r, constant(2)), r2, madd(constant(1), r, constant(0)));
  const middle = madd(madd(constant(7), r, constant(6)), r2, madd(constant(5), r, constant(4)));
  const high = madd(constant(9), r, constant(8));
  return madd(high, f64x2.mul(r4, r4), madd(middle, r4, low));
}

/** 2ᵏ from k + ROUNDING, whose last bits are k. */
// @inline
function power(rounded: v128): v128 {
  return i64x2.shl(i64x2.add(rounded, i64x2.splat(1023)), 52);
}

// @inline
function expOf(x: v128): v128 {
  const inRange = v128.and(f64x2.ge(x, constant(LOWEST)), f64x2.le(x, constant(HIGHEST)));
  return i64x2.all_true(inRange) ? expNear(x) : expFar(x);
}

/** Whether both eˣ and e⁻ˣ are neither infinite nor subnormal. */
// @inline
function areNear(x: v128): bool {
  return i64x2.all_true(f64x2.ge(f64x2.neg(f64x2.abs(x)), constant(LOWEST)));
}

// @inline
function expNear(x: v128): v128 {
  const rounded = madd(x, constant(LOG2E), constant(ROUNDING));
  const k = f64x2.sub(rounded, constant(ROUNDING));
  const r = nmadd(k, constant(LN2_LOW), nmadd(k, constant(LN2_HIGH), x));
  const r2 = f64x2.mul(r, r);
  return f64x2.mul(f64x2.add(constant(ONE), madd(r2, rest(r, r2), r)), power(rounded));
}

function expFar(x: v128): v128 {
  const near = f64x2.min(f64x2.max(x, constant(ZERO_BELOW)), constant(INFINITE_ABOVE));
  const k = f64x2.sub(madd(near, constant(LOG2E), constant(ROUNDING)), constant(ROUNDING));
  const r = nmadd(k, constant(LN2_LOW), nmadd(k, constant(LN2_HIGH), near));
  const r2 = f64x2.mul(r, r);
  const half = f64x2.floor(f64x2.mul(k, constant(HALF)));
  const first = power(f64x2.add(half, constant(ROUNDING)));
  const second = power(f64x2.add(f64x2.sub(k, half), constant(ROUNDING)));
  return f64x2.mul(f64x2.mul(f64x2.add(constant(ONE), madd(r2, rest(r, r2), r)), first), second);
}

function expm1Of(x: v128): v128 {
  const near = f64x2.max(x, constant(MINUS_ONE_BELOW));
  const rounded = madd(near, constant(LOG2E), constant(ROUNDING));
  const k = f64x2.sub(rounded, constant(ROUNDING));
  const high = nmadd(k, constant(LN2_HIGH), near);
  const low = f64x2.mul(k, constant(LN2_LOW));
  const r = f64x2.sub(high, low);
  const r2 = f64x2.mul(r, r);
  const p = power(rounded);
  const first = madd(p, high, f64x2.sub(p, constant(ONE)));
  const all = madd(p, f64x2.sub(f64x2.mul(r2, rest(r, r2)), low), first);
  const inRange = f64x2.le(x, constant(HIGHEST));
  const result = i64x2.all_true(inRange) ? all : v128.bitselect(all, expFar(x), inRange);
  return v128.bitselect(x, result, f64x2.lt(f64x2.abs(x), constant(TINY)));
}

function log1pOf(x: v128): v128 {
  const one = constant(ONE);
  const u = f64x2.add(one, x);
  const shifted = i64x2.add(u, i64x2.splat(0x0009_5f62_0000_0000)); // the bits of 1 less those of √½
  const exponent = i64x2.sub(i64x2.shr_u(shifted, 52), i64x2.splat(1023));
  const k = f64x2.sub(i64x2.add(exponent, constant(ROUNDING)), constant(ROUNDING));
  const bits = i64x2.add(
    v128.and(shifted, i64x2.splat(0x000f_ffff_ffff_ffff)),
    i64x2.splat(0x3fe6_a09e_0000_0000),
  );
  const zero = f64x2.splat(0);
  const unscaled = f64x2.eq(k, zero);
  const f = v128.bitselect(x, f64x2.sub(bits, one), unscaled);
  const lostAbove = f64x2.sub(one, f64x2.sub(u, x));
  const lostBelow = f64x2.sub(x, f64x2.sub(u, one));
  const lost = v128.bitselect(lostAbove, lostBelow, f64x2.gt(k, zero));
  const c = v128.andnot(f64x2.div(lost, u), unscaled);
  const half = f64x2.mul(f64x2.mul(constant(HALF), f), f);
  const s = f64x2.div(f, f64x2.add(constant(TWO), f));
  const z = f64x2.mul(s, s);
  const z2 = f64x2.mul(z, z);
  const odd = madd(madd(constant(LOG + 2), z2, constant(LOG + 1)), z2, constant(LOG));
  const even = madd(
    madd(madd(constant(LOG + 6), z2, constant(LOG + 5)), z2, constant(LOG + 4)),
    z2,
    constant(LOG + 3),
  );
  const R = madd(z, even, f64x2.mul(z2, odd));
  const low = madd(s, f64x2.add(half, R), madd(k, constant(LN2_LOW), c));
  const all = f64x2.sub(f64x2.mul(k, constant(LN2_HIGH)), f64x2.sub(f64x2.sub(half, low), f));
  const infinite = f64x2.splat(Infinity);
  const inRange = v128.and(f64x2.gt(x, constantMinusOne()), f64x2.lt(x, infinite));
  const result = i64x2.all_true(inRange) ? all : v128.bitselect(all, log1pFar(x), inRange);
  return v128.bitselect(x, result, f64x2.lt(f64x2.abs(x), constant(TINY)));
}

function constantMinusOne(): v128 {
  return f64x2.neg(constant(ONE));
}

/** −∞ at −1, NaN below; ∞ and NaN stay what they are. */
function log1pFar(x: v128): v128 {
  const end = f64x2.eq(x, constantMinusOne());
  const below = f64x2.lt(x, constantMinusOne());
  return v128.bitselect(f64x2.splat(-Infinity), v128.bitselect(f64x2.splat(NaN), x, below), end);
}

// @inline
function sigmoidOf(x: v128): v128 {
  const one = constant(ONE);
  const negative = f64x2.neg(x);
  if (areNear(x)) return f64x2.div(one, f64x2.add(one, expNear(negative)));
  const y = f64x2.div(one, f64x2.add(one, expFar(negative)));
  return v128.bitselect(expFar(x), y, f64x2.lt(x, constant(LOWEST)));
}

// @inline
function sigmoidSlopeOf(x: v128): v128 {
  const negative = f64x2.neg(f64x2.abs(x));
  const e = areNear(x) ? expNear(negative) : expFar(negative);
  const sum = f64x2.add(constant(ONE), e);
  return f64x2.div(e, f64x2.mul(sum, sum));
}

function tanhOf(x: v128): v128 {
  const size = f64x2.min(f64x2.abs(x), constant(SATURATED));
  const t = expm1Of(f64x2.mul(constant(TWO), size));
  const sign = f64x2.div(f64x2.min(f64x2.max(x, constant(MINUS_SATURATED)), constant(SATURATED)), size);
  const result = f64x2.mul(f64x2.div(t, f64x2.add(t, constant(TWO))), sign);
  return v128.bitselect(x, result, f64x2.lt(f64x2.abs(x), constant(TINY)));
}

export function exp(from: usize, to: usize, n: i32): void {
  for (const end = from + (n << 3); from < end; from += 32, to += 32) {
    v128.store(to, expOf(v128.load(from)));
    v128.store(to, expOf(v128.load(from, 16)), 16);
  }
}

export function expm1(from: usize, to: usize, n: i32): void {
  for (const end = from + (n << 3); from < end; from += 16, to += 16)
    v128.store(to, expm1Of(v128.load(from)));
}

export function log1p(from: usize, to: usize, n: i32): void {
  for (const end = from + (n << 3); from < end; from += 16, to += 16)
    v128.store(to, log1pOf(v128.load(from)));
}

export function sigmoid(from: usize, to: usize, n: i32): void {
  for (const end = from + (n << 3); from < end; from += 32, to += 32) {
    v128.store(to, sigmoidOf(v128.load(from)));
    v128.store(to, sigmoidOf(v128.load(from, 16)), 16);
  }
}

export function sigmoidSlope(from: usize, to: usize, n: i32): void {
  for (const end = from + (n << 3); from < end; from += 32, to += 32) {
    v128.store(to, sigmoidSlopeOf(v128.load(from)));
    v128.store(to, sigmoidSlopeOf(v128.load(from, 16)), 16);
  }
}

export function tanh(from: usize, to: usize, n: i32): void {
  for (const end = from + (n << 3); from < end; from += 16, to += 16) v128.store(to, tanhOf(v128.load(from)));
}

/** softmax of the columns of rows × cols numbers, two columns at a time, and at the end of an odd number one once more. */
export function softmax(z: usize, y: usize, rows: i32, cols: i32): void {
  const row = (cols as usize) << 3;
  const length = (rows as usize) * row;
  for (let j = 0; j < cols; j += 2) {
    const first = (max(0, min(j, cols - 2)) as usize) << 3;
    let largest = f64x2.splat(-Infinity);
    for (let at = first; at < length; at += row) largest = f64x2.max(largest, v128.load(z + at));
    let total = f64x2.splat(0);
    for (let at = first; at < length; at += row) {
      const e = expOf(f64x2.sub(v128.load(z + at), largest));
      total = f64x2.add(total, e);
      v128.store(y + at, e);
    }
    for (let at = first; at < length; at += row) v128.store(y + at, f64x2.div(v128.load(y + at), total));
  }
}
