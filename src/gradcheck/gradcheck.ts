import { backprop } from '../core/backprop.ts';
import { forward, type Pass } from '../core/forward.ts';
import { type Loss, loss } from '../core/loss.ts';
import type { Network, Tensor } from '../core/network.ts';
import { CANONICAL, type Orientation, orientWeights } from '../core/orientation.ts';
import { NAIVE_STEP, naiveSlopes } from './naive.ts';
import { conditionedSize, summedSize, UNIT_ROUNDOFF } from './noise.ts';
import { PROPAGATION_STEP, propagatedSlopes } from './propagation.ts';
import { central, everything, halfDifference, type Selection, type Slopes, sampleOf } from './slopes.ts';
import { indexOf, judgeTensor, type TensorVerdict } from './verdict.ts';

export interface GradcheckOptions {
  /** h, used as given; 2⁻¹⁰⁰ by default, 1e-5 with `naive` */
  readonly step?: number;
  /** relative tolerance, 1e-7 by default (1e-5 with `naive`) */
  readonly rtol?: number;
  /** absolute tolerance, 0 by default (1e-8 of the tensor's largest entry with `naive`) */
  readonly atol?: number;
  /** two full evaluations of the loss for each parameter instead of difference propagation */
  readonly naive?: boolean;
  /** names of the tensors to check (dW2, db2); all by default */
  readonly only?: readonly string[];
  /** how many entries of each tensor to check; all by default */
  readonly sample?: number;
  /** which entries `sample` draws, 0 by default */
  readonly seed?: number;
  /** how the weights of the result lie */
  readonly orientation?: Orientation;
}

/** One gradient tensor, analytic beside numerical. */
export interface CheckedTensor extends TensorVerdict {
  readonly analytic: Float64Array;
  /** NaN where an entry was not checked */
  readonly numerical: Float64Array;
  /** the true gradient lies within this of the numerical one */
  readonly errorBar: Float64Array;
}

/** An entry of which the numerical gradient leaves open what it is: a ReLU on its kink, or a step too large. */
export interface Inconclusive {
  readonly tensor: string;
  readonly index: readonly number[];
  /** (J(θ) − J(θ − h)) / h */
  readonly left: number;
  /** (J(θ + h) − J(θ)) / h */
  readonly right: number;
}

export interface GradientCheck {
  readonly pass: Pass;
  readonly loss: Loss;
  /** no entry mismatches, and at least one agrees */
  readonly passed: boolean;
  readonly method: 'difference propagation' | 'two losses';
  readonly step: number;
  readonly tensors: readonly CheckedTensor[];
  readonly inconclusive: readonly Inconclusive[];
}

/**
 * Checks the analytic gradient of a network against the numerical one, entry by entry.
 *
 * With t = atol + rtol·max(|a|, |n|) + κuS and c half the difference of the one-sided slopes, an entry is
 * a mismatch if |a − n| > t + c, inconclusive if c > t, and agrees otherwise.
 */
export function gradcheck(network: Network, options: GradcheckOptions = {}): GradientCheck {
  const pass = forward(network);
  return checkGradient(pass, backprop(pass), options);
}

/** The check of a given gradient of a forward pass: {@link gradcheck} with backprop's, tests with wrong ones. */
export function checkGradient(
  pass: Pass,
  gradient: readonly Tensor[],
  options: GradcheckOptions = {},
): GradientCheck {
  const { network } = pass;
  const { naive = false, orientation = CANONICAL } = options;
  const selection = selectionOf(options);
  const step = options.step ?? (naive ? NAIVE_STEP : PROPAGATION_STEP);
  const slopes = naive ? naiveSlopes(network, selection, step) : propagatedSlopes(pass, selection, step);
  const noise = (naive ? naiveNoise : propagationNoise)(pass, slopes, step, options);

  const inconclusive: Inconclusive[] = [];
  const tensors = slopes.flatMap((slope, l) => {
    if (!isWanted(slope.name, options)) return [];
    const orient = (data: Float64Array): Tensor =>
      orientWeights({ name: slope.name, shape: slope.shape, data }, orientation);
    const analytic = orient(gradient[l]!.data);
    const [left, right] = [orient(slope.left), orient(slope.right)];
    const selected = selectedEntries(slope, selection, orient);
    const numerical = onlySelected(orient(central(slope).data), selected);
    const { rtol } = noise[l]!;
    const [absolute, open, bar] = [noise[l]!.absolute, noise[l]!.open, noise[l]!.bar].map(
      (data) => orient(data).data,
    ) as [Float64Array, Float64Array, Float64Array];
    const judged = judgeTensor(
      analytic,
      numerical,
      {
        tolerance: (i, a, n) => rtol * Math.max(Math.abs(a), Math.abs(n)) + absolute[i]!,
        open: (i) => open[i]!,
      },
      selected,
    );
    for (const i of selected) {
      if (judged.verdicts[i] !== 'inconclusive') continue;
      inconclusive.push({
        tensor: slope.name,
        index: indexOf(i, judged.shape),
        left: left.data[i]!,
        right: right.data[i]!,
      });
    }
    return { ...judged, analytic: analytic.data, numerical: numerical.data, errorBar: bar };
  });
  const mismatched = tensors.some((tensor) => tensor.mismatched > 0);
  const agreed = tensors.some((tensor) => tensor.checked > tensor.mismatched + tensor.inconclusive);
  return {
    pass,
    loss: loss(pass),
    passed: !mismatched && agreed,
    method: naive ? 'two losses' : 'difference propagation',
    step,
    tensors,
    inconclusive,
  };
}

const isWanted = (name: string, { only }: GradcheckOptions): boolean =>
  only === undefined || only.includes(name);

function selectionOf(options: GradcheckOptions): Selection {
  const entries = options.sample === undefined ? everything : sampleOf(options.sample, options.seed ?? 0);
  return (name, size) => (isWanted(name, options) ? entries(name, size) : []);
}

/** What is allowed between the two gradients of a tensor, before orientation. */
interface Noise {
  /** the relative part of the tolerance */
  readonly rtol: number;
  /** the absolute part of each entry */
  readonly absolute: Float64Array;
  /** c */
  readonly open: Float64Array;
  /** how far the truth may be from the numerical gradient */
  readonly bar: Float64Array;
}

function propagationNoise(
  pass: Pass,
  slopes: readonly Slopes[],
  step: number,
  { rtol = 1e-7, atol = 0 }: GradcheckOptions,
): Noise[] {
  const u = UNIT_ROUNDOFF;
  const kappa = 64 + pass.network.X.cols; // a sum over N samples adds its own roundings
  const floor = (8 * 2 ** -1022) / step; // products below 2⁻¹⁰²² lose digits, which show when divided by h
  const S = summedSize(pass);
  const conditioned = conditionedSize(pass).gradients;
  return slopes.map((slope, l) => {
    const c = halfDifference(slope);
    return {
      rtol,
      absolute: S[l]!.data.map((size) => atol + kappa * u * size + floor),
      open: c,
      bar: conditioned[l]!.data.map((size, i) => 8 * u * size + c[i]! + floor),
    };
  });
}

/**
 * The two losses of the textbook agree in most of their digits, so that it is judged more loosely: relative
 * 1e-5 plus 1e-8 of the tensor's largest entry, plus what its own bar says, the rounding of the losses
 * divided by h and half the difference of the one-sided slopes. Those of a smooth loss differ by h·J″;
 * where they differ by a thousandth of the slope itself, a kink or a step too large leaves the entry open.
 */
function naiveNoise(
  pass: Pass,
  slopes: readonly Slopes[],
  step: number,
  { rtol = 1e-5, atol }: GradcheckOptions,
): Noise[] {
  const rounding =
    (8 * UNIT_ROUNDOFF * (conditionedSize(pass).loss + pass.network.X.cols * loss(pass).total)) / step;
  return slopes.map((slope) => {
    const c = halfDifference(slope);
    const bar = c.map((half) => half + rounding);
    const jump = 1e-3 * Math.max(largest(slope.left), largest(slope.right)) + rounding;
    const size = atol ?? 1e-8 * largest(central(slope).data);
    return {
      rtol,
      absolute: bar.map((own) => size + own),
      open: c.map((half) => (half > jump ? Number.POSITIVE_INFINITY : 0)),
      bar,
    };
  });
}

const largest = (data: Float64Array): number =>
  data.reduce((max, value) => Math.max(max, Math.abs(value)), 0);

/** The selected entries of a tensor as the result lies, in order. */
function selectedEntries(
  { name, left }: Slopes,
  selection: Selection,
  orient: (data: Float64Array) => Tensor,
): number[] {
  const mask = new Float64Array(left.length);
  for (const i of selection(name, left.length)) mask[i] = 1;
  const oriented = orient(mask).data;
  return [...oriented.keys()].filter((i) => oriented[i] === 1);
}

function onlySelected(tensor: Tensor, selected: readonly number[]): Tensor {
  const data = new Float64Array(tensor.data.length).fill(Number.NaN);
  for (const i of selected) data[i] = tensor.data[i]!;
  return { ...tensor, data };
}
