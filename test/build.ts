import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What the build makes, and what it makes it from (the textbook example is built in). */
const BUILT = [
  'dist/fcnet.cjs',
  'dist/importing.cjs',
  `dist/fcnet.cjs.${process.version}-${process.arch}`, // code of another version of Node would not do
  'dist/browser.js',
  'dist/page.js',
  'dist/page-style.css',
  'dist/index.js',
  'dist/types/index.d.ts',
  'dist/result.schema.json',
  'dist/project.schema.json',
  'dist/THIRD-PARTY-LICENSES.txt',
];
const SOURCES = ['src', 'fixtures/textbook.json', 'fixtures/textbook.pytorch.json', 'package.json'];

/** Builds once before the tests where the build is missing or out of date: what is tested is what stands in src. */
export function setup(): void {
  if (builtAt() > changedAt()) return;
  try {
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'pipe', encoding: 'utf8' });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`the build failed, so nothing was tested:\n${stdout}${stderr}`);
  }
}

const modified = (file: string): number => statSync(root + file).mtimeMs;

/** When the oldest part of the build was written; never, if one is missing. */
const builtAt = (): number =>
  BUILT.every((file) => existsSync(root + file))
    ? Math.min(...BUILT.map(modified))
    : Number.NEGATIVE_INFINITY;

/** When a source was changed last; a folder changes when a file is added or removed. */
const changedAt = (): number => Math.max(...SOURCES.flatMap(withContents).map(modified));

const withContents = (file: string): string[] =>
  statSync(root + file).isDirectory()
    ? [file, ...readdirSync(root + file, { recursive: true }).map((inner) => `${file}/${inner}`)]
    : [file];
