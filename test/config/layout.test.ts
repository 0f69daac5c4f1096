import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import type { Layout } from '../../src/core/layout.ts';
import { type Case, errorOf, expectError, expectOneError, TEXTBOOK, textbookWith } from './text.ts';

const { X, W1, W2, y } = JSON.parse(TEXTBOOK) as Record<'X' | 'W1' | 'W2', number[][]> & { y: number[] };

const turned = (rows: number[][]): number[][] => rows[0]!.map((_, j) => rows.map((row) => row[j]!));

function matrixOfSize(rows: number, cols: number): number[][] {
  return Array.from({ length: rows }, (_, i) => Array.from({ length: cols }, (_, j) => cols * i + j));
}

/** 2 samples of 3 inputs, 5 hidden units, 7 classes: no matrix is square, with a bias or without. */
const network = {
  X,
  y,
  W1: matrixOfSize(5, 3),
  b1: [1, 2, 3, 4, 5],
  W2: matrixOfSize(7, 5),
  b2: [1, 2, 3, 4, 5, 6, 7],
  reg: 0.5,
};

/** The network as it lies in a layout, which the config does not say. */
function lain({ samples, weights, biases }: Layout): Record<string, unknown> {
  const fold = (W: number[][], b: number[]): number[][] => {
    const whole = W.map((row, i) => {
      if (biases === 'first') return [b[i]!, ...row];
      return biases === 'last' ? [...row, b[i]!] : row;
    });
    return weights === 'in-out' ? turned(whole) : whole;
  };
  const { b1, b2, ...rest } = network;
  return {
    ...rest,
    X: samples === 'rows' ? turned(X) : X,
    W1: fold(network.W1, b1),
    W2: fold(network.W2, b2),
    ...(biases === 'separate' && { b1, b2 }),
  };
}

const layouts: Layout[] = (['columns', 'rows'] as const).flatMap((samples) =>
  (['out-in', 'in-out'] as const).flatMap((weights) =>
    (['separate', 'none', 'first', 'last'] as const).map((biases) => ({ samples, weights, biases })),
  ),
);

describe.each(layouts)('$samples, $weights, $biases', (layout) => {
  test('is read as the same network', () => {
    const problem = parseConfig({ ...lain(layout), ...layout });
    const expected = parseConfig(network).network;
    const layers = expected.layers.map((layer) =>
      layout.biases === 'none' ? { ...layer, b: new Float64Array(layer.b.length) } : layer,
    );
    expect(problem.network).toEqual({ ...expected, layers, biased: layout.biases !== 'none' });
    expect(problem.layout).toEqual(layout);
  });

  test('is named where another layout was said, with all that has to be added, and then fits', () => {
    const said = { samples: 'columns', weights: 'out-in', biases: 'separate' } as const;
    const wanted = Object.entries(layout).filter(([key, value]) => value !== said[key as keyof Layout]);
    if (wanted.length === 0) return;
    const { problems } = errorOf(lain(layout));
    const hint = /add ((?:--\w+ [\w-]+ ?)+)/.exec(problems[0]!.message)?.[1]?.trim() ?? '';
    const found = Object.fromEntries(
      hint.split(/ ?--/).flatMap((option) => (option === '' ? [] : [option.split(' ')])),
    );
    // No shape tells the first input from the last.
    const first = wanted.map(([key, value]) => [key, value === 'last' ? 'first' : value]);
    expect(found).toEqual(Object.fromEntries(first));
    for (const [key, value] of first) expect(problems[0]!.message).toContain(`"${key}": "${value}"`);
    expect(() => parseConfig({ ...lain(layout), ...found })).not.toThrow();
  });
});

test('arrays that lie otherwise are named each at its place, the first one with the whole hint', () => {
  const text = textbookWith({
    X: JSON.stringify(turned(X)),
    W1: JSON.stringify(turned(W1)),
    W2: JSON.stringify(turned(W2)),
  });
  expect(errorOf(text).problems.map(({ line, path, message }) => `${line} ${path}: ${message}`)).toEqual([
    '2 X: expected 4 × 2, since W1 takes 4 inputs and y has 2 samples; found 2 × 3. The shapes fit another layout: add --samples rows --weights in-out; in the config: "samples": "rows", "weights": "in-out"',
    '4 W1: expected 4 rows, since b1 has 4; found 3 × 4',
    '6 W2: expected 5 × 4, since b2 has 5 and b1 has 4; found 4 × 5, its transpose',
  ]);
});

test('the whole hint stands at the first array of the text, whatever its key', () => {
  const { X: given, ...rest } = lain({ samples: 'rows', weights: 'in-out', biases: 'separate' });
  const { problems } = errorOf(JSON.stringify({ ...rest, X: given }));
  expect(problems.map(({ path, message }) => [path, message.includes('add --')])).toEqual([
    ['W1', true],
    ['W2', false],
    ['X', false],
  ]);
});

describe('one array that lies the other way round', () => {
  test.each<Case>([
    [
      'X',
      '[[0, 2, 4], [1, 3, 5]]',
      '2:8 X',
      'found 2 × 3, its transpose. The shapes fit another layout: add --samples rows',
    ],
    ['samples', '"rows"', '2:8 X', '"samples": "columns"'],
    [
      'W2',
      JSON.stringify(turned(W2)),
      '6:9 W2',
      'expected 5 × 4, since b2 has 5 and b1 has 4; found 4 × 5, its transpose',
    ],
    [
      'y',
      '[[0, 0, 0, 1, 0], [0, 0, 0, 0, 1]]',
      '3:8 y',
      'expected 2 class labels, or targets that are 5 × 2; found 2 × 5, their transpose',
    ],
  ])('%s: %s: %s: %s', expectError);
});

test('several layouts that fit as well, with as few changes, are all named', () => {
  const config = { X: matrixOfSize(2, 3), y: [0, 1, 0], W1: matrixOfSize(2, 3), biases: 'none' };
  expect(errorOf(config).problems[0]!.message).toContain(
    '. The shapes fit other layouts: add --biases first (or last), or --weights in-out; in the config: "biases": "first" (or "last"), or "weights": "in-out"',
  );
});

describe('biases', () => {
  const noB = { b1: null, b2: null };

  test('that are none are zeros, and no parameters', () => {
    const { network } = parseConfig(textbookWith({ ...noB, biases: '"none"' }));
    expect(network.biased).toBe(false);
    expect(network.layers.map(({ b }) => [...b])).toEqual([
      [0, 0, 0, 0],
      [0, 0, 0, 0, 0],
    ]);
  });

  test('that are missing may be none', () => {
    expectOneError(
      textbookWith(noB),
      '1:1',
      'b1 and b2 are missing: expected a bias for each layer, unless "biases" says "none", "first" or "last". The shapes fit another layout: add --biases none; in the config: "biases": "none"',
    );
  });

  test('that are missing may be an input of W, and no shape tells which', () => {
    const { message } = errorOf(lain({ samples: 'rows', weights: 'in-out', biases: 'last' }));
    expect(message).toContain(
      'add --samples rows --weights in-out --biases first (or last); in the config: ',
    );
  });

  test('that are missing where nothing fits get no hint', () => {
    const { problems } = errorOf(textbookWith({ ...noB, W2: '[[1, 2]]' }));
    expect(problems[0]!.message).toMatch(/unless "biases" says "none", "first" or "last"$/);
  });

  test('one of which is missing are just that', () => {
    expectError('b2', null, '1:1', 'b2 is missing: layers are numbered from 1 to 2 without a gap');
  });

  test.each([
    ['none', 'there are none. The shapes fit another layout: add --biases separate'],
    ['first', 'they are the first input of W. The shapes fit another layout: add --biases separate'],
  ])('beside "biases": "%s" are refused', (biases, message) => {
    const { problems } = errorOf(textbookWith({ biases: `"${biases}"` }));
    expect(problems.map(({ path, line }) => [path, line])).toEqual([
      ['b1', 5],
      ['b2', 7],
    ]);
    expect(problems[0]!.message).toContain(`expected no b, since "biases": "${biases}" says that ${message}`);
  });

  test('leave a gap between layers no less a gap', () => {
    expectOneError(
      textbookWith({ ...noB, W1: null, biases: '"none"' }),
      '1:1',
      'W1 is missing: layers are numbered from 1 to 2 without a gap',
    );
  });

  test.each([
    ['none', 'expected 5 × 4, since W1 has 4 units; found 1 × 5'],
    ['first', 'expected 5 × 5, since W1 has 4 units and the bias is one more input; found 1 × 3'],
  ])('"%s": the sizes of the layers come from W', (biases, message) => {
    const { message: said } = errorOf({
      X: [[1], [2]],
      y: [0],
      W1: biases === 'none' ? [[1, 2], [1, 2], [1, 2], [1, 2]] : [[0, 1, 2], [0, 1, 2], [0, 1, 2], [0, 1, 2]], // biome-ignore format: matrices
      W2: biases === 'none' ? [[1, 2, 3, 4, 5]] : [[1, 2, 3]],
      biases,
      output: 'sigmoid',
    });
    expect(said).toContain(message.replace('expected 5', 'expected 1'));
  });

  test('a W of nothing but a bias is refused', () => {
    const config = { X: [[1]], y: [0], W1: [[1], [2]], biases: 'last' };
    expect(errorOf(config).problems[0]).toMatchObject({
      path: 'W1',
      message: expect.stringContaining('expected 2 × 2, since the bias is one more input; found 2 × 1'),
    });
  });
});
