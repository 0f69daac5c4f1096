import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { backprop, init } from '../../src/index.ts';
import { judged, type Rows, transposed } from './theirs.ts';

// References as people write them, by the habits of the library or the course that they come from.

interface Layer {
  readonly W: Rows;
  readonly b: number[];
  /** of the config itself */
  readonly theta: { readonly W: Rows; readonly b: number[] };
}

/** The right gradients of a random network, layer by layer. */
function networkOf(...sizes: number[]): { net: Record<string, unknown>; layers: Layer[]; loss: number } {
  const { config: net } = init({ sizes, N: 7, seed: 2, reg: 0.1 });
  const { gradients, loss } = backprop(parseConfig(net));
  const of = (name: string): unknown => {
    const { shape, data } = gradients.find((tensor) => tensor.name === name)!;
    const [rows = 0, cols] = shape;
    if (cols === undefined) return [...data];
    return Array.from({ length: rows }, (_, i) => [...data.slice(i * cols, (i + 1) * cols)]);
  };
  const layers = sizes.slice(1).map((_, l) => ({
    W: of(`dW${l + 1}`) as Rows,
    b: of(`db${l + 1}`) as number[],
    theta: { W: net[`W${l + 1}`] as Rows, b: net[`b${l + 1}`] as number[] },
  }));
  return { net, layers, loss: loss.total };
}

const NETWORKS: Record<string, ReturnType<typeof networkOf>> = {
  '3-4-5': networkOf(3, 4, 5),
  'whose transposes fit one another, 4-5-4': networkOf(4, 5, 4),
  'of five layers': networkOf(3, 6, 5, 4, 3, 2),
  'of one layer': networkOf(3, 2),
  'of one size': networkOf(4, 4, 4),
};

type Style = (layers: readonly Layer[], loss: number) => object;

/** An object with the weights and biases of each layer under the names of theirs. */
const named =
  (W: (l: number) => string, b: (l: number) => string, turn: (W: Rows) => Rows = (W) => W): Style =>
  (layers) =>
    Object.fromEntries(
      layers.flatMap((layer, l) => [
        [W(l), turn(layer.W)],
        [b(l), layer.b],
      ]),
    );
const theta = ({ W, b }: Layer): Rows => W.map((row, i) => [b[i] as number, ...row]);
const column = (b: readonly number[]): Rows => b.map((value) => [value]);
const stepped = (rate: number, layers: readonly Layer[]): Layer[] =>
  layers.map(({ W, b, theta: own }) => ({
    W: own.W.map((row, i) => row.map((w, j) => w - rate * (W[i]?.[j] ?? 0))),
    b: own.b.map((value, i) => value - rate * (b[i] ?? 0)),
    theta: own,
  }));
const rounded = (layers: readonly Layer[], round: (value: number) => number): Layer[] =>
  layers.map((layer) => ({
    ...layer,
    W: layer.W.map((row) => row.map(round)),
    b: layer.b.map(round),
  }));

const plain = named(
  (l) => `dW${l + 1}`,
  (l) => `db${l + 1}`,
);
const parameters = named(
  (l) => `W${l + 1}`,
  (l) => `b${l + 1}`,
);

/** Understood of every network. */
const STYLES: Record<string, Style> = {
  dW_1: named(
    (l) => `dW_${l + 1}`,
    (l) => `db_${l + 1}`,
  ),
  dw1: named(
    (l) => `dw${l + 1}`,
    (l) => `db${l + 1}`,
  ),
  DW1: named(
    (l) => `DW${l + 1}`,
    (l) => `DB${l + 1}`,
  ),
  'dW0, counted from 0': named(
    (l) => `dW${l}`,
    (l) => `db${l}`,
  ),
  grad_W1: named(
    (l) => `grad_W${l + 1}`,
    (l) => `grad_b${l + 1}`,
  ),
  gradW1: named(
    (l) => `gradW${l + 1}`,
    (l) => `gradB${l + 1}`,
  ),
  W1_grad: named(
    (l) => `W${l + 1}_grad`,
    (l) => `b${l + 1}_grad`,
  ),
  W_grad_1: named(
    (l) => `W_grad_${l + 1}`,
    (l) => `b_grad_${l + 1}`,
  ),
  gW1: named(
    (l) => `gW${l + 1}`,
    (l) => `gb${l + 1}`,
  ),
  delta_w1: named(
    (l) => `delta_w${l + 1}`,
    (l) => `delta_b${l + 1}`,
  ),
  'dL/dW1': named(
    (l) => `dL/dW${l + 1}`,
    (l) => `dL/db${l + 1}`,
  ),
  dJ_dW1: named(
    (l) => `dJ_dW${l + 1}`,
    (l) => `dJ_db${l + 1}`,
  ),
  '∂J/∂W1': named(
    (l) => `∂J/∂W${l + 1}`,
    (l) => `∂J/∂b${l + 1}`,
  ),
  'dW[1]': named(
    (l) => `dW[${l + 1}]`,
    (l) => `db[${l + 1}]`,
  ),
  weights1_grad: named(
    (l) => `weights${l + 1}_grad`,
    (l) => `biases${l + 1}_grad`,
  ),
  l1_w: named(
    (l) => `l${l + 1}_w`,
    (l) => `l${l + 1}_b`,
  ),
  w_l1: named(
    (l) => `w_l${l + 1}`,
    (l) => `b_l${l + 1}`,
  ),
  'W1 among grads, with the loss': (layers, loss) => ({ grads: parameters(layers, loss), loss: [[loss]] }),
  'dparams.W1': (layers, loss) => ({ dparams: parameters(layers, loss) }),
  'layer1: {dW, db}': (layers) =>
    Object.fromEntries(layers.map(({ W, b }, l) => [`layer${l + 1}`, { dW: W, db: b }])),
  'dW: {1, 2}': (layers) => ({
    dW: Object.fromEntries(layers.map(({ W }, l) => [l + 1, W])),
    db: Object.fromEntries(layers.map(({ b }, l) => [l + 1, b])),
  }),
  'nabla_w and nabla_b as columns': (layers) => ({
    nabla_w: layers.map(({ W }) => W),
    nabla_b: layers.map(({ b }) => column(b)),
  }),
  'PyTorch’s fc1.weight': named(
    (l) => `fc${l + 1}.weight`,
    (l) => `fc${l + 1}.bias`,
  ),
  'a Sequential with activations': named(
    (l) => `${2 * l}.weight`,
    (l) => `${2 * l}.bias`,
  ),
  'one with dropout': named(
    (l) => `net.${3 * l}.weight.grad`,
    (l) => `net.${3 * l}.bias.grad`,
  ),
  'a ModuleList': named(
    (l) => `layers.${l}.weight`,
    (l) => `layers.${l}.bias`,
  ),
  'one in a model in parallel': named(
    (l) => `module.layers.${l}.linear.weight`,
    (l) => `module.layers.${l}.linear.bias`,
  ),
  'hidden and output': named(
    (l) => (l === 0 ? 'first.weight' : `hidden${l}.weight`),
    (l) => (l === 0 ? 'first.bias' : `hidden${l}.bias`),
  ),
  Theta1_grad: (layers) => Object.fromEntries(layers.map((layer, l) => [`Theta${l + 1}_grad`, theta(layer)])),
  '∇Θ1, said to have its biases first': (layers) => ({
    biases: 'first',
    ...Object.fromEntries(layers.map((layer, l) => [`∇Θ${l + 1}`, theta(layer)])),
  }),
  'biases as rows': (layers) =>
    Object.fromEntries(
      layers.flatMap(({ W, b }, l) => [
        [`dW${l + 1}`, W],
        [`db${l + 1}`, [b]],
      ]),
    ),
  'a batch of one': (layers) =>
    Object.fromEntries(
      layers.flatMap(({ W, b }, l) => [
        [`dW${l + 1}`, [W]],
        [`db${l + 1}`, [b]],
      ]),
    ),
  'flat lists': (layers) =>
    Object.fromEntries(
      layers.flatMap(({ W, b }, l) => [
        [`dW${l + 1}`, W.flat()],
        [`db${l + 1}`, b],
      ]),
    ),
  'Octave’s, where a row is flat and one number alone': (layers) =>
    Object.fromEntries(
      layers.flatMap(({ W, b }, l) => [
        [`dW${l + 1}`, W.length === 1 ? W[0] : W],
        [`db${l + 1}`, b.length === 1 ? b[0] : column(b)],
      ]),
    ),
  'its parameters beside': (layers, loss) => ({
    ...plain(layers, loss),
    ...Object.fromEntries(
      layers.flatMap(({ theta: { W, b } }, l) => [
        [`W${l + 1}`, W],
        [`b${l + 1}`, b],
      ]),
    ),
  }),
  'a step of 0.1': (layers, loss) => ({ learningRate: 0.1, ...parameters(stepped(0.1, layers), loss) }),
  'a step of lr 0.001 of fc1.weight': (layers, loss) => ({
    lr: 0.001,
    ...named(
      (l) => `fc${l + 1}.weight`,
      (l) => `fc${l + 1}.bias`,
    )(stepped(0.001, layers), loss),
  }),
  'a step of Theta1': (layers) => ({
    learning_rate: 0.25,
    ...Object.fromEntries(stepped(0.25, layers).map((layer, l) => [`Theta${l + 1}`, theta(layer)])),
  }),
  float32: (layers, loss) => plain(rounded(layers, Math.fround), loss),
  '%.9g of float32': (layers, loss) =>
    plain(
      rounded(layers, (value) => Number(Math.fround(value).toPrecision(9))),
      loss,
    ),
  '%.6f': (layers, loss) =>
    plain(
      rounded(layers, (value) => Number(value.toFixed(6))),
      loss,
    ),
  '%g': (layers, loss) =>
    plain(
      rounded(layers, (value) => Number(value.toPrecision(6))),
      loss,
    ),
};

/** Those that say nothing of how they lie or which is which: of layers of one size that cannot be known. */
const BY_SHAPE: Record<string, Style> = {
  'Keras’ dense/kernel:0': named(
    (l) => (l === 0 ? 'dense/kernel:0' : `dense_${l}/kernel:0`),
    (l) => (l === 0 ? 'dense/bias:0' : `dense_${l}/bias:0`),
    transposed,
  ),
  'Keras’ get_weights': (layers) => ({ grads: layers.flatMap(({ W, b }) => [transposed(W), b]) }),
  'Flax’ params': (layers) => ({
    params: Object.fromEntries(
      layers.map(({ W, b }, l) => [`Dense_${l}`, { kernel: transposed(W), bias: b }]),
    ),
  }),
  'Haiku’s mlp/~/linear_0': (layers) =>
    Object.fromEntries(layers.map(({ W, b }, l) => [`mlp/~/linear_${l}`, { w: transposed(W), b }])),
  'JAX’ list of pairs': (layers) => ({ grads: layers.map(({ W, b }) => [transposed(W), b]) }),
  'JAX’ list of dictionaries': (layers) => ({ grads: layers.map(({ W, b }) => ({ w: transposed(W), b })) }),
  'scikit-learn’s coefs': (layers) => ({
    coef_grads: layers.map(({ W }) => transposed(W)),
    intercept_grads: layers.map(({ b }) => b),
  }),
  'CS231n’s grads': (layers) => ({
    grads: named(
      (l) => `W${l + 1}`,
      (l) => `b${l + 1}`,
      transposed,
    )(layers, 0),
  }),
  'np.savez without names': (layers) =>
    Object.fromEntries(layers.flatMap(({ W, b }) => [W, b]).map((array, i) => [`arr_${i}`, array])),
  'all weights, then all biases': (layers) => ({
    grads: [...layers.map(({ W }) => W), ...layers.map(({ b }) => b)],
  }),
  'a list from the output down': (layers) => ({ grads: layers.toReversed().flatMap(({ W, b }) => [W, b]) }),
};

describe.each(Object.entries(NETWORKS))('of a network %s', (_, { net, layers, loss }) => {
  test.each(Object.entries(STYLES))('%s is understood', (__, style) => {
    const { passed, tensors, hints } = judged(style(layers, loss), { net });
    expect({ passed, problems: tensors.filter(({ problem }) => problem !== null), hints }).toMatchObject({
      passed: true,
      problems: [],
    });
  });
});

describe.each(Object.entries(NETWORKS).filter(([name]) => name !== 'of one size'))(
  'by the shapes of a network %s',
  (_, { net, layers, loss }) => {
    test.each(Object.entries(BY_SHAPE))('%s is understood', (__, style) => {
      expect(judged(style(layers, loss), { net })).toMatchObject({ passed: true });
    });
  },
);

test('of layers of one size no order is guessed', () => {
  const { net, layers, loss } = NETWORKS['of one size']!;
  for (const name of [
    'np.savez without names',
    'all weights, then all biases',
    'a list from the output down',
  ])
    expect(judged(BY_SHAPE[name]!(layers, loss), { net })).toMatchObject({
      passed: false,
      read: [],
      hints: [expect.stringContaining('which of its arrays are which is not certain')],
    });
});
