import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { loss } from '../../src/core/loss.ts';
import { map } from '../../src/core/matrix.ts';
import { type Layer, type Network, oneHot, parameters, type Tensor } from '../../src/core/network.ts';
import { type Objective, PENALTIES, REDUCTIONS, TEXTBOOK } from '../../src/core/objective.ts';
import { type RandomNumbers, randomNumbers } from '../../src/core/random.ts';
import { everyActivation, everyLoss, networkOf, type Recipe } from '../networks.ts';

/** A random network, made again by its seed alone. */
export interface BenchNetwork {
  readonly seed: number;
  readonly group: Group;
  readonly network: Network;
}

/** The network of a seed; the groups take turns. */
export function benchNetwork(seed: number): BenchNetwork {
  const group = groups[seed % groups.length]!;
  return { seed, group, network: makers[group](recipeOf(seed), randomNumbers(seed, group)) };
}

/** Everything of order 1: one to four layers, widths of 1 to 12, any activations and losses, soft or hard targets. */
function recipeOf(seed: number): Recipe {
  const random = randomNumbers(seed, 'recipe');
  const integer = (from: number, to: number): number => from + Math.floor((to - from + 1) * random.uniform());
  const one = <T>(choices: readonly T[]): T => choices[integer(0, choices.length - 1)]!;
  const depth = integer(1, 4);
  return {
    widths: Array.from({ length: depth + 1 }, () => integer(1, 12)),
    N: integer(1, 10),
    activations: Array.from({ length: 3 }, () => one(everyActivation)),
    weightScale: 0.7,
    inputScale: 1,
    softTargets: random.uniform() < 0.3,
    reg: random.uniform() < 0.3 ? 0 : logUniform(random, -4, 2),
    seed,
    objective: objectiveOf(randomNumbers(seed, 'objective')),
    biased: random.uniform() < 0.9,
  };
}

/** The textbook's in a third; softmax, sigmoid and hinge, and squared errors, about equally often in the rest. */
function objectiveOf({ uniform }: RandomNumbers): Objective {
  const one = <T>(choices: readonly T[]): T => choices[Math.floor(choices.length * uniform())]!;
  if (uniform() < 1 / 3) return TEXTBOOK;
  const ofLoss = one(uniform() < 0.5 ? everyLoss.slice(0, 3) : everyLoss.slice(3));
  return { ...ofLoss, reduction: one(REDUCTIONS), penalty: one(PENALTIES) };
}

/** What is special about the networks of a group. */
const makers = {
  generic: (recipe) => networkOf(recipe),
  'any scales': (recipe, random) =>
    networkOf({
      ...recipe,
      weightScale: logUniform(random, -6, 3),
      inputScale: logUniform(random, -3, 3),
    }),
  'weights 1e-4': (recipe) => networkOf({ ...recipe, weightScale: 1e-4 }),
  saturated: (recipe, random) => networkOf({ ...recipe, weightScale: logUniform(random, 0.5, 2) }),
  confident: (recipe, random) => confident(networkOf(recipe), logUniform(random, 0.5, 2)),
  'inputs 1e3': (recipe) => networkOf({ ...recipe, inputScale: 1e3 }),
  'near a minimum': (recipe, random) =>
    descended(networkOf(recipe), Math.round(logUniform(random, 1, Math.log10(500)))),
  'dead ReLUs': (recipe, random) =>
    shiftedDown(networkOf({ ...recipe, activations: ['relu', 'relu', 'relu'] }), 4 * random.uniform()),
} satisfies Record<string, (recipe: Recipe, random: RandomNumbers) => Network>;

export type Group = keyof typeof makers;

export const groups = Object.keys(makers) as Group[];

const logUniform = (random: RandomNumbers, from: number, to: number): number =>
  10 ** (from + (to - from) * random.uniform());

/** Large logits, and targets that they fit: the largest of each sample is its label, or each output is nearly its target. */
function confident(network: Network, factor: number): Network {
  const layers = network.layers.map(
    (layer): Layer =>
      layer.activation === undefined
        ? { ...layer, W: map(layer.W, (w) => factor * w), b: layer.b.map((b) => factor * b) }
        : layer,
  );
  const { logits, outputs } = forward({ ...network, layers });
  const { rows: C, cols: N } = logits;
  if (network.output !== 'softmax' && network.loss !== 'hinge')
    return { ...network, layers, Y: map(outputs, Math.round) };
  const column = (n: number): number[] => Array.from({ length: C }, (_, k) => logits.data[k * N + n]!);
  const labels = Array.from({ length: N }, (_, n) => column(n).indexOf(Math.max(...column(n))));
  return { ...network, layers, Y: oneHot(labels, C) };
}

/** After some steps of gradient descent, each as long as the loss allows. */
function descended(network: Network, steps: number): Network {
  const own = parameters(network); // the arrays of the network itself
  const move = (gradient: readonly Tensor[], length: number): void => {
    for (const [l, { data }] of own.entries())
      data.forEach((value, i) => {
        data[i] = value - length * gradient[l]!.data[i]!;
      });
  };
  let rate = 1;
  for (let step = 0; step < steps; step++) {
    const pass = forward(network);
    const before = loss(pass).total;
    const saved = own.map(({ data }) => data.slice());
    move(backprop(pass), rate);
    if (loss(forward(network)).total < before) rate *= 1.5;
    else {
      for (const [l, { data }] of own.entries()) data.set(saved[l]!);
      rate /= 4;
    }
  }
  return network;
}

/** The biases of the hidden layers lowered, so that some of the units are off for all samples. */
const shiftedDown = (network: Network, by: number): Network => ({
  ...network,
  layers: network.layers.map((layer) =>
    layer.activation === undefined || !network.biased ? layer : { ...layer, b: layer.b.map((b) => b - by) },
  ),
});
