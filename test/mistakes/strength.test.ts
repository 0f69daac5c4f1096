import { expect, test } from 'vitest';
import { auditedGradcheck, type StrengthOptions } from '../../src/mistakes/strength.ts';
import { exactProblem } from '../exact.ts';
import { network } from '../networks.ts';

const generic = exactProblem('two-layer').network;
/** Its weights above are symmetric: one blind spot. */
const symmetric = network({
  X: '0.5 -1.2 0.3; 1.1 0.4 -0.7',
  y: [0, 1, 1],
  W: ['0.4 -0.6; 0.9 0.2', '0.7 -0.5; -0.5 0.8'],
  b: [
    [0.1, -0.3],
    [0.2, -0.1],
  ],
  reg: 0.1,
});
/** One of its units is on its kink for the first sample: two entries of dW1 and one of db1 are left open. */
const kinked = network(
  {
    X: '1 2 -1; 1 -1 3',
    y: [0, 1, 1],
    W: ['1 -1; 0.9 0.2', '0.7 -0.5; -0.2 0.8'],
    b: [
      [0, -0.3],
      [0.2, -0.1],
    ],
    reg: 0.1,
  },
  'relu',
);

test.each<[string, typeof generic, StrengthOptions, boolean]>([
  ['a generic network passes', generic, {}, true],
  ['a generic network passes a strict check', generic, { strict: true }, true],
  ['a blind spot passes', symmetric, {}, true],
  ['a blind spot fails a strict check', symmetric, { strict: true }, false],
  [
    'a blind spot that is allowed passes it',
    symmetric,
    { strict: true, allow: ['transposed-weights'] },
    true,
  ],
  ['one that is not allowed does not', symmetric, { strict: true, allow: ['missing-slope'] }, false],
  ['a kink passes', kinked, {}, true],
  ['a kink fails a strict check', kinked, { strict: true }, false],
])('%s', (_, net, options, passed) => {
  expect(auditedGradcheck(net, options).passed).toBe(passed);
});

test('the kink is what fails it', () => {
  const { inconclusive, audit } = auditedGradcheck(kinked);
  expect(inconclusive.map(({ tensor, index }) => `${tensor}[${index}]`)).toEqual([
    'dW1[0,0]',
    'dW1[0,1]',
    'db1[0]',
  ]);
  expect(audit.mistakes.filter(({ caught }) => !caught)).toEqual([]);
});

test('what is allowed does not excuse a wrong gradient', () => {
  const nothing = auditedGradcheck(generic, { sample: 0, strict: true });
  expect(nothing.passed).toBe(false);
});
