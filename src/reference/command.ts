import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { InputError } from '../files/errors.ts';

export interface CommandOptions {
  /** what the config is called that it is given */
  readonly config: string;
  /** seconds until it is ended */
  readonly timeout: number;
  /** where it runs; unless it is said, where fcnet does */
  readonly folder?: string | undefined;
  /** registers what to do if fcnet itself is interrupted; returns how to take that back */
  onInterrupt(stop: () => void): () => void;
}

/** What a command has written; of its standard error the end, where the reason stands. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** More than this is no reference but a runaway program. */
const MAX_OUTPUT = 2 ** 28;
/** The longest that a timer can wait, in milliseconds: 24 days. */
const LONGEST = 2 ** 31 - 1;
/** How much of a failed command's standard error is shown: its end, where the reason stands. */
const SHOWN_ERROR = 4000;

/**
 * Runs a shell command with a text on its standard input and returns what it has written when it ends.
 *
 * It is ended, with all that it started, when its time is up, when it writes without end, or when fcnet is
 * interrupted; what it leaves running is ended, too, and not waited for.
 *
 * @throws InputError with the command's own standard error, if it fails, takes too long or cannot be started
 */
export function runCommand(
  command: string,
  input: string,
  { config, timeout, folder, onInterrupt }: CommandOptions,
): Promise<Output> {
  return new Promise((resolve, reject) => {
    // Before it starts: an interrupt in between would leave it running.
    let started: ChildProcess | undefined;
    const stop = (): void => endGroup(started?.pid);
    const release = onInterrupt(stop);
    const child = startOr(release, command, input, folder);
    started = child;
    const [stdout, stderr] = [child.stdout, child.stderr] as [Readable, Readable];
    const answer = gather(stdout, Number.POSITIVE_INFINITY);
    const errors = gather(stderr, SHOWN_ERROR);

    /** The first reason to end is the one that counts; none is success. */
    const end = (reason?: string): void => {
      clearTimeout(timer);
      release();
      stop();
      // A process that left the group may hold the pipes open.
      for (const pipe of [child.stdin, stdout, stderr]) pipe?.destroy();
      if (reason === undefined) resolve({ stdout: answer.text(), stderr: errors.text().trim() });
      else reject(commandError(command, `${reason} (given ${config})`, errors.text()));
    };
    const timer = setTimeout(
      async () => {
        await turn(); // it may have ended long ago, while fcnet was computing: that is told only now
        const hasEnded = child.exitCode !== null || child.signalCode !== null;
        if (!hasEnded) end(`took longer than ${timeout} s (--timeout)`);
      },
      Math.min(timeout * 1000, LONGEST),
    );

    stdout.on('data', () => {
      if (answer.size() > MAX_OUTPUT) end(`wrote more than ${MAX_OUTPUT / 2 ** 20} MiB`);
    });
    child.on('error', (error) => end(`cannot be started: ${error.message}`));
    child.on('exit', async (code, signal) => {
      stop();
      await drained(() => answer.size() + errors.size());
      if (code === 0) end();
      else end(signal === null ? `failed with exit code ${code}` : `was ended by ${signal}`);
    });
  });
}

function startOr(release: () => void, command: string, input: string, folder?: string): ChildProcess {
  try {
    return start(command, input, folder);
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * Starts the command in a process group of its own, so that its children can be ended with it.
 *
 * Its input is a file that has no name any more: the command may read it or not, as a whole or in part, and may open
 * /dev/stdin, which it could not if that were a pipe of Node's. That it gets only where there is no room for a file.
 */
function start(command: string, input: string, folder?: string): ChildProcess {
  const descriptor = inputFile(input);
  try {
    const child = spawn(command, {
      shell: true,
      ...(folder !== undefined && { cwd: folder }),
      detached: process.platform !== 'win32',
      stdio: [descriptor ?? 'pipe', 'pipe', 'pipe'],
    });
    child.stdin?.on('error', () => {}).end(input); // it need not read it
    return child;
  } catch (error) {
    throw commandError(command, `cannot be started: ${(error as Error).message}`, '');
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function inputFile(input: string): number | undefined {
  const file = path.join(tmpdir(), `fcnet-${randomUUID()}`);
  try {
    writeFileSync(file, input, { flag: 'wx', mode: 0o600 });
    return openSync(file, 'r');
  } catch {
    return undefined;
  } finally {
    rmSync(file, { force: true });
  }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // it has ended already
  }
}

/** Keeps the end of what a stream brings, and counts all of it. */
function gather(stream: Readable, most: number): { size(): number; text(): string } {
  let chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length;
    chunks = most === Number.POSITIVE_INFINITY ? chunks : [Buffer.concat(chunks).subarray(-most)];
    chunks.push(chunk);
  });
  return { size: () => size, text: () => Buffer.concat(chunks).subarray(-most).toString() };
}

/** Waits until nothing more comes of what was written already: a turn of the event loop that looked for it found none. */
async function drained(size: () => number): Promise<void> {
  for (let before = -1; size() !== before; ) {
    before = size();
    await turn(); // the rest of this turn
    await turn();
  }
}

function commandError(command: string, reason: string, errors: string): InputError {
  const own = errors.trim();
  return InputError.ofFile(
    command,
    own === '' ? `the command ${reason}` : `the command ${reason}; its standard error:`,
    own,
  );
}
