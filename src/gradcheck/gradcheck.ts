import { backprop } from '../core/backprop.ts';
import { forward, type Pass } from '../core/forward.ts';
import { CANONICAL, type Layout, layOut } from '../core/layout.ts';
import { type Loss, loss } from '../core/loss.ts';
import { largest } from '../core/matrix.ts';
import type { Network, Tensor } from '../core/network.ts';
import { type MeasuredTensor, type Measurement, type MeasureOptions, measure } from './measure.ts';
import { everything } from './slopes.ts';
import { indexOf, judgeTensor, type TensorVerdict } from './verdict.ts';

export interface GradcheckOptions extends MeasureOptions {
  /** how the weights and biases of the result lie */
  readonly layout?: Layout;
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
  const { layout = CANONICAL } = options;
  const measurement = measure(pass, options);
  const { method, step } = measurement;
  const inconclusive: Inconclusive[] = [];
  const laidOut = layOutMeasured(measurement.tensors, gradient, layout);
  const tensors = laidOut.map(({ tensor: analytic, selected, numbers }) => {
    const numerical = onlySelected(numbers.central, selected);
    // Where products underflow, a tensor of this size may as well be 0.
    const size = Math.max(largest(analytic.data), largest(numbers.central));
    const isFaint = size > 0 && measurement.floor > 0.01 * size;
    const judged = judgeTensor(
      analytic,
      { ...analytic, data: numerical },
      {
        tolerance: (i, a, n) => measurement.rtol * Math.max(Math.abs(a), Math.abs(n)) + numbers.absolute[i]!,
        open: (i) => numbers.open[i]!,
        kink: (i) => numbers.kink[i]!,
        vague: () => isFaint,
      },
      selected,
    );
    for (const i of selected) {
      if (judged.verdicts[i] !== 'inconclusive') continue;
      inconclusive.push({
        tensor: analytic.name,
        index: indexOf(i, judged.shape),
        left: numbers.left[i]!,
        right: numbers.right[i]!,
      });
    }
    return { ...judged, analytic: analytic.data, numerical, errorBar: numbers.bar };
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

/** A measured tensor as the result lies. */
interface LaidOut {
  /** the gradient that is checked */
  readonly tensor: Tensor;
  /** the entries that were measured, in order */
  readonly selected: readonly number[];
  readonly numbers: Readonly<Record<Numbers, Float64Array>>;
}

/** What is known of each entry of a measured tensor. */
type Numbers = 'left' | 'right' | 'central' | 'absolute' | 'open' | 'kink' | 'bar';

function layOutMeasured(
  measured: readonly MeasuredTensor[],
  gradient: readonly Tensor[],
  layout: Layout,
): LaidOut[] {
  const each = (numbersOf: (tensor: MeasuredTensor) => Float64Array): Tensor[] =>
    layOut(
      measured.map((tensor) => ({ ...tensor.slopes, data: numbersOf(tensor) })),
      layout,
    );
  const analytic = each(({ slopes }) => gradient.find(({ name }) => name === slopes.name)!.data);
  const isWhole = measured.every(({ slopes, selected }) => selected.length === slopes.central.length);
  const masks = isWhole
    ? undefined
    : each(({ slopes, selected }) => {
        const mask = new Float64Array(slopes.central.length);
        for (const i of selected) mask[i] = 1;
        return mask;
      });
  const numbers = {
    left: each(({ slopes }) => slopes.left),
    right: each(({ slopes }) => slopes.right),
    central: each(({ slopes }) => slopes.central),
    absolute: each(({ absolute }) => absolute),
    open: each(({ open }) => open),
    kink: each(({ kink }) => kink),
    bar: each(({ bar }) => bar),
  };
  return analytic.map((tensor, l) => ({
    tensor,
    selected: everything(tensor.name, tensor.data.length).filter((i) => masks?.[l]?.data[i] !== 0),
    numbers: Object.fromEntries(
      Object.entries(numbers).map(([name, tensors]) => [name, tensors[l]!.data]),
    ) as LaidOut['numbers'],
  }));
}

function onlySelected(data: Float64Array, selected: readonly number[]): Float64Array {
  const result = new Float64Array(data.length).fill(Number.NaN);
  for (const i of selected) result[i] = data[i]!;
  return result;
}
