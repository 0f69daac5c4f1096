import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { conditionedSize } from '../../src/gradcheck/bound.ts';
import { sizeRules } from '../../src/gradcheck/noise.ts';
import { inParts } from '../../src/gradcheck/parts.ts';
import { outside } from '../exact.ts';
import { networkOf, recipes, SEED } from '../networks.ts';

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
