import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { readFixture } from '../exact.ts';
import { pythonWith } from '../python.ts';
import { FIXTURES, fixture, folderWith, type Json, run, runJson, spawned } from './fcnet.ts';

/** Runs a twin for all fixtures and options in one Python, for importing torch takes a second each time. */
const ALL = `
import contextlib, json, runpy, sys
script, folder, runs = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
for net, *options in runs:
    sys.argv = [script, *options]
    with open(f"fixtures/{net}.json") as sys.stdin, open(f"{folder}/{net}.{options[-1]}.json", "w") as out:
        with contextlib.redirect_stdout(out):
            runpy.run_path(script, run_name="__main__")
`;

/** What a twin answers to each fixture, by the last of its options; read when the tests run. */
async function answers(python: string, script: string, options: string[][]): Promise<string> {
  const folder = folderWith();
  const runs = FIXTURES.flatMap((net) => options.map((option) => [net, ...option]));
  const ran = await spawned(python, ['-c', ALL, script, folder, JSON.stringify(runs)]);
  expect(ran).toEqual({ code: 0, stdout: '', stderr: '' });
  return folder;
}

const twins = [
  ['NumPy', 'fixtures/numpy_net.py', pythonWith('numpy')],
  ['PyTorch', 'fixtures/pytorch_net.py', pythonWith('torch')],
] as const;

describe.each(twins)('the twin in %s, live,', (_, script, python = '') => {
  describe.runIf(python)(python ? 'as it answers now' : 'is not here', () => {
    const precisions = ['float64', 'float32'];
    let folder: string;
    beforeAll(async () => {
      const options = precisions.map((dtype) => ['--dtype', dtype]);
      folder = await answers(python, script, options);
    });

    test.concurrent.each(FIXTURES.flatMap((net) => precisions.map((dtype) => [net, dtype] as const)))(
      'agrees on %s in %s, and is judged as that, declared or not',
      async (net, dtype) => {
        const { dtype: declared, ...undeclared } = JSON.parse(
          readFileSync(`${folder}/${net}.${dtype}.json`, 'utf8'),
        );
        expect(declared).toBe(dtype);
        const cwd = folderWith({ 'undeclared.json': undeclared });
        const references = [`${folder}/${net}.${dtype}.json`, `${cwd}/undeclared.json`];
        const options = references.flatMap((file) => ['--reference', file]);
        const { code, json } = await runJson(['compare', `fixtures/${net}.json`, ...options]);
        expect(code).toBe(0);
        const live = { dtype, passed: true };
        expect(json.references).toMatchObject([{ dtype: 'float64', passed: true }, live, live]);
      },
    );

    test('with a config on standard input, is refused once there is a bug in it', async () => {
      const ran = await spawned(python, [script], { stdin: readFixture('two-layer.json') });
      expect(ran).toMatchObject({ code: 0, stderr: '' });
      const reference = JSON.parse(ran.stdout);
      // As if λ‖W‖² were the penalty: twice λW.
      const { W2, reg } = fixture('two-layer.json');
      const dW2 = reference.gradients.dW2.map((row: number[], i: number) =>
        row.map((value, j) => value + reg * W2[i][j]),
      );
      const cwd = folderWith({
        'buggy.json': { ...reference, gradients: { ...reference.gradients, dW2 } },
      });
      const args = ['compare', 'fixtures/two-layer.json', '--reference', `${cwd}/buggy.json`];
      const { code, stdout } = await run(args);
      expect(code).toBe(1);
      expect(stdout).toMatch(/^✖ buggy is wrong in dW2$/m);
      expect(stdout).toMatch(/^ {2}dW1, db1, db2, .* are right/m);
    });
  });
});

const [[, numpyScript, numpy = '']] = twins;

describe.runIf(numpy)('the numerical gradient of NumPy', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await answers(numpy, numpyScript, [['--numerical']]);
  });

  test.concurrent.each(FIXTURES)('of %s agrees where its rounding is allowed for', async (net) => {
    const args = ['compare', `fixtures/${net}.json`, '--reference', `${folder}/${net}.--numerical.json`];
    const { code, json } = await runJson([...args, '--rtol', '1e-5', '--atol', '1e-8']);
    expect(code).toBe(0);
    const errors = Object.values<Json>(json.references[1].tensors).map(
      ({ maxAbsError }) => maxAbsError.value,
    );
    expect(Math.max(...errors)).toBeGreaterThan(1e-13); // it is no analytic gradient
  });
});
