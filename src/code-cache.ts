import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

// A part of `npm run build`, in a process of its own: it runs the built command, and keeps beside it the code that V8
// has made of the functions that ran. The launcher takes it up where V8 is the same.

const built = fileURLToPath(new URL('../dist/fcnet.cjs', import.meta.url));

/** What is run: that of a start that is worth to be quick. */
const RUNS = [
  ['compare'],
  ['gradcheck', 'fixtures/two-layer.json', '--json'],
  ['audit', 'fixtures/textbook.json'],
  ['backprop', 'none.json'],
  ['compare', '--help'],
];

// By a name that tells nothing of where it was built.
const script = new vm.Script(Module.wrap(readFileSync(built, 'latin1')), { filename: path.basename(built) });
const start = script.runInThisContext();
const { argv } = process;
for (const run of RUNS) {
  process.argv = [...argv.slice(0, 2), ...run];
  const module = { exports: {} as { ended: Promise<void> } };
  start(module.exports, Module.createRequire(built), module, built, path.dirname(built));
  await module.exports.ended;
}

const file = `${built}.${process.version}-${process.arch}`;
writeFileSync(`${file}.tmp`, script.createCachedData());
renameSync(`${file}.tmp`, file);
process.exitCode = 0; // one of the runs has failed, as it should
