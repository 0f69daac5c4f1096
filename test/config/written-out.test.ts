import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arraysOfConfig } from '../../src/config/as-arrays.ts';
import { parseConfig } from '../../src/config/config.ts';
import { configOfArrays } from '../../src/config/config-arrays.ts';
import type { Problem } from '../../src/config/problem.ts';
import { writtenOut } from '../../src/config/written-out.ts';
import { CANONICAL, type Layout } from '../../src/core/layout.ts';
import { openArrayFile } from '../../src/files/arrays.ts';
import { writeNpz } from '../../src/files/write-npz.ts';
import { SEED } from '../networks.ts';
import { TEXTBOOK, textbookWith } from './text.ts';

test('the textbook example, written out with its defaults', () => {
  expect(writtenOut(parseConfig(TEXTBOOK))).toEqual({
    ...JSON.parse(TEXTBOOK),
    activation: ['sigmoid'],
    output: 'softmax',
    loss: 'cross-entropy',
    reduction: 'mean',
    penalty: 'half',
    samples: 'columns',
    weights: 'out-in',
    biases: 'separate',
  });
});

test('a name is kept, a reference is not, and every array is written out', () => {
  const W2 = '{"shape": [5, 4], "normal": {"mean": 0, "std": 1}}';
  const entries = { name: '"a"', reference: '"a.json"', W2, activation: '{"elu": 0.5}' };
  const { W2: written, ...config } = writtenOut(parseConfig(textbookWith(entries)));
  expect(written).toHaveLength(5);
  expect(config).toMatchObject({ name: 'a', activation: [{ elu: 0.5 }] });
  expect(config).not.toHaveProperty('reference');
});

test('the targets of one unit are written as they were given, flat or as a matrix', () => {
  const config = { X: [[1, 2]], W1: [[1]], b1: [0], output: 'sigmoid' };
  const y = (given: unknown, samples = 'columns'): unknown =>
    writtenOut(parseConfig({ ...config, ...(samples === 'rows' && { X: [[1], [2]] }), samples, y: given })).y;
  expect(y([0, 0.5])).toEqual([0, 0.5]);
  expect(y([[0, 0.5]])).toEqual([[0, 0.5]]);
  expect(y([[0], [0.5]], 'rows')).toEqual([[0], [0.5]]);
});

const objective = fc.constantFrom(
  {},
  { output: 'sigmoid' as const, reduction: 'sum' as const },
  { output: { 'leaky-relu': 0.2 }, loss: 'squared-error' as const, penalty: 'half-over-n' as const },
  { output: 'identity' as const, loss: 'hinge' as const, penalty: 'full' as const },
);
const layout = fc.record<Layout>({
  samples: fc.constantFrom('columns', 'rows'),
  weights: fc.constantFrom('out-in', 'in-out'),
  biases: fc.constantFrom('separate', 'none', 'first', 'last'),
});
const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 });

/** A random network of a layout, from one that is drawn in fcnet's own. */
function problemOf(widths: number[], N: number, kind: object, lies: Layout, seed: number): Problem {
  const all = [...widths, 3];
  const uniform = { low: -1, high: 1 };
  const layers = all.slice(1).flatMap((H, i) => [
    [`W${i + 1}`, { shape: [H, all[i]!], uniform }],
    [`b${i + 1}`, { shape: [H], uniform }],
  ]);
  const y = Array.from({ length: N }, (_, n) => n % 3);
  const config = { X: { shape: [all[0]!, N], uniform }, y, ...Object.fromEntries(layers), reg: 0.1, seed };
  const activation = widths.slice(1).map((_, i) => (i === 0 ? 'relu' : { elu: 0.5 }));
  const drawn = parseConfig({ ...config, activation, ...kind });
  const { network } = drawn;
  const withoutBiases = network.layers.map((layer) => ({ ...layer, b: new Float64Array(layer.b.length) }));
  return {
    ...drawn,
    name: 'größe',
    layout: lies,
    network: lies.biases === 'none' ? { ...network, layers: withoutBiases, biased: false } : network,
  };
}

describe('of any network in any layout', () => {
  const holds = (check: (problem: Problem) => void): void =>
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 4 }), objective, layout, fc.nat(), (...drawn) => {
        check(problemOf(...drawn));
      }),
      { seed: SEED, numRuns: 300 },
    );

  test('what is written out is read back as the same', () => {
    holds((problem) => expect(parseConfig(JSON.stringify(writtenOut(problem)))).toEqual(problem));
  });

  test('an .npz of it holds all that the config says', () => {
    holds((problem) => {
      const bytes = writeNpz(arraysOfConfig(writtenOut(problem), 'float64'));
      const file = openArrayFile('net.npz', bytes);
      const { config, ignored } = configOfArrays('net.npz', file);
      expect(ignored).toEqual([]);
      expect(parseConfig(config, { files: new Map([['net.npz', file]]) })).toEqual(problem);
    });
  });
});

test('the arrays of a config are float64 or float32, its labels integers, its conventions strings', () => {
  const arrays = arraysOfConfig(writtenOut(parseConfig(TEXTBOOK)), 'float32');
  expect(
    arrays.map((array) => [array.name, array.shape, 'values' in array ? array.values : array.dtype]),
  ).toEqual([
    ['X', [3, 2], 'float32'],
    ['y', [2], 'int64'],
    ['W1', [4, 3], 'float32'],
    ['b1', [4], 'float32'],
    ['W2', [5, 4], 'float32'],
    ['b2', [5], 'float32'],
    ['reg', [], 'float32'],
    ['activation', [1], ['sigmoid']],
    ['output', [], ['softmax']],
    ['loss', [], ['cross-entropy']],
    ['reduction', [], ['mean']],
    ['penalty', [], ['half']],
    ...Object.entries(CANONICAL).map(([key, value]) => [key, [], [value]]),
  ]);
});
