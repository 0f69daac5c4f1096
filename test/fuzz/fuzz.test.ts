import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { SEED } from '../networks.ts';
import { cases } from './cases.ts';
import { broken } from './invariants.ts';
import { runCase } from './run.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'fcnet-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('whatever the files and the command line are, the command keeps its promises', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (given) => {
      expect(broken(given, await runCase(given, path.join(folder, 'case')))).toEqual([]);
    }),
    { seed: SEED, numRuns: 400, interruptAfterTimeLimit: 15_000 },
  );
});
