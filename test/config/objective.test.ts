import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import type { Network } from '../../src/core/network.ts';
import { type Case, errorOf, expectError, expectOneError, textbookWith } from './text.ts';

const networkWith = (entries: Record<string, string>): Network => parseConfig(textbookWith(entries)).network;

describe('activations', () => {
  test.each([
    ['"relu"', 'relu'],
    ['["gelu-tanh"]', 'gelu-tanh'],
    ['{"leaky-relu": 0.2}', { 'leaky-relu': 0.2 }],
    ['[{"elu": -1.5}]', { elu: -1.5 }],
    ['"leaky-relu"', 'leaky-relu'],
  ])('%s is read as %j', (activation, expected) => {
    const { layers } = networkWith({ activation });
    expect(layers.map((layer) => layer.activation)).toEqual([expected, undefined]);
  });

  const ALL =
    'sigmoid, tanh, relu, leaky-relu, elu, selu, softplus, softsign, silu, gelu, gelu-tanh, identity';

  test.each<Case>([
    [
      'activation',
      '"Sigmoid"',
      '9:17 activation',
      `expected an activation (${ALL}) or a list of them, found "Sigmoid"; did you mean sigmoid?`,
    ],
    ['activation', '["leaky_relu"]', '9:18 activation[0]', 'found "leaky_relu"; did you mean leaky-relu?'],
    [
      'activation',
      '["linear"]',
      '9:18 activation[0]',
      `expected an activation (${ALL}), found "linear"; did you mean identity?`,
    ],
    ['activation', '"swish"', '9:17 activation', 'found "swish"; did you mean silu?'],
    ['activation', '"dropout"', '9:17 activation', 'found "dropout"'],
    ['activation', '3', '9:17 activation', 'found 3'],
    ['activation', 'null', '9:17 activation', 'found null'],
    ['activation', '{}', '9:17 activation', 'found an empty object'],
    ['activation', '[["relu"]]', '9:18 activation[0]', 'found an array of 1'],
    ['activation', '{"elu": "1"}', '9:25 activation.elu', 'expected a finite number, found "1"'],
    ['activation', '[{"elu": 1e999}]', '9:26 activation[0].elu', 'expected a finite number, found Infinity'],
    ['activation', '{"elu": 1, "leaky-relu": 1}', '9:17 activation', 'found an object with elu, leaky-relu'],
    [
      'activation',
      '{"relu": 0.2}',
      '9:17 activation',
      'found an object with relu; only leaky-relu and elu take a number, relu is written "relu"',
    ],
    ['output', '"sigmod"', '9:13 output', 'found "sigmod"; did you mean sigmoid?'],
    [
      'output',
      '"linear"',
      '9:13 output',
      `expected an output (softmax, ${ALL}), found "linear"; did you mean identity?`,
    ],
    ['output', '["softmax"]', '9:13 output', 'found an array of 1'],
    ['output', '{"elu": null}', '9:21 output.elu', 'expected a finite number, found null'],
  ])('%s: %s: %s: %s', expectError);
});

describe('output and loss', () => {
  test.each<[Record<string, string>, Partial<Network>]>([
    [{ output: '"sigmoid"' }, { output: 'sigmoid', loss: 'cross-entropy' }],
    [{ output: '"softmax"' }, { output: 'softmax', loss: 'cross-entropy' }],
    [{ loss: '"squared-error"' }, { output: 'softmax', loss: 'squared-error' }],
    [
      { output: '"tanh"', loss: '"half-squared-error"' },
      { output: 'tanh', loss: 'half-squared-error' },
    ],
    [
      { output: '{"elu": 2}', loss: '"squared-error"' },
      { output: { elu: 2 }, loss: 'squared-error' },
    ],
    [
      { output: '"identity"', loss: '"hinge"' },
      { output: 'identity', loss: 'hinge' },
    ],
    [{ reduction: '"mean-of-entries"' }, { reduction: 'mean-of-entries' }],
    [{ penalty: '"full"' }, { penalty: 'full' }],
  ])('%j is %j', (entries, expected) => {
    expect(networkWith(entries)).toMatchObject(expected);
  });

  test.each<Case>([
    [
      'output',
      '"tanh"',
      '9:13 output',
      'an output of tanh needs its "loss" said (or --loss): expected "squared-error" or "half-squared-error"',
    ],
    [
      'output',
      '"identity"',
      '9:13 output',
      'an output of identity needs its "loss" said (or --loss): expected "squared-error" or "half-squared-error" or "hinge"',
    ],
    ['output', '{"elu": 2}', '9:13 output', 'an output of elu:2 needs its "loss" said'],
    [
      'loss',
      '"hinge"',
      '9:11 loss',
      'hinge expects "output": "identity" (or --output), found softmax, the default',
    ],
    ['loss', '"mse"', '9:11 loss', 'found "mse"; did you mean squared-error?'],
    ['loss', '"cross_entropy"', '9:11 loss', 'found "cross_entropy"; did you mean cross-entropy?'],
    [
      'loss',
      '"huber"',
      '9:11 loss',
      'expected one of "cross-entropy", "squared-error", "half-squared-error", "hinge", found "huber"',
    ],
    ['reduction', '"average"', '9:16 reduction', 'found "average"; did you mean mean?'],
    [
      'reduction',
      '"none"',
      '9:16 reduction',
      'expected one of "mean", "sum", "mean-of-entries", found "none"',
    ],
    ['penalty', '"l2"', '9:14 penalty', 'expected one of "half", "full", "half-over-n", found "l2"'],
  ])('%s: %s: %s: %s', expectError);

  test.each([
    [
      '"tanh"',
      '"cross-entropy"',
      'cross-entropy expects "output": "softmax" or "sigmoid" (or --output), found tanh',
    ],
    ['"sigmoid"', '"hinge"', 'hinge expects "output": "identity" (or --output), found sigmoid'],
  ])('%s under %s is refused', (output, loss, message) => {
    expectOneError(textbookWith({ output, loss }), '10:11 loss', message);
  });

  test('a wrong shape is said beside a wrong loss', () => {
    const { problems } = errorOf(textbookWith({ output: '"tanh"', X: '[[1, 2]]' }));
    expect(problems.map(({ path }) => path)).toEqual(['X', 'output']);
  });
});

describe('one unit', () => {
  const one = { W2: '[[1, 2, 3, 4]]', b2: '[0]' };

  test('of a softmax is refused with what was meant', () => {
    expectOneError(
      textbookWith({ ...one, y: '[0, 0]' }),
      '6:9 W2',
      'a softmax of one unit is always 1, whatever its input; for one unit say "output": "sigmoid" (or --output sigmoid)',
    );
  });

  test.each(['"cross-entropy"', '"squared-error"'])(
    'of a softmax that is said is refused there: %s',
    (loss) => {
      const text = textbookWith({ ...one, y: '[0, 1]', output: '"softmax"', loss });
      expectOneError(text, '9:13 output', '"output": "sigmoid"');
    },
  );

  test('of a hinge is refused', () => {
    const text = textbookWith({ ...one, y: '[0, 1]', output: '"identity"', loss: '"hinge"' });
    expectOneError(text, '10:11 loss', 'a hinge of one unit is always 0, for lack of another class');
  });

  test('of a sigmoid is binary classification', () => {
    const { network, labels } = parseConfig(textbookWith({ ...one, y: '[0, 1]', output: '"sigmoid"' }));
    expect([...network.Y.data]).toEqual([0, 1]);
    expect(labels).toEqual([0, 1]);
  });
});
