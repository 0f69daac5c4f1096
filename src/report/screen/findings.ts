import type { Tensor } from '../../core/network.ts';
import type { GradientCheck } from '../../gradcheck/gradcheck.ts';
import { indexOf, type TensorVerdict } from '../../gradcheck/verdict.ts';
import type { AuditedCheck } from '../../mistakes/strength.ts';
import type { Consensus } from '../../reference/consensus.ts';
import type { ReferenceTensor, ReferenceVerdict } from '../../reference/judge.ts';
import type { LossPart } from '../../reference/reference.ts';
import { formatEntry } from '../layout.ts';

// What is wrong with a reference, as data.

/** A check and the references that were judged along with it. */
export interface Concluded {
  readonly check: AuditedCheck;
  readonly references: readonly ReferenceVerdict[];
  readonly consensus: Consensus | null;
  readonly passed: boolean;
  /** our own logits, as the config's samples lie */
  readonly logits: Tensor;
}

/** Something that mismatches. */
export interface WrongPart {
  readonly name: string;
  /** how many of its entries mismatch, of how many */
  readonly mismatched: number;
  readonly checked: number;
  /** those that mismatch, the furthest off first */
  readonly entries: readonly [WrongEntry, ...WrongEntry[]];
}

/** An entry, or a part of the loss, beside what it should be. */
export interface WrongEntry {
  /** `dW1[2, 0]` */
  readonly name: string;
  readonly expected: number;
  readonly found: number;
  /** by how much it may differ */
  readonly allowed: number;
}

/** What is right and what is wrong with one reference. */
export interface Findings {
  readonly reference: ReferenceVerdict;
  /** the gradients, logits and parts of the loss that mismatch, which could be compared */
  readonly wrong: readonly WrongPart[];
  /** what could not be compared, those with one reason together */
  readonly problems: readonly { readonly names: readonly string[]; readonly problem: string }[];
  /** what agrees: gradients, then logits and loss */
  readonly right: readonly string[];
}

/** How many of the wrong entries of a tensor anybody wants to see one by one. */
const MOST_ENTRIES = 1000;

/** What parts of the loss are called. */
export const LOSS_NAMES: Readonly<Record<LossPart, string>> = {
  data: 'data loss',
  regularization: 'penalty',
  total: 'loss',
};

/** Everything that a reference was judged by, sorted into right and wrong. */
export function findingsOf(reference: ReferenceVerdict, { check, logits }: Concluded): Findings {
  const judged = [...reference.tensors, ...(reference.logits ? [reference.logits] : [])];
  const parts = reference.loss?.parts ?? [];
  return {
    reference,
    wrong: [
      ...judged.flatMap((tensor) => {
        const ours = tensor.name === 'logits' ? logits.data : analyticOf(check, tensor.name);
        return ours === undefined ? [] : wrongTensor(tensor, ours);
      }),
      ...parts
        .filter(({ verdict }) => verdict === 'mismatch')
        .map(({ part, ours: expected, reference: found }): WrongPart => {
          const [name, allowed] = [LOSS_NAMES[part], Number.NaN];
          return { name, mismatched: 1, checked: 1, entries: [{ name, expected, found, allowed }] };
        }),
    ],
    problems: problemsOf(judged),
    right: [
      ...judged.filter(isRight).map(({ name }) => name),
      ...(parts.length > 0 && parts.every(({ verdict }) => verdict === 'agree') ? ['loss'] : []),
    ],
  };
}

const analyticOf = ({ tensors }: GradientCheck, wanted: string): Float64Array | undefined =>
  tensors.find(({ name }) => name === wanted)?.analytic;

/** Whether a tensor agrees, as far as it could be judged, and somewhere it could. */
const isRight = ({ mismatched, verdict }: ReferenceTensor): boolean =>
  mismatched === 0 && (verdict?.verdicts.includes('agree') ?? false);

function wrongTensor(
  { name, mismatched, verdict, reference }: ReferenceTensor,
  ours: Float64Array,
): WrongPart[] {
  if (mismatched === 0 || verdict === null || reference === null) return [];
  return [wrongOf(name, verdict, ours, reference.data)];
}

/** A tensor of which entries mismatch. */
export function wrongOf(
  name: string,
  { mismatched, checked, verdicts, shape, allowed }: TensorVerdict,
  expected: Float64Array,
  found: Float64Array,
): WrongPart {
  const places = furthest(verdicts, expected, found);
  const entries = places.map(
    (i): WrongEntry => ({
      name: formatEntry(name, indexOf(i, shape)),
      expected: expected[i]!,
      found: found[i]!,
      allowed: allowed[i]!,
    }),
  );
  return { name, mismatched, checked, entries: entries as [WrongEntry, ...WrongEntry[]] };
}

/** Which entries mismatch, the furthest off first: of many only those that are shown are put into order. */
function furthest(
  verdicts: TensorVerdict['verdicts'],
  expected: Float64Array,
  found: Float64Array,
): number[] {
  const distances = new Float64Array(verdicts.length).fill(-1); // of those that do not mismatch
  for (let i = 0; i < distances.length; i++)
    if (verdicts[i] === 'mismatch') distances[i] = distance(expected[i]!, found[i]!);
  const least = Math.max(0, distances.toSorted().at(-MOST_ENTRIES) ?? 0);
  const places: number[] = [];
  for (let i = 0; i < distances.length; i++) if (distances[i]! >= least) places.push(i);
  const byDistance = (i: number, j: number): number => compareDistances(distances[i]!, distances[j]!);
  return places.sort(byDistance).slice(0, MOST_ENTRIES);
}

type Difference = Pick<WrongEntry, 'expected' | 'found'>;

/** Orders entries by how far they are off: NaN first, then by their difference. */
export const byDifference = (a: Difference, b: Difference): number =>
  compareDistances(distance(a.expected, a.found), distance(b.expected, b.found));

/** The larger first; two that are infinite are alike. */
const compareDistances = (x: number, y: number): number => (x === y ? 0 : y - x);

function distance(expected: number, found: number): number {
  const difference = Math.abs(expected - found);
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
}

function problemsOf(judged: readonly ReferenceTensor[]): Findings['problems'] {
  const unusable = judged.filter(({ problem }) => problem !== null);
  const problems = [...new Set(unusable.map(({ problem }) => problem as string))];
  return problems.map((problem) => ({
    names: unusable.filter((tensor) => tensor.problem === problem).map(({ name }) => name),
    problem,
  }));
}
