import { describe, expect, test } from 'vitest';
import { backprop, type Rules, rules } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { CANONICAL, type Layout, layOut } from '../../src/core/layout.ts';
import { largest } from '../../src/core/matrix.ts';
import type { Network, Tensor } from '../../src/core/network.ts';
import { type Objective, TEXTBOOK } from '../../src/core/objective.ts';
import { type RandomNumbers, randomNumbers } from '../../src/core/random.ts';
import type { Diagnosed, Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import { gradcheck } from '../../src/gradcheck/gradcheck.ts';
import { type Mistake, type MistakeId, mistakes } from '../../src/mistakes/catalogue.ts';
import { outputErrorMistakes } from '../../src/mistakes/output-error.ts';
import { mistakenGradient, type Variant, variants } from '../../src/mistakes/variants.ts';
import { judgeReference } from '../../src/reference/judge.ts';
import type { Precision } from '../../src/reference/precision.ts';
import { type Answered, answers, nameOf, python } from '../bench/answers.ts';
import { networkOf, type Recipe, SEED } from '../networks.ts';

const generic = (changes: Partial<Recipe> = {}): Network =>
  networkOf({
    widths: [3, 5, 4, 6],
    N: 5,
    activations: ['sigmoid', 'tanh'],
    weightScale: 0.7,
    inputScale: 1,
    softTargets: false,
    reg: 0.3,
    seed: 2,
    ...changes,
  });
const square = (changes: Partial<Recipe> = {}): Network => generic({ widths: [4, 4, 4, 4], ...changes });

/** What is behind a gradient that somebody claims this network to have. */
function diagnosed(
  network: Network,
  tensors: readonly Tensor[],
  { precision = 'float64' as Precision, layout = CANONICAL as Layout } = {},
): Diagnosed {
  const check = gradcheck(network, { sample: 0, layout });
  const reference = {
    name: 'theirs',
    precision,
    precisionFrom: 'declared',
    loss: undefined,
    logits: undefined,
    layout: {},
    learningRate: undefined,
  } as const;
  const theirs = layOut(tensors, layout).map((tensor) => ({
    ...tensor,
    from: tensor.name,
    isGradient: true,
  }));
  return judgeReference({ ...reference, tensors: theirs }, check, layout);
}

const diagnosisOf = (...claimed: Parameters<typeof diagnosed>): readonly Diagnosis[] =>
  diagnosed(...claimed).diagnosis;

const names = (diagnosis: readonly Diagnosis[]): string[] =>
  diagnosis.map(({ mistake, layer }) => nameOf(mistake, layer));

/** Whether a name is among the answers, or among those that cannot be told from them here. */
const isNamed = (diagnosis: readonly Diagnosis[], name: string): boolean =>
  names(diagnosis).includes(name) ||
  diagnosis.some(({ equals }) => equals.includes(name) || equals.includes(name.replace(/ at layer.*/, '')));

/** Whether a gradient is the right one of the network that a convention names. */
function isConvention(network: Network, { convention }: Diagnosed, wrong: readonly Tensor[]): boolean {
  if (convention === null) return false;
  const { activation, ...objective } = convention.options;
  const layers = network.layers.map((layer) =>
    layer.activation === undefined || activation === undefined ? layer : { ...layer, activation },
  );
  return isSame(right({ ...network, ...objective, layers }), wrong);
}

/** Whether two gradients are the same, in the precision of float32. */
const isSame = (a: readonly Tensor[], b: readonly Tensor[]): boolean =>
  a.every(({ data }, l) => {
    const allowed = 1e-5 * largest(data) + 1e-12;
    return data.every((value, i) => Math.abs(value - b[l]!.data[i]!) <= allowed);
  });

/** Whether the one mistake that is named makes the same gradient: Σδ of a softmax is 0, so that nothing below tells more. */
function makesTheSame(
  network: Network,
  [one, ...more]: readonly Diagnosis[],
  wrong: readonly Tensor[],
): boolean {
  if (one === undefined || more.length > 0 || !(one.mistake in mistakes)) return false;
  return isSame(mistakenGradient(forward(network), one as Variant), wrong);
}

const right = (network: Network): Tensor[] => backprop(forward(network));

/** The right gradient with some tensors changed. */
const changed = (network: Network, change: (tensor: Tensor) => Tensor, only?: readonly string[]): Tensor[] =>
  right(network).map((tensor) =>
    only === undefined || only.includes(tensor.name) ? change(tensor) : tensor,
  );

const mapped =
  (f: (value: number) => number) =>
  (tensor: Tensor): Tensor => ({ ...tensor, data: tensor.data.map(f) });

/** Rows or columns in reverse order: row i of the result is row order(i) of the tensor. */
const reordered =
  (row: (i: number, rows: number) => number, col: (j: number, cols: number) => number) =>
  (tensor: Tensor): Tensor => {
    const [rows, cols = 1] = tensor.shape as [number, number?];
    const data = tensor.data.map(
      (_, e) => tensor.data[row(Math.floor(e / cols), rows) * cols + col(e % cols, cols)]!,
    );
    return { ...tensor, data };
  };
const same = (i: number): number => i;
const next = (i: number, count: number): number => (i + 1) % count;
const transposed = (tensor: Tensor): Tensor => layOut([tensor], { ...CANONICAL, weights: 'in-out' })[0]!;

const objective = (changes: Partial<Objective>): Pick<Recipe, 'objective'> => ({
  objective: { ...TEXTBOOK, ...changes },
});
const squares = (output: Objective['output'], changes: Partial<Objective> = {}): Pick<Recipe, 'objective'> =>
  objective({ output, loss: 'squared-error', ...changes });

/** Whether gradients with these mistakes in them are called so, or right ones of another network. */
function expectNamed(network: Network, tried: readonly Variant[], precision: Precision): void {
  const pass = forward(network);
  for (const variant of tried) {
    const wrong = mistakenGradient(pass, variant).map(
      precision === 'float32' ? mapped(Math.fround) : (tensor) => tensor,
    );
    const found = diagnosed(network, wrong, { precision });
    const { diagnosis, convention } = found;
    const name = nameOf(variant.mistake, variant.layer);
    const called = `${name} is called ${names(diagnosis).join(' + ')} ${JSON.stringify(convention?.options)}`;
    const isRight = isNamed(diagnosis, name) || makesTheSame(network, diagnosis, wrong);
    expect(isRight || isConvention(network, found, wrong), called).toBe(true);
    expect(diagnosis.length).toBeLessThanOrEqual(3);
  }
}

describe.each<[string, Network]>([
  ['a network of three layers', generic()],
  ['one of square layers', square()],
  ['one with ReLU and softplus', generic({ activations: ['relu', 'softplus'] })],
  ['one with soft targets', generic({ softTargets: true })],
  ['one of two layers', generic({ widths: [4, 3, 5] })],
])('in %s', (_, network) => {
  const pass = forward(network);

  test.each<Precision>(['float64', 'float32'])(
    'every mistake of the catalogue is named in %s, or the network that it is right for',
    (precision) => {
      expectNamed(network, variants(pass), precision);
    },
  );

  test('the right gradient has no diagnosis', () => {
    expect(diagnosisOf(network, right(network))).toEqual([]);
  });

  test('noise has no name, in one tensor or in all', () => {
    const noisy = (random: RandomNumbers, size: number) => mapped((value) => value + size * random.normal());
    for (const size of [1e-4, 1e-2, 1]) {
      const all = changed(network, noisy(randomNumbers(SEED, 'noise'), size));
      expect(names(diagnosisOf(network, all))).toEqual([]);
      for (const { name } of all) {
        const one = changed(network, noisy(randomNumbers(SEED, name), size), [name]);
        expect(names(diagnosisOf(network, one)), name).toEqual([]);
      }
    }
  });
});

describe.each<[string, Network]>([
  ['a sum', generic(objective({ reduction: 'sum' }))],
  ['sigmoids with their cross-entropy', generic(objective({ output: 'sigmoid' }))],
  ['one sigmoid', generic({ widths: [3, 5, 1], ...objective({ output: 'sigmoid' }) })],
  ['a squared error of sigmoids', generic(squares('sigmoid'))],
  ['half a squared error of softmax', generic(squares('softmax', { loss: 'half-squared-error' }))],
  ['a squared error of the logits', generic(squares('identity', { reduction: 'mean-of-entries' }))],
  ['a squared error of gelus', generic({ activations: ['gelu', { elu: 0.5 }], ...squares('gelu') })],
  ['a hinge', generic(objective({ output: 'identity', loss: 'hinge', penalty: 'full' }))],
])('of %s', (_, network) => {
  const ofTheOutput = variants(forward(network)).filter(({ mistake }) => mistake in outputErrorMistakes);

  test('every mistake of its error is named, or the network that it is right for', () => {
    expect(ofTheOutput.length).toBeGreaterThan(3);
    expectNamed(network, ofTheOutput, 'float64');
  });

  test('the right gradient has no diagnosis', () => {
    expect(diagnosisOf(network, right(network))).toEqual([]);
  });
});

test.each<[string, Network, Tensor[], string, RegExp]>([
  [
    'three times as large',
    generic(),
    changed(
      generic(),
      mapped((g) => 3 * g),
    ),
    'constant-factor',
    /\b3 times/,
  ],
  [
    'a third of it',
    generic(),
    changed(
      generic(),
      mapped((g) => g / 3),
    ),
    'constant-factor',
    /0\.33333/,
  ],
  ['transposed, square', square(), changed(square(), transposed), 'transposed-gradient', /transposed/],
  [
    'zero',
    generic(),
    changed(
      generic(),
      mapped(() => 0),
    ),
    'zero',
    /never written/,
  ],
  [
    'zero in one layer',
    generic(),
    changed(
      generic(),
      mapped(() => 0),
      ['dW1', 'db1'],
    ),
    'zero',
    /never written/,
  ],
  [
    'with its rows in another order',
    generic(),
    changed(generic(), reordered(next, same), ['dW3', 'db3']),
    'permuted-rows',
    /rows .* in another order/,
  ],
  [
    'with its columns in another order',
    generic(),
    changed(generic(), reordered(same, next), ['dW1']),
    'permuted-columns',
    /columns .* in another order/,
  ],
  [
    'computed in float32',
    generic(),
    changed(
      generic(),
      mapped((g) => Math.fround(g * (1 + 5e-7))),
    ),
    'float32',
    /--dtype float32/,
  ],
])('a gradient that is %s is called so', (_, network, wrong, name, explanation) => {
  const diagnosis = diagnosisOf(network, wrong);
  expect(names(diagnosis)).toEqual([name]);
  expect(diagnosis[0]!.explanation).toMatch(explanation);
});

test('a factor is one only where three different numbers share it, for of one number anything is a multiple', () => {
  const named = (network: Network): string[] =>
    names(
      diagnosisOf(
        network,
        changed(
          network,
          mapped((g) => 3.7 * g),
        ),
      ),
    );
  expect(named(generic({ widths: [1, 3], reg: 0 }))).toEqual(['constant-factor at layer 1']);
  // Two classes and no penalty: the gradient is (g, −g) and (h, −h).
  expect(named(generic({ widths: [1, 2], reg: 0 }))).toEqual([]);
});

test('rows that repeat one another are not the right ones in another order', () => {
  const repeated = changed(
    generic(),
    reordered(() => 0, same),
    ['dW3', 'db3'],
  );
  expect(names(diagnosisOf(generic(), repeated))).toEqual([]);
});

test('the tensors that a name explains are told', () => {
  const network = generic();
  expect(
    diagnosisOf(
      network,
      changed(
        network,
        mapped(() => 0),
        ['dW1', 'db1'],
      ),
    )[0]!.tensors,
  ).toEqual(['dW1', 'db1']);
  const [missing] = diagnosisOf(
    network,
    mistakenGradient(forward(network), { mistake: 'missing-reg', layer: 2 }),
  );
  expect(missing).toMatchObject({
    mistake: 'missing-reg',
    layer: 2,
    tensors: ['dW2'],
    explanation: 'the gradient of the penalty, λW, is left out: dW2 = δ²a¹ᵀ',
    equals: [],
  });
});

/** Backprop with two mistakes at once, each wherever it can be made. */
function both(network: Network, first: MistakeId, second: MistakeId): Tensor[] {
  const pass = forward(network);
  const made = (id: MistakeId, l: number, right: Rules): Rules => {
    const mistake: Mistake = mistakes[id];
    return mistake.applies(pass.steps[l - 1]!, pass) ? { ...right, ...mistake.rules(right) } : right;
  };
  return backprop(pass, (l) => made(second, l, made(first, l, rules)));
}

test.each<[MistakeId, MistakeId]>([
  ['missing-reg', 'bias-mean'],
  ['double-reg', 'bias-zero'],
  ['reg-on-bias', 'half-reg'],
  ['scaled-input', 'bias-first-sample'],
  ['reversed-rows', 'bias-mean'],
  ['preactivation-for-activation', 'bias-zero'],
])('two mistakes at once, %s and %s, are both named', (first, second) => {
  const diagnosis = diagnosisOf(generic(), both(generic(), first, second));
  for (const id of [first, second]) expect(isNamed(diagnosis, id), names(diagnosis).join(' + ')).toBe(true);
  expect(diagnosis.length).toBe(2);
  const explained = diagnosis.flatMap(({ tensors }) => tensors);
  expect(new Set(explained).size).toBe(explained.length);
});

test('mistakes that cannot be told apart here are reported together', () => {
  // ½λW = λW/N
  const network = generic({ N: 2 });
  const diagnosis = diagnosisOf(
    network,
    mistakenGradient(forward(network), { mistake: 'half-reg', layer: null }),
  );
  expect(names(diagnosis)).toEqual(['half-reg']);
  expect(diagnosis[0]!.explanation).toMatch(/ \(here the same as reg-over-n\)$/);
  expect(diagnosis[0]!.equals).toEqual(['reg-over-n']);
});

test('a mistake that would have changed other tensors too is not what happened', () => {
  const network = generic();
  const wrong = mistakenGradient(forward(network), { mistake: 'flipped-sign', layer: 3 });
  const mixed = right(network).map((tensor, l) => (tensor.name === 'dW2' ? wrong[l]! : tensor));
  expect(names(diagnosisOf(network, mixed))).toEqual(['gradient-factor at layer 2']);
});

test.each(['missing-slope', 'transposed-weights', 'reversed-rows', 'missing-reg'] as const)(
  '%s is named in whatever orientation the weights lie',
  (mistake) => {
    const network = square();
    const wrong = mistakenGradient(forward(network), { mistake, layer: 2 });
    const layout = { ...CANONICAL, samples: 'rows', weights: 'in-out' } as const;
    expect(names(diagnosisOf(network, wrong, { layout }))).toEqual([`${mistake} at layer 2`]);
  },
);

test('a tensor that is missing does not keep the others from being explained', () => {
  const network = generic();
  const wrong = mistakenGradient(forward(network), { mistake: 'missing-slope', layer: 1 });
  const rest = wrong.filter(({ name }) => name !== 'db1');
  expect(names(diagnosisOf(network, rest))).toEqual(['missing-slope at layer 1']);
});

test('NaN has no name', () => {
  const network = generic();
  expect(
    diagnosisOf(
      network,
      changed(
        network,
        mapped(() => Number.NaN),
      ),
    ),
  ).toEqual([]);
});

describe.runIf(python)(
  'of gradients that NumPy computed with bugs, in float64, float32 and 6 digits,',
  () => {
    const answered = python ? answers(3, SEED, 60) : [];
    const asked = answered.filter(({ outcome }) => outcome !== 'harmless');
    const [pairs, singles] = [true, false].map((isPair) => asked.filter(({ pair }) => pair === isPair)) as [
      Answered[],
      Answered[],
    ];
    const isNamed = ({ outcome }: Answered): boolean => outcome === 'right' || outcome === 'network';
    const shareOf = (all: readonly Answered[]): number => all.filter(isNamed).length / all.length;

    test('98% of single bugs that have a name are named right, and at most 1% wrong', () => {
      const named = singles.filter(({ expected }) => expected.length > 0);
      expect(named.length).toBeGreaterThan(250);
      expect(shareOf(named)).toBeGreaterThanOrEqual(0.98);
      expect(named.filter(({ outcome }) => outcome === 'wrong').length / named.length).toBeLessThanOrEqual(
        0.01,
      );
    });

    test('of 85% of the pairs both are', () => {
      expect(pairs.length).toBeGreaterThan(50);
      expect(shareOf(pairs)).toBeGreaterThanOrEqual(0.85);
    });

    test('those that have no name get none', () => {
      const nameless = singles.filter(({ expected }) => expected.length === 0);
      expect(nameless.length).toBeGreaterThan(8);
      expect(nameless.map(({ outcome }) => outcome)).not.toContain('wrong');
    });

    test('every tensor that is wrong is accounted for', () => {
      expect(asked.filter(({ accounted }) => !accounted).map(({ bug }) => bug)).toEqual([]);
    });

    test('the right ones pass', () => {
      const correct = answered.filter(({ bug }) => bug === 'Net');
      expect(correct.map(({ outcome }) => outcome)).toEqual(['harmless', 'harmless', 'harmless']);
    });
  },
);

test('what are rows to fcnet are columns where weights lie in-out', () => {
  const lying = { layout: { ...CANONICAL, weights: 'in-out' } as const };
  const rows = changed(generic(), reordered(next, same), ['dW1']);
  const [found] = diagnosisOf(generic(), rows, lying);
  expect(found?.mistake).toBe('permuted-columns');
  expect(found?.explanation).toMatch(/^its columns/);
  const [other] = diagnosisOf(generic(), changed(generic(), reordered(same, next), ['dW1']), lying);
  expect(other).toMatchObject({ mistake: 'permuted-rows' });
});

test.each([
  ['an infinity', (data: Float64Array) => data.with(0, Number.POSITIVE_INFINITY)],
  ['an error of a hundred-thousandth', (data: Float64Array) => data.map((value) => value * (1 + 1e-5))],
])('%s is no constant factor', (_, change) => {
  const wrong = changed(generic(), (tensor) => ({ ...tensor, data: change(tensor.data) }), ['dW1']);
  expect(names(diagnosisOf(generic(), wrong))).toEqual([]);
});
