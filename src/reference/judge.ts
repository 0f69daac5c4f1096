import { type Layout, orientSamples } from '../core/layout.ts';
import { matrix, transpose } from '../core/matrix.ts';
import type { Tensor } from '../core/network.ts';
import { type Diagnosed, NOTHING } from '../diagnosis/diagnosis.ts';
import { explainLoss } from '../diagnosis/loss.ts';
import type { ReadAs } from '../files/names.ts';
import type { GradientCheck } from '../gradcheck/gradcheck.ts';
import { gradientNames } from '../gradcheck/measure.ts';
import type { Greatest, TensorVerdict, Verdict } from '../gradcheck/verdict.ts';
import { Allowance, type JudgedPart, type JudgeOptions } from './allowance.ts';
import { causesOf } from './causes.ts';
import { asFloat32, isBeyondFloat32, mayDrift } from './float32.ts';
import { cutOffHints, digitsHints, logitsHints, parametersHints, printedHints, stepHints } from './hints.ts';
import type { Precision } from './precision.ts';
import { describePrinted } from './printed.ts';
import { type Reading, readingOf } from './reading.ts';
import { LOSS_PARTS, type LossPart, type Reference } from './reference.ts';
import { type Strength, strengthOf } from './strength.ts';
import { formatsOf, type PrintedReference, printedReference, uncertaintyOf } from './uncertainty.ts';

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
    readonly verdict: Verdict;
  }[];
}

/** The verdict on one reference. */
export interface ReferenceVerdict {
  readonly name: string;
  readonly precision: Precision;
  readonly precisionFrom: Reference['precisionFrom'];
  /** what its numbers are known to, where that is less: `6 decimals` */
  readonly printed: string | null;
  /** what of it was read as something else */
  readonly read: readonly ReadAs[];
  /** nothing mismatches, and at least one entry agrees */
  readonly passed: boolean;
  readonly loss: ReferenceLoss | null;
  readonly logits: ReferenceTensor | null;
  /** such as that the logits are probabilities, or how to say which array is which */
  readonly hints: readonly string[];
  readonly tensors: readonly ReferenceTensor[];
  /** what may be behind it, where it disagrees: at most three answers */
  readonly diagnosis: Diagnosed['diagnosis'];
  /** the network of which it is the right gradient */
  readonly convention: Diagnosed['convention'];
  /** where a mistake must be that has no name */
  readonly where: Diagnosed['where'];
  /** which mistakes a reference of this precision would show; null in float64 with all digits, where the check itself tells */
  readonly strength: Strength | null;
}

/**
 * Judges a reference against the analytic gradient, its loss and logits too where it gives them, and names
 * the mistake behind it where it disagrees. One that disagrees and was printed with few digits is judged by these.
 *
 * |a − r| ≤ atol + rtol·max(|a|, |r|) + 8uR with the u of the reference's precision and R the size of a
 * textbook computation's rounding. Where that noise exceeds 1% of the tensor's largest entry, agreement
 * would say nothing and the entry is inconclusive.
 */
export function judgeReference(
  reference: Reference,
  check: GradientCheck,
  layout: Layout,
  options: JudgeOptions = {},
): ReferenceVerdict {
  const reading = readingOf(reference, check.pass, layout);
  const wanted = partsOf(reading, reference, options);
  const judgeBy = (precision: Precision, printed?: PrintedReference): Judged => {
    const uncertainty = uncertaintyOf(reading, reference, precision, layout, printed);
    const judge = (replays: boolean): Judged => {
      const allowance = new Allowance(precision, check, layout, { ...options, replays, uncertainty });
      return { allowance, printed, ...judgeAll(reading, wanted, check, layout, allowance) };
    };
    const judged = judge(false);
    // Only a loop that is replayed shows what its sum has absorbed: what is off by far more is not explained by it.
    return precision === 'float32' && mayDrift(judged) ? judge(true) : judged;
  };
  const causesIn = ({ tensors, logits, printed, allowance }: Judged): Diagnosed => {
    const wrong = wrongOf(tensors, check);
    if (wrong.length === 0) return NOTHING;
    const float32 = isBeyondFloat32(tensors, check, allowance)
      ? undefined
      : asFloat32(reference, check, options, wrong, () => judgeBy('float32', printed));
    return (
      float32 ??
      causesOf([...reading.tensors.values()], wrong, check, allowance, layout, {
        logits: canonicalLogits(wanted.logits?.logits, layout),
        wrongLogits: (logits?.mismatched ?? 0) > 0,
      })
    );
  };
  const [first, ...others] = byDigits(judgeBy(reference.precision), reading, reference, judgeBy);
  const wrong = wrongOf(first.tensors, check).map(({ name }) => name);
  const ofParameters = parametersHints(reading, wrong);
  const cutOff = wrong.length > 0 ? cutOffHints(first.tensors, first.printed, check) : [];
  const explained =
    ofParameters.length + cutOff.length > 0
      ? { judged: first, found: NOTHING }
      : explain([first, ...others], causesIn);
  const { judged, found } = explained;
  const { tensors, logits, loss, printed } = judged;
  const passed = hasPassed(judged, options);
  const isUnexplained = wrong.length > 0 && isNothing(found);
  return {
    name: reference.name,
    precision: reference.precision,
    precisionFrom: reference.precisionFrom,
    printed: printed === undefined ? null : describePrinted(formatsOf(printed)),
    read: wanted.read,
    passed,
    loss,
    logits,
    hints: [
      ...wanted.hints,
      ...(logits && logits.mismatched > 0 ? logitsHints(reading.logits!.logits, check, layout) : []),
      ...ofParameters,
      ...(wrong.length > 0 ? stepHints(reading, check, layout) : []),
      ...(isUnexplained && cutOff.length === 0 ? digitsHints(tensors, check) : []),
      ...(cutOff.length > 0 ? cutOff : printedHints(printed, passed)),
    ],
    tensors,
    ...withLoss(found, reference, check, loss),
    strength: check.tensors.length === 0 ? null : strengthOf(reference, check, judged.allowance),
  };
}

/** What was found of a reference, and what it was allowed. */
export interface Judged extends Pick<ReferenceVerdict, 'tensors' | 'logits' | 'loss'> {
  readonly allowance: Allowance;
  readonly printed: PrintedReference | undefined;
}

/** The gradients of the network that mismatch. */
function wrongOf(tensors: readonly ReferenceTensor[], check: GradientCheck): ReferenceTensor[] {
  const names = check.tensors.map(({ name }) => name);
  return tensors.filter(({ name, mismatched }) => mismatched > 0 && names.includes(name));
}

const isNothing = ({ diagnosis, convention }: Diagnosed): boolean =>
  diagnosis.length === 0 && convention === null;

/**
 * What disagrees is judged by the digits that it was printed with, if it certainly was. Numbers that are short in
 * themselves look printed, too: where half a unit changes no verdict, both are possible, all digits first.
 */
function byDigits(
  strict: Judged,
  reading: Reading,
  reference: Reference,
  judgeBy: (precision: Precision, printed: PrintedReference) => Judged,
): [Judged, ...Judged[]] {
  const printed = mismatchedOf(strict) === 0 ? undefined : printedReference(reading, reference);
  if (printed === undefined) return [strict];
  const judged = judgeBy(reference.precision, printed);
  return mismatchedOf(judged) < mismatchedOf(strict) ? [judged] : [strict, judged];
}

/** The first of several judgements that explains what is wrong; the first of all where none does. */
function explain(
  judgements: readonly [Judged, ...Judged[]],
  causesIn: (judged: Judged) => Diagnosed,
): { judged: Judged; found: Diagnosed } {
  const [first] = judgements;
  let usual: Diagnosed | undefined;
  for (const judged of judgements) {
    const found = causesIn(judged);
    if (!isNothing(found)) return { judged, found };
    usual ??= found;
  }
  return { judged: first, found: usual ?? NOTHING };
}

/** How much of a reference mismatches, of tensors that can be compared, and of its loss. */
const mismatchedOf = ({ tensors, logits, loss }: Judged): number =>
  [...tensors, ...(logits ? [logits] : [])].reduce(
    (sum, { verdict, mismatched }) => sum + (verdict === null ? 0 : mismatched),
    (loss?.parts ?? []).filter(({ verdict }) => verdict === 'mismatch').length,
  );

/** Nothing mismatches, and of what was asked for at least something agrees. */
function hasPassed({ tensors, logits, loss }: Judged, { parts }: JudgeOptions): boolean {
  const all = [...tensors, ...(logits ? [logits] : [])];
  const ofGradients = parts === undefined || parts.includes('gradients');
  const agreed =
    (ofGradients ? tensors : all).some(({ verdict }) => verdict?.verdicts.includes('agree')) ||
    (!ofGradients && (loss?.parts ?? []).some(({ verdict }) => verdict === 'agree'));
  return agreed && all.every(({ mismatched }) => mismatched === 0) && (loss?.passed ?? true);
}

/** What of a reference is to be judged. */
interface Parts extends Pick<Reading, 'logits' | 'unknown' | 'read' | 'hints'> {
  readonly loss: Reference['loss'];
}

function partsOf(reading: Reading, { loss }: Reference, { parts }: JudgeOptions): Parts {
  const { logits, unknown, read, hints } = reading;
  const asked = (part: JudgedPart): boolean => parts === undefined || parts.includes(part);
  return {
    read: asked('gradients') ? read : asked('logits') ? (logits?.read ?? []) : [],
    hints: asked('gradients') ? hints : [],
    logits: asked('logits') ? logits : undefined,
    loss: asked('loss') ? loss : undefined,
    unknown: asked('gradients') ? unknown : [],
  };
}

function judgeAll(
  reading: Reading,
  { logits, loss, unknown }: Parts,
  check: GradientCheck,
  layout: Layout,
  allowance: Allowance,
): Pick<Judged, 'tensors' | 'logits' | 'loss'> {
  const known = check.tensors.map(({ name, shape, analytic }) => {
    const theirs = reading.tensors.get(name);
    const problem = reading.problems.get(name);
    if (problem !== undefined) return unusable(name, analytic.length, problem);
    if (theirs === undefined) return unusable(name, analytic.length, missing(name, reading));
    const ours = { name, shape, data: analytic };
    return judged(theirs, allowance.gradient(ours, theirs));
  });
  const names = gradientNames(check.pass, layout);
  const superfluous = unknown.map(({ name, data }) =>
    unusable(name, data.length, `unknown: the network has no such gradient, only ${names.join(', ')}`),
  );
  const ours = orientSamples('logits', check.pass.logits, layout);
  const judgeLogits = (given: Tensor, problem: string | undefined): ReferenceTensor =>
    problem === undefined
      ? judged(given, allowance.logits(ours, given))
      : unusable('logits', ours.data.length, problem);
  return {
    tensors: [...known, ...superfluous],
    logits: logits === undefined ? null : judgeLogits(logits.logits, logits.problem),
    loss: loss === undefined ? null : judgeLoss(loss, check, allowance),
  };
}

/** What is said of a gradient that is not there. */
function missing(name: string, { tensors }: Reading): string {
  const given = [...tensors.keys()];
  return name.startsWith('db') && given.length > 0 && given.every((own) => own.startsWith('dW'))
    ? 'missing: the reference has no gradients of biases at all; the config of a network without biases says "biases": "none"'
    : 'missing: the reference has no such tensor';
}

/** What lies as ours, so that all its entries are compared. */
function judged(reference: Tensor, verdict: TensorVerdict): ReferenceTensor {
  const { name, mismatched, inconclusive, maxAbsError, maxRelError } = verdict;
  return { name, mismatched, inconclusive, maxAbsError, maxRelError, reference, verdict, problem: null };
}

function judgeLoss(
  theirs: Partial<Record<LossPart, number>>,
  { loss: ours }: GradientCheck,
  allowance: Allowance,
): ReferenceLoss {
  const parts = LOSS_PARTS.flatMap((part) => {
    const reference = theirs[part];
    if (reference === undefined) return [];
    return [{ part, ours: ours[part], reference, verdict: allowance.loss(part, ours[part], reference) }];
  });
  return { passed: parts.every(({ verdict }) => verdict !== 'mismatch'), parts };
}

/** What is behind wrong gradients, and behind a wrong loss before them. */
function withLoss(
  causes: Diagnosed,
  reference: Reference,
  check: GradientCheck,
  loss: ReferenceLoss | null,
): Diagnosed {
  const wrong = (loss?.parts ?? []).filter(({ verdict }) => verdict === 'mismatch').map(({ part }) => part);
  if (wrong.length === 0) return causes;
  return { ...causes, where: [...explainLoss(check.pass, reference.loss ?? {}, wrong), ...causes.where] };
}

/** Logits with a sample a column, as fcnet has them. */
function canonicalLogits(logits: Tensor | undefined, { samples }: Layout): Tensor | undefined {
  const [rows, cols] = logits?.shape ?? [];
  if (logits === undefined || samples === 'columns' || rows === undefined || cols === undefined)
    return logits;
  return { ...logits, shape: [cols, rows], data: transpose(matrix(rows, cols, logits.data)).data };
}

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
