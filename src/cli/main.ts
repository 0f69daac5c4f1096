import { run } from './run.ts';

// A reader that has seen enough (| head) closes the pipe: that is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/**
 * Only while there is something to stop: a signal with a handler waits for the event loop, and a long
 * computation would not let itself be interrupted.
 */
function onInterrupt(stop: () => void): () => void {
  const interrupted = (): void => {
    stop();
    process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupted);
  return () => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, interrupted);
  };
}

// Not process.exit, which would cut off what a pipe has not taken yet.
process.exitCode = await run({
  argv: process.argv.slice(2),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  onInterrupt,
});
