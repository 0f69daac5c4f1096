import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { type Case, cases } from '../fuzz/cases.ts';
import { broken } from '../fuzz/invariants.ts';
import { type Ran, runCase } from '../fuzz/run.ts';

// npx tsx test/bench/fuzz.ts --runs 100000 --seed 1 [--keep FOLDER]
//
// Runs the command on random inputs, each almost right, and counts what comes of them. What breaks a promise is
// printed, once for each way, and kept in the folder with its files.

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'string' },
  },
});
const BATCH = 200;

const folder = mkdtempSync(path.join(tmpdir(), 'fcnet-fuzz-'));
const outcomes = new Map<string, number>();
const faults = new Map<string, number>();
let slowest: { milliseconds: number; args: readonly string[] } = { milliseconds: 0, args: [] };

const count = (counts: Map<string, number>, key: string): number => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts.get(key)!;
};

function keep(fault: string, given: Case, ran: Ran | undefined): void {
  process.stderr.write(`${fault}\n  fcnet ${given.args.map((word) => JSON.stringify(word)).join(' ')}\n`);
  if (values.keep === undefined) return;
  const kept = path.join(values.keep, String(faults.size));
  mkdirSync(kept, { recursive: true });
  for (const [name, bytes] of Object.entries(given.files)) writeFileSync(path.join(kept, name), bytes);
  writeFileSync(path.join(kept, 'stdin'), given.stdin);
  const { code, stdout, stderr } = ran ?? {};
  writeFileSync(path.join(kept, 'ran.txt'), JSON.stringify({ fault, args: given.args, code }, null, 2));
  writeFileSync(path.join(kept, 'stdout'), stdout ?? '');
  writeFileSync(path.join(kept, 'stderr'), stderr ?? '');
}

/** Numbers and names aside, so that one way to break a promise is told once. */
const kindOf = (fault: string): string => fault.replace(/\d+/g, 'N').slice(0, 100);

async function runOne(given: Case): Promise<void> {
  let ran: Ran | undefined;
  let found: string[];
  try {
    ran = await runCase(given, path.join(folder, 'case'));
    found = broken(given, ran);
    if (ran.milliseconds > slowest.milliseconds)
      slowest = { milliseconds: ran.milliseconds, args: given.args };
  } catch (error) {
    found = [`thrown: ${error instanceof Error ? error.stack?.split('\n').slice(0, 3).join(' ') : error}`];
  }
  count(
    outcomes,
    `${/^[a-z]+$/.test(given.args[0] ?? '') ? given.args[0] : 'other'} ${ran?.code ?? 'thrown'}`,
  );
  for (const fault of found) if (count(faults, kindOf(fault)) === 1) keep(fault, given, ran);
}

process.on('unhandledRejection', (error) => {
  process.stderr.write(`unhandled: ${error instanceof Error ? error.stack : error}\n`);
  count(faults, 'unhandled rejection');
});

const [runs, seed] = [Number(values.runs), Number(values.seed)];
for (let done = 0; done < runs; done += BATCH) {
  for (const given of fc.sample(cases, { seed: seed + done, numRuns: Math.min(BATCH, runs - done) }))
    await runOne(given);
}
rmSync(folder, { recursive: true, force: true });

const table = (counts: Map<string, number>): string =>
  [...counts]
    .sort()
    .map(([name, n]) => `${String(n).padStart(8)}  ${name}\n`)
    .join('');
process.stdout.write(
  `${table(outcomes)}\nbroken promises: ${faults.size === 0 ? 'none' : ''}\n${table(faults)}`,
);
process.stdout.write(`slowest: ${Math.round(slowest.milliseconds)} ms, fcnet ${slowest.args.join(' ')}\n`);
process.exitCode = faults.size === 0 ? 0 : 1;
