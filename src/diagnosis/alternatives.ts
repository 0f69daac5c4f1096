import { type Rules, rules } from '../core/backprop.ts';
import type { Pass, Step } from '../core/forward.ts';
import { type MistakeId, mistakeIds, mistakes } from '../mistakes/catalogue.ts';
import type { Mistake } from '../mistakes/mistake.ts';
import type { Line } from '../mistakes/writing.ts';

/** A place where one of several rules is used. */
export type Slot = 'output' | 'slope' | 'weights' | 'whole' | 'regularization' | 'bias' | 'down';

/** A rule that may have been used in the place of the right one. */
export interface Alternative {
  readonly id: MistakeId;
  /** the layer it is called by: that of the rule in the catalogue */
  readonly layer: number;
  /** what is particular to this form of it; empty for the usual one */
  readonly note: string;
  /** what it computes, in equation and code */
  readonly wrong: Line;
  /** the rules with the mistake in them */
  apply(right: Rules): Partial<Rules>;
}

/** Mistakes that are nothing but a factor of the error or of the gradient: those are fitted, and named afterwards. */
const FACTORS: readonly string[] = [
  'missing-mean',
  'double-mean',
  'mean-over-classes',
  'flipped-sign',
  'error-factor-two',
  'error-half',
  'mean-again-on-the-way-down',
];

/** Which slots a mistake is made in, by the rules that it replaces. */
function slotsOf(id: MistakeId): readonly Slot[] {
  const replaced = Object.keys((mistakes[id] as Mistake).rules(rules)) as (keyof Rules)[];
  if (replaced.includes('weightGradient') && replaced.includes('regularization')) return ['whole'];
  const slots: Readonly<Record<keyof Rules, Slot>> = {
    outputError: 'output',
    slope: 'slope',
    errorThroughSlope: 'slope',
    weightGradient: 'weights',
    regularization: 'regularization',
    biasGradient: 'bias',
    errorThroughWeights: 'down',
  };
  return replaced.map((rule) => slots[rule]);
}

const SLOTS: ReadonlyMap<MistakeId, readonly Slot[]> = new Map(mistakeIds.map((id) => [id, slotsOf(id)]));

/** The rules that may stand in a slot of a layer, the right one not among them. */
export function alternativesAt(slot: Slot, step: Step, pass: Pass): Alternative[] {
  return mistakeIds
    .filter((id) => SLOTS.get(id)!.includes(slot) && !FACTORS.includes(id))
    .flatMap((id) => {
      const mistake: Mistake = mistakes[id];
      if (!mistake.applies(step, pass)) return [];
      const layer = step.layer.number;
      const forms = mistake.forms ?? [];
      return [
        { id, layer, note: '', wrong: mistake.wrong, apply: (right: Rules) => mistake.rules(right) },
        ...forms.map((form) => ({
          id,
          layer,
          note: form.note,
          wrong: form.wrong ?? mistake.wrong,
          apply: (right: Rules) => form.rules(right, pass),
        })),
      ];
    });
}
