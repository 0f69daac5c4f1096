import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { Budget, DEFAULT_LIMIT } from '../../src/files/budget.ts';
import { textOf } from '../../src/files/bytes.ts';
import { InputError } from '../../src/files/errors.ts';
import { parseJson } from '../../src/files/json.ts';
import { openJsonArrays } from '../../src/files/json-arrays.ts';
import { complaint } from './array-files.ts';

const MiB = 2 ** 20;

test('a budget is taken up to its limit, and what does not fit is not taken', () => {
  const budget = new Budget(10 * MiB);
  expect(budget.take(6 * MiB)).toBeUndefined();
  expect(budget.take(5 * MiB)).toBe('too large: 5 MiB; a run may hold 10 MiB in all, and 6 are taken');
  expect(budget.take(4 * MiB)).toBeUndefined();
  expect(budget.left).toBe(0);
  expect(new Budget(1).take(Number.NaN)).toContain('too large');
});

test('what a part takes is taken of the whole, until it is released', () => {
  const budget = new Budget(10 * MiB);
  const part = budget.part();
  const inner = part.part();
  budget.take(MiB);
  part.take(2 * MiB);
  inner.take(3 * MiB);
  expect([budget.left, part.left, inner.left]).toEqual([4 * MiB, 4 * MiB, 4 * MiB]);
  inner.release();
  inner.release();
  expect(budget.left).toBe(7 * MiB);
  part.release();
  expect(budget.left).toBe(9 * MiB);
});

test('a stream without end is left as soon as it is too much', async () => {
  let given = 0;
  const endless = Readable.from(
    (function* () {
      for (;;) {
        given += 1024;
        yield Buffer.alloc(1024, 'y');
      }
    })(),
    { objectMode: false },
  );
  const reading = textOf('<stdin>', endless, new Budget(MiB));
  await expect(reading).rejects.toThrow(InputError);
  await expect(reading).rejects.toThrow('<stdin>: too large: it goes on; a run may hold 1 MiB in all');
  expect(given).toBeLessThan(2 * MiB);
});

test.each([
  ['arrays', '[],', 64],
  ['objects', '{},', 96],
  ['numbers', '0,', 24],
  ['words', 'null,', 24],
  ['keys', '{"a":0},', 185],
])('what unfolds to very much is refused before it does: %s', (_, part, bytes) => {
  const text = `[${part.repeat(10_000)}0]`;
  const read = (limit: number) => () => parseJson('x.json', text, { budget: new Budget(limit) });
  expect(read(10_000 * bytes + 200)).not.toThrow();
  expect(complaint(read(10_000 * bytes - 1000))).toContain('too large');
});

test('arrays of a JSON text count as float64, whatever their shape claims', () => {
  const read = (text: string, limit: number) => () =>
    openJsonArrays('x.json', text, { budget: new Budget(limit), passing: new Budget() }).read('');
  const square = `[${Array(100).fill(`[${Array(100).fill(0)}]`)}]`;
  expect(read(square, 80_000)().data).toHaveLength(10_000);
  expect(complaint(read(square, 79_999))).toContain('too large');
  // A hundred thousand rows of a hundred thousand, all but the first of them empty.
  const ragged = `[[${'0,'.repeat(99_999)}0]${',[]'.repeat(99_999)}]`;
  expect(complaint(read(ragged, DEFAULT_LIMIT))).toBe('[1]: expected an array of 100000, like its siblings');
});
