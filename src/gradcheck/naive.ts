import { forward } from '../core/forward.ts';
import { loss } from '../core/loss.ts';
import { type Network, parameters, type Tensor } from '../core/network.ts';
import type { Selection, Slopes } from './slopes.ts';

/** The step of CS231n's `eval_numerical_gradient`. */
export const NAIVE_STEP = 1e-5;

/**
 * The textbook's numerical gradient: two full evaluations of the loss for each parameter,
 * (J(θ + h) − J(θ − h)) / 2h, each value saved and put back.
 *
 * The loss is a black box here, which makes this the most independent check, and the least exact: the
 * two losses agree in most of their digits, which cancel.
 */
export function naiveSlopes(
  network: Network,
  selection: Selection,
  step = NAIVE_STEP,
  onProgress: (done: number, total: number) => void = () => {},
): Slopes[] {
  const J = (): number => loss(forward(network)).total;
  const J0 = J();
  const own = parameters(network);
  const total = own.reduce((sum, { name, data }) => sum + selection(`d${name}`, data.length).length, 0);
  let done = 0;
  const count = (): void => onProgress(++done, total);
  return own.map((parameter) => slopesOf(parameter, selection, step, J, J0, count));
}

function slopesOf(
  parameter: Tensor,
  selection: Selection,
  step: number,
  J: () => number,
  J0: number,
  count: () => void,
): Slopes {
  const name = `d${parameter.name}`;
  const { shape, data } = parameter;
  const left = new Float64Array(data.length);
  const right = new Float64Array(data.length);
  const central = new Float64Array(data.length);
  for (const i of selection(name, data.length)) {
    const saved = data[i]!;
    // A step too small to change the value at all would measure nothing.
    const h = saved + step === saved ? Math.abs(saved) * 2 ** -26 : step;
    data[i] = saved + h;
    right[i] = (J() - J0) / (data[i]! - saved); // the step that was really taken
    data[i] = saved - h;
    left[i] = (J0 - J()) / (saved - data[i]!);
    data[i] = saved;
    central[i] = (left[i]! + right[i]!) / 2;
    count();
  }
  return { name, shape, left, right, central };
}
