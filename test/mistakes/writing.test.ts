import { expect, test } from 'vitest';
import { forward } from '../../src/core/forward.ts';
import type { Network } from '../../src/core/network.ts';
import { backwardSteps } from '../../src/mistakes/backward.ts';
import { type MistakeId, mistakes } from '../../src/mistakes/catalogue.ts';
import { explain } from '../../src/mistakes/explain.ts';
import { LESSON, type Place, placeOf, written } from '../../src/mistakes/writing.ts';
import { generic, network } from '../networks.ts';

test.each<[MistakeId, Partial<Place>, string]>([
  ['missing-slope', {}, '(W2.T @ dz2) * a1 * (1 - a1) | W2.T @ dz2'],
  ['missing-slope', { activation: 'softsign' }, '(W2.T @ dz2) * (1 - abs(a1))**2 | W2.T @ dz2'],
  ['missing-slope', { activation: 'gelu-tanh' }, '(W2.T @ dz2) * gelu_tanh_slope(z1) | W2.T @ dz2'],
  ['missing-slope', { activation: 'φ' }, '(W2.T @ dz2) * slope(z1) | W2.T @ dz2'],
  ['missing-slope', { activation: undefined }, '(W2.T @ dz2) * 1 | W2.T @ dz2'],
  ['slope-sign', {}, '(W2.T @ dz2) * a1 * (1 - a1) | (W2.T @ dz2) * a1 * (1 + a1)'],
  ['slope-sign', { activation: 'tanh' }, '(W2.T @ dz2) * (1 - a1**2) | (W2.T @ dz2) * (1 + a1**2)'],
  ['slope-sign', { activation: 'relu' }, '(W2.T @ dz2) * (z1 > 0) | (W2.T @ dz2) * -(z1 > 0)'],
  [
    'slope-constant',
    { activation: 'leaky-relu' },
    '(W2.T @ dz2) * np.where(z1 > 0, 1, alpha) | (W2.T @ dz2) * np.where(z1 > 0, 1, alpha2)',
  ],
  [
    'slope-constant',
    { activation: 'elu' },
    '(W2.T @ dz2) * np.where(z1 > 0, 1, a1 + alpha) | (W2.T @ dz2) * np.where(z1 > 0, 1, a1 + alpha2)',
  ],
  [
    'slope-constant',
    { activation: 'selu' },
    '(W2.T @ dz2) * selu_slope(z1) | (W2.T @ dz2) * np.where(z1 > 0, scale, a1 + alpha2)',
  ],
  ['slope-from-preactivation', {}, '(W2.T @ dz2) * a1 * (1 - a1) | (W2.T @ dz2) * z1 * (1 - z1)'],
  [
    'slope-from-preactivation',
    { activation: 'tanh' },
    '(W2.T @ dz2) * (1 - a1**2) | (W2.T @ dz2) * (1 - z1**2)',
  ],
  ['activation-of-error', {}, '(W2.T @ dz2) * a1 * (1 - a1) | sigmoid(W2.T @ dz2)'],
  ['activation-of-error', { activation: 'tanh' }, '(W2.T @ dz2) * (1 - a1**2) | np.tanh(W2.T @ dz2)'],
  [
    'activation-of-error',
    { activation: 'leaky-relu' },
    '(W2.T @ dz2) * np.where(z1 > 0, 1, alpha) | leaky_relu(W2.T @ dz2)',
  ],
])('what is wrong in %s with %j is written as NumPy has it: right | wrong', (id, changes, lines) => {
  const { right, wrong } = written(mistakes[id], { ...LESSON, layer: 1, ...changes });
  expect(`${right.code} | ${wrong.code}`.replaceAll('dz1 = ', '')).toBe(lines);
});

test.each<[MistakeId, Partial<Place>, string]>([
  ['data-zero', {}, 'dz1 @ X.T + reg * W1 | reg * W1'],
  ['data-zero', { regularized: false }, 'dz1 @ X.T | np.zeros_like(W1)'],
  ['data-zero', { penalty: 'half-over-n', layer: 2 }, 'dz2 @ a1.T + reg / N * W2 | reg / N * W2'],
  ['scaled-input', {}, 'dz1 @ X.T + reg * W1 | dz1 @ (2 * X).T + reg * W1'],
  ['scaled-input', { regularized: false }, 'dz1 @ X.T | dz1 @ (2 * X).T'],
])('so is what is wrong in dW of %s with %j', (id, changes, lines) => {
  const { right, wrong } = written(mistakes[id], { ...LESSON, layer: 1, ...changes });
  expect(`${right.code} | ${wrong.code}`.replaceAll(/dW\d = /g, '')).toBe(lines);
});

const ERROR = '(y_hat - Y) / N';
test.each<[MistakeId, Partial<Place>, string]>([
  ['missing-target', {}, `${ERROR} | y_hat / N`],
  [
    'missing-target',
    { output: 'tanh', loss: 'squared-error' },
    '2 * (y_hat - Y) * (1 - y_hat**2) / N | 2 * y_hat * (1 - y_hat**2) / N',
  ],
  [
    'missing-output-slope',
    { output: 'sigmoid', loss: 'squared-error' },
    '2 * (y_hat - Y) * y_hat * (1 - y_hat) / N | 2 * (y_hat - Y) / N',
  ],
  [
    'missing-output-slope',
    { output: 'softplus', loss: 'half-squared-error' },
    '(y_hat - Y) * sigmoid(z2) / N | (y_hat - Y) / N',
  ],
  [
    'missing-output-slope',
    { output: 'softmax', loss: 'squared-error' },
    'softmax_slope(z2, 2 * (y_hat - Y)) / N | 2 * (y_hat - Y) / N',
  ],
  ['softmax-diagonal', {}, `${ERROR} | -Y * (1 - y_hat) / N`],
  [
    'softmax-diagonal',
    { loss: 'squared-error' },
    'softmax_slope(z2, 2 * (y_hat - Y)) / N | 2 * (y_hat - Y) * y_hat * (1 - y_hat) / N',
  ],
  [
    'softmax-diagonal',
    { loss: 'half-squared-error', reduction: 'sum' },
    'softmax_slope(z2, (y_hat - Y)) | (y_hat - Y) * y_hat * (1 - y_hat)',
  ],
])('so is what is wrong in the error of the output of %s with %j', (id, changes, lines) => {
  const { right, wrong } = written(mistakes[id], { ...LESSON, layer: 2, ...changes });
  expect(`${right.code} | ${wrong.code}`.replaceAll('dz2 = ', '')).toBe(lines);
});

test('without a layer, code is that of the lowest that has what it speaks of', () => {
  expect(explain('missing-weights').right.code).toBe('da1 = W2.T @ dz2');
  expect(explain('preactivation-for-activation').wrong.code).toBe('dW2 = dz2 @ z1.T + reg * W2');
  expect(explain('data-zero').right.code).toBe('dW1 = dz1 @ X.T + reg * W1');
});

test('the steps of the backward pass are the lines of a program', () => {
  const steps = backwardSteps(forward(network(generic)));
  expect(steps.map(({ equation, code, value }) => [equation, code, value.shape.join('×')])).toEqual([
    ['δ² = (ŷ − t)/N', 'dz2 = (y_hat - Y) / N', '2×3'],
    ['dW2 = δ²a¹ᵀ + λW2', 'dW2 = dz2 @ a1.T + reg * W2', '2×2'],
    ['db2 = Σₙδ²', 'db2 = dz2.sum(axis=1)', '2'],
    ['da¹ = W2ᵀδ²', 'da1 = W2.T @ dz2', '2×3'],
    ['σ′(z¹)', 's1 = a1 * (1 - a1)', '2×3'],
    ['δ¹ = da¹ ◦ σ′(z¹)', 'dz1 = da1 * s1', '2×3'],
    ['dW1 = δ¹Xᵀ + λW1', 'dW1 = dz1 @ X.T + reg * W1', '2×2'],
    ['db1 = Σₙδ¹', 'db1 = dz1.sum(axis=1)', '2'],
  ]);
});

const deep = network({
  ...generic,
  W: [...generic.W, '0.3 -0.4; 0.5 0.6'],
  b: [...generic.b, [0.2, -0.1]],
});
const flat = network({ ...generic, W: [generic.W[0]!], b: [generic.b[0]!] });
const mixed: Network = {
  ...deep,
  layers: deep.layers.map((layer) => (layer.number === 2 ? { ...layer, activation: { elu: 0.5 } } : layer)),
};

test.each<[string, Network, number | null, Partial<Place>]>([
  ['any layer of units of one kind', deep, null, { layers: 3, activation: 'sigmoid' }],
  ['any layer of units of several kinds', mixed, null, { activation: 'φ' }],
  ['one of several kinds', mixed, 2, { activation: 'elu' }],
  ['the output', mixed, 3, { activation: undefined }],
  ['a single layer', flat, null, { layers: 1, activation: undefined }],
  ['the output of a softmax', deep, 3, { output: 'softmax' }],
  [
    'an output that takes a number',
    { ...deep, output: { 'leaky-relu': 0.2 }, loss: 'squared-error' },
    3,
    { output: 'leaky-relu' },
  ],
  ['a network with a penalty', deep, 1, { regularized: true }],
  ['a network without', { ...deep, reg: 0 }, 1, { regularized: false }],
])('what a line says of %s', (_, net, layer, place) => {
  expect(placeOf(forward(net), layer)).toMatchObject({ layer, ...place });
});
