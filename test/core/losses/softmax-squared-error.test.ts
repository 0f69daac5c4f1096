import { expect, test } from 'vitest';
import { softmaxSquaredError } from '../../../src/core/losses/softmax-squared-error.ts';
import { map, matrix } from '../../../src/core/matrix.ts';
import { matrixOf } from '../../networks.ts';
import { softmax, total } from '../textbook.ts';
import { batchOf, describeLaws, expectWithin } from './laws.ts';

const { exp } = Math;

for (const loss of ['squared-error', 'half-squared-error'] as const) {
  const c = loss === 'squared-error' ? 2 : 1;
  describeLaws(
    `${loss} of softmax`,
    { output: 'softmax', loss },
    {
      output: softmax,
      loss: (y, t) => (c / 2) * total(y, (yk, k) => (yk - t[k]!) ** 2),
      // The full Jacobian: ∂ŷⱼ/∂zₖ = ŷⱼ([j = k] − ŷₖ)
      error: (y, t) =>
        y.map((yk, k) => total(y, (yj, j) => c * (yj - t[j]!) * yj * ((j === k ? 1 : 0) - yk))),
    },
  );
}

const half = softmaxSquaredError(1);

test('the errors of a sample sum to 0, for every row of the Jacobian does', () => {
  const batch = batchOf(half, matrixOf('0.5 40; 2 -3; -1 0.25'), matrixOf('0.3 1; -2 0; 5 0'));
  const error = half.error(batch);
  for (const n of [0, 1]) {
    const entries = [0, 1, 2].map((k) => error.data[2 * k + n]!);
    expectWithin(total(entries), 0, 4e-16 * Math.max(...entries.map(Math.abs)), `sample ${n}`);
  }
});

test('a textbook’s rounding is known for however many classes', () => {
  const classes = new Float64Array(200_000).fill(1);
  const batch = batchOf(half, matrix(200_000, 1, classes), matrix(200_000, 1, classes));
  const model = { u: 2 ** -24, value: () => 0, throughSlope: () => 0 };
  const sizes = half.textbook.error(batch, matrix(200_000, 1, classes), model).data;
  expect(sizes.every((size) => size > 0 && size < 1e-2)).toBe(true);
});

test.each([
  ['a label', '100; 0', '1; 0', 2 * exp(-200)],
  ['a label that stands last', '0; 0; 100', '0; 0; 1', 6 * exp(-200)],
])('%s that is fitted keeps the digits of what is left of it', (_, z, t, pulls) => {
  // With q what the others have: r = (−q, …), and ∂ℓ/∂z of the label −q·q − Σ q² of the others.
  const batch = batchOf(half, matrixOf(z), matrixOf(t));
  const label = matrixOf(t).data.indexOf(1);
  expectWithin(half.error(batch).data[label]!, -pulls, 1e-14 * pulls, 'error');
  expect(half.errorSize(batch).data[label]!).toBeLessThan(8 * pulls);
});

test('one number added to all logits, or to all targets, changes no error', () => {
  const z = matrixOf('0.5; 2; -1');
  const [near, far] = [
    batchOf(half, z, matrixOf('0; 1; 0')),
    batchOf(
      half,
      map(z, (v) => v + 1000),
      matrixOf('0; 1; 0'),
    ),
  ];
  expect(half.error(far)).toEqual(half.error(near));
  const lifted = half.error(batchOf(half, z, matrixOf('4; 5; 4')));
  for (const [k, value] of half.error(near).data.entries())
    expectWithin(lifted.data[k]!, value, 1e-15, `${k}`);
  const { all } = half.differences(near);
  expect(all(0, Float64Array.of(-7, -7, -7))).toBe(0);
});

test('a class whose ŷ has underflowed counts once it is made to win', () => {
  const batch = batchOf(half, matrixOf('800; 0'), matrixOf('1; 0'));
  const { all, one } = half.differences(batch);
  for (const change of [one(0, 1, 2000), one(0, 0, -2000), all(0, Float64Array.of(-1000, 1000))])
    expectWithin(change, 1, 1e-15, 'from fitted to missed');
});

test('logits that move far change the loss by what ŷ is there', () => {
  // From ŷ = (½, ½) and t = (1, 0) to (0, 1) and (1, 0): ½Σr² from ¼ to 1 and 0.
  const batch = batchOf(half, matrixOf('2; 2'), matrixOf('1; 0'));
  const { all, one } = half.differences(batch);
  for (const far of [301, 400, 1e4]) {
    expectWithin(one(0, 1, far), 0.75, 1e-15, `the other by ${far}`);
    expectWithin(one(0, 0, far), -0.25, 1e-15, `the label by ${far}`);
    expectWithin(all(0, Float64Array.of(-far, far)), 0.75, 1e-15, `both by ${far}`);
    expectWithin(all(0, Float64Array.of(far, -far)), -0.25, 1e-15, `both by ${-far}`);
  }
});
