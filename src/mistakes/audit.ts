import type { Pass } from '../core/forward.ts';
import { nameIn } from '../core/layout.ts';
import { type MeasuredTensor, type Measurement, refuses } from '../gradcheck/measure.ts';
import { type Gradients, whyMissed } from './blindness.ts';
import { type MistakeId, mistakes } from './catalogue.ts';
import type { SharingBackprop } from './sharing.ts';
import {
  atLeast,
  type MistakenPass,
  mistakenPass,
  type RightPass,
  rightPass,
  type Variant,
  variants,
} from './variants.ts';
import { type Lines, placeOf, written } from './writing.ts';

/** What a check of this network would say of a gradient with one mistake in it. */
export interface AuditedMistake extends Variant {
  /** whether the check would refuse it */
  readonly caught: boolean;
  /** the tensors in which it would */
  readonly tensors: readonly string[];
  /** what the author of such a gradient did */
  readonly explanation: string;
  /** the right line of backprop and the wrong one, as they stand in this network; written when it is first asked for */
  readonly lines: Lines;
  /** why it is missed, and what to change; null where it is caught; found when it is first asked for */
  readonly why: string | null;
}

/** What --strict can be told to accept: a mistake that goes unnoticed, and entries that are inconclusive. */
export type Allowed = MistakeId | 'inconclusive';

/** The strength of a check: which mistakes it would catch and which it would let pass. */
export interface Audit {
  readonly caught: number;
  /** the mistakes that apply to this network */
  readonly total: number;
  readonly mistakes: readonly AuditedMistake[];
}

/**
 * Audits a check: makes every mistake of the catalogue that applies, and asks whether the numerical gradient
 * refuses the result, with the larger S of the right and the mistaken pass.
 */
export function audit(measurement: Measurement): Audit {
  const { pass, layout } = measurement;
  const right = rightPass(pass);
  // Where even the right gradient is refused (NaN), that a wrong one is refused tells nothing.
  const telling = measurement.tensors.filter(
    (tensor) =>
      !tensor.selected.some((i) => refuses(measurement, tensor, i, dataOf(right.mistaken, tensor)[i]!)),
  );
  const whyOf = whyMissedOf(measurement);
  const audited = variants(pass).map((variant): AuditedMistake => {
    const mistaken = mistakenPass(pass, variant, right);
    const tensors = telling.filter((tensor) => shows(measurement, tensor, mistaken));
    const names = tensors.map(({ slopes }) => nameIn(layout, slopes.name));
    return auditedMistake(pass, variant, [...new Set(names)], whyOf);
  });
  return { caught: audited.filter(({ caught }) => caught).length, total: audited.length, mistakes: audited };
}

/** Keeps nothing of the passes, which may be large. */
function auditedMistake(
  pass: Pass,
  variant: Variant,
  tensors: readonly string[],
  whyOf: (variant: Variant) => string,
): AuditedMistake {
  const caught = tensors.length > 0;
  let [lines, why]: [Lines?, string?] = [];
  return {
    ...variant,
    caught,
    tensors,
    explanation: mistakes[variant.mistake].explanation,
    get lines() {
      lines ??= written(mistakes[variant.mistake], placeOf(pass, variant.layer));
      return lines;
    },
    get why() {
      if (!caught) why ??= whyOf(variant);
      return why ?? null;
    },
  };
}

/** Why a mistake is missed; all of them share a right pass, which is made for the first. */
function whyMissedOf(measurement: Measurement): (variant: Variant) => string {
  let right: RightPass | undefined;
  return (variant) => {
    right ??= rightPass(measurement.pass);
    const mistaken = mistakenPass(measurement.pass, variant, right);
    return whyMissed(measurement, variant, gradientsOf(right, mistaken));
  };
}

/** How many entries of a large gradient are looked at before all of it is made. */
const FIRST = 32;

/** Whether the check refuses a tensor of a gradient with a mistake in it. */
function shows(measurement: Measurement, tensor: MeasuredTensor, { mistaken, sizes }: MistakenPass): boolean {
  const { isBias, l } = placeOfTensor(tensor);
  if (isBias ? mistaken.hasSameB(l) : mistaken.hasSameW(l)) return false; // as the right one, which is not refused
  const isRefused = (i: number, a: number, size: number): boolean => {
    const [own = 0] = measurement.toleranceOf(Float64Array.of(Math.max(size, Math.abs(a))));
    return refuses(measurement, tensor, i, a, Math.max(tensor.absolute[i]!, own));
  };
  const { selected } = tensor;
  if (!isBias && selected.length > 2 * FIRST) {
    for (let k = 0; k < FIRST; k++) {
      const i = selected[Math.floor(((k + 0.5) / FIRST) * selected.length)]!;
      const [a, size] = [mistaken.entryOfW(l, i), sizes.entryOfW(l, i)];
      if (a === undefined || size === undefined) break;
      if (isRefused(i, a, size)) return true;
    }
  }
  const data = dataOf(mistaken, tensor);
  if (data.length !== tensor.slopes.central.length) return true; // of another shape
  const S = dataOf(sizes, tensor);
  return selected.some((i) => isRefused(i, data[i]!, S[i]!));
}

function placeOfTensor({ slopes: { name } }: MeasuredTensor): { isBias: boolean; l: number } {
  return { isBias: name.startsWith('db'), l: Number(name.slice(2)) };
}

function dataOf(gradient: SharingBackprop, tensor: MeasuredTensor): Float64Array {
  const { isBias, l } = placeOfTensor(tensor);
  return isBias ? gradient.db(l) : gradient.dW(l).data;
}

function gradientsOf(right: MistakenPass, { mistaken, sizes }: MistakenPass): Gradients {
  const gradient = mistaken.gradient;
  return {
    right: right.mistaken.gradient,
    mistaken: gradient,
    sizes: atLeast(gradient, sizes.gradient),
    rightSizes: right.sizes.gradient,
  };
}

/** The mistakes that a check would let pass, without those that are accepted. */
export const blindSpots = (
  { mistakes: audited }: Audit,
  allowed: readonly Allowed[] = [],
): AuditedMistake[] => audited.filter(({ caught, mistake }) => !caught && !allowed.includes(mistake));
