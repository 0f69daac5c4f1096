import { spawnSync } from 'node:child_process';
import path from 'node:path';

/**
 * Puts the Python that `python3` comes to first on the path: where a version manager's script stands there, it takes
 * longer to find it than most of the programs that the tests start with it take.
 */
export function setup(): void {
  const { status, stdout } = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], {
    encoding: 'utf8',
  });
  if (status === 0) process.env.PATH = `${path.dirname(stdout.trim())}${path.delimiter}${process.env.PATH}`;
}
