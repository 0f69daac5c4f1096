import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile } from 'esbuild';

// `npm run build`, but for the types, which tsc writes: the command, the library, and what goes along with them.

const root = fileURLToPath(new URL('..', import.meta.url));

/** In one file, that it may start quickly; tsx stays outside, for it brings programs of its own. */
export const COMMAND = {
  absWorkingDir: root,
  entryPoints: ['src/cli/main.ts'],
  outfile: 'dist/fcnet.js',
  bundle: true,
  platform: 'node',
  mainFields: ['module', 'main'],
  target: 'node20',
  format: 'esm',
  minify: true,
  legalComments: 'none', // they stand in THIRD-PARTY-LICENSES.txt
  external: ['tsx'],
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  metafile: true,
} satisfies BuildOptions;

/** Runs wherever JavaScript does; its packages are those of whoever uses it. */
const LIBRARY: BuildOptions = {
  absWorkingDir: root,
  entryPoints: ['src/index.ts'],
  outfile: 'dist/index.js',
  bundle: true,
  platform: 'neutral',
  packages: 'external',
  format: 'esm',
};

/** The folders of the packages that a bundle holds, relative to where it was built. */
export const packagesIn = ({ inputs }: Metafile): string[] => {
  const folders = Object.keys(inputs).map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  return [...new Set(folders)].filter((folder) => folder !== undefined).sort();
};

/** How packages call the files that hold their licence, and what must be handed on with it. */
const NOTICES = /^(licen[cs]e|copying|notice)/i;

/**
 * The licence of a package, as it asks to be included in copies of it.
 *
 * @throws Error if the package has none, so that it cannot be handed on
 */
export async function licenceOf(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  const files = (await readdir(folder)).filter((file) => NOTICES.test(file)).sort();
  if (files.length === 0) throw new Error(`${name} is in the bundle, and has no file with its licence`);
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
  return [`${name} ${version} (${license})`, ...texts.map((text) => text.trim())].join('\n\n');
}

const HEAD = 'dist/fcnet.js holds these packages, under these licences.';

async function buildAll(): Promise<void> {
  await mkdir(`${root}dist`, { recursive: true });
  const [{ metafile }] = await Promise.all([
    build(COMMAND),
    build(LIBRARY),
    copyFile(`${root}src/report/result.schema.json`, `${root}dist/result.schema.json`),
  ]);
  const licences = await Promise.all(packagesIn(metafile).map((folder) => licenceOf(root + folder)));
  const text = [HEAD, ...licences].join(`\n\n${'-'.repeat(80)}\n\n`);
  await writeFile(`${root}dist/THIRD-PARTY-LICENSES.txt`, `${text}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
