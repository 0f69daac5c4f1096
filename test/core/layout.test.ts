import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  CANONICAL,
  isCanonical,
  type Layout,
  layOut,
  nameIn,
  orientSamples,
  takeUp,
} from '../../src/core/layout.ts';
import { parameters, type Tensor } from '../../src/core/network.ts';
import { matrixOf, network, networkOf, recipes, SEED } from '../networks.ts';

const lying = (changes: Partial<Layout>): Layout => ({ ...CANONICAL, ...changes });
const tensor = (name: string, text: string): Tensor => {
  const { rows, cols, data } = matrixOf(text);
  return { name, shape: [rows, cols], data };
};

const net = network({ X: '1; 2', y: [0], W: ['1 2; 3 4; 5 6', '7 8 9'], b: [[10, 20, 30], [40]] });
const own = parameters(net);
const [W1, b1, W2, b2] = own as [Tensor, Tensor, Tensor, Tensor];

test.each<[string, Partial<Layout>, readonly Tensor[]]>([
  ['as the mathematics has them', {}, own],
  ['whatever the samples do', { samples: 'rows' }, own],
  [
    'in × out: transposed',
    { weights: 'in-out' },
    [tensor('W1', '1 3 5; 2 4 6'), b1, tensor('W2', '7; 8; 9'), b2],
  ],
  [
    'with the biases first',
    { biases: 'first' },
    [tensor('W1', '10 1 2; 20 3 4; 30 5 6'), tensor('W2', '40 7 8 9')],
  ],
  [
    'with the biases last',
    { biases: 'last' },
    [tensor('W1', '1 2 10; 3 4 20; 5 6 30'), tensor('W2', '7 8 9 40')],
  ],
  [
    'in × out with the biases first',
    { weights: 'in-out', biases: 'first' },
    [tensor('W1', '10 20 30; 1 3 5; 2 4 6'), tensor('W2', '40; 7; 8; 9')],
  ],
  [
    'in × out with the biases last',
    { weights: 'in-out', biases: 'last' },
    [tensor('W1', '1 3 5; 2 4 6; 10 20 30'), tensor('W2', '7; 8; 9; 40')],
  ],
])('parameters lie %s', (_, changes, expected) => {
  expect(layOut(own, lying(changes))).toEqual(expected);
});

test('gradients lie as parameters do, dW2 with its column of db2', () => {
  const gradients = own.map((one) => ({ ...one, name: `d${one.name}` }));
  expect(layOut(gradients, lying({ biases: 'first' })).map(({ name, shape }) => [name, shape])).toEqual([
    ['dW1', [3, 3]],
    ['dW2', [1, 4]],
  ]);
});

test('without biases there are only weights', () => {
  const none = lying({ biases: 'none' });
  expect(layOut(parameters({ ...net, biased: false }), none)).toEqual([W1, W2]);
});

const layouts: fc.Arbitrary<Layout> = fc.record({
  samples: fc.constantFrom('columns', 'rows'),
  weights: fc.constantFrom('out-in', 'in-out'),
  biases: fc.constantFrom('separate', 'none', 'first', 'last'),
});

test('what is laid out is taken up again as it was', () => {
  const property = fc.property(recipes, layouts, (recipe, layout) => {
    const tensors = parameters(networkOf({ ...recipe, biased: layout.biases !== 'none' }));
    expect(takeUp(layOut(tensors, layout), layout)).toEqual(tensors);
    const gradients = tensors.map((one) => ({ ...one, name: `d${one.name}` }));
    expect(takeUp(layOut(gradients, layout), layout)).toEqual(gradients);
  });
  fc.assert(property, { seed: SEED });
});

test('what has not the shape of a folded matrix is taken up as it is', () => {
  const first = lying({ biases: 'first' });
  const flat = { name: 'dW1', shape: [6], data: W1.data };
  const column = { ...tensor('dW1', '1; 2') };
  const cube = { name: 'dW1', shape: [3, 2, 1], data: W1.data };
  expect(takeUp([flat, column, cube, b1], first)).toEqual([flat, column, cube, b1]);
});

test.each<[Layout['biases'], string[]]>([
  ['separate', ['dW2', 'db2', 'db10']],
  ['none', ['dW2', 'db2', 'db10']],
  ['first', ['dW2', 'dW2', 'dW10']],
  ['last', ['dW2', 'dW2', 'dW10']],
])('with biases %s, dW2, db2 and db10 are called %j', (biases, names) => {
  expect(['dW2', 'db2', 'db10'].map((name) => nameIn(lying({ biases }), name))).toEqual(names);
});

test.each<[Partial<Layout>, boolean]>([
  [{}, true],
  [{ biases: 'none' }, true],
  [{ samples: 'rows' }, false],
  [{ weights: 'in-out' }, false],
  [{ samples: 'rows', weights: 'in-out' }, false],
  [{ biases: 'first' }, false],
  [{ biases: 'last' }, false],
  [{ samples: 'rows', biases: 'none' }, false],
])('arrays that lie %j lie as in the mathematics: %j', (changes, expected) => {
  expect(isCanonical(lying(changes))).toBe(expected);
});

test('a folded matrix of one input has two columns, and is taken up', () => {
  const theta = tensor('dW1', '10 1; 20 2');
  const own = [tensor('dW1', '1; 2'), { name: 'db1', shape: [2], data: Float64Array.of(10, 20) }];
  expect(takeUp([theta], lying({ biases: 'first' }))).toEqual(own);
  expect(takeUp([tensor('dW1', '1 10; 2 20')], lying({ biases: 'last' }))).toEqual(own);
  expect(takeUp([tensor('dW1', '10 20; 1 2')], lying({ biases: 'first', weights: 'in-out' }))).toEqual(own);
  expect(takeUp([tensor('dW1', '1 2')], lying({ weights: 'in-out' }))).toEqual([tensor('dW1', '1; 2')]);
});

test('samples that lie in rows are transposed', () => {
  const logits = matrixOf('1 2 3; 4 5 6');
  expect(orientSamples('logits', logits, CANONICAL)).toEqual({
    name: 'logits',
    shape: [2, 3],
    data: logits.data,
  });
  expect(
    orientSamples('logits', logits, lying({ samples: 'rows', weights: 'in-out', biases: 'first' })),
  ).toEqual({
    name: 'logits',
    shape: [3, 2],
    data: Float64Array.of(1, 4, 2, 5, 3, 6),
  });
});
