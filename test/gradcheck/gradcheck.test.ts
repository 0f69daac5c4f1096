import { describe, expect, test } from 'vitest';
import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { CANONICAL, type Layout, layOut } from '../../src/core/layout.ts';
import { checkGradient, gradcheck } from '../../src/gradcheck/gradcheck.ts';
import { exactNetworks, exactProblem, flat, largest, outside } from '../exact.ts';
import { network } from '../networks.ts';

const fitting = exactProblem('two-layer').network;

describe.each(exactNetworks)('$name', ({ problem, answer }) => {
  const { network: net, layout } = problem;
  const checked = () => gradcheck(net, { layout });

  test('the true gradient passes, with nothing left open', () => {
    const { tensors, passed, inconclusive } = checked();
    expect({ passed, inconclusive }).toEqual({ passed: true, inconclusive: [] });
    for (const { checked, shape, mismatched } of tensors) {
      expect({ checked, mismatched }).toEqual({ checked: shape.reduce((a, b) => a * b), mismatched: 0 });
    }
  });

  test('the exact gradient lies within the error bar of every entry', () => {
    for (const { name, numerical, errorBar } of checked().tensors) {
      const exact = flat(answer.gradients[name]!);
      // 60 digits answer 0 for what is below 1e-60 of its terms: those of ŷ − 1 where ŷ is 1 − 1e-141.
      const allowed = errorBar.map((bar, i) => (exact[i] === 0 ? bar + 1e-16 * largest(exact) : bar));
      expect(outside(numerical, exact, allowed), name).toEqual([]);
    }
  });

  test('the bars are narrow: in the median below 1e-9 of the entry', () => {
    const relative = checked().tensors.flatMap(({ numerical, errorBar }) =>
      [...errorBar].map((bar, i) => bar / Math.abs(numerical[i]!)),
    );
    expect(relative.sort((a, b) => a - b)[Math.floor(relative.length / 2)]).toBeLessThan(1e-9);
  });

  test('two losses a parameter contradict it nowhere', () => {
    const few = gradcheck(net, { layout, naive: true, sample: 40 });
    expect(few.tensors.map(({ name, mismatched }) => `${name}: ${mismatched}`)).toEqual(
      checked().tensors.map(({ name }) => `${name}: 0`),
    );
  });
});

test('what underflows on its way up is not refused, however large the error it meets there', () => {
  // δ of the output is 2e18, and the difference of elu 2⁻¹⁰⁰ · 1e-6 · e⁻⁶⁵⁵, of which float64 has three digits.
  const parts = { X: '1e-6', y: [-1e18], W: ['0', '1e3'], b: [[-655], [0]] };
  const { tensors } = gradcheck(network(parts, 'elu', { output: 'identity', loss: 'squared-error' }));
  expect(tensors.map(({ mismatched }) => mismatched)).toEqual([0, 0, 0, 0]);
});

test('what was done is told: method, step, loss and forward pass', () => {
  const propagated = gradcheck(fitting);
  expect(propagated).toMatchObject({ method: 'difference propagation', step: 2 ** -100 });
  expect(propagated.pass.logits).toEqual(forward(fitting).logits);
  expect(propagated.loss.total).toBe(propagated.loss.data + propagated.loss.regularization);
  expect(gradcheck(fitting, { naive: true })).toMatchObject({ method: 'two losses', step: 1e-5 });
  expect(gradcheck(fitting, { step: 0.01 })).toMatchObject({ step: 0.01 });
});

test('rtol and atol widen what is allowed, and rtol is 1e-7 by default', () => {
  const allowed = (options: object): number => gradcheck(fitting, options).tensors[0]!.allowed[0]!;
  const analytic = Math.abs(gradcheck(fitting).tensors[0]!.analytic[0]!);
  expect(allowed({ rtol: 1e-3 }) - allowed({ rtol: 0 })).toBeCloseTo(1e-3 * analytic, 12);
  expect(allowed({ atol: 0.5 }) - allowed({})).toBeCloseTo(0.5, 12);
  expect(allowed({}) / analytic).toBeCloseTo(1e-7, 10);
});

test('the relative tolerance is of the larger one of both gradients', () => {
  const pass = forward(fitting);
  const verdict = (factor: number) => {
    const scaled = backprop(pass).map((tensor) => ({ ...tensor, data: tensor.data.map((g) => factor * g) }));
    return checkGradient(pass, scaled, { rtol: 0.1 }).tensors[0]!.verdicts[0];
  };
  expect([1 / 0.9005, 1 / 0.8995, 0.9005, 0.8995].map(verdict)).toEqual([
    'agree',
    'mismatch',
    'agree',
    'mismatch',
  ]);
});

test('with a large step, the bar covers the truncation and the entry is inconclusive', () => {
  const { tensors, inconclusive } = gradcheck(fitting, { step: 0.01 });
  expect(inconclusive.length).toBeGreaterThan(0);
  for (const { name, numerical, errorBar, mismatched } of tensors) {
    const exact = flat(exactNetworks.find((known) => known.name === 'two-layer')!.answer.gradients[name]!);
    expect(outside(numerical, exact, errorBar), name).toEqual([]);
    expect(mismatched, name).toBe(0);
  }
});

describe('a ReLU exactly on its kink', () => {
  // The logits are equal, so that ŷ = (½, ½) and ∂J/∂a = −1 to the right of the kink, 0 to the left.
  const kinked = network({ X: '1', y: [0], W: ['1', '1; -1'], b: [[-1], [0, 0]] }, 'relu');

  test.each([
    ['difference propagation', {}, 12, []],
    // a1 = 0, and so is dW2: two losses cannot tell that from what their rounding hides.
    ['two losses', { naive: true }, 4, ['dW2[0,0]', 'dW2[1,0]']],
  ])('is inconclusive with both one-sided slopes, by %s', (_, options, digits, hidden) => {
    const { passed, inconclusive } = gradcheck(kinked, options);
    const places = inconclusive.map(({ tensor, index }) => `${tensor}[${index}]`);
    expect(places).toEqual(['dW1[0,0]', 'db1[0]', ...hidden]);
    for (const { tensor, left, right } of inconclusive) {
      expect(left).toBeCloseTo(0, digits);
      expect(right).toBeCloseTo(tensor === 'dW2' ? 0 : -1, digits);
    }
    expect(passed).toBe(true);
  });

  test('does not pass where nothing else was checked', () => {
    expect(gradcheck(kinked, { only: ['dW1', 'db1'] }).passed).toBe(false);
  });
});

test('a check of no entry does not pass', () => {
  expect(gradcheck(fitting, { sample: 0 }).passed).toBe(false);
  expect(gradcheck(fitting, { only: [] })).toMatchObject({ passed: false, tensors: [] });
});

describe('a sample of the entries', () => {
  const options = { sample: 3, seed: 5 };
  const sampled = () => gradcheck(fitting, options).tensors;

  test('is checked as it is among all, and the rest is NaN', () => {
    const all = gradcheck(fitting).tensors;
    for (const [l, { checked, numerical, verdicts, shape }] of sampled().entries()) {
      const selected = [...numerical.keys()].filter((i) => !Number.isNaN(numerical[i]));
      expect([checked, selected.length]).toEqual([3, 3]);
      expect([...verdicts.keys()].filter((i) => verdicts[i] !== undefined)).toEqual(selected);
      for (const i of selected) expect(numerical[i]).toBe(all[l]!.numerical[i]);
      expect(numerical.length).toBe(shape.reduce((a, b) => a * b));
    }
  });

  test('may be of one tensor only', () => {
    const { tensors } = gradcheck(fitting, { ...options, only: ['db2'] });
    expect(tensors).toEqual([sampled()[3]]);
  });

  test('is the same however it lies', () => {
    const layout = { ...CANONICAL, weights: 'in-out' } as const;
    const [, , dW2] = gradcheck(fitting, { ...options, layout }).tensors;
    const { shape, numerical } = dW2!;
    const [back] = layOut([{ name: 'dW2', shape, data: numerical }], layout);
    expect(back!.data).toEqual(sampled()[2]!.numerical);
  });
});

test('weights that lie in × out are shown so, with the indices that belong to them', () => {
  const kinked = network(
    {
      X: '1; 2',
      y: [0],
      W: ['5 0; 1 -2; 3 1', '1 1 1; 1 -1 2'],
      b: [
        [0, 3, 0],
        [0, 0],
      ],
    },
    'relu',
  );
  const indices = (changes: Partial<Layout>): unknown[] =>
    gradcheck(kinked, { layout: { ...CANONICAL, ...changes } }).inconclusive.map(({ tensor, index }) => [
      tensor,
      index,
    ]);
  expect(indices({})).toEqual([
    ['dW1', [1, 0]],
    ['dW1', [1, 1]],
    ['db1', [1]],
  ]);
  expect(indices({ weights: 'in-out' })).toEqual([
    ['dW1', [0, 1]],
    ['dW1', [1, 1]],
    ['db1', [1]],
  ]);
  expect(indices({ biases: 'first' })).toEqual([
    ['dW1', [1, 0]],
    ['dW1', [1, 1]],
    ['dW1', [1, 2]],
  ]);
  expect(indices({ weights: 'in-out', biases: 'last' })).toEqual([
    ['dW1', [0, 1]],
    ['dW1', [1, 1]],
    ['dW1', [2, 1]],
  ]);
});

describe.each<Layout>([
  { samples: 'rows', weights: 'in-out', biases: 'separate' },
  { samples: 'rows', weights: 'out-in', biases: 'first' },
  { samples: 'columns', weights: 'in-out', biases: 'last' },
])('with samples $samples, weights $weights, biases $biases', (layout) => {
  test.each(['analytic', 'numerical', 'errorBar', 'allowed'] as const)(
    '%s lies as the weights do',
    (part) => {
      const canonical = gradcheck(fitting).tensors.map((tensor) => ({ ...tensor, data: tensor[part] }));
      const lying = gradcheck(fitting, { layout }).tensors.map((tensor) => ({
        ...tensor,
        data: tensor[part],
      }));
      const expected = layOut(canonical, layout);
      expect(lying.map(({ name }) => name)).toEqual(expected.map(({ name }) => name));
      for (const [l, { shape, data }] of expected.entries()) expect(lying[l]).toMatchObject({ shape, data });
    },
  );
});

describe('a tensor of which products underflow', () => {
  /** Of inputs so small that dW1 is of that size. */
  const passOf = (input: number) =>
    forward(network({ X: `${input} ${input}`, y: [0, 0], W: ['0; 0'], b: [[0, 0]] }));
  const check = (input: number, factor: number) => {
    const pass = passOf(input);
    const gradient = backprop(pass).map((tensor) =>
      tensor.name === 'dW1' ? { ...tensor, data: tensor.data.map((value) => factor * value) } : tensor,
    );
    return checkGradient(pass, gradient).tensors.map(({ verdicts }) => [...verdicts]);
  };
  const agree = ['agree', 'agree'];
  const inconclusive = ['inconclusive', 'inconclusive'];

  test('is inconclusive where that is more than a hundredth of it, even as zeros', () => {
    expect(check(1e-276, 1)).toEqual([inconclusive, agree]);
    expect(check(1e-278, 0)).toEqual([inconclusive, agree]);
  });

  test('is checked where it is less; and zeros are zeros', () => {
    expect(check(1e-270, 1)).toEqual([agree, agree]);
    expect(check(0, 1)).toEqual([agree, agree]);
  });
});
