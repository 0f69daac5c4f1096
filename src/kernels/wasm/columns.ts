import { log1pOf, storeExps } from './elementwise';

/*
 * What softmax and its cross-entropy take of each column of matrices, some columns at a time; at the end some of them
 * once more. A row is the way from one row of a matrix to the next, in bytes.
 */

/** y = softmax(z), four columns at a time. */
export function softmax(rows: i32, cols: i32, z: usize, zRow: usize, y: usize, yRow: usize): void {
  for (let j = 0; j < cols; j += 4)
    softmaxOf(z + placeOf(j, cols, 4), zRow, y + placeOf(j, cols, 4), yRow, rows);
}

/** Where so many columns begin, counted from j, or from the end. */
function placeOf(j: i32, cols: i32, some: i32): usize {
  return (min(j, cols - some) as usize) << 3;
}

function softmaxOf(z: usize, zRow: usize, y: usize, yRow: usize, rows: i32): void {
  let largest = f64x2.splat(-Infinity);
  let largest2 = largest;
  for (let k = 0, at = z; k < rows; k++, at += zRow) {
    largest = f64x2.max(largest, v128.load(at));
    largest2 = f64x2.max(largest2, v128.load(at, 16));
  }
  let total = f64x2.splat(0);
  let total2 = total;
  for (let k = 0, to = y; k < rows; k++, to += yRow, z += zRow) {
    storeExps(f64x2.sub(v128.load(z), largest), f64x2.sub(v128.load(z, 16), largest2), to);
    total = f64x2.add(total, v128.load(to));
    total2 = f64x2.add(total2, v128.load(to, 16));
  }
  for (let k = 0; k < rows; k++, y += yRow) {
    v128.store(y, f64x2.div(v128.load(y), total));
    v128.store(y, f64x2.div(v128.load(y, 16), total2), 16);
  }
}

/** losses = Σ tₖ(max z − zₖ) + T log(1 + Σ of all y but the largest / the largest), two columns at a time. */
export function crossEntropy(
  rows: i32,
  cols: i32,
  z: usize,
  zRow: usize,
  y: usize,
  yRow: usize,
  t: usize,
  tRow: usize,
  losses: usize,
): void {
  for (let j = 0; j < cols; j += 2) {
    const place = placeOf(j, cols, 2);
    const ratio = othersByLargest(y + place, yRow, rows);
    let largest = f64x2.splat(-Infinity);
    for (let k = 0, at = z + place; k < rows; k++, at += zRow) largest = f64x2.max(largest, v128.load(at));
    const zero = f64x2.splat(0);
    let fit = zero;
    let T = zero;
    for (let k = 0, at = z + place, from = t + place; k < rows; k++, at += zRow, from += tRow) {
      const own = v128.load(from);
      const term = f64x2.mul(own, f64x2.sub(largest, v128.load(at)));
      fit = f64x2.add(fit, v128.and(term, f64x2.ne(own, zero))); // 0 times ∞ is left out
      T = f64x2.add(T, own);
    }
    v128.store(losses + place, f64x2.add(fit, f64x2.mul(T, log1pOf(ratio))));
  }
}

function othersByLargest(y: usize, yRow: usize, rows: i32): v128 {
  let largest = v128.load(y);
  let others = f64x2.splat(0);
  for (let k = 1; k < rows; k++) {
    y += yRow;
    const own = v128.load(y);
    others = f64x2.add(others, f64x2.min(largest, own));
    largest = f64x2.max(largest, own);
  }
  return f64x2.div(others, largest);
}

/** r = T y − t, and where the row r with the largest T y + t has T or more, minus the sum of the others. */
export function residual(
  rows: i32,
  cols: i32,
  y: usize,
  yRow: usize,
  t: usize,
  tRow: usize,
  r: usize,
  rRow: usize,
): void {
  for (let j = 0; j < cols; j += 2) {
    const place = placeOf(j, cols, 2);
    residualOf(y + place, yRow, t + place, tRow, r + place, rRow, rows);
  }
}

function residualOf(y: usize, yRow: usize, t: usize, tRow: usize, r: usize, rRow: usize, rows: i32): void {
  const zero = f64x2.splat(0);
  let T = zero;
  for (let k = 0, at = t; k < rows; k++, at += tRow) T = f64x2.add(T, v128.load(at));
  let largest = zero;
  let dominant = zero; // its row
  for (let k = 0, at = y, from = t; k < rows; k++, at += yRow, from += tRow) {
    const size = f64x2.add(f64x2.mul(T, v128.load(at)), v128.load(from));
    const isLarger = f64x2.gt(size, largest);
    largest = v128.bitselect(size, largest, isLarger);
    dominant = v128.bitselect(f64x2.splat(k as f64), dominant, isLarger);
  }
  let others = zero;
  for (let k = 0, to = r; k < rows; k++, y += yRow, t += tRow, to += rRow) {
    const own = f64x2.sub(f64x2.mul(T, v128.load(y)), v128.load(t));
    const isDominant = f64x2.eq(dominant, f64x2.splat(k as f64));
    others = v128.bitselect(others, f64x2.add(others, own), isDominant);
    v128.store(to, own);
  }
  const cancels = f64x2.ge(largest, T);
  if (!v128.any_true(cancels)) return;
  for (let k = 0; k < rows; k++, r += rRow) {
    const isReplaced = v128.and(cancels, f64x2.eq(dominant, f64x2.splat(k as f64)));
    v128.store(r, v128.bitselect(f64x2.neg(others), v128.load(r), isReplaced));
  }
}
