import { backprop, rules } from '../core/backprop.ts';
import type { Pass, Step } from '../core/forward.ts';
import { at, type Matrix, matrix, multiply, transpose } from '../core/matrix.ts';
import { fittedFindings } from '../mistakes/fitted.ts';
import { placeOf, written } from '../mistakes/writing.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Evidence, LayerEvidence } from './evidence.ts';
import { leastSquares } from './least-squares.ts';

/** How much work may be spent, in products. */
const MOST_WORK = 1e8;
/** How much equations beyond the unknowns must tell, in bits: with as many equations as unknowns anything fits. */
const TOLD = 56;
/** By how much a fit may spread what is rounding in its equations. */
const SPREAD = 16;

/**
 * The error went down through other weights W′ than those of the forward pass: what layer l hands down is W′ᵀδˡ for
 * some W′, whatever it is, as of initial weights, or of another network. All above must be right, so that δˡ is known.
 *
 * Each unit j below shows dWˡ⁻¹ⱼ and dbˡ⁻¹ⱼ, linear in the Hₗ numbers of column j of W′; these are more than it
 * has unknowns, and more samples than units above, or else nothing is said.
 */
export function otherWeights(pass: Pass, evidence: readonly LayerEvidence[]): Diagnosis | undefined {
  const lowestRight = pass.steps.findLastIndex((_, l) => isWrong(evidence[l]!)) + 2;
  if (lowestRight < 2 || lowestRight > pass.steps.length) return undefined;
  const step = pass.steps[lowestRight - 1]!;
  const below = pass.steps[lowestRight - 2]!;
  const seen = evidence[lowestRight - 2]!;
  if (workOf(step, below, pass) > MOST_WORK) return undefined;
  const W = fittedWeights(step, below, seen, deltaOf(pass, lowestRight), pass);
  if (W === undefined || !explainsAll(pass, evidence, lowestRight, W)) return undefined;
  const finding = fittedFindings['other-weights'];
  return {
    mistake: 'other-weights',
    layer: lowestRight,
    tensors: evidence.flatMap(({ dW, db }) => [dW, db].flatMap((one) => (one?.isWrong ? [one.name] : []))),
    explanation: finding.explanation,
    equals: [],
    lines: written(finding, placeOf(pass, lowestRight)),
  };
}

const isWrong = ({ dW, db }: LayerEvidence): boolean => dW?.isWrong === true || db?.isWrong === true;

const workOf = ({ layer: { W } }: Step, { input }: Step, { network }: Pass): number =>
  W.rows * W.cols * (input.rows + 1) * (network.X.cols + W.rows);

/** δˡ, right as all above it is. */
function deltaOf(pass: Pass, layer: number): Matrix {
  let found: Matrix | undefined;
  backprop(pass, (l) => ({
    ...rules,
    weightGradient: (delta, step, ...rest) => {
      if (l === layer) found = delta;
      return rules.weightGradient(delta, step, ...rest);
    },
  }));
  return found!;
}

/** W′, where the layer below shows more than fits any. */
function fittedWeights(
  step: Step,
  below: Step,
  { dW, db }: LayerEvidence,
  delta: Matrix,
  pass: Pass,
): Matrix | undefined {
  if (dW === undefined || !dW.fits || (db !== undefined && !db.fits)) return undefined;
  const slope = rules.slope(below, pass);
  const penalty = rules.regularization(below, pass);
  const { rows, cols } = step.layer.W; // Hₗ × Hₗ₋₁
  const W = matrix(rows, cols);
  let told = 0; // in bits
  for (let j = 0; j < cols; j++) {
    const columns = Array.from({ length: rows }, (_, i) => shownBy(delta, i, slope, j, below.input, db));
    const shown = shownOf(dW, db, j, penalty);
    const { solution, residual, rank } = leastSquares(columns, shown);
    if (!residual.every((off, e) => Math.abs(off) <= toleranceOf(dW, db, j, e, shown[e]!))) return undefined;
    const active = Array.from({ length: slope.cols }, (_, n) => at(slope, j, n)).filter(
      (s) => s !== 0,
    ).length;
    const most = shown.reduce(
      (size, value, e) => Math.max(size, Math.abs(value) / toleranceOf(dW, db, j, e, value)),
      0,
    );
    told += Math.max(0, Math.min(active, shown.length) - rank) * Math.max(0, Math.log2(most));
    solution.forEach((w, i) => {
      W.data[i * cols + j] = w;
    });
  }
  return told >= TOLD ? W : undefined;
}

/** What unit j below shows of the error of unit i: Σₙ δᵢₙ sⱼₙ aₖₙ for each input k, and Σₙ δᵢₙ sⱼₙ. */
function shownBy(
  delta: Matrix,
  i: number,
  slope: Matrix,
  j: number,
  input: Matrix,
  db: Evidence | undefined,
): Float64Array {
  const N = delta.cols;
  const D = input.rows;
  const shown = new Float64Array(D + (db === undefined ? 0 : 1));
  for (let n = 0; n < N; n++) {
    const error = at(delta, i, n) * at(slope, j, n);
    for (let k = 0; k < D; k++) shown[k] = shown[k]! + error * at(input, k, n);
    if (db !== undefined) shown[D] = shown[D]! + error;
  }
  return shown;
}

/** Row j of the data's part of dW, and entry j of db. */
function shownOf(dW: Evidence, db: Evidence | undefined, j: number, penalty: Matrix): Float64Array {
  const D = penalty.cols;
  const row = Array.from({ length: D }, (_, k) => dW.given.data[j * D + k]! - at(penalty, j, k));
  return Float64Array.from(db === undefined ? row : [...row, db.given.data[j]!]);
}

function toleranceOf(dW: Evidence, db: Evidence | undefined, j: number, e: number, shown: number): number {
  const D = dW.right.shape[1]!;
  const one = e < D ? dW : db!;
  const place = e < D ? j * D + e : j;
  return SPREAD * one.tolerance(place, one.given.data[place]!, Math.abs(shown));
}

/** Whether everything below follows from it. */
function explainsAll(pass: Pass, evidence: readonly LayerEvidence[], layer: number, W: Matrix): boolean {
  const gradient = backprop(pass, (l) =>
    l === layer ? { ...rules, errorThroughWeights: (delta) => multiply(transpose(W), delta) } : rules,
  );
  return evidence.every(({ dW, db }, l) =>
    [dW, db].every((one) => {
      if (one === undefined || l >= layer - 1) return true;
      const { data } = gradient.find(({ name }) => name === one.name)!;
      return (
        one.fits &&
        data.every(
          (value, i) =>
            Math.abs(value - one.given.data[i]!) <= SPREAD * one.tolerance(i, value, Math.abs(value)),
        )
      );
    }),
  );
}
