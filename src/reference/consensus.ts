import type { ReferenceVerdict } from './judge.ts';

/** Who agrees with whom, where several references were given. */
export interface Consensus {
  /** names that agree with one another; fcnet is the analytic and numerical gradient together */
  readonly agree: readonly string[];
  /** those that stand alone against them */
  readonly odd: readonly string[];
}

/** What reports call our own gradient among the references. */
export const OURSELVES = 'fcnet';

/**
 * The odd ones out among fcnet and at least two references: those that disagree with a majority that agrees
 * with one another. null where all agree, or no two do.
 */
export function consensusOf(
  references: readonly ReferenceVerdict[],
  alike: (a: ReferenceVerdict, b: ReferenceVerdict) => boolean,
): Consensus | null {
  if (references.length < 2) return null;
  const names = [OURSELVES, ...references.map(({ name }) => name)];
  const together = (i: number, j: number): boolean => {
    if (i === j) return true;
    const [a, b] = [references[i - 1], references[j - 1]];
    if (a === undefined || b === undefined) return (a ?? b)!.passed;
    return alike(a, b);
  };
  const groups = names.map((_, i) => names.flatMap((_, j) => (together(i, j) ? [j] : [])));
  const largest = groups.reduce((best, group) => (group.length > best.length ? group : best));
  if (largest.length === names.length || 2 * largest.length <= names.length) return null;
  return {
    agree: largest.map((i) => names[i] as string),
    odd: names.filter((_, i) => !largest.includes(i)),
  };
}

/**
 * Whether two references agree with each other, by what each may differ from us. Of loss and logits it is only
 * asked whether both give the right ones: where both are wrong, the gradients decide.
 */
export function agreeWithEachOther(a: ReferenceVerdict, b: ReferenceVerdict): boolean {
  if ((a.loss?.passed ?? true) !== (b.loss?.passed ?? true)) return false;
  if ((a.logits?.mismatched ?? 0) > 0 !== (b.logits?.mismatched ?? 0) > 0) return false;
  return a.tensors.every((ours) => {
    if (ours.verdict === null) return false;
    const theirs = b.tensors.find(({ name }) => name === ours.name)!;
    if (theirs.verdict === null) return false;
    const [x, y] = [ours.reference!.data, theirs.reference!.data];
    const [t, s] = [ours.verdict.allowed, theirs.verdict.allowed];
    return x.every((value, i) => Math.abs(value - y[i]!) <= t[i]! + s[i]!);
  });
}
