import { describe, expect, test } from 'vitest';
import type { ActivationSpec } from '../../src/core/activations.ts';
import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import type { Network, Tensor } from '../../src/core/network.ts';
import type { Objective } from '../../src/core/objective.ts';
import { type MeasureOptions, measure } from '../../src/gradcheck/measure.ts';
import { whyMissed } from '../../src/mistakes/blindness.ts';
import { type MistakeId, mistakes } from '../../src/mistakes/catalogue.ts';
import { generic, network } from '../networks.ts';

/** What a mistake says first of a network on which it does not show: at a layer, or at all of them. */
function reasonOf(name: string, net: Network): string | undefined {
  const [id, layer] = name.split(' ') as [MistakeId, string];
  const pass = forward(net);
  const steps = pass.steps.filter(({ layer: { number } }) => layer === 'all' || number === Number(layer));
  return mistakes[id].unseen({ pass, steps, right: backprop(pass) }).find((text) => text !== undefined);
}

interface Parts {
  readonly X: string;
  readonly y: number[];
  readonly W: string[];
  /** in the place of W2 alone */
  readonly W2: string;
  /** b1; b2; … */
  readonly b: string;
  readonly reg: number;
}
type Kind = [activation?: ActivationSpec, objective?: Partial<Objective>];
const two = (
  { W2 = generic.W[1]!, b = '0.1 -0.3; 0.2 -0.1', ...changes }: Partial<Parts>,
  ...kind: Kind
): Network =>
  network(
    {
      ...generic,
      W: [generic.W[0]!, W2],
      ...changes,
      b: b.split(';').map((row) => row.trim().split(' ').map(Number)),
    },
    ...kind,
  );
const three = (changes: Partial<Parts>, ...kind: Kind): Network =>
  two({ W: [...generic.W, '0.3 -0.4; 0.5 0.6'], b: '0.1 -0.3; 0.2 -0.1; 0.3 -0.2', ...changes }, ...kind);

const loneSample =
  'the units of layer 1 are off for every other sample; shift b1 so that more are on, or take other samples';
const EQUAL = '0.7 -0.5; 0.7 -0.5';
const saturated = 'the units of layer 1 are saturated: φ′ is at most ';
const equalRows =
  'all rows of W2 are equal, so that ŷ − y cancels in W2ᵀ(ŷ − y) and nothing reaches layer 1; give its rows different values';
const allOn = (l: number, what: string): string =>
  `all units of layer ${l} are on, so that ${what} anyway; shift b${l} so that some are off`;
const hinge = { output: 'identity', loss: 'hinge' } as const;
const ofSoftmax = { output: 'softmax', loss: 'squared-error' } as const;
/** Both samples but the last are off in one layer of ReLUs, and so is one unit in that. */
const lone: Partial<Parts> = {
  X: '-1 -2 0.3; -1 -2 0.7',
  W: ['0.4 0.6; 0.9 0.2', '0.7 -0.5; -0.2 0.8'],
  b: '0 0; 0.2 -0.1',
};
const pairs: Partial<Parts> = {
  X: '1 -2 -1; -2 1 -1',
  W: ['1 0; 0 1', '0.7 -0.5; -0.2 0.8'],
  b: '0 0; 0.2 -0.1',
};

type Row = [name: string, net: Network, why: string | undefined];

describe.each<[string, Row[]]>([
  [
    'units that let nothing through',
    [
      ['missing-weights 2', two({ b: '50 -60; 0.2 -0.1' }), saturated],
      [
        'missing-weights 2',
        two(
          {
            b: '-9 -9; 0.2 -0.1',
          },
          'relu',
        ),
        'all units of layer 1 are off (φ′ = 0 for each sample); shift b1 so that some are on',
      ],
      ['missing-weights 3', three({ b: '50 -60; 0 0; 0 0' }), undefined],
      [
        'missing-weights 2',
        three({ b: '0.1 0; 50 -60; 0 0' }),
        'the units of layer 2 are saturated: φ′ is at most ',
      ],
      [
        'data-zero 1',
        three({ b: '50 -60; 50 -60; 0 0' }),
        'the units of layer 2 are saturated: φ′ is at most ',
      ],
      ['data-zero 2', two({ b: '50 -60; 0.2 -0.1' }), undefined],
    ],
  ],
  [
    'units that are on',
    [
      [
        'missing-slope 1',
        two(
          {
            b: '10 20; 0.2 -0.1',
          },
          'relu',
        ),
        allOn(1, 'their slope is 1'),
      ],
      [
        'missing-slope 1',
        two(
          {
            b: '10 -20; 0.2 -0.1',
          },
          'relu',
        ),
        undefined,
      ],
      ['missing-slope 1', two({ b: '1 2; 0.2 -0.1' }), undefined],
      ['missing-slope all', two({ b: '1 2; 10 11' }), undefined],
      [
        'slope-constant 1',
        two(
          {
            b: '10 20; 0.2 -0.1',
          },
          'leaky-relu',
        ),
        allOn(1, 'their slope is 1'),
      ],
      [
        'slope-missing-on-the-way-down 2',
        three(
          {
            b: '1 1; 10 20; 0 0',
          },
          'relu',
        ),
        allOn(2, 'their slope is 1'),
      ],
      [
        'slope-missing-on-the-way-down 2',
        three({ W: ['0 1; 1 2', '0 0; 0 0', '1 2; 3 4'] }),
        'W2 is zero, so that no error gets below layer 2; give it other values',
      ],
      [
        'preactivation-for-activation 2',
        three(
          {
            b: '10 20; 0 0; 0 0',
          },
          'relu',
        ),
        allOn(1, 'a1 = z1'),
      ],
      [
        'preactivation-for-activation 3',
        three(
          {
            b: '10 20; 0 0; 0 0',
          },
          'relu',
        ),
        undefined,
      ],
      [
        'preactivation-for-activation all',
        three(
          {
            b: '10 20; 30 40; 0 0',
          },
          'relu',
        ),
        allOn(1, 'a1 = z1'),
      ],
    ],
  ],
  [
    'weights through which nothing comes down',
    [
      ['data-zero 1', two({ W2: EQUAL }), equalRows],
      ['missing-weights 2', two({ W2: EQUAL }), equalRows],
      ['data-zero 1', two({ W2: '700 -500; 700.0000000001 -500' }), equalRows],
      ['data-zero 1', two({ W2: '7e-6 -5e-6; 7.0001e-6 -5e-6' }), undefined],
      ['data-zero 1', two({ W2: '0.7 -0.5; 0.7 0.5' }), undefined],
      ['data-zero 1', three({ W: [generic.W[0]!, '0.7 -0.5; 0.7 -0.5', '0.3 -0.4; 0.5 0.6'] }), undefined],
      ['data-zero 1', two({ W2: EQUAL }, 'sigmoid', { output: 'sigmoid' }), undefined],
      // Softmax does not change where all logits do alike, nor do margins: whatever the loss, the errors of a sample add up to 0.
      ['data-zero 1', two({ W2: EQUAL }, 'sigmoid', ofSoftmax), equalRows.replaceAll('ŷ − y', '∂ℓ/∂z')],
      ['data-zero 1', two({ W2: EQUAL }, 'sigmoid', hinge), equalRows.replaceAll('ŷ − y', '∂ℓ/∂z')],
      [
        'missing-weights 2',
        two({ W2: '0.7 -0.5', b: '0.1 -0.3; 0.2', y: [0, 0, 0] }),
        'the network fits its targets: ŷ − t = 0; use other targets or smaller weights',
      ],
      // What is zero in W1 keeps nothing from W1.
      ['data-zero 1', two({ W: ['0 0; 0 0', generic.W[1]!] }), undefined],
      [
        'transposed-weights 2',
        two({ W2: '0.7 -0.5; -0.5 0.8' }),
        'W2 is symmetric, so that W2 and its transpose are the same; make it asymmetric',
      ],
      ['transposed-weights 2', two({}), undefined],
      // Entries that are all the same are symmetric in a square only.
      [
        'transposed-weights all',
        two({ W2: '0.5 0.5; 0.5 0.5; 0.5 0.5', b: '0.1 -0.3; 0.2 0.3 0.1' }, 'sigmoid', {
          output: 'sigmoid',
        }),
        undefined,
      ],
    ],
  ],
  [
    'samples that do not get through',
    [
      ['stale-sample 1', two(lone, 'relu'), loneSample],
      ['bias-first-sample 1', two(lone, 'relu'), loneSample],
      ['stale-sample 2', two(lone, 'relu'), undefined],
      ['stale-sample 1', two(pairs, 'relu'), undefined],
      ['stale-sample 1', two({}, 'relu'), undefined],
    ],
  ],
  [
    'what is even, equal or zero',
    [
      [
        'softmax-twice 2',
        two({
          W2: '0 0; 0 0',
          b: '0.1 -0.3; 0.2 0.2',
        }),
        'all classes have the same probability, which another softmax does not change; give the rows of W2 different values',
      ],
      // One sample is even, the others are not.
      ['softmax-twice 1', two({ X: '0 -1.2 0.3; 0 0.4 -0.7', W: [generic.W[0]!], b: '0.2 0.2' }), undefined],
      [
        'reversed-rows 1',
        two({
          b: '0.1 0.1; 0.2 -0.1',
          W: ['0.4 -0.6; 0.4 -0.6', '0.7 0.7; -0.2 -0.2'],
        }),
        'the gradient is the same either way, since units or inputs are equal; give them different weights',
      ],
      // Entries of the gradient that are zero do not make all of it so, however small the others are.
      [
        'reversed-rows 1',
        two({
          X: '0 0 0; 1.1 0.4 -0.7',
          b: '20 20; 0.2 -0.1',
          reg: 0,
        }),
        'the gradient is the same either way, since units or inputs are equal; give them different weights',
      ],
      // dW2 is zero, dW1 is λW1.
      [
        'reversed-rows 2',
        two(
          {
            X: '0 0 0; 0 0 0',
            W2: '0 0; 0 0',
            b: '0 0; 0.2 -0.1',
          },
          'tanh',
        ),
        'a1 is zero, so that nothing depends on W2; use other inputs',
      ],
      [
        'reversed-rows 1',
        two({ X: '0 0 0; 0 0 0', reg: 0 }),
        'X is zero, so that nothing depends on W1; use other inputs',
      ],
    ],
  ],
  [
    'targets that are met',
    [
      ['flipped-sign 2', two({}, 'sigmoid', hinge), undefined],
      [
        'flipped-sign 2',
        two(
          {
            b: '0.1 -0.3; 1000 0',
            y: [0, 0, 0],
            reg: 0,
          },
          'tanh',
          hinge,
        ),
        'every margin is wider than 1, so that no sample has a part in the gradient; use other labels or smaller weights',
      ],
      // Missed by little, but by more than rounding.
      [
        'flipped-sign 2',
        two({
          b: '0.1 -0.3; 8 0',
          y: [0, 0, 0],
          W2: '0 0; 0.1 0',
        }),
        undefined,
      ],
      [
        'flipped-sign 2',
        two({
          b: '0.1 -0.3; 20 0',
          y: [0, 0, 0],
          W2: '0 0; 0.1 0',
        }),
        'the network fits its targets: ŷ − t is at most 2e-9; use other targets or smaller weights',
      ],
    ],
  ],
  [
    'sizes of the penalty',
    [
      [
        'missing-reg 1',
        two({ reg: 1e-18 }),
        'λW1 is at most 9e-19, too small to show beside the rest of the gradient; make λ or W1 larger',
      ],
      [
        'missing-reg all',
        two({ reg: 1e-18, W: ['0.4 -0.6; 0.9 0.2', '0.7 -5; -0.2 0.8'] }),
        'λW2 is at most 5e-18, too small to show beside the rest of the gradient; make λ or W2 larger',
      ],
      [
        'reg-on-bias 1',
        two({ reg: 1e-18 }),
        'λb1 is at most 3e-19, too small to show beside the rest of the gradient; make λ or b1 larger',
      ],
      [
        'reg-on-bias all',
        two({
          reg: 1e-18,
          b: '0.1 -0.3; 7 -0.1',
        }),
        'λb2 is at most 7e-18, too small to show beside the rest of the gradient; make λ or b2 larger',
      ],
      [
        'missing-reg 1',
        two({ W: ['0 0; 0 0', generic.W[1]!] }),
        'W1 is zero, so that it has no penalty; give it other values',
      ],
      ['data-zero 1', two({ reg: 1e3 }), undefined],
      // Without biases nothing says how large the rest is.
      ['data-zero 1', { ...two({ reg: 1e9 }), biased: false }, undefined],
    ],
  ],
])('%s', (_, rows) => {
  test.each(rows)('hide %s', (name, net, why) => {
    if (why === undefined) expect(reasonOf(name, net)).toBeUndefined();
    else expect(reasonOf(name, net)?.slice(0, why.length)).toBe(why);
  });
});

test('beside a huge penalty the rest of the gradient is that of the biases', () => {
  const net = two({ reg: 1e9 });
  const rest = Math.max(
    ...backprop(forward(net)).flatMap(({ name, data }) =>
      name.startsWith('db') ? [...data].map(Math.abs) : [],
    ),
  );
  const times = (1e9 * 0.9) / rest;
  expect(reasonOf('data-zero 1', net)).toBe(
    `λW is up to ${times.toExponential(0)} times as large as the rest of the gradient, which drowns in it; make λ smaller`,
  );
  expect(reasonOf('data-zero 1', two({ reg: (1.01e6 / 0.9) * rest }))).toContain('1e+6 times');
  expect(reasonOf('data-zero 1', two({ reg: (0.99e6 / 0.9) * rest }))).toBeUndefined();
});

test('of no layer there is nothing to say', () => {
  const pass = forward(network(generic));
  const none = { pass, steps: [], right: backprop(pass) };
  for (const id of [
    'data-zero',
    'missing-slope',
    'missing-weights',
    'stale-sample',
    'reversed-rows',
  ] as const)
    expect(
      mistakes[id].unseen(none).filter((text) => text !== undefined),
      id,
    ).toEqual([]);
});

describe('what no reason explains', () => {
  const pass = forward(network(generic));
  const right = backprop(pass);
  const same = (value: number): Tensor[] =>
    right.map((tensor) => ({ ...tensor, data: tensor.data.map(() => value) }));
  /** dW2 changed by an amount, where terms of so much were summed. */
  const why = (
    change: number,
    { S = 1, ofRight = 1, ...options }: MeasureOptions & { S?: number; ofRight?: number } = {},
  ): string => {
    const mistaken = right.map((tensor) =>
      tensor.name === 'dW2'
        ? { ...tensor, data: tensor.data.map((value, i) => (i === 1 ? value + change : value)) }
        : tensor,
    );
    const gradients = { right, mistaken, sizes: same(S), rightSizes: same(ofRight) };
    return whyMissed(measure(pass, options), { mistake: 'flipped-sign', layer: 2 }, gradients);
  };

  test('is no change at all, or one that is said to be small', () => {
    expect(why(0)).toBe('the gradient is the same with it as without; use more varied numbers');
    const [ofW2] = right.filter(({ name }) => name === 'dW2');
    const a = ofW2!.data[1]!;
    for (const size of [3e-16, -3e-16]) {
      const change = Math.abs(a + size - a).toExponential(0);
      expect(why(size)).toBe(
        `it changes no entry by more than ${change}, which rounding could explain; use more varied numbers`,
      );
    }
  });

  test('is rounding of the larger of the two sums', () => {
    const open = /^the entries that it changes, of dW2, are inconclusive/;
    expect(why(1e-6)).toMatch(open);
    expect(why(1e-6, { S: 1e12 })).toMatch(/^it changes no entry by more than 1e-6,/);
    expect(why(1e-6, { ofRight: 1e12 })).toMatch(/^it changes no entry by more than 1e-6,/);
    expect(why(1e-6, { only: ['dW1'] })).toBe(
      'it shows only in entries that were not checked, of dW2; check more of them',
    );
  });

  test('is within the relative tolerance of the larger of the two entries', () => {
    const [ofW2] = right.filter(({ name }) => name === 'dW2');
    const a = ofW2!.data[1]!;
    expect(why(9 * a, { rtol: 0.95 })).toMatch(/^it changes no entry by more than /);
    expect(why(-0.9 * a, { rtol: 0.95 })).toMatch(/^it changes no entry by more than /);
    expect(why(9 * a, { rtol: 0.85 })).toMatch(/ are inconclusive/);
    expect(why(-0.9 * a, { rtol: 0.85 })).toMatch(/ are inconclusive/);
  });
});
