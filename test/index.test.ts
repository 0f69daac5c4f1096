import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import * as fcnet from '../src/index.ts';
import {
  backprop,
  compare,
  forward,
  gradcheck,
  InputError,
  loss,
  parseConfig,
  parseReference,
} from '../src/index.ts';
import { root } from './cli/fcnet.ts';
import { closeTo, exactNetworks, flat, outside, readFixture } from './exact.ts';

/** W x with x = (1, 2) for two classes: what comes of it is known by hand. */
const byHand = {
  X: [[1], [2]],
  y: [0],
  W1: [
    [1, 1],
    [0, 0],
  ],
  b1: [0, Math.log(3)],
  reg: 0.5,
};
// z = (3, log 3), so that ŷ₁/ŷ₂ = e³/3.
const p = Math.exp(3) / (Math.exp(3) + 3);

const named = (tensors: readonly fcnet.Tensor[]): Record<string, number[]> =>
  Object.fromEntries(tensors.map(({ name, data }) => [name, [...data]]));

test('the library offers what its documentation names, and nothing else', () => {
  expect(Object.keys(fcnet).sort()).toEqual([
    'Diverged',
    'FunctionError',
    'GradientError',
    'InputError',
    'audit',
    'backprop',
    'backwardSteps',
    'checkFunction',
    'compare',
    'expectGradients',
    'explain',
    'formatReport',
    'forward',
    'gradcheck',
    'init',
    'loadConfig',
    'loadReference',
    'loss',
    'numericalGradient',
    'parseConfig',
    'parseReference',
    'train',
  ]);
});

test('files are read as the command reads them', async () => {
  const problem = await fcnet.loadConfig('fixtures/digits.json');
  expect(problem.network.X).toMatchObject({ rows: 64, cols: 1797 });
  const numpy = { samples: 'rows', weights: 'in-out' } as const;
  const net = await fcnet.loadConfig('fixtures/files/net.npz', numpy);
  const reference = await fcnet.loadReference('net.gradients.npz', 'fixtures/files');
  expect(compare(net, [reference]).passed).toBe(true);
  await expect(fcnet.loadConfig('none.json')).rejects.toThrow(InputError);
});

describe('a reference from a program', () => {
  const problem = parseConfig(byHand);
  const own = backprop(problem);

  test('may be what backprop returns', () => {
    const { passed, references } = compare(problem, [parseReference('own', own)]);
    expect(passed).toBe(true);
    expect(references[0]).toMatchObject({ logits: { mismatched: 0 }, loss: { passed: true } });
  });

  test('may hold typed arrays, flat or as rows', () => {
    const [dW1, db1] = own.gradients as [fcnet.Tensor, fcnet.Tensor];
    const rows = [dW1.data.subarray(0, 2), dW1.data.subarray(2)];
    const typed = { dW1: rows, db1: Float32Array.from(db1.data), dtype: 'float32' };
    expect(compare(problem, [parseReference('typed', typed)]).passed).toBe(true);
  });
});

test.each<[string, () => unknown, string]>([
  [
    'a tensor that is not there',
    () => gradcheck(parseConfig(byHand), { only: ['W1'] }),
    'dW1, db1; found W1',
  ],
  ['a step of 0', () => gradcheck(parseConfig(byHand), { step: 0 }), 'a step above 0, found 0'],
  ['a step that is no number', () => fcnet.audit(parseConfig(byHand), { step: Number.NaN }), 'found NaN'],
  ['a network of one size', () => fcnet.init({ sizes: [3] }), 'at least two sizes'],
  ['no samples', () => fcnet.init({ sizes: [3, 2], N: 0 }), 'of at least 1, found 0'],
  [
    'too few activations',
    () => fcnet.init({ sizes: [3, 3, 3, 2], activation: ['relu'] }),
    'expected 2 activations',
  ],
])('%s is a RangeError', (_, call, message) => {
  expect(call).toThrow(RangeError);
  expect(call).toThrow(message);
});

describe('what is known by hand', () => {
  const problem = parseConfig(byHand);

  test('forward: logits and probabilities', () => {
    const { logits, outputs } = forward(problem);
    expect(logits).toEqual({ name: 'logits', shape: [2, 1], data: Float64Array.of(3, Math.log(3)) });
    expect(outputs).toMatchObject({ name: 'probabilities', shape: [2, 1] });
    expect(outputs.data[0]).toBeCloseTo(p, 15);
  });

  test('loss: its parts in nats', () => {
    const { data, regularization, total, weightNorms } = loss(problem);
    expect(data).toBeCloseTo(-Math.log(p), 15);
    expect([regularization, weightNorms]).toEqual([0.5, [2]]);
    expect(total).toBe(data + regularization);
  });

  test('backprop: (ŷ − t)xᵀ + λW and ŷ − t', () => {
    const { gradients, ...rest } = backprop(problem);
    expect(gradients.map(({ name, shape }) => [name, shape])).toEqual([
      ['dW1', [2, 2]],
      ['db1', [2]],
    ]);
    const { dW1, db1 } = named(gradients);
    const d = p - 1;
    const expected = [d + 0.5, 2 * d + 0.5, -d, -2 * d];
    expect(
      outside(
        Float64Array.from(dW1 ?? []),
        Float64Array.from(expected),
        Float64Array.from(expected, () => 1e-15),
      ),
    ).toEqual([]);
    expect(db1?.[0]).toBeCloseTo(d, 15);
    const { predictions: _, ...outputs } = forward(problem);
    expect(rest).toEqual({ ...outputs, loss: loss(problem) });
  });
});

describe('a network of another kind', () => {
  // z = (3, 0) again, squared errors of 9 − 0 and 1 with the bias as the first column.
  const folded = {
    ...{ samples: 'rows', weights: 'in-out', biases: 'first', output: 'identity', loss: 'squared-error' },
    ...{ reduction: 'mean-of-entries', penalty: 'full', reg: 0.5, X: [[1, 2]], y: [[0, 1]] },
    W1: [
      [0, 0],
      [1, 0],
      [1, 0],
    ],
  };
  const problem = parseConfig(folded);

  test('has outputs of another name, and all lies as the config does', () => {
    const { logits, outputs, loss: parts, gradients } = backprop(problem);
    expect(logits).toEqual({ name: 'logits', shape: [1, 2], data: Float64Array.of(3, 0) });
    expect(outputs).toEqual({ name: 'outputs', shape: [1, 2], data: Float64Array.of(3, 0) });
    expect(parts).toMatchObject({ data: 5, regularization: 1, total: 6, weightNorms: [2] });
    // δ = (3, −1), and 2λ = 1
    expect(gradients).toEqual([{ name: 'dW1', shape: [3, 2], data: Float64Array.of(3, -1, 4, -1, 7, -2) }]);
  });

  test('is checked, audited and compared by the names of its own layout', () => {
    const check = gradcheck(problem, { only: ['dW1'] });
    expect(check).toMatchObject({ passed: true, inconclusive: [] });
    expect(check.tensors).toMatchObject([{ name: 'dW1', shape: [3, 2], checked: 6 }]);
    expect(() => gradcheck(problem, { only: ['db1'] })).toThrow('dW1; found db1');
    expect(fcnet.audit(problem).mistakes.flatMap(({ tensors }) => tensors)).not.toContain('db1');
    const wrong = parseReference('wrong', {
      dW1: [
        [3, -1],
        [4, -1],
        [7, -2.5],
      ],
    });
    expect(compare(problem, [wrong]).references[0]!.tensors[0]).toMatchObject({
      mismatched: 1,
      maxAbsError: { index: [2, 1] },
    });
  });

  test('is made by init as it was asked for', () => {
    const { config, audit } = fcnet.init({
      sizes: [2, 3, 1],
      output: 'sigmoid',
      biases: 'last',
      samples: 'rows',
    });
    expect(config).toMatchObject({
      output: 'sigmoid',
      loss: 'cross-entropy',
      biases: 'last',
      samples: 'rows',
    });
    expect(audit.caught).toBe(audit.total);
    expect(gradcheck(parseConfig(config)).tensors.map(({ shape }) => shape)).toEqual([
      [3, 3],
      [1, 4],
    ]);
  });
});

describe('parseConfig', () => {
  test('takes a text or a value, and leaves the value as it was', () => {
    const before = structuredClone(byHand);
    const results = [parseConfig(byHand), parseConfig(JSON.stringify(byHand))].map((problem) =>
      named(backprop(problem).gradients),
    );
    expect(results[0]).toEqual(results[1]);
    expect(byHand).toEqual(before);
  });

  test('refuses with what, where, and in which file', () => {
    const parsing = (): unknown =>
      parseConfig('{\n "X": [[1]],\n "y": [2],\n "W1": [[1], [2]], "b1": [0, 0]\n}', { file: 'mine.json' });
    expect(parsing).toThrow(InputError);
    expect(parsing).toThrow('mine.json:3:8: y[0]: expected a class label from 0 to 1, found 2');
  });

  test('lets overrides come before the config', () => {
    expect(loss(parseConfig(byHand, { overrides: { reg: 0 } })).regularization).toBe(0);
  });
});

describe('gradients lie as the config does', () => {
  test.each(exactNetworks.map((network) => [network.name, network] as const))(
    '%s',
    (name, { problem, answer }) => {
      const result = backprop(problem);
      expect(result.gradients.map((tensor) => tensor.name)).toEqual(Object.keys(answer.gradients));
      for (const { name: tensor, data, shape } of [...result.gradients, result.logits]) {
        const expected = tensor === 'logits' ? answer.logits : (answer.gradients[tensor] ?? []);
        expect(shape[0]).toBe(expected.length);
        if (name === 'seed' && tensor === 'db1') continue; // a sum that cancels to 0
        expect(outside(data, flat(expected), closeTo(flat(expected)))).toEqual([]);
      }
    },
  );
});

describe('a check is data', () => {
  const problem = parseConfig(readFixture('deep.json'));

  test('gradcheck passes, with what it did and what it found', () => {
    const check = gradcheck(problem, { only: ['dW2'], sample: 5, seed: 1, step: 2 ** -90 });
    expect(check).toMatchObject({
      passed: true,
      step: 2 ** -90,
      method: 'difference propagation',
      inconclusive: [],
    });
    expect(check.tensors).toMatchObject([{ name: 'dW2', shape: [7, 6], checked: 5, mismatched: 0 }]);
    expect([...(check.tensors[0]?.numerical ?? [])].filter((value) => !Number.isNaN(value))).toHaveLength(5);
  });

  test('compare says which reference disagrees and where, and throws nothing', () => {
    const right = JSON.parse(readFixture('deep.pytorch.json'));
    const wrong = structuredClone(right);
    wrong.gradients.dW4[3][2] *= -1;
    const references = [parseReference('right', right), parseReference('wrong', wrong)];
    const { passed, references: verdicts } = compare(problem, references);
    expect(passed).toBe(false);
    expect(verdicts.map((verdict) => [verdict.name, verdict.passed])).toEqual([
      ['right', true],
      ['wrong', false],
    ]);
    const dW4 = verdicts[1]?.tensors.find(({ name }) => name === 'dW4');
    expect(dW4).toMatchObject({
      mismatched: 1,
      maxAbsError: { index: [3, 2] },
      maxRelError: { value: expect.closeTo(2, 6) },
    });
  });

  test('compare without references is the gradient check alone', () => {
    expect(compare(problem, [])).toMatchObject({ passed: true, references: [], check: { passed: true } });
  });

  test('the arrays of a result have buffers of their own', () => {
    const { gradients, logits, outputs } = backprop(problem);
    for (const { name, data } of [...gradients, logits, outputs])
      expect([name, data.buffer.byteLength]).toEqual([name, data.byteLength]);
  });

  test('a result is a copy: changing it does not change the next', () => {
    const first = backprop(problem);
    const before = named(first.gradients);
    for (const { data } of first.gradients) data.fill(0);
    first.logits.data.fill(0);
    expect(named(backprop(problem).gradients)).toEqual(before);
    expect(gradcheck(problem).passed).toBe(true);
  });
});

describe('of a config that is a value of a program', () => {
  const { X, y, W1 } = { X: [Float32Array.of(1, 2)], y: Uint8Array.of(0, 1), W1: [Float64Array.of(1), [2]] };

  test('arrays may be typed, whole or row by row', () => {
    const typed = parseConfig({ X, y, W1, b1: new Float32Array(2) });
    const plain = parseConfig({ X: [[1, 2]], y: [0, 1], W1: [[1], [2]], b1: [0, 0] });
    expect(backprop(typed)).toEqual(backprop(plain));
  });

  test('errors speak of the value, and of no lines', () => {
    expect(() => parseConfig({ X, y, W1: [[1, 'a']], b1: [0] })).toThrow(
      'config: W1[0][1]: expected a finite number, found "a"',
    );
    expect(() => parseReference('mine', { dW1: [[1, 'x']] })).toThrow(
      'mine: dW1[0][1]: expected a number, found "x"',
    );
  });

  test('errors are called by their names in the built library', () => {
    const program = `import { parseConfig } from '${root}dist/index.js'; parseConfig({});`;
    const { stderr } = spawnSync('node', ['--input-type=module', '-e', program], { encoding: 'utf8' });
    expect(stderr).toContain('\nInputError: config: X is missing');
  });
});
