import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backprop, dominantClass, outputResidual, type Rules, rules } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { type Matrix, rowSums, scale, transpose } from '../../src/core/matrix.ts';
import { matrixOf, network, networkOf, recipes, SEED } from '../networks.ts';

test('the output errors of a sample sum to 0', () => {
  const property = fc.property(recipes, (recipe) => {
    const { network: net, probabilities } = forward(networkOf(recipe));
    for (const total of rowSums(transpose(outputResidual(probabilities, net.Y)))) {
      expect(Math.abs(total)).toBeLessThanOrEqual(1e-15);
    }
  });
  fc.assert(property, { seed: SEED });
});

const tiny = 2 ** -70;

test.each([
  ['a label is missed', '0.25; 0.75', '1; 0', '-0.75; 0.75'],
  ['a sample is fitted beyond 1', `1; ${tiny}; ${2 * tiny}`, '1; 0; 0', `${-3 * tiny}; ${tiny}; ${2 * tiny}`],
  ['a soft target is fitted beyond 1', `1; ${3 * tiny}`, `1; ${tiny}`, `${-2 * tiny}; ${2 * tiny}`],
  ['targets spread', '0.5; 0.5', '0.25; 0.75', '0.25; -0.25'],
  ['a target sums to 2', '0.5; 0.5', '2; 0', '-1; 1'],
])('the output error Tŷ − t keeps its digits where %s', (_, probabilities, targets, expected) => {
  expect(outputResidual(matrixOf(probabilities), matrixOf(targets))).toEqual(matrixOf(expected));
});

test('the label is the dominant class, however small its probability', () => {
  expect(dominantClass(matrixOf('1; 1e-300; 0'), matrixOf('0; 1; 0'), 0)).toEqual({
    T: 1,
    r: 1,
    cancels: true,
  });
});

test('no class is dominant where three share a sample', () => {
  expect(dominantClass(matrixOf('0.25; 0.25; 0.5'), matrixOf('0.5; 0.25; 0.25'), 0)).toMatchObject({
    cancels: false,
  });
});

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

test('gradients are listed layer by layer, in the shapes of the parameters', () => {
  const property = fc.property(recipes, (recipe) => {
    const shapes = backprop(forward(networkOf(recipe))).map(({ name, shape }) => `${name}: ${shape}`);
    const { widths } = recipe;
    const expected = widths.slice(1).flatMap((H, l) => [`dW${l + 1}: ${H},${widths[l]}`, `db${l + 1}: ${H}`]);
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
