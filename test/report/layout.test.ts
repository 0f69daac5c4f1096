import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../src/core/network.ts';
import { drawTable, drawTensor, formatEntry, formatShape, summarised } from '../../src/report/layout.ts';
import { makeStyle, type ReportOptions } from '../../src/report/style.ts';
import { cpuTime } from '../cpu-time.ts';

const PLAIN: ReportOptions = {
  style: makeStyle(false),
  width: 100,
  digits: 6,
  full: false,
  worst: 5,
  strictness: { strict: false, allow: [] },
};
const FULL = { ...PLAIN, full: true };

/** 0, 1, 2, … in a shape. */
const counting = (...shape: number[]): Tensor => {
  const size = shape.reduce((product, length) => product * length, 1);
  return { name: 'dW1', shape, data: Float64Array.from({ length: size }, (_, i) => i) };
};

/** The cells of a drawn table, row by row; the first row is its head, the first column its labels. */
const cells = (drawn: string): string[][] =>
  drawn
    .split('\n')
    .filter((line) => line.startsWith('│'))
    .map((line) =>
      line
        .split('│')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

const labels = (drawn: string): string[] =>
  cells(drawn)
    .slice(1)
    .map((row) => row[0] as string);

test.each([
  [1, false, [0]],
  [7, false, [0, 1, 2, 3, 4, 5, 6]],
  [8, false, [0, 1, 2, -1, 5, 6, 7]],
  [1000, false, [0, 1, 2, -1, 997, 998, 999]],
  [8, true, [0, 1, 2, 3, 4, 5, 6, 7]],
])('of %i places (whole: %s) are shown %j', (length, whole, shown) => {
  expect(summarised(length, whole)).toEqual(shown);
});

describe('a tensor', () => {
  test('is a table with its indices', () => {
    expect(drawTensor(counting(2, 3), PLAIN)).toMatchInlineSnapshot(`
      "┌───┬───┬───┬───┐
      │   │ 0 │ 1 │ 2 │
      ├───┼───┼───┼───┤
      │ 0 │ 0 │ 1 │ 2 │
      │ 1 │ 3 │ 4 │ 5 │
      └───┴───┴───┴───┘"
    `);
  });

  test('that is a vector is a row', () => {
    expect(drawTensor(counting(4), PLAIN)).toMatchInlineSnapshot(`
      "┌──┬───┬───┬───┬───┐
      │  │ 0 │ 1 │ 2 │ 3 │
      ├──┼───┼───┼───┼───┤
      │  │ 0 │ 1 │ 2 │ 3 │
      └──┴───┴───┴───┴───┘"
    `);
  });

  test('that is large is summarised at both ends, and the gap has its own row and column', () => {
    const drawn = cells(drawTensor(counting(50, 100), PLAIN));
    expect(drawn[0]).toEqual(['', '0', '1', '2', '…', '97', '98', '99']);
    expect(drawn.map((row) => row[0])).toEqual(['', '0', '1', '2', '…', '47', '48', '49']);
    expect(drawn[2]).toEqual(['1', '100', '101', '102', '…', '197', '198', '199']);
    expect(drawn[4]).toEqual(Array(8).fill('…'));
    expect(drawn[7]).toEqual(['49', '4900', '4901', '4902', '…', '4997', '4998', '4999']);
  });

  const ends = ['0', '1', '2', '…'];
  test.each<[string, Tensor, ReportOptions, number | string, number | string]>([
    ['1,000 elements that fit', counting(40, 25), { ...PLAIN, width: 500 }, 40, 25],
    ['more than 1,000 elements', counting(40, 26), { ...PLAIN, width: 500 }, '…', '…'],
    ['more than 40 rows', counting(41, 2), PLAIN, '…', 2],
    ['40 rows', counting(40, 2), PLAIN, 40, 2],
    ['columns wider than the terminal', counting(3, 30), PLAIN, 3, '…'],
    ['the same columns in a wide terminal', counting(3, 30), { ...PLAIN, width: 200 }, 3, 30],
    ['a long vector', counting(2000), PLAIN, 1, '…'],
    ['any size, in full', counting(60, 30), FULL, 60, 30],
  ])('of %s', (_, tensor, options, rows, cols) => {
    const drawn = drawTensor(tensor, options);
    const head = (cells(drawn)[0] ?? []).slice(1);
    if (typeof rows === 'number') expect(labels(drawn)).toHaveLength(rows);
    else expect(labels(drawn).slice(0, 4)).toEqual(ends);
    if (typeof cols === 'number') expect(head).toHaveLength(cols);
    else expect(head.slice(0, 4)).toEqual(ends);
  });

  test('takes no more room for its colours', () => {
    const colored = { ...PLAIN, style: makeStyle(true) };
    for (const tensor of [counting(3, 18), counting(3, 30)])
      expect(stripVTControlCharacters(drawTensor(tensor, colored))).toBe(drawTensor(tensor, PLAIN));
  });

  test('is rounded by what is shown of it', () => {
    const tensor = counting(50, 100);
    tensor.data[2510] = 1e-9; // in the gap
    expect(drawTensor(tensor, PLAIN)).not.toContain('e+');
  });

  test.each([
    [100, 1000],
    [200_000, 1],
    [2, 100_000],
  ])('of %i × %i in full is drawn in less than 2 s', (rows, cols) => {
    const started = cpuTime();
    const drawn = drawTensor(counting(rows, cols), FULL);
    expect(cpuTime() - started).toBeLessThan(2000);
    expect(drawn.split('\n').length).toBeGreaterThanOrEqual(rows + 1);
    expect(drawn).not.toContain('…');
  });
});

test('a table too large for borders has the same columns without', () => {
  const rows = Array.from({ length: 1500 }, (_, i) => [`[${i}]`, String(i), `${i}.5`]);
  const [head, first, ...others] = drawTable(['entry', 'analytic', 'numerical'], rows, PLAIN.style).split(
    '\n',
  );
  expect(head).toBe('entry   analytic  numerical');
  expect(first).toBe('[0]            0        0.5');
  expect(others.at(-1)).toBe('[1499]      1499     1499.5');
  expect(others).toHaveLength(1499);
});

test('shapes and entries are written as mathematics writes them', () => {
  expect([formatShape([4, 3]), formatShape([5])]).toEqual(['4 × 3', '5']);
  expect([formatEntry('dW1', [2, 0]), formatEntry('db1', [3])]).toEqual(['dW1[2, 0]', 'db1[3]']);
});
