import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { parameters } from '../../src/core/network.ts';
import { checkGradient, gradcheck } from '../../src/gradcheck/gradcheck.ts';
import { naiveSlopes } from '../../src/gradcheck/naive.ts';
import { everything } from '../../src/gradcheck/slopes.ts';
import { benchNetwork } from '../bench/networks.ts';
import { exactProblem, outside } from '../exact.ts';
import { genericRecipes, network, networkOf, recipes, SEED } from '../networks.ts';

test('two losses and difference propagation agree within their error bars', () => {
  const property = fc.property(genericRecipes, (recipe) => {
    const net = networkOf(recipe);
    const propagated = gradcheck(net).tensors;
    for (const [l, { name, numerical, errorBar }] of gradcheck(net, { naive: true }).tensors.entries()) {
      const other = propagated[l]!;
      const bars = errorBar.map((bar, i) => bar + other.errorBar[i]!);
      expect(outside(numerical, other.numerical, bars), name).toEqual([]);
    }
  });
  fc.assert(property, { seed: SEED, numRuns: 200 });
});

// Its loss has an inflection here: the one-sided slopes agree better than the central quotient is right.
const inflection = parseConfig({
  X: [[-0.5671795768109534, -1.4193027236850706, -1.8177306605617904]],
  y: [
    [0.5983385562443818, 0.2006792723348147, 0.6914364809443525],
    [0.40166144375561813, 0.7993207276651852, 0.3085635190556475],
  ],
  W1: [[0.9840398023941221], [0.08125630198796009]],
  b1: [-0.30894824186578296, 0.1054327803984849],
  W2: [
    [-0.5788081887672966, 0.1741542801468511],
    [-0.056944328086898165, 0.24674666109711252],
    [0.3424822678437948, -0.5950794896163668],
    [-0.1336074799276857, -0.0007204243080970554],
    [-0.20707283514469835, -0.17217875071521435],
  ],
  b2: [-0.9110717703945944, 0.1383991055159528, 0.9144974610971686, -0.31929930021651304, -1.391821962283002],
  W3: [
    [-0.6227418453681494, 0.1135785325218916, 0.18934448573730292, 0.3613157688278439, 0.3842424581557373],
    [0.06879460452761105, -0.3147227018045815, -0.38522132489459726, 0.2712695440024106, 0.3360006648421709],
  ],
  b3: [0.8733222539500947, -0.4500998528349585],
  W4: [
    [-0.09819253895613696, -0.5972767531332464],
    [1.2044588321767826, 0.8712314020547951],
  ],
  b4: [-0.030744159070414966, 0.7172269523074378],
  activation: ['tanh', 'sigmoid', 'softplus'],
}).network;

test.each([1e-5, 1e-3, 0.01, 0.03])(
  'with a step of %d truncation is in the bar, at an inflection, too',
  (step) => {
    const { passed, tensors } = gradcheck(inflection, { naive: true, step });
    expect({ passed, mismatched: tensors.map(({ mismatched }) => mismatched) }).toEqual({
      passed: true,
      mismatched: tensors.map(() => 0),
    });
    for (const { analytic, numerical, errorBar } of tensors)
      expect(outside(numerical, analytic, errorBar)).toEqual([]);
  },
);

test('a step that moves a value down only, or not at all, is made large enough', () => {
  const net = network({ X: '1', y: [0], W: ['1; 3'], b: [[1, 0]] });
  const exact = backprop(forward(net));
  const [dW1] = naiveSlopes(net, everything, 2 ** -53);
  for (const [i, value] of dW1!.central.entries())
    expect(Math.abs(value - exact[0]!.data[i]!)).toBeLessThan(1e-6);
});

test('kinks within the step, on both sides alike, leave an entry open', () => {
  const near = network({ X: '1 -1', y: [0, 1], W: ['0', '1; -1'], b: [[0.005], [0, 0]] }, 'relu');
  for (const step of [0.01, 0.02]) {
    const [dW1] = gradcheck(near, { naive: true, step }).tensors;
    expect(dW1).toMatchObject({ mismatched: 0, inconclusive: 1 });
  }
});

test.each([1e-3, 0.01])('with a step of %d, two losses refuse no right gradient', (step) => {
  for (let seed = 0; seed < 60; seed++) {
    const { network: net } = benchNetwork(seed);
    const { tensors } = gradcheck(net, { naive: true, step, sample: 12 });
    expect(
      tensors.map(({ mismatched }) => mismatched),
      `seed ${seed}`,
    ).toEqual(tensors.map(() => 0));
  }
});

// By chance the one-sided slopes agree there better than the quotient is right: kinks against curvature, J″ that jumps.
test.each<[string, number | undefined, number[]]>([
  ['the textbook’s step', undefined, [553, 1385]],
  ['a step of 0.01', 0.01, [722, 842, 1170, 1194, 1410, 1418, 1465]],
])('with %s no right gradient is refused, where kinks and curvature cancel, either', (_, step, seeds) => {
  for (const seed of seeds) {
    const { network: net } = benchNetwork(seed);
    const { tensors } = gradcheck(net, { naive: true, sample: 30, ...(step && { step }) });
    expect(
      tensors.map(({ mismatched }) => mismatched),
      `seed ${seed}`,
    ).toEqual(tensors.map(() => 0));
  }
});

test('a gradient that is off by a ten-thousandth is still refused by two losses', () => {
  const { network: net } = exactProblem('two-layer');
  const off = backprop(forward(net)).map((tensor) => ({
    ...tensor,
    data: tensor.data.map((value) => value * (1 + 1e-4)),
  }));
  const { passed } = checkGradient(forward(net), off, { naive: true });
  expect(passed).toBe(false);
});

test.each([1e-15, 1e-17, 1e-100])('with a step of %d only rounding is left: all is inconclusive', (step) => {
  const { passed, tensors } = gradcheck(exactProblem('two-layer').network, { naive: true, step });
  expect(passed).toBe(false);
  for (const { name, mismatched, inconclusive, checked } of tensors)
    expect({ name, mismatched, inconclusive }).toEqual({ name, mismatched: 0, inconclusive: checked });
});

test('every parameter is put back, to the last bit', () => {
  const property = fc.property(recipes, (recipe) => {
    const net = networkOf(recipe);
    const before = structuredClone(parameters(net));
    naiveSlopes(net, everything);
    expect(parameters(net)).toEqual(before);
  });
  fc.assert(property, { seed: SEED });
});

test('the slope is over the step that was really taken, which is not h beside a large parameter', () => {
  const net = network({ X: '1', y: [0], W: ['0; 0'], b: [[1e6 + 0.25, 1e6]] });
  const [, db1] = naiveSlopes(net, everything);
  const exact = backprop(forward(net))[1]!.data;
  expect(
    outside(
      db1!.central,
      exact,
      exact.map((slope) => 1e-8 * Math.abs(slope)),
    ),
  ).toEqual([]); // h itself is off by 6e-6
});

test('left and right are the slopes before and after the point', () => {
  // One layer: the loss is convex, so that its slope increases.
  const net = network({ X: '1 2', y: [0, 1], W: ['1; -1'], b: [[0.5, 0]] });
  for (const { left, right } of naiveSlopes(net, everything, 0.1)) {
    for (const [i, slope] of left.entries()) expect(slope).toBeLessThan(right[i]!);
  }
});

test('only the selected entries are evaluated', () => {
  const net = network({ X: '1; 2', y: [1], W: ['1 2; 3 4'], b: [[5, 7]] });
  const [dW1, db1] = naiveSlopes(net, (name) => (name === 'dW1' ? [2] : []));
  expect([...dW1!.right].map((value) => value !== 0)).toEqual([false, false, true, false]);
  expect(db1!.right).toEqual(Float64Array.of(0, 0));
});
