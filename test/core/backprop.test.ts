import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backprop, type Rules, rules } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { loss } from '../../src/core/loss.ts';
import { type Matrix, scale } from '../../src/core/matrix.ts';
import type { Objective } from '../../src/core/objective.ts';
import { matrixOf, network, networkOf, recipes, SEED } from '../networks.ts';

test('one layer by hand: dW = (ŷ − t)xᵀ/N + λW, db = Σ(ŷ − t)/N', () => {
  // Equal logits, so that ŷ = ½ everywhere.
  const [dW1, db1] = backprop(
    forward(network({ X: '4 8; 0 2', y: [0, 1], W: ['1 2; 1 2'], b: [[3, 3]], reg: 10 })),
  );
  expect(dW1).toEqual({
    name: 'dW1',
    shape: [2, 2],
    data: Float64Array.of(10 + 1, 20 + 0.5, 10 - 1, 20 - 0.5),
  });
  expect(db1).toEqual({ name: 'db1', shape: [2], data: Float64Array.of(0, 0) });
});

// X = (1, 2), W = (3, 1; 1, 1), b = (−4, 0), so that z = (1, 3); and another sample with x = 0 and z = (−4, 0).
const squared = {
  ...network({ X: '1 0; 2 0', y: [0, 0], W: ['3 1; 1 1'], b: [[-4, 0]], reg: 10 }, 'sigmoid', {
    output: 'identity',
    loss: 'squared-error',
  }),
  Y: matrixOf('0 -4; 5 1'),
};

test.each<[string, Partial<Objective>, number[], number[]]>([
  // δ = 2(1, −2) and 2(0, −1) over N = 2
  ['the mean of squared errors', {}, [31, 12, 8, 6], [1, -3]],
  ['half of it', { loss: 'half-squared-error' }, [30.5, 11, 9, 8], [0.5, -1.5]],
  ['their sum', { reduction: 'sum' }, [32, 14, 6, 2], [2, -6]],
  ['the mean of all entries', { reduction: 'mean-of-entries' }, [30.5, 11, 9, 8], [0.5, -1.5]],
  ['a penalty of λ Σ‖W‖²', { penalty: 'full' }, [61, 22, 18, 16], [1, -3]],
  ['a penalty of (λ/2N) Σ‖W‖²', { penalty: 'half-over-n' }, [16, 7, 3, 1], [1, -3]],
  // ReLU: φ′ = (1, 1) and (0, 0)
  ['a ReLU for the output', { output: 'relu' }, [31, 12, 8, 6], [1, -2]],
  // margins of the label 1: 1 − 3 + 1 < 0 and −4 − 0 + 1 < 0; of the label 0: 0 − −4 + 1 > 0
  ['a hinge', { loss: 'hinge' }, [30, 10, 10, 10], [-0.5, 0.5]],
])('one layer by hand: %s', (_, changes, dW, db) => {
  const Y = changes.loss === 'hinge' ? matrixOf('0 1; 1 0') : squared.Y;
  const [dW1, db1] = backprop(forward({ ...squared, ...changes, Y }));
  expect([...dW1!.data]).toEqual(dW);
  expect([...db1!.data].map((value) => value + 0)).toEqual(db);
});

test('without biases there is no gradient of them, and that of the weights is the same', () => {
  const [dW1, ...rest] = backprop(forward({ ...squared, biased: false }));
  expect(rest).toEqual([]);
  expect(dW1).toEqual(backprop(forward(squared))[0]);
});

test('gradients are listed layer by layer, in the shapes of the parameters', () => {
  const property = fc.property(recipes, (recipe) => {
    const shapes = backprop(forward(networkOf(recipe))).map(({ name, shape }) => `${name}: ${shape}`);
    const { widths, biased } = recipe;
    const expected = widths
      .slice(1)
      .flatMap((H, l) => [`dW${l + 1}: ${H},${widths[l]}`, ...(biased ? [`db${l + 1}: ${H}`] : [])]);
    expect(shapes).toEqual(expected);
  });
  fc.assert(property, { seed: SEED });
});

const pass = forward(
  networkOf({
    widths: [3, 4, 3, 2],
    N: 5,
    activations: ['tanh', 'softplus'],
    weightScale: 1,
    inputScale: 1,
    softTargets: true,
    reg: 0.5,
    seed: 1,
  }),
);

const twice = (M: Matrix): Matrix => scale(2, M);

test.each<[keyof Rules, number, Partial<Rules>, string[]]>([
  [
    'outputError',
    3,
    { outputError: (of) => twice(rules.outputError(of)) },
    ['dW1', 'db1', 'dW2', 'db2', 'dW3', 'db3'],
  ],
  ['outputError', 2, { outputError: (of) => twice(rules.outputError(of)) }, []],
  ['weightGradient', 2, { weightGradient: (...of) => twice(rules.weightGradient(...of)) }, ['dW2']],
  ['regularization', 2, { regularization: (...of) => twice(rules.regularization(...of)) }, ['dW2']],
  ['biasGradient', 2, { biasGradient: (...of) => rules.biasGradient(...of).map((db) => 2 * db) }, ['db2']],
  [
    'errorThroughWeights',
    2,
    { errorThroughWeights: (...of) => twice(rules.errorThroughWeights(...of)) },
    ['dW1', 'db1'],
  ],
  ['slope', 2, { slope: (...of) => twice(rules.slope(...of)) }, ['dW1', 'db1', 'dW2', 'db2']],
])(
  'doubling %s at layer %d changes the gradients that depend on it, and no others',
  (_, layer, mistake, changed) => {
    const right = backprop(pass);
    const wrong = backprop(pass, (l) => (l === layer ? { ...rules, ...mistake } : rules));
    const different = right.filter(({ data }, i) => data.some((value, k) => value !== wrong[i]!.data[k]));
    expect(different.map(({ name }) => name)).toEqual(changed);
  },
);

test('what was computed stays as it is while other passes are, whose arrays are as long', () => {
  const recipe = {
    widths: [20, 30, 15, 12],
    N: 40,
    activations: ['tanh', 'elu'],
    weightScale: 1,
    inputScale: 1,
  } as const;
  const passes = [1, 2, 3].map((seed) =>
    forward(networkOf({ ...recipe, softTargets: false, reg: 0.1, seed })),
  );
  const copyOf = (value: unknown): unknown => structuredClone(value);
  const results = passes.map((pass) => ({ pass, loss: loss(pass), gradient: backprop(pass) }));
  const before = copyOf(results.map(({ loss, gradient, pass: { steps } }) => ({ loss, gradient, steps })));
  const again = passes.map((pass) => ({ loss: loss(pass), gradient: backprop(pass), steps: pass.steps }));
  expect(again).toEqual(before);
  expect(results.map(({ loss, gradient, pass: { steps } }) => ({ loss, gradient, steps }))).toEqual(before);
});

test('a rule may keep what other rules have made', () => {
  const pass = forward(
    networkOf({
      widths: [20, 30, 15, 12],
      N: 40,
      activations: ['tanh', 'elu'],
      weightScale: 1,
      inputScale: 1,
      softTargets: false,
      reg: 0.1,
      seed: 1,
    }),
  );
  const kept: Matrix[] = [];
  const copies: Matrix[] = [];
  const keeping: Rules = {
    ...rules,
    errorThroughSlope: (da, slope, step) => {
      const delta = rules.errorThroughSlope(da, slope, step);
      for (const M of [da, slope, delta]) {
        kept.push(M);
        copies.push(structuredClone(M));
      }
      return delta;
    },
  };
  expect(backprop(pass, (l) => (l === 2 ? keeping : rules))).toEqual(backprop(pass));
  expect(kept).toEqual(copies);
});
