import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  abs,
  add,
  affine,
  at,
  fromRows,
  hadamard,
  type Matrix,
  map,
  matrix,
  multiply,
  multiplyTransposed,
  rowSums,
  scale,
  squaredNorm,
  subtract,
  sum,
  transpose,
  transposedMultiply,
  zip,
} from '../../src/core/matrix.ts';
import { matrixOf, SEED } from '../networks.ts';

const A = matrixOf('1 2 3; 4 5 6');
const B = matrixOf('1 0; -1 2; 0.5 10');

test.each<[string, () => Matrix, string]>([
  ['AB', () => multiply(A, B), '0.5 34; 2 70'],
  ['A Aᵀ', () => multiplyTransposed(A, A), '14 32; 32 77'],
  ['Aᵀ A', () => transposedMultiply(A, A), '17 22 27; 22 29 36; 27 36 45'],
  ['Aᵀ', () => transpose(A), '1 4; 2 5; 3 6'],
  ['A − 2A', () => subtract(A, scale(2, A)), '-1 -2 -3; -4 -5 -6'],
  ['|−A|', () => abs(scale(-1, A)), '1 2 3; 4 5 6'],
  ['A + A', () => add(A, A), '2 4 6; 8 10 12'],
  ['A ◦ A', () => hadamard(A, A), '1 4 9; 16 25 36'],
  ['−2A', () => scale(-2, A), '-2 -4 -6; -8 -10 -12'],
  ['A + b 1ᵀ', () => affine(matrixOf('1 0; 0 1'), A, Float64Array.of(10, 20)), '11 12 13; 24 25 26'],
  ['the half of each entry', () => map(A, (a) => a / 2), '0.5 1 1.5; 2 2.5 3'],
  ['A less its half', () => zip(A, scale(0.5, A), (a, b) => a - b), '0.5 1 1.5; 2 2.5 3'],
])('%s is what it is by hand', (_, compute, expected) => {
  expect(compute()).toEqual(matrixOf(expected));
});

test('rows, entries and norms are summed', () => {
  expect([...rowSums(A)]).toEqual([6, 15]);
  expect(sum(A.data)).toBe(21);
  expect(squaredNorm(A)).toBe(91);
  expect(at(A, 1, 0)).toBe(4);
});

test.each<[string, () => unknown, string]>([
  ['a product', () => multiply(A, A), '2 × 3 times 2 × 3'],
  ['a product with a transpose', () => multiplyTransposed(A, B), '2 × 3 times the transpose of 3 × 2'],
  ['a product of a transpose', () => transposedMultiply(A, B), 'the transpose of 2 × 3 times 3 × 2'],
  ['a sum', () => add(A, B), '2 × 3 beside 3 × 2'],
  ['a sum of fewer rows', () => add(A, matrixOf('1 2 3')), '2 × 3 beside 1 × 3'],
  ['a sum of fewer columns', () => add(A, matrixOf('1 2; 3 4')), '2 × 3 beside 2 × 2'],
  ['a product by entries of fewer rows', () => hadamard(A, matrixOf('1 2 3')), '2 × 3 beside 1 × 3'],
  ['a product by entries of fewer columns', () => hadamard(A, matrixOf('1 2; 3 4')), '2 × 3 beside 2 × 2'],
  ['pairs of fewer rows', () => zip(A, matrixOf('1 2 3'), Math.max), '2 × 3 beside 1 × 3'],
  ['pairs of fewer columns', () => zip(A, matrixOf('1 2; 3 4'), Math.max), '2 × 3 beside 2 × 2'],
  [
    'a vector that is too short',
    () => affine(matrixOf('1 0; 0 1'), A, Float64Array.of(1)),
    '2 × 3 plus a vector of 1',
  ],
  ['data of another size', () => matrix(2, 2, new Float64Array(3)), 'a 2 × 2 matrix has 4 entries, not 3'],
  ['ragged rows', () => fromRows([[1, 2], [3]]), 'row 1 has 1 entries, row 0 has 2'],
])('%s of shapes that do not fit names both', (_, compute, message) => {
  expect(compute).toThrow(new RangeError(message));
});

test('no rows are a matrix of none', () => {
  expect(fromRows([])).toEqual(matrix(0, 0));
});

/** Matrices of small integers, whose products are exact. */
const integers = (rows: number, cols: number): fc.Arbitrary<Matrix> =>
  fc
    .array(fc.integer({ min: -9, max: 9 }), { minLength: rows * cols, maxLength: rows * cols })
    .map((entries) => matrix(rows, cols, Float64Array.from(entries)));

const sizes = fc.tuple(
  fc.integer({ min: 1, max: 6 }),
  fc.integer({ min: 1, max: 6 }),
  fc.integer({ min: 1, max: 6 }),
);
const pairs = sizes.chain(([m, k, n]) => fc.tuple(integers(m, k), integers(k, n)));
const plus0 = (M: Matrix): Matrix => map(M, (value) => value + 0); // −0 → 0

test('(AB)ᵀ = Bᵀ Aᵀ, and A Bᵀ and Aᵀ B are the products with the transpose', () => {
  const property = fc.property(pairs, ([M, K]) => {
    const product = plus0(multiply(M, K));
    expect(plus0(transpose(multiply(transpose(K), transpose(M))))).toEqual(product);
    expect(plus0(multiplyTransposed(M, transpose(K)))).toEqual(product);
    expect(plus0(transposedMultiply(transpose(M), K))).toEqual(product);
  });
  fc.assert(property, { seed: SEED });
});
