import { expect, test } from 'vitest';
import { readArrayFile } from '../../src/files/arrays.ts';
import { complaintOf, safetensors } from './array-files.ts';

const data = Buffer.from(Float64Array.of(1, 2, 3).buffer);
const b1 = { dtype: 'F64', shape: [3], data_offsets: [0, 24] };

test.each([
  ['metadata', safetensors({ __metadata__: { format: 'pt' }, b1 }, data)],
  ['blanks behind its header, which align the data', safetensors(`${JSON.stringify({ b1 })}     `, data)],
  ['other facts of a tensor', safetensors({ b1: { ...b1, device: 'cpu' } }, data)],
])('a file with %s is read', (_, bytes) => {
  expect(readArrayFile('x.safetensors', bytes)).toEqual([
    { name: 'b1', shape: [3], dtype: 'float64', data: Float64Array.of(1, 2, 3) },
  ]);
});

test('a header of any length is none of another format', () => {
  // 8315 is the text "{ " in the first bytes of the file.
  const bytes = safetensors(JSON.stringify({ b1 }).padEnd(8315), data);
  expect(bytes.toString('latin1', 0, 2)).toBe('{ ');
  expect(readArrayFile('x.safetensors', bytes)).toHaveLength(1);
});

const tensor = (change: object): Buffer => safetensors({ b1: { ...b1, ...change } }, data);
const pair = (first: number[], second: number[]): Buffer =>
  safetensors(
    { b1: { ...b1, shape: [1], data_offsets: first }, b2: { ...b1, shape: [2], data_offsets: second } },
    data,
  );
const NO_TENSOR = 'b1: expected {"dtype", "shape", "data_offsets"} in the header, found something else';

test.each([
  [
    'a shape of other size',
    tensor({ shape: [2] }),
    'b1: its shape and its data do not fit: 2 of float64 takes 16 bytes, found 24',
  ],
  [
    'a shape that overflows',
    tensor({ shape: [2 ** 32, 2 ** 32, 3] }),
    'b1: its shape and its data do not fit: 4294967296 × 4294967296 × 3 of float64 takes ',
  ],
  [
    'a dtype of other size',
    tensor({ dtype: 'F32' }),
    'b1: its shape and its data do not fit: 3 of float32 takes 12 bytes, found 24',
  ],
  ['an unknown dtype', tensor({ dtype: 'toString' }), 'BOOL; found toString'],
  ['no dtype', tensor({ dtype: undefined }), NO_TENSOR],
  ['a negative size', tensor({ shape: [-3] }), NO_TENSOR],
  ['a fractional size', tensor({ shape: [1.5, 2] }), NO_TENSOR],
  ['a size of 1e300', tensor({ shape: [1e300] }), NO_TENSOR],
  ['a negative offset', tensor({ data_offsets: [-8, 16] }), NO_TENSOR],
  ['three offsets', tensor({ data_offsets: [0, 8, 24] }), NO_TENSOR],
  ['null', safetensors({ b1: null }, data), NO_TENSOR],
  [
    'an end behind the file',
    tensor({ data_offsets: [0, 32] }),
    'b1: its data_offsets are 0 to 32, but the file holds 24 bytes of data: it may be cut off',
  ],
  [
    'an end before its begin',
    pair([0, 8], [8, 0]),
    'b2: its data_offsets are 8 to 0; expected it to begin at 8, without an overlap',
  ],
  [
    'a gap before',
    pair([1, 9], [9, 24]),
    'b1: its data_offsets are 1 to 9; expected it to begin at 0, without a gap',
  ],
  [
    'a gap between',
    pair([0, 7], [8, 24]),
    'b2: its data_offsets are 8 to 24; expected it to begin at 7, without a gap',
  ],
  [
    'an overlap',
    pair([0, 9], [8, 24]),
    'b2: its data_offsets are 8 to 24; expected it to begin at 9, without an overlap',
  ],
  [
    'the same place twice',
    pair([0, 24], [0, 24]),
    'b2: its data_offsets are 0 to 24; expected it to begin at 24, without an overlap',
  ],
  [
    'bytes behind its arrays',
    safetensors({ b1 }, Buffer.concat([data, data])),
    '24 bytes behind the last array belong to none',
  ],
  [
    'a key that stands twice',
    safetensors(`{"b1": ${JSON.stringify(b1)}, "b1": ${JSON.stringify(b1)}}`, data),
    'b1: it stands twice in the header',
  ],
  [
    'a shape that stands twice',
    safetensors(`{"b1": {"shape": [4], ${JSON.stringify(b1).slice(1)}}`, data),
    'shape: it stands twice in the header',
  ],
  [
    'a list for a header',
    safetensors([b1], data),
    'expected a header in JSON, an object; found something else',
  ],
  [
    'a header that is no JSON',
    safetensors("{'b1': 1}", data),
    'expected a header in JSON, an object; found something else',
  ],
  [
    'a header that is no text',
    Buffer.from('\x03\0\0\0\0\0\0\0{\xff}', 'latin1'),
    'expected a header in JSON, an object; found something else',
  ],
  [
    'a header longer than the file',
    Buffer.from('\x09\0\0\0\0\0\0\0{}', 'latin1'),
    'expected a .safetensors file, found 10 bytes, which claim a header of 9: it may be cut off, or another format',
  ],
  ['a header of 2⁶⁴ − 1 bytes', Buffer.alloc(20, 0xff), 'which claim a header of 18446744073709552000'],
  [
    'less than a length',
    Buffer.alloc(7),
    'expected a .safetensors file, found 7 bytes: it may be cut off, or another format',
  ],
])('%s is refused', (_, bytes, message) => {
  expect(complaintOf('x.safetensors', bytes)).toContain(message);
});

test('a header of more than 16 MiB is refused unread, even where the file is as long', () => {
  const bytes = Buffer.alloc(2 ** 24 + 100, ' ');
  bytes.writeBigUInt64LE(BigInt(2 ** 24 + 1));
  expect(complaintOf('x.safetensors', bytes)).toContain('which claim a header of 16777217');
});

test('brackets in strings are not nested', () => {
  const name = '[{"\\['.repeat(9);
  expect(readArrayFile('x.safetensors', safetensors({ [name]: b1 }, data))).toMatchObject([{ name }]);
});
