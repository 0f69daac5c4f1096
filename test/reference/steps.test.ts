import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { parameters } from '../../src/core/network.ts';
import { mistakenGradient } from '../../src/mistakes/variants.ts';
import { compare } from '../../src/reference/compare.ts';
import type { GivenTensor } from '../../src/reference/reference.ts';
import { parseReference } from '../../src/reference/reference.ts';
import { networkOf, recipes, SEED } from '../networks.ts';
import { config, each, type Gradients, judged, nestedOf, problems, type Rows, right } from './theirs.ts';

const { fround } = Math;
const { W1, b1, W2, b2 } = config;
const theta = { W1, b1, W2, b2 };
const parametersOf = ({ dW1, db1, dW2, db2 }: Gradients) => ({ W1: dW1, b1: db1, W2: dW2, b2: db2 });
const gradients = parametersOf(right);
type Parameters = typeof gradients;

/** θ − η ∂J/∂θ, all of it rounded. */
const stepped = (
  rate: number,
  of: Parameters = gradients,
  round = (value: number): number => value,
): Parameters => {
  const walk = (a: unknown, g: unknown): unknown =>
    Array.isArray(a)
      ? a.map((inner, i) => walk(inner, (g as unknown[])[i]))
      : round(round(a as number) - round(round(rate) * round(g as number)));
  return Object.fromEntries(
    Object.entries(theta).map(([name, value]) => [name, walk(value, of[name as keyof Parameters])]),
  ) as unknown as Parameters;
};

describe('the parameters after a step of the right gradient agree', () => {
  test.each<[string, object]>([
    ['beside their learning rate', { learningRate: 0.1, ...stepped(0.1) }],
    ['as Python calls it', { learning_rate: 0.1, ...stepped(0.1) }],
    ['as everybody calls it', { lr: 0.1, ...stepped(0.1) }],
    [
      'by the names of others',
      {
        lr: 2,
        'fc1.weight': stepped(2).W1,
        'fc1.bias': stepped(2).b1,
        'fc2.weight': stepped(2).W2,
        'fc2.bias': stepped(2).b2,
      },
    ],
    ['in float32', { learningRate: 0.5, ...stepped(0.5, gradients, fround) }],
    [
      'printed with 6 decimals',
      { learningRate: 0.5, ...each(stepped(0.5), (value) => Number(value.toFixed(6))) },
    ],
  ])('%s', (_, reference) => {
    const verdict = judged(reference);
    expect(problems(verdict)).toEqual([]);
    expect(verdict.passed).toBe(true);
    expect(verdict.read[0]).toMatchObject({ to: 'dW1', why: expect.stringContaining('after one step of') });
  });
});

describe('the parameters after a step', () => {
  test('of a wrong gradient are refused, and the mistake is named', () => {
    const wrong = nestedOf(
      mistakenGradient(forward(parseConfig(config).network), { mistake: 'missing-slope', layer: 1 }),
    );
    const verdict = judged({ learningRate: 0.1, ...stepped(0.1, parametersOf(wrong)) });
    expect(verdict.passed).toBe(false);
    expect(verdict.diagnosis).toMatchObject([{ mistake: 'missing-slope', layer: 1 }]);
  });

  test('of a tiny rate say nothing of small gradients: they are inconclusive', () => {
    const verdict = judged({ learningRate: 1e-17, ...stepped(1e-17) });
    expect(verdict.tensors.map(({ mismatched }) => mismatched)).toEqual([0, 0, 0, 0]);
    expect(
      verdict.tensors.every(({ inconclusive, reference }) => inconclusive === reference?.data.length),
    ).toBe(true);
    expect(verdict.passed).toBe(false);
  });

  test('show fewer mistakes than the gradient itself where the rate hides them', () => {
    const { strength } = judged({ learningRate: 1e-15, ...stepped(1e-15) });
    expect(strength?.caught).toBeLessThan(strength?.total ?? 0);
  });

  test('that were none are wrong', () => {
    expect(judged({ learningRate: 0.1, ...theta })).toMatchObject({ passed: false });
  });

  test('whose rate is not said are recognised', () => {
    const verdict = judged(stepped(0.25));
    expect(verdict.passed).toBe(false);
    expect(verdict.hints).toContainEqual(
      expect.stringMatching(
        /^these are the parameters after a step of 0.25 along the gradient: with "learningRate": 0.25/,
      ),
    );
  });

  test('are left aside where the gradients are there, too', () => {
    const verdict = judged({ learningRate: 0.1, ...stepped(0.1), ...right });
    expect(verdict).toMatchObject({ passed: true, read: [] });
    expect(verdict.hints).toEqual([expect.stringContaining('W1, b1, W2, b2 beside its gradients')]);
  });

  test('of another shape are no crash', () => {
    const verdict = judged({ learningRate: 0.1, ...stepped(0.1), W1: [[1, 2]] as Rows });
    expect(problems(verdict)).toEqual(['dW1: wrong shape: expected 4 × 3, found 1 × 2']);
  });

  test.each([0, -1, 'fast', 'Infinity'])('cannot have a learning rate of %s', (learningRate) => {
    expect(() => judged({ learningRate, ...theta })).toThrow('learningRate: expected a number above 0');
  });
});

test('steps of any network, of any rate, in float64 and float32, are never refused', () => {
  const rates = fc.constantFrom(1e-8, 1e-3, 0.1, 10, 1e4);
  fc.assert(
    fc.property(recipes, rates, fc.boolean(), (recipe, rate, isSingle) => {
      const network = networkOf(recipe);
      const pass = forward(network);
      const round = isSingle ? fround : (value: number): number => value;
      const gradient = backprop(pass);
      const tensors = parameters(network).map((own): GivenTensor => {
        const { data } = gradient.find(({ name }) => name === `d${own.name}`)!;
        return { ...own, data: own.data.map((value, i) => round(round(value) - round(rate * data[i]!))) };
      });
      if (!tensors.every(({ data }) => data.every(Number.isFinite))) return;
      const reference = {
        ...parseReference('step', { learningRate: rate, loss: 0 }),
        loss: undefined,
        tensors,
      };
      const { references } = compare(network, [
        { ...reference, precision: isSingle ? 'float32' : 'float64' },
      ]);
      expect(references[0]?.tensors.map(({ mismatched }) => mismatched)).toEqual(tensors.map(() => 0));
    }),
    { seed: SEED, numRuns: 200 },
  );
});
