import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { openArrayFile, readArrayFile } from '../../src/files/arrays.ts';
import { Budget } from '../../src/files/budget.ts';
import {
  type ArchiveOptions,
  complaint,
  complaintOf,
  type Member,
  npy,
  npyHeader,
  zeros,
  zipOf,
} from './array-files.ts';

const content = npy(npyHeader('<f8', '(3,)'), Buffer.from(Float64Array.of(1, 2, 3).buffer));
const W1: Member = { name: 'W1.npy', content };

test.each<[string, Member[], ArchiveOptions?]>([
  ['a member that is stored', [W1]],
  ['a member that is deflated', [{ ...W1, deflated: true }]],
  ['a comment at its end', [W1], { comment: `made by hand, PK\x05\x06 too${'.'.repeat(40)}` }],
  ['an end record of zip64', [W1], { zip64: true }],
  [
    'sizes behind the data, as a stream writes them',
    [{ ...W1, deflated: true, flags: 8, local: { crc: 0, size: 0 } }],
  ],
  ['a folder', [{ name: 'layers/', content: Buffer.alloc(0) }, W1]],
])('an archive with %s is read', (_, members, options) => {
  expect(readArrayFile('x.npz', zipOf(members, options))).toEqual([
    { name: 'W1', shape: [3], dtype: 'float64', data: Float64Array.of(1, 2, 3) },
  ]);
});

test('an archive of no members has no arrays', () => {
  expect(readArrayFile('x.npz', zipOf([]))).toEqual([]);
});

const deflated = deflateRawSync(content);
const DIFFERS = 'W1.npy: what stands before it differs from the directory of the archive';

test.each<[string, Member, string]>([
  ['encrypted', { ...W1, flags: 1 }, 'W1.npy: it is encrypted'],
  [
    'compressed by bzip2',
    { ...W1, method: 12 },
    'W1.npy: it is compressed by method 12; expected it stored (0) or deflated (8)',
  ],
  ['of another checksum', { ...W1, crc: 1 }, 'W1.npy: it is damaged: its checksum (CRC-32) differs'],
  [
    'stored, and smaller than it says',
    { ...W1, size: content.length + 1 },
    'W1.npy: it says that it has 93 bytes, and has 92',
  ],
  [
    'deflated, and smaller than it says',
    { ...W1, deflated, size: 500 },
    'W1.npy: it says that it has 500 bytes, and has 92',
  ],
  [
    'deflated, and larger than it says',
    { ...W1, deflated, size: 91 },
    'W1.npy: it says that it has 91 bytes, and has more',
  ],
  [
    'deflated, and not empty as it says',
    { ...W1, deflated, size: 0 },
    'W1.npy: it says that it has 0 bytes, and has ',
  ],
  [
    'said to have more than deflate can give',
    { ...W1, deflated, size: 2 ** 20 },
    'W1.npy: it cannot have the 1048576 bytes that it says',
  ],
  [
    'cut off within its data',
    { ...W1, deflated: deflated.subarray(0, 50) },
    'W1.npy: it is damaged: it cannot be inflated (unexpected end of file)',
  ],
  [
    'not deflated at all',
    { ...W1, deflated: Buffer.alloc(90, 0xff) },
    'W1.npy: it is damaged: it cannot be inflated (invalid block type)',
  ],
  [
    'followed by other bytes',
    { ...W1, deflated: Buffer.concat([deflated, Buffer.alloc(9)]) },
    'W1.npy: it is damaged: its data ends before its place does',
  ],
  ['of another name in its own header', { ...W1, local: { name: 'W2.npy' } }, DIFFERS],
  ['of another size in its own header', { ...W1, local: { size: 5 } }, DIFFERS],
  ['of another checksum in its own header', { ...W1, local: { crc: 5 } }, DIFFERS],
  ['of another method in its own header', { ...W1, local: { method: 8 } }, DIFFERS],
  ['larger than the file', { ...W1, compressedSize: 5000 }, 'W1.npy: it lies outside the file'],
  [
    'no array',
    { name: 'notes.txt', content: Buffer.from('Dear reader') },
    'notes.txt: expected a NumPy array (.npy): its first bytes are others',
  ],
])('a member that is %s is refused by name', (_, member, message) => {
  expect(complaintOf('x.npz', zipOf([member]))).toContain(message);
});

test('two members of one name are refused, under whichever extension', () => {
  const b1 = { ...W1, name: 'W1' };
  expect(complaintOf('x.npz', zipOf([W1, { ...W1, deflated: true }]))).toBe(
    'W1: it stands twice in the file',
  );
  expect(complaintOf('x.npz', zipOf([W1, b1]))).toBe('W1: it stands twice in the file');
});

test('members that share their bytes are refused: so a few of them could unfold to very much', () => {
  const shared = zipOf([W1, { ...W1, name: 'W2.npy', at: 0, local: { name: 'W1.npy' } }]);
  expect(complaintOf('x.npz', shared)).toBe('W2.npy: it overlaps another member');
});

test.each([
  ['behind the file', { shift: 1e6 }, 'its directory lies outside the file'],
  ['a little late', { shift: 1 }, 'its directory lies outside the file'],
  ['a little early', { shift: -1 }, 'its directory is damaged'],
  ['behind the file, in zip64', { zip64: true, shift: 2 ** 50 }, 'its directory lies outside the file'],
])('a directory that is said to begin %s is refused', (_, options, message) => {
  expect(complaintOf('x.npz', zipOf([W1], options))).toBe(message);
});

test('a damaged array is none of those that are asked for', () => {
  const file = openArrayFile('x.npz', zipOf([W1, { ...W1, name: 'W2.npy', crc: 7 }]));
  expect(file.names).toEqual(['W1', 'W2']);
  expect(file.read('W1').data).toEqual(Float64Array.of(1, 2, 3));
  expect(complaint(() => file.read('W2'))).toContain('checksum');
});

test('a long name is cut in errors', () => {
  const message = complaintOf('x.npz', zipOf([{ ...W1, name: `${'W'.repeat(60_000)}.npy`, crc: 1 }]));
  expect(message).toBe(
    `${'W'.repeat(30)}…${'W'.repeat(25)}.npy: it is damaged: its checksum (CRC-32) differs`,
  );
});

test('arrays are counted together against the limit', () => {
  const members = ['W1', 'W2', 'W3'].map((name) => ({
    name: `${name}.npy`,
    content: zeros(1000),
    deflated: true,
  }));
  const room = 2 * 8000 + zeros(1000).length; // what is unfolded of a member must fit, too
  expect(readArrayFile('x.npz', zipOf(members), { budget: new Budget(room) })).toHaveLength(3);
  const message = complaintOf('x.npz', zipOf(members), { budget: new Budget(room - 1) });
  expect(message).toBe('W3.npy: too large: 0.0077 MiB; a run may hold 0.023 MiB in all');
});
