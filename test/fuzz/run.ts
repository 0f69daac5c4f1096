import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable, Writable } from 'node:stream';
import { PendingFiles } from '../../src/cli/pending.ts';
import { run } from '../../src/cli/run.ts';
import type { Case } from './cases.ts';

/** What a run left behind. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** the files that were not there before, or are others now */
  readonly written: Readonly<Record<string, Uint8Array>>;
  readonly milliseconds: number;
}

/**
 * Runs the command in this process, in a folder that has the files of the case and no others: what a command line says
 * at random must not lead anywhere else.
 */
export async function runCase(given: Case, folder: string): Promise<Ran> {
  const before = process.cwd();
  mkdirSync(folder, { recursive: true });
  process.chdir(folder);
  try {
    return await runHere(given, folder);
  } finally {
    process.chdir(before);
  }
}

async function runHere({ files, args, stdin }: Case, folder: string): Promise<Ran> {
  for (const name of readdirSync(folder)) rmSync(path.join(folder, name), { recursive: true });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(path.join(folder, name), bytes);
  const outputs = { stdout: '', stderr: '' };
  const output = (name: keyof typeof outputs): Writable =>
    new Writable({
      write(chunk, _, done) {
        outputs[name] += chunk;
        done();
      },
    });
  const start = performance.now();
  const code = await run({
    argv: args,
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout: output('stdout'),
    stderr: output('stderr'),
    env: {},
    files: new PendingFiles(() => () => {}),
    onInterrupt: () => () => {},
    runGuest: (work) => work(),
  });
  const milliseconds = performance.now() - start;
  return { code, ...outputs, written: changesIn(folder, files), milliseconds };
}

function changesIn(folder: string, files: Case['files']): Record<string, Uint8Array> {
  const there = readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name))] as const);
  return Object.fromEntries(
    there.filter(([name, bytes]) => !Object.hasOwn(files, name) || !bytes.equals(files[name]!)),
  );
}
