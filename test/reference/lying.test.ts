import { describe, expect, test } from 'vitest';
import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { CANONICAL, type Layout, layOut } from '../../src/core/layout.ts';
import type { Tensor } from '../../src/core/network.ts';
import { layAsOurs, layoutsFor, logitsAsOurs, lyingOf } from '../../src/reference/lying.ts';
import type { Named } from '../../src/reference/naming.ts';
import { network } from '../networks.ts';

// 2 → 3 → 2
const net = network(
  {
    X: '0.5 -1.2 0.3; 1.1 0.4 -0.7',
    y: [0, 1, 1],
    W: ['0.4 -0.6; 0.9 0.2; 0.3 1', '0.7 -0.5 1; -0.2 0.8 2'],
    b: [
      [0.1, -0.3, 1],
      [0.2, -0.1],
    ],
  },
  'tanh',
);
const right = backprop(forward(net));
const named = (tensors: readonly Tensor[]): Named => new Map(tensors.map((tensor) => [tensor.name, tensor]));
const lying = (changes: Partial<Layout>): Layout => ({ ...CANONICAL, ...changes });
const as = (changes: Partial<Layout>): Named => named(layOut(right, lying(changes)));
const own = (tensor: Tensor, factor: number): Tensor => ({
  ...tensor,
  data: tensor.data.map((value) => factor * value),
});
const without = (given: Named, ...names: string[]): Named =>
  new Map([...given].filter(([name]) => !names.includes(name)));

describe('a reference may lie', () => {
  const layouts = (ours: Partial<Layout>, said: Partial<Layout>, hasBiases: boolean, of = net) =>
    layoutsFor(of, lying(ours), said, hasBiases).map(({ weights, biases }) => `${weights} ${biases}`);

  test.each<[string, Partial<Layout>, Partial<Layout>, boolean, string[]]>([
    ['as the config does, or turned', {}, {}, true, ['out-in separate', 'in-out separate']],
    [
      'turned first where the config is',
      { weights: 'in-out' },
      {},
      true,
      ['in-out separate', 'out-in separate'],
    ],
    ['as it says', {}, { weights: 'in-out', biases: 'first' }, true, ['in-out first']],
    [
      'with biases in the weights, where it has none beside them',
      {},
      { weights: 'out-in' },
      false,
      ['out-in separate', 'out-in first', 'out-in last'],
    ],
    [
      'as the config has them in the weights',
      { biases: 'last' },
      { weights: 'out-in' },
      false,
      ['out-in last'],
    ],
    ['beside them, where it has such', { biases: 'last' }, { weights: 'out-in' }, true, ['out-in separate']],
  ])('%s', (_, ours, said, hasBiases, expected) => {
    expect(layouts(ours, said, hasBiases)).toEqual(expected);
  });

  test('without biases, where the network has none', () => {
    expect(layouts({}, {}, true, { ...net, biased: false })).toEqual(['out-in none', 'in-out none']);
    expect(layoutsFor(net, CANONICAL, { samples: 'rows' }, true)[0]!.samples).toBe('rows');
  });
});

describe('how it lies is found', () => {
  const found = (given: Named, said: Partial<Layout> = {}, ours = CANONICAL, expected = right) => {
    const { layout, read, doubt } = lyingOf(given, net, ours, said, expected);
    return {
      lies: `${layout.weights} ${layout.biases}`,
      read: read.map(({ to, why }) => `${to}: ${why}`),
      doubt: doubt !== '',
    };
  };
  const usual = { lies: 'out-in separate', read: [], doubt: false };
  const only = 'its matrices fit only so';

  test('by its matrices, if all of them fit no other layout', () => {
    expect(found(as({}))).toEqual(usual);
    expect(found(as({ weights: 'in-out' }))).toEqual({
      lies: 'in-out separate',
      read: [`weights out-in: ${only}`],
      doubt: false,
    });
    expect(found(without(as({ weights: 'in-out' }), 'db1', 'db2')).lies).toBe('in-out separate');
    const mixed = new Map([...as({}), ...without(as({ weights: 'in-out' }), 'dW2')]);
    expect(found(mixed)).toEqual(usual);
  });

  test('not by flat lists, which fit any', () => {
    const flat = new Map(
      [...as({ weights: 'in-out' })].map(([name, tensor]) => [
        name,
        { ...tensor, shape: [tensor.data.length] },
      ]),
    );
    expect(found(flat)).toEqual(usual);
    const folded = named(
      [...as({ biases: 'first' }).values()].map((tensor) => ({ ...tensor, shape: [tensor.data.length] })),
    );
    expect(found(folded)).toEqual(usual);
    const longer = new Map([...flat, ['dW1', { ...right[0]!, shape: [7], data: new Float64Array(7) }]]);
    expect(found(longer)).toEqual(usual);
    // one flat list beside a matrix that is turned
    const one = new Map([...as({ weights: 'in-out' }), ['dW1', flat.get('dW1')!]]);
    expect(found(one).lies).toBe('in-out separate');
    const bad = new Map([...as({ weights: 'in-out' }), ['dW1', longer.get('dW1')!]]);
    expect(found(bad)).toEqual(usual);
  });

  test.each(['first', 'last'] as const)('by the column that is the gradient of the biases: %s', (biases) => {
    const expected = {
      lies: `out-in ${biases}`,
      read: ['biases separate: that column is the gradient of the biases'],
      doubt: false,
    };
    expect(found(as({ biases }))).toEqual(expected);
    expect(found(without(as({ biases }), 'dW2'))).toEqual(expected);
    const turned = found(as({ biases, weights: 'in-out' }));
    expect(turned).toEqual({
      lies: `in-out ${biases}`,
      read: [`weights out-in: ${only}`, expected.read[0]],
      doubt: false,
    });
    const little = right.map((tensor) => ({
      ...tensor,
      data: tensor.data.map((value) => value * (1 + 0.9e-3)),
    }));
    expect(found(as({ biases }), {}, CANONICAL, little)).toEqual(expected);
  });

  test('with a doubt where neither or both of the columns are, or their gradient is zero', () => {
    const doubted = { ...usual, doubt: true };
    const other = right.map((tensor) => ({ ...tensor, data: tensor.data.map((value) => value + 1) }));
    expect(found(as({ biases: 'first' }), {}, CANONICAL, other)).toEqual(doubted);
    const zero = right.map((tensor) => ({ ...tensor, data: tensor.data.map(() => 0) }));
    expect(found(named(layOut(zero, lying({ biases: 'first' }))), {}, CANONICAL, zero)).toEqual(doubted);
    const dead = right.map((tensor) => (tensor.name.startsWith('dW') ? tensor : own(tensor, 0)));
    expect(found(named(layOut(dead, lying({ biases: 'first' }))), {}, CANONICAL, dead)).toEqual(doubted);
    const near = right.map((tensor) => own(tensor, 1 + 1.1e-3));
    expect(found(as({ biases: 'first' }), {}, CANONICAL, near)).toEqual(doubted);
    expect(found(as({ biases: 'first' }), {}, CANONICAL, [])).toEqual(doubted);
  });

  test('and nothing is noted of what it says itself', () => {
    expect(found(as({ biases: 'first' }), { biases: 'first' })).toEqual({ ...usual, lies: 'out-in first' });
    expect(found(as({ weights: 'in-out' }), { weights: 'in-out' })).toEqual({
      ...usual,
      lies: 'in-out separate',
    });
  });
});

describe('it is laid as the config', () => {
  const laid = (given: Named, theirs: Partial<Layout>, ours: Partial<Layout> = {}, doubt = '') =>
    layAsOurs(given, net, { layout: lying(theirs), read: [], doubt }, lying(ours));
  const layouts: Partial<Layout>[] = [
    {},
    { weights: 'in-out' },
    { biases: 'first' },
    { weights: 'in-out', biases: 'last' },
  ];

  test('from any layout to any other', () => {
    for (const theirs of layouts)
      for (const ours of layouts) {
        const { tensors, problems, read } = laid(as(theirs), theirs, ours);
        expect([...tensors.values()]).toEqual([...as(ours).values()]);
        expect([problems.size, read]).toEqual([0, []]);
      }
  });

  test('but for what is missing, of which a part is no whole', () => {
    const part = 'missing: a part of it, since weights and biases are one array here';
    const ours = laid(without(as({}), 'db1'), {}, { biases: 'last' });
    expect([[...ours.tensors.keys()], [...ours.problems]]).toEqual([['dW2'], [['dW1', part]]]);
    const none = laid(without(as({}), 'db1', 'dW1'), {}, { biases: 'last' });
    expect([[...none.tensors.keys()], [...none.problems]]).toEqual([['dW2'], []]);
    expect([...laid(without(as({}), 'db1'), {}).tensors.keys()]).toEqual(['dW1', 'dW2', 'db2']);
  });

  test('what has another shape stays as it is, and it is said, with the doubt', () => {
    const wrong = new Map([...as({}), ['dW1', { ...right[0]!, shape: [1, 2], data: Float64Array.of(1, 2) }]]);
    const { tensors, problems } = laid(wrong, {}, {}, '; perhaps');
    expect(tensors.get('dW1')).toEqual({ name: 'dW1', shape: [1, 2], data: Float64Array.of(1, 2) });
    expect([...problems]).toEqual([['dW1', 'wrong shape: expected 3 × 2, found 1 × 2; perhaps']]);
    // Folded, it is wrong as a whole; that its biases are there is no reason to say that a part is missing.
    expect([...laid(wrong, {}, { biases: 'last' }).problems.keys()]).toEqual(['dW1']);
  });

  test('without leading ones of weights, which is noted, and of biases, which is not', () => {
    const batch = new Map(
      [...as({})].map(([name, tensor]) => [name, { ...tensor, shape: [1, ...tensor.shape] }]),
    );
    const { tensors, read } = laid(batch, {});
    expect([...tensors.values()]).toEqual(right);
    expect(read).toEqual([
      { from: 'dW1 1 × 3 × 2', to: 'dW1 3 × 2', why: 'a leading 1 is dropped' },
      { from: 'dW2 1 × 2 × 3', to: 'dW2 2 × 3', why: 'a leading 1 is dropped' },
    ]);
  });
});

describe('logits', () => {
  const logits: Tensor = { name: 'logits', shape: [2, 3], data: Float64Array.of(1, 2, 3, 4, 5, 6) };
  const turned: Tensor = { name: 'logits', shape: [3, 2], data: Float64Array.of(1, 4, 2, 5, 3, 6) };
  const laid = (
    given: Tensor,
    ours: Layout['samples'],
    asked: Layout['samples'],
    said?: Layout['samples'],
  ) => {
    const found = logitsAsOurs(
      given,
      ours === 'columns' ? [2, 3] : [3, 2],
      lying({ samples: ours }),
      lying({ samples: asked }),
      said ? { samples: said } : {},
    );
    return { ...found, read: found.read.map(({ from, to }) => `${to} ← ${from}`) };
  };
  const fine = (tensor: Tensor, ...read: string[]) => ({ logits: tensor, problem: undefined, read });

  test('lie as they were asked for, as they say, or as they fit alone', () => {
    expect(laid(logits, 'columns', 'columns')).toEqual(fine(logits));
    expect(laid(turned, 'columns', 'rows')).toEqual(fine(logits));
    expect(laid(turned, 'columns', 'columns', 'rows')).toEqual(fine(logits));
    expect(laid(logits, 'rows', 'columns')).toEqual(fine(turned));
    expect(laid(turned, 'rows', 'rows')).toEqual(fine(turned));
    expect(laid(turned, 'columns', 'columns')).toEqual(fine(logits, 'samples columns ← samples rows'));
    expect(laid(logits, 'rows', 'rows')).toEqual(fine(turned, 'samples rows ← samples columns'));
    expect(laid({ ...logits, shape: [1, 2, 3] }, 'columns', 'columns')).toEqual(fine(logits));
  });

  test('of another shape stay as they are, and it is said', () => {
    const long: Tensor = { ...logits, shape: [7], data: new Float64Array(7) };
    expect(laid(long, 'columns', 'columns')).toEqual({
      logits: long,
      problem: 'wrong shape: expected 2 × 3, found 7',
      read: [],
    });
    expect(laid(logits, 'columns', 'columns', 'rows')).toEqual({
      logits,
      problem: 'wrong shape: expected 3 × 2, found 2 × 3',
      read: [],
    });
  });
});
