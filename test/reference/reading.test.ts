import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { forward } from '../../src/core/forward.ts';
import { CANONICAL } from '../../src/core/layout.ts';
import { type Reading, readingOf } from '../../src/reference/reading.ts';
import { parseReference, type ReferenceOptions } from '../../src/reference/reference.ts';
import { config, each, type Rows, right } from './theirs.ts';

const { W1, b1, W2, b2 } = config;
const { dW1, db1, dW2, db2 } = right;
const join = (W: Rows, b: number[]): Rows => W.map((row, i) => [...row, b[i]!]);
const square = {
  X: [[1, 2]],
  y: [0, 1],
  W1: [[1], [2]],
  b1: [0, 1],
  W2: [
    [1, 2],
    [3, 4],
  ],
  b2: [0, 1],
};

const reading = (
  reference: object,
  { net = config, ...options }: ReferenceOptions & { net?: object } = {},
): Reading => {
  const { network, layout } = parseConfig(net);
  return readingOf(parseReference('theirs', reference, options), forward(network), layout ?? CANONICAL);
};
/** `dW1 ← first`, and what was not understood. */
const said = (...given: Parameters<typeof reading>) => {
  const { read, unknown } = reading(...given);
  return {
    read: read.map(({ from, to }) => `${to} ← ${from}`),
    unknown: unknown.map(({ name }) => name),
  };
};

describe('arrays without telling names are read by their order', () => {
  test('beside those that were renamed, which are none of them', () => {
    expect(said({ first: dW1, arr_1: db1, arr_2: dW2, arr_3: db2 }, { rename: { first: 'dW1' } })).toEqual({
      read: ['db1 ← arr_1', 'dW2 ← arr_2', 'db2 ← arr_3'],
      unknown: [],
    });
  });

  test('beside those that have names, only if they say what they are', () => {
    expect(said({ dW1, db1, weights: dW2, bias: db2 })).toEqual({
      read: ['dW2 ← weights', 'db2 ← bias'],
      unknown: [],
    });
    expect(said({ dW1, db1, weights: dW2, q: db2 })).toEqual({ read: [], unknown: ['weights', 'q'] });
  });

  test('with biases in the weights or beside them, whichever the config has', () => {
    expect(said({ gradients: [join(dW1, db1), join(dW2, db2)] }).read).toEqual([
      'dW1 ← gradients.0',
      'dW2 ← gradients.1',
      'biases separate ← biases last',
    ]);
    const { b1: _, b2: __, ...rest } = config;
    const net = { ...rest, biases: 'last', W1: join(W1, b1), W2: join(W2, b2) };
    expect(said({ gradients: [dW1, db1, dW2, db2] }, { net })).toMatchObject({ unknown: [] });
  });
});

describe('a learning rate', () => {
  const rate = { learningRate: 0.1 };
  const theta = each({ W1, b1, W2, b2 }, (value) => value + 1);

  test('says nothing of what is called a gradient, be it one of several', () => {
    expect(reading({ ...rate, ...right })).toMatchObject({ step: undefined, areParameters: false });
    expect(reading({ ...rate, first: dW1, db1, dW2, db2 }, { rename: { first: 'dW1' } })).toMatchObject({
      step: undefined,
      areParameters: false,
    });
  });

  test('tells that the parameters beside gradients are those after the step, and of nothing else', () => {
    const { hints, unknown } = reading({ ...rate, ...right, ...theta, other: [[1]] });
    expect(hints).toEqual(['W1, b1, W2, b2 beside its gradients: parameters and inputs are not judged']);
    expect(unknown.map(({ name }) => name)).toEqual(['other']);
    expect(said({ ...right, ...theta }).unknown).toEqual(['W1', 'b1', 'W2', 'b2']);
  });

  test('makes gradients of parameters, and of one too many an unknown array', () => {
    const { step, parameters, unknown } = reading({ ...rate, ...theta, W7: [[1]] });
    expect(step?.rate).toBe(0.1);
    expect(parameters).toEqual([]);
    expect(unknown.map(({ name }) => name)).toEqual(['W7']);
  });
});

describe('a hint says', () => {
  test('what an array may be that no other is', () => {
    const theirs = {
      dW1: [[1], [2]],
      db1: [1, 2],
      dW2: [
        [1, 2],
        [3, 4],
      ],
      q: [7, 8],
    };
    expect(reading(theirs, { net: square }).hints).toEqual([expect.stringMatching(/: --rename q=db2$/)]);
  });

  test('that all gradients lie in one list, if there are several', () => {
    const { W2: _, b2: __, ...one } = square;
    const list = { all: [5, 6, 7, 8], other: [5, 6, 7] };
    expect(reading(list, { net: one }).hints).toEqual([
      'all has as many numbers as all gradients together: give them apart, as dW1, db1',
    ]);
    const { b1: ___, ...alone } = one;
    const single = { all: [5, 6], other: [5, 6, 7] };
    const { hints } = reading(single, { net: { ...alone, biases: 'none' } });
    expect(hints.filter((hint) => hint.includes('all gradients together'))).toEqual([]);
  });
});
