import { exp, log1p } from './exponential.ts';

/*
 * What softmax and its cross-entropy take of one column of matrices, whose entries stand at `first` and every so many
 * numbers (`row`) up to `end`.
 */

export function softmaxOf(z: Float64Array, y: Float64Array, first: number, end: number, row: number): void {
  const m = largestOf(z, first, end, row);
  let total = 0;
  for (let i = first; i < end; i += row) {
    const e = exp(z[i]! - m);
    y[i] = e;
    total += e;
  }
  for (let i = first; i < end; i += row) y[i] = y[i]! / total;
}

function largestOf(z: Float64Array, first: number, end: number, row: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = first; i < end; i += row) largest = Math.max(largest, z[i]!);
  return largest;
}

/** Σ tₖ(max z − zₖ) + T log(1 + Σ of all y but the largest / the largest) */
export function crossEntropyOf(
  z: Float64Array,
  y: Float64Array,
  t: Float64Array,
  first: number,
  end: number,
  row: number,
): number {
  let largest = y[first]!;
  let others = 0;
  for (let i = first + row; i < end; i += row) {
    others += Math.min(largest, y[i]!);
    largest = Math.max(largest, y[i]!);
  }
  const m = largestOf(z, first, end, row);
  let fit = 0;
  let T = 0;
  for (let i = first; i < end; i += row) {
    const own = t[i]!;
    if (own !== 0) fit += own * (m - z[i]!);
    T += own;
  }
  return fit + T * log1p(others / largest);
}

/** T y − t, and where one class outweighs the others minus the sum of those. */
export function residualOf(
  y: Float64Array,
  t: Float64Array,
  r: Float64Array,
  first: number,
  end: number,
  row: number,
): void {
  let T = 0;
  for (let i = first; i < end; i += row) T += t[i]!;
  let largest = 0;
  let dominant = first;
  for (let i = first; i < end; i += row) {
    const size = T * y[i]! + t[i]!;
    if (!(size > largest)) continue;
    largest = size;
    dominant = i;
  }
  let others = 0;
  for (let i = first; i < end; i += row) {
    const own = T * y[i]! - t[i]!;
    r[i] = own;
    if (i !== dominant) others += own;
  }
  if (largest >= T) r[dominant] = -others;
}
