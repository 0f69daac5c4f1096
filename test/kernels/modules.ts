import { compileKernels } from '../../src/build-kernels.ts';
import type { Kernels } from '../../src/kernels/kernels.ts';
import { plain } from '../../src/kernels/plain.ts';
import { firstOf } from '../../src/kernels/webassembly.ts';

const compiled = await Promise.all([false, true].map((relaxed) => compileKernels({ relaxed })));
export const [base64, relaxedBase64] = compiled.map((bytes) => Buffer.from(bytes).toString('base64')) as [
  string,
  string,
];

/** WebAssembly that every Node runs, and the relaxed one where it runs. */
export const simd: Kernels = firstOf([base64])!;
export const relaxed: Kernels | undefined = firstOf([relaxedBase64]);

/** All kernels that run here. */
export const all: readonly (readonly [name: string, kernels: Kernels])[] = [
  ['plain loops', plain],
  ['WebAssembly', simd],
  ...(relaxed === undefined ? [] : [['relaxed WebAssembly', relaxed] as const]),
];
