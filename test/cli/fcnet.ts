import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { PendingFiles } from '../../src/cli/pending.ts';
import { run as runSources } from '../../src/cli/run.ts';
import { readFixture } from '../exact.ts';
import { newFolder } from '../folders.ts';

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

/** A module of the user's is let in, which may do anything to its process. */
const MODULE = /\.[cm]?[jt]s$/;

/** The variables that a run looks up; any other is for what it starts, or for Node. */
const LOOKED_UP = /^(NO_COLOR|FORCE_COLOR|COLUMNS|TERM|CI|GITHUB_.*)$/;

/**
 * Runs the command: in this process, from its sources, which takes a fraction of the time that a start does, unless a
 * process of its own is what it needs. That the built command prints the same is what test/cli/built.test.ts says.
 */
export const run = (args: readonly string[], options: RunOptions = {}): Promise<Ran> =>
  args.some((word) => MODULE.test(word)) ||
  Object.keys(options.env ?? {}).some((name) => !LOOKED_UP.test(name))
    ? runBuilt(args, options)
    : runHere(args, options);

/** The end of the last run in this process: they take turns, for there is one working folder. */
let turn: Promise<unknown> = Promise.resolve();

function runHere(args: readonly string[], options: RunOptions): Promise<Ran> {
  const ran = turn.then(() => inFolder(options.cwd ?? root, () => runInTurn(args, options)));
  turn = ran.catch(() => {});
  return ran;
}

async function inFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const before = process.cwd();
  process.chdir(folder);
  try {
    return await work();
  } finally {
    process.chdir(before);
  }
}

async function runInTurn(args: readonly string[], { stdin = '', env = {} }: RunOptions): Promise<Ran> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]; // such as pipes are
  const printed = Promise.all([text(stdout), text(stderr)]);
  const code = await runSources({
    argv: args,
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout,
    stderr,
    env: { ...cleanEnv, ...env },
    files: new PendingFiles(() => () => {}),
    onInterrupt: () => () => {},
    runGuest: () => {
      throw new Error('a module is let into a process of its own only: see MODULE');
    },
  });
  stdout.end();
  stderr.end();
  const [out, errors] = await printed;
  return { code, stdout: out, stderr: errors };
}

/** Runs the built command. */
export const runBuilt = (args: readonly string[], options?: RunOptions): Promise<Ran> =>
  spawned('node', [path.join(root, 'bin/fcnet.js'), ...args], options);

/** Runs a line of bash, in which `fcnet` is the built command. */
export const shell = (line: string, options?: RunOptions): Promise<Ran> =>
  spawned(
    'bash',
    ['-c', `set -o pipefail; fcnet() { node ${quoted(`${root}bin/fcnet.js`)} "$@"; }; ${line}`],
    options,
  );

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Runs the command with --json, and reads what it prints. */
export const runJson = asJson(run);

/** Runs the built command with --json, and reads what it prints. */
export const runBuiltJson = asJson(runBuilt);

function asJson(
  runner: typeof run,
): (args: readonly string[], options?: RunOptions) => Promise<Ran & { json: Json }> {
  return async (args, options) => {
    const ran = await runner([...args, '--json'], options);
    return { ...ran, json: ran.stdout === '' ? undefined : JSON.parse(ran.stdout) };
  };
}

// biome-ignore lint/suspicious/noExplicitAny: what a command prints is what the tests are about
export type Json = any;

/** A new folder with these files in it: a text as it is, anything else as JSON. It is gone when the tests end. */
export function folderWith(files: Readonly<Record<string, unknown>> = {}): string {
  const folder = newFolder();
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
