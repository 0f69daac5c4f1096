import { describe, expect, test } from 'vitest';
import { fixture, folderWith, run } from './fcnet.ts';

const printed = new Map<string, Promise<string>>();

/** What a command prints; it is run once. */
function table(...args: string[]): Promise<string> {
  const line = args.join(' ');
  const running = printed.get(line) ?? run(args, { env: { COLUMNS: '100' } }).then(({ stdout }) => stdout);
  printed.set(line, running);
  return running;
}

describe('the textbook example in full:', () => {
  test('forward', async () => {
    expect(await table('forward')).toMatchInlineSnapshot(`
      "textbook  3 → 4 sigmoid → 5 softmax · cross-entropy · mean · N = 2 · λ = 0.5

      logits  z before softmax, class × sample, 5 × 2
      ┌───┬────┬────┐
      │   │  0 │  1 │
      ├───┼────┼────┤
      │ 0 │ 10 │ 10 │
      │ 1 │ 10 │ 10 │
      │ 2 │ 10 │ 10 │
      │ 3 │ 10 │ 10 │
      │ 4 │ 10 │ 10 │
      └───┴────┴────┘

      probabilities  softmax(z), class × sample, 5 × 2
      ┌───┬─────┬─────┐
      │   │   0 │   1 │
      ├───┼─────┼─────┤
      │ 0 │ 0.2 │ 0.2 │
      │ 1 │ 0.2 │ 0.2 │
      │ 2 │ 0.2 │ 0.2 │
      │ 3 │ 0.2 │ 0.2 │
      │ 4 │ 0.2 │ 0.2 │
      └───┴─────┴─────┘

      right  0 of 2 (0.0%)
      ┌────────┬───────────┬───────┐
      │ sample │ predicted │ label │
      ├────────┼───────────┼───────┤
      │ 0      │         0 │   ✖ 3 │
      │ 1      │         0 │   ✖ 4 │
      └────────┴───────────┴───────┘
      "
    `);
  });

  test('loss', async () => {
    expect(await table('loss')).toMatchInlineSnapshot(`
      "textbook  3 → 4 sigmoid → 5 softmax · cross-entropy · mean · N = 2 · λ = 0.5

      loss
        data             1.609438  mean cross-entropy in nats
        regularization  34.000000  ½λ Σ‖W‖², with ‖W1‖² = 56, ‖W2‖² = 80
        total           35.609438
      "
    `);
  });

  test('backprop', async () => {
    expect(await table('backprop')).toMatchInlineSnapshot(`
      "textbook  3 → 4 sigmoid → 5 softmax · cross-entropy · mean · N = 2 · λ = 0.5

      logits  z before softmax, class × sample, 5 × 2
      ┌───┬────┬────┐
      │   │  0 │  1 │
      ├───┼────┼────┤
      │ 0 │ 10 │ 10 │
      │ 1 │ 10 │ 10 │
      │ 2 │ 10 │ 10 │
      │ 3 │ 10 │ 10 │
      │ 4 │ 10 │ 10 │
      └───┴────┴────┘

      probabilities  softmax(z), class × sample, 5 × 2
      ┌───┬─────┬─────┐
      │   │   0 │   1 │
      ├───┼─────┼─────┤
      │ 0 │ 0.2 │ 0.2 │
      │ 1 │ 0.2 │ 0.2 │
      │ 2 │ 0.2 │ 0.2 │
      │ 3 │ 0.2 │ 0.2 │
      │ 4 │ 0.2 │ 0.2 │
      └───┴─────┴─────┘

      loss
        data             1.609438  mean cross-entropy in nats
        regularization  34.000000  ½λ Σ‖W‖², with ‖W1‖² = 56, ‖W2‖² = 80
        total           35.609438

      dW1  4 × 3
      ┌───┬─────┬─────┬─────┐
      │   │   0 │   1 │   2 │
      ├───┼─────┼─────┼─────┤
      │ 0 │ 0.5 │ 1.0 │ 1.5 │
      │ 1 │ 0.5 │ 1.0 │ 1.5 │
      │ 2 │ 0.5 │ 1.0 │ 1.5 │
      │ 3 │ 0.5 │ 1.0 │ 1.5 │
      └───┴─────┴─────┴─────┘

      db1  4
      ┌──┬─────────────┬─────────────┬─────────────┬─────────────┐
      │  │           0 │           1 │           2 │           3 │
      ├──┼─────────────┼─────────────┼─────────────┼─────────────┤
      │  │ 2.29813e-24 │ 2.29813e-24 │ 2.29813e-24 │ 2.29813e-24 │
      └──┴─────────────┴─────────────┴─────────────┴─────────────┘

      dW2  5 × 4
      ┌───┬─────┬─────┬─────┬─────┐
      │   │   0 │   1 │   2 │   3 │
      ├───┼─────┼─────┼─────┼─────┤
      │ 0 │ 1.2 │ 1.2 │ 1.2 │ 1.2 │
      │ 1 │ 1.2 │ 1.2 │ 1.2 │ 1.2 │
      │ 2 │ 1.2 │ 1.2 │ 1.2 │ 1.2 │
      │ 3 │ 0.7 │ 0.7 │ 0.7 │ 0.7 │
      │ 4 │ 0.7 │ 0.7 │ 0.7 │ 0.7 │
      └───┴─────┴─────┴─────┴─────┘

      db2  5
      ┌──┬─────┬─────┬─────┬──────┬──────┐
      │  │   0 │   1 │   2 │    3 │    4 │
      ├──┼─────┼─────┼─────┼──────┼──────┤
      │  │ 0.2 │ 0.2 │ 0.2 │ -0.3 │ -0.3 │
      └──┴─────┴─────┴─────┴──────┴──────┘
      "
    `);
  });
});

describe('a check shows', () => {
  test('each entry: analytic, numerical with its error bar, and each reference', async () => {
    const shown = await table('compare');
    expect(shown).toMatch(/│ entry +│ +analytic +│ +numerical +│ +± bar +│ +textbook\.pytorch +│/);
    expect(shown).toMatch(/│ \[3, 2\] +│ +1\.5 │ +1\.5 │ +1\.3e-15 │ +1\.5 │/); // dW1
    expect(shown).toMatch(/│ \[2, 3\] +│ +1\.2 │ +1\.2 │ +1\.5e-14 │ +1\.2 │/); // dW2
  });

  test('logits and the loss with its parts', async () => {
    const shown = await table('compare');
    expect(shown).toContain('logits  z before softmax, class × sample, 5 × 2');
    expect(shown).toMatch(/data +1\.609438/);
    expect(shown).toMatch(/regularization +34\.0+ .*‖W1‖² = 56, ‖W2‖² = 80/);
    expect(shown).toMatch(/total +35\.609438/);
  });

  test.each([
    ['dW1', 'numerical', '✔ 12 agree'],
    ['', 'textbook.pytorch', '✔ 12 agree'],
    ['db1', 'numerical', '✔ 4 agree'],
    ['', 'textbook.pytorch', '○ 4 inconclusive'],
    ['dW2', 'numerical', '✔ 20 agree'],
    ['db2', 'numerical', '✔ 5 agree'],
    ['logits', 'textbook.pytorch', '✔ 10 agree'],
    ['data loss', 'textbook.pytorch', '✔ agrees'],
    ['penalty', 'textbook.pytorch', '✔ agrees'],
    ['loss', 'textbook.pytorch', '✔ agrees'],
  ])('the verdict on %s against %s: %s', async (name, against, verdict) => {
    expect(await table('compare')).toMatch(RegExp(`│ ${name} +│ ${against} +│ ${verdict} +│`));
  });

  test('the verdict of all, the method and the precision in its last line', async () => {
    expect((await table('gradcheck')).trimEnd().split('\n').at(-1)).toMatch(
      /^✔ agree: analytic and numerical gradient \(difference propagation, h = 2\^-100\), all 41 entries; no reference/,
    );
    expect((await table('compare')).trimEnd().split('\n').at(-1)).toMatch(
      /^✔ agree: .* textbook\.pytorch \(float64\)/,
    );
  });

  test('of what mismatches how many entries, by how much, and where', async () => {
    const reference = fixture('two-layer.pytorch.json');
    reference.gradients.dW1[2][1] = 5;
    const file = `${folderWith({ 'mine.json': reference })}/mine.json`;
    const shown = await table('compare', 'fixtures/two-layer.json', '--reference', file);
    expect(shown).toMatch(/✖ dW1 against mine: 1 of 12 entries mismatch \(8\.3%\)/);
    expect(shown).toMatch(/greatest absolute difference 4\.9 at dW1\[2, 1\]/);
    expect(shown).toMatch(/greatest relative difference 0\.9\d at dW1\[2, 1\]/);
    expect(shown).toMatch(/│ worst entries │ +analytic │ +mine │ +\|Δ\| │ allowed │ relative │/);
    expect(shown).toMatch(/│ dW1\[2, 1\] +│ +0\.0\d+ │ +5\.0+ │ +4\.9 │ +5\.0e-7 │/);
  });

  test('of a ReLU on its kink both one-sided slopes', async () => {
    const kink = {
      X: [[1, 2]],
      y: [0, 1],
      W1: [[0], [1]],
      b1: [0, 1],
      W2: [
        [1, 2],
        [3, 4],
      ],
      b2: [0, 0],
    };
    const folder = folderWith({ 'kink.json': { ...kink, activation: 'relu' } });
    const shown = await table('gradcheck', `${folder}/kink.json`);
    expect(shown).toMatch(/○ 2 inconclusive: a ReLU lies on its kink/);
    expect(shown).toMatch(/│ dW1\[0, 0\] │ +0 │ +-?\d\.\d+ │/);
    expect(shown).toMatch(/│ db1\[0\] +│ +0 │ +-?\d\.\d+ │/);
    expect(shown).toMatch(/✔ agree: .*2 of them inconclusive/);
  });

  test('which entries of a reference drown in rounding', async () => {
    expect(await table('compare')).toMatch(
      /○ db1 of textbook\.pytorch: 4 entries are too uncertain to judge: the rounding of float64/,
    );
  });
});
