import type { Network } from '../../src/core/network.ts';
import type { Reference } from '../../src/reference/reference.ts';

const f = Math.fround;

/**
 * The lesson's two layers (tanh, softmax) in float32 by plain loops, every sum in the order of the index or against it,
 * as C, Rust or a Float32Array does it.
 */
export function plainLoops({ layers, X, Y, reg }: Network, downwards: boolean): Reference {
  const [first, second] = [layers[0]!, layers[1]!];
  const [D, N, H, C] = [X.rows, X.cols, first.W.rows, second.W.rows];
  const sum = (length: number, start: number, term: (k: number) => number): number => {
    let total = f(start);
    for (let k = 0; k < length; k++) total = f(total + f(term(downwards ? length - 1 - k : k)));
    return total;
  };
  const single = (data: Float64Array): Float32Array => Float32Array.from(data);
  const [x, W1, b1, W2, b2] = [X.data, first.W.data, first.b, second.W.data, second.b].map(single) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const a = new Float32Array(H * N);
  for (let i = 0; i < H; i++)
    for (let n = 0; n < N; n++)
      a[i * N + n] = Math.tanh(sum(D, b1[i]!, (k) => W1[i * D + k]! * x[k * N + n]!));
  const logits = new Float32Array(C * N);
  const delta = new Float32Array(C * N);
  for (let n = 0; n < N; n++) {
    for (let k = 0; k < C; k++) logits[k * N + n] = sum(H, b2[k]!, (i) => W2[k * H + i]! * a[i * N + n]!);
    const column = Array.from({ length: C }, (_, k) => logits[k * N + n]!);
    const most = Math.max(...column);
    const e = column.map((z) => f(Math.exp(f(z - most))));
    const total = sum(C, 0, (k) => e[k]!);
    for (let k = 0; k < C; k++) delta[k * N + n] = f(f(f(e[k]! / total) - Y.data[k * N + n]!) / N);
  }
  const lambda = f(reg);
  const gradient = (d: Float32Array, rows: number, below: Float32Array, W: Float32Array): Float64Array => {
    const cols = W.length / rows;
    return Float64Array.from(W, (w, at) => {
      const [i, j] = [Math.floor(at / cols), at % cols];
      return f(sum(N, 0, (n) => d[i * N + n]! * below[j * N + n]!) + f(lambda * w));
    });
  };
  const bias = (d: Float32Array, rows: number): Float64Array =>
    Float64Array.from({ length: rows }, (_, i) => sum(N, 0, (n) => d[i * N + n]!));
  const below = new Float32Array(H * N);
  for (let i = 0; i < H; i++)
    for (let n = 0; n < N; n++) {
      const da = sum(C, 0, (k) => W2[k * H + i]! * delta[k * N + n]!);
      below[i * N + n] = f(da * f(1 - f(a[i * N + n]! * a[i * N + n]!)));
    }
  return {
    name: 'plain loops',
    precision: 'float32',
    precisionFrom: 'declared',
    loss: undefined,
    logits: { name: 'logits', shape: [C, N], data: Float64Array.from(logits) },
    tensors: [
      { name: 'dW1', shape: [H, D], data: gradient(below, H, x, W1) },
      { name: 'db1', shape: [H], data: bias(below, H) },
      { name: 'dW2', shape: [C, H], data: gradient(delta, C, a, W2) },
      { name: 'db2', shape: [C], data: bias(delta, C) },
    ],
  };
}
