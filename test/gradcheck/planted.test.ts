import { describe, expect, test } from 'vitest';
import { backprop, type Rules, rules } from '../../src/core/backprop.ts';
import { forward, type Pass } from '../../src/core/forward.ts';
import { CANONICAL, layOut } from '../../src/core/layout.ts';
import { map, scale } from '../../src/core/matrix.ts';
import type { Tensor } from '../../src/core/network.ts';
import { checkGradient } from '../../src/gradcheck/gradcheck.ts';
import { measure, refusedEntries } from '../../src/gradcheck/measure.ts';
import { exactProblem } from '../exact.ts';

const networks = ['two-layer', 'three-layer-tanh', 'four-layer-mixed', 'soft-targets', 'confident'];
const passOf = (name: string): Pass => forward(exactProblem(name).network);

/** The backward pass with some rules replaced in every layer. */
const mistaken =
  (mistake: Partial<Rules>) =>
  (pass: Pass): Tensor[] =>
    backprop(pass, () => ({ ...rules, ...mistake }));

/** The gradient with one tensor replaced. */
const replaced =
  (name: string, change: (tensor: Tensor) => Float64Array) =>
  (pass: Pass): Tensor[] =>
    backprop(pass).map((tensor) => (tensor.name === name ? { ...tensor, data: change(tensor) } : tensor));

/** The gradient with entry i of dW1 changed. */
const entry = (i: number, change: (value: number) => number) =>
  replaced('dW1', ({ data }) => data.map((value, k) => (k === i ? change(value) : value)));

const wrongGradients: [string, (pass: Pass) => Tensor[]][] = [
  ['leaves out the L2 term', mistaken({ regularization: ({ layer }) => scale(0, layer.W) })],
  [
    'doubles the L2 term',
    mistaken({ regularization: (step, pass) => scale(2, rules.regularization(step, pass)) }),
  ],
  [
    'leaves out 1/N',
    mistaken({ outputError: (pass) => scale(pass.network.X.cols, rules.outputError(pass)) }),
  ],
  [
    'has the sign of the error flipped',
    mistaken({ outputError: (pass) => scale(-1, rules.outputError(pass)) }),
  ],
  ['leaves out the slope of the activation', mistaken({ slope: ({ z }) => map(z, () => 1) })],
  [
    'has dW1 transposed',
    replaced('dW1', (tensor) => layOut([tensor], { ...CANONICAL, weights: 'in-out' })[0]!.data),
  ],
  ['has a tensor of zeros', replaced('dW2', ({ data }) => data.map(() => 0))],
  ['has a bias of zeros', replaced('db2', ({ data }) => data.map(() => 0))],
  ['has the sign of one entry flipped', entry(1, (value) => -value)],
  ['has one entry off by 1e-6 of itself', entry(1, (value) => value * (1 + 1e-6))],
  ['has NaN for an entry', entry(1, () => Number.NaN)],
  ['has Infinity for an entry', entry(1, () => Number.POSITIVE_INFINITY)],
  ['has −Infinity for an entry', entry(1, () => Number.NEGATIVE_INFINITY)],
];

describe.each(networks)('%s', (name) => {
  const pass = passOf(name);
  const applicable = wrongGradients.filter(([title]) => pass.network.reg > 0 || !title.includes('L2'));

  test.each(applicable)('rejects a gradient that %s', (_, wrong) => {
    expect(checkGradient(pass, wrong(pass)).passed).toBe(false);
  });
});

const pass = passOf('two-layer');
const places = backprop(pass).flatMap(({ name, data }) => [...data.keys()].map((i) => ({ name, i })));

test.each([
  ['a flipped sign', (value: number) => -value],
  ['an error of 1e-6', (value: number) => value * (1 + 1e-6)],
])('rejects %s in whichever entry it is, and in no other', (_, change) => {
  for (const { name, i } of places) {
    const wrong = replaced(name, ({ data }) => data.map((value, k) => (k === i ? change(value) : value)));
    const { tensors } = checkGradient(pass, wrong(pass));
    const mismatched = tensors.flatMap(({ name: tensor, verdicts }) =>
      [...verdicts.entries()].filter(([, verdict]) => verdict !== 'agree').map(([k]) => `${tensor} ${k}`),
    );
    expect(mismatched).toEqual([`${name} ${i}`]);
  }
});

test('an error of 1e-8 is within the tolerance, and with rtol 1e-9 it is not', () => {
  const wrong = entry(1, (value) => value * (1 + 1e-8))(pass);
  expect(checkGradient(pass, wrong).passed).toBe(true);
  expect(checkGradient(pass, wrong, { rtol: 1e-9 }).passed).toBe(false);
});

const coarse = wrongGradients.filter(([title]) => !title.includes('1e-6'));

test.each(coarse)('two losses a parameter, too, reject a gradient that %s', (_, wrong) => {
  expect(checkGradient(pass, wrong(pass), { naive: true }).passed).toBe(false);
});

test('refused are the entries that mismatch, of those that were measured', () => {
  const wrong = replaced('dW2', ({ data }) => data.map((value, i) => (i % 2 === 0 ? value : -value)))(pass);
  for (const options of [{}, { sample: 7, seed: 3 }]) {
    const { tensors, measurement } = checkGradient(pass, wrong, options);
    const verdicts = tensors.map((tensor) => tensor.verdicts);
    for (const [l, measured] of measurement.tensors.entries()) {
      const mismatched = [...verdicts[l]!.keys()].filter((i) => verdicts[l]![i] === 'mismatch');
      expect(refusedEntries(measurement, measured, wrong[l]!)).toEqual(mismatched);
    }
    expect(verdicts[2]).toContain('mismatch');
    expect(verdicts[0]).not.toContain('mismatch');
  }
});

test('a wider tolerance in place of its own refuses less', () => {
  const measurement = measure(pass);
  const [dW1] = measurement.tensors;
  const wrong = entry(1, (value) => value + 1)(pass)[0]!;
  expect(refusedEntries(measurement, dW1!, wrong)).toEqual([1]);
  expect(
    refusedEntries(measurement, dW1!, wrong, measurement.toleranceOf(wrong.data.map(() => 2 ** 53))),
  ).toEqual([]);
});
