import type { Pass } from './forward.ts';
import { at, type Matrix } from './matrix.ts';

/** How many samples a network puts in their class. */
export interface Accuracy {
  readonly right: number;
  /** N */
  readonly samples: number;
}

/** The class of each sample: that of the largest output; of one output whether it is on the side of 1. */
export const predictedClasses = ({ logits, network: { output } }: Pass): number[] =>
  logits.rows === 1
    ? Array.from(logits.data, (z) => (z > (output === 'sigmoid' ? 0 : 0.5) ? 1 : 0))
    : largestOfColumns(logits);

/**
 * How many classes are predicted right, where the targets are classes: a 1 and else 0 in each column; for a single
 * output, a sigmoid, 0 or 1. Else undefined.
 */
export function accuracyOf(pass: Pass): Accuracy | undefined {
  const { Y, output } = pass.network;
  if (!areClasses(Y) || (Y.rows === 1 && output !== 'sigmoid')) return undefined;
  const classes = Y.rows === 1 ? Array.from(Y.data) : largestOfColumns(Y);
  const right = predictedClasses(pass).filter((k, n) => k === classes[n]).length;
  return { right, samples: Y.cols };
}

function areClasses(Y: Matrix): boolean {
  if (!Y.data.every((t) => t === 0 || t === 1)) return false;
  if (Y.rows === 1) return true;
  return Array.from({ length: Y.cols }, (_, n) => n).every((n) => {
    let ones = 0;
    for (let k = 0; k < Y.rows; k++) ones += at(Y, k, n);
    return ones === 1;
  });
}

/** The row of the largest entry of each column; of equals the first. */
const largestOfColumns = (M: Matrix): number[] =>
  Array.from({ length: M.cols }, (_, n) => {
    let most = 0;
    for (let k = 1; k < M.rows; k++) if (at(M, k, n) > at(M, most, n)) most = k;
    return most;
  });
