import { overflowing } from '../core/forward.ts';
import { nameIn } from '../core/layout.ts';
import type { Tensor } from '../core/network.ts';
import type { Measurement } from '../gradcheck/measure.ts';
import { mistakes } from './catalogue.ts';
import type { Variant } from './variants.ts';

/** The right gradient, the one with a mistake in it, and S of both. */
export interface Gradients {
  readonly right: readonly Tensor[];
  readonly mistaken: readonly Tensor[];
  /** S of the one with the mistake */
  readonly sizes: readonly Tensor[];
  /** S of the right one */
  readonly rightSizes: readonly Tensor[];
}

/**
 * Says why a check lets a mistake pass, in words, and what to change.
 *
 * Either the entries that it changes were not checked, or the example makes the right and the wrong gradient
 * coincide: nothing reaches the layer, its units are saturated, its weights are symmetric, the penalty is tiny.
 */
export function whyMissed(measurement: Measurement, variant: Variant, gradients: Gradients): string {
  const { right, mistaken } = gradients;
  const overflow = overflowing(measurement.pass)?.layer.number;
  if (overflow !== undefined)
    return `z${overflow} overflows float64, so that the gradient cannot be determined; make W${overflow} or its inputs smaller`;
  const unchecked = showing(measurement, gradients, (i, checked) => !checked.has(i));
  if (unchecked.length > 0)
    return `it shows only in entries that were not checked, of ${unchecked.join(', ')}; check more of them`;
  const open = showing(measurement, gradients, (i, checked) => checked.has(i));
  if (open.length > 0)
    return `the entries that it changes, of ${open.join(', ')}, are inconclusive; take a smaller step, or move ReLUs off their kinks`;
  const { pass } = measurement;
  const steps =
    variant.layer === null ? pass.steps : pass.steps.filter(({ layer }) => layer.number === variant.layer);
  const reason = mistakes[variant.mistake].unseen({ pass, steps, right }).find((text) => text !== undefined);
  if (reason !== undefined) return reason;
  const change = largestChange(right, mistaken);
  if (change === 0) return 'the gradient is the same with it as without; use more varied numbers';
  return `it changes no entry by more than ${change.toExponential(0)}, which rounding could explain; use more varied numbers`;
}

/** The tensors in which a mistake changes some of these entries by more than rounding. */
function showing(
  { rtol, tensors, toleranceOf, layout }: Measurement,
  { right, mistaken, sizes, rightSizes }: Gradients,
  among: (i: number, checked: ReadonlySet<number>) => boolean,
): string[] {
  const names = right.flatMap(({ name, data }, l) => {
    let checked: Set<number> | undefined;
    const isAmong = (i: number): boolean => {
      checked ??= new Set(tensors.find(({ slopes }) => slopes.name === name)?.selected);
      return among(i, checked);
    };
    const larger = sizes[l]!.data.map((S, i) => Math.max(S, rightSizes[l]!.data[i]!));
    const rounding = toleranceOf(larger);
    const shows = data.some((a, i) => {
      const b = mistaken[l]!.data[i]!;
      const t = rtol * Math.max(Math.abs(a), Math.abs(b)) + rounding[i]!;
      return Math.abs(a - b) > t && isAmong(i);
    });
    return shows ? [nameIn(layout, name)] : [];
  });
  return [...new Set(names)];
}

function largestChange(right: readonly Tensor[], mistaken: readonly Tensor[]): number {
  let change = 0;
  for (const [l, { data }] of right.entries()) {
    data.forEach((value, i) => {
      change = Math.max(change, Math.abs(value - mistaken[l]!.data[i]!));
    });
  }
  return change;
}
