import { describe, expect, test } from 'vitest';
import { byName, byOrder, renameOptions, unstacked, type Wanted } from '../../src/reference/naming.ts';
import type { GivenTensor } from '../../src/reference/reference.ts';

/** An array of zeros by its name and sizes: `'grads.0 3 2'`. */
function array(text: string): GivenTensor {
  const [name = '', ...sizes] = text.split(' ');
  const shape = sizes.map(Number);
  return { name, shape, data: new Float64Array(shape.reduce((size, length) => size * length, 1)) };
}
const arrays = (...texts: string[]): GivenTensor[] => texts.map(array);
const named = (found: ReadonlyMap<string, GivenTensor> | undefined) =>
  found && Object.fromEntries([...found].map(([to, { name }]) => [to, name]));

const WANTED: Wanted[] = arrays('dW1 4 3', 'db1 4', 'dW2 2 4', 'db2 2');
const NAMES = WANTED.map(({ name }) => name);

describe('arrays without telling names are gradients by their order, where their shapes fit', () => {
  test.each<[string, string[], string[]]>([
    ['layer by layer', ['p 4 3', 'q 4', 'r 2 4', 's 2'], ['dW1', 'db1', 'dW2', 'db2']],
    ['biases first', ['p 4', 'q 4 3', 'r 2', 's 2 4'], ['db1', 'dW1', 'db2', 'dW2']],
    ['all weights first', ['p 4 3', 'q 2 4', 'r 4', 's 2'], ['dW1', 'dW2', 'db1', 'db2']],
    ['from the output down', ['p 2', 'q 2 4', 'r 4', 's 4 3'], ['db2', 'dW2', 'db1', 'dW1']],
    [
      'in an order that no program has, if no two can be exchanged',
      ['p 2', 'q 4 3', 'r 4', 's 2 4'],
      ['db2', 'dW1', 'db1', 'dW2'],
    ],
    ['flat', ['p 12', 'q 4', 'r 8', 's 2'], ['dW1', 'db1', 'dW2', 'db2']],
    [
      'by their numbers, wherever they lie',
      ['arr_10 2', 'arr_9 2 4', 'arr_2 4', 'arr_1 4 3'],
      ['db2', 'dW2', 'db1', 'dW1'],
    ],
  ])('%s', (_, given, names) => {
    const own = arrays(...given);
    const expected = Object.fromEntries(names.map((to, i) => [to, own[i]!.name]));
    expect(named(byOrder(own, [WANTED]))).toEqual(expected);
  });

  test.each<[string, string[], Wanted[]]>([
    ['one is missing', ['p 4 3', 'q 4', 'r 2 4'], WANTED],
    ['one is too many', ['p 4 3', 'q 4', 'r 2 4', 's 2', 't 2'], WANTED],
    ['one fits no gradient', ['p 4 3', 'q 4', 'r 2 4', 's 3'], WANTED],
    [
      'two can be exchanged, in an order of nobody',
      ['p 2', 'q 3 3', 'r 3', 's 3 3', 't 3', 'v 2 3'],
      arrays('dW1 3 3', 'db1 3', 'dW2 3 3', 'db2 3', 'dW3 2 3', 'db3 2'),
    ],
    ['there is none', [], []],
  ])('but not where %s', (_, given, wanted) => {
    expect(byOrder(arrays(...given), [wanted])).toBeUndefined();
  });

  const ALIKE: Wanted[] = arrays('dW1 3 3', 'db1 3', 'dW2 3 3', 'db2 3', 'dW3 2 3', 'db3 2');

  test('by their numbers, where those of one shape could be exchanged', () => {
    for (const name of ['arr_#', 'arr#x', '#']) {
      const at = (number: number, sizes: string) => `${name.replace('#', String(number))} ${sizes}`;
      const own = [at(9, '3 3'), at(10, '3'), at(11, '3 3'), at(12, '3'), at(13, '2 3'), at(14, '2')];
      const expected = ALIKE.map((wanted, i) => [wanted.name, own[i]!.split(' ')[0]]);
      const inText = arrays(...[1, 2, 3, 4, 5, 0].map((i) => own[i]!));
      expect(named(byOrder(inText, [ALIKE]))).toEqual(Object.fromEntries(expected));
    }
  });

  test.each([
    ['of different names', ['q4 3 3', 'p5 3', 's1 3 3', 'r2 3', 'u6 2 3', 't7 2']],
    ['of some of them', ['x4 3 3', 'x5 3', 'x1 3 3', 'x2 3', 'x# 2 3', 't 2']],
    ['that all but one have', ['x# 3 3', 'x4 3', 'x5 3 3', 'x6 3', 'x7 2 3', 'x8 2']],
    ['that are none', ['q 3 3', 'p 3', 's 3 3', 'r 3', 'u 2 3', 't 2']],
  ])('not by numbers %s', (_, given) => {
    const own = arrays(...given);
    const expected = ALIKE.map(({ name }, i) => [name, own[i]!.name]);
    expect(named(byOrder(own, [ALIKE]))).toEqual(Object.fromEntries(expected));
  });

  test('and by what their names say of their kind', () => {
    const wanted = arrays('dW1 3 1', 'db1 3');
    expect(byOrder(arrays('p 3', 'q 3'), [wanted])).toBeUndefined();
    for (const given of [arrays('bias 3', 'weights 3'), arrays('weights 3', 'bias 3')])
      expect(named(byOrder(given, [wanted]))).toEqual({ dW1: 'weights', db1: 'bias' });
  });

  test('no layout has no order', () => {
    expect(byOrder(arrays('p 3'), [])).toBeUndefined();
  });

  test('where many can be exchanged the search ends, and finds none', () => {
    const many = Array.from({ length: 12 }, (_, i) => `x${'abcdefghijkl'[i]} 3 3`);
    const wanted = arrays(...Array.from({ length: 11 }, (_, l) => `dW${l + 1} 3 3`), 'dW12 3 4');
    expect(byOrder(arrays(...many), [wanted])).toBeUndefined();
  });

  test('the usual layout comes before another', () => {
    const others = arrays('dW1 3 4', 'db1 4', 'dW2 4 2', 'db2 2');
    expect(named(byOrder(arrays('p 3 4', 'q 4', 'r 4 2', 's 2'), [WANTED, others]))).toMatchObject({
      dW1: 'p',
    });
    expect(byOrder(arrays('p 3 4', 'q 4', 'r 2 4', 's 2'), [WANTED, others])).toBeUndefined();
  });
});

describe('arrays are gradients by their names', () => {
  test('counted from 0 where there is a dW0', () => {
    expect(named(byName(arrays('dW0 4 3', 'db0 4', 'dW1 2 4', 'db1 2'), NAMES, 2))).toEqual({
      dW1: 'dW0',
      db1: 'db0',
      dW2: 'dW1',
      db2: 'db1',
    });
    expect(named(byName(arrays('dW0 1', 'dW1 4 3', 'dW2 2 4'), NAMES, 2))).toMatchObject({
      dW1: 'dW1',
      dW2: 'dW2',
    });
  });

  test('what is called a parameter counts only where nothing is called a gradient', () => {
    expect(named(byName(arrays('W1 4 3', 'b1 4'), NAMES, 2))).toEqual({ dW1: 'W1', db1: 'b1' });
    expect(named(byName(arrays('W1 4 3', 'b1 4', 'grad_W2 2 4'), NAMES, 2))).toEqual({ dW2: 'grad_W2' });
    expect(named(byName([{ ...array('W1 4 3'), isGradient: true }, array('b1 4')], NAMES, 2))).toEqual({
      dW1: 'W1',
    });
  });

  test('a renamed one is what it was renamed to', () => {
    const renamed = { ...array('dW2 2 4'), from: 'foo' };
    expect(named(byName([renamed, array('dW1 4 3')], NAMES, 2))).toEqual({ dW1: 'dW1', dW2: 'dW2' });
    expect(byName([renamed, array('grad_W2 2 4')], NAMES, 2).get('dW2')).toBe(renamed);
    // What was renamed to nothing that is wanted stays aside, whatever its new name may say.
    const other = { ...array('grad_W2 2 4'), from: 'foo' };
    expect(named(byName([other, array('dW1 4 3')], NAMES, 2))).toEqual({ dW1: 'dW1' });
    // Parameters are read, where all that is called a gradient was renamed so.
    expect(named(byName([renamed, array('W1 4 3')], NAMES, 2))).toEqual({ dW1: 'W1', dW2: 'dW2' });
  });
});

describe('layers that lie in one array are taken apart', () => {
  test('each with its numbers', () => {
    const data = Float64Array.from({ length: 12 }, (_, i) => i);
    const parts = unstacked([{ name: 'nabla_w', shape: [3, 2, 2], data }], 3);
    expect(parts.map(({ name, shape, data: own }) => [name, shape, [...own]])).toEqual([
      ['nabla_w.0', [2, 2], [0, 1, 2, 3]],
      ['nabla_w.1', [2, 2], [4, 5, 6, 7]],
      ['nabla_w.2', [2, 2], [8, 9, 10, 11]],
    ]);
  });

  test.each<[string, string, number, number]>([
    ['biases as vectors', 'nabla_b 2 5', 2, 2],
    ['biases as columns', 'nabla_b 2 5 1', 2, 2],
    ['no biases as matrices', 'nabla_b 2 5 5', 2, 1],
    ['not of another number of layers', 'nabla_w 3 5 5', 2, 1],
    ['not of one layer', 'nabla_w 1 5 5', 1, 1],
    ['no biases of three dimensions', 'nabla_b 2 5 1 1', 2, 1],
    ['no matrix as weights', 'nabla_w 2 5', 2, 1],
    ['not what has a number', 'nabla_w1 2 5 5', 2, 1],
    ['not what is no weight', 'nabla 2 5 5', 2, 1],
    ['nor no bias', 'nabla 2 5', 2, 1],
  ])('%s', (_, text, layers, parts) => {
    const found = unstacked(arrays(text), layers);
    expect(found).toHaveLength(parts);
    if (parts === 1) expect(found).toEqual(arrays(text));
  });

  test('not one of two of a kind', () => {
    expect(unstacked(arrays('weights 2 5 5', 'old_weights 2 5 5'), 2)).toHaveLength(2);
  });
});

describe('what to rename is said', () => {
  test('in an order of the gradients, if the arrays have one', () => {
    expect(renameOptions(arrays('p 4 3', 'q 4', 'r 2 4', 's 2'), WANTED)).toBe(
      '--rename p=dW1 --rename q=db1 --rename r=dW2 --rename s=db2',
    );
    expect(renameOptions(arrays('p 4', 'q 4'), arrays('db1 4', 'db2 4'))).toBe(
      '--rename p=db1 --rename q=db2',
    );
  });

  test('of as many as there are, in an order that all of them fit', () => {
    expect(renameOptions(arrays('p 2 4', 'q 4 3'), arrays('dW1 4 3', 'dW2 2 4'))).toBe(
      '--rename p=dW2 --rename q=dW1',
    );
    expect(renameOptions(arrays('p 4', 'q 4 4'), arrays('dW1 4 4', 'db1 4', 'db2 4'))).toBe(
      '--rename q=dW1 --rename p=db1',
    );
    const long = { ...array('x 2'), name: 'x'.repeat(101) };
    expect(renameOptions([array('p 4 3'), long], arrays('dW1 4 3', 'db2 2'))).toBe('');
  });

  test('by their shapes else, each array once', () => {
    expect(renameOptions(arrays('p 2', 'q 9 9', 'r 4 3'), WANTED)).toBe('--rename r=dW1 --rename p=db2');
    expect(renameOptions(arrays('p 4'), arrays('db1 4', 'db2 4'))).toBe('--rename p=db1');
    expect(renameOptions(arrays('p 7'), WANTED)).toBe('');
    expect(renameOptions(arrays('p 2', 'q 9 9'), arrays('dW1 4 3', 'db2 2'))).toBe('--rename p=db2');
  });

  test('as a shell wants it, and of no length that nobody pastes', () => {
    const odd: GivenTensor = { ...array('x 2'), name: "it's $(mine)" };
    expect(renameOptions([odd], arrays('db2 2'))).toBe(`--rename 'it'\\''s $(mine)=db2'`);
    expect(renameOptions([{ ...odd, name: 'x'.repeat(100) }], arrays('db2 2'))).toContain('xx=db2');
    expect(renameOptions([{ ...odd, name: 'x'.repeat(101) }], arrays('db2 2'))).toBe('');
  });
});
