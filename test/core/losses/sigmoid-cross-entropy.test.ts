import { expect, test } from 'vitest';
import { sigmoidCrossEntropy } from '../../../src/core/losses/sigmoid-cross-entropy.ts';
import { matrixOf } from '../../networks.ts';
import { total } from '../textbook.ts';
import { batchOf, describeLaws, expectWithin } from './laws.ts';

const { exp, log, log1p } = Math;

describeLaws(
  'cross-entropy of sigmoids',
  { output: 'sigmoid', loss: 'cross-entropy' },
  {
    output: (z) => z.map((value) => 1 / (1 + exp(-value))),
    loss: (y, t, z) => -total(t, (tk, k) => tk * log(y[k]!) - (1 - tk) * log1p(exp(z[k]!))),
    error: (y, t) => y.map((yk, k) => yk - t[k]!),
  },
);

const loss = (logits: string, targets: string): number =>
  sigmoidCrossEntropy.total(batchOf(sigmoidCrossEntropy, matrixOf(logits), matrixOf(targets)));

test.each([
  ['nothing is known: log 2 for each output', '0; 0; 0', '1; 0; 0.3', 3 * log(2)],
  ['a yes is fitted to 1e-304', '700', '1', exp(-700)],
  ['a no is fitted to 1e-304', '-700', '0', exp(-700)],
  ['a yes is missed by a thousand', '-1000', '1', 1000],
  ['a no is missed by a thousand', '1000', '0', 1000],
  ['half of a target is missed', '1000', '0.5', 500],
  ['there are two samples: their sum', '1000 0; -1000 0', '0 1; 0 0', 1000 + 2 * log(2)],
])('the loss keeps its digits where %s', (_, logits, targets, expected) => {
  expectWithin(loss(logits, targets), expected, 4e-16 * expected, 'loss');
});

test('a target of 0 or 1 of a logit without end costs nothing or all', () => {
  expect(loss('1e400; -1e400', '1; 0')).toBe(0);
  expect(loss('1e400', '0')).toBe(Number.POSITIVE_INFINITY);
});

test('the error of a fitted output is what is left of it', () => {
  const batch = batchOf(sigmoidCrossEntropy, matrixOf('40 -40; 700 -700'), matrixOf('1 0; 1 0'));
  const error = sigmoidCrossEntropy.error(batch);
  expect(error).toEqual(matrixOf(`${-exp(-40)} ${exp(-40)}; ${-exp(-700)} ${exp(-700)}`));
  expect(sigmoidCrossEntropy.errorSize(batch)).toEqual(
    matrixOf(`${exp(-40)} ${exp(-40)}; ${exp(-700)} ${exp(-700)}`),
  );
});
