import { describe, expect, test } from 'vitest';
import { isGradientName, layersByName } from '../../src/files/names.ts';

/** `fc1.weight=W1 fc1.bias=b1`, of those that are understood. */
const read = (names: string, layers?: number): string =>
  layersByName(names.split(' '), layers)
    .map(({ from, kind, layer }) => `${from}=${kind}${layer}`)
    .join(' ');

describe('a weight or a bias is known by number and kind', () => {
  test.each([
    ['as the equations call it', 'W1=W1 b1=b1 W2=W2 b2=b2'],
    ['in small letters', 'w1=W1 w2=W2'],
    ['from 0, where there is a 0', 'W0=W1 b0=b1 W1=W2 b1=b2'],
    ['as the gradient of one', 'dW1=W1 db1=b1 grad_W2=W2 W3_grad=W3 dw_4=W4 gW5=W5'],
    ['over the loss', 'dJ_dW1=W1 dL/db1=b1 dEdW2=W2'],
    ['in Greek', '∇W1=W1 ∂b1=b1 Θ2=W2'],
    ['as in Ng’s course', 'Theta1_grad=W1 Theta2_grad=W2'],
    ['as in Nielsen’s book, in lists', 'nabla_w.0=W1 nabla_w.1=W2 nabla_b.0=b1 nabla_b.1=b2'],
    ['as in scikit-learn', 'coefs_.0=W1 coefs_.1=W2 intercepts_.0=b1 intercepts_.1=b2'],
    ['as in PyTorch', 'fc1.weight=W1 fc1.bias=b1 fc2.weight=W2 fc2.bias=b2'],
    ['as in PyTorch, with what it is', 'fc1.weight.grad=W1 fc2.weight.grad=W2'],
    ['as in nn.Sequential, which counts activations too', '0.weight=W1 0.bias=b1 2.weight=W2 4.weight=W3'],
    ['in a list of modules', 'layers.2.weight=W2 layers.0.weight=W1'],
    ['as in Keras', 'dense/kernel=W1 dense/bias=b1 dense_1/kernel:0=W2 dense_10/kernel:0=W3'],
    ['as in Flax', 'params.Dense_0.kernel=W1 params.Dense_0.bias=b1 params.Dense_1.kernel=W2'],
    ['in objects of layers', 'layers.0.W=W1 layers.0.b=b1 layers.1.W=W2 layers.1.b=b2'],
    ['by what its layer is', 'hidden.weight=W1 output.weight=W2 hidden.bias=b1 output.bias=b2'],
    ['between the first and the last', 'input.weight=W1 hidden1.weight=W2 hidden2.weight=W3 out.weight=W4'],
    ['by what it joins', 'wih=W1 who=W2'],
    ['of one layer', 'weight=W1 bias=b1'],
  ])('%s', (_, expected) => {
    const names = expected.replaceAll(/=\S+/g, '');
    expect(read(names)).toBe(expected);
    const layers = new Set(expected.match(/\d+(?= |$)/g)).size;
    expect(read(names, layers)).toBe(expected);
  });

  test('beside the moments of an optimizer, which are left alone', () => {
    expect(read('W1 b1 m_W1 v_W1 m_b1 v_b1', 1)).toBe('W1=W1 b1=b1');
  });

  test('of those layers that are there, where the number is the layer’s', () => {
    expect(read('W2 b2', 2)).toBe('W2=W2 b2=b2');
    expect(read('W1 W2 W3', 2)).toBe('W1=W1 W2=W2');
  });
});

describe('nothing is guessed', () => {
  test.each([
    ['of names that say nothing', 'arr_0 arr_1 x', 2],
    ['of numbers that only say an order, where a layer is missing', 'layers.1.weight layers.1.bias', 2],
    ['from 0 to L, where one is too many', 'W0 W1 W2', 2],
    ['of two names for one array', 'W1 w1', 1],
    ['of two stacks of layers', 'encoder.0.weight decoder.0.weight', 2],
    ['of a letter among others', '*d*_e_`f`<b>[g](h)#a', 1],
    ['of a word among others', 'loss_weight_schedule', 1],
    ['of a recurrent layer', 'rnn.weight_ih_l0 rnn.weight_hh_l0', 1],
  ])('%s', (_, names, layers) => {
    expect(read(names, layers)).toBe('');
  });
});

test.each([
  'dW1',
  'dw1',
  'grad_b1',
  'fc1.weight.grad',
  'Theta1_grad',
  'dJ/dW1',
  '∂b2',
  'nabla_w.0',
  'dkernel',
])('%s is called a derivative', (name) => {
  expect(isGradientName(name)).toBe(true);
});

test.each(['W1', 'fc1.weight', 'dense/kernel', 'Theta1', 'b1', 'discount.weight', 'bias'])(
  '%s is called no derivative',
  (name) => {
    expect(isGradientName(name)).toBe(false);
  },
);
