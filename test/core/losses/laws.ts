import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lossOf } from '../../../src/core/losses/losses.ts';
import type { Batch, SampleLoss, UnitSpread } from '../../../src/core/losses/sample-loss.ts';
import { at, fromRows, type Matrix, map, matrix, zip } from '../../../src/core/matrix.ts';
import type { Objective } from '../../../src/core/objective.ts';
import { randomNumbers } from '../../../src/core/random.ts';
import { UNIT_ROUNDOFF as u } from '../../../src/gradcheck/noise.ts';
import { SEED, targetsOf } from '../../networks.ts';
import { specOf, truth } from '../truth/truth.ts';

type Kind = Pick<Objective, 'output' | 'loss'>;

/** What is wanted of every loss, beside what is particular to it. */
interface Expected {
  /** ŷ of a sample, and its loss, as a textbook writes them */
  output(z: readonly number[]): number[];
  loss(y: readonly number[], t: readonly number[], z: readonly number[]): number;
  /** ∂ℓ/∂z of a sample by the textbook's formulas */
  error(y: readonly number[], t: readonly number[], z: readonly number[]): number[];
}

/** Numbers with few bits, so that sums of them are exact; those of logits are odd, so that none is 0. */
const round = (value: number): number => Math.round(value * 64) / 64;
const roundOdd = (value: number): number => round(value) + 1 / 128;

const { abs, max } = Math;
const UNDERFLOW = 2 ** -1060;

export const batchOf = (loss: SampleLoss, z: Matrix, t: Matrix): Batch => ({ z, y: loss.output(z), t });

const column = (M: Matrix, n: number): number[] => Array.from({ length: M.rows }, (_, k) => at(M, k, n));

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

/** Within an absolute distance. */
export function expectWithin(actual: number, expected: number, allowed: number, what: string): void {
  expect(abs(actual - expected), `${what}: ${actual} instead of ${expected}`).toBeLessThanOrEqual(allowed);
}

/** Batches of a loss: logits of some scale, targets that it can have. */
function batches(kind: Kind, loss: SampleLoss, scales: readonly number[]): fc.Arbitrary<Batch> {
  const least = kind.output === 'softmax' || kind.loss === 'hinge' ? 2 : 1;
  return fc
    .record({
      C: fc.integer({ min: least, max: 5 }),
      N: fc.integer({ min: 1, max: 3 }),
      scale: fc.constantFrom(...scales),
      soft: fc.boolean(),
      seed: fc.nat(),
    })
    .map(({ C, N, scale, soft, seed }) => {
      const { normal } = randomNumbers(seed, 'z');
      const z = map(matrix(C, N), () => roundOdd(scale * normal()));
      return batchOf(loss, z, targetsOf(kind, C, N, soft, seed));
    });
}

/** A change of the logits of one sample. */
const changes = (size: number): fc.Arbitrary<number[]> =>
  fc
    .array(fc.integer({ min: -64, max: 64 }), { minLength: 5, maxLength: 5 })
    .map((all) => all.map((n) => (n * size) / 64));

const moved = (z: readonly number[], delta: readonly number[]): number[] =>
  z.map((value, k) => value + delta[k]!);

/** The logits of a batch, each a little off: by how much, in units of u. */
const offBy = (z: Matrix, seed: number): { E: Matrix; signs: Matrix } => {
  const { uniform } = randomNumbers(seed, 'E');
  return { E: map(z, () => 10 * uniform()), signs: map(z, () => (uniform() < 0.5 ? -1 : 1)) };
};

/** A unit whose z is off by E, as a bound to first order. */
const firstOrder: UnitSpread = {
  u: 0,
  value: (phi, z, _v, E) => abs(phi.slope(z)) * E,
  throughSlope: (phi, through, v, z, _a, E) => abs(phi.slope(z)) * through + v * phi.curvature(z) * E,
};

/** What textbook formulas lose by themselves: v and φ′ as the textbook computes them. */
const textbook: UnitSpread = {
  u,
  value: (phi, z, v) => abs(v) + phi.textbook.value(z, v, u),
  throughSlope: (phi, through, v, z, a) =>
    phi.slopeSize(z) * through + v * (phi.slopeSize(z) + phi.textbook.slope(z, a, u)),
};

/** The laws that every loss keeps, as tests. */
export function describeLaws(title: string, kind: Kind, expected: Expected): void {
  const loss = lossOf(kind);
  const roundings = kind.output === 'gelu-tanh' ? 256 : 32; // its cubic is rounded before it is exponentiated
  const direct = (z: readonly number[], t: readonly number[]): number =>
    expected.loss(expected.output(z), t, z);
  /** The losses of a sample before and after a change of its logits. */
  const lossesOf = ({ z, t }: Batch, n: number, delta: Float64Array): number => {
    const own = (logits: readonly number[]): Matrix => matrix(logits.length, 1, Float64Array.from(logits));
    const [before, after] = [column(z, n), moved(column(z, n), [...delta])].map((logits) =>
      loss.total(batchOf(loss, own(logits), own(column(t, n)))),
    );
    return before! + after!;
  };
  const generic = batches(kind, loss, [0.1, 1, 3]);
  const wild = batches(kind, loss, [1e-3, 1, 10, 100, 1000]);

  describe(title, () => {
    const known = truth.losses.filter((one) => {
      return one.loss === kind.loss && JSON.stringify(specOf(one.output)) === JSON.stringify(kind.output);
    });

    test.each(known)('is right to a few roundings where it is $about', ({ z, t, total, error, moves }) => {
      const batch = batchOf(loss, fromRows(z), fromRows(t));
      expectWithin(loss.total(batch), total, 16 * u * total, 'total');
      const [found, exact, size] = [loss.error(batch), fromRows(error), loss.errorSize(batch)];
      for (const [i, value] of found.data.entries())
        expectWithin(value, exact.data[i]!, roundings * u * size.data[i]! + UNDERFLOW, `error ${i}`);
      const { all } = loss.differences(batch);
      for (const { delta, change } of moves) {
        const D = fromRows(delta);
        for (const [n, by] of change.entries()) {
          const terms = abs(by) + sum(column(D, n).map((d, k) => abs(d) * at(size, k, n)));
          const got = all(n, Float64Array.from(column(D, n)));
          expectWithin(
            got,
            by,
            2 * roundings * u * terms + UNDERFLOW,
            `change of sample ${n} by ${column(D, n)}`,
          );
        }
      }
    });

    test('output and total are what the textbook says where nothing cancels or overflows', () => {
      const property = fc.property(generic, (batch) => {
        const samples = Array.from({ length: batch.z.cols }, (_, n) => n);
        for (const n of samples)
          for (const [k, y] of expected.output(column(batch.z, n)).entries())
            expectWithin(at(batch.y, k, n), y, 1e-13 * max(1, abs(y)), `output ${k}`);
        const total = sum(samples.map((n) => direct(column(batch.z, n), column(batch.t, n))));
        expectWithin(loss.total(batch), total, 1e-12 * max(1, total), 'total');
        expect(loss.total(batch)).toBeGreaterThanOrEqual(0);
      });
      fc.assert(property, { seed: SEED });
    });

    test('the error is what the textbook says, and how fast the loss changes', () => {
      const h = 2 ** -17;
      const property = fc.property(generic, (batch) => {
        fc.pre(loss.kinks(batch).length === 0);
        const error = loss.error(batch);
        for (let n = 0; n < error.cols; n++) {
          const [z, t, y] = [column(batch.z, n), column(batch.t, n), column(batch.y, n)];
          for (const [k, byFormula] of expected.error(y, t, z).entries()) {
            const size = 1 + abs(byFormula) + at(loss.errorSize(batch), k, n);
            expectWithin(at(error, k, n), byFormula, 1e-13 * size, `error ${k}`);
            const step = z.map((_, j) => (j === k ? h : 0));
            const rate =
              (direct(moved(z, step), t) -
                direct(
                  moved(
                    z,
                    step.map((d) => -d),
                  ),
                  t,
                )) /
              (2 * h);
            expectWithin(at(error, k, n), rate, 1e-7 * (size + direct(z, t)), `slope ${k}`);
          }
        }
      });
      fc.assert(property, { seed: SEED });
    });

    test('the difference is that of two losses where they may be subtracted', () => {
      const property = fc.property(generic, fc.constantFrom(0.5, 4, 12), changes(1), (batch, size, shape) => {
        const { all } = loss.differences(batch);
        for (let n = 0; n < batch.z.cols; n++) {
          const [z, t] = [column(batch.z, n), column(batch.t, n)];
          const delta = z.map((_, k) => round(size * shape[k]!));
          const [before, after] = [direct(z, t), direct(moved(z, delta), t)];
          expectWithin(
            all(n, Float64Array.from(delta)),
            after - before,
            1e-12 * max(1, before, after),
            `${delta}`,
          );
        }
      });
      fc.assert(property, { seed: SEED });
    });

    test('a tiny δ changes the loss by Σ δ ∂ℓ/∂z, to a few roundings of its terms', () => {
      const property = fc.property(wild, changes(2 ** -100), (batch, delta) => {
        fc.pre(loss.kinks(batch).length === 0);
        const [error, size, { all, one }] = [
          loss.error(batch),
          loss.errorSize(batch),
          loss.differences(batch),
        ];
        for (let n = 0; n < error.cols; n++) {
          const own = Float64Array.from(column(error, n), (_, k) => delta[k]!);
          const slope = sum(own.map((d, k) => d * at(error, k, n)));
          const terms = sum(own.map((d, k) => abs(d) * at(size, k, n)));
          expectWithin(all(n, own), slope, 64 * u * terms + UNDERFLOW, `sample ${n} by ${own}`);
          for (const [k, d] of own.entries()) {
            const allowed = 64 * u * abs(d) * at(size, k, n) + UNDERFLOW;
            expectWithin(one(n, k, d), d * at(error, k, n), allowed, `sample ${n}, logit ${k} by ${d}`);
          }
        }
      });
      fc.assert(property, { seed: SEED });
    });

    test('a change of one logit is a change of all, with the others at 0', () => {
      const sizes = fc.constantFrom(1e-20, 1e-3, 0.5, 20, 200);
      const property = fc.property(wild, changes(1), sizes, (batch, shape, by) => {
        const { all, one } = loss.differences(batch);
        const size = loss.errorSize(batch);
        for (let n = 0; n < batch.z.cols; n++) {
          for (let k = 0; k < batch.z.rows; k++) {
            const d = by * shape[k]!;
            const delta = new Float64Array(batch.z.rows).fill(d, k, k + 1);
            const [single, whole] = [one(n, k, d), all(n, delta)];
            const terms = abs(single) + abs(d) * at(size, k, n) + (by < 0.1 ? 0 : lossesOf(batch, n, delta));
            expectWithin(single, whole, 64 * u * terms + UNDERFLOW, `sample ${n}, logit ${k} by ${d}`);
          }
        }
      });
      fc.assert(property, { seed: SEED });
    });

    test('no change is no difference, and nothing is NaN however far one goes', () => {
      const property = fc.property(wild, changes(1), fc.constantFrom(0, 1e3, 1e6), (batch, shape, by) => {
        const { all, one } = loss.differences(batch);
        for (let n = 0; n < batch.z.cols; n++) {
          const delta = Float64Array.from(column(batch.z, n), (_, k) => by * shape[k]!);
          const found = [all(n, delta), ...delta.map((d, k) => one(n, k, d))];
          expect(
            found.every((value) => (by === 0 ? value === 0 : Number.isFinite(value))),
            `${found}`,
          ).toBe(true);
        }
      });
      fc.assert(property, { seed: SEED });
    });

    test('the terms of the error are at least as large as the error', () => {
      const property = fc.property(wild, (batch) => {
        const size = loss.errorSize(batch).data;
        for (const [i, value] of loss.error(batch).data.entries())
          expect(size[i]!).toBeGreaterThanOrEqual(abs(value) * (1 - 16 * u));
      });
      fc.assert(property, { seed: SEED });
    });

    test('logits that are off by Ez make errors and loss off by no more than the bound', () => {
      const property = fc.property(generic, fc.nat(), (batch, seed) => {
        const { E, signs } = offBy(batch.z, seed);
        const h = 2 ** -24;
        const off = batchOf(
          loss,
          zip(
            batch.z,
            zip(E, signs, (e, sign) => e * sign * h),
            (z, d) => z + d,
          ),
          batch.t,
        );
        fc.pre(loss.kinks(batch).length + loss.kinks(off).length === 0);
        const [bound, still, there] = [
          loss.bound.error(batch, E, firstOrder),
          loss.error(batch),
          loss.error(off),
        ];
        const flipped = kind.loss === 'hinge' && still.data.some((value, i) => value !== there.data[i]);
        if (!flipped)
          for (const [i, value] of there.data.entries())
            expect(abs(value - still.data[i]!) / h).toBeLessThanOrEqual(bound.data[i]! * (1 + 1e-5) + 1e-5);
        const change = abs(loss.total(off) - loss.total(batch)) / h;
        expect(change).toBeLessThanOrEqual(loss.bound.total(batch, E, firstOrder) * (1 + 1e-5) + 1e-4);
      });
      fc.assert(property, { seed: SEED });
    });

    test("what the textbook's formulas lose is in R", () => {
      const property = fc.property(batches(kind, loss, [1, 4, 10]), (batch) => {
        const [error, R] = [
          loss.error(batch),
          loss.textbook.error(batch, matrix(batch.z.rows, batch.z.cols), textbook),
        ];
        for (let n = 0; n < error.cols; n++) {
          const [z, t] = [column(batch.z, n), column(batch.t, n)];
          for (const [k, value] of expected.error(expected.output(z), t, z).entries())
            expectWithin(value, at(error, k, n), 8 * u * at(R, k, n) + 1000 * u * u, `error ${k}`); // and u²
        }
      });
      fc.assert(property, { seed: SEED });
    });
  });
}
