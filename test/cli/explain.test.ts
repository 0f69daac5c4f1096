import { describe, expect, test } from 'vitest';
import { explain, findingIds } from '../../src/mistakes/explain.ts';
import { run, runJson } from './fcnet.ts';

describe('explain', () => {
  test('shows a mistake in equations and code, and what to do', async () => {
    const { code, stdout, stderr } = await run(['explain', 'missing-slope']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatchInlineSnapshot(`
      "missing-slope  the slope of the activation is left out

        right   δˡ = Wˡ⁺¹ᵀδˡ⁺¹ ◦ σ′(zˡ)    dz1 = (W2.T @ dz2) * a1 * (1 - a1)
        wrong   δˡ = Wˡ⁺¹ᵀδˡ⁺¹             dz1 = W2.T @ dz2

        mend    multiply the error by the slope of the activation
        lesson  ∂CE/∂z¹ = ∂CE/∂a¹ ◦ σ(z¹) ◦ (1 − σ(z¹)), going across the non-linearity
      "
    `);
  });

  test('lists all that it knows, each with a sentence', async () => {
    const { code, stdout } = await run(['explain']);
    expect(code).toBe(0);
    expect(stdout.match(/^[a-z][a-z0-9-]*(?= {2})/gm)).toEqual(findingIds);
  });

  test('says both as JSON, and it is what the library says', async () => {
    const [one, all] = await Promise.all([
      runJson(['explain', 'updated-weights', '--json']),
      runJson(['explain', '--json']),
    ]);
    expect(one.json).toEqual({ version: 1, command: 'explain', ...explain('updated-weights') });
    expect(all.json.mistakes).toEqual(findingIds.map((id) => explain(id)));
  });

  test('of a mistake that there is not names the one that is meant', async () => {
    const { code, stdout, stderr } = await run(['explain', 'mising-slope']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Did you mean missing-slope?');
  });
});
