import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { type Embedded, Page } from '../report/html/html.ts';
import type { Run } from './formats.ts';

/** Where the build stands: this file is bundled into it, but for tests that run the sources. */
const dist = import.meta.dirname.replace(/src[\\/]cli$/, 'dist');

/** A page for the results of a run, with the script and the style that the build has made. */
export const newPage = async (run: Run): Promise<Page> =>
  new Page(run, {
    script: await embedded('page.js'),
    style: await embedded('page-style.css'),
    version: packageJson.version,
  });

async function embedded(file: string): Promise<Embedded> {
  const text = (await readFile(path.join(dist, file), 'utf8')).trim();
  return { text, sha256: createHash('sha256').update(text).digest('base64') };
}
