import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const folders: string[] = [];

/** A new folder, which is gone when the tests of the file end. */
export function newFolder(): string {
  const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'fcnet-'));
  folders.push(folder);
  return folder;
}

/** Takes them away with all that is in them. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
