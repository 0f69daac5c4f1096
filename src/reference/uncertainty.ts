import type { Layout } from '../core/layout.ts';
import { LIMITS, type Precision } from './precision.ts';
import { halfUnit, type Printed, printedAs, printedLike } from './printed.ts';
import type { Reading } from './reading.ts';
import { LOSS_PARTS, type LossPart, type Reference } from './reference.ts';
import { roundingOfStep } from './step.ts';

/** How far the numbers of a reference may be from those that were computed: what a step or its printing has rounded. */
export interface Uncertainty {
  /** as the config's gradients lie */
  readonly gradients: ReadonlyMap<string, Float64Array>;
  readonly logits: Float64Array | undefined;
  readonly loss: Readonly<Partial<Record<LossPart, number>>>;
  readonly layout: Layout;
}

/** How the numbers of a reference were printed. */
export interface PrintedReference {
  readonly gradients: ReadonlyMap<string, Printed>;
  readonly logits: Printed | undefined;
  readonly loss: Readonly<Partial<Record<LossPart, Printed>>>;
}

/** All formats that it was printed in. */
export const formatsOf = ({ gradients, logits, loss }: PrintedReference): Printed[] => [
  ...gradients.values(),
  ...(logits ? [logits] : []),
  ...Object.values(loss),
];

/** How the numbers of a reference were printed, if they certainly were; its loss as what stands beside it. */
export function printedReference(
  { tensors, step, logits }: Reading,
  { loss = {} }: Reference,
): PrintedReference | undefined {
  const arrays = new Map([...(step?.after ?? tensors)].map(([name, { data }]) => [name, data]));
  const all = printedAs(logits ? new Map([...arrays, ['logits', logits.logits.data]]) : arrays);
  if (all.size === 0) return undefined;
  const losses = LOSS_PARTS.flatMap((part) => {
    const value = loss[part];
    const printed = value === undefined ? undefined : printedLike(value, all.values());
    return printed ? [[part, printed] as const] : [];
  });
  return {
    gradients: new Map([...all].filter(([name]) => name !== 'logits')),
    logits: all.get('logits'),
    loss: Object.fromEntries(losses),
  };
}

/** What a reference is uncertain by: u(|θ| + |θ′|)/η of a step, and half a unit of what was printed. */
export function uncertaintyOf(
  reading: Reading,
  { loss = {} }: Reference,
  precision: Precision,
  layout: Layout,
  printed: PrintedReference | undefined,
): Uncertainty | undefined {
  const { step, tensors, logits } = reading;
  if (step === undefined && printed === undefined) return undefined;
  const { unitRoundoff } = LIMITS[precision];
  const gradients = [...(step?.after ?? tensors)].map(([name, { data }]): [string, Float64Array] => {
    const rounding = step && roundingOfStep(step, name, unitRoundoff);
    const format = printed?.gradients.get(name);
    return [
      name,
      data.map((value, i) => {
        const half = format === undefined ? 0 : halfUnit(value, format) / (step?.rate ?? 1);
        return (rounding?.[i] ?? 0) + half;
      }),
    ];
  });
  const format = printed?.logits;
  const losses = LOSS_PARTS.flatMap((part) => {
    const ofPart = printed?.loss[part];
    return ofPart === undefined ? [] : [[part, halfUnit(loss[part]!, ofPart)] as const];
  });
  return {
    gradients: new Map(gradients),
    logits: format && logits!.logits.data.map((value) => halfUnit(value, format)),
    loss: Object.fromEntries(losses),
    layout,
  };
}
