import { describe, expect, test } from 'vitest';
import { lossOf } from '../../../src/core/losses/losses.ts';
import type { Batch, UnitSpread } from '../../../src/core/losses/sample-loss.ts';
import { at, type Matrix, map, matrix } from '../../../src/core/matrix.ts';
import type { LossName, Output } from '../../../src/core/objective.ts';
import { randomNumbers } from '../../../src/core/random.ts';
import { UNIT_ROUNDOFF as u } from '../../../src/gradcheck/noise.ts';
import { matrixOf, targetsOf } from '../../networks.ts';
import { batchOf } from './laws.ts';

const { abs, hypot } = Math;

/** Errors of the logits that dwarf every rounding: E is in units of u. */
const E_SCALE = 2 ** 20;

const bound: UnitSpread = {
  u,
  value: (phi, z, _v, E) => abs(phi.slope(z)) * E,
  throughSlope: (phi, through, v, z, _a, E) => abs(phi.slope(z)) * through + v * phi.curvature(z) * E,
};
const textbook: UnitSpread = {
  ...bound,
  throughSlope: (phi, through, v, z, _a, E) => hypot(phi.slope(z) * through, v * phi.curvature(z) * E),
};

/** What the error of each logit does to each entry of ∂ℓ/∂z: |∂²ℓ/∂zₖ∂zⱼ|Eⱼ, all j of an entry together. */
function effects({ z, t }: Batch, E: Matrix, errorAt: (z: Matrix) => Matrix): number[][] {
  const h = 2 ** -20;
  const { rows: C, cols: N } = z;
  const found = Array.from(t.data, (): number[] => []);
  for (let j = 0; j < C; j++) {
    for (let n = 0; n < N; n++) {
      const moved = (by: number): Matrix =>
        matrix(
          C,
          N,
          z.data.map((v, i) => (i === j * N + n ? v + by : v)),
        );
      const [up, down] = [errorAt(moved(h)), errorAt(moved(-h))];
      for (let k = 0; k < C; k++)
        found[k * N + n]!.push((abs(at(up, k, n) - at(down, k, n)) / (2 * h)) * at(E, j, n));
    }
  }
  return found;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

interface Most {
  /** how many times what errors of the logits do the bound, R, and both of the loss may be, at most */
  readonly bound: number;
  readonly R: number;
  readonly total: readonly [bound: number, R: number];
}
const exactly = 1 + 1e-4;

describe.each<[LossName, Output, Most]>([
  ['cross-entropy', 'softmax', { bound: 1.8, R: 1.15, total: [exactly, 2.3] }],
  ['cross-entropy', 'sigmoid', { bound: exactly, R: exactly, total: [exactly, 2.3] }],
  ['half-squared-error', 'softmax', { bound: 6.5, R: 1.5, total: [1.9, 1.9] }],
  ['squared-error', 'tanh', { bound: 60, R: 60, total: [exactly, exactly] }], // φ′² + rφ″ may cancel
  ['squared-error', 'identity', { bound: exactly, R: exactly, total: [exactly, exactly] }],
  ['hinge', 'identity', { bound: 0, R: 0, total: [exactly, exactly] }], // off its kinks its error is constant
])('errors of the logits make errors of %s of %j', (name, output, most) => {
  const own = () => lossOf({ loss: name, output });
  const batches = [1, 2, 3, 4].map((seed): [Batch, Matrix] => {
    const { normal, uniform } = randomNumbers(seed, 'z');
    const [C, N] = [2 + (seed % 3), 3];
    const z = map(matrix(C, N), normal);
    const t = targetsOf({ loss: name, output }, C, N, seed % 2 === 0, seed);
    return [batchOf(own(), z, t), map(z, () => E_SCALE * (0.5 + uniform()))];
  });
  /** Where ŷ is confident, or of the label, an entry is taken from the others, and may be far smaller than they. */
  const isOfOthers = ({ y, t }: Batch, i: number): boolean =>
    output === 'softmax' && (y.data[i]! > 0.5 || t.data[i]! !== 0);
  /** A spread beside what errors of the logits do to the same entry. */
  const besides = (spread: Matrix, batch: Batch, E: Matrix, together: (effects: number[]) => number) =>
    effects(batch, E, (z) => own().error(batchOf(own(), z, batch.t))).flatMap((those, i) =>
      isOfOthers(batch, i) ? [] : [{ found: spread.data[i]!, reached: together(those) }],
    );

  test('as large as all of them together make, and hardly larger, in the bound', () => {
    for (const [batch, E] of batches) {
      for (const { found, reached } of besides(own().bound.error(batch, E, bound), batch, E, sum)) {
        expect(found).toBeGreaterThanOrEqual(reached * (1 - 1e-6));
        expect(found).toBeLessThanOrEqual(reached * most.bound);
      }
    }
  });

  test('as large as independent ones make, and hardly larger, in R', () => {
    for (const [batch, E] of batches) {
      const R = own().textbook.error(batch, E, textbook);
      for (const { found, reached } of besides(R, batch, E, (those) => hypot(...those))) {
        expect(found).toBeGreaterThanOrEqual(reached * 0.7);
        expect(found).toBeLessThanOrEqual(reached * most.R);
      }
    }
  });

  test('and of the loss as much as ∂ℓ/∂z times theirs, and no more than its terms times theirs', () => {
    const loss = own();
    for (const [batch, E] of batches) {
      const [error, size] = [loss.error(batch), loss.errorSize(batch)];
      const times = (M: Matrix): number => sum([...M.data].map((value, i) => abs(value) * E.data[i]!));
      const found = [loss.bound.total(batch, E, bound), loss.textbook.total(batch, E, textbook)];
      for (const [i, total] of found.entries()) {
        expect(total).toBeGreaterThanOrEqual(times(error) * (1 - 1e-6));
        expect(total).toBeLessThanOrEqual(times(size) * most.total[i]!);
      }
    }
  });
});

test.each(['cross-entropy', 'half-squared-error', 'squared-error'] as const)(
  'where the logits are exact, R of %s of softmax is some roundings of ŷ and of the target',
  (name) => {
    const loss = lossOf({ loss: name, output: 'softmax' });
    const z = matrixOf('0 3 -2; 1 0.5 0; -4 -1 2');
    const t = matrixOf('0 1 0; 1 0 0; 0 0 1');
    const batch = batchOf(loss, z, t);
    const R = loss.textbook.error(
      batch,
      map(z, () => 0),
      textbook,
    );
    for (const [i, size] of R.data.entries()) {
      const [y, target] = [batch.y.data[i]!, t.data[i]!];
      if (name === 'cross-entropy') expect(size).toBeCloseTo(hypot(2 * y, target), 14);
      else expect(size).toBeLessThanOrEqual(14 * y);
    }
  },
);

test.each([
  [30, 0, Math.exp(30) + 31], // log(1 − ŷ), of which 1 − ŷ has lost uŷ
  [30, 1, 31],
  [40, 0, Math.exp(37) + 41], // from 37 on 1 − ŷ is 0
  [-3, 0.25, 0.75 * Math.exp(-3) + 4],
])(
  'of the logit %d and the target %d a textbook loses %d units of a cross-entropy of sigmoids',
  (z, t, expected) => {
    const loss = lossOf({ loss: 'cross-entropy', output: 'sigmoid' });
    const batch = batchOf(loss, matrixOf(`${z}`), matrixOf(`${t}`));
    const found = loss.textbook.total(batch, matrixOf('0'), textbook);
    expect(found / expected).toBeCloseTo(1, 14);
    expect(loss.textbook.error(batch, matrixOf('0'), textbook).data[0]).toBeCloseTo(
      hypot(2 * batch.y.data[0]!, t),
      14,
    );
  },
);
