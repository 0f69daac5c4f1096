interface Constant {
  readonly value: number;
}

/** What wasm/index.ts exports: addresses, and strides, are counted in bytes. */
export interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly ELEMENTS: Constant;
  readonly A_AT: Constant;
  readonly B_AT: Constant;
  readonly C_AT: Constant;
  readonly STAGE_AT: Constant;
  readonly BEGIN_AT: Constant;
  readonly FREE_AT: Constant;
  readonly TILE_ROWS: Constant;
  layRows: Lay;
  layColumns: Lay;
  multiply(m: number, k: number, n: number, c: number, row: number, onTop: boolean, begun: boolean): void;
  exp: OfMany;
  expm1: OfMany;
  log1p: OfMany;
  sigmoid: OfMany;
  sigmoidSlope: OfMany;
  sigmoidAndSlope(from: number, to: number, toSlope: number, n: number): void;
  tanh: OfMany;
  add: OfPairs;
  times: OfPairs;
  scale(c: number, from: number, to: number, n: number): void;
  squares(from: number, n: number, isFirst: boolean): number;
  softmax: OfColumns;
  crossEntropy: OfColumns;
  residual: OfColumns;
}

type Lay = (to: number, from: number, rows: number, cols: number, row: number, width: number) => void;
export type OfMany = (from: number, to: number, n: number) => void;
export type OfPairs = (x: number, y: number, to: number, n: number) => void;
/** Takes how many rows and columns matrices have, then an address and a stride of each of them. */
export type OfColumns = (rows: number, cols: number, ...matrices: number[]) => void;
