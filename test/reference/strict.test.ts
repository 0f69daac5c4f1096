import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { loss } from '../../src/core/loss.ts';
import { type CompareOptions, type Comparison, compare } from '../../src/reference/compare.ts';
import { parseReference } from '../../src/reference/reference.ts';
import { generic, network } from '../networks.ts';

const net = network({ ...generic, reg: 3e-4 });
const pass = forward(net);
const gradients = Object.fromEntries(backprop(pass).map((tensor) => [tensor.name, tensor]));

const compared = (reference: object, options?: CompareOptions): Comparison =>
  compare(net, [parseReference('theirs', reference)], options);
const float16 = { dtype: 'float16', gradients: Object.values(gradients) };
const wrong = {
  gradients: Object.values(gradients).map((one) => ({ ...one, data: one.data.map((v) => 2 * v) })),
};

/** The mistakes that a reference of float16 would not show, and those that the check itself does not. */
const { check, references } = compared(float16);
const missed = [...new Set(references[0]!.strength!.missed.map(({ mistake }) => mistake))];
const blind = [
  ...new Set(check.audit.mistakes.filter(({ caught }) => !caught).map(({ mistake }) => mistake)),
];

describe('--strict', () => {
  test('is refused what a reference of little precision would hide, unless it is accepted', () => {
    expect(missed.length).toBeGreaterThan(blind.length);
    expect(compared(float16).passed).toBe(true);
    expect(compared(float16, { strict: true }).passed).toBe(false);
    const all = [...missed, ...blind, 'inconclusive' as const];
    expect(compared(float16, { strict: true, allow: all }).passed).toBe(true);
    for (const one of missed.filter((mistake) => !blind.includes(mistake)).slice(0, 2))
      expect(compared(float16, { strict: true, allow: all.filter((own) => own !== one) }).passed).toBe(false);
  });

  test('is refused what is inconclusive in a reference, unless that is accepted', () => {
    // Gradients of 1e-5 drown in the underflow of float16.
    const faint = network({ ...generic, W: [generic.W[0]!, '1e-5 0; 0 -1e-5'] });
    const theirs = parseReference('theirs', { dtype: 'float16', gradients: backprop(forward(faint)) });
    const { references, check } = compare(faint, [theirs]);
    expect(references[0]!.tensors.some(({ inconclusive }) => inconclusive > 0)).toBe(true);
    const unseen = [
      ...references[0]!.strength!.missed,
      ...check.audit.mistakes.filter(({ caught }) => !caught),
    ];
    const allow = unseen.map(({ mistake }) => mistake);
    expect(compare(faint, [theirs], { strict: true, allow }).passed).toBe(false);
    expect(compare(faint, [theirs], { strict: true, allow: ['inconclusive', ...allow] }).passed).toBe(true);
  });
});

describe('of what was asked for', () => {
  const { total } = loss(pass);

  test.each<[string, object, CompareOptions['only'], boolean]>([
    ['the loss, whatever the gradients are', { ...wrong, loss: total }, ['loss'], true],
    ['a wrong loss', { gradients: Object.values(gradients), loss: 2 * total }, ['loss'], false],
    [
      'gradients, whatever the loss is',
      { gradients: Object.values(gradients), loss: 2 * total },
      ['dW1'],
      true,
    ],
    ['wrong gradients', { ...wrong, loss: total }, ['dW1', 'loss'], false],
    [
      'the logits',
      {
        ...wrong,
        logits: pass.logits && [[...pass.logits.data.subarray(0, 3)], [...pass.logits.data.subarray(3)]],
      },
      ['logits'],
      true,
    ],
    ['the loss, which is not there', { gradients: Object.values(gradients) }, ['loss'], false],
  ])('%s: %j', (_, reference, only, passed) => {
    expect(compared(reference, only && { only }).passed).toBe(passed);
  });

  test('nothing agrees where nothing is compared with it', () => {
    expect(compare(net, [], { only: ['loss'] }).passed).toBe(false);
    expect(compare(net, []).passed).toBe(true);
  });
});

test('logits whose samples are rows are compared as they lie', () => {
  const problem = parseConfig({
    X: [[1], [2]],
    y: [0, 1],
    W1: [[1, -1, 0.5]],
    b1: [0, 0, 1],
    samples: 'rows',
    weights: 'in-out',
  });
  const own = forward(problem.network).logits.data;
  const rows = [0, 1].map((n) => [0, 1, 2].map((k) => own[k * 2 + n]!));
  const judge = (logits: number[][]) =>
    compare(problem.network, [parseReference('theirs', { logits })], {
      layout: problem.layout,
      only: ['logits'],
    }).references[0]!.logits!;
  expect(judge(rows).mismatched).toBe(0);
  expect(judge(rows.toReversed()).mismatched).toBeGreaterThan(0);
});
