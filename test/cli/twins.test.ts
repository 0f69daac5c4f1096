import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { readFixture } from '../exact.ts';
import { FIXTURES, fixture, folderWith, type Json, run, runJson, spawned } from './fcnet.ts';

/** A Python that has a module: FCNET_PYTHON, the one on the path, or the system's. */
function pythonWith(module: string): string | undefined {
  const candidates = [process.env.FCNET_PYTHON, 'python3', '/usr/bin/python3'].filter(
    (name) => name !== undefined,
  );
  const found = candidates.find((name) => spawnSync(name, ['-c', `import numpy, ${module}`]).status === 0);
  if (found === undefined)
    process.stderr.write(`SKIPPED: no Python here imports ${module}; FCNET_PYTHON may name one\n`);
  return found;
}

const twins = [
  ['numpy', pythonWith('numpy')],
  ['pytorch', pythonWith('torch')],
] as const;

/** What a twin answers to a fixture. */
async function answer(python: string, twin: string, net: string, ...options: string[]): Promise<string> {
  const script = `fixtures/${twin}_net.py`;
  const { code, stdout, stderr } = await spawned(python, [script, ...options], {
    stdin: readFixture(`${net}.json`),
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

describe.each(twins)('the twin in %s', (twin, python = '') => {
  describe.runIf(python).concurrent(python === '' ? 'is not here' : 'answers live:', () => {
    test.each(FIXTURES.flatMap((net) => ['float64', 'float32'].map((dtype) => [net, dtype] as const)))(
      '%s in %s agrees, and is judged as that, declared or not',
      async (net, dtype) => {
        const { dtype: declared, ...undeclared } = JSON.parse(
          await answer(python, twin, net, '--dtype', dtype),
        );
        const cwd = folderWith({
          'declared.json': { dtype: declared, ...undeclared },
          'undeclared.json': undeclared,
        });
        const references = ['declared', 'undeclared'].flatMap((name) => [
          '--reference',
          `${cwd}/${name}.json`,
        ]);
        const { code, json } = await runJson(['compare', `fixtures/${net}.json`, ...references]);
        expect(code).toBe(0);
        const [, ...live] = json.references;
        for (const reference of live) expect(reference).toMatchObject({ dtype, passed: true });
        expect(live).toHaveLength(2);
      },
    );

    test('and on standard input is refused with a bug in it', async () => {
      const { gradients, ...rest } = JSON.parse(await answer(python, twin, 'two-layer'));
      // The ½ of the penalty forgotten: dW2 + λW2.
      const W2: number[][] = fixture('two-layer.json').W2;
      const dW2 = gradients.dW2.map((row: number[], i: number) =>
        row.map((value, j) => value + 0.5 * (W2[i]?.[j] ?? 0)),
      );
      const folder = folderWith({ 'buggy.json': { ...rest, gradients: { ...gradients, dW2 } } });
      const args = ['compare', 'fixtures/two-layer.json', '--reference', `${folder}/buggy.json`];
      const { code, stdout } = await run(args);
      expect(code).toBe(1);
      expect(stdout).toMatch(/✖ dW2 against .*buggy\.json: 20 of 20 entries mismatch/);
      expect(stdout).not.toMatch(/✖ (dW1|db1|db2) against/);
    });
  });
});

const [[, numpy]] = twins;

describe.runIf(numpy).concurrent('the numerical gradient of NumPy', () => {
  test.each(['two-layer', 'deep'])('of %s agrees where its rounding is allowed for', async (net) => {
    const folder = folderWith({
      'numerical.json': await answer(numpy as string, 'numpy', net, '--numerical'),
    });
    const args = ['compare', `fixtures/${net}.json`, '--reference', `${folder}/numerical.json`];
    const { code, json } = await runJson([...args, '--rtol', '1e-5', '--atol', '1e-9']);
    expect(code).toBe(0);
    const worst = Object.values<Json>(json.references[1].tensors).map(({ maxAbsError }) => maxAbsError.value);
    expect(Math.max(...worst)).toBeGreaterThan(1e-13); // it is not backprop's own answer
  });
});
