import { describe, expect, test } from 'vitest';
import { parseConfig } from '../src/config/config.ts';
import { accuracyOf } from '../src/core/accuracy.ts';
import { forward } from '../src/core/forward.ts';
import { backprop, loss } from '../src/index.ts';
import { drawCurve } from '../src/report/training.ts';
import { Diverged, train } from '../src/train.ts';
import { readFixture } from './exact.ts';

const fixture = (name: string) => parseConfig(readFixture(`${name}.json`));

describe('a step', () => {
  const kinds = ['textbook', 'two-layer', 'deep', 'iris-sigmoid', 'iris-width', 'svm', 'theta'];

  test.each(kinds)('moves every weight and bias of %s by −η times its gradient', (name) => {
    const problem = fixture(name);
    const { gradients } = backprop({
      ...problem,
      layout: { samples: 'columns', weights: 'out-in', biases: 'separate' },
    });
    const { problem: after } = train(problem, { learningRate: 0.3 });
    for (const [i, { number, W, b }] of after.network.layers.entries()) {
      const before = problem.network.layers[i]!;
      const of = (letter: string) => gradients.find((tensor) => tensor.name === `d${letter}${number}`)!.data;
      expect([...W.data]).toEqual([...before.W.data].map((w, e) => w - 0.3 * of('W')[e]!));
      expect([...b]).toEqual([...before.b].map((value, e) => value - 0.3 * of('b')[e]!));
    }
  });

  test('leaves what it was given as it was', () => {
    const problem = fixture('two-layer');
    const before = JSON.stringify(problem.network);
    train(problem, { iterations: 3 });
    expect(JSON.stringify(problem.network)).toBe(before);
  });

  test('is one of 5, as in the lesson, unless it is said otherwise', () => {
    const { learningRate, iterations, losses } = train(fixture('textbook'));
    expect([learningRate, iterations, losses.length]).toEqual([5, 1, 2]);
  });

  test('has no bias to move where there is none', () => {
    const problem = parseConfig({
      X: [[1, -2]],
      y: [0, 1],
      W1: [[0.4], [-0.3]],
      biases: 'none',
    });
    const { problem: after } = train(problem, { learningRate: 0.1 });
    expect([...after.network.layers[0]!.b]).toEqual([0, 0]);
    expect(after.network.layers[0]!.W.data[0]).not.toBe(0.4);
  });
});

test('a small step lowers the loss, and its losses are those of the configs on the way', () => {
  const problem = fixture('two-layer');
  const { losses, loss: last, rises, problem: after } = train(problem, { learningRate: 0.01, iterations: 5 });
  expect(losses).toEqual([...losses].sort((a, b) => b - a));
  expect(rises).toEqual([]);
  expect(losses[0]).toBe(loss(problem).total);
  expect([losses.at(-1), last.total]).toEqual([loss(after).total, loss(after).total]);
  const further = train(train(problem, { learningRate: 0.01, iterations: 2 }).problem, {
    learningRate: 0.01,
    iterations: 3,
  });
  expect(further.losses.at(-1)).toBe(losses.at(-1));
});

test('the steps that raise the loss are named', () => {
  const { losses, rises } = train(fixture('iris'), { learningRate: 5, iterations: 12 });
  const found = losses.flatMap((value, i) => (i > 0 && value > losses[i - 1]! ? [i] : []));
  expect(rises).toEqual(found);
  expect(rises.length).toBeGreaterThan(0);
});

test('iris is learned: above 95% right', () => {
  const { accuracy } = train(fixture('iris'), { learningRate: 0.5, iterations: 300 });
  expect(accuracy?.before.right).toBeLessThan(100);
  expect(accuracy!.after.right / accuracy!.after.samples).toBeGreaterThan(0.95);
});

test('a loss that is no number any more ends it', () => {
  const steep = () => train(fixture('iris-width'), { learningRate: 1e200, iterations: 9 });
  expect(steep).toThrow(Diverged);
  expect(steep).toThrow(/^the loss is (Infinity|NaN) after step [12]$/);
});

describe('right are', () => {
  const of = (config: object) => accuracyOf(forward(parseConfig(config).network));
  const one = { X: [[1, 2, 3]], W1: [[1]], b1: [-2.5] };

  test('the classes of the largest output', () => {
    const net = { X: [[1, 2, 3]], W1: [[1], [-1]], b1: [-2.5, 2.5] };
    expect(of({ ...net, y: [1, 1, 0] })).toEqual({ right: 3, samples: 3 });
    expect(of({ ...net, y: [0, 1, 1] })).toEqual({ right: 1, samples: 3 });
  });

  test('of one sigmoid the targets on its side of ½', () => {
    expect(of({ ...one, y: [0, 0, 1], output: 'sigmoid' })).toEqual({ right: 3, samples: 3 });
    expect(of({ ...one, y: [1, 0, 0], output: 'sigmoid' })).toEqual({ right: 1, samples: 3 });
  });

  test('nothing, where the targets are no classes', () => {
    expect(of({ ...one, y: [0, 0.5, 1], output: 'sigmoid' })).toBeUndefined();
    expect(of({ ...one, y: [0, 1, 1], output: 'identity', loss: 'squared-error' })).toBeUndefined();
    const two = { X: [[1, 2]], W1: [[1], [-1]], b1: [0, 0], output: 'sigmoid' };
    expect(
      of({
        ...two,
        y: [
          [1, 1],
          [1, 0],
        ],
      }),
    ).toBeUndefined();
    expect(
      of({
        ...two,
        y: [
          [1, 0],
          [0, 1],
        ],
      }),
    ).toEqual({ right: 1, samples: 2 });
  });
});

describe('the curve', () => {
  test('falls from the first loss to the last, one column a step where there is room', () => {
    expect(drawCurve([8, 4, 2, 1], { width: 40, digits: 6 })).toMatchInlineSnapshot(`
      "8 ┤█
        │█
        │█
        │█
        │█▄
        │██
        │██▂
      1 ┤███▁
        └────
         0  3"
    `);
  });

  test('is as wide as it may be', () => {
    const losses = Array.from({ length: 1000 }, (_, i) => 1 / (i + 1));
    const lines = drawCurve(losses, { width: 50, digits: 6 }).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBe(50);
    expect(lines.at(-1)).toMatch(/^ +0 +999$/);
  });

  test('is drawn of however many losses', () => {
    const lines = drawCurve(new Array<number>(200_000).fill(1), { width: 40, digits: 6 }).split('\n');
    expect(lines.at(-1)).toMatch(/^ +0 +199999$/);
  });

  test('of losses that are all the same is full', () => {
    expect(drawCurve([2, 2], { width: 40, digits: 6 }).split('\n')[1]).toContain('██');
  });
});
