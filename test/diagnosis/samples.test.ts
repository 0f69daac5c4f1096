import { describe, expect, test } from 'vitest';
import { backprop, rules } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { type Matrix, matrix } from '../../src/core/matrix.ts';
import { compare, parseConfig, parseReference } from '../../src/index.ts';
import { readFixture } from '../exact.ts';

const deep = parseConfig(JSON.parse(readFixture('deep.json')));
const pass = forward(deep.network);

/** δ with the columns of some samples times a factor. */
const scaled = (delta: Matrix, samples: readonly number[], factor: number): Matrix =>
  matrix(
    delta.rows,
    delta.cols,
    delta.data.map((value, place) => (samples.includes(place % delta.cols) ? factor * value : value)),
  );

/** What is said of a gradient in which some samples count otherwise, in these layers. */
function saidOf(samples: readonly number[], factor: number, layers: readonly number[]) {
  const gradient = backprop(pass, (layer) =>
    layers.includes(layer)
      ? {
          ...rules,
          weightGradient: (delta, ...rest) => rules.weightGradient(scaled(delta, samples, factor), ...rest),
          biasGradient: (delta, ...rest) => rules.biasGradient(scaled(delta, samples, factor), ...rest),
        }
      : rules,
  );
  const tensors = Object.fromEntries(
    gradient.map(({ name, shape: [rows, cols], data }) => [
      name,
      cols === undefined
        ? [...data]
        : Array.from({ length: rows! }, (_, i) => [...data.subarray(i * cols, (i + 1) * cols)]),
    ]),
  );
  const [verdict] = compare(deep, [parseReference('mine', tensors)]).references;
  return { diagnosis: verdict!.diagnosis.map(({ mistake }) => mistake), where: verdict!.where };
}

describe('a gradient in which samples are missed says which', () => {
  test('one, in one layer', () => {
    expect(saidOf([2], 0, [2])).toEqual({
      diagnosis: [],
      where: [{ tensors: ['dW2', 'db2'], explanation: 'sample 2 has no part in dW2, db2', isWhole: true }],
    });
  });

  test('several, in all layers, as where a loop ends early', () => {
    const names = [1, 2, 3, 4].flatMap((l) => [`dW${l}`, `db${l}`]);
    const N = deep.network.X.cols;
    expect(saidOf([N - 2, N - 1], 0, [1, 2, 3, 4]).where).toEqual([
      {
        tensors: names,
        explanation: `samples ${N - 2}–${N - 1} have no part in ${names.join(', ')}`,
        isWhole: true,
      },
    ]);
  });

  test('one that counts twice', () => {
    expect(saidOf([0], 2, [1]).where[0]?.explanation).toBe('sample 0 counts twice in dW1, db1');
  });

  test('none where a sample counts half', () => {
    const { where } = saidOf([0], 0.5, [1]);
    expect(where.map(({ explanation }) => explanation).join()).not.toMatch(/sample \d/);
  });
});

test('the pattern of a wrong tensor stands in where, as the config has its rows and columns', () => {
  const network = JSON.parse(readFixture('two-layer.json'));
  const { gradients } = JSON.parse(readFixture('two-layer.pytorch.json'));
  const turned = (rows: number[][]): number[][] => rows[0]!.map((_, j) => rows.map((row) => row[j]!));
  gradients.dW2 = turned(gradients.dW2.map((row: number[], i: number) => (i === 3 ? row.map(() => 0) : row)));
  gradients.dW1 = turned(gradients.dW1);
  const { W1, W2, reference: _, ...rest } = network;
  const inOut = parseConfig({ ...rest, W1: turned(W1), W2: turned(W2), weights: 'in-out' });
  const [verdict] = compare(inOut, [parseReference('mine', gradients)]).references;
  expect(verdict?.where[0]).toEqual({
    tensors: ['dW2'],
    explanation: 'dW2 is wrong in column 3 only, all zero',
  });
});
