import type { Problem } from '../../config/problem.ts';
import { orientSamples } from '../../core/layout.ts';
import type { FunctionCheck } from '../../gradcheck/functions.ts';
import type { CheckedTensor, GradientCheck } from '../../gradcheck/gradcheck.ts';
import type { Verdict } from '../../gradcheck/verdict.ts';
import type { ReferenceTensor, ReferenceVerdict } from '../../reference/judge.ts';
import type { Report } from '../table.ts';

/** A tensor as the page shows it: what fcnet computed, and what that was compared with, entry by entry. */
export interface Figure {
  readonly name: string;
  readonly shape: readonly number[];
  readonly ours: Series;
  readonly others: readonly Other[];
}

interface Series {
  /** such as `analytic` */
  readonly label: string;
  readonly data: Float64Array;
}

/** What a tensor was compared with. */
export interface Other extends Series {
  /** undefined where an entry was not checked */
  readonly verdicts: readonly (Verdict | undefined)[];
  /** by how much each entry may differ */
  readonly allowed: Float64Array;
  /** of the numerical gradient: the true one lies within this of it */
  readonly bar?: Float64Array;
}

/** Everything of a report that has entries. */
export function figuresOf(report: Report): Figure[] {
  if ('functions' in report) return report.functions.map(figureOfFunction);
  const { outcome, problem } = report;
  if (outcome.command === 'gradcheck') return outcome.result.tensors.map((tensor) => figureOf(tensor, []));
  if (outcome.command !== 'compare') return [];
  const { check, references } = outcome.result;
  return [
    ...check.tensors.map((tensor) => figureOf(tensor, references)),
    ...figureOfLogits(check, references, problem),
  ];
}

/** The numerical gradient of a function alone, where nobody claims another. */
function figureOfFunction({ name, shape, numerical, errorBar, analytic, verdict }: FunctionCheck): Figure {
  const measured = { label: 'numerical', data: numerical };
  if (analytic === null || verdict === null) return { name, shape, ours: measured, others: [] };
  const { verdicts, allowed } = verdict;
  return {
    name,
    shape,
    ours: { label: 'analytic', data: analytic },
    others: [{ ...measured, verdicts, allowed, bar: errorBar }],
  };
}

function figureOf(tensor: CheckedTensor, references: readonly ReferenceVerdict[]): Figure {
  const { name, shape, analytic, numerical, errorBar, verdicts, allowed } = tensor;
  return {
    name,
    shape,
    ours: { label: 'analytic', data: analytic },
    others: [
      { label: 'numerical', data: numerical, verdicts, allowed, bar: errorBar },
      ...references.flatMap((reference) =>
        otherOf(
          reference.name,
          reference.tensors.find((theirs) => theirs.name === name),
        ),
      ),
    ],
  };
}

function figureOfLogits(
  check: GradientCheck,
  references: readonly ReferenceVerdict[],
  { layout }: Problem,
): Figure[] {
  const others = references.flatMap((reference) => otherOf(reference.name, reference.logits));
  if (others.length === 0) return [];
  const { name, shape, data } = orientSamples('logits', check.pass.logits, layout);
  return [{ name, shape, ours: { label: 'fcnet', data }, others }];
}

/** What of a reference can be compared entry by entry. */
function otherOf(label: string, judged: ReferenceTensor | undefined | null): Other[] {
  if (!judged?.reference || judged.verdict === null) return [];
  const { verdicts, allowed } = judged.verdict;
  return [{ label, data: judged.reference.data, verdicts, allowed }];
}

/** By how many times an entry exceeds what it may differ by; below 1 where it agrees. */
export function excessOf(ours: Float64Array, other: Other, i: number): number {
  const difference = Math.abs(ours[i]! - other.data[i]!);
  if (difference === 0) return 0;
  const excess = difference / other.allowed[i]!;
  return Number.isNaN(excess) ? Number.POSITIVE_INFINITY : excess;
}
