import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
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
/** Its memory has 46 pages of 64 KiB, and never grows. */
const OPTIONS = '-O3 --runtime stub --enable simd --initialMemory 46 --maximumMemory 46'.split(' ');

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
    const made = `${kept}.${process.pid}`;
    const argv = [COMPILER, `${SOURCES}/index.ts`, ...options, '--outFile', path.relative(root, made)];
    await promisify(execFile)(process.execPath, argv, { cwd: root });
    await rename(made, kept);
    return await readFile(kept);
  }
}

/** Of all that a module depends on. */
async function hashOf(options: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(options));
  const sources = (await readdir(root + SOURCES)).filter((file) => file.endsWith('.ts')).sort();
  const files = [...sources.map((file) => `${SOURCES}/${file}`), 'node_modules/assemblyscript/package.json'];
  for (const file of files) hash.update(`\n${file}\n`).update(await readFile(root + file));
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
