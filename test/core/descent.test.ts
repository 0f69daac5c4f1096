import { expect, test } from 'vitest';
import { backprop } from '../../src/core/backprop.ts';
import { descent } from '../../src/core/descent.ts';
import { loss } from '../../src/core/loss.ts';
import { parameters } from '../../src/core/network.ts';
import { generic, network } from '../networks.ts';

const net = network(generic);

test('a step takes η times its gradient off every weight and bias, and the first pass is of the network as it is', () => {
  const passes = descent(net, 0.25);
  const first = passes.next().value;
  expect(first.network).toBe(net);
  const gradients = backprop(first);
  const expected = parameters(net).map(({ data }, i) =>
    [...data].map((value, e) => value - 0.25 * gradients[i]!.data[e]!),
  );
  const after = passes.next().value;
  expect(parameters(after.network).map(({ data }) => [...data])).toEqual(expected);
  expect(loss(after).total).toBeLessThan(loss(first).total);
  expect(parameters(net)).toEqual(parameters(network(generic)));
});

test('without biases their zeros stay zeros', () => {
  const unbiased = {
    ...network({
      ...generic,
      b: [
        [0, 0],
        [0, 0],
      ],
    }),
    biased: false,
  };
  const passes = descent(unbiased, 1);
  passes.next();
  expect(passes.next().value.network.layers.map(({ b }) => [...b])).toEqual([
    [0, 0],
    [0, 0],
  ]);
});
