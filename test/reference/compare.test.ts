import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { type CompareOptions, compare } from '../../src/reference/compare.ts';
import type { ReferenceVerdict } from '../../src/reference/judge.ts';
import { parseReference } from '../../src/reference/reference.ts';
import { pytorchNetworks, readFixture } from '../exact.ts';

type Rows = number[][];

const { network } = parseConfig(readFixture('two-layer.json'));
const { gradients, loss, logits } = JSON.parse(readFixture('two-layer.pytorch.json'));

/** What is said of a reference to two-layer.json. */
function judged(reference: object, options?: CompareOptions): ReferenceVerdict & { run: boolean } {
  const { references, passed } = compare(network, [parseReference('theirs', reference)], options);
  return { ...(references[0] as ReferenceVerdict), run: passed };
}

const tensor = (verdict: ReferenceVerdict, name: string) =>
  verdict.tensors.find((candidate) => candidate.name === name);

const largest = (rows: Rows): number => Math.max(...rows.flat().map(Math.abs));
const float32 = <T>(value: T): T =>
  (typeof value === 'number' ? Math.fround(value) : Array.isArray(value) ? value.map(float32) : value) as T;
const asFloat32 = Object.fromEntries(
  Object.entries(gradients).map(([name, values]) => [name, float32(values)]),
);

describe('an entry', () => {
  // The largest entry of dW2, so that rounding plays no part.
  const rows: Rows = gradients.dW2;
  const i = rows.findIndex((row) => row.some((value) => Math.abs(value) === largest(rows)));
  const j = (rows[i] as number[]).findIndex((value) => Math.abs(value) === largest(rows));
  const off = (base: Record<string, unknown>, factor: number): object => {
    const dW2 = structuredClone(base.dW2) as Rows;
    (dW2[i] as number[])[j] = (dW2[i]?.[j] as number) * factor;
    return { ...base, dW2 };
  };

  test.each<[string, object, number, CompareOptions]>([
    ['within 1e-7 agrees in float64', off(gradients, 1 + 0.9e-7), 0, {}],
    ['beyond 1e-7 mismatches in float64', off(gradients, 1 + 1.2e-7), 1, {}],
    ['within 1e-6 agrees in float32', { dtype: 'float32', ...off(gradients, 1 + 0.8e-6) }, 0, {}],
    ['beyond mismatches in float32', { dtype: 'float32', ...off(gradients, 1 + 1e-5) }, 1, {}],
    ['within 2e-3 agrees in float16', { dtype: 'float16', ...off(gradients, 1 + 1e-3) }, 0, {}],
    ['beyond mismatches in float16', { dtype: 'float16', ...off(gradients, 1.05) }, 1, {}],
    [
      'off by 1e-3 mismatches in float32 that is recognised',
      off(asFloat32, Math.fround(1.001)),
      1,
      { rtol: 1e-6 },
    ],
    ['within a given rtol agrees', off(gradients, 1.01), 0, { rtol: 0.02 }],
    ['beyond a given rtol mismatches', off(gradients, 1.01), 1, { rtol: 0.005 }],
    ['within a given atol agrees', off(gradients, 1.01), 0, { atol: 1 }],
    ['that is Infinity mismatches', off(gradients, Number.POSITIVE_INFINITY), 1, {}],
    ['that is -Infinity mismatches', off(gradients, Number.NEGATIVE_INFINITY), 1, {}],
    ['that is NaN mismatches', off(gradients, Number.NaN), 1, {}],
    ['that is Infinity mismatches under any tolerance', off(gradients, 1 / 0), 1, { rtol: 1, atol: 1e300 }],
    ['that overflows mismatches', off(gradients, 1e300), 1, {}],
  ])('%s', (_, reference, mismatched, options) => {
    const verdict = judged(reference, options);
    expect(tensor(verdict, 'dW2')).toMatchObject({ mismatched, inconclusive: 0 });
    expect([verdict.passed, verdict.run]).toEqual([mismatched === 0, mismatched === 0]);
    if (mismatched > 0) expect(tensor(verdict, 'dW2')?.maxAbsError?.index).toEqual([i, j]);
  });

  test.each(Object.keys(gradients))(
    'of %s in float32 that is off by 1e-3 of the largest is a mismatch',
    (name) => {
      const values = structuredClone(asFloat32[name]) as Rows;
      const by = 1e-3 * largest(values.flat().map((value) => [value]));
      const nudged = values.map((row) =>
        Array.isArray(row) ? row.map((value) => Math.fround(value + by)) : Math.fround(row + by),
      );
      const verdict = judged({ dtype: 'float32', ...asFloat32, [name]: nudged });
      expect(tensor(verdict, name)).toMatchObject({ mismatched: values.flat().length });
      expect(verdict.passed).toBe(false);
    },
  );
});

describe('a tensor', () => {
  const db1: number[] = gradients.db1;
  test.each<[string, object, string, number, string | null]>([
    ['of a bias may be a column', { ...gradients, db1: db1.map((value) => [value]) }, 'db1', 0, null],
    ['of a bias may be a row', { ...gradients, db1: [db1] }, 'db1', 0, null],
    [
      'of a bias may not be two rows',
      { ...gradients, db1: [db1.slice(2), db1.slice(2)] },
      'db1',
      4,
      'wrong shape: expected 4, found 2 × 2',
    ],
    ['may be flat, row by row', { ...gradients, dW1: gradients.dW1.flat() }, 'dW1', 0, null],
    [
      'may not be flat and shorter',
      { ...gradients, dW1: gradients.dW1.flat().slice(1) },
      'dW1',
      12,
      'wrong shape: expected 4 × 3, found 11',
    ],
    ['may not be empty', { ...gradients, dW1: [] }, 'dW1', 12, 'wrong shape: expected 4 × 3, found 0'],
    [
      'may not be missing',
      { ...gradients, db2: undefined },
      'db2',
      5,
      'missing: the reference has no such tensor',
    ],
    [
      'must be one of the network',
      { ...gradients, dW0: [[1, 2]] },
      'dW0',
      2,
      'unknown: the network has no such gradient, only dW1, db1, dW2, db2',
    ],
  ])('%s', (_, reference, name, mismatched, problem) => {
    const verdict = judged(reference);
    expect(tensor(verdict, name)).toMatchObject({ mismatched, problem });
    expect(verdict.passed).toBe(problem === null);
  });

  test('that is not asked for is not judged', () => {
    const verdict = judged({ ...gradients, dW1: [[1]], db2: undefined }, { only: ['db1', 'dW2'] });
    expect(verdict.tensors.map(({ name }) => name)).toEqual(['db1', 'dW2']);
    expect(verdict.passed).toBe(true);
  });
});

describe('the loss', () => {
  test.each<[string, unknown, boolean | null]>([
    ['that agrees', loss, true],
    ['that agrees, a number', loss.total, true],
    ['that is not given', undefined, null],
    ['whose penalty lacks its ½', { ...loss, regularization: 2 * loss.regularization }, false],
    ['whose data loss is a sum', { ...loss, data: 7 * loss.data }, false],
    ['whose total is off by 1e-6', { ...loss, total: loss.total * (1 + 1e-6) }, false],
    ['whose total is off by 1e-8', { ...loss, total: loss.total * (1 + 1e-8) }, true],
    ['that is NaN', 'NaN', false],
    ['that is Infinity', 'Infinity', false],
    ['that is -Infinity', { total: '-Infinity' }, false],
  ])('%s', (_, given, passed) => {
    const verdict = judged({ gradients, loss: given });
    expect(verdict.loss?.passed ?? null).toBe(passed);
    expect(verdict.passed).toBe(passed !== false);
    expect(verdict.run).toBe(passed !== false);
  });
});

describe('logits', () => {
  const shifted = (logits as Rows).map((row) => row.map((value) => value + 1));
  test.each<[string, unknown, number, boolean]>([
    ['that agree', logits, 0, true],
    ['shifted by a constant, though the probabilities are the same', shifted, 35, false],
    [
      'lying the other way round, which fits no other way',
      (logits[0] as number[]).map((__, n) => (logits as Rows).map((row) => row[n])),
      0,
      true,
    ],
  ])('%s', (_, given, mismatched, passed) => {
    const verdict = judged({ gradients, logits: given });
    expect(verdict.logits?.mismatched).toBe(mismatched);
    expect(verdict.passed).toBe(passed);
  });
});

describe('an answer in which rounding is all there is', () => {
  const textbook = parseConfig(readFixture('textbook.json')).network;
  const answer = JSON.parse(readFixture('textbook.pytorch.json'));

  test('is inconclusive, not agreement: db1 of the textbook example', () => {
    const { references } = compare(textbook, [parseReference('PyTorch', answer)]);
    const db1 = references[0] && tensor(references[0], 'db1');
    expect(db1).toMatchObject({ mismatched: 0, inconclusive: 4 });
    expect(db1?.verdict?.verdicts).toEqual(Array(4).fill('inconclusive'));
    expect(references[0]?.passed).toBe(true); // by its other tensors
  });

  test('does not pass where nothing else is checked', () => {
    const { references, passed } = compare(textbook, [parseReference('PyTorch', answer)], { only: ['db1'] });
    expect([references[0]?.passed, passed]).toEqual([false, false]);
  });

  test('is still a mismatch where it is larger than rounding', () => {
    const gradient = { ...answer.gradients, db1: [1e-9, 0, 0, 0] };
    const { references } = compare(textbook, [parseReference('theirs', { ...answer, gradients: gradient })]);
    expect(references[0] && tensor(references[0], 'db1')).toMatchObject({ mismatched: 1, inconclusive: 3 });
  });
});

test.each(pytorchNetworks.map((answered) => [answered.name, answered] as const))(
  'PyTorch in float64 agrees on %s, and rounded to float32 it is recognised as that',
  (_, { problem, answer }) => {
    const single = Object.fromEntries(
      Object.entries(answer.gradients).map(([name, values]) => [name, float32(values)]),
    );
    const references = [parseReference('float64', answer), parseReference('float32', single)];
    const options = { layout: problem.layout };
    const { references: verdicts, passed } = compare(problem.network, references, options);
    expect(passed).toBe(true);
    expect(verdicts.map(({ precision }) => precision)).toEqual(['float64', 'float32']);
  },
);

test('one reference of several that disagrees fails the run, and only itself', () => {
  const good = parseReference('good', gradients);
  const bad = parseReference('bad', { ...gradients, db1: [0, 0, 0, 0] });
  const { references, passed, check } = compare(network, [good, bad, good]);
  expect(references.map((verdict) => verdict.passed)).toEqual([true, false, true]);
  expect([passed, check.passed]).toEqual([false, true]);
});

describe('plain loops in float32', () => {
  const { fround, exp, log } = Math;
  const sum = (terms: readonly number[], start = 0): number =>
    terms.reduce((total, term) => fround(total + fround(term)), fround(start));
  const [x, w] = [fround(0.3), [fround(0.7), fround(-0.2)]] as const;
  const z = w.map((one) => fround(one * x));
  const y = z.map((one) => fround(exp(one) / z.reduce((total, other) => total + exp(other), 0)));

  test.each([
    ['from 0', 0, 0],
    ['from λW', 0.5, 0],
    ['of 60,000 samples', 0, 60_000],
  ])('over equal samples, which drift, agree: %s', (_, reg, many) => {
    const N = many || 2000;
    const times = (term: number): number[] => Array(N).fill(term);
    const delta = [fround((y[0]! - 1) / N), fround(y[1]! / N)];
    const net = { X: [times(x)], y: times(0), W1: w.map((one) => [one]), b1: [0, 0], reg };
    const { network: equal } = parseConfig(net);
    const reference = {
      dtype: 'float32',
      dW1: delta.map((d, k) => [sum(times(d * x), reg * w[k]!)]),
      db1: delta.map((d) => sum(times(d))),
      loss: { data: sum(times(-log(y[0]!) / N)) },
    };
    expect(compare(equal, [parseReference('plain loop', reference)]).passed).toBe(true);
    const wrong = { ...reference, dW1: reference.dW1.map(([d]) => [d! * 1.1]) };
    expect(compare(equal, [parseReference('a tenth off', wrong)]).passed).toBe(false);
  });

  test('of a penalty whose squares underflow agrees', () => {
    const tiny = parseConfig({ X: [[1]], y: [0], W1: [[3e-23], [1e-22]], b1: [0, 0], reg: 10 }).network;
    const { passed } = compare(tiny, [
      parseReference('float32', {
        dtype: 'float32',
        dW1: [[-0.5], [0.5]],
        db1: [-0.5, 0.5],
        loss: { regularization: 0 },
      }),
    ]);
    expect(passed).toBe(true);
  });
});
