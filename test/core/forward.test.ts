import fc from 'fast-check';
import { expect, test } from 'vitest';
import { forward, softmax } from '../../src/core/forward.ts';
import { type Matrix, map, matrix, rowSums, transpose } from '../../src/core/matrix.ts';
import { matrixOf, network, SEED } from '../networks.ts';

/** Logits in sixty-fourths, so that adding an integer to them is exact. */
const logits: fc.Arbitrary<Matrix> = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 }))
  .chain(([C, N]) =>
    fc
      .array(fc.integer({ min: -64_000, max: 64_000 }), { minLength: C * N, maxLength: C * N })
      .map((entries) =>
        matrix(
          C,
          N,
          Float64Array.from(entries, (entry) => entry / 64),
        ),
      ),
  );

test('softmax sums to 1 in each sample, whatever the logits', () => {
  const property = fc.property(logits, (z) => {
    for (const total of rowSums(transpose(softmax(z))))
      expect(Math.abs(total - 1)).toBeLessThanOrEqual(1e-15);
  });
  fc.assert(property, { seed: SEED });
});

test('softmax does not change where all logits are shifted', () => {
  const property = fc.property(logits, fc.integer({ min: -1000, max: 1000 }), (z, shift) => {
    expect(softmax(map(z, (value) => value + shift))).toEqual(softmax(z));
  });
  fc.assert(property, { seed: SEED });
});

test('softmax is the ratio of the exponentials', () => {
  const y = softmax(matrixOf(`0; ${Math.log(2)}; ${Math.log(5)}`));
  expect([...y.data].map((value) => value.toFixed(15))).toEqual([
    '0.125000000000000',
    '0.250000000000000',
    '0.625000000000000',
  ]);
});

test('softmax neither overflows nor loses a small probability', () => {
  expect([...softmax(matrixOf('1e5; 0')).data]).toEqual([1, 0]);
  expect(softmax(matrixOf('0; -700')).data[1]).toBe(Math.exp(-700));
});

test('a layer is W a + b, then φ; the last one has no φ', () => {
  const weights = ['1 2; 3 -1; 0 1', '1 1 1; 2 0 -1'];
  const net = network(
    {
      X: '1 -1; 2 0',
      y: [0, 1],
      W: weights,
      b: [
        [0, 1, -1],
        [10, 20],
      ],
    },
    'relu',
  );
  const pass = forward(net);
  const [first, second] = pass.steps;
  expect(first!.input).toBe(net.X);
  expect(first!.z).toEqual(matrixOf('5 -1; 2 -2; 1 -1'));
  expect(first!.a).toEqual(matrixOf('5 0; 2 0; 1 0'));
  expect(second!.input).toBe(first!.a);
  expect(pass.logits).toEqual(matrixOf('18 10; 29 20'));
  expect(pass.probabilities).toEqual(softmax(pass.logits));
});
