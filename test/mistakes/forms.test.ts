import { expect, test } from 'vitest';
import { backprop, rules } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import type { Network, Tensor } from '../../src/core/network.ts';
import { TEXTBOOK } from '../../src/core/objective.ts';
import { type Mistake, type MistakeId, mistakeIds, mistakes } from '../../src/mistakes/catalogue.ts';
import { type Variant, variants } from '../../src/mistakes/variants.ts';
import { largest } from '../exact.ts';
import { networkOf, type Recipe } from '../networks.ts';
import { type Formulas, gradientByHand, type Hand } from './hand.ts';
import { otherForms } from './hand-forms.ts';

const of = (changes: Partial<Recipe>): Network =>
  networkOf({
    widths: [3, 3, 3, 3],
    N: 3,
    activations: ['sigmoid', 'tanh', 'softplus'],
    weightScale: 0.7,
    inputScale: 1,
    softTargets: false,
    reg: 0.3,
    seed: 4,
    ...changes,
  });

/** The middle unit of each layer has z = 0 for all samples, and a bias and weights of 0. */
function withIdleUnits(network: Network): Network {
  const layers = network.layers.map((layer) => {
    const { rows, cols } = layer.W;
    const isIdle = (i: number): boolean => i === 1;
    const W = { rows, cols, data: layer.W.data.map((w, e) => (isIdle(Math.floor(e / cols)) ? 0 : w)) };
    return { ...layer, W, b: layer.b.map((b, i) => (isIdle(i) ? 0 : b)) };
  });
  return { ...network, layers };
}

const networks: Readonly<Record<string, Network>> = {
  'smooth units': of({}),
  'a softplus below a tanh': of({ activations: ['softplus', 'tanh'], seed: 5 }),
  'ReLUs, some of them at their kink': withIdleUnits(of({ activations: ['relu', 'leaky-relu'] })),
  'other constants, at the kink, too': withIdleUnits(of({ activations: [{ elu: 0.5 }, 'selu'] })),
  'as many classes as units two layers below': of({ widths: [2, 3, 4, 3] }),
  'units as in the last hidden layer two layers below it': of({ widths: [2, 3, 4, 3, 2] }),
  'widths of which none comes again': of({ widths: [2, 5, 4, 3] }),
  'a sum of squared errors, and a whole penalty': of({
    objective: { ...TEXTBOOK, output: 'sigmoid', loss: 'squared-error', reduction: 'sum', penalty: 'full' },
  }),
  'sigmoids with their cross-entropy': of({ objective: { ...TEXTBOOK, output: 'sigmoid' } }),
  'a mean of entries, and λ/N': of({
    objective: { ...TEXTBOOK, reduction: 'mean-of-entries', penalty: 'half-over-n' },
  }),
};

/** The entries that are further apart than rounding explains. */
const differences = (found: readonly Tensor[], expected: readonly Tensor[]): string[] =>
  found.flatMap(({ name, data }, t) => {
    const other = expected[t]!.data;
    if (other.length !== data.length)
      return [`${name} has ${data.length} entries instead of ${other.length}`];
    return [...data.keys()]
      .filter((i) => !(Math.abs(data[i]! - other[i]!) <= 1e-12 * Math.max(1, largest(other))))
      .map((i) => `${name}[${i}]: ${data[i]} instead of ${other[i]}`);
  });

/** How a mistake differs from what it is by hand, as it is usually made and in its other forms. */
function wrongForms(network: Network, variant: Variant, layers: readonly number[]): string[] {
  const pass = forward(network);
  const { mistake: id, layer } = variant;
  const mistake: Mistake = mistakes[id];
  const byHand: (((h: Hand, id: MistakeId) => Formulas) | undefined)[] = [
    undefined,
    ...(otherForms[id] ?? []),
  ];
  return [mistake, ...(mistake.forms ?? [])].flatMap((form, f) => {
    const wrong = { ...rules, ...form.rules(rules, pass) };
    const found = backprop(pass, (l) =>
      (layer === null ? layers.includes(l) : layer === l) ? wrong : { ...rules },
    );
    const expected = gradientByHand(network, variant, layers, byHand[f]);
    return differences(found, expected).map((text) => `${id} ${layer ?? 'all'}, form ${f}: ${text}`);
  });
}

const cases = Object.entries(networks).map(([title, network]) => ({
  title,
  network,
  tried: variants(forward(network)),
}));

test.each(mistakeIds)('%s, and each other form of it, is what it is by hand', (id) => {
  const { forms = [] }: Mistake = mistakes[id];
  expect(forms).toHaveLength(otherForms[id]?.length ?? 0);
  const made = cases.flatMap(({ title, network, tried }) => {
    const own = tried.filter(({ mistake }) => mistake === id);
    const layers = own.flatMap(({ layer }) => layer ?? []);
    return own.map((variant) => wrongForms(network, variant, layers).map((text) => `${title}: ${text}`));
  });
  expect(made.length).toBeGreaterThan(0);
  expect(made.flat()).toEqual([]);
});
