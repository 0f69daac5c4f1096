import { describe, expect, test } from 'vitest';
import { openArrayFile } from '../../src/files/arrays.ts';
import { type Reference, referenceOfArrays } from '../../src/reference/reference.ts';
import { complaint, npy, npyHeader, safetensors, zipOf } from '../files/array-files.ts';

type Given = Readonly<Record<string, number | string | readonly number[] | readonly (readonly number[])[]>>;

/** An array as np.save writes it: numbers of float64 or float32, or a string. */
function array(value: Given[string], descr: '<f8' | '<f4'): Buffer {
  if (typeof value === 'string')
    return npy(
      npyHeader(`<U${value.length}`, '()'),
      Buffer.concat([...value].map((c) => Buffer.from([c.charCodeAt(0), 0, 0, 0]))),
    );
  const flat = [value].flat(2) as number[];
  const isMatrix = Array.isArray(value) && Array.isArray(value[0]);
  const shape =
    typeof value === 'number'
      ? '()'
      : isMatrix
        ? `(${value.length}, ${(value[0] as number[]).length})`
        : `(${flat.length},)`;
  const data = descr === '<f8' ? Float64Array.from(flat) : Float32Array.from(flat);
  return npy(npyHeader(descr, shape), new Uint8Array(data.buffer));
}

function referenceOf(given: Given, float32: readonly string[] = []): Reference {
  const members = Object.entries(given).map(([name, value]) => ({
    name: `${name}.npy`,
    content: array(value, float32.includes(name) ? '<f4' : '<f8'),
  }));
  return referenceOfArrays('r.npz', openArrayFile('r.npz', zipOf(members)));
}

const GRADIENTS = { dW1: [[1, 2]], db1: [0.1] };

describe('a file of arrays holds', () => {
  test('gradients by their names and shapes', () => {
    const { tensors, loss, logits, learningRate, layout } = referenceOf({ ...GRADIENTS, other: [3, 4] });
    expect(tensors).toEqual([
      { name: 'dW1', shape: [1, 2], data: Float64Array.of(1, 2) },
      { name: 'db1', shape: [1], data: Float64Array.of(0.1) },
      { name: 'other', shape: [2], data: Float64Array.of(3, 4) },
    ]);
    expect([loss, logits, learningRate, layout]).toEqual([undefined, undefined, undefined, {}]);
  });

  test('loss and logits, which are no gradients', () => {
    const { tensors, loss, logits } = referenceOf({ ...GRADIENTS, loss: 1.5, logits: [[7, 8]] });
    expect(tensors.map(({ name }) => name)).toEqual(['dW1', 'db1']);
    expect(loss).toEqual({ total: 1.5 });
    expect(logits).toMatchObject({ shape: [1, 2], data: Float64Array.of(7, 8) });
  });

  test.each(['loss', 'logits'])('nothing but its %s', (name) => {
    expect(referenceOf({ [name]: [2] })).toMatchObject({ tensors: [] });
  });

  test.each(['learningRate', 'learning_rate', 'lr'])('parameters after a step, and its %s', (name) => {
    const reference = referenceOf({ X: [[1]], W1: [[1]], [name]: 0.5 });
    expect(reference.learningRate).toBe(0.5);
    expect(reference.tensors.map(({ name }) => name)).toEqual(['X', 'W1']);
  });

  test('single numbers that are gradients by their name, and others that are none', () => {
    const names = referenceOf({ db1: 3, seed: 4, lambda2: 5, b: 6, dW1: [1] }).tensors.map(
      ({ name }) => name,
    );
    expect(names).toEqual(['db1', 'dW1']);
  });

  test('how its arrays lie', () => {
    expect(referenceOf({ ...GRADIENTS, samples: 'rows', weights: 'in-out', biases: 'last' }).layout).toEqual({
      samples: 'rows',
      weights: 'in-out',
      biases: 'last',
    });
  });

  test('strings in the metadata of safetensors, too', () => {
    const header = {
      __metadata__: { weights: 'in-out', dtype: 'float16' },
      dW1: { dtype: 'F64', shape: [1], data_offsets: [0, 8] },
    };
    const file = openArrayFile(
      'r.safetensors',
      safetensors(header, new Uint8Array(Float64Array.of(2).buffer)),
    );
    expect(referenceOfArrays('r.safetensors', file)).toMatchObject({
      layout: { weights: 'in-out' },
      precision: 'float16',
      precisionFrom: 'declared',
      tensors: [{ name: 'dW1', data: Float64Array.of(2) }],
    });
  });
});

describe('the precision of a file is', () => {
  test.each<[string, readonly string[], string]>([
    ['float64 where all is', [], 'float64'],
    ['float32 where all is', ['dW1', 'db1'], 'float32'],
    ['the lower one where some are', ['db1'], 'float32'],
    ['not that of its logits', ['logits'], 'float64'],
  ])('%s', (_, float32, precision) => {
    expect(referenceOf({ ...GRADIENTS, logits: [1] }, float32)).toMatchObject({
      precision,
      precisionFrom: 'declared',
    });
  });

  test('what it says, whatever its numbers are stored as', () => {
    expect(referenceOf({ ...GRADIENTS, dtype: 'bfloat16' }).precision).toBe('bfloat16');
  });
});

test.each<[string, Given, string]>([
  ['no array', { dtype: 'float32' }, 'expected the gradients dW1, db1, …; found none'],
  ['only a number', { seed: 1 }, 'expected the gradients dW1, db1, …; found none'],
  ['a config', { X: [[1]], W1: [[1]], y: [0] }, 'this is a config, not a reference'],
  ['a loss of several numbers', { ...GRADIENTS, loss: [1, 2] }, 'loss: expected one number, found 2'],
  ['a loss of none', { ...GRADIENTS, loss: [] }, 'loss: expected one number, found 0'],
  ['a learning rate of 0', { W1: [1], lr: 0 }, 'lr: expected a number above 0, found 0'],
  [
    'an infinite one',
    { W1: [1], learning_rate: Number.POSITIVE_INFINITY },
    'learning_rate: expected a number above 0, found Infinity',
  ],
  [
    'another precision',
    { ...GRADIENTS, dtype: 'float8' },
    'dtype: expected one of float64, float32, float16, bfloat16; found "float8"',
  ],
  [
    'another layout',
    { ...GRADIENTS, samples: 'row' },
    'samples: expected one of columns, rows; found "row"; did you mean rows?',
  ],
])('a file with %s is refused, and why is said', (_, given, message) => {
  expect(complaint(() => referenceOf(given))).toBe(message);
});

test('X, W1 and a gradient are a reference, for somebody saved all he had', () => {
  expect(referenceOf({ X: [[1]], W1: [[1]], dW1: [[2]] }).tensors).toHaveLength(3);
});

test('an array without a name is no reference', () => {
  const file = openArrayFile('r.npy', array([1], '<f8'));
  expect(complaint(() => referenceOfArrays('r.npy', file))).toContain('found one array without a name');
});
