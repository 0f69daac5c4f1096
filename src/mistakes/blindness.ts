import { activations } from '../core/activations.ts';
import { outputResidual } from '../core/backprop.ts';
import type { Pass, Step } from '../core/forward.ts';
import { at, type Matrix } from '../core/matrix.ts';
import type { Tensor } from '../core/network.ts';
import type { Measurement } from '../gradcheck/measure.ts';
import type { Variant } from './variants.ts';

/**
 * Says why a check lets a mistake pass, in words, and what to change.
 *
 * The reasons are properties of the example that make the right and the wrong gradient coincide: nothing
 * reaches the layer, its units are saturated, its weights are symmetric, the penalty is tiny.
 */
export function whyMissed(
  measurement: Measurement,
  variant: Variant,
  right: readonly Tensor[],
  mistaken: readonly Tensor[],
): string {
  const { pass } = measurement;
  if (measurement.tensors.every(({ selected, slopes }) => selected.length < slopes.left.length)) {
    return 'none of the entries that were checked shows it; check more of them';
  }
  const reason = reasons(pass, variant).find((text) => text !== undefined);
  return (
    reason ??
    `it changes no entry by more than ${largestChange(right, mistaken)}, which rounding could explain; use less regular numbers`
  );
}

function reasons(pass: Pass, { mistake, layer }: Variant): (string | undefined)[] {
  const steps = layer === null ? pass.steps : pass.steps.filter((step) => step.layer.number === layer);
  const first = steps[0]!;
  switch (mistake) {
    case 'missing-slope':
    case 'slope-of-activation':
    case 'slope-sign':
    case 'slope-of-tanh':
    case 'slope-of-relu':
      return steps
        .filter((step) => step.layer.activation !== undefined)
        .flatMap((step) => [
          noErrorFrom(pass, step.layer.number + 1),
          flatUnits(step),
          allOn(step),
          fitted(pass),
        ]);
    case 'missing-weights':
    case 'transposed-weights':
      return steps.flatMap((step) => [
        symmetric(step),
        noErrorFrom(pass, step.layer.number),
        flatUnits(pass.steps[step.layer.number - 2]),
        fitted(pass),
      ]);
    case 'missing-reg':
    case 'double-reg':
    case 'half-reg':
    case 'reg-over-n':
    case 'reg-on-bias':
      return [
        smallPenalty(
          pass,
          mistake === 'reg-on-bias' ? Math.max(...first.layer.b.map(Math.abs)) : largest(first.layer.W),
          mistake === 'reg-on-bias' ? 'b' : 'W',
          first,
        ),
      ];
    case 'reversed-rows':
    case 'transposed-gradient':
      return [
        'the gradient looks the same either way, because units or inputs are equal; give them different weights',
      ];
    default:
      return [
        fitted(pass),
        ...(first.layer.number < pass.steps.length
          ? [noErrorFrom(pass, first.layer.number + 1), flatUnits(first)]
          : []),
        silentInput(first),
      ];
  }
}

/** Nothing gets down through W of layer l: the error of the output sums to zero over rows that are equal. */
function noErrorFrom(pass: Pass, l: number): string | undefined {
  const W = pass.steps[l - 1]?.layer.W;
  if (W === undefined) return undefined;
  if (largest(W) === 0) return `W${l} is zero, so that no error gets below layer ${l}; give it other values`;
  const spread = Math.max(...Array.from({ length: W.cols }, (_, j) => spreadOfColumn(W, j)));
  if (W.rows < 2 || spread > 1e-12 * largest(W) || l < pass.steps.length) return undefined;
  return `all rows of W${l} are equal, so that ŷ − y sums away in W${l}ᵀ(ŷ − y) and nothing reaches layer ${l - 1}; give its rows different values`;
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
function flatUnits(step: Step | undefined): string | undefined {
  const name = step?.layer.activation;
  if (step === undefined || name === undefined) return undefined;
  const slopes = step.z.data.map(activations[name].slope);
  const steepest = slopes.reduce((max, s) => Math.max(max, s), 0);
  const l = step.layer.number;
  if (steepest === 0)
    return `all units of layer ${l} are off (φ′ = 0 for each sample); shift b${l} so that some are on`;
  if (steepest > 1e-3) return undefined;
  return `the units of layer ${l} are saturated: φ′ is at most ${steepest.toExponential(0)}, so that its absence does not show; make W${l} or X smaller, so that z${l} is around 1`;
}

/** A slope of 1 everywhere cannot be told from none. */
function allOn(step: Step): string | undefined {
  const name = step.layer.activation;
  if (name !== 'relu' && name !== 'softplus') return undefined;
  const l = step.layer.number;
  if (!step.z.data.every((z) => z > 0 && activations[name].slope(z) > 1 - 1e-9)) return undefined;
  return `all units of layer ${l} are on, so that their slope is 1 anyway; shift b${l} so that some are off`;
}

function symmetric({ layer: { W, number } }: Step): string | undefined {
  if (W.rows !== W.cols) return undefined;
  const same = W.data.every((w, i) => w === at(W, i % W.cols, Math.floor(i / W.cols)));
  return same
    ? `W${number} is symmetric, so that W${number} and its transpose are the same; make it asymmetric`
    : undefined;
}

/** Where ŷ = t, every gradient of the data loss is zero. */
function fitted({ probabilities, network }: Pass): string | undefined {
  const error = largest(outputResidual(probabilities, network.Y));
  if (error > 1e-6) return undefined;
  return `the network fits its targets: ŷ − t is at most ${error === 0 ? '0' : error.toExponential(0)}; use other labels or smaller weights`;
}

function smallPenalty({ network }: Pass, size: number, letter: string, { layer }: Step): string {
  const penalty = network.reg * size;
  return `λ${letter}${layer.number} is at most ${penalty === 0 ? '0' : penalty.toExponential(0)}, which drowns in the rest of the gradient; make λ or ${letter}${layer.number} larger`;
}

function silentInput({ input, layer }: Step): string | undefined {
  const source = layer.number === 1 ? 'X' : `a${layer.number - 1}`;
  return largest(input) === 0
    ? `${source} is zero, so that nothing depends on W${layer.number}; use other inputs`
    : undefined;
}

function largestChange(right: readonly Tensor[], mistaken: readonly Tensor[]): string {
  let change = 0;
  for (const [l, { data }] of right.entries()) {
    data.forEach((value, i) => {
      change = Math.max(change, Math.abs(value - mistaken[l]!.data[i]!));
    });
  }
  return change === 0 ? '0' : change.toExponential(0);
}

const largest = ({ data }: Matrix): number => data.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
