import { backprop, rules } from '../core/backprop.ts';
import type { Pass, Step } from '../core/forward.ts';
import { at, type Matrix } from '../core/matrix.ts';
import type { Evidence, LayerEvidence } from './evidence.ts';
import type { Place } from './place.ts';

/** More samples than these are not solved for. */
const MOST_SAMPLES = 256;

/**
 * Which samples have no part in a gradient, or a double one: the loop over them ends early, or begins late. The
 * gradient is that of the data without Σₙ cₙ δˡₙ(aˡ⁻¹ₙ)ᵀ, and c, solved for by least squares, is 1 for some samples, −1 for
 * those that count twice, and 0 for all others; of a batch, the mean over which was taken, 1 for those outside it and
 * one number for those in it.
 */
export function samplesMissed(pass: Pass, evidence: readonly LayerEvidence[]): Place[] {
  if (pass.network.X.cols > MOST_SAMPLES) return [];
  const deltas = errorsOf(pass);
  const found = evidence.flatMap(({ dW, db }, l) => {
    const [delta, step] = [deltas[l]!, pass.steps[l]!];
    if (!dW?.isWrong || !dW.fits) return [];
    const missed = solve(dW, delta, step.input);
    if (missed === undefined || !explains(dW, delta, step, missed)) return [];
    const biases = db?.isWrong && db.fits && explains(db, delta, undefined, missed) ? [db.name] : [];
    return [{ tensors: [dW.name, ...biases], words: inWords(missed) }];
  });
  return [...new Set(found.map(({ words }) => words))].map((words) => {
    const tensors = found.filter((one) => one.words === words).flatMap((one) => one.tensors);
    const verb = tensors.length === 1 ? 'is' : 'are';
    const explanation = words.replaceAll(GRADIENT, tensors.join(', ')).replaceAll(VERB, verb);
    return { tensors, explanation, isWhole: true };
  });
}

/** δ¹ … δ^L: H × N each. */
function errorsOf(pass: Pass): Matrix[] {
  const errors: Matrix[] = [];
  backprop(pass, (layer) => ({
    ...rules,
    weightGradient: (delta, ...rest) => {
      errors[layer - 1] = delta;
      return rules.weightGradient(delta, ...rest);
    },
  }));
  return errors;
}

/** c, rounded to what it may be; undefined where it is something else, or cannot be told. */
function solve({ right, given }: Evidence, delta: Matrix, input: Matrix): number[] | undefined {
  const [H, D, N] = [delta.rows, input.rows, delta.cols];
  // Σₘ (δₙ·δₘ)(aₙ·aₘ) cₘ = δₙᵀ (right − given) aₙ
  const K = Array.from({ length: N }, (_, n) =>
    Float64Array.from({ length: N }, (_, m) => dot(delta, n, m) * dot(input, n, m)),
  );
  const b = Float64Array.from({ length: N }, (_, n) => {
    let sum = 0;
    for (let i = 0; i < H; i++) {
      let row = 0;
      for (let j = 0; j < D; j++) row += (right.data[i * D + j]! - given.data[i * D + j]!) * at(input, j, n);
      sum += row * at(delta, i, n);
    }
    return sum;
  });
  const c = choleskySolve(K, b);
  return c && (batchOf(c) ?? fewOf(c));
}

const NEAR = 1e-3;

/** 1 for a few samples, −1 for a few, and 0 for most. */
function fewOf(c: Float64Array): number[] | undefined {
  const rounded = [...c].map(Math.round);
  const isClear = c.every((value, n) => Math.abs(value - rounded[n]!) < NEAR && Math.abs(rounded[n]!) <= 1);
  const count = rounded.filter((value) => value !== 0).length;
  return isClear && count > 0 && 2 * count <= c.length ? rounded : undefined;
}

/** 1 for the samples that are left out, and 1 − N/M for the M others, of which the mean is taken. */
function batchOf(c: Float64Array): number[] | undefined {
  const N = c.length;
  const left = [...c].map((value) => Math.abs(value - 1) < NEAR);
  const M = left.filter((isLeft) => !isLeft).length;
  if (M === 0 || M === N) return undefined;
  const rounded = left.map((isLeft) => (isLeft ? 1 : 1 - N / M));
  return c.every((value, n) => Math.abs(value - rounded[n]!) < (NEAR * N) / M) ? rounded : undefined;
}

function dot(M: Matrix, n: number, m: number): number {
  let sum = 0;
  for (let i = 0; i < M.rows; i++) sum += at(M, i, n) * at(M, i, m);
  return sum;
}

/** x of K x = b for a positive definite K; undefined where it is none. */
function choleskySolve(K: readonly Float64Array[], b: Float64Array): Float64Array | undefined {
  const N = b.length;
  const L = K.map((row) => row.slice());
  for (let i = 0; i < N; i++)
    for (let j = 0; j <= i; j++) {
      let sum = K[i]![j]!;
      for (let k = 0; k < j; k++) sum -= L[i]![k]! * L[j]![k]!;
      if (i > j) L[i]![j] = sum / L[j]![j]!;
      else if (sum > 1e-9 * K[i]![i]!) L[i]![i] = Math.sqrt(sum);
      else return undefined;
    }
  const x = b.slice();
  for (let i = 0; i < N; i++) {
    for (let k = 0; k < i; k++) x[i]! -= L[i]![k]! * x[k]!;
    x[i]! /= L[i]![i]!;
  }
  for (let i = N - 1; i >= 0; i--) {
    for (let k = i + 1; k < N; k++) x[i]! -= L[k]![i]! * x[k]!;
    x[i]! /= L[i]![i]!;
  }
  return x;
}

/** Whether a wrong tensor is the right one without the parts of those samples, to rounding. */
function explains(
  one: Evidence,
  delta: Matrix,
  step: Pick<Step, 'input'> | undefined,
  missed: readonly number[],
): boolean {
  const cols = step === undefined ? 1 : step.input.rows;
  return one.right.data.every((value, place) => {
    const [i, j] = [Math.floor(place / cols), place % cols];
    let [expected, size] = [value, Math.abs(value)];
    missed.forEach((c, n) => {
      if (c === 0) return;
      const part = c * at(delta, i, n) * (step === undefined ? 1 : at(step.input, j, n));
      expected -= part;
      size += Math.abs(part);
    });
    return one.matches(place, expected, size);
  });
}

/** Stands for the names of the tensors. */
const GRADIENT = '…';
/** Stands for what is said of them. */
const VERB = '(are)';

/** `samples 4–6 have no part in …` */
function inWords(missed: readonly number[]): string {
  const of = (wanted: number): number[] => [...missed.keys()].filter((n) => missed[n] === wanted);
  const [without, twice] = [of(1), of(-1)];
  const others = [...missed.keys()].filter((n) => missed[n] !== 1);
  if (!missed.includes(0))
    return `${GRADIENT} ${VERB} the mean over ${samples(others)} alone, ${others.length} of ${missed.length}`;
  return [
    ...(without.length === 0
      ? []
      : [`${samples(without)} ${without.length === 1 ? 'has' : 'have'} no part in ${GRADIENT}`]),
    ...(twice.length === 0
      ? []
      : [`${samples(twice)} ${twice.length === 1 ? 'counts' : 'count'} twice in ${GRADIENT}`]),
  ].join(', ');
}

function samples(numbers: readonly number[]): string {
  const [first, last] = [numbers[0]!, numbers.at(-1)!];
  if (numbers.length === 1) return `sample ${first}`;
  return last - first + 1 === numbers.length ? `samples ${first}–${last}` : `samples ${numbers.join(', ')}`;
}
