import { madd, nmadd } from './arithmetic';

/*
 * kernels/exponential.ts, two numbers at a time: the same steps in the same order. Each function takes so many numbers
 * from one place and writes its results to another, or the same; up to three more may be overwritten.
 */

/** Places for numbers that lie elsewhere, two arrays of up to 2¹¹. */
export const ELEMENTS: usize = 1 << 15;

/** Constants, where an instruction takes two of them at once. */
const CONSTANTS = memory.data<f64>([
  0.5000000000000001, 0.16666666666666669, 0.041666666666623824, 0.008333333333330039, 0.0013888888917367081,
  0.00019841269863171557, 2.4801521057868204e-5, 2.7557268276905696e-6, 2.7620201591031547e-7,
  2.5100472505694996e-8, 1.4426950408889634, 6755399441056767, 0.6931471803691238, 1.9082149292705877e-10, 1,
  -708, 709, -746, 710, 0.5, 5.551115123125783e-17, -40, 0.3999999999940942, 0.22222198432149784,
  0.15313837699209373, 0.6666666666666735, 0.2857142874366239, 0.1818357216161805, 0.14798198605116586, 2, 20,
  -20, 4, 708, -0,
]);
const LOG2E = 10;
const ROUNDING = 11;
const LN2_HIGH = 12;
const LN2_LOW = 13;
const ONE = 14;
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
const NEAR = 33;
const SIGN = 34;

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

/** 2ᵏ from k + ROUNDING, whose last bits are k + 1023. */
// @inline
function power(rounded: v128): v128 {
  return i64x2.shl(rounded, 52);
}

/**
 * eˣ of two vectors, to a place: each constant is loaded once for both. Where one of them is far from 0, and eˣ may be
 * infinite or subnormal, both go the long way.
 */
// @inline
export function storeExps(x: v128, y: v128, to: usize): void {
  const sign = constant(SIGN);
  const nearX = f64x2.le(v128.andnot(x, sign), constant(NEAR));
  const nearY = f64x2.le(v128.andnot(y, sign), constant(NEAR));
  if (i64x2.all_true(v128.and(nearX, nearY))) {
    storeNearExps(x, y, to);
  } else {
    v128.store(to, expFar(x));
    v128.store(to, expFar(y), 16);
  }
}

// @inline
function storeNearExps(x: v128, y: v128, to: usize): void {
  let a = constant(LOG2E);
  let b = constant(ROUNDING);
  const roundedX = madd(x, a, b);
  const roundedY = madd(y, a, b);
  const kx = f64x2.sub(roundedX, b);
  const ky = f64x2.sub(roundedY, b);
  a = constant(LN2_HIGH);
  b = constant(LN2_LOW);
  const rx = nmadd(kx, b, nmadd(kx, a, x));
  const ry = nmadd(ky, b, nmadd(ky, a, y));
  // rest, term by term
  const rx2 = f64x2.mul(rx, rx);
  const ry2 = f64x2.mul(ry, ry);
  a = constant(1);
  b = constant(0);
  let restX = madd(a, rx, b);
  let restY = madd(a, ry, b);
  a = constant(3);
  b = constant(2);
  restX = madd(madd(a, rx, b), rx2, restX);
  restY = madd(madd(a, ry, b), ry2, restY);
  const rx4 = f64x2.mul(rx2, rx2);
  const ry4 = f64x2.mul(ry2, ry2);
  a = constant(5);
  b = constant(4);
  let middleX = madd(a, rx, b);
  let middleY = madd(a, ry, b);
  a = constant(7);
  b = constant(6);
  middleX = madd(madd(a, rx, b), rx2, middleX);
  middleY = madd(madd(a, ry, b), ry2, middleY);
  a = constant(9);
  b = constant(8);
  restX = madd(madd(a, rx, b), f64x2.mul(rx4, rx4), madd(middleX, rx4, restX));
  restY = madd(madd(a, ry, b), f64x2.mul(ry4, ry4), madd(middleY, ry4, restY));
  a = constant(ONE);
  v128.store(to, f64x2.mul(f64x2.add(a, madd(rx2, restX, rx)), power(roundedX)));
  v128.store(to, f64x2.mul(f64x2.add(a, madd(ry2, restY, ry)), power(roundedY)), 16);
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

export function log1pOf(x: v128): v128 {
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

function tanhOf(x: v128): v128 {
  const size = f64x2.min(f64x2.abs(x), constant(SATURATED));
  const t = expm1Of(f64x2.mul(constant(TWO), size));
  const sign = f64x2.div(f64x2.min(f64x2.max(x, constant(MINUS_SATURATED)), constant(SATURATED)), size);
  const result = f64x2.mul(f64x2.div(t, f64x2.add(t, constant(TWO))), sign);
  return v128.bitselect(x, result, f64x2.lt(f64x2.abs(x), constant(TINY)));
}

export function exp(from: usize, to: usize, n: i32): void {
  for (const end = from + (n << 3); from < end; from += 32, to += 32)
    storeExps(v128.load(from), v128.load(from, 16), to);
}

export function expm1(from: usize, to: usize, n: i32): void {
  for (const end = from + (n << 3); from < end; from += 16, to += 16)
    v128.store(to, expm1Of(v128.load(from)));
}

export function log1p(from: usize, to: usize, n: i32): void {
  for (const end = from + (n << 3); from < end; from += 16, to += 16)
    v128.store(to, log1pOf(v128.load(from)));
}

/** e⁻ˣ of |x|, which cannot overflow. */
// @inline
function storeExpsBelow(from: usize, to: usize): void {
  const sign = constant(SIGN);
  storeExps(v128.or(v128.load(from), sign), v128.or(v128.load(from, 16), sign), to);
}

/** σ(x) from e = e⁻|ˣ| */
// @inline
function sigmoidOf(x: v128, e: v128): v128 {
  const one = constant(ONE);
  return f64x2.div(v128.bitselect(one, e, f64x2.ge(x, f64x2.splat(0))), f64x2.add(one, e));
}

/** σ(x) σ(−x) from e = e⁻|ˣ| */
// @inline
function slopeOf(e: v128): v128 {
  const sum = f64x2.add(constant(ONE), e);
  return f64x2.div(e, f64x2.mul(sum, sum));
}

export function sigmoid(from: usize, to: usize, n: i32): void {
  for (const end = from + (n << 3); from < end; from += 32, to += 32) {
    const x = v128.load(from);
    const y = v128.load(from, 16);
    storeExpsBelow(from, to);
    v128.store(to, sigmoidOf(x, v128.load(to)));
    v128.store(to, sigmoidOf(y, v128.load(to, 16)), 16);
  }
}

export function sigmoidSlope(from: usize, to: usize, n: i32): void {
  for (const end = from + (n << 3); from < end; from += 32, to += 32) {
    storeExpsBelow(from, to);
    v128.store(to, slopeOf(v128.load(to)));
    v128.store(to, slopeOf(v128.load(to, 16)), 16);
  }
}

/** σ(x) to one place, and σ(x) σ(−x) to another, which is none of the others. */
export function sigmoidAndSlope(from: usize, to: usize, toSlope: usize, n: i32): void {
  for (const end = from + (n << 3); from < end; from += 32, to += 32, toSlope += 32) {
    storeExpsBelow(from, toSlope);
    const e = v128.load(toSlope);
    const f = v128.load(toSlope, 16);
    v128.store(to, sigmoidOf(v128.load(from), e));
    v128.store(to, sigmoidOf(v128.load(from, 16), f), 16);
    v128.store(toSlope, slopeOf(e));
    v128.store(toSlope, slopeOf(f), 16);
  }
}

export function tanh(from: usize, to: usize, n: i32): void {
  for (const end = from + (n << 3); from < end; from += 16, to += 16) v128.store(to, tanhOf(v128.load(from)));
}
