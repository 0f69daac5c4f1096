import { backprop, type Rules, rules } from '../core/backprop.ts';
import type { Pass } from '../core/forward.ts';
import { abs } from '../core/matrix.ts';
import type { Tensor } from '../core/network.ts';
import { sizeRules } from '../gradcheck/noise.ts';
import { type Mistake, type MistakeId, mistakeIds, mistakes } from './catalogue.ts';
import { remembering, SharingBackprop } from './sharing.ts';

/** A mistake at one layer, or at all layers where it can be made (`layer: null`). */
export interface Variant {
  readonly mistake: MistakeId;
  readonly layer: number | null;
}

/** Every mistake that applies to a pass: at each layer where it can be made, and at all of them together where there are several. */
export function variants(pass: Pass): Variant[] {
  return mistakeIds.flatMap((mistake) => {
    const layers = layersOf(mistake, pass);
    const single = layers.map((layer): Variant => ({ mistake, layer }));
    return layers.length > 1 ? [...single, { mistake, layer: null }] : single;
  });
}

const layersOf = (id: MistakeId, pass: Pass): number[] => {
  const mistake: Mistake = mistakes[id];
  return pass.steps.filter((step) => mistake.applies(step, pass)).map(({ layer }) => layer.number);
};

/** A gradient, right or with a mistake in it, and S of that pass, made as far as they are asked for. */
export interface MistakenPass {
  readonly mistaken: SharingBackprop;
  readonly sizes: SharingBackprop;
}

/** The right pass, which those with a mistake share with. */
export interface RightPass extends MistakenPass {
  readonly rules: Rules;
  readonly sizeRules: Rules;
}

export function rightPass(pass: Pass): RightPass {
  const [ofValues, ofSizes] = [remembering(rules), remembering(sizeRules)];
  return {
    rules: ofValues,
    sizeRules: ofSizes,
    mistaken: new SharingBackprop(pass, () => ofValues),
    sizes: new SharingBackprop(pass, () => ofSizes, { ofSizes: true }),
  };
}

export function mistakenPass(pass: Pass, variant: Variant, right: RightPass): MistakenPass {
  const madeOf = (rulesOfRight: Rules) => mistakenRules(pass, variant, rulesOfRight);
  const mistakenFrom = variant.layer ?? pass.steps.length;
  const sharing = (rulesOfRight: Rules, like: SharingBackprop, ofSizes: boolean): SharingBackprop =>
    new SharingBackprop(pass, madeOf(rulesOfRight), { like, ofSizes, madeOf, mistakenFrom });
  return {
    mistaken: sharing(right.rules, right.mistaken, false),
    sizes: sharing(right.sizeRules, right.sizes, true),
  };
}

/** The gradient that backprop computes with a mistake in it. */
export const mistakenGradient = (pass: Pass, variant: Variant): Tensor[] =>
  backprop(pass, mistakenRules(pass, variant, rules));

/**
 * S of the mistaken pass: the same mistake made on absolute values. A rule that is not linear in the error makes
 * something smaller of a larger one: S is never less than the gradient itself.
 */
export function mistakenSize(
  pass: Pass,
  variant: Variant,
  gradient = mistakenGradient(pass, variant),
): Tensor[] {
  const rulesAt = mistakenRules(pass, variant, sizeRules);
  return atLeast(
    gradient,
    backprop(pass, (layer) => absolute(rulesAt(layer))),
  );
}

/** Sizes, each at least that of the value. */
export const atLeast = (gradient: readonly Tensor[], sizes: readonly Tensor[]): Tensor[] =>
  sizes.map((size, l) => ({
    ...size,
    data: size.data.map((value, i) => Math.max(value, Math.abs(gradient[l]!.data[i]!))),
  }));

function mistakenRules(pass: Pass, { mistake, layer }: Variant, right: Rules): (layer: number) => Rules {
  const layers = new Set(layer === null ? layersOf(mistake, pass) : [layer]);
  const mistaken: Rules = { ...right, ...mistakes[mistake].rules(right) };
  return (l) => (layers.has(l) ? mistaken : right);
}

/** The same rules on absolute values. */
export const absolute = (signed: Rules): Rules => ({
  outputError: (pass) => abs(signed.outputError(pass)),
  weightGradient: (...context) => abs(signed.weightGradient(...context)),
  regularization: (...context) => abs(signed.regularization(...context)),
  biasGradient: (...context) => signed.biasGradient(...context).map(Math.abs),
  errorThroughWeights: (...context) => abs(signed.errorThroughWeights(...context)),
  slope: (...context) => abs(signed.slope(...context)),
  errorThroughSlope: (...context) => abs(signed.errorThroughSlope(...context)),
});
