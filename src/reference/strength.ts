import { backprop } from '../core/backprop.ts';
import type { GradientCheck } from '../gradcheck/gradcheck.ts';
import { mistakenGradient, type Variant, variants } from '../mistakes/variants.ts';
import type { Allowance } from './allowance.ts';
import type { Reference } from './reference.ts';

/** Which mistakes would be seen in a reference, for all that its precision allows. */
export interface Strength {
  readonly caught: number;
  readonly total: number;
  readonly missed: readonly Variant[];
}

/**
 * The strength of a comparison in less than float64, or with less than all digits: its tolerance may hide what the
 * numerical gradient shows.
 *
 * @returns null in float64 with all digits, whose tolerance is that of the numerical gradient
 */
export function strengthOf(
  { precision }: Pick<Reference, 'precision'>,
  { pass }: GradientCheck,
  allowance: Allowance,
): Strength | null {
  if (precision === 'float64' && !allowance.isUncertain) return null;
  let strength: Strength | undefined;
  const measured = (): Strength => {
    strength ??= measure(pass, allowance);
    return strength;
  };
  // Made when it is first asked for: it takes a backward pass a mistake.
  return {
    get caught() {
      return measured().caught;
    },
    get total() {
      return measured().total;
    },
    get missed() {
      return measured().missed;
    },
  };
}

function measure(pass: GradientCheck['pass'], allowance: Allowance): Strength {
  const right = backprop(pass);
  const noise = allowance.noiseOfGradients();
  const shows = (variant: Variant): boolean =>
    mistakenGradient(pass, variant).some(({ name, data }, l) => {
      const [ours, e] = [right[l]!.data, noise.get(name)!];
      return data.some((value, i) => {
        const size = Math.max(Math.abs(value), Math.abs(ours[i]!));
        return Math.abs(value - ours[i]!) > allowance.atol + allowance.rtol * size + e[i]!;
      });
    });
  const tried = variants(pass);
  const missed = tried.filter((variant) => !shows(variant));
  return { caught: tried.length - missed.length, total: tried.length, missed };
}
