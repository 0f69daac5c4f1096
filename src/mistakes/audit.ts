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
  /** the tensors in which it would; found when it is first asked for */
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
  const { pass } = measurement;
  const right = rightPass(pass);
  const telling = tellingTensors(measurement, right);
  const later = laterFor(measurement, telling);
  const audited = variants(pass).map((variant): AuditedMistake => {
    const isCaught = !refusals(measurement, telling, variant, mistakenPass(pass, variant, right)).next().done;
    return auditedMistake(pass, variant, isCaught, later);
  });
  return { caught: audited.filter(({ caught }) => caught).length, total: audited.length, mistakes: audited };
}

/** What is found when it is first asked for. */
interface Later {
  tensors(variant: Variant): readonly string[];
  why(variant: Variant): string;
}

/** Keeps nothing of the passes, which may be large. */
function auditedMistake(pass: Pass, variant: Variant, caught: boolean, later: Later): AuditedMistake {
  let [lines, why, tensors]: [Lines?, string?, (readonly string[])?] = [];
  return {
    ...variant,
    caught,
    get tensors() {
      tensors ??= caught ? later.tensors(variant) : [];
      return tensors;
    },
    explanation: mistakes[variant.mistake].explanation,
    get lines() {
      lines ??= written(mistakes[variant.mistake], placeOf(pass, variant.layer));
      return lines;
    },
    get why() {
      if (!caught) why ??= later.why(variant);
      return why ?? null;
    },
  };
}

/** Where a mistake shows, and why it is missed; all of them share a right pass, which is made for the first. */
function laterFor(measurement: Measurement, telling: Telling): Later {
  let right: RightPass | undefined;
  const made = (variant: Variant): [RightPass, MistakenPass] => {
    right ??= rightPass(measurement.pass);
    return [right, mistakenPass(measurement.pass, variant, right)];
  };
  return {
    tensors: (variant) => refusedTensors(measurement, telling, variant, made(variant)[1]),
    why: (variant) => whyMissed(measurement, variant, gradientsOf(...made(variant))),
  };
}

/** The tensors of each layer that tell something: where even the right gradient is refused (NaN), a wrong one is, too. */
type Telling = readonly (readonly MeasuredTensor[] | undefined)[];

function tellingTensors(measurement: Measurement, right: RightPass): Telling {
  const telling: MeasuredTensor[][] = [];
  for (const tensor of measurement.tensors.toReversed()) {
    const data = dataOf(right.mistaken, tensor);
    if (tensor.selected.some((i) => refuses(measurement, tensor, i, data[i]!))) continue;
    const { l } = placeOfTensor(tensor);
    telling[l] = [tensor, ...(telling[l] ?? [])];
  }
  return telling;
}

/** The names of the tensors in which a check would refuse a gradient with a mistake in it. */
function refusedTensors(...context: Parameters<typeof refusals>): string[] {
  const [{ layout, tensors }] = context;
  const refused = new Set(refusals(...context));
  const names = tensors
    .filter((tensor) => refused.has(tensor))
    .map(({ slopes }) => nameIn(layout, slopes.name));
  return [...new Set(names)];
}

/** The tensors that would be refused, from the mistake down as far as it reaches. */
function* refusals(
  measurement: Measurement,
  telling: Telling,
  { layer }: Variant,
  mistakenPass: MistakenPass,
): Generator<MeasuredTensor> {
  const from = layer ?? telling.length - 1;
  for (let l = from; l >= 1; l--) {
    if (layer !== null && l < layer && mistakenPass.mistaken.hasSameDelta(l)) return;
    for (const tensor of telling[l] ?? []) if (shows(measurement, tensor, mistakenPass)) yield tensor;
  }
}

/** How many entries of a large gradient are looked at before all of it is made. */
const FIRST = 32;

/** Whether the check refuses a tensor of a gradient with a mistake in it. */
function shows(measurement: Measurement, tensor: MeasuredTensor, { mistaken, sizes }: MistakenPass): boolean {
  const { isBias, l } = placeOfTensor(tensor);
  if (isBias ? mistaken.hasSameB(l) : mistaken.hasSameW(l)) return false; // as the right one, which is not refused
  // A mistake may make rounding larger, and never makes it smaller: S of it is asked for where it decides.
  const isRefused = (i: number, a: number, sizeOf: () => number): boolean => {
    if (!refuses(measurement, tensor, i, a)) return false;
    const [own = 0] = measurement.toleranceOf(Float64Array.of(Math.max(sizeOf(), Math.abs(a))));
    return own <= tensor.absolute[i]! || refuses(measurement, tensor, i, a, own);
  };
  const { selected } = tensor;
  if (!isBias && selected.length > 2 * FIRST) {
    for (let k = 0; k < FIRST; k++) {
      const i = selected[Math.floor(((k + 0.5) / FIRST) * selected.length)]!;
      const a = mistaken.entryOfW(l, i);
      if (a === undefined) break;
      if (isRefused(i, a, () => sizes.entryOfW(l, i) ?? dataOf(sizes, tensor)[i]!)) return true;
    }
  }
  const data = dataOf(mistaken, tensor);
  if (data.length !== tensor.slopes.central.length) return true; // of another shape
  return selected.some((i) => isRefused(i, data[i]!, () => dataOf(sizes, tensor)[i]!));
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
