import { expect, test } from 'vitest';
import { randomNumbers } from '../../src/core/random.ts';
import { leastSquares } from '../../src/diagnosis/least-squares.ts';

const { normal } = randomNumbers(7, 'least squares');
const column = (length: number): Float64Array => Float64Array.from({ length }, () => normal());
const sumOf = (columns: readonly Float64Array[], x: readonly number[]): Float64Array =>
  columns[0]!.map((_, e) => columns.reduce((sum, a, i) => sum + x[i]! * a[e]!, 0));

test('what columns make up has their coefficients, and leaves nothing', () => {
  const columns = [column(9), column(9), column(9)];
  const { solution, residual, rank } = leastSquares(columns, sumOf(columns, [2, -0.5, 3e-3]));
  expect(rank).toBe(3);
  [2, -0.5, 3e-3].forEach((x, i) => {
    expect(solution[i]).toBeCloseTo(x, 13);
  });
  expect(Math.max(...residual.map(Math.abs))).toBeLessThan(1e-14);
});

test('what is left is orthogonal to every column', () => {
  const columns = [column(9), column(9)];
  const { residual } = leastSquares(columns, column(9));
  for (const a of columns)
    expect(a.reduce((sum, value, e) => sum + value * residual[e]!, 0)).toBeCloseTo(0, 13);
  expect(Math.max(...residual.map(Math.abs))).toBeGreaterThan(0.1);
});

test('nearly parallel columns are solved to what they tell', () => {
  const a = column(9);
  const b = a.map((value, e) => value + 1e-6 * Math.sin(e));
  const { solution, rank } = leastSquares([a, b], sumOf([a, b], [1, 1]));
  expect(rank).toBe(2);
  expect(solution[0]).toBeCloseTo(1, 8);
});

test('a column that others make up gets nothing and counts nothing', () => {
  const columns = [column(5), column(5)];
  const { solution, rank } = leastSquares([...columns, sumOf(columns, [1, 2])], sumOf(columns, [3, 4]));
  expect([rank, solution[2]]).toEqual([2, 0]);
  expect(solution[0]).toBeCloseTo(3, 12);
});
