import { Guest } from './guest.ts';
import { run } from './run.ts';

// Before code of the user's is let in, which gets others by these names.
const { stdin, stdout, stderr } = process;
const exit = process.exit.bind(process);

let unwritten = false;
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough (| head) closes the pipe: that is no error. A full disk is.
    if (error.code === 'EPIPE') return;
    if (stream === stdout && !unwritten)
      stderr.write(`fcnet: standard output cannot be written: ${error.message}\n`);
    unwritten = true;
    process.exitCode = 2;
  });
}

/**
 * Only while there is something to stop: a signal with a handler waits for the event loop, and a long
 * computation would not let itself be interrupted.
 */
function onInterrupt(stop: () => void): () => void {
  const interrupted = (): void => {
    stop();
    exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupted);
  return () => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, interrupted);
  };
}

const guest = new Guest();
const code = await run({
  argv: process.argv.slice(2),
  stdin,
  stdout,
  stderr,
  env: process.env,
  onInterrupt,
  runGuest: guest.run,
});
// Not process.exit, which would cut off what a pipe has not taken yet.
process.exitCode = unwritten ? 2 : code;
// But a timer that a module has left running must not keep the process: it ends once all is written.
if (guest.present) {
  await Promise.all([stdout, stderr].map((stream) => new Promise((done) => stream.write('', done))));
  exit(unwritten ? 2 : code);
}
