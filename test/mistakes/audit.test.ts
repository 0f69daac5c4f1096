import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import type { Network } from '../../src/core/network.ts';
import { checkGradient } from '../../src/gradcheck/gradcheck.ts';
import { type MeasureOptions, measure } from '../../src/gradcheck/measure.ts';
import { type Audit, type AuditedMistake, audit, blindSpots } from '../../src/mistakes/audit.ts';
import { type MistakeId, mistakes } from '../../src/mistakes/catalogue.ts';
import { regularizationMistakes } from '../../src/mistakes/regularization.ts';
import { mistakenGradient, variants } from '../../src/mistakes/variants.ts';
import { placeOf, written } from '../../src/mistakes/writing.ts';
import { exactNetworks, exactProblem, readFixture } from '../exact.ts';
import { generic, network } from '../networks.ts';

const auditOf = (net: Network, options: MeasureOptions = {}): Audit => audit(measure(forward(net), options));

const nameOf = ({ mistake, layer }: AuditedMistake): string => `${mistake} ${layer ?? 'all'}`;
const missedOf = (net: Network, options?: MeasureOptions): AuditedMistake[] =>
  blindSpots(auditOf(net, options));

const withBiases = (...b: number[][]) => ({ ...generic, b });
const off = withBiases([-10, -20], [0.2, -0.1]);
const on = withBiases([10, 20], [0.2, -0.1]);

test('a generic network lets no mistake pass', () => {
  const { caught, total } = auditOf(network(generic));
  expect({ caught, total }).toEqual({ caught: total, total: variants(forward(network(generic))).length });
  expect(missedOf(exactProblem('two-layer').network)).toEqual([]);
});

test('the textbook example lets all pass that happens below its output', () => {
  const textbook = parseConfig(readFixture('textbook.json')).network;
  const missed = missedOf(textbook);
  expect(missed.map(nameOf)).toEqual([
    'softmax-twice 2',
    'data-zero 1',
    'scaled-input 1',
    'reversed-rows 1',
    'stale-sample 1',
    'bias-mean 1',
    'bias-first-sample 1',
    'bias-zero 1',
    'bias-sum-over-units 1',
    'bias-before-slope 1',
    'missing-slope 1',
    'slope-of-activation 1',
    'slope-sign 1',
    'slope-of-tanh 1',
    'slope-of-relu 1',
    'tanh-formula 1',
    'slope-from-preactivation 1',
    'double-slope 1',
    'activation-for-slope 1',
    'slope-times-z 1',
    'formula-of-error 1',
    'missing-weights 2',
    'shifted-weights 2',
    'mean-again-on-the-way-down 2',
  ]);
  expect(missed[0]?.why).toMatch(/^all classes have the same probability, .*; give the rows of W2 different/);
  for (const { mistake, why } of missed.filter(
    ({ mistake: id }) => id !== 'reversed-rows' && id !== 'softmax-twice',
  )) {
    expect(why, mistake).toMatch(
      /^all rows of W2 are equal, so that .* nothing reaches layer 1; give its rows/,
    );
  }
});

/** A network, the mistakes it lets pass (all of them), and why. */
const blind: [string, Network, string[], RegExp][] = [
  [
    'saturated units',
    network(withBiases([50, -60], [0.2, -0.1])),
    ['data-zero 1', 'scaled-input 1', 'own-activation 1'],
    /^the units of layer 1 are saturated: .* at most 4e-22, .*; make W1.* smaller/,
  ],
  [
    'symmetric weights',
    network({ ...generic, W: ['0.4 -0.6; 0.9 0.2', '0.7 -0.5; -0.5 0.8'] }),
    ['transposed-weights 2'],
    /^W2 is symmetric, .*; make it asymmetric$/,
  ],
  [
    'fitted targets',
    network({ ...generic, ...withBiases([0.1, -0.3], [100, 0]), y: [0, 0, 0] }),
    [
      'preactivation-for-activation 2',
      'data-zero 1',
      'data-zero 2',
      'data-zero all',
      'scaled-input 1',
      'scaled-input 2',
      'scaled-input all',
      'own-activation 1',
      'own-activation 2',
      'own-activation all',
    ],
    /^the network fits its targets: .* at most 6e-44; use other/,
  ],
  [
    'a ReLU layer that is off',
    network({ ...off, reg: 0 }, 'relu'),
    [
      'data-zero 1',
      'data-zero 2',
      'data-zero all',
      'scaled-input 1',
      'scaled-input 2',
      'scaled-input all',
      'reversed-rows 1',
      'reversed-rows 2',
      'reversed-rows all',
      'transposed-gradient 1',
      'transposed-gradient 2',
      'transposed-gradient all',
      'stale-sample 1',
      'bias-mean 1',
      'bias-first-sample 1',
      'bias-zero 1',
      'own-activation 1',
      'bias-sum-over-units 1',
      'bias-row-sums 1',
      'slope-sign 1',
      'sigmoid-formula 1',
      'activation-for-slope 1',
      'slope-times-z 1',
      'error-overwritten 1',
      'missing-weights 2',
      'transposed-weights 2',
      'shifted-weights 2',
      'updated-weights 2',
      'mean-again-on-the-way-down 2',
      'activation-passed-down 2',
    ],
    /^(all units of layer 1 are off .*; shift b1 so that some are on|a1 is zero, .*|the gradient is the same .*)$/,
  ],
  [
    'a ReLU layer that is on',
    network(on, 'relu'),
    ['preactivation-for-activation 2', 'bias-before-slope 1', 'missing-slope 1', 'slope-constant 1'],
    /^(all units of layer 1 are on, .*; shift b1 so that some are off|it changes no entry by more than 0.*)$/,
  ],
  [
    'a tiny λ',
    network({ ...generic, reg: 1e-18 }),
    [...Object.keys(regularizationMistakes).flatMap((id) => [`${id} 1`, `${id} 2`, `${id} all`])],
    /^λ[Wb][12] is at most [23789]e-19, too small to show beside the rest of the gradient; make λ or [Wb][12] larger$/,
  ],
  [
    'inputs of zero',
    network({ ...generic, X: '0 0 0; 0 0 0' }),
    ['data-zero 1', 'scaled-input 1'],
    /^X is zero, .*; use other inputs$/,
  ],
  [
    'equal units',
    network({
      ...withBiases([0.1, 0.1], [0.2, -0.1]),
      W: ['0.4 -0.6; 0.4 -0.6', '0.7 0.7; -0.2 -0.2'],
    }),
    ['reversed-rows 1'],
    /^the gradient is the same either way, .* equal; give them different weights$/,
  ],
];

test.each(blind)('%s hide some mistakes, and the words say why and what to change', (_, net, missed, why) => {
  const found = missedOf(net);
  expect(found.map(nameOf).sort()).toEqual([...missed].sort());
  for (const mistake of found) expect(mistake.why, nameOf(mistake)).toMatch(why);
});

test('weights of zero above a layer keep all error from it', () => {
  const missed = missedOf(network({ ...generic, W: ['0.4 -0.6; 0.9 0.2', '0 0; 0 0'] }));
  const below = missed.filter(({ mistake, layer }) => layer === 1 && !mistake.includes('reg'));
  expect(below.map(nameOf)).toContain('missing-slope 1');
  for (const { why } of below) expect(why).toMatch(/^W2 is zero, so that no error gets below layer 2; give/);
});

test('a layer is at fault where it is, not above', () => {
  const three = {
    X: generic.X,
    y: generic.y,
    W: [...generic.W, '0.3 -0.4; 0.5 0.6'],
    b: [
      [0.1, -0.3],
      [50, -60],
      [0.2, -0.1],
    ],
    reg: 0.1,
  };
  const missed = missedOf(network(three));
  expect(missed.map(nameOf)).toContain('data-zero 2');
  for (const { why, layer } of missed)
    if (layer === 2) expect(why).toMatch(/^the units of layer 2 are saturated/);
});

describe.each(exactNetworks)('of $name', ({ problem }) => {
  const pass = forward(problem.network);
  const sample = { sample: 20 };
  const audited = audit(measure(pass, sample));
  const right = backprop(pass);

  test('caught is what the check refuses, in the tensors that are named', () => {
    for (const { mistake, layer, caught, tensors } of audited.mistakes) {
      const wrong = mistakenGradient(pass, { mistake, layer });
      const check = checkGradient(pass, wrong, sample);
      const refused = check.tensors.flatMap(({ name, mismatched }) => {
        const [ofRight, ofWrong] = [right, wrong].map((all) => all.find((one) => one.name === name)?.data);
        return mismatched > 0 || ofRight?.length !== ofWrong?.length ? [name] : [];
      });
      expect(refused).toEqual(expect.arrayContaining([...tensors]));
      expect(caught).toBe(tensors.length > 0);
    }
  });

  test('every mistake that applies is tried, explained, and if it is missed the reason told', () => {
    const { mistakes: all, caught, total } = audited;
    expect(all.map(({ mistake, layer }) => ({ mistake, layer }))).toEqual(variants(pass));
    expect([caught, total]).toEqual([all.filter((one) => one.caught).length, all.length]);
    for (const one of all) {
      expect(one.explanation).toBe(mistakes[one.mistake].explanation);
      expect(one.why === null).toBe(one.caught);
      expect(Object.values(one.lines.wrong).join()).not.toMatch(/[{}]/);
      if (one.why !== null) expect(one.why.length).toBeGreaterThan(20);
    }
  });
});

describe('what is not checked catches nothing', () => {
  test('of the tensors, only those asked for', () => {
    const { mistakes: all } = auditOf(network(generic), { only: ['db1'] });
    const caught = all.filter((one) => one.caught);
    expect(caught.map(nameOf)).toEqual(
      expect.arrayContaining(['bias-zero 1', 'missing-slope 1', 'flipped-sign 2']),
    );
    expect(caught.map(nameOf)).not.toContain('missing-reg 1');
    expect(new Set(caught.flatMap(({ tensors }) => tensors))).toEqual(new Set(['db1']));
  });

  test('of the entries, only those that are drawn', () => {
    // The second unit is off, so that entries of its row show no mistake.
    const half = network(withBiases([0.1, -20], [0.2, -0.1]), 'relu');
    expect(missedOf(half, { only: ['db1'] }).map(nameOf)).not.toContain('bias-zero 1');
    const drawn = [0, 1, 2, 3, 4, 5].map((seed) => missedOf(half, { only: ['db1'], sample: 1, seed }));
    const seen = drawn.map((missed) => missed.some((one) => nameOf(one) === 'bias-zero 1'));
    expect(new Set(seen)).toEqual(new Set([true, false]));
    const [biasZero] = drawn[seen.indexOf(true)]!.filter((one) => nameOf(one) === 'bias-zero 1');
    expect(biasZero?.why).toMatch(/entries that were .*checked.*; check more of them$/);
  });

  test('no entry at all catches no mistake but those that change the shape', () => {
    const { mistakes: all } = auditOf(network(generic), { sample: 0 });
    const caught = new Set(all.filter((one) => one.caught).map(({ mistake }) => mistake));
    expect([...caught]).toEqual(['bias-wrong-axis', 'bias-not-summed']);
  });
});

test('two losses a parameter see less, and the audit says so', () => {
  const faint = network({ ...generic, reg: 1e-6 });
  expect(missedOf(faint)).toEqual([]);
  expect(missedOf(faint, { naive: true }).map(nameOf)).toContain('half-reg 1');
});

test('with a step that is too large, an entry that is left open catches nothing', () => {
  const measurement = measure(forward(network(generic)), { step: 0.5 });
  expect(audit(measurement).caught).toBeLessThan(audit(measurement).total);
});

test('a wider tolerance lets more pass', () => {
  const caught = [{}, { rtol: 0.3 }, { rtol: 0.9 }, { atol: 10 }].map(
    (options) => auditOf(network(generic), options).caught,
  );
  expect(caught).toEqual([...caught].sort((a, b) => b - a));
  expect(caught.at(-1)).toBeLessThan(caught[0]! / 2);
});

test('a blind spot that is allowed is none', () => {
  const strength = auditOf(network({ ...generic, reg: 1e-18 }));
  const all = blindSpots(strength);
  const rest = blindSpots(strength, ['missing-reg', 'half-reg']);
  expect(all.length - rest.length).toBe(6);
  expect(rest.some(({ mistake }) => mistake === 'missing-reg' || mistake === 'half-reg')).toBe(false);
  expect(blindSpots(strength, Object.keys(regularizationMistakes) as MistakeId[])).toEqual([]);
});

test('what is found later is found once, and what is caught is counted', () => {
  const layer = network({
    X: generic.X,
    y: [0, 1, 1],
    W: ['0.4 -0.6; 0.9 0.2'],
    b: [[0.1, -0.3]],
    reg: 1e-18,
  });
  const { caught, total, mistakes: all } = auditOf(layer);
  const missed = all.filter((one) => !one.caught);
  expect([caught, total]).toEqual([all.length - missed.length, all.length]);
  expect(missed.map(nameOf)).toEqual(Object.keys(regularizationMistakes).map((id) => `${id} 1`));
  const place = placeOf(forward(layer), 1);
  for (const one of [missed[0]!, ...all.slice(0, 3)]) {
    expect(one.lines).toEqual(written(mistakes[one.mistake], place));
    expect(one.lines).toBe(one.lines);
    expect(one.tensors).toBe(one.tensors);
    expect(one.tensors.length > 0).toBe(one.caught);
    expect(one.why === null).toBe(one.caught);
  }
});
