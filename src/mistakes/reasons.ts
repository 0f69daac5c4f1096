import { activationOf } from '../core/activations.ts';
import { batchOf, type Pass, type Step } from '../core/forward.ts';
import { lossOf } from '../core/losses/losses.ts';
import { at, largest, type Matrix, map, zip } from '../core/matrix.ts';
import type { Tensor } from '../core/network.ts';
import { outputsName } from '../core/objective.ts';
import { penaltyFactor } from '../core/penalty.ts';
import type { Example } from './mistake.ts';

// Why an example does not show a mistake, and what to change. Each is undefined where it is not so.

type Reason = string | undefined;

/** Where nothing of the data reaches a layer: what most mistakes are hidden by. */
export const nothingThere = ({ pass, steps: [first], right }: Example): Reason[] =>
  first === undefined
    ? []
    : [fitted(pass), ...noErrorAt(pass, first), silentInput(first), outweighed(pass, right)];

/** The slope of a layer does not show where no error reaches it, nor where it is 1 anyway. */
export const throughNoSlope = ({ pass, steps }: Example): Reason[] =>
  steps
    .filter(({ layer }) => layer.activation !== undefined)
    .flatMap((step) => [...noErrorAt(pass, step), allOn(step), fitted(pass)]);

/** The way down through the weights does not show where nothing comes down it. */
export const nothingComesDown = ({ pass, steps }: Example): Reason[] =>
  steps
    .filter(({ layer }) => layer.number > 1)
    .flatMap(({ layer: { number } }) => [
      noErrorFrom(pass, number),
      ...noErrorAt(pass, pass.steps[number - 2]!),
      fitted(pass),
    ]);

/** The order of entries does not show where there is nothing of the data in them, or all are alike. */
export function alike({ pass, steps: [first], right }: Example): Reason[] {
  if (first === undefined) return [];
  const dW = right.find(({ name }) => name === `dW${first.layer.number}`);
  return [
    ...(dW?.data.every((value) => value === 0)
      ? [fitted(pass), ...noErrorAt(pass, first), silentInput(first)]
      : []),
    'the gradient is the same either way, since units or inputs are equal; give them different weights',
  ];
}

/** Softmax of what is even is as even. */
export const evenOutputs = ({ pass: { outputs, network } }: Example): Reason =>
  outputs.data.every((y) => Math.abs(y * outputs.rows - 1) < 1e-9)
    ? `all classes have the same probability, which another softmax does not change; give the rows of W${network.layers.length} different values`
    : undefined;

/** What keeps the error of the output from a layer: its own units, or weights and units above it. */
function noErrorAt(pass: Pass, step: Step): Reason[] {
  const above = pass.steps.slice(step.layer.number - 1).reverse();
  return above.flatMap((one) => [
    one === step ? undefined : noErrorFrom(pass, one.layer.number),
    flatUnits(one),
  ]);
}

/** Where all ReLUs below are on, a and z are the same. */
export const sameAsBelow = ({ pass, steps }: Example): Reason[] =>
  steps.map(({ layer: { number } }) => {
    const below = pass.steps[number - 2];
    const reason = below && allOn(below);
    return reason?.replace('their slope is 1 anyway', `a${number - 1} = z${number - 1} anyway`);
  });

/** Nothing gets down through W of layer l: the error of the output sums to zero over rows that are equal. */
function noErrorFrom(pass: Pass, l: number): Reason {
  const { W } = pass.steps[l - 1]!.layer;
  if (largest(W.data) === 0)
    return `W${l} is zero, so that no error gets below layer ${l}; give it other values`;
  let spread = 0;
  for (let j = 0; j < W.cols; j++) spread = Math.max(spread, spreadOfColumn(W, j));
  const { output, loss } = pass.network;
  const cancels = output === 'softmax' || loss === 'hinge'; // which do not change where all logits of a sample do alike
  if (!cancels || W.rows < 2 || spread > 1e-12 * largest(W.data) || l < pass.steps.length) return undefined;
  const error = loss === 'cross-entropy' ? 'ŷ − y' : '∂ℓ/∂z';
  return `all rows of W${l} are equal, so that ${error} cancels in W${l}ᵀ(${error}) and nothing reaches layer ${l - 1}; give its rows different values`;
}

function spreadOfColumn(W: Matrix, j: number): number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < W.rows; i++) {
    low = Math.min(low, at(W, i, j));
    high = Math.max(high, at(W, i, j));
  }
  return high - low;
}

/** The units of a layer let next to nothing through. */
function flatUnits({ layer, z }: Step): Reason {
  const steepest = largest(z.data.map(activationOf(layer.activation).slope));
  const l = layer.number;
  if (steepest === 0)
    return `all units of layer ${l} are off (φ′ = 0 for each sample); shift b${l} so that some are on`;
  if (steepest > 1e-3) return undefined;
  return `the units of layer ${l} are saturated: φ′ is at most ${steepest.toExponential(0)}, so that almost no error passes through them; make W${l}, b${l} or their inputs smaller, so that z${l} is around 1`;
}

/** A slope of 1 everywhere cannot be told from none. */
export function allOn(step: Step): Reason {
  const { slope } = activationOf(step.layer.activation);
  const l = step.layer.number;
  if (!step.z.data.every((z) => z > 0 && Math.abs(slope(z) - 1) < 1e-9)) return undefined;
  return `all units of layer ${l} are on, so that their slope is 1 anyway; shift b${l} so that some are off`;
}

export function symmetric({ layer: { W, number } }: Step): Reason {
  if (W.rows !== W.cols) return undefined;
  const same = W.data.every((w, i) => w === at(W, i % W.cols, Math.floor(i / W.cols)));
  return same
    ? `W${number} is symmetric, so that W${number} and its transpose are the same; make it asymmetric`
    : undefined;
}

/** Where ŷ = t (or every margin is wide), every gradient of the data loss is zero. */
function fitted(pass: Pass): Reason {
  const { network } = pass;
  const error = largest(lossOf(network).error(batchOf(pass)).data);
  const missed = largest(zip(pass.outputs, network.Y, (y, t) => y - t).data);
  // Where ŷ is flat, the error is small though the targets are missed by far.
  if (error > 1e-6 || (network.loss !== 'hinge' && missed > 1e-3)) return undefined;
  if (network.loss === 'hinge')
    return 'every margin is wider than 1, so that no sample has a part in the gradient; use other labels or smaller weights';
  const of = outputsName(network) === 'probabilities' ? 'ŷ − t' : '∂ℓ/∂z';
  return `the network fits its targets: ${error === 0 ? `${of} = 0` : `${of} is at most ${error.toExponential(0)}`}; use other targets or smaller weights`;
}

export function smallPenalty({ network }: Pass, letter: 'W' | 'b', steps: readonly Step[]): string {
  const sizes = steps.map(({ layer }) => largest(letter === 'W' ? layer.W.data : layer.b));
  const size = sizes.reduce((a, b) => Math.max(a, b));
  const name = `${letter}${steps[sizes.indexOf(size)]!.layer.number}`;
  if (size === 0) return `${name} is zero, so that it has no penalty; give it other values`;
  return `λ${name} is at most ${(penaltyFactor(network) * size).toExponential(0)}, too small to show beside the rest of the gradient; make λ or ${name} larger`;
}

/** Beside a penalty so large, no change of the data loss is more than the relative tolerance. */
function outweighed({ network }: Pass, right: readonly Tensor[]): Reason {
  const weight = network.layers.reduce((most, { W }) => Math.max(most, largest(W.data)), 0);
  const penalty = penaltyFactor(network) * weight;
  const rest = Math.max(
    0,
    ...right.filter(({ name }) => name.startsWith('db')).map(({ data }) => largest(data)),
  );
  if (rest === 0) return undefined;
  if (penalty < 1e6 * rest) return undefined;
  return `λW is up to ${(penalty / rest).toExponential(0)} times as large as the rest of the gradient, which drowns in it; make λ smaller`;
}

/** Where the units of a layer are off for all samples but one, the others have no part in the gradient anyway. */
export const loneSamples = ({ pass, steps: [first] }: Example): Reason[] =>
  first === undefined ? [] : pass.steps.slice(first.layer.number - 1).map(loneSample);

function loneSample(step: Step): Reason {
  const slopes = map(step.z, activationOf(step.layer.activation).slope);
  const reached = Array.from({ length: slopes.cols }, (_, n) => n).filter((n) =>
    Array.from({ length: slopes.rows }, (_, i) => at(slopes, i, n)).some((s) => s !== 0),
  );
  const l = step.layer.number;
  return reached.length > 1
    ? undefined
    : `the units of layer ${l} are off for every other sample; shift b${l} so that more are on, or take other samples`;
}

function silentInput({ input, layer }: Step): Reason {
  const source = layer.number === 1 ? 'X' : `a${layer.number - 1}`;
  return largest(input.data) === 0
    ? `${source} is zero, so that nothing depends on W${layer.number}; use other inputs`
    : undefined;
}
