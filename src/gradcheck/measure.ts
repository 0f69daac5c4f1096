import type { Pass } from '../core/forward.ts';
import { loss } from '../core/loss.ts';
import { largest } from '../core/matrix.ts';
import { parameters, type Tensor } from '../core/network.ts';
import { kinkWidths } from './kinks.ts';
import { NAIVE_STEP, naiveSlopes } from './naive.ts';
import { summedSize, UNIT_ROUNDOFF } from './noise.ts';
import { PROPAGATION_STEP, propagatedSlopes } from './propagation.ts';
import { conditionedSize } from './rounding.ts';
import { everything, halfDifference, type Selection, type Slopes, sampleOf } from './slopes.ts';
import { judgeEntry } from './verdict.ts';

/** How the numerical gradient is taken and how closely it is held to. */
export interface MeasureOptions {
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
}

/** The numerical gradient of a tensor, and what another gradient may differ from it by. */
export interface MeasuredTensor {
  readonly slopes: Slopes;
  /** the entries that were measured, in order */
  readonly selected: readonly number[];
  /** the absolute part of t */
  readonly absolute: Float64Array;
  /** c */
  readonly open: Float64Array;
  /** what ReLUs exactly on their kinks leave open besides */
  readonly kink: Float64Array;
  /** how far the truth may be from the numerical gradient */
  readonly bar: Float64Array;
}

/** The numerical gradient of a network at a forward pass. */
export interface Measurement {
  readonly pass: Pass;
  readonly method: 'difference propagation' | 'two losses';
  readonly step: number;
  /** the relative part of t */
  readonly rtol: number;
  /** those that were asked for */
  readonly tensors: readonly MeasuredTensor[];
  /** the absolute part of t where the summed terms are of these sizes S: atol + κuS + the underflow floor */
  toleranceOf(S: Float64Array): Float64Array;
}

/**
 * Measures the gradient of the loss numerically, with what is needed to judge another by it.
 *
 * @throws RangeError for a step that is not above 0, or the name of a tensor that the network has not
 */
export function measure(pass: Pass, options: MeasureOptions = {}): Measurement {
  checkOptions(pass, options);
  const selection = selectionOf(options);
  const wanted = ({ name }: { name: string }): boolean =>
    options.only === undefined || options.only.includes(name);
  const step = options.step ?? (options.naive ? NAIVE_STEP : PROPAGATION_STEP);
  const slopes = options.naive
    ? naiveSlopes(pass.network, selection, step)
    : propagatedSlopes(pass, selection, step);
  const noise = options.naive
    ? naiveNoise(pass, slopes, step, options)
    : propagationNoise(pass, slopes, selection, step, options);
  const widths = kinkWidths(pass);
  const tensors = slopes.map((slope, l) => ({
    slopes: slope,
    kink: widths?.[l] ?? new Float64Array(slope.left.length),
    selected: [...selection(slope.name, slope.left.length)],
    ...noise.tensors[l]!,
  }));
  return {
    pass,
    method: options.naive ? 'two losses' : 'difference propagation',
    step,
    rtol: noise.rtol,
    tensors: tensors.filter((tensor) => wanted(tensor.slopes)),
    toleranceOf: noise.toleranceOf,
  };
}

function checkOptions(pass: Pass, { step, only = [] }: MeasureOptions): void {
  if (step !== undefined && !(step > 0 && Number.isFinite(step)))
    throw new RangeError(`expected a step above 0, found ${step}`);
  const names = parameters(pass.network).map(({ name }) => `d${name}`);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new RangeError(`expected some of ${names.join(', ')}; found ${unknown}`);
}

function selectionOf({ only, sample, seed = 0 }: MeasureOptions): Selection {
  const entries = sample === undefined ? everything : sampleOf(sample, seed);
  return (name, size) => (only === undefined || only.includes(name) ? entries(name, size) : []);
}

interface Noise {
  readonly rtol: number;
  readonly tensors: readonly Pick<MeasuredTensor, 'absolute' | 'open' | 'bar'>[];
  readonly toleranceOf: Measurement['toleranceOf'];
}

function propagationNoise(
  pass: Pass,
  slopes: readonly Slopes[],
  selection: Selection,
  step: number,
  { rtol = 1e-7, atol = 0 }: MeasureOptions,
): Noise {
  const u = UNIT_ROUNDOFF;
  const kappa = 64 + pass.network.X.cols; // a sum over N samples adds its own roundings
  const floor = (8 * 2 ** -1022) / step; // products below 2⁻¹⁰²² lose digits, which show when divided by h
  const toleranceOf = (S: Float64Array): Float64Array => S.map((size) => atol + kappa * u * size + floor);
  const S = summedSize(pass);
  const conditioned = conditionedSize(pass).gradients;
  const truncation = truncationOf(pass, slopes, selection, step);
  const tensors = slopes.map((_, l) => {
    const c = truncation[l]!;
    const bar = conditioned[l]!.data.map((size, i) => 8 * u * size + c[i]! + floor);
    return { absolute: toleranceOf(S[l]!.data), open: c, bar };
  });
  return { rtol, tensors, toleranceOf };
}

/**
 * c: half the difference of the one-sided slopes. A step that was asked for may be so large that this says little
 * of the central quotient's own truncation, so that it is taken beside the one where truncation is gone.
 */
function truncationOf(
  pass: Pass,
  slopes: readonly Slopes[],
  selection: Selection,
  step: number,
): Float64Array[] {
  if (step <= PROPAGATION_STEP) return slopes.map(halfDifference);
  const fine = propagatedSlopes(pass, selection);
  return slopes.map((slope, l) => {
    const exact = fine[l]!.central;
    return halfDifference(slope).map((half, i) => Math.max(half, Math.abs(slope.central[i]! - exact[i]!)));
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
  { rtol = 1e-5, atol }: MeasureOptions,
): Noise {
  const rounding =
    (8 * UNIT_ROUNDOFF * (conditionedSize(pass).loss.data + pass.network.X.cols * loss(pass).total)) / step;
  const tensors = slopes.map((slope) => {
    const c = halfDifference(slope);
    const bar = c.map((half) => half + rounding);
    const jump = 1e-3 * Math.max(largest(slope.left), largest(slope.right)) + rounding;
    const size = atol ?? 1e-8 * largest(slope.central);
    return {
      absolute: bar.map((own) => size + own),
      open: c.map((half) => (half > jump ? Number.POSITIVE_INFINITY : 0)),
      bar,
    };
  });
  return {
    rtol,
    tensors,
    toleranceOf: (S) => S.map((size) => (atol ?? 0) + rounding + UNIT_ROUNDOFF * size),
  };
}

/** Where the numerical gradient refuses another one: |a − n| > t + c, or not finite. */
export function refusedEntries(
  { rtol }: Measurement,
  tensor: MeasuredTensor,
  gradient: Tensor,
  absolute = tensor.absolute,
): number[] {
  return tensor.selected.filter((i) => {
    const a = gradient.data[i]!;
    const n = tensor.slopes.central[i]!;
    const t = rtol * Math.max(Math.abs(a), Math.abs(n)) + absolute[i]!;
    return judgeEntry(a, n, t, tensor.open[i]!, tensor.kink[i]) === 'mismatch';
  });
}
