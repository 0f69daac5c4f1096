#!/usr/bin/env node
const { existsSync, readdirSync, readFileSync, statSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const vm = require('node:vm');

// The launcher of the built command. It is CommonJS, as is the build: that starts in half the time of ES modules.
const built = path.join(__dirname, '../dist/fcnet.cjs');
const source = path.join(__dirname, '../src');

// In a checkout it notices a build that is missing or out of date.
const isNewer = (folder, time) =>
  readdirSync(folder, { withFileTypes: true }).some((entry) => {
    const inner = `${folder}/${entry.name}`;
    return statSync(inner).mtimeMs > time || (entry.isDirectory() && isNewer(inner, time));
  });

/**
 * The exports of the build. Where the code that V8 made of it stands beside it (src/code-cache.ts), it is not compiled
 * again; V8 itself refuses what another V8, or one with other flags, has made. Else Node keeps the code for
 * the next time, where it is one that can (22.1).
 */
function load() {
  const cached = `${built}.${process.version}-${process.arch}`;
  if (!existsSync(cached)) {
    Module.enableCompileCache?.();
    return require(built);
  }
  const script = new vm.Script(Module.wrap(readFileSync(built, 'latin1')), {
    filename: path.basename(built),
    cachedData: readFileSync(cached),
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, Module.createRequire(built), module, built, path.dirname(built));
  return module.exports;
}

// Whatever goes wrong here must not end with Node's own exit code: 1 says that gradients disagree.
try {
  const inCheckout = existsSync(source);
  if (!existsSync(built)) {
    const remedy = inCheckout ? 'run npm ci (or npm run build)' : 'install fcnet again';
    process.stderr.write(`fcnet: not built yet; ${remedy}\n`);
    process.exitCode = 2;
  } else {
    if (inCheckout && isNewer(source, statSync(built).mtimeMs))
      process.stderr.write('fcnet: src is newer than the build; run npm run build\n');
    if (!load().ended) throw new Error('the build is empty');
  }
} catch (error) {
  const [reason] = String(error).split('\n');
  process.stderr.write(`fcnet: cannot be started: ${reason}; build or install it again\n`);
  process.exitCode = 2;
}
