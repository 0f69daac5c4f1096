/*
 * Kernels in WebAssembly, two numbers at a time. The build compiles them twice, with and without the relaxed
 * multiply-and-add, which rounds once where the processor can. Without it they are the plain loops to the last bit.
 */

export { crossEntropy, residual, softmax } from './columns';
export {
  ELEMENTS,
  exp,
  expm1,
  log1p,
  sigmoid,
  sigmoidAndSlope,
  sigmoidSlope,
  tanh,
} from './elementwise';
export { add, scale, squares, times } from './linear';
export {
  A_AT,
  B_AT,
  BEGIN_AT,
  C_AT,
  FREE_AT,
  layColumns,
  layRows,
  multiply,
  STAGE_AT,
  TILE_ROWS,
} from './products';
