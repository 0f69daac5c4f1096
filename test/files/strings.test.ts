import { describe, expect, test } from 'vitest';
import { openArrayFile } from '../../src/files/arrays.ts';
import { Budget } from '../../src/files/budget.ts';
import { openJsonArrays } from '../../src/files/json-arrays.ts';
import type { FileStrings } from '../../src/files/reading.ts';
import { complaint, fixtureBytes, npy, npyHeader, safetensors } from './array-files.ts';

const read = (bytes: Uint8Array, limit?: number): FileStrings | undefined =>
  openArrayFile('x.npy', bytes, limit === undefined ? {} : { budget: new Budget(limit) }).readStrings('');

/** The characters of texts, 4 bytes each, each text filled up to the width. */
function unicode(width: number, texts: readonly string[], littleEndian = true): Buffer {
  const bytes = Buffer.alloc(4 * width * texts.length);
  texts.forEach((text, i) => {
    Array.from(text).forEach((character, k) => {
      const at = 4 * (width * i + k);
      if (littleEndian) bytes.writeUInt32LE(character.codePointAt(0)!, at);
      else bytes.writeUInt32BE(character.codePointAt(0)!, at);
    });
  });
  return bytes;
}

describe('strings of a .npy file', () => {
  test.each<[string, string, string, Buffer, number[], string[]]>([
    ['one string, as np.array("relu") is', '<U4', '()', unicode(4, ['relu']), [], ['relu']],
    ['a list', '<U5', '(2,)', unicode(5, ['relu', 'tanh']), [2], ['relu', 'tanh']],
    ['big-endian ones', '>U4', '(2,)', unicode(4, ['relu', 'elu'], false), [2], ['relu', 'elu']],
    ['those of the machine', '=U4', '()', unicode(4, ['relu']), [], ['relu']],
    ['an empty one', '<U1', '()', unicode(1, ['']), [], ['']],
    ['no strings', '<U1', '(0,)', Buffer.alloc(0), [0], []],
    ['characters of any kind', '<U7', '()', unicode(7, ['größe 😀']), [], ['größe 😀']],
    ['a zero within, which is no filling', '<U4', '()', unicode(4, ['a\0b']), [], ['a\0b']],
    ['byte strings', '|S4', '(2,)', Buffer.from('reluelu\0'), [2], ['relu', 'elu']],
    ['byte strings by their old letter', '|a4', '()', Buffer.from('relu'), [], ['relu']],
    ['byte strings in UTF-8', '|S4', '()', Buffer.from('λ=1'), [], ['λ=1']],
    ['a matrix', '<U1', '(2, 2)', unicode(1, ['a', 'b', 'c', 'd']), [2, 2], ['a', 'b', 'c', 'd']],
  ])('%s: %s %s', (_, descr, shape, data, expected, values) => {
    expect(read(npy(npyHeader(descr, shape), data))).toEqual({ name: '', shape: expected, values });
  });

  test('are read row by row, whichever index runs fastest', () => {
    const bytes = npy(npyHeader('<U1', '(2, 3)', 'True'), unicode(1, ['a', 'd', 'b', 'e', 'c', 'f']));
    expect(read(bytes)?.values).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  test.each([
    ['float64', npy(npyHeader('<f8', '(1,)'), Buffer.alloc(8))],
    ['bool', npy(npyHeader('|b1', '()'), Buffer.alloc(1))],
    ['int64', npy(npyHeader('<i8', '()'), Buffer.alloc(8))],
  ])('are not what an array of %s holds', (_, bytes) => {
    expect(read(bytes)).toBeUndefined();
    expect(openArrayFile('x.npy', bytes).read('').data).toEqual(Float64Array.of(0));
  });

  test('are no numbers', () => {
    const bytes = npy(npyHeader('<U4', '()'), unicode(4, ['relu']));
    expect(complaint(() => openArrayFile('x.npy', bytes).read(''))).toBe(
      'expected numbers; it holds strings (dtype <U4)',
    );
  });

  test.each<[string, Buffer, string]>([
    [
      'a code point beyond Unicode',
      npy(npyHeader('<U1', '(2,)'), Buffer.from([97, 0, 0, 0, 0, 0, 0x11, 0])),
      'expected text, found other bytes at [1]',
    ],
    [
      'bytes of no text',
      npy(npyHeader('|S2', '()'), Buffer.from([0xff, 0xfe])),
      'expected text, found other bytes',
    ],
    [
      'data of another size',
      npy(npyHeader('<U4', '(2,)'), unicode(4, ['relu'])),
      'its shape and its data do not fit: 2 of U4 takes 32 bytes, found 16',
    ],
    [
      'a width that no memory holds',
      npy(npyHeader(`<U${'9'.repeat(300)}`, '()'), unicode(4, ['relu'])),
      'its shape and its data do not fit',
    ],
    [
      'very many of no width, which take no place in the file',
      npy(npyHeader('<U0', '(9999999,)')),
      'expected numbers or strings; it holds strings (dtype <U0)',
    ],
    [
      'pickled objects',
      npy(npyHeader('|O', '(2,)'), Buffer.alloc(16)),
      'expected numbers or strings; it holds pickled Python objects (dtype |O); save arrays by their names: np.savez(file, **arrays)',
    ],
  ])('%s: refused', (_, bytes, message) => {
    expect(complaint(() => read(bytes))).toContain(message);
  });

  test('count against the limit, with what a string takes besides its characters', () => {
    const bytes = npy(npyHeader('|S1', '(100,)'), Buffer.alloc(100, 'a'));
    expect(read(bytes, 3300)?.values).toHaveLength(100);
    expect(complaint(() => read(bytes, 3299))).toContain('too large');
  });
});

test('NumPy’s own strings are read from an .npz', () => {
  const file = openArrayFile('refused.npz', fixtureBytes('refused.npz'));
  expect(file.readStrings('string')).toEqual({ name: 'string', shape: [2], values: ['sigmoid', 'tanh'] });
  expect(file.readStrings('bytes')?.values).toEqual(['sigmoid']);
  expect(file.metadata).toEqual([]);
});

describe('the metadata of a .safetensors file', () => {
  const b1 = { dtype: 'F64', shape: [1], data_offsets: [0, 8] };
  const open = (metadata: unknown) =>
    openArrayFile('x.safetensors', safetensors({ __metadata__: metadata, b1 }, Buffer.alloc(8)));

  test('are texts by name, beside its arrays', () => {
    const file = open({ format: 'pt', reg: '0.1' });
    expect(file.names).toEqual(['b1']);
    expect(file.metadata).toEqual(['format', 'reg']);
    expect(file.readStrings('reg')).toEqual({ name: 'reg', shape: [], values: ['0.1'] });
    expect(file.readStrings('toString')).toBeUndefined();
    expect(file.readStrings('b1')).toBeUndefined();
  });

  test.each([[null], [[]], ['text']])('are none where they are %j', (metadata) => {
    expect(open(metadata).metadata).toEqual([]);
  });

  test('are refused where one that is asked for is no text', () => {
    expect(complaint(() => open({ reg: 0.1 }).readStrings('reg'))).toBe(
      'reg: expected a text among the metadata, found something else',
    );
  });
});

test('strings of a .json file are read as those of an .npz', () => {
  const file = openJsonArrays(
    'x.json',
    '{"loss": "hinge", "activation": ["relu", "elu"], "b1": [1], "x": []}',
  );
  expect(file.readStrings('loss')).toEqual({ name: 'loss', shape: [], values: ['hinge'] });
  expect(file.readStrings('activation')).toEqual({ name: 'activation', shape: [2], values: ['relu', 'elu'] });
  expect(['b1', 'x', 'y'].map((name) => file.readStrings(name))).toEqual([undefined, undefined, undefined]);
});
