import { expect, test } from 'vitest';
import type { ActivationSpec } from '../../src/core/activations.ts';
import { forward } from '../../src/core/forward.ts';
import { constantsOf } from '../../src/mistakes/slope.ts';
import { textbookOf } from '../core/textbook.ts';
import { generic, network } from '../networks.ts';

/** One layer of units whose z are the inputs. */
const stepOf = (activation: ActivationSpec) =>
  forward(
    network(
      { ...generic, X: '-2 -0.3 0 0.4 3', y: [0, 1, 0, 1, 0], W: ['1', '0.3; -0.4'], b: [[0], [0.2, -0.1]] },
      activation,
    ),
  ).steps[0]!;

/** Two ways to write the slope below 0 with a constant: from z, and from a. */
const LEAK = (_z: number, _a: number, alpha: number): number => alpha;
const FROM_A = (_z: number, a: number, alpha: number): number => a + alpha;
const FROM_Z = (z: number, _a: number, alpha: number): number => alpha * Math.exp(z);
const [of, ofA, ofZ] = ['alpha2', 'a{l} + alpha2', 'alpha2 * np.exp(z{l})'];
const SELU = 1.6732632423543772 * 1.0507009873554805;

test.each<[ActivationSpec, [formula: typeof LEAK, alpha: number, other: number, code: string][]]>([
  ['relu', [[LEAK, 0, 0.01, of]]],
  ['leaky-relu', [[LEAK, 0.01, 0.2, of]]],
  [{ 'leaky-relu': 0.3 }, [[LEAK, 0.3, 0.01, of]]],
  [
    'elu',
    [
      [FROM_A, 1, 0, ofA],
      [FROM_Z, 1, 1, ofZ],
    ],
  ],
  [
    { elu: 0.5 },
    [
      [FROM_A, 0.5, 0, ofA],
      [FROM_Z, 0.5, 1, ofZ],
    ],
  ],
  [
    'selu',
    [
      [FROM_A, SELU, 0, ofA],
      [FROM_Z, SELU, 1, ofZ],
    ],
  ],
  ['tanh', []],
  ['identity', []],
])('the slope of %j below 0 is written with these constants', (activation, ways) => {
  const step = stepOf(activation);
  const found = constantsOf(step);
  expect(found.map(({ other }) => other)).toEqual(ways.map(([, , other]) => other));
  for (const [w, [formula, alpha, , code]] of ways.entries()) {
    const { alpha: own, by, wrong } = found[w]!;
    expect(own).toBeCloseTo(alpha, 14);
    expect(wrong.code).toContain(`np.where(z{l} > 0, {above 0}, ${code})`);
    step.z.data.forEach((z, n) => {
      const a = step.a.data[n]!;
      const slope = (constant: number): number =>
        z > 0 ? textbookOf(activation).slope(z, a) : formula(z, a, constant);
      expect(slope(own)).toBeCloseTo(textbookOf(activation).slope(z, a), 14);
      expect(by(step).data[n]).toBeCloseTo((slope(own + 1) - slope(own)) / 1, 14); // linear in it
    });
  }
});
