import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { compare, gradcheck, parseConfig, parseReference } from '../../src/index.ts';
import { drawGradients } from '../../src/report/matrices.ts';
import { makeStyle, type ReportOptions } from '../../src/report/style.ts';
import { readFixture } from '../exact.ts';

const PLAIN: ReportOptions = {
  style: makeStyle(false),
  width: 120,
  digits: 6,
  full: false,
  worst: 5,
  strictness: { strict: false, allow: [] },
};

const twoLayer = parseConfig(JSON.parse(readFixture('two-layer.json')));
const answer = JSON.parse(readFixture('two-layer.pytorch.json'));
answer.gradients.dW1[1][2] = 7;
answer.gradients.db1[0] *= -1;
const compared = compare(twoLayer, [parseReference('mine', answer)]);

/** A gradient of a comparison, as it is drawn. */
const drawn = (name: string, options: Partial<ReportOptions> = {}, of = compared): string =>
  drawGradients(of.check.tensors.find((tensor) => tensor.name === name)!, of.references, {
    ...PLAIN,
    ...options,
  });

const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));

describe('a gradient is drawn as', () => {
  test('matrices side by side under one head, what is wrong marked', () => {
    expect(drawn('dW1')).toMatchInlineSnapshot(`
      "dW1  4 × 3    analytic                        numerical ± 1.4e-15             mine
                           0         1         2           0         1         2            0          1          2
                 0  -0.08796   0.36477   0.31264    -0.08796   0.36477   0.31264     -0.08796    0.36477    0.31264
                 1  -0.79134  -0.53947  -0.05007    -0.79134  -0.53947  -0.05007     -0.79134   -0.53947  ✖ 7.00000
                 2  -0.13015   0.05509   0.05330    -0.13015   0.05509   0.05330     -0.13015    0.05509    0.05330
                 3   0.60414  -0.31730  -0.08787     0.60414  -0.31730  -0.08787      0.60414   -0.31730   -0.08787"
    `);
  });

  test('with as many digits as were asked for, those that do not fit below', () => {
    expect(drawn('dW1', { digits: 9 })).toMatchInlineSnapshot(`
      "dW1  4 × 3
         analytic                                 numerical ± 1.4e-15
                   0            1            2              0            1            2
      0  -0.08796424   0.36476788   0.31264248    -0.08796424   0.36476788   0.31264248
      1  -0.79133909  -0.53946727  -0.05006910    -0.79133909  -0.53946727  -0.05006910
      2  -0.13015490   0.05508989   0.05329554    -0.13015490   0.05508989   0.05329554
      3   0.60413704  -0.31729515  -0.08787477     0.60413704  -0.31729515  -0.08787477
         mine
                    0             1             2
      0   -0.08796424    0.36476788    0.31264248
      1   -0.79133909   -0.53946727  ✖ 7.00000000
      2   -0.13015490    0.05508989    0.05329554
      3    0.60413704   -0.31729515   -0.08787477"
    `);
  });

  test('a vector one below the other, where not side by side', () => {
    expect(drawn('db1', { width: 80 })).toMatchInlineSnapshot(`
      "db1  4                           0            1            2            3
        analytic               0.0556308   -0.0097473   -0.0149885    0.0359823
        numerical ± 1.5e-15    0.0556308   -0.0097473   -0.0149885    0.0359823
        mine                 ✖-0.0556308   -0.0097473   -0.0149885    0.0359823"
    `);
  });

  test.each([40, 60, 80, 120, 200])('nothing wider than a terminal of %i columns', (width) => {
    for (const { name } of compared.check.tensors)
      expect(widest(drawn(name, { width }))).toBeLessThanOrEqual(width);
  });

  test('the same with colours, what is wrong in red', () => {
    const coloured = drawn('dW1', { style: makeStyle(true) });
    expect(stripVTControlCharacters(coloured)).toBe(drawn('dW1'));
    const [before, red, ...rest] = coloured.split('\u001b[31m');
    expect(before).toMatch(/ $/);
    expect(red).toMatch(/^✖ *7/);
    expect(rest).toEqual([]);
  });

  test('numbers with one exponent, none of which is 0 that is not', () => {
    const [x, tiny] = [3e-7, 2e-13];
    const config = {
      X: [
        [x, -x],
        [tiny, tiny],
      ],
      y: [0, 1],
      W1: [
        [1, 2],
        [2, 1],
      ],
      b1: [0, 0],
    };
    const check = gradcheck(parseConfig(config));
    const text = drawGradients(check.tensors[0]!, [], PLAIN);
    expect(text).toMatchInlineSnapshot(`
      "dW1  2 × 2, all × 1e-7    analytic          numerical ± 5.3e-22
                                     0       1         0       1
                             0    -1.5   1e-19      -1.5   1e-19
                             1     1.5  -1e-19       1.5  -1e-19"
    `);
  });

  test('an entry that was not checked as –', () => {
    const sampled = gradcheck(twoLayer, { sample: 1, only: ['db2'] });
    expect(drawGradients(sampled.tensors[0]!, [], PLAIN)).toMatch(/(–.*){4}/);
  });
});

describe('a large gradient', () => {
  const digits = parseConfig({
    X: Array.from({ length: 60 }, (_, i) => [Math.sin(i), Math.cos(i)]),
    y: [0, 1],
    W1: Array.from({ length: 3 }, (_, i) => Array.from({ length: 60 }, (_, j) => Math.sin(i + j))),
    b1: [0, 0, 0],
  });
  const wide = compare(digits, []);

  test('is summarised by its ends', () => {
    const text = drawn('dW1', { width: 80 }, wide);
    expect(text).toMatch(/ 0 +1 +2 +… +57 +58 +59$/m);
    expect(widest(text)).toBeLessThanOrEqual(80);
  });

  test('is drawn in parts that fit, in full', () => {
    const text = drawn('dW1', { width: 80, full: true }, wide);
    expect(widest(text)).toBeLessThanOrEqual(80);
    expect(text).not.toContain('…');
    const columns = text
      .split('\n')
      .flatMap((line) => (/^ +\d+( +\d+)+$/.test(line) ? line.trim().split(/ +/) : []));
    expect(new Set(columns)).toEqual(new Set(Array.from({ length: 60 }, (_, j) => String(j))));
  });
});
