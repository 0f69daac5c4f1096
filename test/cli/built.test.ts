import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fixture, folderWith, type Ran, root, run, runBuilt, TINY } from './fcnet.ts';

// End to end: what most tests say of the sources, which they run in their own process, holds of the command that is built.

const theirs = fixture('two-layer.pytorch.json');
const wrong = { ...theirs, gradients: { ...theirs.gradients, dW1: theirs.gradients.dW1.map(negated) } };
const net = { ...fixture('two-layer.json'), reference: undefined };

function negated(row: number[]): number[] {
  return row.map((value) => -value);
}

const project = (): string =>
  folderWith({
    'net.json': net,
    'tiny.json': { ...TINY, name: 'größe 😀' },
    'bad.json': { ...TINY, X: [[1, 'x']], rge: 1 },
    'wrong.json': wrong,
    'fcnet.json': { nets: ['net.json', 'tiny.json'], strict: true },
  });

/** What a run prints and writes. */
async function everything(
  runner: typeof run,
  args: readonly string[],
  env = {},
): Promise<Ran & { files: object }> {
  const cwd = project();
  const ran = await runner(args, { cwd, stdin: JSON.stringify(TINY), env });
  const files = Object.fromEntries(
    readdirSync(cwd).map((name) => [name, readFileSync(`${cwd}/${name}`, 'latin1')]),
  );
  return { ...ran, files };
}

const against = `cat wrong.json`;
const CODES: Readonly<Record<string, readonly (readonly [line: string, code: number])[]>> = {
  forward: [
    ['forward tiny.json', 0],
    ['forward - --json', 0],
    ['forward bad.json', 2],
  ],
  loss: [
    ['loss', 0],
    ['loss - --reg 0.1 --format markdown', 0],
    ['loss --rge 1', 2],
  ],
  backprop: [
    ['backprop net.json --explain', 0],
    ['backprop net.json --json -o out.json', 0],
    ['backprop net.json --samples rows', 2],
  ],
  gradcheck: [
    ['gradcheck', 0],
    ['gradcheck net.json tiny.json --full', 0],
    ['gradcheck net.json --naive --json', 0],
    ['gradcheck tiny.json bad.json --json', 2],
  ],
  compare: [
    ['compare', 0],
    ['compare net.json --reference wrong.json', 1],
    ['compare net.json --reference wrong.json --json', 1],
    ['compare net.json --reference wrong.json --format html', 1],
    ['compare net.json --reference wrong.json --format markdown --format junit=out.xml', 1],
    ['compare net.json tiny.json --reference wrong.json --format github', 1],
    ['compare net.json --against AGAINST', 1],
    ['compare net.json --reference golden.json --update', 0],
    ['compare net.json --reference none.json', 2],
  ],
  audit: [
    ['audit', 0],
    ['audit tiny.json --json', 0],
  ],
  check: [
    ['check', 2],
    ['check --no-strict', 2],
  ],
  explain: [
    ['explain', 0],
    ['explain missing-slope', 0],
    ['explain missing-slop', 2],
  ],
  init: [
    ['init 3 4 5 --seed 1', 0],
    ['init 3 4 5 -n 7 -o new.npz', 0],
    ['init --adapter numpy', 0],
  ],
  train: [['train net.json --iterations 20 --learning-rate 0.5 -o trained.json', 0]],
  schema: [
    ['schema', 0],
    ['schema result', 0],
  ],
  help: [
    ['help', 0],
    ['help compare', 0],
    ['frward', 2],
  ],
  completion: [['completion bash', 0]],
};

describe.each(Object.entries(CODES))('%s as it is built', (_, lines) => {
  test.each(lines)('prints and writes what the sources do: fcnet %s', async (line, code) => {
    const args = line.split(' ').map((word) => (word === 'AGAINST' ? against : word));
    const [built, sources] = await Promise.all([everything(runBuilt, args), everything(run, args)]);
    expect(built).toEqual(sources);
    expect(built.code, built.stderr).toBe(code);
  });
});

test.each([{ FORCE_COLOR: '1' }, { COLUMNS: '60' }, { GITHUB_ACTIONS: 'true' }])(
  'the built command looks up %j as the sources do',
  async (env) => {
    const args = ['compare', 'net.json', '--reference', 'wrong.json'];
    const [built, sources] = await Promise.all([everything(runBuilt, args, env), everything(run, args, env)]);
    expect(built).toEqual(sources);
    expect(built.stdout).not.toBe((await everything(run, args)).stdout);
  },
);

test('every command has a line here', async () => {
  const { stdout } = await run(['help'], { cwd: root });
  const commands = [...stdout.matchAll(/^ {2}([a-z]+) [[<]/gm)].map(([, name]) => name);
  expect(Object.keys(CODES).sort()).toEqual([...new Set(commands)].sort());
});
