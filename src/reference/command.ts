import { type SpawnOptionsWithStdioTuple, spawn } from 'node:child_process';
import { InputError } from '../config/errors.ts';

export interface CommandOptions {
  /** seconds until it is ended */
  readonly timeout: number;
  /** registers what to do if fcnet itself is interrupted; returns how to take that back */
  onInterrupt(stop: () => void): () => void;
}

/** More than this is no reference but a runaway program. */
const MAX_OUTPUT = 2 ** 28;
/** The longest that a timer can wait, in milliseconds: 24 days. */
const LONGEST = 2 ** 31 - 1;
/** How much of a failed command's standard error is shown: its end, where the reason stands. */
const SHOWN_ERROR = 4000;

/**
 * Runs a shell command with a text on its standard input and returns what it writes to standard output.
 *
 * It is ended, with all that it started, when its time is up, when it writes without end, or when fcnet is
 * interrupted.
 *
 * @throws InputError with the command's own standard error, if it fails, takes too long or cannot be started
 */
export function runCommand(
  command: string,
  input: string,
  { timeout, onInterrupt }: CommandOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    // A process group of its own, so that its children can be ended with it.
    const child = inShell(command, {
      detached: process.platform !== 'win32',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const output: Buffer[] = [];
    let errors = '';
    let size = 0;
    let reason: string | undefined;

    const stop = (): void => {
      if (child.pid === undefined) return;
      try {
        if (process.platform === 'win32') child.kill('SIGKILL');
        else process.kill(-child.pid, 'SIGKILL');
      } catch {
        // it has ended already
      }
    };
    const end = (why: string): void => {
      reason ??= why;
      stop();
      // A grandchild that left the group may hold the pipes open: do not wait for it.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const timer = setTimeout(
      () => end(`took longer than ${timeout} s (--timeout)`),
      Math.min(timeout * 1000, LONGEST),
    );
    const release = onInterrupt(stop);

    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_OUTPUT) end(`wrote more than ${MAX_OUTPUT / 2 ** 20} MiB`);
      else output.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-SHOWN_ERROR);
    });
    child.stdin.on('error', () => {}); // it need not read its input
    child.stdin.end(input);

    child.on('exit', stop); // what it left running may hold the pipes open
    child.on('error', (error) => end(`cannot be started: ${error.message}`));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      release();
      if (reason === undefined && code !== 0)
        reason = signal === null ? `failed with exit code ${code}` : `was ended by ${signal}`;
      if (reason === undefined) resolve(Buffer.concat(output).toString());
      else reject(commandError(command, reason, errors));
    });
  });
}

/** Starts the command with a real pipe for its input: those of Node are sockets, which /dev/stdin cannot open. */
const inShell = (command: string, options: SpawnOptionsWithStdioTuple<'pipe', 'pipe', 'pipe'>) =>
  process.platform === 'win32'
    ? spawn(command, { ...options, shell: true })
    : spawn('/bin/sh', ['-c', 'cat | /bin/sh -c "$1"', 'sh', command], options);

function commandError(command: string, reason: string, errors: string): InputError {
  const own = errors.trim();
  return InputError.ofFile(
    command,
    own === '' ? `the command ${reason}` : `the command ${reason}; its standard error:`,
    own,
  );
}
