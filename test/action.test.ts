import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { fixture, folderWith, type Json, type Ran, root, spawned, TINY } from './cli/fcnet.ts';

// The action at the top of the repository: what GitHub would do with it, as far as a machine without it can.

const text = readFileSync(path.join(root, 'action.yml'), 'utf8');
const action: Json = parse(text);
const { steps } = action.runs;
const checking = steps.find(({ name }: Json) => name === 'fcnet check');

interface Runner {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** A text with the expressions of GitHub's in it replaced. */
function substituted(template: string, { inputs = {}, cwd }: Runner): string {
  return template.replace(/\$\{\{ *([\w.-]+) *\}\}/g, (_, name: string) => {
    if (name === 'github.action_path') return root.replace(/\/$/, '');
    if (name === 'runner.temp') return path.join(cwd, 'temp');
    const input = name.replace(/^inputs\./, '');
    const value = inputs[input] ?? action.inputs[input]?.default;
    if (!name.startsWith('inputs.') || value === undefined) throw new Error(`unknown ${name}`);
    return String(value);
  });
}

/** Runs a step as GitHub's runner does: its own shell, variables and folder. */
function step({ run, shell, env, 'working-directory': folder }: Json, runner: Runner): Promise<Ran> {
  expect(shell).toBe('bash');
  const own = Object.entries<string>(env ?? {}).map(([name, value]) => [name, substituted(value, runner)]);
  writeFileSync(path.join(runner.cwd, 'step.sh'), run);
  return spawned('bash', ['--noprofile', '--norc', '-eo', 'pipefail', path.join(runner.cwd, 'step.sh')], {
    cwd: path.resolve(runner.cwd, substituted(folder, runner)),
    env: { ...Object.fromEntries(own), GITHUB_ACTIONS: 'true', CI: 'true', NO_COLOR: '1' },
  });
}

/** A repository with one net that agrees and one that does not. */
function repository(): string {
  const wrong = { dW1: [[1], [2]], db1: [0, 0] };
  const cwd = folderWith({
    'fcnet.json': { nets: 'a.json' },
    'my checks.json': [{ nets: 'a.json' }, { nets: 'b.json', references: 'wrong.json' }],
    'a.json': { ...fixture('two-layer.json'), reference: undefined },
    'b.json': TINY,
    'wrong.json': wrong,
  });
  mkdirSync(path.join(cwd, 'inner'));
  writeFileSync(path.join(cwd, 'inner/fcnet.json'), JSON.stringify({ nets: '../a.json' }));
  return cwd;
}

test('the action is one that GitHub can read', () => {
  expect(action).toMatchObject({ name: 'fcnet', runs: { using: 'composite' } });
  for (const one of steps)
    expect([one.run !== undefined, one.shell]).toEqual(one.uses ? [false, undefined] : [true, 'bash']);
  for (const input of Object.values<Json>(action.inputs))
    expect(input).toEqual({ description: expect.any(String), default: expect.any(String) });
});

test('it uses all of its inputs, and no others', () => {
  const used = [...text.matchAll(/\binputs\.([\w-]+)/g)].map(([, name]) => name);
  expect([...new Set(used)].sort()).toEqual(Object.keys(action.inputs).sort());
});

test('what a workflow says reaches a shell by variables only, never as its text', () => {
  for (const { run } of steps) expect(run ?? '').not.toContain('${{');
});

test('it installs what the lock file says, and builds it', () => {
  const install = steps.find(({ name }: Json) => name === 'Install fcnet');
  expect(install['working-directory']).toMatch(/^\$\{\{ github\.action_path \}\}$/);
  expect(install.run).toMatch(/^npm ci /);
  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  expect(scripts.prepare).toBe('npm run build');
});

describe.concurrent('its check', () => {
  test('is of the project file of the folder, and keeps no report', async () => {
    const cwd = repository();
    const { code, stdout, stderr } = await step(checking, { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^dW2 {2}5 × 4/m);
    expect(readdirSync(path.join(cwd, 'temp/fcnet-report'))).toEqual([]);
    const inner = await step(checking, { cwd, inputs: { 'working-directory': 'inner' } });
    expect(inner).toMatchObject({ code: 0, stderr: '' });
  });

  test('annotates, fails with the exit code of fcnet, and keeps the report', async () => {
    const cwd = repository();
    const inputs = { config: 'my checks.json', report: 'junit' };
    const { code, stdout } = await step(checking, { cwd, inputs });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^::error file=b\.json,title=fcnet%3A wrong is wrong in dW1/m);
    expect(readdirSync(path.join(cwd, 'temp/fcnet-report'))).toEqual(['fcnet.xml']);
  });

  test('takes options, with quotes as a shell has them and nothing else of a shell', async () => {
    const cwd = repository();
    const inputs = { args: '--strict --format "json=my report.json" --format \'markdown=$(id) `id`;x\'' };
    const { code, stderr } = await step(checking, { cwd, inputs });
    expect(code).toBe(2);
    expect(stderr).toContain('a.json: --strict: expected a reference');
    const { stdout } = await step(checking, { cwd, inputs: { args: '--format "markdown=$(id) `id`;x"' } });
    expect(stdout).toMatch(/^dW2 {2}5 × 4/m);
    expect(readdirSync(cwd)).toContain('$(id) `id`;x');
  });
});

describe('docs/ci.md', () => {
  const blocks = [
    ...readFileSync(path.join(root, 'docs/ci.md'), 'utf8').matchAll(/```(yaml|json)\n(.*?)```/gs),
  ];
  const workflow: Json = parse(blocks.find(([, , block]) => block?.includes('runs-on'))?.[2] ?? '');

  test('has a workflow that gives the action inputs which it has', () => {
    const used = workflow.jobs.gradients.steps.find(({ uses }: Json) => uses === './fcnet');
    expect(Object.keys(used.with)).not.toEqual([]);
    for (const input of Object.keys(used.with)) expect(Object.keys(action.inputs)).toContain(input);
  });

  test('lists every input', () => {
    const page = readFileSync(path.join(root, 'docs/ci.md'), 'utf8');
    for (const input of Object.keys(action.inputs))
      expect(page).toMatch(new RegExp(`^\\| .*\`${input}\``, 'm'));
  });

  test('has only blocks that can be read', () => {
    expect(blocks.length).toBeGreaterThan(2);
    for (const [, kind, block = ''] of blocks)
      expect(() => (kind === 'json' ? JSON.parse(block) : parse(block))).not.toThrow();
  });
});
