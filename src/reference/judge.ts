import { largest } from '../core/matrix.ts';
import type { Tensor } from '../core/network.ts';
import { type Orientation, orientSamples, orientWeights } from '../core/orientation.ts';
import type { GradientCheck } from '../gradcheck/gradcheck.ts';
import { REFERENCE_FACTOR, type RoundingSizes, textbookSize } from '../gradcheck/rounding.ts';
import { type Greatest, judgeEntry, judgeTensor, type TensorVerdict } from '../gradcheck/verdict.ts';
import { type Diagnosis, diagnose } from '../mistakes/diagnosis.ts';
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
  /** what may be behind it, where it disagrees: at most three answers */
  readonly diagnosis: readonly Diagnosis[];
}

/**
 * Judges a reference against the analytic gradient, its loss and logits too where it gives them, and names
 * the mistake behind it where it disagrees.
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
  const judge = new Judge(reference.precision, check, orientation, options);
  const given = new Map(reference.tensors.map((tensor) => [tensor.name, tensor]));
  const known = check.tensors.map(({ name, shape, analytic }) => {
    const theirs = given.get(name);
    if (theirs === undefined)
      return unusable(name, analytic.length, 'missing: the reference has no such tensor');
    return judge.tensor({ name, shape, data: analytic }, theirs, judge.gradientNoise(name));
  });
  const names = check.pass.network.layers.flatMap(({ number }) => [`dW${number}`, `db${number}`]);
  const unknown = reference.tensors
    .filter(({ name }) => !names.includes(name))
    .map(({ name, data }) =>
      unusable(name, data.length, `unknown: the network has no such gradient, only ${names.join(', ')}`),
    );

  const tensors = [...known, ...unknown];
  const logits = reference.logits === undefined ? null : judge.logits(reference.logits);
  const loss = reference.loss === undefined ? null : judge.loss(reference.loss);
  const judged = logits ? [...tensors, logits] : tensors;
  const agreed = tensors.some(({ verdict }) => verdict?.verdicts.includes('agree'));
  const wrong = known.filter(({ mismatched }) => mismatched > 0);
  return {
    name: reference.name,
    precision: reference.precision,
    precisionFrom: reference.precisionFrom,
    passed: agreed && judged.every(({ mismatched }) => mismatched === 0) && (loss?.passed ?? true),
    loss,
    logits,
    hints: logits && logits.mismatched > 0 ? logitsHints(reference.logits!, check, orientation) : [],
    tensors,
    diagnosis:
      wrong.length === 0
        ? []
        : (asFloat32(reference, check, orientation, options, wrong) ??
          judge.diagnosis(reference.tensors, wrong)),
  };
}

/**
 * A reference in float64 that agrees as soon as it is judged as float32 was computed in float32: if that
 * explains some of the wrong entries, and does not merely leave them all inconclusive.
 */
function asFloat32(
  reference: Reference,
  check: GradientCheck,
  orientation: Orientation,
  options: JudgeOptions,
  wrong: readonly ReferenceTensor[],
): Diagnosis[] | undefined {
  if (reference.precision !== 'float64' || options.rtol !== undefined) return undefined;
  const judge = new Judge('float32', check, orientation, options);
  const judged = check.tensors.map(({ name, shape, analytic }) => {
    const theirs = reference.tensors.find((tensor) => tensor.name === name);
    return theirs && judge.tensor({ name, shape, data: analytic }, theirs, judge.gradientNoise(name));
  });
  const explained = wrong.some(({ name, verdict }) => {
    const single = judged.find((tensor) => tensor?.name === name)?.verdict;
    return verdict?.verdicts.some((entry, i) => entry === 'mismatch' && single?.verdicts[i] === 'agree');
  });
  const explanation =
    'it agrees to the precision of float32, in which it seems to have been computed (--dtype float32 judges it so)';
  return explained && judged.every((tensor) => tensor?.mismatched === 0)
    ? [{ mistake: 'float32', layer: null, tensors: check.tensors.map(({ name }) => name), explanation }]
    : undefined;
}

/** What is allowed between the results of a network and those computed elsewhere in some precision. */
class Judge {
  readonly #check: GradientCheck;
  readonly #orientation: Orientation;
  readonly #u: number;
  readonly #floor: number;
  readonly #rtol: number;
  readonly #atol: number;
  readonly #sizes: RoundingSizes;

  constructor(
    precision: Precision,
    check: GradientCheck,
    orientation: Orientation,
    { rtol, atol = 0 }: JudgeOptions,
  ) {
    const limits = LIMITS[precision];
    this.#check = check;
    this.#orientation = orientation;
    this.#u = limits.unitRoundoff;
    this.#floor = limits.floor;
    this.#rtol = rtol ?? limits.rtol;
    this.#atol = atol;
    this.#sizes = textbookSize(check.pass, limits.unitRoundoff);
  }

  /** 8uR of a gradient, as the result lies. */
  gradientNoise(name: string): Float64Array {
    const R = this.#sizes.gradients.find((size) => size.name === name)!;
    return this.#noise(orientWeights(R, this.#orientation).data);
  }

  #noise(R: Float64Array): Float64Array {
    return R.map((size) => REFERENCE_FACTOR * this.#u * size);
  }

  tensor(ours: Tensor, theirs: Tensor, noise: Float64Array): ReferenceTensor {
    const fitting = reshape(theirs, ours.shape);
    if (fitting === undefined) return unusable(ours.name, ours.data.length, misshapen(theirs, ours.shape));
    const size = largest(ours.data);
    const underflow = size > 0 ? this.#floor : 0; // of a tensor of zeros, nothing has
    const verdict = judgeTensor(ours, fitting, {
      tolerance: (i, a, r) =>
        this.#atol + this.#rtol * Math.max(Math.abs(a), Math.abs(r)) + noise[i]! + this.#floor,
      open: () => 0,
      vague: (i) => noise[i]! + underflow > 0.01 * size,
    });
    const { mismatched, inconclusive, maxAbsError, maxRelError } = verdict;
    return {
      name: ours.name,
      mismatched,
      inconclusive,
      maxAbsError,
      maxRelError,
      reference: fitting,
      verdict,
      problem: null,
    };
  }

  logits(theirs: Tensor): ReferenceTensor {
    const ours = orientSamples('logits', this.#check.pass.logits, this.#orientation);
    const R = orientSamples('logits', this.#sizes.logits, this.#orientation);
    return this.tensor(ours, theirs, this.#noise(R.data));
  }

  loss(theirs: Partial<Record<LossPart, number>>): ReferenceLoss {
    const { data, regularization } = this.#sizes.loss;
    const size = { data, regularization, total: data + regularization };
    const parts = LOSS_PARTS.flatMap((part) => {
      const reference = theirs[part];
      const ours = this.#check.loss[part];
      if (reference === undefined) return [];
      const t =
        this.#atol +
        this.#rtol * Math.max(Math.abs(ours), Math.abs(reference)) +
        REFERENCE_FACTOR * this.#u * size[part] +
        this.#floor;
      return [{ part, ours, reference, agrees: judgeEntry(ours, reference, t, 0) === 'agree' }];
    });
    return { passed: parts.every(({ agrees }) => agrees), parts };
  }

  diagnosis(given: readonly Tensor[], wrong: readonly ReferenceTensor[]): Diagnosis[] {
    const inward = (tensor: Tensor): Tensor => orientWeights(tensor, this.#orientation);
    const right = this.#check.tensors.map(({ name, shape, analytic }) =>
      inward({ name, shape, data: analytic }),
    );
    const shapes = new Map(this.#check.tensors.map(({ name, shape }) => [name, shape]));
    const theirs = given.flatMap((tensor) => {
      const shape = shapes.get(tensor.name);
      return shape === undefined ? [] : [inward(reshape(tensor, shape) ?? tensor)];
    });
    const noise = new Map(
      this.#sizes.gradients
        .filter(({ name }) => shapes.has(name))
        .map(({ name, data }) => [name, this.#noise(data).map((e) => e + this.#floor)]),
    );
    const found = diagnose(
      this.#check.pass,
      right,
      theirs,
      wrong.map(({ name }) => name),
      { rtol: this.#rtol, atol: this.#atol, noise },
    );
    return this.#orientation.weights === 'in-out' ? found.map(turned) : found;
  }
}

/** What are rows to fcnet are columns to one whose weights lie in-out. */
function turned(found: Diagnosis): Diagnosis {
  const { mistake, explanation } = found;
  if (mistake === 'permuted-rows')
    return { ...found, mistake: 'permuted-columns', explanation: explanation.replace('rows', 'columns') };
  if (mistake === 'permuted-columns')
    return { ...found, mistake: 'permuted-rows', explanation: explanation.replace('columns', 'rows') };
  return found;
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

function logitsHints(theirs: Tensor, { pass }: GradientCheck, orientation: Orientation): string[] {
  const probabilities = orientSamples('probabilities', pass.probabilities, orientation);
  const fitting = reshape(theirs, probabilities.shape);
  const same = fitting?.data.every((value, i) => Math.abs(value - probabilities.data[i]!) <= 1e-5);
  return same ? ['its logits are probabilities: fcnet means z, the values before softmax'] : [];
}
