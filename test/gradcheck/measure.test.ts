import { describe, expect, test } from 'vitest';
import { forward } from '../../src/core/forward.ts';
import { CANONICAL, type Layout } from '../../src/core/layout.ts';
import { largest } from '../../src/core/matrix.ts';
import { conditionedSize } from '../../src/gradcheck/bound.ts';
import {
  gradientNames,
  type MeasureOptions,
  measure,
  refusedEntries,
  refuses,
} from '../../src/gradcheck/measure.ts';
import { sizesOf, summedSize, UNIT_ROUNDOFF as u } from '../../src/gradcheck/noise.ts';
import { sampleOf } from '../../src/gradcheck/slopes.ts';
import { generic, network } from '../networks.ts';

const pass = forward(network(generic));
const N = 3;
const measured = (options?: MeasureOptions) => measure(pass, options);
const names = ({ tensors }: ReturnType<typeof measure>) => tensors.map(({ slopes }) => slopes.name);

describe('a measurement is refused', () => {
  test.each([0, -1e-5, Number.NaN, Number.POSITIVE_INFINITY])('a step of %d', (step) => {
    expect(() => measured({ step })).toThrow(new RangeError(`expected a step above 0, found ${step}`));
    expect(() => measured({ step, naive: true })).toThrow(RangeError);
  });

  test('a tensor that is not there, or is part of another as the layout has it', () => {
    const all = 'dW1, db1, dW2, db2';
    expect(() => measured({ only: ['dW2', 'dW3'] })).toThrow(
      new RangeError(`expected some of ${all}; found dW3`),
    );
    const layout: Layout = { ...CANONICAL, biases: 'last' };
    expect(() => measured({ only: ['db1'], layout })).toThrow(
      new RangeError('expected some of dW1, dW2; found db1'),
    );
    expect(gradientNames(pass, layout)).toEqual(['dW1', 'dW2']);
  });
});

test('what is asked for is measured, and of folded biases with the weights that they lie in', () => {
  expect(names(measured())).toEqual(['dW1', 'db1', 'dW2', 'db2']);
  expect(names(measured({ only: ['db2', 'dW1'] }))).toEqual(['dW1', 'db2']);
  expect(names(measured({ only: ['dW2'], layout: { ...CANONICAL, biases: 'first' } }))).toEqual([
    'dW2',
    'db2',
  ]);
  expect(measured({ only: [] }).tensors).toEqual([]);
});

test.each<[Layout['biases'], number, (row: number) => number]>([
  ['first', 1, (row) => 3 * row],
  ['last', 0, (row) => 3 * row + 2],
])(
  'with biases %s a sample is drawn of the columns of weights and biases together',
  (biases, before, placeOfBias) => {
    const layout: Layout = { ...CANONICAL, biases };
    for (let seed = 0; seed < 5; seed++) {
      const { tensors } = measured({ sample: 3, seed, layout });
      const of = (name: string) => tensors.find(({ slopes }) => slopes.name === name)!.selected;
      for (const l of [1, 2]) {
        const inWhole = [
          ...of(`dW${l}`).map((e) => 3 * Math.floor(e / 2) + (e % 2) + before),
          ...of(`db${l}`).map(placeOfBias),
        ];
        expect(inWhole.sort((a, b) => a - b)).toEqual([...sampleOf(3, seed)(`dW${l}`, 6)]);
      }
    }
  },
);

test('beside weights a sample is drawn of each tensor', () => {
  for (const { slopes, selected } of measured({ sample: 1, seed: 4 }).tensors)
    expect(selected).toEqual(sampleOf(1, 4)(slopes.name, slopes.left.length));
});

describe('by difference propagation', () => {
  test('the absolute part of t is atol + (64 + N)uS, of an entry and of any S', () => {
    const S = summedSize(pass);
    for (const atol of [0, 1e-14]) {
      const { tensors, toleranceOf } = measured({ atol });
      for (const [l, { absolute }] of tensors.entries())
        for (const [i, t] of absolute.entries())
          expect(t - atol).toBeCloseTo((64 + N) * u * S[l]!.data[i]!, 18);
      expect(toleranceOf(Float64Array.of(1e10))[0]! - atol).toBeCloseTo((64 + N) * u * 1e10, 12);
    }
  });

  test('nothing is open at the step of its own, and the bar is 8u of the conditioned size', () => {
    const sizes = conditionedSize(pass).gradients;
    for (const [l, { open, bar, kink }] of measured().tensors.entries()) {
      expect([...open, ...kink].every((c) => c === 0)).toBe(true);
      for (const [i, own] of bar.entries()) expect(own / (8 * u * sizes[l]!.data[i]!)).toBeCloseTo(1, 9);
    }
  });

  test('at a larger one what the central quotient is off by is open, and in the bar', () => {
    const fine = measured().tensors;
    let unseen = 0; // by the one-sided slopes
    for (const step of [0.5, 8]) {
      for (const [l, { slopes, open, bar }] of measured({ step }).tensors.entries()) {
        for (const [i, value] of slopes.central.entries()) {
          const half = Math.abs(slopes.left[i]! - slopes.right[i]!) / 2;
          const off = Math.abs(value - fine[l]!.slopes.central[i]!);
          if (off > half) unseen++;
          expect(open[i]).toBe(Math.max(half, off));
          expect(bar[i]!).toBeGreaterThanOrEqual(open[i]!);
          expect(bar[i]! - open[i]!).toBeLessThan(1e-12);
        }
      }
    }
    expect(unseen).toBeGreaterThan(0);
  });
});

test('what underflows is in the tolerance, and in the bar', () => {
  for (const step of [2 ** -1000, 2 ** -990]) {
    const { tensors, floor, toleranceOf } = measured({ step });
    const usual = measured().tensors;
    expect(floor / (2 ** -1019 / step)).toBeCloseTo(Math.max(1, sizesOf(pass).errors), 12);
    for (const [l, { absolute, bar, open }] of tensors.entries()) {
      for (const [i, t] of absolute.entries()) {
        expect((t - usual[l]!.absolute[i]!) / floor).toBeCloseTo(1, 3);
        expect((bar[i]! - open[i]! - usual[l]!.bar[i]!) / floor).toBeCloseTo(1, 3);
      }
    }
    expect(toleranceOf(Float64Array.of(0))[0]! / floor).toBe(1);
  }
});

test('the layout is the one that was asked for, the usual one by default', () => {
  const layout: Layout = { ...CANONICAL, weights: 'in-out' };
  expect([measured().layout, measured({ layout }).layout]).toEqual([CANONICAL, layout]);
});

test('with folded biases, too, no entry is drawn of what is not asked for', () => {
  const layout: Layout = { ...CANONICAL, biases: 'last' };
  let all = 0;
  const onProgress = (_: number, total: number) => {
    all = total;
  };
  measured({ naive: true, sample: 2, only: ['dW2'], layout, onProgress });
  expect(all).toBe(2);
});

describe('by two losses', () => {
  const naive = () => measured({ naive: true });

  test('step, tolerance and method are its own', () => {
    const { rtol, step, floor, method } = naive();
    expect([rtol, step, floor, method]).toEqual([1e-5, 1e-5, 0, 'two losses']);
    expect(measured({ naive: true, rtol: 0.1, step: 1e-4 })).toMatchObject({ rtol: 0.1, step: 1e-4 });
    expect(measured()).toMatchObject({ rtol: 1e-7, step: 2 ** -100, method: 'difference propagation' });
  });

  test('the absolute part of t is the bar and 1e-8 of the largest entry, or atol', () => {
    const own = measured({ naive: true, atol: 0.25 }).tensors;
    for (const [l, { absolute, bar, slopes, open }] of naive().tensors.entries()) {
      for (const [i, t] of absolute.entries()) {
        expect(t).toBe(1e-8 * largest(slopes.central) + bar[i]!);
        expect(own[l]!.absolute[i]).toBe(0.25 + bar[i]!);
        expect(open[i]).toBe(0);
      }
    }
  });

  test('the bar holds half the difference of the slopes, the rounding of the losses over h, and little more', () => {
    const { tensors, toleranceOf } = naive();
    const rounding = toleranceOf(Float64Array.of(0))[0]!;
    for (const { slopes, bar } of tensors) {
      for (const [i, own] of bar.entries()) {
        const half = Math.abs(slopes.left[i]! - slopes.right[i]!) / 2;
        expect(own - half).toBeGreaterThanOrEqual(rounding * (1 - 1e-9));
        expect(own - half).toBeLessThanOrEqual(4 * rounding + 2 * half);
      }
    }
    expect(rounding).toBeGreaterThan((8 * u * 0.5) / 1e-5);
    expect(rounding).toBeLessThan((8 * u * 100) / 1e-5);
    expect(toleranceOf(Float64Array.of(1e10))[0]! - rounding).toBeCloseTo(u * 1e10, 12);
  });

  test('with a larger step the truncation of the central quotient is in the bar', () => {
    const exact = measured().tensors;
    for (const step of [0.02, 0.2]) {
      for (const [l, { slopes, bar }] of measured({ naive: true, step }).tensors.entries()) {
        for (const [i, value] of slopes.central.entries()) {
          const off = Math.abs(value - exact[l]!.slopes.central[i]!);
          expect(off).toBeLessThanOrEqual(bar[i]!);
          expect(off).toBeGreaterThan(1e-9); // there is some
        }
      }
    }
  });

  test('each entry is told when it is done', () => {
    const heard: [number, number][] = [];
    measured({ naive: true, only: ['db1', 'dW2'], onProgress: (done, total) => heard.push([done, total]) });
    // by the step and by two parts of it
    expect(heard).toEqual(Array.from({ length: 18 }, (_, i) => [Math.floor((i + 1) / 3), 6]));
  });
});

test('an entry is refused beyond t + c, and of those that were measured', () => {
  const measurement = measured({ rtol: 0, atol: 0.5, sample: 2, seed: 1, only: ['dW1'] });
  const [tensor] = measurement.tensors;
  const n = tensor!.slopes.central;
  const at = (i: number, by: number) => refuses(measurement, tensor!, i, n[i]! + by);
  for (const i of tensor!.selected)
    expect([at(i, 0.499), at(i, 0.501), at(i, -0.499), at(i, -0.501)]).toEqual([false, true, false, true]);
  expect(refuses(measurement, tensor!, tensor!.selected[0]!, n[tensor!.selected[0]!]! + 0.501, 0.6)).toBe(
    false,
  );
  const wrong = { name: 'dW1', shape: [2, 2], data: n.map((value) => value + 1) };
  expect(refusedEntries(measurement, tensor!, wrong)).toEqual(tensor!.selected);
  expect(
    refusedEntries(
      measurement,
      tensor!,
      wrong,
      tensor!.absolute.map(() => 2),
    ),
  ).toEqual([]);
});

test('the relative part of t is of the larger of both', () => {
  const measurement = measured({ rtol: 0.1 });
  const [tensor] = measurement.tensors;
  for (const [i, n] of tensor!.slopes.central.entries()) {
    const verdicts = [n / 0.9005, n / 0.8995, n * 0.9005, n * 0.8995].map((a) =>
      refuses(measurement, tensor!, i, a),
    );
    expect(verdicts).toEqual([false, true, false, true]);
  }
});

describe('two losses leave an entry open', () => {
  /** ReLUs that turn on beyond 0: half a step of the textbook away, or far. */
  const near = (bias: number, scale = 1) =>
    forward(network({ X: '1', y: [0], W: ['1', `${scale}; ${-scale}`], b: [[bias], [0, 0]] }, 'relu'));
  const openAt = (of: ReturnType<typeof near>, options?: MeasureOptions) =>
    measure(of, { naive: true, ...options }).tensors.map(({ open }) => [...open]);

  test('where the one-sided slopes differ by a thousandth of the steepest, and only there', () => {
    expect(openAt(near(-1 + 5e-6)).slice(0, 2)).toEqual([
      [Number.POSITIVE_INFINITY],
      [Number.POSITIVE_INFINITY],
    ]);
    for (const bias of [-0.5, 0.5]) expect(openAt(near(bias)).flat()).toEqual(Array(6).fill(0));
    expect(openAt(near(-0.5, 1e-3)).flat()).toEqual(Array(6).fill(0));
  });

  test('where the rounding of the losses is larger than all entries', () => {
    // At a step of 1e-17 two losses of 0.7 differ by their rounding, if at all.
    for (const step of [1e-17, 1e-18]) {
      const open = openAt(near(-0.5), { step });
      expect(open[3]).toEqual(Array(2).fill(Number.POSITIVE_INFINITY));
    }
  });
});
