import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { CANONICAL } from '../../src/core/layout.ts';
import { parameters, type Tensor } from '../../src/core/network.ts';
import { gradcheck } from '../../src/gradcheck/gradcheck.ts';
import { digitsHints, logitsHints, stepHints } from '../../src/reference/hints.ts';
import type { ReferenceTensor } from '../../src/reference/judge.ts';
import type { Reading } from '../../src/reference/reading.ts';
import { network } from '../networks.ts';
import { config, each, judged, nestedOf, right } from './theirs.ts';

const { network: net } = parseConfig(config);
const pass = forward(net);
const gradient = backprop(pass);
const check = () => gradcheck(net, { sample: 0 });
const own = (tensor: Tensor, f: (value: number, i: number) => number): Tensor => ({
  ...tensor,
  data: tensor.data.map(f),
});

describe('logits that are outputs', () => {
  const { outputs } = pass;
  const hint = (f: (value: number, i: number) => number, shape = [outputs.rows, outputs.cols]) =>
    logitsHints(own({ name: 'logits', shape, data: outputs.data }, f), check(), CANONICAL);
  const said = [expect.stringContaining('its logits are probabilities: fcnet means z')];

  test('are told, to five digits', () => {
    expect(hint((p) => p)).toEqual(said);
    expect(hint((p) => p + 0.9e-5)).toEqual(said);
  });

  test('by every one of them', () => {
    expect(hint((p, i) => p + (i === 3 ? 1.1e-5 : 0))).toEqual([]);
    expect(hint((p) => -p)).toEqual([]);
    expect(hint((p) => p, [outputs.cols, outputs.rows])).toEqual([]);
  });
});

describe('parameters after a step', () => {
  const readingOf = (
    rate: number,
    change: (value: number, i: number) => number = (value) => value,
    more: Partial<Reading> = {},
    of: readonly Tensor[] = gradient,
  ): Reading => {
    const after = parameters(net).map((before, l) => {
      const data = before.data.map((theta, i) => change(theta - rate * of[l]!.data[i]!, i));
      return { name: `d${before.name}`, shape: before.shape, data };
    });
    return {
      areParameters: true,
      step: undefined,
      tensors: new Map(after.map((tensor) => [tensor.name, tensor])),
      ...more,
    } as Reading;
  };
  const hints = (reading: Reading): string[] => stepHints(reading, check(), CANONICAL);

  test.each([0.5, 1e-3, 2, 0.123456])('are told with their learning rate: %d', (rate) => {
    const said = Number(rate.toPrecision(3));
    expect(hints(readingOf(rate))).toEqual([
      expect.stringContaining(
        `after a step of ${said} along the gradient: with "learningRate": ${said} beside them`,
      ),
    ]);
  });

  test('are none where they moved elsewhere: up, not at all, or otherwise than the gradient', () => {
    expect(hints(readingOf(-0.5))).toEqual([]);
    expect(hints(readingOf(0))).toEqual([]);
    expect(hints(readingOf(0.5, (value) => value + 1))).toEqual([]);
    const most = Math.max(...gradient.flatMap(({ data }) => [...data].map(Math.abs)));
    const off = (by: number) => (value: number, i: number) => value + (i === 1 ? 0.5 * by * most : 0);
    expect(hints(readingOf(0.5, off(2e-3)))).toEqual([]);
    expect(hints(readingOf(0.5, off(0.5e-3)))).toHaveLength(1);
  });

  test('are none that are called gradients, or whose rate is said', () => {
    expect(hints(readingOf(0.5, undefined, { areParameters: false }))).toEqual([]);
    const step = { rate: 0.5, before: [], after: new Map() };
    expect(hints(readingOf(0.5, undefined, { step }))).toEqual([]);
  });

  test('may lack some, or have them in another shape, but two numbers say nothing', () => {
    const { tensors, ...reading } = readingOf(0.5);
    const [W1, b1, , b2] = [...tensors.values()];
    const only = (...some: Tensor[]): Reading =>
      ({ ...reading, tensors: new Map(some.map((tensor) => [tensor.name, tensor])) }) as Reading;
    expect(hints(only(b1!))).toHaveLength(1);
    expect(hints(only(b1!, { ...W1!, data: W1!.data.slice(1) }))).toHaveLength(1);
    expect(hints(only(b1!, { ...b2!, name: 'db9' }))).toHaveLength(1);
    expect(hints(only())).toEqual([]);
    const two = network({ X: '1 2', y: [0, 1], W: ['1; 2'], b: [[0, 1]] });
    const steps = backprop(forward(two)).map((g, l) =>
      own(g, (value, i) => parameters(two)[l]!.data[i]! - value),
    );
    const hintsOfTwo = (some: readonly Tensor[]) =>
      stepHints(only(...some), gradcheck(two, { sample: 0 }), CANONICAL);
    expect(hintsOfTwo(steps.slice(0, 1))).toEqual([]);
    expect(hintsOfTwo(steps)).toHaveLength(1);
  });
});

describe('what agrees to some digits everywhere', () => {
  const { tensors } = check();
  const off = (...errors: (number | null)[]): ReferenceTensor[] =>
    errors.map((error, l) => {
      const { name, analytic } = tensors[l]!;
      const size = Math.max(...analytic.map(Math.abs));
      const maxAbsError = error === null ? null : { value: error * size, index: [0] };
      return { name, mismatched: error === 0 ? 0 : 1, maxAbsError } as ReferenceTensor;
    });
  const hints = (given: ReferenceTensor[]) => digitsHints(given, check());

  test.each<[number[], number]>([
    [[1e-3, 2e-3, 1e-3, 3e-3], 3],
    [[1e-5, 1e-6], 5],
    [[9e-3, 1e-6], 2],
  ])('by %j of the largest entries, is said to do so', (errors, digits) => {
    expect(hints(off(...errors))).toEqual([expect.stringContaining(`agrees to about ${digits} digits`)]);
  });

  test.each<[string, (number | null)[]]>([
    ['off by more', [1e-3, 1.1e-2]],
    ['right somewhere', [1e-3, 0]],
    ['far better somewhere', [9e-3, 0.9e-6]],
    ['of one tensor', [1e-3]],
    ['not comparable somewhere', [1e-3, null]],
  ])('is nothing that is %s', (_, errors) => {
    expect(hints(off(...errors))).toEqual([]);
  });

  test('nor an array that the network has not', () => {
    const [first, second] = off(1e-3, 1e-3);
    expect(hints([first!, { ...second!, name: 'other' }])).toEqual([]);
  });
});

describe('a reference is told', () => {
  const hints = (reference: object, net: object = config): readonly string[] =>
    judged(reference, { net }).hints;

  const cut = (f: (value: number) => number, count: number) =>
    each(right, (value) => f(value * 10 ** count) / 10 ** count);
  const cutOff = expect.stringContaining('cut off after 5 decimals instead of rounded');

  test.each([
    ['towards 0', cut(Math.trunc, 5)],
    ['downwards', cut(Math.floor, 5)],
  ])('that its numbers were cut off %s, not rounded', (_, reference) => {
    expect(hints(reference)).toEqual([cutOff]);
  });

  test.each([
    ['rounded up', cut(Math.ceil, 5)],
    ['rounded up in one tensor', { ...cut(Math.trunc, 5), dW1: cut(Math.ceil, 5).dW1 }],
  ])('not that they were, where they are %s', (_, reference) => {
    expect(hints(reference)).not.toContainEqual(cutOff);
  });

  test.each<[string, object, string]>([
    ['all', cut(Math.trunc, 5), 'it agrees in all entries, but'],
    [
      'those that have its shape',
      { ...cut(Math.trunc, 5), dW1: [[0.12345]] },
      'all entries that can be compared, but',
    ],
    [
      'those that are there',
      { ...cut(Math.trunc, 5), dW1: undefined },
      'all entries that can be compared, but',
    ],
  ])('of cut off entries which agree: %s', (_, reference, which) => {
    expect(hints(reference)).toContainEqual(expect.stringContaining(which));
  });

  test('of rounded ones to how many digits they agree', () => {
    expect(hints(cut(Math.round, 5))).toEqual([expect.stringContaining('it agrees to the 5 decimals')]);
  });

  test('that it gives the parameters of the config, where they are judged wrong', () => {
    const { W1, b1, W2, b2 } = config;
    expect(hints({ dW1: W1, db1: b1, dW2: W2, db2: b2 })).toEqual([
      'dW1, db1, dW2, db2: these are the weights and biases of the config, not their gradients',
    ]);
    expect(hints({ ...right, db1: b1 })).toEqual([
      expect.stringMatching(/^db1: these are the weights and biases/),
    ]);
    expect(hints(right)).toEqual([]);
  });

  test('that it has all gradients in one list', () => {
    const all = [right.dW1, right.db1, right.dW2, right.db2].flat(3);
    expect(hints({ theta: all })).toContainEqual(
      'theta has as many numbers as all gradients together: give them apart, as dW1, db1, dW2, db2',
    );
    expect(hints({ theta: all.slice(1) })).not.toContainEqual(expect.stringContaining('theta has'));
  });

  test('what of it is not judged, eight names at the most', () => {
    const { W1, b1, W2, b2, X } = config;
    expect(hints({ ...right, W1, b1, X })).toEqual([
      'W1, b1, X beside its gradients: parameters and inputs are not judged',
    ]);
    const many = Object.fromEntries([...'pqrstuvw'].map((name) => [name, X]));
    expect(hints({ ...right, ...many })).toEqual([expect.stringMatching(/^p, q, r, s, t, u, v, w beside/)]);
    expect(hints({ ...right, ...many, x: W2, z: b2 })).toEqual([
      expect.stringMatching(/^p, q, r, s, t, u, v, w, … beside/),
    ]);
  });

  test('of a network with a single layer and no biases, too', () => {
    const one = {
      X: [
        [1, 2],
        [0, 3],
      ],
      y: [0, 1],
      biases: 'none',
      W1: [
        [1, 0],
        [0, 1],
      ],
    };
    const flat = nestedOf(backprop(forward(parseConfig(one).network))).dW1.flat();
    expect(judged({ dW1: flat }, { net: one })).toMatchObject({ passed: true, hints: [] });
    expect(hints({ theta: flat.map((value) => value + 1) }, one)).not.toContainEqual(
      expect.stringContaining('as many numbers as all'),
    );
  });
});
