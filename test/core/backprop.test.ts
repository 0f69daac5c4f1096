import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backprop, dominantClass, outputResidual, rules } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { fromRows, map, rowSums, scale, transpose } from '../../src/core/matrix.ts';
import { genericRecipes, network, networkOf, recipes, SEED } from '../networks.ts';

test('the output errors of a sample sum to 0', () => {
  const property = fc.property(recipes, (recipe) => {
    const { network: net, probabilities } = forward(networkOf(recipe));
    for (const total of rowSums(transpose(outputResidual(probabilities, net.Y)))) {
      expect(Math.abs(total)).toBeLessThanOrEqual(1e-15);
    }
  });
  fc.assert(property, { seed: SEED });
});

test.each([
  ['a label is missed', [[0.25], [0.75]], [[1], [0]], [[-0.75], [0.75]]],
  ['a sample is fitted to 1e-20', [[1], [1e-20], [2e-20]], [[1], [0], [0]], [[-3e-20], [1e-20], [2e-20]]],
  ['a soft target is fitted to 1e-20', [[1], [1e-20]], [[1], [0]], [[-1e-20], [1e-20]]],
  ['targets spread', [[0.5], [0.5]], [[0.25], [0.75]], [[0.25], [-0.25]]],
  ['a target sums to 2', [[0.5], [0.5]], [[2], [0]], [[-1], [1]]],
])('the output error Tŷ − t keeps its digits where %s', (_, probabilities, targets, expected) => {
  expect(outputResidual(fromRows(probabilities), fromRows(targets))).toEqual(fromRows(expected));
});

test('the label is the dominant class, however small its probability', () => {
  const probabilities = fromRows([[1], [1e-300], [0]]);
  expect(dominantClass(probabilities, fromRows([[0], [1], [0]]), 0)).toEqual({ T: 1, r: 1, cancels: true });
});

test('no class is dominant where three share a sample', () => {
  const third = fromRows([[0.25], [0.25], [0.5]]);
  expect(dominantClass(third, fromRows([[0.5], [0.25], [0.25]]), 0)).toMatchObject({ T: 1, cancels: false });
});

test('one layer by hand: dW = (ŷ − t)xᵀ/N + λW, db = Σ(ŷ − t)/N', () => {
  // Equal logits, so that ŷ = ½ everywhere.
  const net = network({ X: [[4, 8], [0, 2]], y: [0, 1], W: [[[1, 2], [1, 2]]], b: [[3, 3]], reg: 10 }); // biome-ignore format: a matrix a line
  const [dW1, db1] = backprop(forward(net));
  expect(dW1).toEqual({
    name: 'dW1',
    shape: [2, 2],
    data: Float64Array.of(10 + 1, 20 + 0.5, 10 - 1, 20 - 0.5),
  });
  expect(db1).toEqual({ name: 'db1', shape: [2], data: Float64Array.of(0, 0) });
});

test('gradients are listed layer by layer, in the shapes of the parameters', () => {
  const property = fc.property(recipes, (recipe) => {
    const shapes = backprop(forward(networkOf(recipe))).map(({ name, shape }) => `${name}: ${shape}`);
    const { widths } = recipe;
    const expected = widths.slice(1).flatMap((H, l) => [`dW${l + 1}: ${H},${widths[l]}`, `db${l + 1}: ${H}`]);
    expect(shapes).toEqual(expected);
  });
  fc.assert(property, { seed: SEED });
});

test('a mistake in a rule of one layer shows in that layer and below, and not above', () => {
  const property = fc.property(genericRecipes, fc.nat(), (recipe, choice) => {
    const pass = forward(networkOf(recipe));
    const L = pass.steps.length;
    const mistaken = 1 + (choice % L);
    const doubled = {
      ...rules,
      weightGradient: (...of: Parameters<typeof rules.weightGradient>) =>
        scale(2, rules.weightGradient(...of)),
    };
    const right = backprop(pass);
    const wrong = backprop(pass, (l) => (l === mistaken ? doubled : rules));
    const different = right.flatMap(({ name, data }, i) =>
      data.some((value, k) => value !== wrong[i]?.data[k]) ? [name] : [],
    );
    const visible = map(
      rules.weightGradient(rules.outputError(pass), pass.steps[L - 1] as (typeof pass.steps)[0], pass),
      Math.abs,
    );
    fc.pre(visible.data.every((value) => value > 0) || mistaken < L);
    expect(different.length).toBeLessThanOrEqual(1);
    for (const name of different) expect(name).toBe(`dW${mistaken}`);
  });
  fc.assert(property, { seed: SEED });
});
