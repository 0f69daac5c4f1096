import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { ActivationSpec } from '../../src/core/activations.ts';
import { backprop, rules } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { type Measurement, measure, refusedEntries } from '../../src/gradcheck/measure.ts';
import { summedSize } from '../../src/gradcheck/noise.ts';
import { audit } from '../../src/mistakes/audit.ts';
import {
  atLeast,
  mistakenGradient,
  mistakenPass,
  mistakenSize,
  rightPass,
  type Variant,
  variants,
} from '../../src/mistakes/variants.ts';
import { outside } from '../exact.ts';
import { networkOf, recipes, SEED } from '../networks.ts';

/** Wide enough that not all entries of a tensor are looked at first. */
const wide = recipes.map((recipe) => ({ ...recipe, widths: recipe.widths.map((width) => 2 * width + 2) }));

test('what is shared with the right pass is the mistaken gradient, and its sizes, to the last bit', () => {
  const property = fc.property(recipes, (recipe) => {
    const pass = forward(networkOf(recipe));
    const right = rightPass(pass);
    for (const variant of variants(pass)) {
      const { mistaken, sizes } = mistakenPass(pass, variant, right);
      const whole = mistakenGradient(pass, variant);
      expect(mistaken.gradient, JSON.stringify(variant)).toEqual(whole);
      expect(atLeast(whole, sizes.gradient), JSON.stringify(variant)).toEqual(mistakenSize(pass, variant));
    }
    expect(right.mistaken.gradient).toEqual(backprop(pass));
    expect(right.sizes.gradient).toEqual(summedSize(pass));
  });
  fc.assert(property, { seed: SEED, numRuns: 60 });
});

test('an entry by itself is that of the whole, up to rounding', () => {
  const property = fc.property(recipes, fc.nat(), (recipe, choice) => {
    const pass = forward(networkOf(recipe));
    const right = rightPass(pass);
    for (const variant of variants(pass)) {
      const { mistaken, sizes } = mistakenPass(pass, variant, right);
      for (const { layer } of pass.steps) {
        const dW = mistaken.dW(layer.number).data;
        const e = choice % dW.length;
        const alone = mistaken.entryOfW(layer.number, e);
        const size = sizes.entryOfW(layer.number, e);
        expect(alone === undefined).toBe(size === undefined);
        if (alone === undefined || size === undefined || !Number.isFinite(size)) continue;
        const allowed = Float64Array.of(1e-14 * Math.max(size, Math.abs(alone)) + 1e-300);
        const S = sizes.dW(layer.number).data;
        expect(outside(Float64Array.of(alone), dW.slice(e, e + 1), allowed)).toEqual([]);
        expect(outside(Float64Array.of(size), S.slice(e, e + 1), allowed)).toEqual([]);
      }
    }
  });
  fc.assert(property, { seed: SEED, numRuns: 60 });
});

/** The tensors in which a mistake shows, by making all of its gradient. */
function shownIn(measurement: Measurement): string[] {
  const { pass, tensors } = measurement;
  const right = backprop(pass);
  const at = right.map(({ name }) => tensors.find(({ slopes }) => slopes.name === name));
  const isTelling = right.map(
    (tensor, l) => at[l] !== undefined && refusedEntries(measurement, at[l], tensor).length === 0,
  );
  return variants(pass).map((variant) => {
    const mistaken = mistakenGradient(pass, variant);
    const sizes = mistakenSize(pass, variant, mistaken);
    const shown = mistaken.filter((tensor, l) => {
      if (!isTelling[l]) return false;
      if (tensor.data.length !== right[l]!.data.length) return true;
      const own = measurement.toleranceOf(sizes[l]!.data);
      const absolute = at[l]!.absolute.map((size, i) => Math.max(size, own[i]!));
      return refusedEntries(measurement, at[l]!, tensor, absolute).length > 0;
    });
    return `${variant.mistake} ${variant.layer}: ${shown.map(({ name }) => name)}`;
  });
}

test.each([
  ['whatever the network', recipes],
  ['where a tensor is large', wide],
])('the audit says what each whole gradient says, %s', (_, networks) => {
  const property = fc.property(
    networks,
    fc.constantFrom({}, { sample: 3 }, { only: ['dW1'] }),
    (recipe, options) => {
      const measurement = measure(forward(networkOf(recipe)), options);
      const said = audit(measurement).mistakes.map(
        ({ mistake, layer, tensors }) => `${mistake} ${layer}: ${tensors}`,
      );
      expect(said).toEqual(shownIn(measurement));
    },
  );
  fc.assert(property, { seed: SEED, numRuns: 100 });
});

/** How many products the gradient of a mistake takes besides those of the right pass. */
function productsFor(variant: Variant, activation: ActivationSpec): number[] {
  const [recipe] = fc.sample(recipes, { seed: SEED, numRuns: 1 });
  const [widths, activations] = [
    [3, 4, 5, 2],
    [activation, activation],
  ];
  const pass = forward(networkOf({ ...recipe!, widths, activations, biased: true }));
  const spies = [vi.spyOn(rules, 'weightGradient'), vi.spyOn(rules, 'errorThroughWeights')];
  const calls = (): number[] => spies.map((spy) => spy.mock.calls.length);
  try {
    const right = rightPass(pass);
    expect(right.mistaken.gradient).toHaveLength(6);
    expect(calls()).toEqual([3, 2]);
    expect(mistakenPass(pass, variant, right).mistaken.gradient).toHaveLength(6);
    return calls().map((count, i) => count - [3, 2][i]!);
  } finally {
    vi.restoreAllMocks();
  }
}

test('nothing above a mistake is computed again', () => {
  expect(productsFor({ mistake: 'missing-slope', layer: 2 }, 'sigmoid')).toEqual([2, 1]); // dW2, dW1 and da1
  expect(productsFor({ mistake: 'missing-slope', layer: 1 }, 'sigmoid')).toEqual([1, 0]);
});

test('nothing below a mistake that changes no number is computed again', () => {
  expect(productsFor({ mistake: 'missing-slope', layer: 2 }, 'identity')).toEqual([0, 0]); // φ′ = 1
});
