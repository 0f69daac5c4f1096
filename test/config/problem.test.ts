import { describe, expect, test } from 'vitest';
import { type Overrides, parseConfig } from '../../src/config/config.ts';
import { matrixOf } from '../networks.ts';
import { TEXTBOOK, textbookWith } from './text.ts';

const textbook = parseConfig(TEXTBOOK).network;

test('the textbook example is read as it stands', () => {
  const { network, name, layout, labels, references } = parseConfig(TEXTBOOK);
  expect({ name, layout, labels, references }).toEqual({
    name: undefined,
    layout: { samples: 'columns', weights: 'out-in', biases: 'separate' },
    labels: [3, 4],
    references: [],
  });
  expect(network.X).toEqual(matrixOf('0 1; 2 3; 4 5'));
  expect(network.Y).toEqual(matrixOf('0 0; 0 0; 0 0; 1 0; 0 1'));
  const { reg, biased, output, loss, reduction, penalty } = network;
  expect({ reg, biased, output, loss, reduction, penalty }).toEqual({
    reg: 0.5,
    biased: true,
    output: 'softmax',
    loss: 'cross-entropy',
    reduction: 'mean',
    penalty: 'half',
  });
  expect(network.layers).toEqual([
    {
      number: 1,
      W: matrixOf('1 2 3; 1 2 3; 1 2 3; 1 2 3'),
      b: Float64Array.of(1, 1, 1, 1),
      activation: 'sigmoid',
    },
    {
      number: 2,
      W: matrixOf('2 2 2 2; 2 2 2 2; 2 2 2 2; 2 2 2 2; 2 2 2 2'),
      b: Float64Array.of(2, 2, 2, 2, 2),
      activation: undefined,
    },
  ]);
});

test('a value is read as its text is', () => {
  expect(parseConfig(JSON.parse(TEXTBOOK))).toEqual(parseConfig(TEXTBOOK));
});

const W1 = '[[1, 1, 1, 1], [2, 2, 2, 2], [3, 3, 3, 3]]';
const W2 = '[[2, 2, 2, 2, 2], [2, 2, 2, 2, 2], [2, 2, 2, 2, 2], [2, 2, 2, 2, 2]]';

test.each<[string, Record<string, string>]>([
  ['a bias of one column', { b1: '[[1], [1], [1], [1]]' }],
  ['a bias of one row', { b1: '[[1, 1, 1, 1]]' }],
  ['samples in rows', { samples: '"rows"', X: '[[0, 2, 4], [1, 3, 5]]' }],
  ['weights in × out', { weights: '"in-out"', W1, W2 }],
  ['both', { samples: '"rows"', X: '[[0, 2, 4], [1, 3, 5]]', weights: '"in-out"', W1, W2 }],
  ['labels as target probabilities', { y: '[[0, 0], [0, 0], [0, 0], [1, 0], [0, 1]]' }],
  [
    'target probabilities in rows',
    { samples: '"rows"', X: '[[0, 2, 4], [1, 3, 5]]', y: '[[0, 0, 0, 1, 0], [0, 0, 0, 0, 1]]' },
  ],
  [
    'constant arrays',
    {
      W2: '{"shape": [5, 4], "constant": 2}',
      b1: '{"shape": [4], "constant": 1}',
      b2: '{"shape": [1, 5], "constant": 2}',
    },
  ],
  ['the activation that is the default', { activation: '["sigmoid"]' }],
  [
    'a name, a description, a schema and a seed',
    { name: '"a"', description: '"b"', $schema: '"c"', seed: '7' },
  ],
])('%s: the same network', (_, entries) => {
  expect(parseConfig(textbookWith(entries)).network).toEqual(textbook);
});

test('λ is 0 where it is left out', () => {
  expect(parseConfig(textbookWith({ reg: '0' })).network).toEqual(
    parseConfig(TEXTBOOK.replace(',\n  "reg": 0.5', '')).network,
  );
});

test('one layer has no activation, and takes an empty list of them', () => {
  const config = { X: [[1]], y: [0], W1: [[1], [2]], b1: [0, 0], activation: [] };
  expect(parseConfig(config).network.layers.map(({ activation }) => activation)).toEqual([undefined]);
});

test('a list of activations is given to the hidden layers in order', () => {
  const one = { W: [[1]], b: [0] };
  const last = { W3: [[1], [2]], b3: [0, 0] };
  const config = { X: [[1]], y: [0], W1: one.W, b1: one.b, W2: one.W, b2: one.b, ...last };
  const { layers } = parseConfig({ ...config, activation: ['relu', 'tanh'] }).network;
  expect(layers.map(({ activation }) => activation)).toEqual(['relu', 'tanh', undefined]);
});

test.each([
  ['"a.json"', ['a.json']],
  ['["a.json", "b.npz"]', ['a.json', 'b.npz']],
  ['{"db1": [1]}', [{ db1: [1] }]],
  ['["a.json", {"db1": [1]}]', ['a.json', { db1: [1] }]],
])('the reference %s is the list %j', (reference, references) => {
  expect(parseConfig(textbookWith({ reference })).references).toEqual(references);
});

describe('target probabilities may miss 1', () => {
  const y = (last: string): string =>
    textbookWith({ y: `[[0.1, 0], [0.1, 0], [0, 0], [0.8, 0], [${last}, 1]]` });

  test('by 9e-7', () => expect(parseConfig(y('9e-7')).network.Y.data[8]).toBe(9e-7));
  test('but not by 2e-6', () => expect(() => parseConfig(y('2e-6'))).toThrow('sum to 1'));
});

test.each<[Overrides, Record<string, string>]>([
  [{ reg: 0.25 }, { reg: '0.25' }],
  [{ activation: 'tanh' }, { activation: '"tanh"' }],
  [{ activation: ['relu'] }, { activation: '["relu"]' }],
  [{ activation: { elu: 0.5 } }, { activation: '{"elu": 0.5}' }],
  [{ output: 'sigmoid' }, { output: '"sigmoid"' }],
  [
    { output: { 'leaky-relu': 0.2 }, loss: 'squared-error' },
    { output: '{"leaky-relu": 0.2}', loss: '"squared-error"' },
  ],
  [
    { output: 'identity', loss: 'hinge' },
    { output: '"identity"', loss: '"hinge"' },
  ],
  [{ reduction: 'sum' }, { reduction: '"sum"' }],
  [{ penalty: 'half-over-n' }, { penalty: '"half-over-n"' }],
])('the option %j comes before the config', (overrides, entries) => {
  expect(parseConfig(TEXTBOOK, { overrides })).toEqual(parseConfig(textbookWith(entries)));
});

test('options say how samples and weights lie', () => {
  const entries = { X: '[[0, 2, 4], [1, 3, 5]]', W1, W2 };
  const { network, layout } = parseConfig(textbookWith(entries), {
    overrides: { samples: 'rows', weights: 'in-out' },
  });
  expect(network).toEqual(textbook);
  expect(layout).toEqual({ samples: 'rows', weights: 'in-out', biases: 'separate' });
});
