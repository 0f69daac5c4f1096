import { describe, expect, test } from 'vitest';
import { folderWith, run, runJson } from './fcnet.ts';

/** A ReLU right on its kink, in a network that would hide mistakes besides. */
const KINK = {
  X: [[1]],
  y: [0],
  W1: [[0]],
  b1: [0],
  W2: [[1], [2]],
  b2: [0, 0],
  activation: 'relu',
};
const MODULE =
  'export const x = [0, 1]; export const f = ([a, b]) => Math.abs(a) + b; export const gradient = () => [0, 1];';
const files = { 'kink.json': KINK, 'module.mjs': MODULE };

/** The blind spots of the kink. */
const { json } = await runJson(['audit', 'kink.json'], { cwd: folderWith(files) });
const missed: string[] = json.mistakes.flatMap(({ mistake, caught }: { mistake: string; caught: boolean }) =>
  caught ? [] : [mistake],
);
const blind = ['--allow', [...new Set(missed)].join(',')];

describe.concurrent('--allow inconclusive', () => {
  test.each<[string, string[], number]>([
    ['both are open: a kink, and blind spots', [], 1],
    ['the kink is open still', blind, 1],
    ['the blind spots are open still', ['--allow', 'inconclusive'], 1],
    ['nothing is open', [...blind, '--allow', 'inconclusive'], 0],
  ])('%s', async (_, options, code) => {
    const cwd = folderWith(files);
    const args = ['gradcheck', 'kink.json', ...options];
    expect((await run([...args, '-q'], { cwd })).code).toBe(0);
    const own = ['compare', 'kink.json', '--strict', ...options];
    const reference = ['--against', `cat > config; cat answer.json`];
    const answer = (await run(['backprop', 'kink.json', '--json'], { cwd })).stdout;
    const there = folderWith({ ...files, 'answer.json': answer });
    const ran = await run([...own, ...reference], { cwd: there });
    expect(ran.code).toBe(code);
    const markdown = await run([...own, ...reference, '--format', 'markdown'], { cwd: there });
    expect(markdown.stdout.includes('❌')).toBe(code === 1);
  });

  test('holds for functions, too', async () => {
    const cwd = folderWith(files);
    const args = ['gradcheck', 'module.mjs', '--strict', '-q'];
    expect((await run(args, { cwd })).code).toBe(1);
    expect((await run([...args, '--allow', 'inconclusive'], { cwd })).code).toBe(0);
  });
});

test.concurrent('a slip in it is told from what was meant', async () => {
  const { code, stderr } = await run(['audit', '--allow', 'inconclusiv']);
  expect(code).toBe(2);
  expect(stderr).toContain('Did you mean inconclusive?');
});
