import { expect, test } from 'vitest';
import type { ActivationSpec } from '../../../src/core/activations.ts';
import { squaredError } from '../../../src/core/losses/squared-error.ts';
import { map } from '../../../src/core/matrix.ts';
import { everyActivation, matrixOf } from '../../networks.ts';
import { textbookOf, total } from '../textbook.ts';
import { batchOf, describeLaws, expectWithin } from './laws.ts';

const { exp } = Math;
const named = (output: ActivationSpec): string => JSON.stringify(output).replaceAll('"', '');

for (const loss of ['squared-error', 'half-squared-error'] as const) {
  const c = loss === 'squared-error' ? 2 : 1;
  for (const output of everyActivation) {
    const phi = textbookOf(output);
    describeLaws(
      `${loss} of ${named(output)}`,
      { output, loss },
      {
        output: (z) => z.map(phi.value),
        loss: (y, t) => (c / 2) * total(y, (yk, k) => (yk - t[k]!) ** 2),
        error: (y, t, z) => y.map((yk, k) => c * (yk - t[k]!) * phi.slope(z[k]!, yk)),
      },
    );
  }
}

test.each<[ActivationSpec, string, string, number, number]>([
  ['identity', '3; -1', '1; 0.5', 4, -3],
  ['relu', '3; -1', '1; 0.5', 4, 0],
  [{ 'leaky-relu': 0.5 }, '3; -1', '1; 0.5', 4, -1],
])('of %j by hand: 2(ŷ − t)φ′(z), and half of it', (output, z, t, first, second) => {
  for (const c of [1, 2] as const) {
    const loss = squaredError(output, c);
    const batch = batchOf(loss, matrixOf(z), matrixOf(t));
    expect(map(loss.error(batch), (e) => e + 0)).toEqual(matrixOf(`${(first * c) / 2}; ${(second * c) / 2}`));
    const squares = total([...batch.y.data], (y, k) => (y - batch.t.data[k]!) ** 2);
    expect(loss.total(batch)).toBe((c / 2) * squares);
  }
});

test.each<[ActivationSpec, number, number, number, number]>([
  // ŷ − t = −q, slope q
  ['sigmoid', 100, 1, -exp(-100), exp(-100)],
  ['sigmoid', -100, 0, exp(-100), exp(-100)],
  ['tanh', 50, 1, -2 * exp(-100), 4 * exp(-100)],
  ['tanh', -50, -1, 2 * exp(-100), 4 * exp(-100)],
  ['elu', -100, -1, exp(-100), exp(-100)],
  ['softsign', 2 ** 80, 1, -(2 ** -80), 2 ** -160],
])('the residual of a fitted %j is what is left of it, at %d and %d', (output, z, t, residual, slope) => {
  const loss = squaredError(output, 1);
  const batch = batchOf(loss, matrixOf(`${z}`), matrixOf(`${t}`));
  expectWithin(loss.total(batch), residual ** 2 / 2, 1e-15 * residual ** 2, 'loss');
  expectWithin(loss.error(batch).data[0]!, residual * slope, Math.abs(2e-15 * residual * slope), 'error');
  expectWithin(
    loss.errorSize(batch).data[0]!,
    Math.abs(residual * slope),
    Math.abs(2e-15 * residual * slope),
    'size',
  );
});

test.each<[ActivationSpec, number]>([
  ['relu', 1],
  [{ 'leaky-relu': -0.5 }, 1.5],
  [{ elu: 3 }, 2],
  ['elu', 0],
  ['identity', 0],
])(
  'an output of %j at 0 is a kink of the loss, where its slope jumps by %d and its target is another',
  (output, by) => {
    for (const c of [1, 2] as const) {
      const loss = squaredError(output, c);
      // Only the first output of the second sample, which misses its target by 3, and the second one of the first.
      const kinks = loss.kinks(batchOf(loss, matrixOf('1 0; 0 2'), matrixOf('5 3; -0.25 2')));
      const expected = [
        { n: 1, v: Float64Array.of(1, 0), jump: 3 * c * by },
        { n: 0, v: Float64Array.of(0, 1), jump: 0.25 * c * by },
      ];
      expect(kinks).toEqual(by === 0 ? [] : expected);
    }
  },
);
