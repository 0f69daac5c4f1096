import { renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

// A part of `npm run build`, in a process of its own: it runs the built command, and keeps beside it the code that V8
// has made of the functions that ran. The launcher takes it up where V8 is the same.

/** The launcher, which runs nothing where it is not the program. */
const { built, setFlags, scriptOf, exportsOf } = createRequire(import.meta.url)('../bin/fcnet.js');

/** What is run: that of a start that is worth to be quick. */
const RUNS = [
  ['compare'],
  ['gradcheck', 'fixtures/two-layer.json', '--json'],
  ['audit', 'fixtures/textbook.json'],
  ['backprop', 'none.json'],
  ['compare', '--help'],
];

setFlags();
const script = scriptOf();
const { argv } = process;
for (const run of RUNS) {
  process.argv = [...argv.slice(0, 2), ...run];
  await exportsOf(script).ended;
}

const file = `${built}.${process.version}-${process.arch}`;
writeFileSync(`${file}.tmp`, script.createCachedData());
renameSync(`${file}.tmp`, file);
process.exitCode = 0; // one of the runs has failed, as it should
