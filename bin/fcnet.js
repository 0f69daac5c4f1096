#!/usr/bin/env node
import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// The launcher of the built command. In a checkout it notices a build that is missing or out of date.
const built = fileURLToPath(new URL('../dist/fcnet.js', import.meta.url));
const source = fileURLToPath(new URL('../src', import.meta.url));

const isOlderThanSource = () => {
  const builtAt = statSync(built).mtimeMs;
  return readdirSync(source, { recursive: true }).some(
    (file) => statSync(`${source}/${file}`).mtimeMs > builtAt,
  );
};

// Whatever goes wrong here must not end with Node's own exit code: 1 says that gradients disagree.
try {
  const inCheckout = existsSync(source);
  if (!existsSync(built)) {
    const remedy = inCheckout ? 'run npm ci (or npm run build)' : 'install fcnet again';
    process.stderr.write(`fcnet: not built yet; ${remedy}\n`);
    process.exitCode = 2;
  } else {
    if (inCheckout && isOlderThanSource())
      process.stderr.write('fcnet: src is newer than the build; run npm run build\n');
    const { hasRun } = await import('../dist/fcnet.js');
    if (!hasRun) throw new Error('the build is empty');
  }
} catch (error) {
  const [reason] = String(error).split('\n');
  process.stderr.write(`fcnet: cannot be started: ${reason}; build or install it again\n`);
  process.exitCode = 2;
}
