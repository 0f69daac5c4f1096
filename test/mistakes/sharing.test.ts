import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { ActivationSpec } from '../../src/core/activations.ts';
import { backprop, rules } from '../../src/core/backprop.ts';
import { forward, type Pass } from '../../src/core/forward.ts';
import { TEXTBOOK } from '../../src/core/objective.ts';
import { type Measurement, measure, refusedEntries } from '../../src/gradcheck/measure.ts';
import { summedSize } from '../../src/gradcheck/noise.ts';
import { audit } from '../../src/mistakes/audit.ts';
import { biasGradientMistakes } from '../../src/mistakes/bias-gradient.ts';
import { mistakeIds } from '../../src/mistakes/catalogue.ts';
import { errorThroughWeightsMistakes } from '../../src/mistakes/error-through-weights.ts';
import { outputErrorMistakes } from '../../src/mistakes/output-error.ts';
import { regularizationMistakes } from '../../src/mistakes/regularization.ts';
import { slopeMistakes } from '../../src/mistakes/slope.ts';
import {
  atLeast,
  mistakenGradient,
  mistakenPass,
  mistakenSize,
  rightPass,
  type Variant,
  variants,
} from '../../src/mistakes/variants.ts';
import { weightGradientMistakes } from '../../src/mistakes/weight-gradient.ts';
import { outside } from '../exact.ts';
import { networkOf, type Recipe, recipes, SEED } from '../networks.ts';

/** Wide enough that not all entries of a tensor are looked at first. */
const wide = recipes.map((recipe) => ({ ...recipe, widths: recipe.widths.map((width) => 2 * width + 2) }));

const passOf = (changes: Partial<Recipe>): Pass =>
  forward(
    networkOf({
      widths: [2, 2, 2, 2],
      N: 2,
      activations: ['sigmoid', 'leaky-relu'],
      weightScale: 0.7,
      inputScale: 1,
      softTargets: false,
      reg: 0.3,
      seed: SEED,
      ...changes,
    }),
  );

const squares = passOf({});
const few: [string, Pass][] = [
  ['without biases', passOf({ widths: [3, 2, 3], biased: false })],
  ['of large weights', passOf({ widths: [2, 3, 2], weightScale: 30, reg: 1e-3 })],
  ['one unit a layer', passOf({ widths: [1, 1, 1], objective: { ...TEXTBOOK, output: 'sigmoid' } })],
];

/** Of squares, in which most mistakes apply, those of each rule by themselves. */
const byRule: [string, Pass, string[]][] = Object.entries({
  outputErrorMistakes,
  regularizationMistakes,
  weightGradientMistakes,
  biasGradientMistakes,
  slopeMistakes,
  errorThroughWeightsMistakes,
}).map(([rule, own]) => [`squares, ${rule}`, squares, Object.keys(own)]);
/** The error of the output fits below the layer above the last, and what came down from it does not. */
byRule.push([
  'as many outputs as units two layers below',
  passOf({ widths: [2, 3, 2, 3] }),
  ['output-error-everywhere'],
]);

byRule.push(['no biases', passOf({ widths: [2, 2], biased: false }), ['missing-mean', 'missing-reg']]);

/** What is shared is what is made as a whole, to the last bit. */
function expectShared(pass: Pass, ids: readonly string[] = mistakeIds): void {
  const right = rightPass(pass);
  for (const variant of variants(pass).filter(({ mistake }) => ids.includes(mistake))) {
    const { mistaken, sizes } = mistakenPass(pass, variant, right);
    const whole = mistakenGradient(pass, variant);
    expect(mistaken.gradient, JSON.stringify(variant)).toEqual(whole);
    expect(atLeast(whole, sizes.gradient), JSON.stringify(variant)).toEqual(mistakenSize(pass, variant));
  }
  expect(right.mistaken.gradient).toEqual(backprop(pass));
  expect(right.sizes.gradient).toEqual(summedSize(pass));
}

/** An entry by itself is that of the whole, up to rounding; how many have one. */
function expectEntries(
  pass: Pass,
  choices: (entries: number) => readonly number[],
  ids: readonly string[] = mistakeIds,
): number {
  const right = rightPass(pass);
  let found = 0;
  for (const variant of variants(pass).filter(({ mistake }) => ids.includes(mistake))) {
    const { mistaken, sizes } = mistakenPass(pass, variant, right);
    for (const { layer } of pass.steps) {
      const dW = mistaken.dW(layer.number).data;
      const S = sizes.dW(layer.number).data;
      for (const e of choices(dW.length)) {
        const alone = mistaken.entryOfW(layer.number, e);
        const size = sizes.entryOfW(layer.number, e);
        expect(alone === undefined).toBe(size === undefined);
        if (alone === undefined || size === undefined || !Number.isFinite(size)) continue;
        found++;
        const allowed = Float64Array.of(1e-14 * Math.max(size, Math.abs(alone)) + 1e-300);
        expect(outside(Float64Array.of(alone), dW.slice(e, e + 1), allowed)).toEqual([]);
        expect(outside(Float64Array.of(size), S.slice(e, e + 1), allowed)).toEqual([]);
      }
    }
  }
  return found;
}

test.each<[string, Pass, string[]?]>([...byRule, ...few])(
  'what is shared with the right pass is the mistaken gradient, and its sizes: %s',
  (_, pass, ids) => {
    expectShared(pass, ids);
  },
);

test('so it is whatever the network', () => {
  const property = fc.property(recipes, (recipe) => expectShared(forward(networkOf(recipe))));
  fc.assert(property, { seed: SEED, numRuns: 60 });
});

test.each<[string, Pass, string[]?]>([...byRule, ...few])(
  'an entry by itself is that of the whole, up to rounding: %s',
  (_, pass, ids) => {
    expectEntries(pass, (entries) => [0, Math.floor(entries / 2), entries - 1], ids);
  },
);

test('only where dW is no product of δ and a, no entry is made by itself', () => {
  const tried = variants(squares).filter(({ mistake }) => mistake in weightGradientMistakes);
  const made = expectEntries(squares, () => [1], Object.keys(weightGradientMistakes));
  const whole = new Set<string>(['transposed-gradient', 'reversed-rows', 'data-zero']);
  const without = tried
    .filter(({ mistake }) => whole.has(mistake))
    .reduce((total, { layer }) => total + (layer === null ? squares.steps.length : 1), 0);
  expect(made).toBe(tried.length * squares.steps.length - without);
});

test('so it is of any entry, whatever the network', () => {
  const property = fc.property(recipes, fc.nat(), (recipe, choice) => {
    expectEntries(forward(networkOf(recipe)), (entries) => [choice % entries]);
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

/** The tensors in which the audit says that each shows. */
const saidOf = (measurement: Measurement): string[] =>
  audit(measurement).mistakes.map(({ mistake, layer, tensors }) => `${mistake} ${layer}: ${tensors}`);

test.each<[string, Pass]>([
  ...few,
  [
    'where a mistake sums larger terms, in whose rounding it may be lost',
    passOf({
      widths: [1, 1, 2],
      N: 3,
      activations: ['elu'],
      weightScale: 1000,
      softTargets: true,
      reg: 0.5,
      seed: 95267400,
    }),
  ],
  [
    'where it does so with tiny weights',
    passOf({
      widths: [3, 3, 3],
      N: 3,
      activations: ['elu'],
      weightScale: 1e-6,
      inputScale: 1e-6,
      reg: 1e-3,
      seed: 24147661,
      objective: {
        output: 'identity',
        loss: 'hinge',
        reduction: 'mean-of-entries',
        penalty: 'half-over-n',
      },
    }),
  ],
  [
    'where it does so in a wide layer',
    passOf({
      widths: [66, 1, 3],
      activations: ['softplus'],
      weightScale: 1000,
      inputScale: 1e-3,
      reg: 0,
      seed: 1359148828,
    }),
  ],
  ['wide', passOf({ widths: [9, 8, 2] })],
  ['wide and saturated', passOf({ widths: [9, 8, 2], weightScale: 30 })],
  ['wide, of tiny inputs', passOf({ widths: [9, 8, 2], inputScale: 1e-9, activations: ['relu'] })],
])('the audit says what each whole gradient says: %s', (_, pass) => {
  const measurement = measure(pass);
  expect(saidOf(measurement)).toEqual(shownIn(measurement));
});

test.each([
  ['whatever the network', recipes],
  ['where a tensor is large', wide],
])('so it does with few entries, or of few tensors, %s', (_, networks) => {
  const property = fc.property(
    networks,
    fc.constantFrom({}, { sample: 3 }, { only: ['dW1'] }),
    (recipe, options) => {
      const measurement = measure(forward(networkOf(recipe)), options);
      expect(saidOf(measurement)).toEqual(shownIn(measurement));
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
