import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { forward, type Pass } from '../../src/core/forward.ts';
import { layOut } from '../../src/core/layout.ts';
import { loss } from '../../src/core/loss.ts';
import { type Matrix, matrix } from '../../src/core/matrix.ts';
import { parameters } from '../../src/core/network.ts';
import { naiveSlopes } from '../../src/gradcheck/naive.ts';
import { summedSize, UNIT_ROUNDOFF } from '../../src/gradcheck/noise.ts';
import { propagatedSlopes } from '../../src/gradcheck/propagation.ts';
import { everything } from '../../src/gradcheck/slopes.ts';
import { centralQuotients, closeTo, exactProblem, flat, outside } from '../exact.ts';
import { genericRecipes, network, networkOf, recipes, SEED } from '../networks.ts';

const slopesOf = (pass: Pass, step?: number) => propagatedSlopes(pass, everything, step);

describe.each(Object.entries(centralQuotients))('%s', (name, exact) => {
  test('with the step 0.01 it is the central quotient at 0.01, to eleven digits', () => {
    const { network: net, layout } = exactProblem(name);
    const slopes = slopesOf(forward(net), 0.01).map((slope) => ({ ...slope, data: slope.central }));
    const laidOut = layOut(slopes, layout);
    expect(laidOut.map((slope) => slope.name)).toEqual(Object.keys(exact));
    for (const slope of laidOut) {
      const quotients = flat(exact[slope.name]!);
      expect(outside(slope.data, quotients, closeTo(quotients)), slope.name).toEqual([]);
    }
  });
});

test('with a large step, both sides are those of two subtracted losses', () => {
  const steps = fc.constantFrom(0.3, 1, 7, 100, 2000);
  const property = fc.property(genericRecipes, steps, (recipe, step) => {
    const pass = forward(networkOf(recipe));
    const subtracted = naiveSlopes(pass.network, everything, step);
    for (const [l, { name, left, right }] of slopesOf(pass, step).entries()) {
      const black = subtracted[l]!;
      // What the subtraction itself loses: some 1e-14 of the largest of the three losses, over h.
      const reach = (i: number): number =>
        Math.abs(black.left[i]!) + Math.abs(black.right[i]!) + loss(pass).total / step;
      const allowed = left.map((_, i) => 1e-12 * reach(i));
      expect(outside(left, black.left, allowed), `${name} left`).toEqual([]);
      expect(outside(right, black.right, allowed), `${name} right`).toEqual([]);
    }
  });
  fc.assert(property, { seed: SEED });
});

test('a sum over 5000 equal samples is as good as a sum over one', () => {
  const columns = (N: number): Pass => {
    const net = network({ X: '0.1; -0.3', y: [1], W: ['0.7 0.2; -0.4 1.1; 0.3 0.3'], b: [[0.1, 0.2, 0.3]] });
    const repeated = ({ rows, data }: Matrix): Matrix =>
      matrix(
        rows,
        N,
        Float64Array.from({ length: rows * N }, (_, i) => data[Math.floor(i / N)]!),
      );
    return forward({ ...net, X: repeated(net.X), Y: repeated(net.Y) });
  };
  const S = summedSize(columns(1));
  const one = slopesOf(columns(1));
  for (const [l, slope] of slopesOf(columns(5000)).entries()) {
    const allowed = S[l]!.data.map((size) => 4 * UNIT_ROUNDOFF * size);
    expect(outside(slope.left, one[l]!.left, allowed), slope.name).toEqual([]);
  }
});

test('no parameter is changed', () => {
  const property = fc.property(recipes, (recipe) => {
    const pass = forward(networkOf(recipe));
    const before = structuredClone(parameters(pass.network));
    slopesOf(pass);
    expect(parameters(pass.network)).toEqual(before);
  });
  fc.assert(property, { seed: SEED, numRuns: 30 });
});

test('only the selected entries are computed', () => {
  const pass = forward(network({ X: '1; 2', y: [1], W: ['1 2; 3 4'], b: [[5, 7]] }));
  const [dW1, db1] = propagatedSlopes(pass, (name) => (name === 'dW1' ? [2] : []));
  expect([...dW1!.right].map((value) => value !== 0)).toEqual([false, false, true, false]);
  expect(db1!.right).toEqual(Float64Array.of(0, 0));
});

test('the penalty has the slope λw ± ½λh, beside a loss that is constant', () => {
  // With one class the loss is the penalty alone.
  const pass = forward(network({ X: '1; 2', y: [0], W: ['3 -5'], b: [[1]], reg: 0.5 }));
  const [dW1, db1] = slopesOf(pass, 0.25);
  expect(dW1).toMatchObject({
    left: Float64Array.of(1.4375, -2.5625),
    right: Float64Array.of(1.5625, -2.4375),
  });
  expect(db1).toMatchObject({ left: Float64Array.of(0), right: Float64Array.of(0) });
});

test.each([
  ['λ beside a weight that the step dwarfs', 0.01, 3e-9, 1.5e-9],
  ['λ beside a step of 1e100', 1e100, 0.25, 0.125],
])('the central quotient of the penalty is λw, exactly: %s', (_, step, w, expected) => {
  const pass = forward(network({ X: '1', y: [0], W: [`${w}`], b: [[1]], reg: 0.5 }));
  expect(slopesOf(pass, step)[0]!.central[0]).toBe(expected);
});

// The quotients by 60-digit arithmetic: of log(1 + e^−800h …), where ŷ = (1, 0, 0) in float64.
test.each([
  [1, [-Math.LN2 / 2, Math.LN2 / 2, 0]],
  [3, [-800 / 3, 800 / 3, 400 / 3]],
])('a class whose ŷ has underflowed counts once the step %d makes it win: one layer', (step, expected) => {
  const pass = forward(network({ X: '800', y: [0], W: ['1; 0; -1'], b: [[0, 0, 0]] }));
  expect(
    outside(
      slopesOf(pass, step)[0]!.central,
      Float64Array.from(expected),
      closeTo(Float64Array.from(expected)),
    ),
  ).toEqual([]);
});

test('a class whose ŷ has underflowed counts once the step makes it win: two layers', () => {
  const net = network(
    {
      X: '800',
      y: [0],
      W: ['1; 0.5', '1 0.3; 0 1; -1 2'],
      b: [
        [0, 0],
        [0, 0, 0],
      ],
    },
    'identity',
  );
  const quotients = Float64Array.of(-340, 220);
  expect(outside(slopesOf(forward(net), 1)[0]!.central, quotients, closeTo(quotients))).toEqual([]);
});

test.each([
  ['to the right of the kink', 1, -1, -1],
  ['to the left', -1, 0, 0],
  ['on it', 0, 0, -1],
])('one-sided slopes of a ReLU %s', (_, bias, left, right) => {
  // The logits are both 0, so that ŷ = (½, ½) and ∂J/∂a = (ŷ₁ − 1) − ŷ₂ = −1.
  const a = Math.max(bias, 0);
  const pass = forward(network({ X: '0', y: [0], W: ['1', '1; -1'], b: [[bias], [-a, a]] }, 'relu'));
  const [dW1, db1] = slopesOf(pass);
  expect(dW1).toMatchObject({ left: Float64Array.of(0), right: Float64Array.of(0) });
  expect(db1!.left[0]).toBeCloseTo(left, 14);
  expect(db1!.right[0]).toBeCloseTo(right, 14);
});
