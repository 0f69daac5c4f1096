import { compileKernels } from '../../src/build-kernels.ts';
import type { Elementwise, Kernels, Pairwise } from '../../src/kernels/kernels.ts';
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

/** Kernels that are given arrays of their arena, or some of them and some others, and may not write beside them. */
function inArena(kernels: Kernels): Kernels {
  const arena = kernels.arena!;
  let call = 0;

  /** What f writes to the last of these arrays, which is one of them or another. */
  function run(arrays: readonly Float64Array[], f: (...placed: Float64Array[]) => void): void {
    const places = new Map<Float64Array, Float64Array>();
    const guards: Float64Array[] = [];
    const mask = call++ % 2 ** arrays.length;
    for (const [i, array] of arrays.entries()) {
      if (array.length === 0 || (mask >> i) % 2 === 1 || places.has(array)) continue;
      guards.push(arena.room(8)!.fill(3));
      const place = arena.room(array.length)!;
      place.set(array);
      places.set(array, place);
    }
    guards.push(arena.room(8)!.fill(3));
    f(...arrays.map((array) => places.get(array) ?? array));
    const last = arrays.at(-1)!;
    last.set(places.get(last) ?? last);
    if (!guards.every((guard) => guard.every((value) => value === 3)))
      throw new Error('written beside an array');
    arena.takeBackAll();
  }

  const product =
    (name: 'multiply' | 'multiplyTransposed' | 'transposedMultiply'): Kernels['multiply'] =>
    (A, B, C, m, k, n, b) =>
      run([A, B, C], (...[a, b_, c]) => kernels[name](a!, b_!, c!, m, k, n, b));
  const elementwise =
    (name: 'exp' | 'expm1' | 'log1p' | 'sigmoid' | 'sigmoidSlope' | 'tanh'): Elementwise =>
    (x, y) =>
      run([x, y], (...[from, to]) => kernels[name](from!, to!));
  const pairwise =
    (name: 'add' | 'times'): Pairwise =>
    (x, y, r) =>
      run([x, y, r], (...[one, two, to]) => kernels[name](one!, two!, to!));
  return {
    arena,
    multiply: product('multiply'),
    multiplyTransposed: product('multiplyTransposed'),
    transposedMultiply: product('transposedMultiply'),
    exp: elementwise('exp'),
    expm1: elementwise('expm1'),
    log1p: elementwise('log1p'),
    sigmoid: elementwise('sigmoid'),
    sigmoidSlope: elementwise('sigmoidSlope'),
    sigmoidAndSlope: (x, y, s) => {
      let slope = s;
      run([x, s, y], (...[from, toSlope, to]) => {
        kernels.sigmoidAndSlope(from!, to!, toSlope!);
        slope = toSlope!.slice();
      });
      s.set(slope);
    },
    tanh: elementwise('tanh'),
    add: pairwise('add'),
    times: pairwise('times'),
    scale: (c, x, r) => run([x, r], (...[from, to]) => kernels.scale(c, from!, to!)),
    squares: (x) => {
      let sum = 0;
      run([x], (...[from]) => {
        sum = kernels.squares(from!);
      });
      return sum;
    },
    crossEntropy: (z, y, t, losses, C, N) =>
      run([z, y, t, losses], (...[z_, y_, t_, to]) => kernels.crossEntropy(z_!, y_!, t_!, to!, C, N)),
    residual: (y, t, r, C, N) => run([y, t, r], (...[y_, t_, to]) => kernels.residual(y_!, t_!, to!, C, N)),
    softmax: (z, y, C, N) => run([z, y], (...[from, to]) => kernels.softmax(from!, to!, C, N)),
  };
}

/** All kernels that run here. */
export const all: readonly (readonly [name: string, kernels: Kernels, sameBits: boolean])[] = [
  ['plain loops', plain, true],
  ['WebAssembly', simd, true],
  ['WebAssembly, on arrays of its arena', inArena(firstOf([base64])!), true],
  ...(relaxed === undefined
    ? []
    : ([
        ['relaxed WebAssembly', relaxed, false],
        ['relaxed WebAssembly, on arrays of its arena', inArena(firstOf([relaxedBase64])!), false],
      ] as const)),
];
