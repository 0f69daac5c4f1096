import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { backprop, compare, loss as lossOf, parseReference } from '../../src/index.ts';
import { readFixture } from '../exact.ts';
import { config, judged, nestedOf, problems, type Rows, readings, right } from './theirs.ts';

const { dW1, db1, dW2, db2 } = right;
const all = [dW1, db1, dW2, db2];
/** Gradients by names for dW1, db1, dW2, db2. */
const called = (...names: string[]): object => Object.fromEntries(names.map((name, i) => [name, all[i]]));

describe('gradients are understood that are called', () => {
  test.each<[string, object, string]>([
    ['W1', called('W1', 'b1', 'W2', 'b2'), 'dW1 ← W1, db1 ← b1, dW2 ← W2, db2 ← b2'],
    ['w1', called('w1', 'b1', 'w2', 'b2'), 'dW1 ← w1, db1 ← b1, dW2 ← w2, db2 ← b2'],
    [
      'W1 among the gradients',
      { grads: called('W1', 'b1', 'W2', 'b2') },
      'dW1 ← W1, db1 ← b1, dW2 ← W2, db2 ← b2',
    ],
    [
      'grad_W1',
      called('grad_W1', 'grad_b1', 'grad_W2', 'grad_b2'),
      'dW1 ← grad_W1, db1 ← grad_b1, dW2 ← grad_W2, db2 ← grad_b2',
    ],
    ['dW_1', called('dW_1', 'db_1', 'dW_2', 'db_2'), 'dW1 ← dW_1, db1 ← db_1, dW2 ← dW_2, db2 ← db_2'],
    [
      'W1_grad',
      called('W1_grad', 'b1_grad', 'W2_grad', 'b2_grad'),
      'dW1 ← W1_grad, db1 ← b1_grad, dW2 ← W2_grad, db2 ← b2_grad',
    ],
    [
      'fc1.weight',
      called('fc1.weight', 'fc1.bias', 'fc2.weight', 'fc2.bias'),
      'dW1 ← fc1.weight, db1 ← fc1.bias, dW2 ← fc2.weight, db2 ← fc2.bias',
    ],
    [
      '0.weight and 2.weight',
      called('0.weight', '0.bias', '2.weight', '2.bias'),
      'dW1 ← 0.weight, db1 ← 0.bias, dW2 ← 2.weight, db2 ← 2.bias',
    ],
    [
      'dense/kernel',
      called('dense/kernel', 'dense/bias', 'dense_1/kernel', 'dense_1/bias'),
      'dW1 ← dense/kernel, db1 ← dense/bias, dW2 ← dense_1/kernel, db2 ← dense_1/bias',
    ],
    [
      'W and b in a list of layers',
      {
        layers: [
          { W: dW1, b: db1 },
          { W: dW2, b: db2 },
        ],
      },
      'dW1 ← layers.0.W, db1 ← layers.0.b, dW2 ← layers.1.W, db2 ← layers.1.b',
    ],
    [
      'weight and bias in objects of layers, some of which have none',
      { gradients: [{ weight: dW1, bias: db1 }, null, { weight: dW2, bias: db2 }].filter(Boolean) },
      'dW1 ← gradients.0.weight, db1 ← gradients.0.bias, dW2 ← gradients.1.weight, db2 ← gradients.1.bias',
    ],
    [
      'kernel and bias in objects of objects',
      { params: { Dense_0: { kernel: dW1, bias: db1 }, Dense_1: { kernel: dW2, bias: db2 } } },
      'dW1 ← params.Dense_0.kernel, db1 ← params.Dense_0.bias, dW2 ← params.Dense_1.kernel, db2 ← params.Dense_1.bias',
    ],
    [
      'nabla_w, a list of all layers',
      { nabla_w: [dW1, dW2], nabla_b: [db1, db2] },
      'dW1 ← nabla_w.0, db1 ← nabla_b.0, dW2 ← nabla_w.1, db2 ← nabla_b.1',
    ],
    [
      'dW0, where layers are counted from 0',
      called('dW0', 'db0', 'dW1', 'db1'),
      'dW1 ← dW0, db1 ← db0, dW2 ← dW1, db2 ← db1',
    ],
  ])('%s', (_, reference, expected) => {
    const verdict = judged(reference);
    expect(problems(verdict)).toEqual([]);
    expect(verdict.passed).toBe(true);
    expect(readings(verdict)).toBe(expected);
    expect(new Set(verdict.read.map(({ why }) => why))).toEqual(new Set(['by number and kind']));
  });

  test('nabla_w, one array of all layers, where these are of one size', () => {
    const net = {
      X: [
        [1, -1],
        [0.5, 2],
      ],
      y: [0, 1],
      W1: [
        [0.1, 0.2],
        [0.3, -0.4],
      ],
      b1: [0.1, 0.2],
      W2: [
        [-1, 0.5],
        [2, 1],
      ],
      b2: [0.3, -0.1],
    };
    const { dW1: w1, db1: c1, dW2: w2, db2: c2 } = nestedOf(backprop(parseConfig(net)).gradients);
    const columns = [c1, c2].map((b) => b.map((value) => [value]));
    for (const nabla_b of [[c1, c2], columns]) {
      const verdict = judged({ nabla_w: [w1, w2], nabla_b }, { net });
      expect(verdict.passed).toBe(true);
      expect(readings(verdict)).toBe('dW1 ← nabla_w.0, db1 ← nabla_b.0, dW2 ← nabla_w.1, db2 ← nabla_b.1');
    }
    // Though each would fit the other, too.
    const zero = judged({ dW0: w1, db0: c1, dW1: w2, db1: c2 }, { net });
    expect(zero.passed).toBe(true);
    expect(readings(zero)).toBe('dW1 ← dW0, db1 ← db0, dW2 ← dW1, db2 ← db1');
  });

  test('as fcnet calls them, which nothing needs to be said of', () => {
    expect(judged(right)).toMatchObject({ passed: true, read: [] });
  });
});

describe('gradients without names are read by their order', () => {
  test.each<[string, object, string]>([
    [
      'layer by layer',
      { gradients: all },
      'dW1 ← gradients.0, db1 ← gradients.1, dW2 ← gradients.2, db2 ← gradients.3',
    ],
    [
      'as np.savez numbers them',
      called('arr_0', 'arr_1', 'arr_2', 'arr_3'),
      'dW1 ← arr_0, db1 ← arr_1, dW2 ← arr_2, db2 ← arr_3',
    ],
    [
      'from the output down',
      { gradients: [dW2, db2, dW1, db1] },
      'dW1 ← gradients.2, db1 ← gradients.3, dW2 ← gradients.0, db2 ← gradients.1',
    ],
    [
      'in an order that nobody else has',
      { p: db1, q: dW1, r: db2, s: dW2 },
      'dW1 ← q, db1 ← p, dW2 ← s, db2 ← r',
    ],
    [
      'in that of their numbers, however they lie',
      { x_10: db2, x_9: dW2, x_2: db1, x_1: dW1 },
      'dW1 ← x_1, db1 ← x_2, dW2 ← x_9, db2 ← x_10',
    ],
    [
      'a list of weights and biases for each layer',
      {
        grads: [
          [dW1, db1],
          [dW2, db2],
        ],
      },
      'dW1 ← grads.0.0, db1 ← grads.0.1, dW2 ← grads.1.0, db2 ← grads.1.1',
    ],
  ])('%s', (_, reference, expected) => {
    const verdict = judged(reference);
    expect(verdict.passed).toBe(true);
    expect(readings(verdict)).toBe(expected);
    expect(verdict.read[0]?.why).toBe('by order, since their shapes fit no other');
  });
});

test('a matrix of one row is the weights of one unit, not a bias that lies as a row', () => {
  const { W2, b2, ...rest } = config;
  const net = {
    ...rest,
    W2: W2.slice(0, 1),
    b2: b2.slice(0, 1),
    y: [0, 1, 1, 0, 1, 0, 0],
    output: 'sigmoid',
  };
  const one = nestedOf(backprop(parseConfig(net)).gradients);
  const verdict = judged({ gradients: [one.dW1, one.db1, one.dW2, one.db2] }, { net });
  expect(verdict.passed).toBe(true);
  expect(readings(verdict)).toBe(
    'dW1 ← gradients.0, db1 ← gradients.1, dW2 ← gradients.2, db2 ← gradients.3',
  );
});

test('all gradients in one list are no gradient, and the hint says what to do', () => {
  const verdict = judged({ grad: all.flat(2) });
  expect(verdict).toMatchObject({ passed: false, read: [] });
  expect(verdict.hints).toEqual([
    'grad has as many numbers as all gradients together: give them apart, as dW1, db1, dW2, db2',
  ]);
});

test('a list that is ragged otherwise is an error at its place', () => {
  expect(() => judged({ dW1: [[1, 2], [3]] })).toThrow('dW1[1]: expected an array of 2, like its siblings');
  expect(() => judged({ grads: [[[1], ['x']], [2]] })).toThrow(
    'grads[0][1][0]: expected a number, found "x"',
  );
});

describe('what is not certain stays a mismatch, with the options to paste', () => {
  const square = {
    X: [
      [1, -1],
      [0.5, 2],
    ],
    y: [0, 1],
    W1: [
      [1, 2],
      [3, -4],
    ],
    b1: [0.1, 0.2],
    W2: [
      [-1, 0.5],
      [2, 1],
    ],
    b2: [0.3, -0.1],
  };

  test.each<[string, object, string]>([
    [
      'gradients of which two may be exchanged',
      {
        arr_0: [
          [1, 2],
          [3, 4],
        ],
        arr_1: [1, 2],
        arr_2: [
          [5, 6],
          [7, 8],
        ],
        arr_3: [3, 4],
      },
      '--rename arr_0=dW1 --rename arr_1=db1 --rename arr_2=dW2 --rename arr_3=db2',
    ],
    [
      'layers of two stacks',
      {
        'encoder.weight': [
          [1, 2],
          [3, 4],
        ],
        'encoder.bias': [1, 2],
        'decoder.weight': [
          [5, 6],
          [7, 8],
        ],
        'decoder.bias': [3, 4],
      },
      '--rename encoder.weight=dW1 --rename encoder.bias=db1 --rename decoder.weight=dW2 --rename decoder.bias=db2',
    ],
    [
      'names that a shell would take for something else',
      {
        'p q': [
          [1, 2],
          [3, 4],
        ],
        "it's": [1, 2],
        c: [
          [5, 6],
          [7, 8],
        ],
        d: [3, 4],
      },
      "--rename 'p q=dW1' --rename 'it'\\''s=db1' --rename c=dW2 --rename d=db2",
    ],
  ])('%s', (_, reference, options) => {
    const verdict = judged(reference, { net: square });
    expect(verdict).toMatchObject({ passed: false, read: [] });
    expect(problems(verdict).filter((text) => text.includes('missing'))).toHaveLength(4);
    expect(verdict.hints).toEqual([`which of its arrays are which is not certain; say it: ${options}`]);
  });

  test('an array of the right shape beside gradients that have names', () => {
    const verdict = judged({ dW1, db1, dW2, delta2: db2 });
    expect(problems(verdict)).toEqual([
      'db2: missing: the reference has no such tensor',
      'delta2: unknown: the network has no such gradient, only dW1, db1, dW2, db2',
    ]);
    expect(verdict.hints).toEqual([expect.stringContaining('--rename delta2=db2')]);
  });
});

describe('--rename', () => {
  test('comes before what a name says', () => {
    const rename = { W2: 'dW1', b2: 'db1', W1: 'dW2', b1: 'db2' };
    expect(judged(called('W2', 'b2', 'W1', 'b1'), { rename })).toMatchObject({ passed: true, read: [] });
  });

  test('of some leaves the others to their names', () => {
    const rename = { first: 'dW1' };
    const verdict = judged(called('first', 'fc1.bias', 'fc2.weight', 'fc2.bias'), { rename });
    expect(verdict.passed).toBe(true);
    expect(readings(verdict)).toBe('db1 ← fc1.bias, dW2 ← fc2.weight, db2 ← fc2.bias');
  });
});

describe('what is no gradient', () => {
  test('is said to be the parameters, where it is these', () => {
    const { W1, b1, W2, b2 } = config;
    const verdict = judged({ W1, b1, W2, b2 });
    expect(verdict).toMatchObject({ passed: false, diagnosis: [] });
    expect(verdict.hints).toEqual([
      'dW1, db1, dW2, db2: these are the weights and biases of the config, not their gradients',
    ]);
  });

  test('is not judged beside the gradients, where it is the config’s own', () => {
    const { X, y, W1, b1, W2, b2 } = config;
    const verdict = judged({ X, y, W1, b1, W2, b2, ...right });
    expect(problems(verdict)).toEqual([]);
    expect(verdict.passed).toBe(true);
    expect(verdict.hints).toEqual([expect.stringContaining('X, y, W1, b1, W2, b2 beside its gradients')]);
  });

  test('is judged where it is another’s', () => {
    const verdict = judged({ W1: (config.W1 as Rows).map((row) => row.map((w) => w + 1)), ...right });
    expect(problems(verdict)).toEqual([expect.stringMatching(/^W1: unknown/)]);
    expect(verdict.passed).toBe(false);
  });
});

describe('a loss by another name', () => {
  const judge = (loss: Record<string, unknown>) => {
    const problem = parseConfig(readFixture('two-layer.json'));
    const { gradients } = backprop(problem);
    const [verdict] = compare(problem, [parseReference('theirs', { gradients, ...loss })]).references;
    return verdict!;
  };
  test('is the loss, with a note, and judged', () => {
    const { total } = lossOf(parseConfig(readFixture('two-layer.json')));
    expect(judge({ Loss: total })).toMatchObject({
      passed: true,
      loss: { passed: true },
      read: [{ from: 'Loss', to: 'loss', why: 'whatever its case' }],
    });
    expect(judge({ LOSS: 999 }).passed).toBe(false);
    expect(judge({ Loss: { data: 999 } }).passed).toBe(false);
  });
  test.each(['cost', 'Cost', 'J', 'j'])('%s is the loss where it is a number', (name) => {
    const { total } = lossOf(parseConfig(readFixture('two-layer.json')));
    for (const value of [total, [total], [[total]]])
      expect(judge({ [name]: value })).toMatchObject({
        passed: true,
        loss: { passed: true },
        read: [{ from: name, to: 'loss', why: 'another name of it' }],
      });
    expect(judge({ [name]: total + 1 })).toMatchObject({ passed: false, loss: { passed: false } });
  });
  test('says nothing beside one that is called so', () => {
    expect(judge({ Loss: 999, loss: null }).read).toEqual([]);
    const { total } = lossOf(parseConfig(readFixture('two-layer.json')));
    expect(judge({ J: 999, cost: 'low', Loss: total })).toMatchObject({
      passed: true,
      loss: { passed: true },
    });
  });
  test('is none where it is a list, a text or nothing', () => {
    for (const value of ['low', null, [], true])
      expect(judge({ cost: value })).toMatchObject({ loss: null, read: [], passed: true });
  });
});
