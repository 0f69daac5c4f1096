import { describe, expect, test } from 'vitest';
import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { layOut } from '../../src/core/layout.ts';
import { loss } from '../../src/core/loss.ts';
import { fromRows, transpose } from '../../src/core/matrix.ts';
import type { Tensor } from '../../src/core/network.ts';
import { propagatedSlopes } from '../../src/gradcheck/propagation.ts';
import { everything } from '../../src/gradcheck/slopes.ts';
import { type Answer, closeTo, exactNetworks, flat, largest, outside } from '../exact.ts';

/** By symmetry this one is 0; the file holds the residue of 60-digit arithmetic, -1.6e-69. */
const ZERO = { network: 'seed', tensor: 'db1', allowed: 1e-20 };

function badEntries(network: string, gradients: readonly Tensor[], { gradients: exact }: Answer): string[] {
  expect(gradients.map(({ name }) => name)).toEqual(Object.keys(exact));
  return gradients.flatMap(({ name, data }) => {
    const isZero = network === ZERO.network && name === ZERO.tensor;
    const answer = isZero ? new Float64Array(data.length) : flat(exact[name] ?? []);
    const allowed = isZero ? data.map(() => ZERO.allowed) : closeTo(answer);
    return outside(data, answer, allowed).map((entry) => `${name}${entry}`);
  });
}

describe.each(exactNetworks)('$name, against 60-digit arithmetic', ({ name, problem, answer }) => {
  const { network, layout } = problem;
  const pass = forward(network);

  test('the analytic gradient is right to eleven digits', () => {
    expect(badEntries(name, layOut(backprop(pass), layout), answer)).toEqual([]);
  });

  test('the numerical gradient is right to eleven digits', () => {
    const slopes = propagatedSlopes(pass, everything).map((slope) => ({ ...slope, data: slope.central }));
    expect(badEntries(name, layOut(slopes, layout), answer)).toEqual([]);
  });

  test('every part of the loss is right to thirteen digits', () => {
    const ours = loss(pass);
    for (const part of ['data', 'regularization', 'total'] as const) {
      const exact = answer.loss[part];
      expect(Math.abs(ours[part] - exact), part).toBeLessThanOrEqual(1e-13 * exact);
    }
  });

  test.each([
    ['logits', pass.logits, answer.logits],
    ['outputs', pass.outputs, answer.probabilities ?? answer.outputs],
  ] as const)('%s are right to fourteen digits of the largest in their sample', (_, ours, theirs) => {
    const given = fromRows(theirs as number[][]);
    const exact = layout.samples === 'rows' ? transpose(given) : given;
    const columns = transpose(exact);
    const allowed = exact.data.map((_, i) => {
      const n = i % exact.cols;
      return 2e-14 * largest(columns.data.subarray(n * exact.rows, (n + 1) * exact.rows));
    });
    expect(outside(ours.data, exact.data, allowed)).toEqual([]);
  });
});
