import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { PENALTIES, REDUCTIONS } from '../../src/core/objective.ts';
import { divisorOf } from '../../src/core/reduction.ts';
import { conditionedSize } from '../../src/gradcheck/bound.ts';
import { sizeRules } from '../../src/gradcheck/noise.ts';
import { inParts } from '../../src/gradcheck/parts.ts';
import { outside } from '../exact.ts';
import { generic, network, networkOf, recipes, SEED } from '../networks.ts';

test.each([
  ['S', (pass) => backprop(pass, () => sizeRules)],
  ['the conditioned sizes', (pass) => conditionedSize(pass).gradients],
] satisfies [string, Parameters<typeof inParts>[1]][])(
  '%s in parts of the samples are those of all at once',
  (_, of) => {
    const property = fc.property(recipes, fc.integer({ min: 1, max: 3 }), (recipe, together) => {
      const pass = forward(networkOf({ ...recipe, N: recipe.N + 3 }));
      const whole = of(pass);
      const parts = inParts(pass, of, together);
      expect(parts.map(({ name, shape }) => ({ name, shape }))).toEqual(
        whole.map(({ name, shape }) => ({ name, shape })),
      );
      for (const [t, { data }] of whole.entries()) {
        const allowed = data.map((size) => 1e-13 * size + 1e-300);
        expect(outside(parts[t]!.data, data, allowed)).toEqual([]);
      }
    });
    fc.assert(property, { seed: SEED, numRuns: 200 });
  },
);

const reductions = REDUCTIONS.flatMap((reduction) =>
  PENALTIES.map((penalty) => [reduction, penalty] as const),
);

test.each(reductions)('of a %s with a %s penalty, each part counts by its κ', (reduction, penalty) => {
  const pass = forward(network(generic, 'tanh', { reduction, penalty }));
  const whole = conditionedSize(pass).gradients;
  const taken: [samples: number, share: number][] = [];
  const parts = inParts(
    pass,
    (part, share) => {
      taken.push([part.network.X.cols, share]);
      return conditionedSize(part).gradients;
    },
    2,
  );
  const [two, one] = [2, 1].map((N) => divisorOf({ reduction, Y: { ...pass.network.Y, cols: N } }));
  const all = divisorOf(pass.network);
  expect(taken).toEqual([
    [2, two! / all],
    [1, one! / all],
  ]);
  for (const [t, { name, shape, data }] of whole.entries()) {
    expect(parts[t]).toMatchObject({ name, shape });
    for (const [i, size] of data.entries()) expect(parts[t]!.data[i]! / size).toBeCloseTo(1, 12);
  }
});

test('as many samples as are taken together are no parts', () => {
  const pass = forward(network(generic));
  for (const together of [3, 4])
    inParts(
      pass,
      (part, share) => {
        expect([part === pass, share]).toEqual([true, 1]);
        return [];
      },
      together,
    );
});
