import { describe, expect, test } from 'vitest';
import { forward } from '../../src/core/forward.ts';
import { type Mistake, mistakes } from '../../src/mistakes/catalogue.ts';
import { explain, findingIds } from '../../src/mistakes/explain.ts';
import { LESSON, placeOf, written } from '../../src/mistakes/writing.ts';
import { generic, network } from '../networks.ts';

describe.each(findingIds)('%s', (id) => {
  const { explanation, right, wrong, mend, derivation } = explain(id);

  test('has a right line and another one that is wrong, a sentence, a mend and a derivation', () => {
    expect(wrong).not.toEqual(right);
    expect(wrong.code).not.toBe(right.code);
    for (const text of [
      explanation,
      mend,
      derivation,
      right.equation,
      right.code,
      wrong.equation,
      wrong.code,
    ])
      expect(text.length).toBeGreaterThan(3);
  });

  test('leaves nothing to be filled in', () => {
    for (const { equation, code } of [right, wrong]) {
      expect(equation).not.toMatch(/[{}]/);
      expect(code).not.toMatch(/[{}ˡᴸ]/u);
    }
  });
});

/** Three layers of which each has its own kind. */
const alike = network({
  ...generic,
  W: [...generic.W, '0.3 -0.4; 0.5 0.6'],
  b: [
    [0.1, -0.3],
    [0.4, 0.2],
    [0.2, -0.1],
  ],
});
const kinds = ['tanh', 'relu'] as const;
const three = {
  ...alike,
  layers: alike.layers.map((layer, i) => {
    const activation = kinds[i];
    return activation === undefined ? layer : { ...layer, activation };
  }),
};
const pass = forward(three);

test.each<[keyof typeof mistakes, number | null, string, string, string, string]>([
  [
    'missing-slope',
    1,
    'δ¹ = W2ᵀδ² ◦ tanh′(z¹)',
    'δ¹ = W2ᵀδ²',
    'dz1 = (W2.T @ dz2) * (1 - a1**2)',
    'dz1 = W2.T @ dz2',
  ],
  [
    'missing-slope',
    2,
    'δ² = W3ᵀδ³ ◦ relu′(z²)',
    'δ² = W3ᵀδ³',
    'dz2 = (W3.T @ dz3) * (z2 > 0)',
    'dz2 = W3.T @ dz3',
  ],
  [
    'missing-slope',
    null,
    'δˡ = Wˡ⁺¹ᵀδˡ⁺¹ ◦ φ′(zˡ)',
    'δˡ = Wˡ⁺¹ᵀδˡ⁺¹',
    'dz1 = (W2.T @ dz2) * slope(z1)',
    'dz1 = W2.T @ dz2',
  ],
  ['missing-reg', 1, 'dW1 = δ¹Xᵀ + λW1', 'dW1 = δ¹Xᵀ', 'dW1 = dz1 @ X.T + reg * W1', 'dW1 = dz1 @ X.T'],
  ['missing-reg', 3, 'dW3 = δ³a²ᵀ + λW3', 'dW3 = δ³a²ᵀ', 'dW3 = dz3 @ a2.T + reg * W3', 'dW3 = dz3 @ a2.T'],
  ['transposed-weights', 2, 'da¹ = W2ᵀδ²', 'da¹ = W2δ²', 'da1 = W2.T @ dz2', 'da1 = W2 @ dz2'],
  ['missing-mean', 3, 'δ³ = (ŷ − t)/N', 'δ³ = ŷ − t', 'dz3 = (y_hat - Y) / N', 'dz3 = y_hat - Y'],
])('%s at layer %j is written as this network has it', (id, layer, right, wrong, rightCode, wrongCode) => {
  expect(written(mistakes[id], placeOf(pass, layer))).toEqual({
    right: { equation: right, code: rightCode },
    wrong: { equation: wrong, code: wrongCode },
  });
});

test.each([
  [{ penalty: 'full' }, 'dW1 = δ¹Xᵀ + 2λW1', 'dW1 = dz1 @ X.T + 4 * reg * W1'],
  [{ penalty: 'half-over-n' }, 'dW1 = δ¹Xᵀ + (λ/N)W1', 'dW1 = dz1 @ X.T + 2 * reg / N * W1'],
] as const)('the penalty is that of %j', (kind, right, wrong) => {
  const lines = written(mistakes['double-reg'], { ...LESSON, layer: 1, ...kind });
  expect([lines.right.equation, lines.wrong.code]).toEqual([right, wrong]);
});

test.each([
  [{ reduction: 'sum' }, 'δ² = ŷ − t', 'δ² = (ŷ − t)/N'],
  [{ reduction: 'mean-of-entries' }, 'δ² = (ŷ − t)/(NC)', 'δ² = (ŷ − t)/C'],
  [{ output: 'sigmoid', loss: 'squared-error' }, 'δ² = 2(ŷ − t) ◦ σ′(z²)/N', 'δ² = 2(ŷ − t) ◦ σ′(z²)'],
  [{ output: 'identity', loss: 'half-squared-error' }, 'δ² = (ŷ − t)/N', 'δ² = ŷ − t'],
  [{ output: 'identity', loss: 'hinge' }, 'δ² = ∂ℓ/∂z²/N', 'δ² = ∂ℓ/∂z²'],
] as const)('the error of the output is that of %j', (kind, right, wrong) => {
  const lines = written(mistakes['missing-mean'], { ...LESSON, layer: 2, ...kind });
  expect([lines.right.equation, lines.wrong.equation]).toEqual([right, wrong]);
});

test('without a penalty there is none in the equation', () => {
  const lines = written(mistakes['data-zero'], { ...LESSON, layer: 1, regularized: false });
  expect([lines.right.equation, lines.wrong.equation]).toEqual(['dW1 = δ¹Xᵀ', 'dW1 = 0']);
});

test('every mistake is explained on a network in which its two lines differ', () => {
  for (const [id, mistake] of Object.entries<Mistake>(mistakes)) {
    const { right, wrong } = written(mistake, { ...LESSON, ...mistake.explainedOn });
    expect(right.equation === wrong.equation && right.code === wrong.code, id).toBe(false);
  }
});

test.each([
  ['missing-mean', []],
  ['bias-sum-over-units', ['a single number']],
  ['formula-of-error', ['the mean taken later', '1 − e²', 'e times e(1 − e)', 'e times 1 − e²']],
] as const)('the other forms of %s are told, each once', (id, forms) => {
  expect(explain(id).forms).toEqual(forms);
});
