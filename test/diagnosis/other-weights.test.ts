import { describe, expect, test } from 'vitest';
import { backprop, type Rules, rules } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { map, multiply, transpose } from '../../src/core/matrix.ts';
import { randomNumbers } from '../../src/core/random.ts';
import { compare, parseReference } from '../../src/index.ts';
import { networkOf, type Recipe } from '../networks.ts';

const RECIPE: Recipe = {
  widths: [7, 5, 4, 3],
  N: 9,
  activations: ['tanh', 'sigmoid', 'tanh'],
  weightScale: 0.7,
  inputScale: 1,
  softTargets: false,
  reg: 0.1,
  seed: 5,
};

/** What is said of a gradient for which a rule of a layer is another. */
function saidOf(recipe: Recipe, layer: number, own: Partial<Rules>) {
  const network = networkOf(recipe);
  const gradients = backprop(forward(network), (l) => (l === layer ? { ...rules, ...own } : rules));
  const problem = {
    name: undefined,
    network,
    layout: { samples: 'columns', weights: 'out-in', biases: 'separate' },
    references: [],
    labels: undefined,
  } as const;
  const { references } = compare(problem, [parseReference('mine', { gradients })], { sample: 0 });
  return references[0]!;
}

const { normal } = randomNumbers(3, 'weights');
const initial: Partial<Rules> = {
  errorThroughWeights: (delta, { layer: { W } }) => multiply(transpose(map(W, () => normal())), delta),
};

describe('an error that goes down through other weights', () => {
  test('is known as that, whatever these are, at each layer that it goes through', () => {
    for (const layer of [2, 3]) {
      const { diagnosis, where } = saidOf(RECIPE, layer, initial);
      expect(diagnosis).toMatchObject([{ mistake: 'other-weights', layer, equals: [] }]);
      expect(diagnosis[0]!.tensors).toEqual(layer === 2 ? ['dW1', 'db1'] : ['dW1', 'db1', 'dW2', 'db2']);
      expect(diagnosis[0]!.lines?.wrong.equation).toBe(
        `da${layer === 2 ? '¹' : '²'} = W′ᵀδ${layer === 2 ? '²' : '³'}, W′ other than W${layer}`,
      );
      expect(where).toEqual([]);
    }
  });

  test('is not, where the layer below shows too little to tell it from anything else', () => {
    const { diagnosis, where } = saidOf({ ...RECIPE, widths: [3, 5, 4, 3] }, 2, initial);
    expect(diagnosis).toEqual([]);
    expect(where[0]!.tensors).toEqual(['dW1', 'db1']);
  });

  test('is not, where there are as few samples as units above', () => {
    expect(saidOf({ ...RECIPE, N: 4 }, 2, initial).diagnosis).toEqual([]);
  });

  test('is not an error that differs from sample to sample', () => {
    const masked: Partial<Rules> = {
      errorThroughWeights: (...given) => {
        const da = rules.errorThroughWeights(...given);
        return { ...da, data: da.data.map((value, i) => (i % 3 === 0 ? 0 : 1.5 * value)) };
      },
    };
    const { diagnosis, where } = saidOf(RECIPE, 2, masked);
    expect(diagnosis).toEqual([]);
    expect(where[0]!.tensors).toEqual(['dW1', 'db1']);
  });
});

test('where the upper layers have a mistake with a name and the lower ones something else, both are said', () => {
  const network = networkOf(RECIPE);
  const wrong = backprop(forward(network), (l) => ({
    ...rules,
    ...(l === 3 ? { biasGradient: () => new Float64Array(3) } : {}),
    ...(l === 2 ? { slope: (step) => map(step.z, (z) => Math.cos(3 * z)) } : {}),
  }));
  const problem = { network, layout: { samples: 'columns', weights: 'out-in', biases: 'separate' } } as const;
  const { references } = compare(problem as never, [parseReference('mine', { gradients: wrong })], {
    sample: 0,
  });
  const { diagnosis, where } = references[0]!;
  expect(diagnosis).toMatchObject([{ mistake: 'bias-zero', layer: 3, tensors: ['db3'] }]);
  expect(where.flatMap(({ tensors }) => tensors).sort()).toEqual(['dW1', 'dW2', 'db1', 'db2']);
});
