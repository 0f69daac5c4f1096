/*
 * What takes no exponential. Each function takes so many numbers from one place, or two, and writes its results to
 * another, or the same; up to three more may be overwritten.
 */

export function add(x: usize, y: usize, to: usize, n: i32): void {
  for (const end = x + (n << 3); x < end; x += 32, y += 32, to += 32) {
    v128.store(to, f64x2.add(v128.load(x), v128.load(y)));
    v128.store(to, f64x2.add(v128.load(x, 16), v128.load(y, 16)), 16);
  }
}

export function times(x: usize, y: usize, to: usize, n: i32): void {
  for (const end = x + (n << 3); x < end; x += 32, y += 32, to += 32) {
    v128.store(to, f64x2.mul(v128.load(x), v128.load(y)));
    v128.store(to, f64x2.mul(v128.load(x, 16), v128.load(y, 16)), 16);
  }
}

export function scale(c: f64, x: usize, to: usize, n: i32): void {
  const factor = f64x2.splat(c);
  for (const end = x + (n << 3); x < end; x += 32, to += 32) {
    v128.store(to, f64x2.mul(factor, v128.load(x)));
    v128.store(to, f64x2.mul(factor, v128.load(x, 16)), 16);
  }
}

/** Four sums of squares, from one call to the next. */
const SUMS = memory.data<f64>([0, 0, 0, 0]);

/** Σ xᵢ² of these numbers and those of the calls since the last one that was the first; their number is a multiple of 4. */
export function squares(x: usize, n: i32, isFirst: bool): f64 {
  let one = isFirst ? f64x2.splat(0) : v128.load(SUMS);
  let two = isFirst ? f64x2.splat(0) : v128.load(SUMS, 16);
  const end = x + (n << 3);
  for (; x + 32 <= end; x += 32) {
    const a = v128.load(x);
    const b = v128.load(x, 16);
    one = f64x2.add(one, f64x2.mul(a, a));
    two = f64x2.add(two, f64x2.mul(b, b));
  }
  for (; x < end; x += 8) {
    const a = load<f64>(x);
    one = f64x2.replace_lane(one, 0, f64x2.extract_lane(one, 0) + a * a);
  }
  v128.store(SUMS, one);
  v128.store(SUMS, two, 16);
  return load<f64>(SUMS) + load<f64>(SUMS, 8) + (load<f64>(SUMS, 16) + load<f64>(SUMS, 24));
}
