import type { Pass } from '../core/forward.ts';
import { CANONICAL, type Layout, layOut, nameIn } from '../core/layout.ts';
import { loss } from '../core/loss.ts';
import { largest } from '../core/matrix.ts';
import { parameters, type Tensor } from '../core/network.ts';
import { inPassing, lasting } from '../core/zeros.ts';
import { conditionedGradients, conditionedSize } from './bound.ts';
import { kinkWidths } from './kinks.ts';
import { NAIVE_STEP, naiveSlopes } from './naive.ts';
import { sizesOf, UNIT_ROUNDOFF } from './noise.ts';
import { PROPAGATION_STEP, propagatedSlopes } from './propagation.ts';
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
  /** names of the tensors to check (dW2, db2), as the layout has them; all by default */
  readonly only?: readonly string[];
  /** how many entries of each tensor to check; all by default */
  readonly sample?: number;
  /** which entries `sample` draws, 0 by default */
  readonly seed?: number;
  /** what a tensor is: dW2 with its column of biases, where they lie in one */
  readonly layout?: Layout;
  /** hears after each entry of a naive gradient, by the step and by its parts, how many are done */
  readonly onProgress?: (done: number, total: number) => void;
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
  /** what the tensors are called in, and drawn of */
  readonly layout: Layout;
  /** the relative part of t */
  readonly rtol: number;
  /** below it nothing can be told from 0 */
  readonly floor: number;
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
  const selection = onlyOnce(selectionOf(pass, options));
  const wanted = wantedBy(options);
  const step = options.step ?? (options.naive ? NAIVE_STEP : PROPAGATION_STEP);
  const slopes = options.naive
    ? naiveSlopes(pass.network, selection, step, progressOf(0, step, options))
    : propagatedSlopes(pass, selection, options.step);
  const noise = options.naive
    ? naiveNoise(pass, slopes, selection, step, options)
    : propagationNoise(pass, slopes, selection, step, options);
  const widths = kinkWidths(pass);
  const tensors = slopes.map((slope, l) => ({
    slopes: slope,
    kink: widths?.get(slope.name) ?? lasting(slope.left.length),
    selected: selection(slope.name, slope.left.length),
    ...noise.tensors[l]!,
  }));
  return {
    pass,
    method: options.naive ? 'two losses' : 'difference propagation',
    step,
    layout: options.layout ?? CANONICAL,
    rtol: noise.rtol,
    floor: noise.floor,
    tensors: tensors.filter(({ slopes }) => wanted(slopes.name)),
    toleranceOf: noise.toleranceOf,
  };
}

/** The names of the gradient's tensors: dW1, db1, …, as the layout has them. */
export const gradientNames = ({ network }: Pick<Pass, 'network'>, layout: Layout): string[] =>
  layOut(parameters(network), layout).map(({ name }) => `d${name}`);

function checkOptions(pass: Pass, { step, only = [], layout = CANONICAL }: MeasureOptions): void {
  if (step !== undefined && !(step > 0 && Number.isFinite(step)))
    throw new RangeError(`expected a step above 0, found ${step}`);
  if (only.length === 0) return;
  const names = gradientNames(pass, layout);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new RangeError(`expected some of ${names.join(', ')}; found ${unknown}`);
}

/** Whether a tensor is asked for; the biases are with the weights that they lie in. */
function wantedBy({ only, layout = CANONICAL }: MeasureOptions): (name: string) => boolean {
  return (name) => only === undefined || only.includes(nameIn(layout, name));
}

/** Which entries are to be measured: drawn of the tensors as the layout has them. */
function selectionOf({ network }: Pass, options: MeasureOptions): Selection {
  const { sample, seed = 0, layout = CANONICAL } = options;
  const wanted = wantedBy(options);
  const entries = sample === undefined ? everything : sampleOf(sample, seed);
  if (sample === undefined || (layout.biases !== 'first' && layout.biases !== 'last'))
    return (name, size) => (wanted(name) ? entries(name, size) : []);
  return (name) => {
    if (!wanted(name)) return [];
    const { W, number } = network.layers.find((layer) => name.slice(2) === String(layer.number))!;
    const cols = W.cols + 1;
    const bias = layout.biases === 'first' ? 0 : W.cols;
    const before = layout.biases === 'first' ? 1 : 0;
    const drawn = entries(`dW${number}`, W.rows * cols);
    const places = drawn.map((e): [row: number, col: number] => [Math.floor(e / cols), e % cols]);
    return name.startsWith('db')
      ? places.flatMap(([row, col]) => (col === bias ? [row] : []))
      : places.flatMap(([row, col]) => (col === bias ? [] : [row * W.cols + col - before]));
  };
}

/** A selection that is asked of each tensor several times. */
function onlyOnce(selection: Selection): Selection {
  const known = new Map<string, readonly number[]>();
  return (name, size) => {
    const selected = known.get(name) ?? selection(name, size);
    known.set(name, selected);
    return selected;
  };
}

interface Noise {
  readonly rtol: number;
  readonly floor: number;
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
  const truncation = truncationOf(pass, slopes, selection, step);
  return inPassing(() => {
    // Products below 2⁻¹⁰²² lose digits, which show when divided by h, and as many times as the errors above are large.
    const { S, errors } = sizesOf(pass);
    const floor = ((8 * 2 ** -1022) / step) * Math.max(1, errors);
    const toleranceOf = (S: Float64Array): Float64Array => {
      const tolerance = lasting(S.length);
      for (let i = 0; i < S.length; i++) tolerance[i] = atol + kappa * u * S[i]! + floor;
      return tolerance;
    };
    const conditioned = conditionedGradients(pass);
    const tensors = truncation.map((c, l) => {
      const bar = lasting(c.length);
      for (let i = 0; i < c.length; i++) bar[i] = 8 * u * conditioned[l]!.data[i]! + c[i]! + floor;
      return { absolute: toleranceOf(S[l]!.data), open: c, bar };
    });
    return { rtol, floor, tensors, toleranceOf };
  });
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
 * divided by h, half the difference of the one-sided slopes, and truncation. The slopes of a smooth loss differ by
 * h·J″; where they differ by a thousandth of the slope itself, a kink or a step too large leaves the entry open, and
 * so does rounding that is larger than every entry.
 */
function naiveNoise(
  pass: Pass,
  slopes: readonly Slopes[],
  selection: Selection,
  step: number,
  options: MeasureOptions,
): Noise {
  const { rtol = 1e-5, atol } = options;
  const rounding =
    (8 * UNIT_ROUNDOFF * (conditionedSize(pass).loss.data + pass.network.X.cols * loss(pass).total)) / step;
  const truncation = naiveTruncation(pass, slopes, selection, step, options);
  const tensors = slopes.map((slope, l) => {
    const half = halfDifference(slope);
    const bar = half.map((own, i) => own + rounding + truncation[l]![i]!);
    const steepest = Math.max(largest(slope.left), largest(slope.right));
    const isOpen = (i: number): boolean => half[i]! > 1e-3 * steepest + rounding || rounding > steepest;
    const size = atol ?? 1e-8 * largest(slope.central);
    return {
      absolute: bar.map((own) => size + own),
      open: bar.map((_, i) => (isOpen(i) ? Number.POSITIVE_INFINITY : 0)),
      bar,
    };
  });
  return {
    rtol,
    floor: 0,
    tensors,
    toleranceOf: (S) => S.map((size) => (atol ?? 0) + rounding + UNIT_ROUNDOFF * size),
  };
}

/**
 * The truncation of the central quotient, h²J‴/6, which half the difference of the one-sided slopes knows nothing of
 * where J″ is small, or cancels what a kink adds. Half the step leaves a quarter of it, or half where J″ jumps, as
 * softsign's does: so the difference of the two quotients is at least half of it, and what the one-sided slopes differ
 * by at half the step shows a kink that the whole step hides. Smaller parts see nearer kinks, and where a step that was
 * asked for is far too large, two quotients may meet by chance.
 */
function naiveTruncation(
  { network }: Pass,
  slopes: readonly Slopes[],
  selection: Selection,
  step: number,
  options: MeasureOptions,
): Float64Array[] {
  const finer = finerParts(step).map((part, k) =>
    naiveSlopes(network, selection, step / part, progressOf(k + 1, step, options)),
  );
  return slopes.map(({ central }, l) => {
    const halves = finer.map((fine) => halfDifference(fine[l]!));
    return central.map((value, i) =>
      Math.max(...finer.map((fine, k) => 2.5 * Math.abs(value - fine[l]!.central[i]!) + halves[k]![i]!)),
    );
  });
}

/** The parts of a step that tell its truncation. */
const finerParts = (step: number): number[] => (step > NAIVE_STEP ? [2, 4, step / NAIVE_STEP] : [2, 8]);

/** Of naive gradients by the step and by its parts, one after the other: as many entries as all of them come to. */
function progressOf(
  before: number,
  step: number,
  { onProgress }: MeasureOptions,
): MeasureOptions['onProgress'] {
  const all = 1 + finerParts(step).length;
  return onProgress && ((done, total) => onProgress(Math.floor((before * total + done) / all), total));
}

/** Whether the numerical gradient refuses a as entry i: |a − n| > t + c, or not finite. */
export function refuses(
  { rtol }: Measurement,
  tensor: MeasuredTensor,
  i: number,
  a: number,
  absolute = tensor.absolute[i]!,
): boolean {
  const n = tensor.slopes.central[i]!;
  const t = rtol * Math.max(Math.abs(a), Math.abs(n)) + absolute;
  return judgeEntry(a, n, t, tensor.open[i]!, tensor.kink[i]) === 'mismatch';
}

/** The entries in which the numerical gradient refuses another one. */
export const refusedEntries = (
  measurement: Measurement,
  tensor: MeasuredTensor,
  gradient: Tensor,
  absolute = tensor.absolute,
): number[] =>
  tensor.selected.filter((i) => refuses(measurement, tensor, i, gradient.data[i]!, absolute[i]!));
