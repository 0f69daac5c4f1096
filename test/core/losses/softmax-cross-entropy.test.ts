import fc from 'fast-check';
import { expect, test } from 'vitest';
import { softmaxCrossEntropy } from '../../../src/core/losses/softmax-cross-entropy.ts';
import { map, rowSums, transpose } from '../../../src/core/matrix.ts';
import { matrixOf, SEED, targetsOf } from '../../networks.ts';
import { softmax, total } from '../textbook.ts';
import { batchOf, describeLaws, expectWithin } from './laws.ts';

const { exp, log } = Math;
const kind = { output: 'softmax', loss: 'cross-entropy' } as const;
const tiny = 2 ** -70;

describeLaws('cross-entropy of softmax', kind, {
  output: softmax,
  loss: (y, t) => -total(t, (tk, k) => (tk === 0 ? 0 : tk * log(y[k]!))),
  error: (y, t) => y.map((yk, k) => total(t) * yk - t[k]!),
});

test('the errors of a sample sum to 0', () => {
  const logits = fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { minLength: 1, maxLength: 6 });
  const property = fc.property(logits, fc.boolean(), fc.nat(), (z, soft, seed) => {
    const column = transpose({ rows: 1, cols: z.length, data: Float64Array.from(z) });
    const batch = batchOf(softmaxCrossEntropy, column, targetsOf(kind, z.length, 1, soft, seed));
    for (const sum of rowSums(transpose(softmaxCrossEntropy.error(batch))))
      expectWithin(sum, 0, 1e-15, `${z}`);
  });
  fc.assert(property, { seed: SEED });
});

test.each([
  ['a label is missed', '0.25; 0.75', '1; 0', '-0.75; 0.75'],
  ['a sample is fitted beyond 1', `1; ${tiny}; ${2 * tiny}`, '1; 0; 0', `${-3 * tiny}; ${tiny}; ${2 * tiny}`],
  ['a soft target is fitted beyond 1', `1; ${3 * tiny}`, `1; ${tiny}`, `${-2 * tiny}; ${2 * tiny}`],
  ['targets spread', '0.5; 0.5', '0.25; 0.75', '0.25; -0.25'],
  ['a target sums to 2', '0.5; 0.5', '2; 0', '-1; 1'],
])('the error Tŷ − t keeps its digits where %s', (_, outputs, targets, expected) => {
  const batch = { z: map(matrixOf(outputs), log), y: matrixOf(outputs), t: matrixOf(targets) };
  expect(softmaxCrossEntropy.error(batch)).toEqual(matrixOf(expected));
});

test.each([
  ['of a label are those of the other classes', '0.125; 0.625; 0.25', '1; 0; 0', '0.875; 0.625; 0.25'],
  ['of a label that is fitted are as small as its error', `1; ${tiny}`, '1; 0', `${tiny}; ${tiny}`],
  ['of a label are those of the others, however unlikely it is', '1; 1e-300; 0', '0; 1; 0', '1; 1; 0'],
  ['of a class that a soft target favours, too', '0.75; 0.25', '0.875; 0.125', '0.375; 0.375'],
  ['are Tŷ + t where three classes share a sample', '0.25; 0.25; 0.5', '0.5; 0.25; 0.25', '0.75; 0.5; 0.75'],
])('the terms of the error %s', (_, outputs, targets, expected) => {
  const batch = { z: map(matrixOf(outputs), log), y: matrixOf(outputs), t: matrixOf(targets) };
  expect(softmaxCrossEntropy.errorSize(batch)).toEqual(matrixOf(expected));
});

test.each([
  ['all classes are as likely: log C', '7; 7; 7', '0; 1; 0', log(3)],
  ['a sample is fitted to 1e-29', '66; 0', '1; 0', exp(-66)],
  ['a sample is fitted to 1e-304', '700; 0', '1; 0', exp(-700)],
  ['a sample is missed by a thousand', '1000; 0', '0; 1', 1000],
  ['half of a target is missed', '1000; 0', '0.5; 0.5', 500],
  ['ŷ equals a soft target: its entropy', `${log(3)}; 0`, '0.75; 0.25', 2 * log(2) - 0.75 * log(3)],
  ['a target sums to 2', '0; 0', '2; 0', 2 * log(2)],
  ['there are two samples: their sum', '1000 0; 0 0', '0 1; 1 0', 1000 + log(2)],
])('the loss keeps its digits where %s', (_, logits, targets, expected) => {
  const { total: totalOf } = softmaxCrossEntropy;
  expectWithin(
    totalOf(batchOf(softmaxCrossEntropy, matrixOf(logits), matrixOf(targets))),
    expected,
    4e-16 * expected,
    '',
  );
});

test('one number added to all logits of a sample changes nothing', () => {
  const z = matrixOf('0.5 -2; 3 0.25; -1 700');
  const batch = batchOf(softmaxCrossEntropy, z, matrixOf('1 0.25; 0 0.5; 0 0.25'));
  const { all } = softmaxCrossEntropy.differences(batch);
  for (const c of [-1000, -1e-20, 3, 1e6])
    for (const n of [0, 1]) expect(all(n, Float64Array.of(c, c, c)) + 0).toBe(0);
  const shifted = batchOf(
    softmaxCrossEntropy,
    map(z, (value) => value + 1000),
    batch.t,
  );
  for (const key of ['error', 'errorSize', 'output'] as const) {
    const of = key === 'output' ? 'y' : undefined;
    if (of) expect(shifted.y).toEqual(batch.y);
    else
      expect(softmaxCrossEntropy[key as 'error'](shifted)).toEqual(
        softmaxCrossEntropy[key as 'error'](batch),
      );
  }
});

test('a class whose ŷ has underflowed counts once it is made to win', () => {
  const batch = batchOf(softmaxCrossEntropy, matrixOf('800; 0; -800'), matrixOf('1; 0; 0'));
  const { all, one } = softmaxCrossEntropy.differences(batch);
  expectWithin(one(0, 1, 2000), 1200, 1e-12, 'one');
  expectWithin(one(0, 0, -2000), 1200, 1e-12, 'the label falls');
  expectWithin(all(0, Float64Array.of(0, 800, 1600)), log(3), 1e-15, 'all three level');
});
