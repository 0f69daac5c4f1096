import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { folderWith, type Json, root, run, runJson, TINY } from './fcnet.ts';

const config = `${root}fixtures/two-layer.json`;

/** What a command gets of a config. */
async function given(words: string, net: object): Promise<string> {
  const cwd = folderWith({ 'net.json': net });
  const { stderr } = await run(['compare', 'net.json', '--give', words, '--against', 'tee got; exit 1'], {
    cwd,
  });
  expect(stderr).toContain('exit code 1');
  return readFileSync(`${cwd}/got`, 'utf8');
}

const NET = {
  name: 'my net',
  X: [[1, 2]],
  y: [0, 1],
  W1: [[0.1], [-2e-7], [3]],
  b1: [4, 5, 6],
  W2: [
    [7, 8, 9],
    [10, 11, 12],
  ],
  b2: [13, 14],
  reg: 0.5,
  activation: { elu: 0.5 },
};

describe('--give says how a command gets arrays', () => {
  test('in the layout of NumPy', async () => {
    expect(JSON.parse(await given('rows,in-out', NET))).toMatchObject({
      X: [[1], [2]],
      W1: [[0.1, -2e-7, 3]],
      b1: [4, 5, 6],
      samples: 'rows',
      weights: 'in-out',
      biases: 'separate',
    });
  });

  test('with the biases as first input of the weights', async () => {
    const got = JSON.parse(await given('first', NET));
    expect(got).toMatchObject({
      W1: [
        [4, 0.1],
        [5, -2e-7],
        [6, 3],
      ],
      biases: 'first',
      samples: 'columns',
    });
    expect(got.b1).toBeUndefined();
  });

  test('back in the textbook’s layout', async () => {
    const { X, W1, b1, W2, b2, ...rest } = NET;
    const theta = { samples: 'rows', weights: 'in-out', biases: 'last' };
    const net = {
      ...rest,
      ...theta,
      X: [[1], [2]],
      W1: [[0.1, -2e-7, 3], b1],
      W2: [[7, 10], [8, 11], [9, 12], b2],
    };
    const got = JSON.parse(await given('columns,out-in,separate', net));
    expect(got).toMatchObject({
      X,
      W1,
      b1,
      W2,
      b2,
      samples: 'columns',
      weights: 'out-in',
      biases: 'separate',
    });
  });

  test('and a network without biases stays one', async () => {
    const { b1: _, b2: __, ...net } = NET;
    const got = JSON.parse(await given('first', { ...net, biases: 'none' }));
    expect(got).toMatchObject({ W1: net.W1, biases: 'none' });
  });

  test('as lines of text', async () => {
    expect(await given('text,rows', NET)).toBe(
      [
        'X 2 2 1 1 2',
        'y 1 2 0 1',
        'W1 2 3 1 0.1 -2e-7 3',
        'b1 1 3 4 5 6',
        'W2 2 2 3 7 8 9 10 11 12',
        'b2 1 2 13 14',
        'reg 0 0.5',
        'output softmax',
        'loss cross-entropy',
        'reduction mean',
        'penalty half',
        'samples rows',
        'weights out-in',
        'biases separate',
        'activation elu:0.5',
        '',
      ].join('\n'),
    );
  });

  test('of which a network without hidden layers has no activation', async () => {
    expect(await given('text', TINY)).not.toContain('activation');
  });
});

describe('and it gives its own back likewise', () => {
  // Square weights fit both ways: only what was said tells them apart.
  const LAYOUTS = [
    ['columns', 'out-in', 'separate'],
    ['rows', 'out-in', 'separate'],
    ['columns', 'in-out', 'separate'],
    ['rows', 'in-out', 'first'],
    ['columns', 'out-in', 'last'],
  ];
  let cwd = '';
  beforeAll(async () => {
    cwd = folderWith();
    for (const [i, [samples = '', weights = '', biases = '']] of LAYOUTS.entries()) {
      const layout = ['--samples', samples, '--weights', weights, '--biases', biases];
      await run(['init', '2', '2', '2', '--seed', '3', ...layout, '-o', `${i}.json`], { cwd });
      await run(['backprop', `${i}.json`, '--json', '-o', `${i}.answer.json`], { cwd });
    }
  });
  /** Only the gradients and logits: what says nothing of its layout lies as it was asked to. */
  const answer = (i: number): string =>
    `node -e 'const {gradients, logits} = require("./${i}.answer.json"); console.log(JSON.stringify({gradients, logits}))'`;

  test.each([...LAYOUTS.entries()])('in layout %i: %j', async (i, layout) => {
    const nets = LAYOUTS.map((_, net) => `${net}.json`);
    const give = ['--give', layout.join()];
    const { code, stderr, json } = await runJson(['compare', ...nets, '--against', answer(i), ...give], {
      cwd,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const { references } of json.results)
      expect(references[0]).toMatchObject({ passed: true, read: [] });
  });

  test('and is refused where its square weights lie otherwise', async () => {
    const { code } = await run(['compare', '0.json', '--against', answer(2), '--give', 'out-in', '-q'], {
      cwd,
    });
    expect(code).toBe(1);
  });

  test('but in another layout, of which a note says so, where its shapes fit only that', async () => {
    const answer = `cat '${root}fixtures/two-layer.pytorch.json'`;
    const { code, stderr } = await run([
      'compare',
      config,
      '--give',
      'in-out,rows',
      '--against',
      `mine=${answer}`,
    ]);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr:
        'note: mine: weights out-in is read as weights in-out (its matrices fit only so); samples columns is read as samples rows (its logits fit only so)\n',
    });
  });
});

describe('an answer in text', () => {
  const text = (...lines: string[]): string => `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')}`;
  const net = { X: [[1, -1]], y: [0, 1], W1: [[1], [-1]], b1: [0, 0] };
  // ŷ of class 1 of the first sample, and of class 0 of the second: 1/(1 + e²).
  const p = 1 / (1 + Math.exp(2));
  const right = [
    `dW1 2 2 1 ${-p} ${p}`,
    'db1 1 2 0 0',
    `loss 0 ${Math.log1p(Math.exp(-2))}`,
    'logits 2 2 2 1 -1 -1 1',
  ];

  const asked = async (
    command: string,
    ...more: string[]
  ): Promise<{ code: number | null; stderr: string; json: Json }> => {
    const cwd = folderWith({ 'net.json': net });
    return runJson(['compare', 'net.json', '--give', 'text', '--against', `mine=${command}`, ...more], {
      cwd,
    });
  };

  test('is judged as a reference', async () => {
    const { code, stderr, json } = await asked(text(...right));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(json.references[0]).toMatchObject({ passed: true, loss: { total: expect.anything() } });
  });

  test('of other names, in another layout, in float32, beside what a log says', async () => {
    const lines = [
      'J = 0.1',
      'weights in-out',
      'dtype float32',
      `fc1.weight 2 1 2 ${-p} ${p}`,
      'fc1.bias 2 1 2 0 0',
    ];
    const { code, stderr, json } = await asked(text(...lines));
    expect(code).toBe(0);
    expect(stderr).toBe(
      'note: mine: ignored "J = 0.1", which is no part of its answer\nnote: mine: fc1.weight is read as dW1, fc1.bias as db1 (by number and kind)\n',
    );
    expect(json.references[0].dtype).toBe('float32');
  });

  test('may be the parameters after a step', async () => {
    const lines = ['learningRate 0 0.5', `W1 2 2 1 ${1 + p / 2} ${-1 - p / 2}`, 'b1 1 2 0 0'];
    expect(await asked(text(...lines))).toMatchObject({ code: 0 });
  });

  test('with a mistake is refused', async () => {
    expect(await asked(text(`dW1 2 2 1 ${p} ${-p}`, 'db1 1 2 0 0'))).toMatchObject({ code: 1 });
  });

  test.each([
    [
      'a value too few',
      ['log', 'dW1 2 2 1 5'],
      /:2:11: dW1: expected 2 values of 2 × 1, found 1 \(given net.json\)/,
    ],
    [
      'an unknown dtype',
      ['dtype float46', 'dW1 2 2 1 5 6'],
      /dtype: expected one of float64, .*; found "float46" \(given net.json\)/,
    ],
    [
      'an unknown layout',
      ['weights sideways', 'dW1 2 2 1 5 6'],
      /weights: expected one of out-in, in-out; found "sideways"/,
    ],
    ['JSON', ['{"dW1": 1}'], /:1:1: expected lines of name, count of dimensions/],
    ['the config itself', ['X 2 1 2 1 -1', 'W1 2 2 1 1 -1'], /this is a config, not a reference/],
  ])('with %s is exit code 2', async (_, lines, message) => {
    const cwd = folderWith({ 'net.json': net });
    const args = ['compare', 'net.json', '--give', 'text', '--against', text(...lines)];
    const { code, stderr } = await run(args, { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

test.each([
  ['rows,columns', 'Arrays are given as rows or as columns, not both.'],
  ['row', 'Allowed choices are columns, rows, out-in, in-out, separate, first, last, text.'],
  ['', 'Allowed choices are'],
])('--give %j is a usage error', async (words, message) => {
  const { code, stderr } = await run(['compare', config, '--against', 'true', '--give', words]);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

test('--give without a command is an error', async () => {
  const { code, stderr } = await run(['compare', config, '--give', 'text']);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'error: --give: concerns the commands of --against; expected one\n',
  });
});
