import { exp, expm1, log1p, sigmoid, sigmoidSlope, tanh } from './exponential.ts';
import type { Kernels } from './kernels.ts';
import { crossEntropyOf, residualOf, softmaxOf } from './plain-columns.ts';
import { product } from './plain-product.ts';

/** Plain loops on Float64Array: they run everywhere and sum in the order of the index. */
export const plain: Kernels = {
  arena: undefined,
  multiply: (A, B, C, m, k, n, b) =>
    product(A, B, C, { m, k, n, rightA: 1, downA: k, rightB: 1, downB: n }, b),
  multiplyTransposed: (A, B, C, m, k, n) =>
    product(A, B, C, { m, k, n, rightA: 1, downA: k, rightB: k, downB: 1 }),
  transposedMultiply: (A, B, C, m, k, n) =>
    product(A, B, C, { m, k, n, rightA: m, downA: 1, rightB: 1, downB: n }),
  exp: (x, y) => {
    for (let i = 0; i < x.length; i++) y[i] = exp(x[i]!);
  },
  expm1: (x, y) => {
    for (let i = 0; i < x.length; i++) y[i] = expm1(x[i]!);
  },
  log1p: (x, y) => {
    for (let i = 0; i < x.length; i++) y[i] = log1p(x[i]!);
  },
  sigmoid: (x, y) => {
    for (let i = 0; i < x.length; i++) y[i] = sigmoid(x[i]!);
  },
  sigmoidSlope: (x, y) => {
    for (let i = 0; i < x.length; i++) y[i] = sigmoidSlope(x[i]!);
  },
  sigmoidAndSlope: (x, y, s) => {
    plain.sigmoidSlope(x, s);
    plain.sigmoid(x, y);
  },
  tanh: (x, y) => {
    for (let i = 0; i < x.length; i++) y[i] = tanh(x[i]!);
  },
  add: (x, y, r) => {
    for (let i = 0; i < x.length; i++) r[i] = x[i]! + y[i]!;
  },
  times: (x, y, r) => {
    for (let i = 0; i < x.length; i++) r[i] = x[i]! * y[i]!;
  },
  scale: (c, x, r) => {
    for (let i = 0; i < x.length; i++) r[i] = c * x[i]!;
  },
  squares,
  softmax: (z, y, C, N) => {
    for (let n = 0; n < N; n++) softmaxOf(z, y, n, C * N, N);
  },
  crossEntropy: (z, y, t, losses, C, N) => {
    for (let n = 0; n < N; n++) losses[n] = crossEntropyOf(z, y, t, n, C * N, N);
  },
  residual: (y, t, r, C, N) => {
    for (let n = 0; n < N; n++) residualOf(y, t, r, n, C * N, N);
  },
};

function squares(x: Float64Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 3 < x.length; i += 4) {
    a += x[i]! * x[i]!;
    b += x[i + 1]! * x[i + 1]!;
    c += x[i + 2]! * x[i + 2]!;
    d += x[i + 3]! * x[i + 3]!;
  }
  for (; i < x.length; i++) a += x[i]! * x[i]!;
  return a + b + (c + d);
}
