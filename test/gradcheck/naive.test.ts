import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { parameters } from '../../src/core/network.ts';
import { gradcheck } from '../../src/gradcheck/gradcheck.ts';
import { naiveSlopes } from '../../src/gradcheck/naive.ts';
import { everything } from '../../src/gradcheck/slopes.ts';
import { outside } from '../exact.ts';
import { genericRecipes, network, networkOf, recipes, SEED } from '../networks.ts';

test('two losses and difference propagation agree within their error bars', () => {
  const property = fc.property(genericRecipes, (recipe) => {
    const net = networkOf(recipe);
    const propagated = gradcheck(net).tensors;
    for (const [l, { name, numerical, errorBar }] of gradcheck(net, { naive: true }).tensors.entries()) {
      const other = propagated[l]!;
      const bars = errorBar.map((bar, i) => bar + other.errorBar[i]!);
      expect(outside(numerical, other.numerical, bars), name).toEqual([]);
    }
  });
  fc.assert(property, { seed: SEED, numRuns: 200 });
});

test('every parameter is put back, to the last bit', () => {
  const property = fc.property(recipes, (recipe) => {
    const net = networkOf(recipe);
    const before = structuredClone(parameters(net));
    naiveSlopes(net, everything);
    expect(parameters(net)).toEqual(before);
  });
  fc.assert(property, { seed: SEED });
});

test('the slope is over the step that was really taken, which is not h beside a large parameter', () => {
  const net = network({ X: '1', y: [0], W: ['0; 0'], b: [[1e6 + 0.25, 1e6]] });
  const [, db1] = naiveSlopes(net, everything);
  const exact = backprop(forward(net))[1]!.data;
  expect(
    outside(
      db1!.central,
      exact,
      exact.map((slope) => 1e-8 * Math.abs(slope)),
    ),
  ).toEqual([]); // h itself is off by 6e-6
});

test('left and right are the slopes before and after the point', () => {
  // One layer: the loss is convex, so that its slope increases.
  const net = network({ X: '1 2', y: [0, 1], W: ['1; -1'], b: [[0.5, 0]] });
  for (const { left, right } of naiveSlopes(net, everything, 0.1)) {
    for (const [i, slope] of left.entries()) expect(slope).toBeLessThan(right[i]!);
  }
});

test('only the selected entries are evaluated', () => {
  const net = network({ X: '1; 2', y: [1], W: ['1 2; 3 4'], b: [[5, 7]] });
  const [dW1, db1] = naiveSlopes(net, (name) => (name === 'dW1' ? [2] : []));
  expect([...dW1!.right].map((value) => value !== 0)).toEqual([false, false, true, false]);
  expect(db1!.right).toEqual(Float64Array.of(0, 0));
});
