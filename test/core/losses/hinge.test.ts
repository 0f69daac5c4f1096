import { expect, test } from 'vitest';
import { hinge } from '../../../src/core/losses/hinge.ts';
import { matrixOf } from '../../networks.ts';
import { total } from '../textbook.ts';
import { batchOf, describeLaws } from './laws.ts';

const labelOf = (t: readonly number[]): number => t.indexOf(1);
const margins = (z: readonly number[], t: readonly number[]): number[] =>
  z.map((value, k) => (k === labelOf(t) ? Number.NEGATIVE_INFINITY : value - z[labelOf(t)]! + 1));

describeLaws(
  'hinge',
  { output: 'identity', loss: 'hinge' },
  {
    output: (z) => [...z],
    loss: (_, t, z) => total(margins(z, t), (m) => Math.max(0, m)),
    error: (_, t, z) => {
      const on = margins(z, t).map((m) => (m > 0 ? 1 : 0));
      return on.map((own, k) => (k === labelOf(t) ? -total(on) : own));
    },
  },
);

// Of the label 0 the margins are 3 and −1; of the label 2 they are 0, exactly on the kink, and 1.5.
const batch = batchOf(hinge, matrixOf('0 1.5; 2 3; -2 2.5'), matrixOf('1 0; 0 0; 0 1'));
const { all, one } = hinge.differences(batch);

test('by hand: margins above 0 count, each of them once for its class and once for the label', () => {
  expect(hinge.total(batch)).toBe(4.5);
  expect(hinge.output(batch.z)).toBe(batch.z);
  expect(hinge.error(batch)).toEqual(matrixOf('-1 0; 1 1; 0 -1'));
  expect(hinge.errorSize(batch)).toEqual(matrixOf('1 0; 1 1; 0 1'));
});

test('a margin of exactly 0 is a kink, and nothing else is', () => {
  expect(hinge.kinks(batch)).toEqual([{ n: 1, v: Float64Array.of(1, 0, -1), jump: 1 }]);
  const near = batchOf(hinge, matrixOf(`0 ${1.5 + 2 ** -50}; 2 3; -2 2.5`), batch.t);
  expect(hinge.kinks(near)).toEqual([]);
  expect(hinge.kinks(batchOf(hinge, matrixOf('0 0; -1 -1; -1 5'), matrixOf('1 0; 0 0; 0 1')))).toEqual([
    { n: 0, v: Float64Array.of(-1, 1, 0), jump: 1 },
    { n: 0, v: Float64Array.of(-1, 0, 1), jump: 1 },
  ]);
});

test.each([
  ['a class on its kink rises', 0, 2 ** -100, 2 ** -100],
  ['a class on its kink falls', 0, -(2 ** -100), 0],
  ['a class above it falls', 1, -(2 ** -100), -(2 ** -100)],
  ['a class above it falls below it', 1, -7, -1.5],
  ['the label falls: both margins rise', 2, -0.25, 0.5],
  ['the label rises: one margin falls, the other was 0', 2, 0.25, -0.25],
  ['the label rises beyond both', 2, 100, -1.5],
])('where %s the loss changes by what the margins do', (_, k, d, change) => {
  expect(one(1, k, d) + 0).toBe(change);
  expect(all(1, new Float64Array(3).fill(d, k, k + 1)) + 0).toBe(change);
});

test('one number added to all logits changes nothing', () => {
  expect(all(0, Float64Array.of(7, 7, 7))).toBe(0);
  expect(all(1, Float64Array.of(1e30, 1e30, 1e30))).toBe(0);
});

test('a margin that another rounding may put on the other side has lost its slope: R is that of 1/u', () => {
  const u = 2 ** -24;
  const Ez = matrixOf('4 4; 4 4; 4 4');
  const model = { u, value: () => 0, throughSlope: () => 0 };
  // 8u(4 + 4 + |zₖ| + |z_y| + 1) is 5e-6 or so.
  const near = batchOf(hinge, matrixOf('0 1.500001; 2 3; -2 2.5'), batch.t);
  expect(hinge.textbook.error(near, Ez, model)).toEqual(matrixOf(`0 ${1 / u}; 0 0; 0 ${1 / u}`));
  expect(hinge.textbook.error(near, Ez, { ...model, u: 2 ** -53 })).toEqual(matrixOf('0 0; 0 0; 0 0'));
  expect(hinge.bound.error(near, Ez, model)).toEqual(matrixOf('0 0; 0 0; 0 0'));
});
