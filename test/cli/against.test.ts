import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { folderWith, root, run, runJson } from './fcnet.ts';

describe('--against', () => {
  const config = `${root}fixtures/two-layer.json`;
  const numpy = `python3 ${root}fixtures/numpy_net.py`;

  test('asks a program, which agrees', async () => {
    const { code, json } = await runJson(['compare', config, '--against', numpy]);
    expect(code).toBe(0);
    expect(json.references.map(({ name }: { name: string }) => name)).toContain(numpy);
  });

  test('hands it the config with every array written out and without its references', async () => {
    const cwd = folderWith({});
    await run(['compare', `${root}fixtures/deep.json`, '--against', 'cat > got.json; exit 1'], { cwd });
    const got = JSON.parse(readFileSync(`${cwd}/got.json`, 'utf8'));
    expect(got).toMatchObject({
      activation: ['relu', 'tanh', 'softplus'],
      samples: 'rows',
      weights: 'in-out',
    });
    expect(got.reference).toBeUndefined();
    expect(got.W1).toHaveLength(5);
  });

  test.each([
    ['fails', 'echo my reason >&2; exit 3', 'failed with exit code 3'],
    ['answers with garbage', 'echo hello', 'not JSON'],
    ['takes too long, with its children', 'sleep 30 & sleep 30', 'took longer than 1 s'],
    ['answers with no gradients', 'echo {}', 'found none'],
    ['is not there', 'no-such-command-at-all', 'exit code 127'],
  ])('of a program that %s is exit code 2', async (_, command, message) => {
    const start = performance.now();
    const { code, stdout, stderr } = await run(['compare', config, '--timeout', '1', '--against', command]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    if (command.includes('my reason')) expect(stderr).toContain('| my reason');
    expect(performance.now() - start).toBeLessThan(15_000);
  });

  test('names the one that stands alone', async () => {
    const wrong = folderWith({});
    const mutate = `const r = JSON.parse(require('fs').readFileSync(0)); r.gradients.dW1[0][0] += 1; console.log(JSON.stringify(r))`;
    writeFileSync(`${wrong}/mutate.cjs`, mutate);
    const { code, stdout } = await run([
      'compare',
      config,
      '--against',
      `${numpy} | node ${wrong}/mutate.cjs`,
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain('odd one out: python3 numpy_net.py |');
  });

  test.each([
    ['--against', '', 'Expected a command.'],
    ['--rename', 'dW1', 'Expected THEIRS=OURS'],
  ])('%s %j is a usage error', async (option, value, message) => {
    const { code, stderr } = await run(['compare', config, option, value]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('a slip in its syntax is shown as the shell says it', async () => {
    const { code, stderr } = await run(['compare', config, '--against', "echo 'open"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/Syntax error|unexpected EOF|unterminated/i);
    expect(stderr).not.toContain('}');
  });

  test('waits as long as it is told to, even for years', async () => {
    const { code, stderr } = await run(['compare', config, '--timeout', '1e9', '--against', numpy]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('--rename', () => {
  const theirs = { fc1: [[1], [2]], fc2: [[1], [2]] };

  test.each([
    [['fc1=dW1', 'fc1=dW2'], 'fc1 is renamed already, to dW1'],
    [['fc1=dW1', 'fc2=dW1'], 'theirs.json: two of its gradients are called dW1 (--rename)'],
  ])('%j is refused', async (renames, message) => {
    const cwd = folderWith({ 'theirs.json': theirs });
    const options = renames.flatMap((name) => ['--rename', name]);
    const { code, stderr } = await run(['compare', '--reference', 'theirs.json', ...options], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
