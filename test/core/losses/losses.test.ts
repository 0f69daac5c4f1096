import { expect, test } from 'vitest';
import { lossOf } from '../../../src/core/losses/losses.ts';
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
