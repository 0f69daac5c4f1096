import type { CheckedTensor, GradientCheck } from '../../gradcheck/gradcheck.ts';
import type { ReferenceVerdict } from '../../reference/judge.ts';

/** All entries of a check. */
export function countEntries({ tensors }: GradientCheck): {
  checked: number;
  total: number;
  inconclusive: number;
} {
  const sum = (count: (tensor: CheckedTensor) => number): number =>
    tensors.reduce((total, tensor) => total + count(tensor), 0);
  return {
    checked: sum(({ checked }) => checked),
    total: sum(({ analytic }) => analytic.length),
    inconclusive: sum(({ inconclusive }) => inconclusive),
  };
}

/** An error bar of more than this part of a tensor's largest entry shows little, as for references. */
const WIDE = 0.01;

/** The largest error bar of a tensor that agrees, where it is so wide that this shows little; else undefined. */
export function wideBarOf({ verdicts, errorBar, analytic }: CheckedTensor): number | undefined {
  let [bar, largest] = [0, 0];
  verdicts.forEach((verdict, i) => {
    if (verdict === 'agree') bar = Math.max(bar, errorBar[i]!);
    largest = Math.max(largest, Math.abs(analytic[i]!));
  });
  return largest > 0 && bar > WIDE * largest ? bar : undefined;
}

const sumOf = (tensors: readonly { readonly inconclusive: number }[]): number =>
  tensors.reduce((count, { inconclusive }) => count + inconclusive, 0);

/** How much of a reference is inconclusive: entries of gradients and logits, parts of the loss. */
export const openOf = ({ tensors, logits, loss }: ReferenceVerdict): number =>
  sumOf([...tensors, ...(logits ? [logits] : [])]) +
  (loss?.parts ?? []).filter(({ verdict }) => verdict === 'inconclusive').length;

export const disagrees = ({ tensors, logits, loss }: ReferenceVerdict): boolean =>
  [...tensors, ...(logits ? [logits] : [])].some(({ mismatched }) => mismatched > 0) ||
  loss?.passed === false;
