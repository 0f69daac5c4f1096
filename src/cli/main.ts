import { writeFailure } from '../files/errors.ts';
import { asksForJson, reportError } from './errors.ts';
import { Guest } from './guest.ts';
import { type Io, isClosed } from './io.ts';
import { PendingFiles } from './pending.ts';
import { run } from './run.ts';
import { wholeWrites } from './streams.ts';

// Before code of the user's is let in, which gets others by these names.
const stdout = wholeWrites(process.stdout, 1);
const stderr = wholeWrites(process.stderr, 2);
const exit = process.exit.bind(process);

/** Signals that ask a process to end. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
const stops = new Set<() => void>();
const interrupted = (): never => exit(130);
process.on('exit', () => {
  for (const stop of stops) stop();
});

/**
 * Only while there is something to stop: a signal with a handler waits for the event loop, and a long
 * computation would not let itself be interrupted.
 */
function onInterrupt(stop: () => void): () => void {
  if (stops.size === 0) for (const signal of SIGNALS) process.on(signal, interrupted);
  stops.add(stop);
  return () => {
    stops.delete(stop);
    if (stops.size === 0) for (const signal of SIGNALS) process.off(signal, interrupted);
  };
}

const guest = new Guest();
const io: Io = {
  argv: process.argv.slice(2),
  get stdin() {
    return process.stdin; // opened when it is read
  },
  stdout,
  stderr,
  env: process.env,
  files: new PendingFiles(onInterrupt),
  onInterrupt,
  runGuest: guest.run,
};

const fail = (error: unknown): void => reportError(error, asksForJson(io.argv), io);

let unwritten = false;
stderr.on('error', (error) => {
  if (isClosed(error)) return;
  unwritten = true;
  process.exitCode = 2;
});
stdout.on('error', (error) => {
  if (isClosed(error)) return;
  if (!unwritten) fail(writeFailure('standard output', error));
  unwritten = true;
  process.exitCode = 2;
});
// Node's own exit code would be 1, which says that gradients disagree. What a module throws is its own affair.
process.on('uncaughtException', (error) => {
  if (guest.present) return;
  fail(error);
  exit(2);
});

async function main(): Promise<void> {
  const code = await run(io);
  // Not process.exit, which would cut off what a pipe has not taken yet.
  process.exitCode = unwritten ? 2 : code;
  // But a timer that a module has left running must not keep the process: it ends once all is written.
  if (guest.present) {
    await Promise.all([stdout, stderr].map((stream) => new Promise((done) => stream.write('', done))));
    exit(unwritten ? 2 : code);
  }
}

/**
 * To whoever has loaded it: the launcher, which cannot tell a build of which nothing is left from one that had nothing
 * to say, and the build, which keeps the code that has run.
 */
export const ended = main();
