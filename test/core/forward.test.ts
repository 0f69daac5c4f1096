import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ActivationSpec } from '../../src/core/activations.ts';
import { batchOf, cannotOverflow, forward, overflowing } from '../../src/core/forward.ts';
import { map } from '../../src/core/matrix.ts';
import { type Output, outputsName } from '../../src/core/objective.ts';
import { softmax } from '../../src/core/softmax.ts';
import { generic, matrixOf, network, networkOf, recipes, SEED } from '../networks.ts';
import { textbookOf } from './textbook.ts';

const weights = ['1 2; 3 -1; 0 1', '1 1 1; 2 0 -1'];
const b = [
  [0, 1, -1],
  [10, 20],
];
const net = network({ X: '1 -1; 2 0', y: [0, 1], W: weights, b }, 'relu');

test('a layer is W a + b, then φ; the last one has no φ', () => {
  const pass = forward(net);
  const [first, second] = pass.steps;
  expect(first!.input).toBe(net.X);
  expect(first!.z).toEqual(matrixOf('5 -1; 2 -2; 1 -1'));
  expect(first!.a).toEqual(matrixOf('5 0; 2 0; 1 0'));
  expect(second!.input).toBe(first!.a);
  expect(second!.a).toBe(second!.z);
  expect(pass.logits).toEqual(matrixOf('18 10; 29 20'));
  expect(pass.outputs).toEqual(softmax(pass.logits));
});

test.each<[Output, 'probabilities' | 'outputs']>([
  ['softmax', 'probabilities'],
  ['sigmoid', 'probabilities'],
  ['tanh', 'outputs'],
  ['identity', 'outputs'],
  [{ elu: 0.5 }, 'outputs'],
])('ŷ of %j is what that makes of the logits, and called %s', (output, name) => {
  const loss = output === 'softmax' || output === 'sigmoid' ? 'cross-entropy' : 'squared-error';
  const { logits, outputs } = forward(network(generic, 'tanh', { output, loss }));
  const expected = output === 'softmax' ? softmax(logits) : map(logits, textbookOf(output).value);
  for (const [i, value] of outputs.data.entries()) expect(value).toBeCloseTo(expected.data[i]!, 14);
  expect(outputsName({ output })).toBe(name);
});

test('the loss is taken of logits, outputs and targets', () => {
  const pass = forward(net);
  expect(batchOf(pass)).toEqual({ z: pass.logits, y: pass.outputs, t: net.Y });
});

test('a layer beyond the range of float64 is found where that reaches the logits', () => {
  const huge = { ...generic, X: '1e200 0 1; 0 1e200 1', W: ['1e200 0; 0 1e200', generic.W[1]!] };
  expect(overflowing(forward(network(huge, 'relu')))?.layer.number).toBe(1);
  expect(overflowing(forward(network(huge, 'sigmoid')))).toBeUndefined();
  expect(overflowing(forward(net))).toBeUndefined();
});

test('sizes that rule an overflow out are never those of a network that overflows', () => {
  const scales = fc.constantFrom(1e-6, 1, 1e30, 1e70, 1e100, 1e160);
  const property = fc.property(recipes, scales, scales, (recipe, weightScale, inputScale) => {
    const net = networkOf({ ...recipe, weightScale, inputScale });
    const { steps, logits } = forward(net);
    if (cannotOverflow(net))
      for (const z of [logits, ...steps.map((step) => step.z)])
        expect(z.data.every(Number.isFinite)).toBe(true);
    if (Math.max(weightScale, inputScale) <= 1) expect(cannotOverflow(net)).toBe(true);
  });
  fc.assert(property, { seed: SEED, numRuns: 500 });
});

test.each<[string, string, number[], boolean]>([
  ['1e149', '1e150', [0], true],
  ['1e151', '1e150', [0], false],
  ['1', '1', [9e299], true],
  ['1', '1', [2e300], false],
  ['0.5 0.5', '1.4e300', [0], true],
  ['NaN', '1', [0], false],
])('a z of at most |X| = %s times |W| = %s plus |b| = %j cannot overflow: %j', (X, W, b, expected) => {
  expect(cannotOverflow(network({ X, y: [0], W: [W], b: [b] }))).toBe(expected);
});

test.each<[ActivationSpec, string, boolean]>([
  ['relu', '4', true],
  ['relu', '10', false],
  ['identity', '1 1', true],
  ['identity', '6 0', false],
  [{ 'leaky-relu': 0.1 }, '4', true],
  [{ 'leaky-relu': -8 }, '2', false],
  [{ elu: 8 }, '1', true],
])(
  'above a z of 1e299, %j makes at most 2(1 + |z|) of it, or as often as its number: %s cannot overflow: %j',
  (activation, W2, expected) => {
    const units = W2.split(' ').length;
    const W1 = Array(units).fill('1e299').join(';');
    const b = [Array(units).fill(0), [0]];
    expect(cannotOverflow(network({ X: '1', y: [0], W: [W1, W2], b }, activation))).toBe(expected);
  },
);

test.each([{ 'leaky-relu': 1e200 }, { elu: 1e200 }])('%j makes of a small z what overflows', (activation) => {
  const net = network({ ...generic, W: ['1 1; 1 1', '1e150 0; 0 1'] }, activation);
  expect(cannotOverflow(net)).toBe(false);
});
