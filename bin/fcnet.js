#!/usr/bin/env node
const { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync, statSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const v8 = require('node:v8');
const vm = require('node:vm');

// The launcher of the built command. It is CommonJS, as is the build: that starts in half the time of ES modules.
const built = path.join(__dirname, '../dist/fcnet.cjs');
const source = path.join(__dirname, '../src');

/**
 * In a checkout it notices a build that is missing or out of date: what Git and most editors write gives its folder a
 * new time, too, and the hundreds of files are only asked for theirs where somebody sits at a terminal.
 */
function isNewer(folder, time, ofFiles) {
  if (statSync(folder).mtimeMs > time) return true;
  return readdirSync(folder, { withFileTypes: true }).some((entry) => {
    const inner = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return isNewer(inner, time, ofFiles);
    return ofFiles && statSync(inner).mtimeMs > time;
  });
}

/**
 * How V8 is to run. A function is optimized only after some eight times the work that V8 asks for: what a short run
 * optimizes, it does not live to use, and a long one makes up for it within milliseconds. And to touch memory for
 * the first time takes longer than to collect the garbage of the little that is in use.
 */
function setFlags() {
  // V8 12 (Node 22) and later have no such flag, and would say so on standard error in every run.
  if (Number.parseInt(process.versions.v8, 10) < 12) v8.setFlagsFromString('--interrupt-budget=1000000');
  v8.setFlagsFromString('--semi-space-growth-factor=1');
}

/** Of a file of a known size: quicker than readFileSync, which reads in pieces; with room before and after. */
function contents(file, before = 0, after = 0) {
  const descriptor = openSync(file);
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.allocUnsafeSlow(before + size + after);
    if (readSync(descriptor, bytes, before, size) < size)
      throw new Error(`${file} was cut short as it was read`);
    return bytes;
  } finally {
    closeSync(descriptor);
  }
}

const HEAD = '(function (exports, require, module, __filename, __dirname) { ';
const TAIL = '\n});';

/**
 * The build as a script, compiled by V8 or taken from code that it has kept of it. V8 would copy a text that is put
 * together of strings: hence of bytes.
 */
function scriptOf(cachedData) {
  const bytes = contents(built, HEAD.length, TAIL.length);
  bytes.latin1Write(HEAD);
  bytes.latin1Write(TAIL, bytes.length - TAIL.length);
  // By a name that tells nothing of where it was built.
  return new vm.Script(bytes.latin1Slice(), { filename: path.basename(built), cachedData });
}

/** Runs it as a CommonJS module. */
function exportsOf(script) {
  const build = { exports: {} };
  script.runInThisContext()(build.exports, Module.createRequire(built), build, built, path.dirname(built));
  return build.exports;
}

/**
 * The exports of the build. Where the code that V8 made of it stands beside it (src/code-cache.ts), it is not compiled
 * again; V8 itself refuses what another V8, or one with other flags, has made. Else Node keeps the code for
 * the next time, where it is one that can (22.1).
 */
function load() {
  const kept = `${built}.${process.version}-${process.arch}`;
  if (existsSync(kept)) {
    setFlags(); // which this V8 knows: it has made the code with them
    return exportsOf(scriptOf(contents(kept)));
  }
  Module.enableCompileCache?.();
  return require(built);
}

// Whatever goes wrong here must not end with Node's own exit code: 1 says that gradients disagree.
function start() {
  try {
    const inCheckout = existsSync(source);
    if (!existsSync(built)) {
      const remedy = inCheckout ? 'run npm ci (or npm run build)' : 'install fcnet again';
      process.stderr.write(`fcnet: not built yet; ${remedy}\n`);
      process.exitCode = 2;
    } else {
      if (inCheckout && isNewer(source, statSync(built).mtimeMs, fstatSync(2).isCharacterDevice()))
        process.stderr.write('fcnet: src is newer than the build; run npm run build\n');
      if (!load().ended) throw new Error('the build is empty');
    }
  } catch (error) {
    const [reason] = String(error).split('\n');
    process.stderr.write(`fcnet: cannot be started: ${reason}; build or install it again\n`);
    process.exitCode = 2;
  }
}

module.exports = { built, setFlags, scriptOf, exportsOf }; // to the build, which keeps the code
if (require.main === module) start();
