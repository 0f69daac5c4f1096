import { type Matrix, transpose } from '../core/matrix.ts';
import type { Network, Tensor } from '../core/network.ts';

// Arrays of a reference that are no gradients but what the config itself holds.

/** float32 holds no more of a number. */
const SAME = 2 ** -23;

/** Whether an array is X, y, a weight or a bias of the config, whichever way it lies. */
export function isOfConfig({ data }: Tensor, network: Network): boolean {
  const { layers, X, Y } = network;
  const matrices = [X, Y, ...layers.map(({ W }) => W)].flatMap((M) => [M.data, transpose(M).data]);
  const all = [...matrices, ...layers.map(({ b }) => b)];
  return all.some((own) => isSame(own, data)) || areLabels(data, Y);
}

/** Whether a gradient is the parameter that it is of: dW1 is W1. */
export const isParameter = ({ name, data }: Tensor, parameters: readonly Tensor[]): boolean =>
  parameters.some((own) => `d${own.name}` === name && own.data.some(Boolean) && isSame(own.data, data));

const isSame = (a: Float64Array, b: Float64Array): boolean =>
  a.length === b.length && a.every((value, i) => Math.abs(value - b[i]!) <= SAME * Math.abs(value));

const areLabels = (labels: Float64Array, Y: Matrix): boolean =>
  labels.length === Y.cols && labels.every((label, n) => Y.data[label * Y.cols + n] === 1);
