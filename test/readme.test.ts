import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(`${root}README.md`, 'utf8');

/** The commands of the README with the output that it shows; a line … stands for lines left out. */
const examples = [...readme.matchAll(/```console\n\$ (.+)\n([\s\S]*?)\n```/g)].map(([, command, output]) => ({
  command: command as string,
  output: output as string,
}));

async function outputOf(command: string): Promise<string> {
  const line = command.replace('npm ci && ', '').replaceAll('npx fcnet', 'node bin/fcnet.js');
  const { CI: _ci, GITHUB_ACTIONS: _actions, FORCE_COLOR: _color, ...env } = process.env;
  const options = { cwd: root, env: { ...env, COLUMNS: '100' } };
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', line], options).catch((error) => error);
  return stdout + stderr;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const pattern = (output: string): RegExp =>
  new RegExp(
    `^${output
      .split('\n')
      .map((line) => (line === '…' ? '(?:.*\\n)*?' : `${escaped(line)}\n`))
      .join('')}$`,
  );

describe.concurrent('the README shows what is printed by', () => {
  test.each(examples)('$command', async ({ command, output }) => {
    expect(await outputOf(command)).toMatch(pattern(output));
  });
});

test('the README’s program prints what its comments say', async () => {
  const [, program] = /```ts\n([\s\S]*?)```/.exec(readme)!;
  const library = new URL('../dist/index.js', import.meta.url).href;
  const source = program!.replace("from 'fcnet'", `from '${library}'`);
  const { stdout } = await promisify(execFile)('node', ['--input-type=module', '-e', source], { cwd: root });
  const said = [...source.matchAll(/^console\.log.*; \/\/ (.*)$/gm)].map(([, comment]) => comment);
  expect(said).toHaveLength(3);
  expect(stdout.trimEnd().split('\n')).toEqual(said);
});

test('the README has examples', () => {
  expect(examples.length).toBeGreaterThanOrEqual(6);
});

const pages = ['README.md', 'CONTRIBUTING.md', ...readdirSync(`${root}docs`).map((file) => `docs/${file}`)];

test.each(pages.filter((file) => file.endsWith('.md')))('%s names only files that exist', (page) => {
  const text = readFileSync(`${root}${page}`, 'utf8');
  for (const [, file = ''] of text.matchAll(/\]\((?!http)([\w./-]+\.\w+)\)/g))
    expect(existsSync(path.join(root, path.dirname(page), file)), file).toBe(true);
});
