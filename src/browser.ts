/**
 * fcnet where there are no files: the same library, with what it needs in one module that a browser loads as it is.
 *
 * ```html
 * <script type="module">
 *   import { gradcheck, parseConfig } from './node_modules/fcnet/dist/browser.js';
 *   gradcheck(parseConfig({ X: [[1], [2]], y: [0], W1: [[1, 2], [3, 4]], b1: [0, 0] })).passed;
 * </script>
 * ```
 *
 * @module
 */
export type * from './index.ts';
export {
  audit,
  backprop,
  backwardSteps,
  checkFunction,
  compare,
  Diverged,
  expectGradients,
  explain,
  FunctionError,
  formatReport,
  forward,
  GradientError,
  gradcheck,
  InputError,
  init,
  loss,
  numericalGradient,
  parseConfig,
  parseReference,
  train,
} from './index.ts';
