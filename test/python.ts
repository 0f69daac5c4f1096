import { spawnSync } from 'node:child_process';

/** A Python that has NumPy and another module: $FCNET_PYTHON, the one on the path, or the system's. */
export function pythonWith(module: string): string | undefined {
  const candidates = [process.env.FCNET_PYTHON, 'python3', '/usr/bin/python3'];
  const imports = (name: string | undefined): boolean =>
    name !== undefined && spawnSync(name, ['-c', `import numpy, ${module}`]).status === 0;
  const found = candidates.find(imports);
  if (found === undefined)
    process.stderr.write(`SKIPPED: no Python here imports ${module}; FCNET_PYTHON may name one\n`);
  return found;
}
