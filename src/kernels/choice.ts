import { embedded } from './embedded.ts';
import type { Elementwise, Kernels, Pairwise, Product } from './kernels.ts';
import { plain } from './plain.ts';
import { firstOf } from './webassembly.ts';

/** From so many multiplications and so many numbers on WebAssembly is faster, with the copies to its memory. */
const LARGE_PRODUCT = 4096;
const LARGE_ARRAY = 64;

let large: Kernels | undefined;

/** What large arrays are given to: WebAssembly where it runs, made when it is asked for first. */
function forLarge(): Kernels {
  large ??= firstOf(embedded) ?? plain;
  return large;
}

/** From now on plain loops do everything. */
export function usePlainLoops(): void {
  large = plain;
}

const product =
  (name: 'multiplyTransposed' | 'transposedMultiply'): Product =>
  (A, B, C, m, k, n) => {
    const chosen = m * k * n < LARGE_PRODUCT ? plain : forLarge();
    chosen[name](A, B, C, m, k, n);
  };

const elementwise =
  (name: 'exp' | 'expm1' | 'log1p' | 'sigmoid' | 'sigmoidSlope' | 'tanh'): Elementwise =>
  (x, y) => {
    const chosen = x.length < LARGE_ARRAY ? plain : forLarge();
    chosen[name](x, y);
  };

const pairwise =
  (name: 'add' | 'times'): Pairwise =>
  (x, y, r) => {
    const chosen = x.length < LARGE_ARRAY ? plain : forLarge();
    chosen[name](x, y, r);
  };

/** What the engine uses: plain loops for what is small, for the rest the fastest kernels that run here. */
export const kernels: Kernels = {
  get arena() {
    return forLarge().arena;
  },
  multiply: (A, B, C, m, k, n, b) => {
    const chosen = m * k * n < LARGE_PRODUCT ? plain : forLarge();
    chosen.multiply(A, B, C, m, k, n, b);
  },
  multiplyTransposed: product('multiplyTransposed'),
  transposedMultiply: product('transposedMultiply'),
  exp: elementwise('exp'),
  expm1: elementwise('expm1'),
  log1p: elementwise('log1p'),
  sigmoid: elementwise('sigmoid'),
  sigmoidSlope: elementwise('sigmoidSlope'),
  sigmoidAndSlope: (x, y, s) => {
    const chosen = x.length < LARGE_ARRAY ? plain : forLarge();
    chosen.sigmoidAndSlope(x, y, s);
  },
  tanh: elementwise('tanh'),
  add: pairwise('add'),
  times: pairwise('times'),
  scale: (c, x, r) => {
    const chosen = x.length < LARGE_ARRAY ? plain : forLarge();
    chosen.scale(c, x, r);
  },
  squares: (x) => (x.length < LARGE_ARRAY ? plain : forLarge()).squares(x),
  softmax: (z, y, C, N) => {
    const chosen = z.length < LARGE_ARRAY ? plain : forLarge();
    chosen.softmax(z, y, C, N);
  },
  crossEntropy: (z, y, t, losses, C, N) => {
    const chosen = z.length < LARGE_ARRAY ? plain : forLarge();
    chosen.crossEntropy(z, y, t, losses, C, N);
  },
  residual: (y, t, r, C, N) => {
    const chosen = y.length < LARGE_ARRAY ? plain : forLarge();
    chosen.residual(y, t, r, C, N);
  },
};
