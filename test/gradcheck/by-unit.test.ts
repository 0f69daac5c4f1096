import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ActivationSpec } from '../../src/core/activations.ts';
import { forward, type Pass } from '../../src/core/forward.ts';
import { fromRows, map } from '../../src/core/matrix.ts';
import { type Network, oneHot, parameters } from '../../src/core/network.ts';
import { type Objective, TEXTBOOK } from '../../src/core/objective.ts';
import { gradcheck } from '../../src/gradcheck/gradcheck.ts';
import { kinkWidths } from '../../src/gradcheck/kinks.ts';
import { sizesOf, UNIT_ROUNDOFF } from '../../src/gradcheck/noise.ts';
import { PROPAGATION_STEP, propagatedSlopes, slopesByWeight } from '../../src/gradcheck/propagation.ts';
import { everything, halfDifference } from '../../src/gradcheck/slopes.ts';
import { Upward } from '../../src/gradcheck/upward.ts';
import { outside } from '../exact.ts';
import { genericRecipes, network, networkOf, recipes, SEED } from '../networks.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** A few roundings of the terms of each entry, and what underflows. */
function expectEqual(pass: Pass): void {
  const { S, errors } = sizesOf(pass);
  const floor = ((8 * 2 ** -1022) / PROPAGATION_STEP) * Math.max(1, errors);
  const widths = kinkWidths(pass);
  const expected = slopesByWeight(pass, everything, PROPAGATION_STEP);
  for (const [l, slope] of propagatedSlopes(pass, everything).entries()) {
    // On a kink, or near one, a slope on one side may be of terms that backprop does not have.
    const open = halfDifference(expected[l]!);
    const width = widths?.get(slope.name);
    const terms = S[l]!.data.map((size, i) => size + open[i]! + 2 * (width?.[i] ?? 0));
    const allowed = terms.map((size) => 64 * UNIT_ROUNDOFF * size + floor);
    for (const side of ['left', 'right', 'central'] as const)
      expect(outside(slope[side], expected[l]![side], allowed), `${slope.name} ${side}`).toEqual([]);
  }
}

/** What a check says of each entry, by a difference for each unit and by one for each weight. */
function expectSameVerdicts(net: Network): void {
  const verdicts = (step?: number) =>
    gradcheck(net, step === undefined ? {} : { step }).tensors.map(({ name, verdicts }) => [name, verdicts]);
  expect(verdicts()).toEqual(verdicts(PROPAGATION_STEP));
}

describe('a difference for each unit and sample says what one for each weight says', () => {
  test('on networks of every kind', () => {
    const property = fc.property(recipes, (recipe) => {
      const net = networkOf(recipe);
      expectEqual(forward(net));
      expectSameVerdicts(net);
    });
    fc.assert(property, { seed: SEED, numRuns: 500 });
  });

  const small = fc.integer({ min: -2, max: 2 });
  const rows = (m: number, n: number) =>
    fc.array(fc.array(small, { minLength: n, maxLength: n }), { minLength: m, maxLength: m });
  const kinked = fc.constantFrom<ActivationSpec>(
    'relu',
    { 'leaky-relu': 0.5 },
    { 'leaky-relu': -1 },
    'selu',
    'elu',
  );
  const activation = fc.oneof(kinked, fc.constant<ActivationSpec>('identity'));
  const objectives = fc.oneof(
    fc.constant<Objective>(TEXTBOOK),
    fc.constant<Objective>({ ...TEXTBOOK, output: 'identity', loss: 'hinge' }),
    activation.map((output): Objective => ({ ...TEXTBOOK, output, loss: 'squared-error' })),
  );
  /** Networks of small integers: many of their units, and margins, lie exactly on kinks, and many residuals are 0. */
  const integers: fc.Arbitrary<Network> = fc
    .record({
      X: rows(2, 9),
      W: fc.tuple(rows(3, 2), rows(3, 3), rows(3, 3)),
      b: rows(3, 3),
      activations: fc.tuple(activation, activation),
      objective: objectives,
    })
    .map(({ X, W, b, activations, objective }) => ({
      ...objective,
      X: fromRows(X),
      Y: oneHot(
        X[0]!.map((x) => Math.abs(x)),
        3,
      ),
      reg: 0.5,
      biased: true,
      layers: W.map((rowsOfW, l) => ({
        number: l + 1,
        W: fromRows(rowsOfW),
        b: Float64Array.from(b[l]!),
        activation: activations[l],
      })),
    }));

  test('on kinks', () => {
    const property = fc.property(integers, (net) => {
      expectEqual(forward(net));
      expectSameVerdicts(net);
    });
    fc.assert(property, { seed: SEED, numRuns: 500 });
  });

  test('so near to kinks that some weights of a unit cross them and others do not', () => {
    const sizes = fc.constantFrom(-3e-29, -1e-30, -1e-31, 1e-32, 1e-31, 4e-30, 1e-29);
    const property = fc.property(integers, fc.array(sizes, { minLength: 9, maxLength: 9 }), (net, by) => {
      const layers = net.layers.map((layer, l) => ({
        ...layer,
        // 0 + by stays as small as that
        b: layer.b.map((b, i) => b + by[3 * l + i]!),
        W: map(layer.W, (w) => (l === 0 ? w * 1e-30 : w)),
      }));
      expectEqual(forward({ ...net, layers }));
      expectSameVerdicts({ ...net, layers });
    });
    fc.assert(property, { seed: SEED, numRuns: 300 });
  });

  test('with weights and inputs of 1e-29 to 1e29, where a step may be large', () => {
    const scales = fc.constantFrom(1e-29, 1e-12, 1, 1e12, 1e29);
    const property = fc.property(recipes, scales, scales, (recipe, weightScale, inputScale) => {
      const net = networkOf({ ...recipe, weightScale, inputScale });
      fc.pre(forward(net).logits.data.every(Number.isFinite));
      expectSameVerdicts(net);
    });
    fc.assert(property, { seed: SEED, numRuns: 300 });
  });
});

test.each<[string, Network]>([
  [
    'of a unit above',
    network(
      { X: '1; 1e-40', y: [0], W: ['1 1', '1', '1; -1'], b: [[0], [-1 + 2 ** -53], [0, 0]] },
      { 'leaky-relu': 0.5 },
    ),
  ],
  [
    'of the loss',
    network({ X: '1; 1e-40', y: [2], W: ['1 1', '1'], b: [[0], [-1 + 2 ** -53]] }, 'identity', {
      output: { 'leaky-relu': 0.5 },
      loss: 'squared-error',
    }),
  ],
])('a kink %s that only the largest weight crosses is not taken for one that all lie on', (_, net) => {
  // 1 + 1e-40 is 1, so that what the kink is away from is 2⁻⁵³ or so: made 1e-60 here.
  const pass = forward(net);
  const near = pass.steps[1]!.z.data;
  for (const [i, z] of near.entries()) near[i] = Math.abs(z) < 1e-10 ? 1e-60 : z;
  expectEqual(pass);
  const [dW1] = propagatedSlopes(pass, everything);
  expect(dW1!.left[1]).toBe(dW1!.right[1]);
});

test('an ordinary network takes two differences for each unit and sample, however many weights it has', () => {
  const property = fc.property(genericRecipes, (recipe) => {
    const pass = forward(networkOf(recipe));
    const difference = vi.spyOn(Upward.prototype, 'difference');
    propagatedSlopes(pass, everything);
    const units = pass.steps.reduce((count, { z }) => count + z.data.length, 0);
    expect(difference.mock.calls.length).toBeLessThanOrEqual(2 * units);
    difference.mockRestore();
  });
  fc.assert(property, { seed: SEED });
});

test('a step that was asked for takes a difference for each weight', () => {
  const pass = forward(networkOf({ ...fc.sample(genericRecipes, { seed: SEED, numRuns: 1 })[0]!, N: 3 }));
  const difference = vi.spyOn(Upward.prototype, 'difference');
  propagatedSlopes(pass, everything, PROPAGATION_STEP);
  const entries = parameters(pass.network).reduce((count, { data }) => count + data.length, 0);
  expect(difference.mock.calls.length).toBe(2 * 3 * entries);
});

test('entries that are asked for alone are the same to the last bit as among all', () => {
  const property = fc.property(recipes, fc.nat(), (recipe, choice) => {
    const pass = forward(networkOf(recipe));
    const all = propagatedSlopes(pass, everything);
    const alone = propagatedSlopes(pass, (_, size) => [choice % size]);
    for (const [l, { central, left, right }] of alone.entries()) {
      const e = choice % central.length;
      const own = all[l]!;
      expect([central[e], left[e], right[e]]).toEqual([own.central[e], own.left[e], own.right[e]]);
    }
  });
  fc.assert(property, { seed: SEED });
});
