import { expect, test } from 'vitest';
import { forward } from '../../src/core/forward.ts';
import { CANONICAL } from '../../src/core/layout.ts';
import { largest } from '../../src/core/matrix.ts';
import type { Network } from '../../src/core/network.ts';
import type { Output, Penalty } from '../../src/core/objective.ts';
import { type MeasureOptions, measure } from '../../src/gradcheck/measure.ts';
import { audit } from '../../src/mistakes/audit.ts';
import { generic, network } from '../networks.ts';

/** Why each mistake that is missed is: `missing-reg 1: …` */
const reasonsOf = (net: Network, options: MeasureOptions = {}): string[] =>
  audit(measure(forward(net), options)).mistakes.flatMap(({ mistake, layer, why }) =>
    why === null ? [] : [`${mistake} ${layer ?? 'all'}: ${why}`],
  );

const reasonOf = (name: string, net: Network, options?: MeasureOptions): string | undefined =>
  reasonsOf(net, options)
    .find((reason) => reason.startsWith(`${name}: `))
    ?.slice(name.length + 2);

const biases = (...b: number[][]) => ({ ...generic, b });
const three = {
  ...generic,
  W: [...generic.W, '0.3 -0.4; 0.5 0.6'],
  b: [
    [0.1, -0.3],
    [50, -60],
    [0.2, -0.1],
  ],
};
const zeroAbove = network({ ...generic, W: ['0.4 -0.6; 0.9 0.2', '0 0; 0 0'] });
const zeroBelow = network({ ...generic, W: ['0 0; 0 0', '0.7 -0.5; -0.2 0.8'] });
const oneClass = network({
  ...generic,
  W: ['0.4 -0.6; 0.9 0.2', '0.7 -0.5'],
  b: [[0.1, -0.3], [0.2]],
  y: [0, 0, 0],
});
const missedByFar = { ...biases([0.1, -0.3], [1000, 0]), reg: 0 };
const fitted = network({ ...missedByFar, y: [0, 0, 0] });
const hinge = { output: 'identity', loss: 'hinge' } as const;
const squares = (output: Output) => ({ output, loss: 'squared-error' }) as const;
/** Y is what the network answers. */
const answered = (net: Network): Network => ({ ...net, Y: forward(net).outputs });
const on = network(biases([10, 20], [0.2, -0.1]), 'relu');

test.each<[string, string, Network, string]>([
  [
    'units that are saturated',
    'data-zero 1',
    network(biases([50, -60], [0.2, -0.1])),
    'the units of layer 1 are saturated: φ′ is at most 4e-22, so that almost no error passes through them; make W1, b1 or their inputs smaller, so that z1 is around 1',
  ],
  [
    'units that are saturated in a layer above',
    'data-zero 1',
    network(three),
    'the units of layer 2 are saturated: φ′ is at most 2e-22, so that almost no error passes through them; make W2, b2 or their inputs smaller, so that z2 is around 1',
  ],
  [
    'units that are all on, a being z there',
    'preactivation-for-activation 2',
    on,
    'all units of layer 1 are on, so that a1 = z1 anyway; shift b1 so that some are off',
  ],
  [
    'units that are all on, their slope being 1',
    'missing-slope 1',
    on,
    'all units of layer 1 are on, so that their slope is 1 anyway; shift b1 so that some are off',
  ],
  [
    'weights that are zero',
    'missing-reg 1',
    zeroBelow,
    'W1 is zero, so that it has no penalty; give it other values',
  ],
  [
    'weights above that are zero',
    'missing-weights 2',
    zeroAbove,
    'W2 is zero, so that no error gets below layer 2; give it other values',
  ],
  [
    'a single class, whose ŷ is always its target',
    'flipped-sign 2',
    oneClass,
    'the network fits its targets: ŷ − t = 0; use other targets or smaller weights',
  ],
  [
    'targets that are met exactly',
    'missing-mean 2',
    fitted,
    'the network fits its targets: ŷ − t = 0; use other targets or smaller weights',
  ],
  [
    'a gradient of zero, whose rows are equal for that reason',
    'reversed-rows 1',
    fitted,
    'the network fits its targets: ŷ − t = 0; use other targets or smaller weights',
  ],
  [
    'targets of sigmoids that are met exactly',
    'missing-mean 2',
    network(
      {
        ...missedByFar,
        b: [
          [0.1, -0.3],
          [-1000, 1000],
        ],
        y: [1, 1, 1],
      },
      'tanh',
      { output: 'sigmoid' },
    ),
    'the network fits its targets: ŷ − t = 0; use other targets or smaller weights',
  ],
  [
    'numbers that are met exactly',
    'error-half 2',
    answered(network({ ...generic, reg: 0 }, 'tanh', squares('identity'))),
    'the network fits its targets: ∂ℓ/∂z = 0; use other targets or smaller weights',
  ],
  [
    'margins that are all wide',
    'flipped-sign 2',
    network({ ...missedByFar, y: [0, 0, 0] }, 'tanh', hinge),
    'every margin is wider than 1, so that no sample has a part in the gradient; use other labels or smaller weights',
  ],
  [
    'units of a leaky ReLU that are all on',
    'missing-slope 1',
    network(biases([10, 20], [0.2, -0.1]), { 'leaky-relu': 0.2 }),
    'all units of layer 1 are on, so that their slope is 1 anyway; shift b1 so that some are off',
  ],
  [
    'units of gelu that are far below',
    'data-zero 1',
    network(biases([-30, -35], [0.2, -0.1]), 'gelu'),
    'the units of layer 1 are saturated: φ′ is at most 4e-188, so that almost no error passes through them; make W1, b1 or their inputs smaller, so that z1 is around 1',
  ],
])('%s are named, and what to change', (_, name, net, why) => {
  expect(reasonOf(name, net)).toBe(why);
});

test('entries that were not checked are named, not the numbers of the example', () => {
  const reasons = reasonsOf(network(generic), { only: ['db1'] });
  expect(reasons.length).toBeGreaterThan(20);
  for (const reason of reasons) {
    expect(reason).toMatch(
      /: it shows only in entries that were not checked, of [dWb12, ]+; check more of them$/,
    );
    expect(reason).not.toContain('db1');
  }
  expect(reasonOf('missing-reg all', network(generic), { only: ['db1'] })).toContain('of dW1, dW2;');
});

test('entries that a large step leaves open are called so', () => {
  const reasons = reasonsOf(network(generic), { step: 5 });
  expect(reasons.length).toBeGreaterThan(0);
  for (const reason of reasons) expect(reason).toMatch(/ are inconclusive; take a smaller step, or /);
});

test('of a network that overflows, no mistake counts as caught, and the layer is named', () => {
  const overflowing = network(
    { ...generic, X: '1e200 0 1; 0 1e200 1', W: ['1e200 0; 0 1e200', '1 2; 3 4'] },
    'relu',
  );
  const { caught, mistakes } = audit(measure(forward(overflowing)));
  expect(caught).toBe(0);
  expect(new Set(mistakes.map(({ why }) => why))).toEqual(
    new Set([
      'z1 overflows float64, so that the gradient cannot be determined; make W1 or its inputs smaller',
    ]),
  );
});

test('where a saturated unit catches the overflow, there is nothing to say of it', () => {
  const huge = network({ ...generic, X: '1e200 0 1; 0 1e200 1', W: ['1e200 0; 0 1e200', '1 2; 3 4'] });
  expect(reasonOf('data-zero 1', huge)).not.toContain('overflows');
});

test('beside a huge penalty the data loss drowns, and the advice is a smaller λ', () => {
  const huge = network({ ...generic, reg: 1e9 });
  expect(reasonOf('data-zero 1', huge)).toMatch(
    /^λW is up to \de\+\d+ times as large as the rest of the gradient, which drowns in it; make λ smaller$/,
  );
  expect(reasonOf('data-zero 1', network({ ...generic, reg: 1 }))).toBeUndefined();
});

test('where only the last sample gets through a ReLU, stale-sample is no mistake that shows', () => {
  const alone = network(
    { ...generic, X: '-1 -2 0.3; -1 -2 0.7', W: ['0.4 0.6; 0.9 0.2', '0.7 -0.5; -0.2 0.8'] },
    'relu',
  );
  const off = { ...alone, layers: alone.layers.map((layer) => ({ ...layer, b: layer.b.map(() => 0) })) };
  expect(reasonOf('stale-sample 1', off)).toBe(
    'the units of layer 1 are off for every other sample; shift b1 so that more are on, or take other samples',
  );
});

test('a penalty is called small by what its own factor makes of λ', () => {
  const small = { ...generic, reg: 1e-18 };
  const of = (penalty: Penalty): string | undefined =>
    reasonOf('missing-reg 1', network(small, 'sigmoid', { penalty }));
  expect(of('half')).toMatch(/^λW1 is at most 9e-19, /);
  expect(of('full')).toMatch(/^λW1 is at most 2e-18, /);
  expect(of('half-over-n')).toMatch(/^λW1 is at most 3e-19, /);
});

test('outputs that are missed by far are not called fitted, however flat they are', () => {
  const flat = network(
    {
      ...missedByFar,
      b: [
        [0.1, -0.3],
        [40, -40],
      ],
      y: [1, 1, 1],
      reg: 0.1,
    },
    'tanh',
    squares('sigmoid'),
  );
  expect(largest(forward(flat).outputs.data)).toBe(1);
  const reasons = reasonsOf(flat);
  expect(reasons.length).toBeGreaterThan(0);
  for (const reason of reasons) expect(reason).not.toMatch(/fits its targets/);
});

test('equal rows above are no reason where the errors of the outputs do not cancel', () => {
  const equal = { ...biases([50, -60], [0.2, -0.1]), W: [generic.W[0]!, '0.7 -0.5; 0.7 -0.5'] };
  expect(reasonOf('data-zero 1', network(equal))).toMatch(/^all rows of W2 are equal/);
  expect(reasonOf('data-zero 1', network(equal, 'sigmoid', { output: 'sigmoid' }))).toMatch(
    /^the units of layer 1 are saturated/,
  );
});

test('where biases lie in the weights, unchecked entries are named as those', () => {
  const layout = { ...CANONICAL, biases: 'first' } as const;
  const reasons = reasonsOf(network(generic), { only: ['dW2'], layout });
  expect(reasons.length).toBeGreaterThan(10);
  for (const reason of reasons) expect(reason).toMatch(/not checked, of dW1; check more of them$/);
});

test('missing weights at all layers are not blamed on the weights of layer 1', () => {
  const zeros = network({ ...three, W: ['0 0; 0 0', '0 0; 0 0', '0 0; 0 0'] });
  expect(reasonOf('missing-weights all', zeros)).not.toContain('W1 is zero');
});
