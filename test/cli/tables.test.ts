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
  test('matrices side by side: analytic, numerical with its error bar, and each reference', async () => {
    const shown = await table('compare');
    expect(shown).toMatch(/^dW1 {2}4 × 3 +analytic +numerical ± 1\.3e-15 +textbook\.pytorch$/m);
    expect(shown).toMatch(/^ +3 {2}0\.5 {2}1\.0 {2}1\.5 +0\.5 {2}1\.0 {2}1\.5 +0\.5 {2}1\.0 {2}1\.5$/m); // dW1
    expect(shown).toMatch(/^ +2( +1\.2){12}$/m); // dW2
  });

  test('logits of all and the loss with its parts', async () => {
    const shown = await table('compare');
    expect(shown).toMatch(/^logits {2}5 × 2, z before softmax, class × sample +fcnet +textbook\.pytorch$/m);
    expect(shown).toMatch(/data +1\.609438/);
    expect(shown).toMatch(/regularization +34\.0+ .*‖W1‖² = 56, ‖W2‖² = 80/);
    expect(shown).toMatch(/total +35\.609438/);
  });

  test('all of the textbook example in at most sixty lines', async () => {
    const { stdout } = await run(['compare'], { env: { COLUMNS: '120' } });
    expect(stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(60);
  });

  test.each([
    ['dW1', 'all', '✔ 12 agree'],
    ['db1', 'numerical', '○ 4 within ± 4.5e-21'],
    ['', 'textbook.pytorch', '○ 4 inconclusive'],
    ['dW2', 'all', '✔ 20 agree'],
    ['db2', 'all', '✔ 5 agree'],
    ['logits', 'textbook.pytorch', '✔ 10 agree'],
    ['loss', 'textbook.pytorch', '✔ agrees'],
  ])('the verdict on %s against %s: %s', async (name, against, verdict) => {
    expect(await table('compare')).toMatch(RegExp(`│ ${name} +│ ${against} +│ ${verdict} +│`));
  });

  test('the method and the precision beneath the verdicts', async () => {
    expect(await table('gradcheck')).toMatch(/┘\nnumerical: difference propagation, h = 2\^-100\n/);
    expect(await table('compare')).toMatch(/ · textbook\.pytorch: float64\n/);
    expect(await table('gradcheck', '--naive')).toMatch(/numerical: two losses, h = 1e-5\n/);
  });

  test('of what mismatches which entries are furthest off, and by how much', async () => {
    const reference = fixture('two-layer.pytorch.json');
    reference.gradients.dW1[2][1] = 5;
    const file = `${folderWith({ 'mine.json': reference })}/mine.json`;
    const shown = await table('compare', 'fixtures/two-layer.json', '--reference', file);
    expect(shown).toMatch(
      /│ dW1 +│ numerical .*\n.*\n│ +│ mine +│ ✖ 1 of 12 mismatch │ +4\.9 at \[2, 1\] │ +5\.0e-7 │/,
    );
    expect(shown).toMatch(/│ worst entries │ +expected │ +mine │ +\|Δ\| │ allowed │ +off │/);
    expect(shown).toMatch(/│ dW1\[2, 1\] +│ +0\.0\d+ │ +5\.0+ │ +4\.9 │ +5\.0e-7 │ × \d+ │/);
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
    expect(shown).toMatch(/^ {2}Inconclusive: 2 entries of dW1 and db1 lie on kinks of a ReLU\.$/m);
  });
});
