import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { embedKernels } from '../../src/build-kernels.ts';

/*
 * Runs a bench as the build would have it: `tsx test/bench/bundled.ts speed.ts [arguments]`. In one module, for tsx
 * names every closure, which takes time, and with the kernels that the build embeds.
 */

const [bench, ...rest] = process.argv.slice(2);
const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL(bench!, import.meta.url))],
  bundle: true,
  write: false,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'warning',
  plugins: [embedKernels],
});
const node = spawn(process.execPath, ['--input-type=module', '-', ...rest], {
  stdio: ['pipe', 'inherit', 'inherit'],
});
node.stdin.end(outputFiles[0]!.text);
node.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
