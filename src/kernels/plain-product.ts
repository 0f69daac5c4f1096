/** Entry (i, p) of A stands at i·downA + p·rightA, entry (p, j) of B at p·downB + j·rightB. */
interface Shapes {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly rightA: number;
  readonly downA: number;
  readonly rightB: number;
  readonly downB: number;
}

/** From so many rows of C on it pays to lay out two columns of B one beside the other. */
const LAID_OUT_FROM = 16;

/**
 * C = A B, in tiles of 4 × 2 entries of C, kept in registers: a loop over one entry at a time waits for its own last
 * sum, and takes three times as long. A tile that would reach over the edge repeats the last row or column, which then
 * gets the same numbers once more.
 */
export function product(
  A: Float64Array,
  B: Float64Array,
  C: Float64Array,
  shapes: Shapes,
  start?: Float64Array,
): void {
  const { m, k, n, rightB, downB } = shapes;
  const columns = downB > 1 && m >= LAID_OUT_FROM ? new Float64Array(2 * k) : undefined;
  for (let j = 0; j < n; j += 2) {
    const b0 = j * rightB;
    const b1 = Math.min(j + 1, n - 1) * rightB;
    if (columns === undefined) tilesOf(A, B, C, shapes, j, b0, b1, downB, start);
    else {
      for (let p = 0, at = 0; p < 2 * k; p += 2, at += downB) {
        columns[p] = B[b0 + at]!;
        columns[p + 1] = B[b1 + at]!;
      }
      tilesOf(A, columns, C, shapes, j, 0, 1, 2, start);
    }
  }
}

/** Columns j and j + 1 of C; those of B begin at fromB0 and fromB1. */
function tilesOf(
  A: Float64Array,
  B: Float64Array,
  C: Float64Array,
  { m, k, n, rightA, downA }: Shapes,
  j0: number,
  fromB0: number,
  fromB1: number,
  downB: number,
  start: Float64Array | undefined,
): void {
  const j1 = Math.min(j0 + 1, n - 1);
  for (let i0 = 0; i0 < m; i0 += 4) {
    const i1 = Math.min(i0 + 1, m - 1);
    const i2 = Math.min(i0 + 2, m - 1);
    const i3 = Math.min(i0 + 3, m - 1);
    let c00 = start === undefined ? 0 : start[i0]!;
    let c01 = c00;
    let c10 = start === undefined ? 0 : start[i1]!;
    let c11 = c10;
    let c20 = start === undefined ? 0 : start[i2]!;
    let c21 = c20;
    let c30 = start === undefined ? 0 : start[i3]!;
    let c31 = c30;
    const [a0, a1, a2, a3] = [i0 * downA, i1 * downA, i2 * downA, i3 * downA];
    for (let p = 0, a = 0, b = 0; p < k; p++, a += rightA, b += downB) {
      const x = B[fromB0 + b]!;
      const y = B[fromB1 + b]!;
      const [r0, r1, r2, r3] = [A[a0 + a]!, A[a1 + a]!, A[a2 + a]!, A[a3 + a]!];
      c00 += r0 * x;
      c01 += r0 * y;
      c10 += r1 * x;
      c11 += r1 * y;
      c20 += r2 * x;
      c21 += r2 * y;
      c30 += r3 * x;
      c31 += r3 * y;
    }
    C[i0 * n + j0] = c00;
    C[i0 * n + j1] = c01;
    C[i1 * n + j0] = c10;
    C[i1 * n + j1] = c11;
    C[i2 * n + j0] = c20;
    C[i2 * n + j1] = c21;
    C[i3 * n + j0] = c30;
    C[i3 * n + j1] = c31;
  }
}
