import type { Pass } from './forward.ts';
import { at, type Matrix } from './matrix.ts';

/** How many samples a network puts in their class. */
export interface Accuracy {
  readonly right: number;
  /** N */
  readonly samples: number;
}

/** The class that a network puts each sample in, beside its own. */
export interface Predictions extends Accuracy {
  /** N classes, from 0 */
  readonly predicted: readonly number[];
  /** N classes, from 0 */
  readonly labels: readonly number[];
}

/**
 * The class of each sample: that of the largest output; of one sigmoid whether it is above ½. Where the targets are no
 * classes, undefined: they are classes where each column has a 1 and else 0; those of one sigmoid where they are 0 or 1.
 */
export function predictionsOf({ logits, network: { Y, output } }: Pass): Predictions | undefined {
  if (!areClasses(Y) || (Y.rows === 1 && output !== 'sigmoid')) return undefined;
  const [predicted, labels] =
    Y.rows === 1
      ? [Array.from(logits.data, (z) => (z > 0 ? 1 : 0)), Array.from(Y.data)]
      : [largestOfColumns(logits), largestOfColumns(Y)];
  const right = predicted.filter((k, n) => k === labels[n]).length;
  return { right, samples: Y.cols, predicted, labels };
}

/** How many classes are predicted right, where the targets are classes. */
export function accuracyOf(pass: Pass): Accuracy | undefined {
  const predictions = predictionsOf(pass);
  return predictions && { right: predictions.right, samples: predictions.samples };
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
