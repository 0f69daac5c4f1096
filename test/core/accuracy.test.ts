import { expect, test } from 'vitest';
import { accuracyOf, predictionsOf } from '../../src/core/accuracy.ts';
import { forward } from '../../src/core/forward.ts';
import type { Network } from '../../src/core/network.ts';
import { type Objective, TEXTBOOK } from '../../src/core/objective.ts';
import { matrixOf } from '../networks.ts';

/** A network of one layer whose logits are X itself. */
function passOf(X: string, Y: string, objective: Partial<Objective> = {}) {
  const C = matrixOf(X).rows;
  const W = matrixOf(
    Array.from({ length: C }, (_, i) => Array.from({ length: C }, (_, j) => +(i === j)).join(' ')).join(';'),
  );
  const net: Network = {
    ...TEXTBOOK,
    ...objective,
    X: matrixOf(X),
    Y: matrixOf(Y),
    reg: 0,
    biased: true,
    layers: [{ number: 1, W, b: new Float64Array(C), activation: undefined }],
  };
  return forward(net);
}

test('a sample is put in the class of its largest logit, of equal ones the first', () => {
  const pass = passOf('1 0 2 -1; 3 0 1 -2; 2 0 5 -3', '0 1 0 0; 1 0 1 0; 0 0 0 1');
  expect(predictionsOf(pass)).toEqual({
    right: 2,
    samples: 4,
    predicted: [1, 0, 2, 0],
    labels: [1, 0, 1, 2],
  });
  expect(accuracyOf(pass)).toEqual({ right: 2, samples: 4 });
});

test('one sigmoid says yes above ½, at ½ it says no', () => {
  const sigmoid = { output: 'sigmoid' } as const;
  expect(predictionsOf(passOf('0.1 0 -2 3', '1 1 0 0', sigmoid))).toEqual({
    right: 2,
    samples: 4,
    predicted: [1, 0, 0, 1],
    labels: [1, 1, 0, 0],
  });
});

test.each<[string, string, string, Partial<Objective>]>([
  ['one output that is no sigmoid', '1 2', '1 0', { output: 'identity', loss: 'squared-error' }],
  ['one softmax', '1 2', '1 1', {}],
  ['probabilities as targets', '1 2; 3 4', '0.5 1; 0.5 0', {}],
  ['one probability of a sigmoid', '1 2', '0.5 1', { output: 'sigmoid' }],
  ['several ones in a column', '1 2; 3 4', '1 1; 1 0', { output: 'sigmoid' }],
  ['no one in a column', '1 2; 3 4', '1 0; 0 0', { output: 'sigmoid' }],
  [
    'two halves of a one, and a negative',
    '1; 3; 1',
    '1; 1; -1',
    { output: 'identity', loss: 'squared-error' },
  ],
])('there are no classes to be right about with %s', (_, X, Y, objective) => {
  expect(predictionsOf(passOf(X, Y, objective))).toBeUndefined();
  expect(accuracyOf(passOf(X, Y, objective))).toBeUndefined();
});

test('several sigmoids whose targets have a single 1 each are classes', () => {
  expect(accuracyOf(passOf('1 2; 3 1', '0 1; 1 0', { output: 'sigmoid' }))).toEqual({ right: 2, samples: 2 });
});
