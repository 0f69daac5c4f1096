import { backprop } from '../core/backprop.ts';
import { nameIn } from '../core/layout.ts';
import type { Tensor } from '../core/network.ts';
import { type MeasuredTensor, type Measurement, refusedEntries } from '../gradcheck/measure.ts';
import { summedSize } from '../gradcheck/noise.ts';
import { whyMissed } from './blindness.ts';
import { type MistakeId, mistakes } from './catalogue.ts';
import { mistakenGradient, mistakenSize, type Variant, variants } from './variants.ts';
import { type Lines, placeOf, written } from './writing.ts';

/** What a check of this network would say of a gradient with one mistake in it. */
export interface AuditedMistake extends Variant {
  /** whether the check would refuse it */
  readonly caught: boolean;
  /** the tensors in which it would */
  readonly tensors: readonly string[];
  /** what the author of such a gradient did */
  readonly explanation: string;
  /** the right line of backprop and the wrong one, as they stand in this network */
  readonly lines: Lines;
  /** why it is missed, and what to change; null where it is caught */
  readonly why: string | null;
}

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
  const right = backprop(measurement.pass);
  const rightSizes = summedSize(measurement.pass);
  // Where even the right gradient is refused (NaN), that a wrong one is refused tells nothing.
  const telling = measurement.tensors.filter(
    (tensor) => refusedEntries(measurement, tensor, named(right, tensor)).length === 0,
  );
  const audited = variants(measurement.pass).map((variant): AuditedMistake => {
    const mistaken = mistakenGradient(measurement.pass, variant);
    const sizes = mistakenSize(measurement.pass, variant, mistaken);
    const tensors = telling.filter((tensor) => {
      const shown = named(mistaken, tensor);
      if (shown.data.length !== named(right, tensor).data.length) return true; // of another shape
      const own = measurement.toleranceOf(named(sizes, tensor).data);
      const absolute = tensor.absolute.map((size, i) => Math.max(size, own[i]!));
      return refusedEntries(measurement, tensor, shown, absolute).length > 0;
    });
    const caught = tensors.length > 0;
    return {
      ...variant,
      caught,
      tensors: [...new Set(tensors.map(({ slopes }) => nameIn(measurement.layout, slopes.name)))],
      explanation: mistakes[variant.mistake].explanation,
      lines: written(mistakes[variant.mistake], placeOf(measurement.pass, variant.layer)),
      why: caught ? null : whyMissed(measurement, variant, { right, mistaken, sizes, rightSizes }),
    };
  });
  return { caught: audited.filter(({ caught }) => caught).length, total: audited.length, mistakes: audited };
}

const named = (gradient: readonly Tensor[], { slopes }: MeasuredTensor): Tensor =>
  gradient.find(({ name }) => name === slopes.name)!;

/** The mistakes that a check would let pass, without those that are accepted. */
export const blindSpots = (
  { mistakes: audited }: Audit,
  allowed: readonly MistakeId[] = [],
): AuditedMistake[] => audited.filter(({ caught, mistake }) => !caught && !allowed.includes(mistake));
