import type { Loss } from '../core/loss.ts';
import type { Matrix } from '../core/matrix.ts';
import type { Tensor } from '../core/network.ts';
import { type Orientation, orientSamples, orientWeights } from '../core/orientation.ts';
import type { GradientCheck } from '../gradcheck/gradcheck.ts';
import { REFERENCE_FACTOR, textbookSize } from '../gradcheck/noise.ts';
import { type Greatest, judgeEntry, judgeTensor, type TensorVerdict } from '../gradcheck/verdict.ts';
import { LIMITS, type Precision } from './precision.ts';
import { LOSS_PARTS, type LossPart, type Reference } from './reference.ts';

export interface JudgeOptions {
  /** relative tolerance; by default that of the reference's precision */
  readonly rtol?: number;
  /** absolute tolerance, 0 by default */
  readonly atol?: number;
}

/** How one tensor of a reference compares with the analytic one. */
export interface ReferenceTensor {
  readonly name: string;
  readonly mismatched: number;
  readonly inconclusive: number;
  readonly maxAbsError: Greatest | null;
  readonly maxRelError: Greatest | null;
  /** null where the reference lacks it, or gives it another shape */
  readonly reference: Tensor | null;
  /** entry by entry; null where the shapes differ */
  readonly verdict: TensorVerdict | null;
  /** why it could not be compared */
  readonly problem: string | null;
}

/** What a reference says of the loss. */
export interface ReferenceLoss {
  readonly passed: boolean;
  readonly parts: readonly {
    readonly part: LossPart;
    readonly ours: number;
    readonly reference: number;
    readonly agrees: boolean;
  }[];
}

/** The verdict on one reference. */
export interface ReferenceVerdict {
  readonly name: string;
  readonly precision: Precision;
  readonly precisionFrom: Reference['precisionFrom'];
  /** nothing mismatches, and at least one entry agrees */
  readonly passed: boolean;
  readonly loss: ReferenceLoss | null;
  readonly logits: ReferenceTensor | null;
  /** such as that the logits are probabilities */
  readonly hints: readonly string[];
  readonly tensors: readonly ReferenceTensor[];
}

/**
 * Judges a reference against the analytic gradient, its loss and logits too where it gives them.
 *
 * |a − r| ≤ atol + rtol·max(|a|, |r|) + 8uR with the u of the reference's precision and R the size of a
 * textbook computation's rounding. Where that noise exceeds 1% of the tensor's largest entry, agreement
 * would say nothing and the entry is inconclusive.
 */
export function judgeReference(
  reference: Reference,
  check: GradientCheck,
  orientation: Orientation,
  options: JudgeOptions = {},
): ReferenceVerdict {
  const { unitRoundoff: u, rtol: ownRtol, floor } = LIMITS[reference.precision];
  const rtol = options.rtol ?? ownRtol;
  const atol = options.atol ?? 0;
  const sizes = textbookSize(check.pass, u);

  const against = (ours: Tensor, theirs: Tensor, R: Float64Array): ReferenceTensor => {
    const noise = R.map((size) => REFERENCE_FACTOR * u * size);
    const largest = ours.data.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    const verdict = judgeTensor(ours, theirs, {
      tolerance: (i, a, r) => atol + rtol * Math.max(Math.abs(a), Math.abs(r)) + noise[i]! + floor,
      open: () => 0,
      vague: (i) => noise[i]! > 0.01 * largest,
    });
    const { mismatched, inconclusive, maxAbsError, maxRelError } = verdict;
    return {
      name: ours.name,
      mismatched,
      inconclusive,
      maxAbsError,
      maxRelError,
      reference: theirs,
      verdict,
      problem: null,
    };
  };

  const given = new Map(reference.tensors.map((tensor) => [tensor.name, tensor]));
  const known = check.tensors.map(({ name, shape, analytic }): ReferenceTensor => {
    const ours = { name, shape, data: analytic };
    const theirs = given.get(name);
    const fitting = theirs && reshape(theirs, shape);
    if (fitting)
      return against(
        ours,
        fitting,
        orientWeights(sizes.gradients.find((size) => size.name === name)!, orientation).data,
      );
    return unusable(
      name,
      analytic.length,
      theirs ? misshapen(theirs, shape) : 'missing: the reference does not hold it',
    );
  });
  const names = sizes.gradients.map(({ name }) => name);
  const unknown = reference.tensors
    .filter(({ name }) => !names.includes(name))
    .map(({ name, data }) =>
      unusable(name, data.length, `unknown: the network has no such gradient, only ${names.join(', ')}`),
    );

  const tensors = [...known, ...unknown];
  const logits = reference.logits
    ? judgeLogits(reference.logits, check, orientation, sizes.logits, against)
    : null;
  const loss = reference.loss
    ? judgeLoss(reference.loss, check.loss, sizes.loss * REFERENCE_FACTOR * u, { rtol, atol })
    : null;
  const judged = logits ? [...tensors, logits] : tensors;
  const agreed = tensors.some(({ verdict }) => verdict?.verdicts.includes('agree'));
  return {
    name: reference.name,
    precision: reference.precision,
    precisionFrom: reference.precisionFrom,
    passed: agreed && judged.every(({ mismatched }) => mismatched === 0) && (loss?.passed ?? true),
    loss,
    logits,
    hints: logits && logits.mismatched > 0 ? logitsHints(reference.logits!, check, orientation) : [],
    tensors,
  };
}

/** The tensor in the wanted shape: as it is, or a bias that lies as a column or a row. */
function reshape(tensor: Tensor, shape: readonly number[]): Tensor | undefined {
  if (tensor.shape.length === shape.length && tensor.shape.every((size, i) => size === shape[i]))
    return tensor;
  const column =
    shape.length === 1 &&
    tensor.data.length === shape[0] &&
    tensor.shape.every((size) => size === 1 || size === shape[0]);
  return column ? { ...tensor, shape } : undefined;
}

const misshapen = ({ shape }: Tensor, wanted: readonly number[]): string =>
  `wrong shape: expected ${wanted.join(' × ')}, found ${shape.join(' × ') || 'a number'}`;

/** A tensor that cannot be compared counts as wrong in all its entries. */
const unusable = (name: string, size: number, problem: string): ReferenceTensor => ({
  name,
  mismatched: Math.max(size, 1),
  inconclusive: 0,
  maxAbsError: null,
  maxRelError: null,
  reference: null,
  verdict: null,
  problem,
});

function judgeLogits(
  theirs: Tensor,
  { pass }: GradientCheck,
  orientation: Orientation,
  R: Matrix,
  against: (ours: Tensor, theirs: Tensor, R: Float64Array) => ReferenceTensor,
): ReferenceTensor {
  const ours = orientSamples('logits', pass.logits, orientation);
  const fitting = reshape(theirs, ours.shape);
  if (fitting === undefined) return unusable('logits', ours.data.length, misshapen(theirs, ours.shape));
  return against(ours, fitting, orientSamples('logits', R, orientation).data);
}

function judgeLoss(
  theirs: Partial<Record<LossPart, number>>,
  ours: Loss,
  noise: number,
  { rtol, atol }: { rtol: number; atol: number },
): ReferenceLoss {
  const parts = LOSS_PARTS.flatMap((part) => {
    const reference = theirs[part];
    if (reference === undefined) return [];
    const t = atol + rtol * Math.max(Math.abs(ours[part]), Math.abs(reference)) + noise;
    return [
      { part, ours: ours[part], reference, agrees: judgeEntry(ours[part], reference, t, 0) === 'agree' },
    ];
  });
  return { passed: parts.every(({ agrees }) => agrees), parts };
}

function logitsHints(theirs: Tensor, { pass }: GradientCheck, orientation: Orientation): string[] {
  const probabilities = orientSamples('probabilities', pass.probabilities, orientation);
  const fitting = reshape(theirs, probabilities.shape);
  const same = fitting?.data.every((value, i) => Math.abs(value - probabilities.data[i]!) <= 1e-5);
  return same ? ['its logits are probabilities: fcnet means z, the values before softmax'] : [];
}
