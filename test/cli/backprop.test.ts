import { describe, expect, test } from 'vitest';
import { fixture, folderWith, run } from './fcnet.ts';

describe('backprop --explain shows', () => {
  test('the steps from the output down, each with its equation, shape and line of code', async () => {
    const { code, stdout } = await run(['backprop', 'fixtures/two-layer.json', '--explain']);
    expect(code).toBe(0);
    const equations = stdout.split('\n').filter((line) => /^(δ|da|d[Wb]\d = |σ′|tanh′)/.test(line));
    expect(equations.join('\n')).toMatchInlineSnapshot(`
      "δ² = (ŷ − t)/N     5 × 7  dz2 = (y_hat - Y) / N
      dW2 = δ²a¹ᵀ + λW2  5 × 4  dW2 = dz2 @ a1.T + reg * W2
      db2 = Σₙδ²         5  db2 = dz2.sum(axis=1)
      da¹ = W2ᵀδ²        4 × 7  da1 = W2.T @ dz2
      σ′(z¹)             4 × 7  s1 = a1 * (1 - a1)
      δ¹ = da¹ ◦ σ′(z¹)  4 × 7  dz1 = da1 * s1
      dW1 = δ¹Xᵀ + λW1   4 × 3  dW1 = dz1 @ X.T + reg * W1
      db1 = Σₙδ¹         4  db1 = dz1.sum(axis=1)"
    `);
  });

  test('of the textbook example every number once', async () => {
    const { stdout } = await run(['backprop', '--explain']);
    expect(stdout.match(/^dW1/gm)).toHaveLength(1);
  });

  test('where samples are rows, the gradients as they lie there, too', async () => {
    const { stdout } = await run(['backprop', 'fixtures/two-layer.json', '--explain', '--json']);
    const { X, y: Y, W1, W2, ...net } = fixture('two-layer.json');
    const turned = (M: number[][]): number[][] => M[0]!.map((_, j) => M.map((row) => row[j]!));
    const y = Array.isArray(Y[0]) ? turned(Y) : Y;
    const rows = {
      ...net,
      X: turned(X),
      y,
      W1: turned(W1),
      W2: turned(W2),
      samples: 'rows',
      weights: 'in-out',
    };
    const cwd = folderWith({ 'rows.json': { ...rows, reference: [] } });
    const lying = JSON.parse((await run(['backprop', 'rows.json', '--explain', '--json'], { cwd })).stdout);
    const standing = JSON.parse(stdout);
    expect(lying.backward).toEqual(standing.backward);
    expect(lying.gradients.dW1).toEqual(turned(standing.gradients.dW1));
    const { stdout: table } = await run(['backprop', 'rows.json', '--explain'], { cwd });
    expect(table).toContain('a sample a column, W as out × in');
    expect(table.match(/^dW1/gm)).toHaveLength(2);
  });
});

describe('forward says', () => {
  test('the class of each of a few samples and how many are right', async () => {
    const { stdout } = await run(['forward']);
    expect(stdout.slice(stdout.indexOf('right'))).toMatchInlineSnapshot(`
      "right  0 of 2 (0.0%)
      ┌────────┬───────────┬───────┐
      │ sample │ predicted │ label │
      ├────────┼───────────┼───────┤
      │ 0      │         0 │   ✖ 3 │
      │ 1      │         0 │   ✖ 4 │
      └────────┴───────────┴───────┘
      "
    `);
  });

  test('of many only those that are wrong, ten at most unless --full', async () => {
    const { stdout } = await run(['forward', 'fixtures/iris.json']);
    const { predicted, right } = JSON.parse((await run(['forward', 'fixtures/iris.json', '--json'])).stdout);
    const wrong = 150 - right;
    expect(predicted).toHaveLength(150);
    expect(predicted.filter((k: number, n: number) => k === fixture('iris.json').y[n])).toHaveLength(right);
    expect(stdout.match(/✖ \d/g)).toHaveLength(10);
    expect(stdout).toContain(`and ${wrong - 10} more that are wrong (--full lists them)`);
    const { stdout: full } = await run(['forward', 'fixtures/iris.json', '--full']);
    expect(full.match(/✖ \d/g)).toHaveLength(wrong);
  });

  test('nothing of classes where the targets are none', async () => {
    const { stdout } = await run(['forward', 'fixtures/iris-width.json', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ predicted: null, right: null });
  });
});
