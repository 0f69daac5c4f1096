import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { backprop as backpropOf } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { gradcheck } from '../../src/gradcheck/gradcheck.ts';
import { backprop } from '../../src/index.ts';
import type { MistakeId } from '../../src/mistakes/catalogue.ts';
import { mistakenGradient } from '../../src/mistakes/variants.ts';
import { compare } from '../../src/reference/compare.ts';
import { digitsHints } from '../../src/reference/hints.ts';
import type { ReferenceTensor } from '../../src/reference/judge.ts';
import {
  describePrinted,
  halfUnit,
  type Printed,
  printedAs,
  printedLike,
} from '../../src/reference/printed.ts';
import { parseReference } from '../../src/reference/reference.ts';
import { genericRecipes, networkOf, SEED } from '../networks.ts';
import { config, each, type Gradients, judged, logits, loss, nestedOf, right } from './theirs.ts';

const decimals = (count: number) => (value: number) => Number(value.toFixed(count));
const digits = (count: number) => (value: number) => Number(value.toPrecision(count));

describe('a right gradient agrees to what was printed of it', () => {
  test.each<[string, object, string]>([
    ['%f', each(right, decimals(6)), '6 decimals'],
    ['toFixed(4)', each(right, decimals(4)), '4 decimals'],
    ['toFixed(3)', each(right, decimals(3)), '3 decimals'],
    ['%g', each(right, digits(6)), '6 digits'],
    ['%.4g', each(right, digits(4)), '4 digits'],
    ['%e', each(right, digits(7)), '7 digits'],
    [
      'with its loss and logits',
      { ...each(right, decimals(5)), loss: decimals(5)(loss.total), logits: each(logits, decimals(5)) },
      '5 decimals',
    ],
    [
      'tensor by tensor, as NumPy',
      { ...each(right, decimals(8)), dW1: each(right.dW1, decimals(4)) },
      '4 or 8 decimals',
    ],
  ])('%s', (_, reference, printed) => {
    const verdict = judged(reference);
    expect(verdict.tensors.map(({ mismatched }) => mismatched)).toEqual([0, 0, 0, 0]);
    expect(verdict).toMatchObject({ passed: true, printed });
    expect(verdict.hints).toEqual([
      `it agrees to the ${printed} that were printed; print %.17g (or repr) to have all digits judged`,
    ]);
  });

  test('and it is said how many mistakes that would still show', () => {
    const net = { ...config, reg: 1e-4 };
    const faint = nestedOf(backprop(parseConfig(net)).gradients);
    const missed = (count: number): unknown[] =>
      judged(each(faint, decimals(count)), { net }).strength?.missed.map(({ mistake }) => mistake) ?? [];
    expect(missed(3)).toContain('missing-reg');
    expect(missed(9)).not.toContain('missing-reg');
  });

  test('nothing is loosened where all digits agree', () => {
    expect(judged(right)).toMatchObject({ passed: true, printed: null, hints: [], strength: null });
  });

  test('entries of which half a unit is more than a hundredth of the largest are inconclusive', () => {
    const verdict = judged(each(right, decimals(2)));
    expect(verdict.tensors.map(({ mismatched }) => mismatched)).toEqual([0, 0, 0, 0]);
    for (const { inconclusive, reference } of verdict.tensors) {
      const size = Math.max(...(reference?.data ?? []).map(Math.abs));
      expect(inconclusive).toBe(0.005 > 0.01 * size ? reference?.data.length : 0);
    }
  });
});

describe('a wrong gradient that was printed stays a mismatch, and keeps its diagnosis', () => {
  const pass = forward(parseConfig(config).network);
  const wrong = (mistake: MistakeId, layer: number | null): Gradients =>
    nestedOf(mistakenGradient(pass, { mistake, layer }));

  test.each([
    ['6 decimals', decimals(6)],
    ['4 decimals', decimals(4)],
    ['6 digits', digits(6)],
    ['4 digits', digits(4)],
  ])('in %s', (_, round) => {
    const verdict = judged(each(wrong('missing-slope', 1), round));
    expect(verdict.tensors.map(({ mismatched }) => mismatched > 0)).toEqual([true, true, false, false]);
    expect(verdict.diagnosis).toMatchObject([{ mistake: 'missing-slope', layer: 1 }]);
    expect(verdict.hints).toEqual([expect.stringMatching(/^it is judged to the/)]);
  });

  test('all of it', () => {
    const verdict = judged(each(wrong('missing-target', null), decimals(5)));
    expect(verdict.passed).toBe(false);
    expect(verdict.diagnosis).toMatchObject([{ mistake: 'missing-target' }]);
  });

  test('one digit off is a mismatch', () => {
    const rounded = each(right, decimals(6));
    const dW2 = rounded.dW2.map((row, i) =>
      row.map((value, j) => (i + j === 0 ? decimals(6)(value + 2e-6) : value)),
    );
    const verdict = judged({ ...rounded, dW2 });
    expect(verdict.tensors.map(({ mismatched }) => mismatched)).toEqual([0, 0, 1, 0]);
  });

  test('one entry with all its digits does not have those of the others', () => {
    const rounded = each(right, decimals(6));
    const db2 = rounded.db2.map((value, i) => (i === 0 ? value + 1e-7 / 3 : value));
    const verdict = judged({ ...rounded, db2 });
    expect(verdict.passed).toBe(false);
  });
});

test('a reference of however many unknown arrays gets no hint at its digits', () => {
  const unknown: ReferenceTensor = {
    name: 'other',
    mismatched: 1,
    inconclusive: 0,
    maxAbsError: null,
    maxRelError: null,
    reference: null,
    verdict: null,
    problem: 'unknown',
  };
  const check = gradcheck(parseConfig(config).network, { sample: 0 });
  expect(digitsHints(new Array<ReferenceTensor>(200_000).fill(unknown), check)).toEqual([]);
});

describe('how numbers were printed', () => {
  const printed = (values: number[]): unknown =>
    printedAs(new Map([['a', Float64Array.from(values)]])).get('a');
  test.each<[string, number[], unknown]>([
    ['%f', [0.123456, -0.000027, 12.345678, 0.5, 0.654321, 0.111119], { kind: 'decimals', count: 6 }],
    ['%g', [0.123456, -2.71828e-5, 12.3457, 0.5, 654.321, 0.00111119], { kind: 'digits', count: 6 }],
    ['all digits', [1 / 3, 1 / 7, 1 / 11, 1 / 13, 1 / 17], undefined],
    ['one with all digits', [0.1234, 0.2345, 0.3456, 0.4567, 0.5678, 1 / 3], undefined],
    ['too few to tell', [0.1234, 0.2345, 0.3456, 0.4567], undefined],
    [
      'few, of so many digits that no product of short numbers has so few',
      [-1.41422],
      { kind: 'decimals', count: 5 },
    ],
    ['few, beside smaller ones', [-1.41422, 0.00112], { kind: 'decimals', count: 5 }],
    ['few, of which half a unit is much', [-1.5142, 0.0112], undefined],
    [
      'decimals or digits, whichever more of them have',
      [0.1234, 0.2345, 0.3456, 0.0456, 0.0567, 1.234, 2.345, 3.456],
      { kind: 'digits', count: 4 },
    ],
    [
      'decimals that more of them have',
      [0.1234, 0.2345, 0.3456, 0.0456, 0.0567, 0.4567, 1.234],
      { kind: 'decimals', count: 4 },
    ],
    ['the coarser one of both', [0.1234, 0.2345, 0.3456, 0.0456, 1.234], { kind: 'digits', count: 4 }],
    [
      'twelve decimals, and no more',
      [0.123456789012, 0.234567890123, 0.345678901234, 0.456789012345, 0.567890123456],
      { kind: 'decimals', count: 12 },
    ],
    [
      'thirteen',
      [0.1234567890123, 0.2345678901234, 0.3456789012345, 0.4567890123456, 0.5678901234567],
      undefined,
    ],
    [
      'decimals in six of ten',
      [0.123456, 0.234567, 0.345678, 0.456789, 0.567891, 0.678912, 0.12341, 0.23451, 0.34561, 0.45671],
      { kind: 'decimals', count: 6 },
    ],
    ['one number, over and over', Array(20).fill(0.1234), undefined],
    ['short in themselves', [0.5, 1, 1.5, 0.25, 0.125, 0.0625, 2, 3], undefined],
    ['integers', [1, 2, 3, 5, 8, 13, 21], undefined],
    [
      'integers that end in 0, of which many have other digits',
      [1000, 2000, 12000, 250000, 31000],
      undefined,
    ],
    [
      'large ones of %g',
      [1234570, -2345670, 345678, 45678.9, 5678.9, 6789.01, 78901.2, 8901230],
      { kind: 'digits', count: 6 },
    ],
    [
      'integers of %.3g',
      [12300, 2.34e7, -3.45e12, 4.56e33, 5670, 678, 7.89e48],
      { kind: 'digits', count: 3 },
    ],
    ['integers of %.2g', [12000, 2.3e7, -3.4e12, 4.5e33, 5600, 67, 78e5], undefined],
    ['nothing', [], undefined],
    ['not finite', [Number.NaN, 1 / 0], undefined],
    [
      'NaN among them',
      [Number.NaN, 0.123456, -0.000027, 12.345678, 0.654321, 0.111119],
      { kind: 'decimals', count: 6 },
    ],
  ])('%s', (_, values, expected) => {
    expect(printed(values)).toEqual(expected);
  });

  test('of small arrays is told by them together, beside logits that are short in themselves', () => {
    const logits = Array.from({ length: 20 }, (_, i) => i / 2 + 0.03);
    const arrays = { logits, dW1: [2.282, -1.445, -0.6301], db1: [1.196, 0.2956], db2: [0] };
    const found = printedAs(
      new Map(Object.entries(arrays).map(([name, data]) => [name, Float64Array.from(data)])),
    );
    const [digits, decimals] = [
      { kind: 'digits', count: 4 },
      { kind: 'decimals', count: 2 },
    ];
    expect(Object.fromEntries(found)).toEqual({ logits: decimals, dW1: digits, db1: digits, db2: decimals });
  });

  test('of one array is told by its own numbers, if more of them have another format', () => {
    // As NumPy has them: 9 digits where there is an exponent, else 8 decimals, those at the end left out.
    const gradient = Array.from({ length: 10 }, (_, i) => Number(`-1.2345678${(i % 9) + 1}e-07`));
    const sizes = Array.from(
      { length: 30 },
      (_, i) => (i % 4 === 0 ? 0.1 : 1) + i / 100 + 4.321e-5 + i / 1e8,
    );
    const logits = sizes.map((size) => Number(size.toFixed(8)));
    const found = printedAs(
      new Map(
        Object.entries({ gradient, logits, bias: [-0.028136] }).map(([name, values]) => [
          name,
          Float64Array.from(values),
        ]),
      ),
    );
    const decimals = { kind: 'decimals', count: 8 };
    expect(Object.fromEntries(found)).toEqual({
      gradient: { kind: 'digits', count: 9 },
      logits: decimals,
      bias: decimals,
    });
  });

  test('of a number that fits several is the coarser one', () => {
    const [digits, decimals]: Printed[] = [
      { kind: 'digits', count: 10 },
      { kind: 'decimals', count: 4 },
    ];
    expect(printedLike(0.7636, [digits!, decimals!])).toBe(decimals);
    expect(printedLike(7.636e6, [decimals!, { kind: 'digits', count: 4 }])).toEqual({
      kind: 'digits',
      count: 4,
    });
  });

  test('of one more number is told by those that it came with, else by its own decimals', () => {
    const formats: Printed[] = [
      { kind: 'digits', count: 3 },
      { kind: 'decimals', count: 4 },
    ];
    const like = (value: number) => printedLike(value, formats);
    expect([like(12.3), like(12.3456), like(12.34567), like(Number.NaN)]).toEqual([
      formats[0],
      formats[1],
      { kind: 'decimals', count: 5 },
      formats[0],
    ]);
    expect([like(0.123456789012), like(1 / 3)]).toEqual([{ kind: 'decimals', count: 12 }, undefined]);
  });

  test('is said by kind, from few to many', () => {
    const said = (...formats: [Printed['kind'], number][]) =>
      describePrinted(formats.map(([kind, count]) => ({ kind, count })));
    expect(said(['decimals', 6])).toBe('6 decimals');
    expect(said(['decimals', 10], ['decimals', 9], ['decimals', 10])).toBe('9 or 10 decimals');
    expect(said(['digits', 4], ['decimals', 6])).toBe('6 decimals or 4 digits');
  });

  test('half a unit of the last place', () => {
    expect(halfUnit(123.4, { kind: 'decimals', count: 2 })).toBeCloseTo(0.005, 15);
    expect(halfUnit(123.4, { kind: 'digits', count: 4 })).toBeCloseTo(0.05, 15);
    expect(halfUnit(0.00999, { kind: 'digits', count: 3 })).toBeCloseTo(5e-6, 20);
    expect(halfUnit(0, { kind: 'digits', count: 3 })).toBe(0);
  });
});

test('right gradients of any generic network agree however they are printed', () => {
  const formats = fc.oneof(
    fc.integer({ min: 4, max: 10 }).map((count) => ['decimals', count, decimals(count)] as const),
    fc.integer({ min: 4, max: 10 }).map((count) => ['digits', count, digits(count)] as const),
  );
  fc.assert(
    fc.property(genericRecipes, formats, (recipe, [, , round]) => {
      const network = networkOf({ ...recipe, widths: [4, ...recipe.widths.slice(1)], N: 5 });
      const gradients = backpropOf(forward(network));
      const rounded = gradients.map(({ data, ...tensor }) => ({ ...tensor, data: data.map(round) }));
      const { references } = compare(network, [parseReference('printed', { gradients: rounded })]);
      const telling = new Set(
        rounded.flatMap(({ data }) => [...data]).filter((value) => (value * 1024) % 1 !== 0),
      );
      // Of a few numbers, or of those that are all alike, nothing is certain.
      if (telling.size < 12) return;
      expect(references[0]?.tensors.map(({ mismatched }) => mismatched)).toEqual(gradients.map(() => 0));
    }),
    { seed: SEED, numRuns: 150 },
  );
});
