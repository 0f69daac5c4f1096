import { backprop } from '../core/backprop.ts';
import { type Layout, layOut, orientSamples } from '../core/layout.ts';
import { largest } from '../core/matrix.ts';
import { parameters, type Tensor } from '../core/network.ts';
import { outputsName } from '../core/objective.ts';
import type { GradientCheck } from '../gradcheck/gradcheck.ts';
import type { ReferenceTensor } from './judge.ts';
import { describePrinted } from './printed.ts';
import type { Reading } from './reading.ts';
import { reshape } from './shapes.ts';
import { formatsOf, type PrintedReference } from './uncertainty.ts';

// What the numbers of a reference seem to be, besides right or wrong gradients.

/** Logits that are what the output makes of them. */
export function logitsHints(theirs: Tensor, { pass }: GradientCheck, layout: Layout): string[] {
  const name = outputsName(pass.network);
  const outputs = orientSamples(name, pass.outputs, layout);
  const same = reshape(theirs, outputs.shape)?.data.every(
    (value, i) => Math.abs(value - outputs.data[i]!) <= 1e-5,
  );
  return same ? [`its logits are ${name}: fcnet means z, the values before the output's own function`] : [];
}

/** Gradients that are the parameters themselves. */
export function parametersHints({ parameters: same }: Reading, wrong: readonly string[]): string[] {
  const names = same.filter((name) => wrong.includes(name));
  if (names.length === 0) return [];
  return [`${listed(names)}: these are the weights and biases of the config, not their gradients`];
}

/** How closely a step must be along the gradient to be one. */
const ALONG = 1e-3;

/** Parameters after a step whose learning rate is not said. */
export function stepHints(reading: Reading, { pass }: GradientCheck, layout: Layout): string[] {
  if (!reading.areParameters || reading.step !== undefined) return [];
  const gradients = layOut(backprop(pass), layout);
  const pairs = layOut(parameters(pass.network), layout).flatMap((own) => {
    const after = reading.tensors.get(`d${own.name}`);
    const gradient = gradients.find(({ name }) => name === `d${own.name}`);
    if (after?.data.length !== own.data.length || gradient === undefined) return [];
    return [...own.data].map((theta, i) => ({ moved: theta - after.data[i]!, g: gradient.data[i]! }));
  });
  const [gg, gm] = pairs.reduce(([a, b], { moved, g }) => [a + g * g, b + g * moved], [0, 0]);
  const rate = gm / gg;
  const most = pairs.reduce((size, { moved }) => Math.max(size, Math.abs(moved)), 0);
  const isStep =
    rate > 0 && pairs.length > 2 && pairs.every(({ moved, g }) => Math.abs(moved - rate * g) <= ALONG * most);
  if (!isStep || most === 0) return [];
  const said = Number(rate.toPrecision(3));
  return [
    `these are the parameters after a step of ${said} along the gradient: with "learningRate": ${said} beside them the step is judged`,
  ];
}

/** Off by so little, everywhere, it is no mistake of a formula. */
const LITTLE = 10 ** -2;
/** A tensor that is so much nearer than another is right, and its mistake is elsewhere. */
const ALIKE = 1e-4;

/** Right to some digits in every tensor, and to no more. */
export function digitsHints(tensors: readonly ReferenceTensor[], check: GradientCheck): string[] {
  const errors = tensors.map(({ name, mismatched, maxAbsError }) => {
    const own = check.tensors.find((tensor) => tensor.name === name);
    return own === undefined || maxAbsError === null || mismatched === 0
      ? Number.NaN
      : maxAbsError.value / largest(own.analytic);
  });
  const worst = errors.reduce((a, b) => Math.max(a, b), 0);
  const least = errors.reduce((a, b) => Math.min(a, b), worst);
  if (!(worst < LITTLE && least > ALIKE * worst) || errors.length < 2) return [];
  const digits = Math.round(-Math.log10(worst));
  return [
    `all of it agrees to about ${digits} digits of each tensor's largest entry, and to no more: as where a function is tabulated or approximated, or numbers were rounded on the way`,
  ];
}

/** Printed with few decimals, but cut off there instead of rounded: as by `(int)(100 * x) / 100.0`, or a floor. */
export function cutOffHints(
  tensors: readonly ReferenceTensor[],
  printed: PrintedReference | undefined,
  check: GradientCheck,
): string[] {
  const format = printed && [...formatsOf(printed)][0];
  if (format?.kind !== 'decimals') return [];
  const unit = 10 ** -format.count;
  const pairs = tensors.flatMap(({ name, reference }) => {
    const own = check.tensors.find((tensor) => tensor.name === name)?.analytic;
    if (own === undefined || own.length !== reference?.data.length) return [];
    return [...own].map((a, i) => ({ a, r: reference.data[i]! }));
  });
  const isCut = (cut: (units: number) => number): boolean =>
    pairs.every(({ a, r }) => Math.abs(unit * cut(a / unit) - r) < 1e-6 * unit);
  if (pairs.length === 0 || !(isCut(Math.trunc) || isCut(Math.floor))) return [];
  const entries = tensors.some(({ reference }) => reference === null)
    ? 'entries that can be compared'
    : 'entries';
  return [
    `it agrees in all ${entries}, but they are cut off after ${format.count} decimals instead of rounded: print %.17g (or repr) to have all digits judged`,
  ];
}

/** What was printed is judged as such, and says less. */
export function printedHints(printed: PrintedReference | undefined, passed: boolean): string[] {
  if (printed === undefined) return [];
  const digits = describePrinted(formatsOf(printed));
  const verdict = passed ? 'it agrees to' : 'it is judged to';
  return [`${verdict} the ${digits} that were printed; print %.17g (or repr) to have all digits judged`];
}

const listed = (names: readonly string[]): string => names.join(', ');
