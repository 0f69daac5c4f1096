#!/usr/bin/env node
import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// The launcher of the built command. In a checkout it notices a build that is missing or out of date.
const built = fileURLToPath(new URL('../dist/fcnet.js', import.meta.url));
const source = fileURLToPath(new URL('../src', import.meta.url));

if (!existsSync(built)) {
  process.stderr.write('fcnet: not built yet; run npm ci (or npm run build)\n');
  process.exitCode = 2;
} else {
  if (existsSync(source)) {
    const builtAt = statSync(built).mtimeMs;
    const newer = readdirSync(source, { recursive: true }).some(
      (file) => statSync(`${source}/${file}`).mtimeMs > builtAt,
    );
    if (newer) process.stderr.write('fcnet: src is newer than the build; run npm run build\n');
  }
  await import('../dist/fcnet.js');
}
