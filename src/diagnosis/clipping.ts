import { largest } from '../core/matrix.ts';
import type { Evidence } from './evidence.ts';
import { shortest } from './numbers.ts';
import type { Place } from './place.ts';

// A right gradient that was clipped before it was returned: what training does with it, and a check must not see.

/** So many entries at the limit are no coincidence. */
const ENOUGH = 2;

/** Entries cut off beyond ±c, the others as they are: `np.clip(dW, -c, c)`. */
export function clippedEntries(seen: readonly Evidence[]): Place | undefined {
  const wrong = seen.filter(({ isWrong }) => isWrong);
  const c = wrong.reduce((most, { given }) => Math.max(most, largest(given.data)), 0);
  if (!wrong.every(({ fits }) => fits) || !Number.isFinite(c) || c === 0) return undefined;
  const isClipped = seen.every(
    (one) => one.fits && one.right.data.every((a, i) => one.matches(i, Math.min(Math.max(a, -c), c))),
  );
  const cut = new Set(wrong.flatMap(({ right }) => [...right.data].filter((a) => Math.abs(a) > c)));
  if (!isClipped || cut.size < ENOUGH) return undefined;
  return {
    tensors: wrong.map(({ name }) => name),
    explanation: `every entry beyond ±${shortest(c)} is cut off there, as gradient clipping does, and the others are right: check the gradient before it is clipped`,
    isWhole: true,
  };
}

/** The norm of a whole gradient, where it is a decimal of two digits: then it was scaled to that. */
export function roundNorm(seen: readonly Evidence[]): string | undefined {
  const squares = seen.reduce((sum, { given }) => sum + given.data.reduce((s, r) => s + r * r, 0), 0);
  const norm = Number(shortest(Math.sqrt(squares)));
  return norm === Number(norm.toPrecision(2)) ? String(norm) : undefined;
}
