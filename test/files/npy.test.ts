import { describe, expect, test } from 'vitest';
import { readArrayFile } from '../../src/files/arrays.ts';
import { complaintOf, npy, npyHeader } from './array-files.ts';

const data = Buffer.from(Float64Array.of(1, 2, 3).buffer);

test.each([
  ['keys in another order', "{'shape': (3,), 'fortran_order': False, 'descr': '<f8'}"],
  ['double quotes', '{"descr": "<f8", "fortran_order": False, "shape": (3,)}'],
  ['the long integers of Python 2', "{'descr': '<f8', 'fortran_order': False, 'shape': (3L,), }"],
  ['no blanks', "{'descr':'<f8','fortran_order':False,'shape':(3,)}"],
  ['blanks and line ends', "\n{ 'descr' : '<f8' ,\n 'fortran_order' : True , 'shape' : ( 3 , ) } \n\n"],
  ['the byte order of the machine', npyHeader('=f8', '(3,)')],
])('a header with %s is understood', (_, header) => {
  const [array] = readArrayFile('x.npy', npy(header, data));
  expect(array).toEqual({ name: '', shape: [3], dtype: 'float64', data: Float64Array.of(1, 2, 3) });
});

const NO_HEADER = "expected a header {'descr': …, 'fortran_order': …, 'shape': …}, found something else";

test.each([
  ['a call', "{'descr': __import__('os').system('true'), 'fortran_order': False, 'shape': (3,)}"],
  ['an expression', "{'descr': '<f8', 'fortran_order': not True, 'shape': (3,)}"],
  ['a number for a shape', npyHeader('<f8', '3')],
  ['brackets without a comma, which are no tuple', npyHeader('<f8', '(3)')],
  ['a list for a shape', npyHeader('<f8', '[3]')],
  ['a negative size', npyHeader('<f8', '(-3,)')],
  ['a fractional size', npyHeader('<f8', '(3.0,)')],
  ['two commas', npyHeader('<f8', '(3,,)')],
  ['a tuple within', npyHeader('<f8', '((3,),)')],
  ['a number for an order', npyHeader('<f8', '(3,)', '0')],
  ['a string for an order', npyHeader('<f8', '(3,)', "'False'")],
  ['a missing key', "{'descr': '<f8', 'shape': (3,), }"],
  ['a fourth key', "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), 'extra': 1}"],
  ['a key that stands twice', "{'descr': '<f8', 'fortran_order': False, 'shape': (4,), 'shape': (3,), }"],
  ['a wrong key', "{'descr': '<f8', 'fortran_order': False, 'size': (3,), }"],
  ['no colon', "{'descr' '<f8', 'fortran_order': False, 'shape': (3,)}"],
  ['no comma', "{'descr': '<f8' 'fortran_order': False, 'shape': (3,)}"],
  ['a colon for a comma', "{'descr': '<f8': 'fortran_order': False, 'shape': (3,)}"],
  ['an open bracket', "{'descr': '<f8', 'fortran_order': False, 'shape': (3,"],
  ['an open string', "{'descr': '<f8, 'fortran_order': False, 'shape': (3,)}"],
  ['brackets that cross', "{'descr': '<f8', 'fortran_order': False, 'shape': (3,}, )"],
  ['something behind it', `${npyHeader('<f8', '(3,)')} 1`],
  ['nothing in it', ''],
  ['a list instead of a dict', "['descr', '<f8']"],
])('a header with %s is refused', (_, header) => {
  expect(complaintOf('x.npy', npy(header, data))).toBe(NO_HEADER);
});

test.each([
  ['a list of fields', "[('a', '<f8')]", "a structured array (dtype [('a', '<f8')])"],
  ['a tuple', "('<f8', (3,))", "a structured array (dtype ('<f8', (3, )))"],
  ['a float of other width', "'<f3'", 'floats of more than 64 bits (dtype <f3)'],
  ['a letter of no type', "'<q8'", 'an unknown type (dtype <q8)'],
  ['the name of a property of objects', "'constructor'", 'an unknown type (dtype constructor)'],
  ['nothing', "''", 'an unknown type (dtype )'],
])('a descr that is %s is refused as such', (_, descr, found) => {
  const header = `{'descr': ${descr}, 'fortran_order': False, 'shape': (3,), }`;
  expect(complaintOf('x.npy', npy(header, data))).toBe(`expected numbers; it holds ${found}`);
});

describe('a shape that does not fit its data is refused before anything is made of it', () => {
  test.each([
    ['(4,)', '4 of float64 takes 32 bytes, found 24'],
    ['(2,)', '2 of float64 takes 16 bytes, found 24'],
    ['()', 'one number of float64 takes 8 bytes, found 24'],
    ['(3, 0)', '3 × 0 of float64 takes 0 bytes, found 24'],
    [
      '(2147483648, 2147483648)',
      '2147483648 × 2147483648 of float64 takes 36893488147419103000 bytes, found 24',
    ],
    // 2³² × 2³² × 2³² wraps around to 0 in 64 bits.
    ['(4294967296, 4294967296, 4294967296)', 'of float64 takes 6.3382530011411'],
  ])('%s', (shape, message) => {
    expect(complaintOf('x.npy', npy(npyHeader('<f8', shape), data))).toContain(message);
  });

  test.each([
    [`(${'1,'.repeat(65)})`, 'expected a shape of at most 64 sizes, found 1 × 1 × 1 × 1 × 1 × 1 × 1 × 1 × …'],
    ['(9007199254740992,)', 'expected a shape of at most 64 sizes, found 9007199254740992'],
    [`(${'9'.repeat(400)},)`, 'expected a shape of at most 64 sizes, found Infinity'],
  ])('%s', (shape, message) => {
    expect(complaintOf('x.npy', npy(npyHeader('<f8', shape), data))).toBe(message);
  });
});

test.each([
  [
    'version 0',
    npy(npyHeader('<f8', '(3,)'), data, 0),
    'expected version 1, 2 or 3 of the .npy format, found 0.0',
  ],
  [
    'version 4',
    npy(npyHeader('<f8', '(3,)'), data, 4),
    'expected version 1, 2 or 3 of the .npy format, found 4.0',
  ],
  [
    'a header of 4 GB',
    Buffer.from('\x93NUMPY\x02\0\xff\xff\xff\xff', 'latin1'),
    'expected a header of at most 65536 bytes, found one of 4294967295',
  ],
  [
    'a header longer than the file',
    Buffer.from('\x93NUMPY\x01\0\xff\xff', 'latin1'),
    'ends within its header',
  ],
  ['no more than a beginning', Buffer.from('\x93NUMPY', 'latin1'), 'ends within its header'],
  [
    'another beginning',
    Buffer.from('\x93NUMPI\x01\0', 'latin1'),
    'expected a NumPy array (.npy): its first bytes are others',
  ],
])('%s is refused', (_, bytes, message) => {
  expect(complaintOf('x.npy', bytes)).toBe(message);
});
