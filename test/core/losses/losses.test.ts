import { expect, test } from 'vitest';
import { lossOf } from '../../../src/core/losses/losses.ts';
import { oneHot } from '../../../src/core/network.ts';
import { LOSS_NAMES, type LossName, type Output } from '../../../src/core/objective.ts';
import { everyActivation, everyLoss, matrixOf } from '../../networks.ts';
import { batchOf } from './laws.ts';

const outputs: readonly Output[] = ['softmax', ...everyActivation, { 'leaky-relu': 0 }];
const known = everyLoss.map((kind) => JSON.stringify(kind));

test.each(LOSS_NAMES.flatMap((loss) => outputs.map((output): [LossName, Output] => [loss, output])))(
  'there is a %s of %j, or an error says that there is none',
  (loss, output) => {
    const of = (): unknown => lossOf({ output, loss });
    const exists = loss.endsWith('squared-error') || known.includes(JSON.stringify({ output, loss }));
    if (exists) expect(of()).toBeDefined();
    else expect(of).toThrow(RangeError);
  },
);

test.each<[LossName, Output, string]>([
  ['cross-entropy', 'tanh', 'there is no cross-entropy of tanh outputs'],
  ['cross-entropy', 'identity', 'there is no cross-entropy of identity outputs'],
  ['cross-entropy', { elu: 2 }, 'there is no cross-entropy of elu outputs'],
  ['hinge', 'softmax', 'there is no hinge of softmax outputs'],
  ['hinge', 'sigmoid', 'there is no hinge of sigmoid outputs'],
])('%s of %j is refused in words', (loss, output, message) => {
  expect(() => lossOf({ output, loss })).toThrow(new RangeError(message));
});

test('a squared error is twice the half of it', () => {
  for (const output of outputs) {
    const [whole, half] = (['squared-error', 'half-squared-error'] as const).map((loss) =>
      lossOf({ output, loss }),
    );
    const batch = batchOf(whole!, matrixOf('0.5 -1; 2 0.25'), matrixOf('1 0.5; 0 2'));
    expect(whole!.total(batch)).toBe(2 * half!.total(batch));
    expect(whole!.error(batch).data).toEqual(half!.error(batch).data.map((value) => 2 * value));
  }
});

test.each<[LossName, Output, string, number[]]>([
  ['squared-error', 'relu', '0.5 0 -3; -0.25 0 2', [0.25, Number.POSITIVE_INFINITY, 2]],
  ['half-squared-error', { 'leaky-relu': 0.2 }, '0 1; -4 0', [4, 1]],
  ['squared-error', 'tanh', '0.5 0; 1 2', [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]],
  ['squared-error', 'softmax', '0.5 0; 1 2', [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]],
  ['cross-entropy', 'sigmoid', '0.5 0; 1 2', [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]],
  // A margin that is not 0 is at least 2⁻⁵⁴, for 1 is added to it last; two logits move it.
  ['hinge', 'identity', '0.5 0; 1 2', [2 ** -55, 2 ** -55]],
])(
  'a logit of %s of %j moves freely as far as the nearest kink that it does not lie on',
  (loss, output, z, expected) => {
    const own = lossOf({ loss, output });
    const Z = matrixOf(z);
    const { reach } = own.differences(batchOf(own, Z, oneHot(new Array(Z.cols).fill(0), Z.rows)));
    expect(expected.map((_, n) => reach(n))).toEqual(expected);
  },
);

test('a loss jumps at the kinks of its outputs by what they do, times twice the residual', () => {
  const relu = lossOf({ loss: 'squared-error', output: { 'leaky-relu': 0.25 } });
  const batch = batchOf(relu, matrixOf('0 1 -2; 3 0 0'), matrixOf('0.5 0 0; 0 2 0'));
  expect(relu.kinks(batch)).toEqual([
    { n: 0, v: Float64Array.of(1, 0), jump: 0.75 * 2 * 0.5 },
    { n: 1, v: Float64Array.of(0, 1), jump: 0.75 * 2 * 2 },
    { n: 2, v: Float64Array.of(0, 1), jump: 0 },
  ]);
  expect(lossOf({ loss: 'squared-error', output: 'tanh' }).kinks(batch)).toEqual([]);
});

test('a hinge jumps where a margin is 0, by the class less the label', () => {
  const hinge = lossOf({ loss: 'hinge', output: 'identity' });
  const batch = batchOf(hinge, matrixOf('2 0; 1 0; 1 -1'), matrixOf('1 0; 0 1; 0 0'));
  expect(hinge.kinks(batch)).toEqual([
    { n: 0, v: Float64Array.of(-1, 1, 0), jump: 1 },
    { n: 0, v: Float64Array.of(-1, 0, 1), jump: 1 },
    { n: 1, v: Float64Array.of(0, -1, 1), jump: 1 },
  ]);
});
