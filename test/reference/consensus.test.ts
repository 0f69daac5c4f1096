import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { compare } from '../../src/reference/compare.ts';
import { agreeWithEachOther, type Consensus, consensusOf, OURSELVES } from '../../src/reference/consensus.ts';
import type { ReferenceVerdict } from '../../src/reference/judge.ts';
import { parseReference } from '../../src/reference/reference.ts';
import { config, each, logits, loss, right } from './theirs.ts';

const { network } = parseConfig(config);

const negated = each(right, (value) => -value);
const doubled = each(right, (value) => 2 * value);
/** Off by 1e-7 of each entry, which is just within what float64 is allowed; two such on either side are not. */
const little = (by: number) => each(right, (value) => value * (1 + by));

const verdictsOn = (...references: object[]): readonly ReferenceVerdict[] =>
  compare(
    network,
    references.map((reference, i) => parseReference('abcd'[i]!, reference)),
  ).references;

const consensus = (...references: object[]): Consensus | null =>
  compare(
    network,
    references.map((reference, i) => parseReference('abcd'[i]!, reference)),
  ).consensus;

test.each<[string, object[], Consensus | null]>([
  ['that alone disagrees', [right, negated], { agree: [OURSELVES, 'a'], odd: ['b'] }],
  ['whichever it is', [negated, right, right], { agree: [OURSELVES, 'b', 'c'], odd: ['a'] }],
  ['one of two', [right, negated, doubled, right], { agree: [OURSELVES, 'a', 'd'], odd: ['b', 'c'] }],
  ['fcnet itself', [negated, negated], { agree: ['a', 'b'], odd: [OURSELVES] }],
  ['none where all agree', [right, right], null],
  ['none where no two do', [negated, doubled], null],
  ['none where two stand against two', [right, negated, negated], null],
  ['none of a single reference', [negated], null],
  ['none of no reference', [], null],
])('the odd one out is the reference %s', (_, references, expected) => {
  expect(consensus(...references)).toEqual(expected);
});

describe('two references agree with each other', () => {
  const agree = (a: object, b: object): boolean => {
    const [first, second] = verdictsOn(a, b) as [ReferenceVerdict, ReferenceVerdict];
    const [one, other] = [agreeWithEachOther(first, second), agreeWithEachOther(second, first)];
    expect(one).toBe(other);
    return one;
  };

  test.each<[string, object, object, boolean]>([
    ['where they are as wrong', negated, negated, true],
    ['not where each is wrong in another way', negated, doubled, false],
    ['within what both are allowed', little(0.9e-7), little(-0.9e-7), true],
    ['not beyond it', negated, each(negated, (value) => value * (1 + 1e-6)), false],
    ['not where only one of them is right', right, negated, false],
    [
      'not where one entry differs',
      right,
      { ...right, db1: right.db1.map((v, i) => (i === 2 ? v + 1 : v)) },
      false,
    ],
    ['not where one lacks a tensor', right, { ...right, db2: undefined }, false],
    ['not where one has another shape', negated, { ...negated, dW1: [[1]] }, false],
    ['where both have the right loss', { ...right, loss: loss.total }, { ...right, loss }, true],
    ['whether one says it or not', { ...right, loss: loss.total }, right, true],
    ['not where one has a wrong loss', { ...right, loss: loss.total }, { ...right, loss: 9 }, false],
    ['nor where the other has none', right, { ...right, loss: 9 }, false],
    ['where both losses are wrong', { ...right, loss: 8 }, { ...right, loss: 9 }, true],
    [
      'not where one has wrong logits',
      { ...right, logits },
      { ...right, logits: each(logits, (z) => z + 1) },
      false,
    ],
    ['nor where the other has none of them', right, { ...right, logits: each(logits, (z) => z + 1) }, false],
    ['with right logits, or without', right, { ...right, logits }, true],
  ])('%s', (_, a, b, expected) => {
    expect(agree(a, b)).toBe(expected);
  });
});

test('of groups that are as large the first counts, and none that is half', () => {
  const verdicts = verdictsOn(negated, negated, doubled);
  const alike = (pairs: readonly string[]) =>
    consensusOf(
      verdicts,
      (a, b) => pairs.includes(`${a.name}${b.name}`) || pairs.includes(`${b.name}${a.name}`),
    );
  expect(alike(['ab', 'bc', 'ac'])).toEqual({ agree: ['a', 'b', 'c'], odd: [OURSELVES] });
  expect(alike(['ab', 'bc'])).toEqual({ agree: ['a', 'b', 'c'], odd: [OURSELVES] });
  expect(alike(['ab'])).toBeNull();
  expect(alike([])).toBeNull();
});
