import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Plugin } from 'esbuild';

// A part of `npm run build`: compiles src/kernels/wasm, and embeds it in a bundle.

const root = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = 'src/kernels/wasm';
/** It takes seconds: what was compiled is kept, by what it was compiled from. */
const CACHE = `${root}node_modules/.cache/fcnet`;

/** In a process of its own: it is large, and tsx would go through all of it. */
const COMPILER = 'node_modules/assemblyscript/bin/asc.js';
/**
 * Its memory has 560 pages of 64 KiB, of which 48 are for blocks of products, and never grows. A page takes no memory
 * until something is written to it.
 */
const OPTIONS = '-O3 --runtime stub --enable simd --initialMemory 560 --maximumMemory 560'.split(' ');
/** What goes into the functions that call it: AssemblyScript's decorator, which TypeScript has not. */
const INLINE = /^\/\/ @inline$/gm;

/**
 * A module of WebAssembly.
 *
 * @param relaxed with multiply-and-add in one, which not every engine knows
 * @throws Error with what the compiler says
 */
export async function compileKernels({ relaxed }: { readonly relaxed: boolean }): Promise<Uint8Array> {
  const options = [...OPTIONS, ...(relaxed ? ['--enable', 'relaxed-simd'] : [])];
  const kept = `${CACHE}/${await hashOf(options)}.wasm`;
  try {
    return await readFile(kept);
  } catch {
    await mkdir(CACHE, { recursive: true });
    const folder = await mkdtemp(`${CACHE}/wasm-`);
    for (const file of await sources())
      await writeFile(`${folder}/${file}`, (await text(file)).replaceAll(INLINE, '@inline'));
    const paths = [`${folder}/index.ts`, `${folder}/index.wasm`].map((file) => path.relative(root, file));
    const argv = [COMPILER, paths[0]!, ...options, '--outFile', paths[1]!];
    await promisify(execFile)(process.execPath, argv, { cwd: root });
    await rename(`${folder}/index.wasm`, kept);
    await rm(folder, { recursive: true });
    return await readFile(kept);
  }
}

const sources = async (): Promise<string[]> =>
  (await readdir(root + SOURCES)).filter((file) => file.endsWith('.ts')).sort();

const text = (file: string): Promise<string> => readFile(`${root}${SOURCES}/${file}`, 'utf8');

/** Of all that a module depends on. */
async function hashOf(options: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(options));
  hash.update(await readFile(`${root}node_modules/assemblyscript/package.json`));
  for (const file of await sources()) hash.update(`\n${file}\n`).update(await text(file));
  return hash.digest('hex');
}

let modules: Promise<Uint8Array[]> | undefined;

/** Puts the modules in the place of src/kernels/embedded.ts, the better one first. */
export const embedKernels: Plugin = {
  name: 'embed kernels',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]kernels[\\/]embedded\.ts$/ }, async () => {
      modules ??= Promise.all([true, false].map((relaxed) => compileKernels({ relaxed })));
      const texts = (await modules).map((bytes) => Buffer.from(bytes).toString('base64'));
      return { contents: `export const embedded = ${JSON.stringify(texts)}`, loader: 'js' };
    });
  },
};
