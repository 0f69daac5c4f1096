import { layOut, orientSamples } from '../core/layout.ts';
import { parameters, type Tensor } from '../core/network.ts';
import type { Problem } from './problem.ts';

/**
 * A config as other programs get it: every array written out as the config lays it, defaults filled in, `activation` a
 * list of one for each hidden layer, no `reference`.
 */
export function writtenOut({
  name,
  network,
  layout,
  labels,
}: Omit<Problem, 'references'>): Record<string, unknown> {
  const { reg, output, loss, reduction, penalty } = network;
  return {
    ...(name !== undefined && { name }),
    X: nested(orientSamples('X', network.X, layout)),
    y: labels ?? nested(orientSamples('y', network.Y, layout)),
    ...Object.fromEntries(layOut(parameters(network), layout).map((tensor) => [tensor.name, nested(tensor)])),
    reg,
    activation: network.layers.flatMap(({ activation }) => activation ?? []),
    output,
    loss,
    reduction,
    penalty,
    ...layout,
  };
}

/** A vector as an array, a matrix as an array of its rows. */
function nested({ shape, data }: Tensor): number[] | number[][] {
  const [rows = 0, cols] = shape;
  if (cols === undefined) return [...data];
  return Array.from({ length: rows }, (_, i) => [...data.subarray(i * cols, (i + 1) * cols)]);
}
