import type { Layout } from '../core/layout.ts';
import { type Matrix, matrix, transpose } from '../core/matrix.ts';
import { oneHot } from '../core/network.ts';
import type { Objective } from '../core/objective.ts';
import type { Find, Path } from '../files/errors.ts';
import { kindOfY } from './layout.ts';
import type { ArrayValue } from './schema.ts';

/** y, read. */
export interface Targets {
  /** C × N */
  readonly Y: Matrix;
  /** y where it was a flat list: class labels, or the targets of one output unit */
  readonly flat: readonly number[] | undefined;
}

/**
 * Reads y as what its shape says it is: a matrix of targets, C × N as samples lie, or a flat list of N, which may also
 * lie as a column or as a row.
 *
 * @returns undefined for what is wrong, and for a matrix whose shape is neither, which has been said before
 */
export function readTargets(
  y: ArrayValue,
  { C, N }: { readonly C: number; readonly N: number },
  layout: Layout,
  objective: Objective,
  find: Find,
): Targets | undefined {
  if (y.kind === 'vector') return readFlat(y, C, objective, find);
  switch (kindOfY([y.matrix.rows, y.matrix.cols], { C, N }, layout)) {
    case 'flat':
      return readFlat(y, C, objective, find);
    case 'matrix':
      return readMatrix(y.matrix, layout.samples, objective, find);
    case undefined:
      return undefined;
  }
}

/** Class labels, or the targets of one output unit. */
function readFlat(y: ArrayValue, C: number, objective: Objective, find: Find): Targets | undefined {
  const data = y.kind === 'vector' ? y.data : y.matrix.data;
  const place = (n: number): Path =>
    y.kind === 'vector' ? ['y', n] : y.matrix.rows === 1 ? ['y', 0, n] : ['y', n, 0];
  if (C > 1) {
    const good = checkLabels(data, C, place, find);
    return good ? { Y: oneHot(data, C), flat: Array.from(data) } : undefined;
  }
  const Y = matrix(1, data.length, data);
  const good = checkTargets(Y, objective, (_, n) => place(n), find);
  return good ? { Y, flat: Array.from(data) } : undefined;
}

function readMatrix(
  given: Matrix,
  samples: 'columns' | 'rows',
  objective: Objective,
  find: Find,
): Targets | undefined {
  const rows = samples === 'rows';
  const Y = rows ? transpose(given) : given;
  const good = checkTargets(Y, objective, (k, n) => (rows ? ['y', n, k] : ['y', k, n]), find);
  return good ? { Y, flat: undefined } : undefined;
}

function checkLabels(y: Float64Array, C: number, place: (n: number) => Path, find: Find): boolean {
  const isGood = (label: number): boolean => Number.isInteger(label) && label >= 0 && label < C;
  const first = y.findIndex((label) => !isGood(label));
  if (first < 0) return true;
  const expected = `expected a class label from 0 to ${C - 1}`;
  if (!y.includes(0) && y.every((label) => isGood(label) || label === C)) {
    find(place(first), `${expected}, found ${C}; labels count from 0, and these seem to count from 1`);
    return false;
  }
  for (let n = first; n < y.length; n++) if (!isGood(y[n]!)) find(place(n), `${expected}, found ${y[n]}`);
  return false;
}

/** What the targets of a sample, a column, must be. */
function checkTargets(Y: Matrix, objective: Objective, place: Place, find: Find): boolean {
  const check = checkOf(objective);
  let good = true;
  const note = (path: Path, message: string): void => {
    good = false;
    find(path, message);
  };
  for (let n = 0; n < Y.cols; n++) check?.({ Y, n, place, note });
  return good;
}

type Place = (k: number, n: number) => Path;

interface Sample {
  readonly Y: Matrix;
  readonly n: number;
  readonly place: Place;
  note(path: Path, message: string): void;
}

/** Any numbers will do for a squared error. */
function checkOf({ output, loss }: Objective): ((sample: Sample) => void) | undefined {
  if (loss === 'hinge') return checkClass;
  if (loss !== 'cross-entropy') return undefined;
  return output === 'softmax' ? checkDistribution : checkProbabilities;
}

function eachTarget({ Y, n }: Sample, visit: (t: number, k: number) => void): void {
  for (let k = 0; k < Y.rows; k++) visit(Y.data[k * Y.cols + n]!, k);
}

/** For a softmax: how probable each class is. */
function checkDistribution(sample: Sample): void {
  const { n, place, note } = sample;
  let total = 0;
  eachTarget(sample, (t, k) => {
    total += t;
    if (t < 0) note(place(k, n), `expected a probability of at least 0, found ${t}`);
  });
  if (Math.abs(total - 1) <= 1e-6) return;
  note(
    place(0, n),
    `expected the target probabilities of sample ${n} to sum to 1 (within 1e-6), found ${total}`,
  );
}

/** For sigmoids: how probable each output is by itself. */
function checkProbabilities(sample: Sample): void {
  const { n, place, note } = sample;
  eachTarget(sample, (t, k) => {
    if (t < 0 || t > 1) note(place(k, n), `expected a target from 0 to 1, as a sigmoid is, found ${t}`);
  });
}

/** For a hinge: the class is that of the largest. */
function checkClass(sample: Sample): void {
  const { n, place, note } = sample;
  let largest = Number.NEGATIVE_INFINITY;
  eachTarget(sample, (t) => {
    largest = Math.max(largest, t);
  });
  let times = 0;
  eachTarget(sample, (t, k) => {
    if (t === largest && ++times === 2)
      note(
        place(k, n),
        `expected one largest target in sample ${n}, which tells its class; found another ${t}`,
      );
  });
}
