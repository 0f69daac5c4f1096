import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { readFixture } from '../exact.ts';

/** The checkout: commands run here unless told otherwise, so that `fixtures/deep.json` is a path. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a process left behind. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Variables of whoever runs the tests that would change what is printed, or where npm works. */
const FOREIGN =
  /^(NO_COLOR|FORCE_COLOR|COLUMNS|LINES|CI|GITHUB_.*|NODE_OPTIONS|NODE_EXTRA_CA_CERTS|INIT_CWD|npm_(package|lifecycle)_.*|npm_command|npm_config_local_prefix)$/;

const cleanEnv = Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.test(name)));

/** Runs a program to its end. */
export function spawned(
  program: string,
  args: readonly string[],
  { stdin = '', env = {}, cwd = root }: RunOptions = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...cleanEnv, ...env } });
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] += text;
      });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
    child.stdin.on('error', () => {}); // it may end without reading
    child.stdin.end(stdin);
  });
}

/** Runs the built command. */
export const run = (args: readonly string[], options?: RunOptions): Promise<Ran> =>
  spawned('node', [path.join(root, 'bin/fcnet.js'), ...args], options);

/** Runs a line of bash, in which `fcnet` is the built command. */
export const shell = (line: string, options?: RunOptions): Promise<Ran> =>
  spawned(
    'bash',
    ['-c', `set -o pipefail; fcnet() { node ${quoted(`${root}bin/fcnet.js`)} "$@"; }; ${line}`],
    options,
  );

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Runs the built command with --json, and reads what it prints. */
export async function runJson(args: readonly string[], options?: RunOptions): Promise<Ran & { json: Json }> {
  const ran = await run([...args, '--json'], options);
  return { ...ran, json: ran.stdout === '' ? undefined : JSON.parse(ran.stdout) };
}

// biome-ignore lint/suspicious/noExplicitAny: what a command prints is what the tests are about
export type Json = any;

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new folder with these files in it: a text as it is, anything else as JSON. It is gone when the tests end. */
export function folderWith(files: Readonly<Record<string, unknown>> = {}): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'fcnet-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files))
    writeFileSync(path.join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  return folder;
}

/** The content of a JSON fixture, read afresh, so that a test may change it. */
export const fixture = (name: string): Json => JSON.parse(readFixture(name));

/** A network of one layer in a line: 1 → 2 softmax, two samples. */
export const TINY = { X: [[1, 2]], y: [0, 1], W1: [[1], [2]], b1: [0, 0] };

/** The fixtures that have an answer of PyTorch beside them. */
export const FIXTURES = ['textbook', 'two-layer', 'deep', 'iris'];
