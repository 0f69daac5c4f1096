import { expect, test } from 'vitest';
import { activationOfText, OUTPUT_NAMES, outputOfText, textOfOutput } from '../../src/config/activations.ts';
import type { Output } from '../../src/core/objective.ts';

test.each<[string, Output]>([
  ['relu', 'relu'],
  ['leaky-relu', 'leaky-relu'],
  ['leaky-relu:0.2', { 'leaky-relu': 0.2 }],
  ['elu:-1e-3', { elu: -1e-3 }],
  ['softmax', 'softmax'],
])('%s is the output %j, and is written so', (text, output) => {
  expect(outputOfText(text)).toEqual(output);
  expect(outputOfText(textOfOutput(output))).toEqual(output);
});

test.each(['', 'ReLU', 'relu:0.2', 'elu:', 'elu: ', 'elu:x', 'elu:Infinity', 'constructor', 'softmax:1'])(
  '%j is no output',
  (text) => {
    expect(outputOfText(text)).toBeUndefined();
  },
);

test('softmax is an output, and no activation', () => {
  expect(activationOfText('softmax')).toBeUndefined();
  expect(OUTPUT_NAMES.map(outputOfText)).toEqual([...OUTPUT_NAMES]);
});
