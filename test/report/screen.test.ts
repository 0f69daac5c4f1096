import { describe, expect, test } from 'vitest';
import type { Problem } from '../../src/config/problem.ts';
import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { layOut, orientSamples } from '../../src/core/layout.ts';
import type { Tensor } from '../../src/core/network.ts';
import { compare, parseConfig, parseReference, type Reference } from '../../src/index.ts';
import { mistakenGradient, type Variant } from '../../src/mistakes/variants.ts';
import { drawScreen } from '../../src/report/screen/screen.ts';
import { makeStyle, type ReportOptions } from '../../src/report/style.ts';
import { readFixture } from '../exact.ts';

const PLAIN: ReportOptions = {
  style: makeStyle(false),
  width: 100,
  digits: 6,
  full: false,
  worst: 5,
  strictness: { strict: false, allow: [] },
};
const COLOURED = { ...PLAIN, style: makeStyle(true) };

const twoLayer = parseConfig(JSON.parse(readFixture('two-layer.json')));
const deep = parseConfig(JSON.parse(readFixture('deep.json')));
const iris = parseConfig(JSON.parse(readFixture('iris.json')));

const nested = ({ shape, data }: Tensor): unknown =>
  shape.length === 1
    ? [...data]
    : Array.from({ length: shape[0]! }, (_, i) => [...data.subarray(i * shape[1]!, (i + 1) * shape[1]!)]);

/** A gradient with a mistake in it, and what else a reference says. */
function mistaken(problem: Problem, variant: Variant, name = 'mine', more: object = {}): Reference {
  const gradient = layOut(mistakenGradient(forward(problem.network), variant), problem.layout);
  return parseReference(name, {
    ...Object.fromEntries(gradient.map((one) => [one.name, nested(one)])),
    ...more,
  });
}

/** The right gradient, with entries of it changed. */
function changed(
  problem: Problem,
  change: (tensors: Map<string, Float64Array>) => void,
  name = 'mine',
): Reference {
  const gradient = backprop(forward(problem.network));
  change(new Map(gradient.map((tensor) => [tensor.name, tensor.data])));
  return parseReference(
    name,
    Object.fromEntries(layOut(gradient, problem.layout).map((one) => [one.name, nested(one)])),
  );
}

type Shown = Partial<ReportOptions>;

const screen = (problem: Problem, references: readonly Reference[], options: Shown = {}): string =>
  screens(problem, references, [options])[0]!;

/** The screen as it is drawn with each of some options. */
function screens(problem: Problem, references: readonly Reference[], all: readonly Shown[]): string[] {
  const result = compare(problem, references);
  const logits = orientSamples('logits', result.check.pass.logits, problem.layout);
  return all.map((options) => drawScreen({ ...result, logits }, problem.network, { ...PLAIN, ...options }));
}

describe('the last screen says', () => {
  test('who is wrong and where, the mistake with its lines, the worst entries, and what to do next', () => {
    expect(
      screen(twoLayer, [mistaken(twoLayer, { mistake: 'missing-slope', layer: 1 })]),
    ).toMatchInlineSnapshot(`
      "✖ mine is wrong in dW1 and db1
        dW2 and db2 are right; the numerical gradient agrees with fcnet in all 41 entries

        missing-slope at layer 1: the slope of the activation is left out; explains all 16 wrong entries
            right   δ¹ = W2ᵀδ² ◦ σ′(z¹)    dz1 = (W2.T @ dz2) * a1 * (1 - a1)
            yours   δ¹ = W2ᵀδ²             dz1 = W2.T @ dz2

        worst       expected      found    off
        dW1[0, 2]   0.312642   0.386506    24%   12 of 12 wrong
        db1[0]      0.055631   0.238547   330%     4 of 4 wrong

        fcnet explain missing-slope"
    `);
  });

  test('of several mistakes each', () => {
    const reference = changed(iris, (tensors) => {
      tensors.get('dW1')!.forEach((value, i, all) => {
        all[i] = 2 * value;
      });
      tensors.get('db2')!.fill(0);
    });
    expect(screen(iris, [reference])).toMatchInlineSnapshot(`
      "✖ mine is wrong in dW1 and db2
        db1 and dW2 are right; the numerical gradient agrees with fcnet in all 131 entries

        1  bias-zero at layer 2: the biases get no gradient; here the same as bias-sum-over-units at layer
           2; explains db2
            right   db2 = Σₙδ²    db2 = dz2.sum(axis=1)
            yours   db2 = 0       db2 = np.zeros_like(b2)
        2  scaled-input at layer 1: the input of the layer counts twice in the gradient of its weights;
           explains dW1
            right   dW1 = δ¹Xᵀ + λW1       dW1 = dz1 @ X.T + reg * W1
            yours   dW1 = δ¹(2X)ᵀ + λW1    dW1 = dz1 @ (2 * X).T + reg * W1
        3  double-reg at layer 1: the ½ of the penalty is forgotten: 2λW is added; explains dW1
            right   dW1 = δ¹Xᵀ + λW1     dW1 = dz1 @ X.T + reg * W1
            yours   dW1 = δ¹Xᵀ + 2λW1    dW1 = dz1 @ X.T + 2 * reg * W1

        worst         expected       found    off
        dW1[15, 2]   -0.065438   -0.130876   100%   64 of 64 wrong
        db2[1]        0.251707    0.000000   100%     3 of 3 wrong

        fcnet explain bias-zero   fcnet explain scaled-input   fcnet explain double-reg"
    `);
  });

  test('of another network the options that make it agree', () => {
    const relu = ofAnother({ activation: 'relu', reg: 0.1 });
    expect(screen(twoLayer, [relu])).toMatchInlineSnapshot(`
      "✖ mine disagrees everywhere, and is the right gradient of another network
        The numerical gradient agrees with fcnet in all 41 entries

            with --activation relu --reg 0.1 all 41 entries agree
        If that is what you meant, add it. Otherwise your code has relu for sigmoid and λ = 0.1 for 0.5.

        worst        expected       found    off
        dW1[1, 0]   -0.791339   -0.223541    72%   12 of 12 wrong
        db1[0]       0.055631    0.164200   200%     4 of 4 wrong
        dW2[0, 0]   -0.524526   -0.173116    67%   20 of 20 wrong
        db2[3]       0.158777    0.116331    27%     5 of 5 wrong"
    `);
  });

  test('the place, where no mistake fits', () => {
    const reference = changed(deep, (tensors) => {
      tensors.get('dW2')![3]! += 1;
      tensors.get('db2')![0]! -= 1;
    });
    expect(screen(deep, [reference])).toMatchInlineSnapshot(`
      "✖ mine is wrong in dW2 and db2
        dW1, db1, dW3, db3, dW4 and db4 are right; the numerical gradient agrees with fcnet in all 133
        entries

        dW2 is wrong in row 3 × column 0 only
        db2 is wrong in entry 0 only
        dW3 and db3 agree, so δ³ is right; dW2 and db2 do not: look at W3ᵀδ³ and at the slope of layer 2

        worst       expected      found     off
        dW2[3, 0]    0.02639    1.02639    × 39   1 of 42 wrong
        db2[0]       0.04873   -0.95127   × -20    1 of 6 wrong"
    `);
  });

  test.each([
    ['this loss', { loss: 5 }],
    ['this loss', { loss: { data: 1.5, total: 2 } }],
    ['these logits', { logits: [1, 2, 3, 4, 5].map((z) => [z, -z, z * z, 0, 2, z, 1]) }],
  ])('of %s alone that no mistake makes it, and nothing of the gradient', (what, more) => {
    const gradients = Object.fromEntries(
      backprop(forward(twoLayer.network)).map((one) => [one.name, nested(one)]),
    );
    const shown = screen(twoLayer, [parseReference('mine', { ...gradients, ...more })]);
    expect(shown).toContain(`No known mistake makes ${what}.`);
  });

  test('what cannot be judged, and why', () => {
    expect(screen(twoLayer, [parseReference('mine', { dW1: [[1, 2]], dW9: [1] })])).toMatchInlineSnapshot(`
      "✖ mine cannot be judged in dW1, db1, db2, dW2 and dW9
          dW1: wrong shape: expected 4 × 3, found 1 × 2
          db1 and db2: missing: the reference has no gradients of biases at all; the config of a network
          without biases says "biases": "none"
          dW2: missing: the reference has no such tensor
          dW9: unknown: the network has no such gradient, only dW1, db1, dW2, db2
        The numerical gradient agrees with fcnet in all 41 entries"
    `);
  });

  test('who stands alone among several, and who does not', () => {
    const right = changed(twoLayer, () => {}, 'theirs');
    expect(
      screen(twoLayer, [mistaken(twoLayer, { mistake: 'bias-mean', layer: null }), right]),
    ).toMatchInlineSnapshot(`
      "✖ mine is wrong in db1 and db2
        dW1 and dW2 are right; mine is the odd one out: the numerical gradient and theirs agree with fcnet
        in all 41 entries

        bias-mean at every layer: the gradient of the biases is averaged over the samples once more;
          explains all 9 wrong entries
            right   dbˡ = Σₙδˡ      db1 = dz1.sum(axis=1)
            yours   dbˡ = Σₙδˡ/N    db1 = dz1.mean(axis=1)

        worst     expected       found   off
        db1[0]    0.055631    0.007947   86%   4 of 4 wrong
        db2[0]   -0.174932   -0.024990   86%   5 of 5 wrong

        fcnet explain bias-mean"
    `);
    const others = ['a', 'b'].map((name) => mistaken(twoLayer, { mistake: 'missing-mean', layer: 2 }, name));
    expect(screen(twoLayer, others)).toMatchInlineSnapshot(`
      "✖ a and b agree with one another, and not with fcnet: does the config describe the network that they
        ran?

      ✖ a and b are wrong everywhere

        missing-mean at layer 2: the output error is not divided by N as the loss is (or is, though the
          loss is a sum); explains all 41 wrong entries
            right   δ² = (ŷ − t)/N    dz2 = (y_hat - Y) / N
            yours   δ² = ŷ − t        dz2 = y_hat - Y
        Or another network is meant: with --reduction sum all 41 entries agree.

        worst       expected      found    off
        dW1[0, 2]    0.31264    0.44480    42%   12 of 12 wrong
        db1[0]       0.05563    0.38942   600%     4 of 4 wrong
        dW2[0, 0]   -0.52453   -1.19957   130%   20 of 20 wrong
        db2[0]      -0.17493   -1.22453   600%     5 of 5 wrong

        fcnet explain missing-mean"
    `);
  });

  test('of a pass what agrees with what, and how strong the check was', () => {
    expect(screen(deep, [changed(deep, () => {})])).toMatchInlineSnapshot(`
      "✔ mine agrees in all 133 entries, and so does the numerical gradient
        This example would show each of the 204 classic mistakes that apply to it."
    `);
    const textbook = parseConfig(JSON.parse(readFixture('textbook.json')));
    const pytorch = parseReference('pytorch', readFixture('textbook.pytorch.json'));
    expect(screen(textbook, [pytorch])).toMatchInlineSnapshot(`
      "✔ pytorch agrees in 37 of 41 entries and in logits and loss; the numerical gradient in all
        Inconclusive: 4 entries in db1 drown in the rounding of float64.
        The error bar is more than 1% of db1: that the numerical gradient agrees there shows little.
        This example hides 24 of the 93 classic mistakes, such as softmax-twice: fcnet audit says why."
    `);
    const single = { ...changed(iris, () => {}), precision: 'float32' as const };
    expect(screen(iris, [single])).toMatchInlineSnapshot(`
      "✔ mine agrees in all 131 entries, and so does the numerical gradient
        This example would show each of the 93 classic mistakes that apply to it."
    `);
  });

  test('of a check without reference in its second line that it says nothing of your code', () => {
    expect(screen(deep, [])).toMatchInlineSnapshot(`
      "✔ fcnet's own backprop and its numerical gradient agree in all 133 entries
        That says nothing of your code: give compare --against "COMMAND" or --reference FILE.
        This example would show each of the 204 classic mistakes that apply to it."
    `);
  });
});

/** The right gradient of another network. */
function ofAnother(overrides: object): Reference {
  const other = parseConfig({ ...JSON.parse(readFixture('two-layer.json')), ...overrides });
  return changed(other, () => {});
}

describe('the last screen', () => {
  const slope = mistaken(twoLayer, { mistake: 'missing-slope', layer: 1 });
  const wrong = (name: string, entry = 0): Reference =>
    changed(
      twoLayer,
      (tensors) => {
        tensors.get('dW1')![entry]! += 1;
      },
      name,
    );
  const ids = ['missing-mean', 'bias-mean', 'missing-reg', 'reg-on-bias'] as const;
  const several = (count: number): Reference[] =>
    Array.from({ length: count }, (_, i) =>
      i % 2 === 0
        ? wrong(`mine-${i}`, i % 12)
        : mistaken(twoLayer, { mistake: ids[((i - 1) / 2) % 4]!, layer: 2 }, `mine-${i}`),
    );

  test.each([
    ['a mistake', [slope]],
    ['two references', [slope, wrong('theirs')]],
    ['twelve', several(12)],
    ['thirty', several(30)],
  ])('of %s takes at most twenty lines, at any width', (_, references) => {
    const widths = [60, 80, 120, 200];
    const drawn = screens(
      twoLayer,
      references,
      widths.map((width) => ({ width })),
    );
    drawn.forEach((text, i) => {
      const lines = text.split('\n');
      expect(lines.length).toBeLessThanOrEqual(20);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(widths[i]!);
      expect(lines[0]).toMatch(/^✖ (mine|fcnet)/);
    });
  });

  test('of several references names each that is wrong, those together of which the same is said', () => {
    const text = screen(twoLayer, [slope, wrong('a'), wrong('b')]);
    expect(text).toMatch(/^✖ mine is wrong in/m);
    expect(text).toMatch(/^✖ a and b are wrong in dW1$/m);
  });

  test('of a run that fails has no word in green, and one that passes has no red', () => {
    const [green, red] = ['\u001b[32m', '\u001b[31m'];
    const failing = screen(twoLayer, [slope, changed(twoLayer, () => {}, 'theirs')], COLOURED);
    expect(failing).toContain(red);
    expect(failing).not.toContain(green);
    const passing = screen(deep, [changed(deep, () => {})], COLOURED);
    expect(passing).toContain(green);
    expect(passing).not.toContain(red);
  });

  test('of a pass takes at most five lines', () => {
    const names = ['one', 'another', 'a third'];
    const references = names.map((name) => changed(deep, () => {}, name));
    expect(screen(deep, references, { width: 80 }).split('\n').length).toBeLessThanOrEqual(5);
  });
});
