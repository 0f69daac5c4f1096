/** The solution of a least-squares problem, and what it leaves. */
export interface Fit {
  readonly solution: Float64Array;
  /** y − Aᵀx, for each equation */
  readonly residual: Float64Array;
  /** how many unknowns the equations tell */
  readonly rank: number;
}

/** What of a column is left by those before it, below which it counts as made of them. */
const DEPENDENT = 1e-10;

/**
 * x that minimises ‖y − Σᵢ xᵢ aᵢ‖, by modified Gram–Schmidt with a second pass (Björck, Numerical Methods for Least
 * Squares Problems, 1996, section 2.4). Columns that those before them make up get the coefficient 0.
 *
 * @param columns the aᵢ, each as long as y
 */
export function leastSquares(columns: readonly Float64Array[], y: Float64Array): Fit {
  const residual = y.slice();
  const basis: {
    readonly q: Float64Array;
    readonly i: number;
    readonly r: Float64Array;
    readonly norm: number;
  }[] = [];
  for (const [i, column] of columns.entries()) {
    const q = column.slice();
    const r = new Float64Array(columns.length);
    for (let pass = 0; pass < 2; pass++)
      for (const other of basis) {
        const along = dot(other.q, q);
        r[other.i] = r[other.i]! + along;
        subtractTimes(q, along, other.q);
      }
    const norm = Math.sqrt(dot(q, q));
    if (norm <= DEPENDENT * Math.sqrt(dot(column, column))) continue;
    for (let e = 0; e < q.length; e++) q[e] = q[e]! / norm;
    basis.push({ q, i, r, norm });
  }
  const along = basis.map(({ q }) => {
    let sum = 0;
    for (let pass = 0; pass < 2; pass++) {
      const part = dot(q, residual);
      subtractTimes(residual, part, q);
      sum += part;
    }
    return sum;
  });
  const solution = new Float64Array(columns.length);
  for (let k = basis.length - 1; k >= 0; k--) {
    const { i, norm } = basis[k]!;
    let value = along[k]!;
    for (let above = k + 1; above < basis.length; above++)
      value -= basis[above]!.r[i]! * solution[basis[above]!.i]!;
    solution[i] = value / norm;
  }
  return { solution, residual, rank: basis.length };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let e = 0; e < a.length; e++) sum += a[e]! * b[e]!;
  return sum;
}

function subtractTimes(a: Float64Array, c: number, b: Float64Array): void {
  for (let e = 0; e < a.length; e++) a[e] = a[e]! - c * b[e]!;
}
