import { backprop } from '../core/backprop.ts';
import { forward, type Pass } from '../core/forward.ts';
import { type Loss, loss } from '../core/loss.ts';
import type { Network, Tensor } from '../core/network.ts';
import { CANONICAL, type Orientation, orientWeights } from '../core/orientation.ts';
import { type MeasuredTensor, type Measurement, type MeasureOptions, measure } from './measure.ts';
import { indexOf, judgeTensor, type TensorVerdict } from './verdict.ts';

export interface GradcheckOptions extends MeasureOptions {
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
  /** the numerical gradient in fcnet's own orientation, to judge other gradients by */
  readonly measurement: Measurement;
  readonly loss: Loss;
  /** no entry mismatches, and at least one agrees */
  readonly passed: boolean;
  readonly method: Measurement['method'];
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

/** The check of any gradient of a forward pass: {@link gradcheck} takes backprop's, tests wrong ones. */
export function checkGradient(
  pass: Pass,
  gradient: readonly Tensor[],
  options: GradcheckOptions = {},
): GradientCheck {
  const measurement = measure(pass, options);
  const { orientation = CANONICAL } = options;
  const { method, step } = measurement;
  const inconclusive: Inconclusive[] = [];
  const tensors = measurement.tensors.map((measured) => {
    const { slopes } = measured;
    const orient = (data: Float64Array): Float64Array => orientWeights({ ...slopes, data }, orientation).data;
    const analytic = orientWeights(gradient.find(({ name }) => name === slopes.name)!, orientation);
    const selected = selectedEntries(measured, orient);
    const numerical = onlySelected(orient(slopes.central), selected);
    const [absolute, open, kink] = [measured.absolute, measured.open, measured.kink].map(orient) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const judged = judgeTensor(
      analytic,
      { ...analytic, data: numerical },
      {
        tolerance: (i, a, n) => measurement.rtol * Math.max(Math.abs(a), Math.abs(n)) + absolute[i]!,
        open: (i) => open[i]!,
        kink: (i) => kink[i]!,
      },
      selected,
    );
    const [left, right] = [orient(slopes.left), orient(slopes.right)];
    for (const i of selected) {
      if (judged.verdicts[i] !== 'inconclusive') continue;
      inconclusive.push({
        tensor: slopes.name,
        index: indexOf(i, judged.shape),
        left: left[i]!,
        right: right[i]!,
      });
    }
    return { ...judged, analytic: analytic.data, numerical, errorBar: orient(measured.bar) };
  });
  const mismatched = tensors.some((tensor) => tensor.mismatched > 0);
  const agreed = tensors.some((tensor) => tensor.checked > tensor.mismatched + tensor.inconclusive);
  return {
    pass,
    measurement,
    loss: loss(pass),
    passed: !mismatched && agreed,
    method,
    step,
    tensors,
    inconclusive,
  };
}

/** The selected entries of a tensor as the result lies, in order. */
function selectedEntries(
  { slopes, selected }: MeasuredTensor,
  orient: (data: Float64Array) => Float64Array,
): number[] {
  const mask = new Float64Array(slopes.left.length);
  for (const i of selected) mask[i] = 1;
  const oriented = orient(mask);
  return [...oriented.keys()].filter((i) => oriented[i] === 1);
}

function onlySelected(data: Float64Array, selected: readonly number[]): Float64Array {
  const result = new Float64Array(data.length).fill(Number.NaN);
  for (const i of selected) result[i] = data[i]!;
  return result;
}
