import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What the tools that the tests use leave in the folder for temporary files, to be used again. */
const KEPT_BY_TOOLS = /^(tsx-|node-compile-cache|v8-compile-cache)/;

let folder = '';

/** Gives the tests a folder for temporary files of their own. */
export function setup(): void {
  folder = mkdtempSync(path.join(tmpdir(), 'fcnet-tests-'));
  process.env.TMPDIR = folder;
}

/**
 * Takes it away.
 *
 * @throws Error if something was left in it, by a test or by the command that it ran
 */
export function teardown(): void {
  if (folder === '') return; // the build before it has failed, and says so
  const left = readdirSync(folder).filter((name) => !KEPT_BY_TOOLS.test(name));
  rmSync(folder, { recursive: true, force: true });
  if (left.length > 0) throw new Error(`left behind among the temporary files: ${left.join(', ')}`);
}
