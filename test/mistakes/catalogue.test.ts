import { describe, expect, test } from 'vitest';
import { type ActivationSpec, describeActivation } from '../../src/core/activations.ts';
import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import type { Network, Tensor } from '../../src/core/network.ts';
import { type Objective, PENALTIES, REDUCTIONS, TEXTBOOK } from '../../src/core/objective.ts';
import { checkGradient } from '../../src/gradcheck/gradcheck.ts';
import { measure, refusedEntries } from '../../src/gradcheck/measure.ts';
import { biasGradientMistakes } from '../../src/mistakes/bias-gradient.ts';
import { type MistakeId, mistakeIds } from '../../src/mistakes/catalogue.ts';
import { errorThroughWeightsMistakes } from '../../src/mistakes/error-through-weights.ts';
import { regularizationMistakes } from '../../src/mistakes/regularization.ts';
import { slopeMistakes } from '../../src/mistakes/slope.ts';
import { mistakenGradient, mistakenSize, type Variant, variants } from '../../src/mistakes/variants.ts';
import { largest } from '../exact.ts';
import { everyActivation, everyLoss, networkOf, type Recipe } from '../networks.ts';
import { gradientByHand } from './hand.ts';

/** Three inputs, three units in each layer, everything of order 1, so that every mistake can be made. */
const square = (activations: readonly ActivationSpec[], changes: Partial<Recipe> = {}): Network =>
  networkOf({
    widths: [3, ...activations.map(() => 3), 3],
    N: 4,
    activations,
    weightScale: 0.7,
    inputScale: 1,
    softTargets: false,
    reg: 0.3,
    seed: 6,
    ...changes,
  });

const objective = (changes: Partial<Objective>): Pick<Recipe, 'objective'> => ({
  objective: { ...TEXTBOOK, ...changes },
});

const networks: [string, Network][] = [
  ['three layers, sigmoid and tanh', square(['sigmoid', 'tanh'])],
  ['three layers, softplus and relu', square(['softplus', 'relu'])],
  ['three layers, identity and sigmoid', square(['identity', 'sigmoid'])],
  ['two layers, sigmoid', square(['sigmoid'])],
  ['two layers, tanh', square(['tanh'])],
  ['two layers, relu', square(['relu'])],
  ['two layers, softplus', square(['softplus'])],
  ['two layers, identity', square(['identity'])],
  ['soft targets', square(['tanh', 'softplus'], { softTargets: true })],
  ['one layer', square([])],
  ...everyActivation
    .filter((phi) => !['sigmoid', 'tanh', 'relu', 'softplus', 'identity'].includes(phi as string))
    .map((phi): [string, Network] => [`two layers, ${describeActivation(phi)}`, square([phi])]),
  ...everyLoss.slice(1).map((kind, i): [string, Network] => [
    JSON.stringify(Object.values(kind)),
    square(['tanh'], {
      ...objective({ ...kind, reduction: REDUCTIONS[i % 3]!, penalty: PENALTIES[Math.floor(i / 3) % 3]! }),
      softTargets: i % 2 === 0,
    }),
  ]),
  ...REDUCTIONS.flatMap((reduction) =>
    PENALTIES.map((penalty): [string, Network] => [
      `${reduction}, ${penalty}`,
      square(['sigmoid'], objective({ reduction, penalty })),
    ]),
  ),
  ['without biases', square(['sigmoid', 'gelu'], { biased: false })],
  [
    'without biases, a hinge',
    square(['relu'], { biased: false, ...objective({ output: 'identity', loss: 'hinge' }) }),
  ],
  ['one sigmoid', square(['tanh'], { widths: [3, 3, 1], ...objective({ output: 'sigmoid' }) })],
  [
    'one number',
    square(['softsign'], { widths: [3, 3, 1], ...objective({ output: 'identity', loss: 'squared-error' }) }),
  ],
  [
    'one sample, a squared error',
    square(['silu'], { N: 1, ...objective({ output: 'tanh', loss: 'half-squared-error' }) }),
  ],
];

const layersOf = (network: Network, id: MistakeId): (number | null)[] =>
  variants(forward(network)).flatMap(({ mistake, layer }) => (mistake === id ? [layer] : []));

/** What computes the same for a network by its definition. */
function notApplying(network: Network): MistakeId[] {
  const applying = new Set(variants(forward(network)).map(({ mistake }) => mistake));
  return mistakeIds.filter((id) => !applying.has(id)).sort();
}

const describeVariant = ({ mistake, layer }: Variant): string => `${mistake} at ${layer ?? 'all layers'}`;

/** The entries that are further apart than rounding explains. */
const differences = (found: readonly Tensor[], expected: readonly Tensor[]): string[] =>
  found.flatMap(({ name, data }, l) => {
    const other = expected[l]!;
    return [...data.keys()]
      .filter((i) => !(Math.abs(data[i]! - other.data[i]!) <= 1e-12 * Math.max(1, largest(other.data))))
      .map((i) => `${name}[${i}]: ${data[i]} instead of ${other.data[i]}`);
  });

test.each(networks)('backprop by hand is backprop: %s', (_, network) => {
  expect(differences(backprop(forward(network)), gradientByHand(network))).toEqual([]);
});

/** Each network with its forward pass and its numerical gradient. */
const cases = networks.map(([, network]) => {
  const pass = forward(network);
  return { network, pass, measurement: measure(pass), tried: variants(pass) };
});

describe.each(mistakeIds)('%s', (id) => {
  const applicable = cases.flatMap((one) => {
    const own = one.tried.filter(({ mistake }) => mistake === id);
    return own.map((variant) => ({ ...one, variant, layers: own.flatMap(({ layer }) => layer ?? []) }));
  });

  test('computes what its formula says, at one layer and at all', () => {
    expect(applicable.length).toBeGreaterThan(0);
    for (const { network, pass, variant, layers } of applicable) {
      const byHand = gradientByHand(network, variant, layers);
      expect(differences(mistakenGradient(pass, variant), byHand), describeVariant(variant)).toEqual([]);
    }
  });

  test('is refused by the check', () => {
    for (const { pass, measurement, variant } of applicable) {
      const wrong = mistakenGradient(pass, variant);
      const refused = measurement.tensors.flatMap((tensor, l) =>
        refusedEntries(measurement, tensor, wrong[l]!),
      );
      expect(refused.length, describeVariant(variant)).toBeGreaterThan(0);
    }
  });

  test('sums terms that are at least as large as what they sum to', () => {
    for (const { pass, variant } of applicable) {
      const sizes = mistakenSize(pass, variant);
      for (const [l, { data }] of mistakenGradient(pass, variant).entries()) {
        const [S] = [sizes[l]!.data];
        const beyond = [...data.keys()].filter((i) => Math.abs(data[i]!) > S[i]! * (1 + 1e-12));
        expect(beyond, describeVariant(variant)).toEqual([]);
      }
    }
  });
});

test('the right gradient is refused on none of these networks', () => {
  for (const { pass, network } of cases)
    expect(checkGradient(pass, gradientByHand(network)), network.loss).toMatchObject({ passed: true });
});

/** What concerns ReLUs, of which what has a constant below 0 is another, and what needs two hidden layers, or two kinds of them. */
const OF_RELU: MistakeId[] = ['mask-by-error', 'slope-constant'];
const OF_TWO_HIDDEN: MistakeId[] = [
  'slope-of-other-layer',
  'slope-missing-on-the-way-down',
  'output-error-everywhere',
];

/** What concerns several samples, and what several units of a layer. */
const OF_SAMPLES: MistakeId[] = [
  'missing-mean',
  'double-mean',
  'reg-over-n',
  'reg-times-n',
  'stale-sample',
  'bias-mean',
  'bias-first-sample',
  'bias-not-summed',
  'mean-again-on-the-way-down',
];
const OF_ONE_UNIT: MistakeId[] = [
  'mean-over-classes',
  'shifted-labels',
  'reversed-rows',
  'transposed-gradient',
  'bias-sum-over-units',
  'transposed-weights',
  'shifted-weights',
  ...OF_RELU,
];

/** What concerns softmax alone, and what concerns other outputs and losses than the textbook's. */
const OF_SOFTMAX = [
  'logits-for-probabilities',
  'double-softmax',
  'softmax-over-samples',
  'sigmoid-for-softmax',
  'softmax-twice',
] as const;
const OF_OTHERS = ['missing-output-slope', 'extra-output-slope', 'error-factor-two', 'error-half'] as const;

test.each<[string, Partial<Objective>, MistakeId[]]>([
  ['the textbook', {}, [...OF_OTHERS]],
  ['a sum, which no 1/N belongs to', { reduction: 'sum' }, ['double-mean', ...OF_OTHERS]],
  [
    'sigmoids with their cross-entropy',
    { output: 'sigmoid' },
    [...OF_SOFTMAX, 'softmax-diagonal', 'missing-output-slope', 'error-factor-two', 'error-half'],
  ],
  [
    'a squared error of sigmoids',
    { output: 'sigmoid', loss: 'squared-error' },
    [...OF_SOFTMAX, 'softmax-diagonal', 'extra-output-slope'],
  ],
  ['half of one of softmax', { loss: 'half-squared-error' }, [...OF_SOFTMAX, 'extra-output-slope']],
  [
    'a squared error of the logits themselves',
    { output: 'identity', loss: 'squared-error' },
    [...OF_SOFTMAX, 'softmax-diagonal', 'missing-output-slope', 'extra-output-slope'],
  ],
  [
    'the same, called a leaky ReLU of slope 1',
    { output: { 'leaky-relu': 1 }, loss: 'squared-error' },
    [...OF_SOFTMAX, 'softmax-diagonal', 'missing-output-slope', 'extra-output-slope'],
  ],
  [
    'another leaky ReLU, which has a slope',
    { output: { 'leaky-relu': 0.2 }, loss: 'squared-error' },
    [...OF_SOFTMAX, 'softmax-diagonal', 'extra-output-slope'],
  ],
  [
    'a hinge',
    { output: 'identity', loss: 'hinge' },
    ['missing-target', ...OF_SOFTMAX, 'softmax-diagonal', ...OF_OTHERS],
  ],
])('what belongs to another output or loss does not apply to %s', (_, changes, none) => {
  const network = square(['sigmoid', 'tanh'], objective(changes));
  expect(notApplying(network)).toEqual([...none, ...OF_RELU].sort());
});

test.each<[string, Network, MistakeId[]]>([
  ['nothing in a sigmoid and a tanh layer that are square', square(['sigmoid', 'tanh']), OF_RELU],
  [
    'a tanh layer has the slope of tanh',
    square(['tanh']),
    ['slope-of-tanh', 'tanh-formula', ...OF_RELU, ...OF_TWO_HIDDEN],
  ],
  [
    'a ReLU has the slope of a ReLU, which is 0 or 1, at a as at z',
    square(['relu']),
    ['slope-of-activation', 'slope-of-relu', 'slope-from-preactivation', 'double-slope', ...OF_TWO_HIDDEN],
  ],
  [
    'softplus has no formula of its slope in a',
    square(['softplus']),
    ['slope-from-preactivation', ...OF_RELU, ...OF_TWO_HIDDEN],
  ],
  [
    'an identity has the slope 1, and a = z',
    square(['identity']),
    [
      'preactivation-for-activation',
      'bias-before-slope',
      'missing-slope',
      'slope-of-activation',
      'slope-from-preactivation',
      'double-slope',
      'activation-of-error',
      ...OF_RELU,
      ...OF_TWO_HIDDEN,
    ],
  ],
  [
    'one layer has nothing below it',
    square([]),
    [
      'preactivation-for-activation',
      'bias-before-slope',
      ...(Object.keys({ ...slopeMistakes, ...errorThroughWeightsMistakes }) as MistakeId[]),
    ],
  ],
  ['one sample is its own mean', square(['sigmoid', 'tanh'], { N: 1 }), [...OF_SAMPLES, ...OF_RELU]],
  [
    'without biases they have no gradient',
    square(['sigmoid', 'tanh'], { biased: false }),
    ['reg-on-bias', ...(Object.keys(biasGradientMistakes) as MistakeId[]), ...OF_RELU],
  ],
  [
    'a leaky ReLU has the same slope at a as at z',
    square(['leaky-relu']),
    ['slope-of-activation', 'slope-from-preactivation', 'mask-by-error', ...OF_TWO_HIDDEN],
  ],
  [
    'a leaky ReLU that turns the sign has not',
    square([{ 'leaky-relu': -0.5 }]),
    ['slope-from-preactivation', 'mask-by-error', ...OF_TWO_HIDDEN],
  ],
  [
    'a leaky ReLU of slope 0 is a ReLU',
    square([{ 'leaky-relu': 0 }]),
    ['slope-of-activation', 'slope-of-relu', 'slope-from-preactivation', 'double-slope', ...OF_TWO_HIDDEN],
  ],
  [
    'so is an elu of 0',
    square([{ elu: 0 }]),
    ['slope-of-activation', 'slope-of-relu', 'slope-from-preactivation', 'double-slope', ...OF_TWO_HIDDEN],
  ],
  [
    'a leaky ReLU of slope 1 is the identity',
    square([{ 'leaky-relu': 1 }]),
    [
      'preactivation-for-activation',
      'bias-before-slope',
      'missing-slope',
      'slope-of-activation',
      'slope-from-preactivation',
      'double-slope',
      'activation-of-error',
      ...OF_RELU,
      ...OF_TWO_HIDDEN,
    ],
  ],
  [
    'λ = 0',
    square(['sigmoid', 'tanh'], { reg: 0 }),
    [...(Object.keys(regularizationMistakes) as MistakeId[]), ...OF_RELU],
  ],
  [
    'biases of zero have no penalty',
    withLayers(square(['sigmoid', 'tanh']), ({ b }) => ({ b: b.map(() => 0) })),
    ['reg-on-bias', ...OF_RELU],
  ],
  [
    'weights that are not square',
    square(['sigmoid', 'tanh'], { widths: [2, 3, 4, 2] }),
    ['transposed-gradient', 'own-activation', 'transposed-weights', 'output-error-everywhere', ...OF_RELU],
  ],
  ['one unit a layer', square(['sigmoid', 'tanh'], { widths: [2, 1, 1, 1] }), OF_ONE_UNIT],
  [
    'one unit a layer, and one sample',
    square(['sigmoid', 'tanh'], { widths: [2, 1, 1, 1], N: 1 }),
    [...OF_ONE_UNIT, ...OF_SAMPLES, 'bias-wrong-axis', 'softmax-over-samples'],
  ],
  [
    'one bias that is not zero has a penalty',
    withLayers(square(['sigmoid', 'tanh']), ({ b }) => ({ b: b.map((value, i) => (i === 1 ? value : 0)) })),
    OF_RELU,
  ],
  [
    'an identity passes down what it gets',
    square(['sigmoid', 'identity']),
    ['slope-missing-on-the-way-down', ...OF_RELU],
  ],
])('a mistake that would change nothing does not apply: %s', (_, network, none) => {
  expect(notApplying(network)).toEqual([...none, ...OF_OTHERS].sort());
});

test.each<[MistakeId, (number | null)[]]>([
  ['missing-mean', [3]],
  ['missing-reg', [1, 2, 3, null]],
  ['bias-mean', [1, 2, 3, null]],
  ['missing-slope', [1, 2, null]],
  ['preactivation-for-activation', [2, 3, null]],
  ['missing-weights', [2, 3, null]],
  ['transposed-weights', [3]],
  ['transposed-gradient', [1, 3, null]],
])('%s can be made at the layers %j of three', (id, layers) => {
  const network = square(['sigmoid', 'tanh'], { widths: [3, 3, 4, 4] });
  expect(layersOf(network, id)).toEqual(layers);
});

test('a mistake above an identity, or at one, applies at the other layers only', () => {
  const network = square(['identity', 'sigmoid']);
  expect(layersOf(network, 'missing-slope')).toEqual([2]);
  expect(layersOf(network, 'preactivation-for-activation')).toEqual([3]);
});

function withLayers(
  network: Network,
  change: (layer: Network['layers'][number]) => Partial<Network['layers'][number]>,
): Network {
  return { ...network, layers: network.layers.map((layer) => ({ ...layer, ...change(layer) })) };
}
