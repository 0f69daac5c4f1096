import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { checkGradient, gradcheck } from '../../src/gradcheck/gradcheck.ts';
import { summedSize } from '../../src/gradcheck/noise.ts';
import { largest } from '../exact.ts';
import { genericRecipes, networkOf, recipes, SEED } from '../networks.ts';

const RUNS = { numRuns: 1000, seed: SEED };

test('the true gradient is never called a mismatch, whatever the network', () => {
  const property = fc.property(recipes, (recipe) => {
    const { tensors } = gradcheck(networkOf(recipe));
    expect(tensors.filter(({ mismatched }) => mismatched > 0)).toEqual([]);
  });
  fc.assert(property, RUNS);
});

test('nor is it by two losses a parameter, where their step is small beside weights and inputs', () => {
  const within = recipes.filter(({ weightScale, inputScale }) => weightScale >= 0.1 && inputScale <= 10);
  const property = fc.property(within, (recipe) => {
    const { tensors } = gradcheck(networkOf(recipe), { naive: true, sample: 6, seed: recipe.seed });
    expect(tensors.filter(({ mismatched }) => mismatched > 0)).toEqual([]);
  });
  fc.assert(property, RUNS);
});

test('an entry that is off by 1e-4 of the largest in its tensor is refused, and named', () => {
  const property = fc.property(
    genericRecipes,
    fc.nat(),
    fc.constantFrom(-1e-4, 1e-4),
    (recipe, choice, relative) => {
      const pass = forward(networkOf(recipe));
      const gradient = backprop(pass);
      const [l, S] = [choice % gradient.length, summedSize(pass)];
      const { name, shape, data } = gradient[l]!;
      // Where all terms of a tensor cancel (a constant loss), nothing is left to be wrong about.
      fc.pre(largest(data) > 1e-8 * largest(S[l]!.data));
      const i = choice % data.length;
      data[i]! += relative * largest(data);

      const { passed, tensors } = checkGradient(pass, gradient);
      expect(passed).toBe(false);
      const mismatched = tensors.map((tensor) => tensor.mismatched);
      expect(mismatched).toEqual(mismatched.map((_, k) => (k === l ? 1 : 0)));
      expect(tensors[l]).toMatchObject({
        name,
        maxAbsError: { index: shape.length === 1 ? [i] : [Math.floor(i / shape[1]!), i % shape[1]!] },
      });
    },
  );
  fc.assert(property, RUNS);
});
