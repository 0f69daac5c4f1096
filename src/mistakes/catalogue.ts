import { biasGradientMistakes } from './bias-gradient.ts';
import { errorThroughWeightsMistakes } from './error-through-weights.ts';
import { outputErrorMistakes } from './output-error.ts';
import { regularizationMistakes } from './regularization.ts';
import { slopeMistakes } from './slope.ts';
import { weightGradientMistakes } from './weight-gradient.ts';

export type { Mistake } from './mistake.ts';

/** The classic mistakes of backprop, rule by rule, from the output down. */
export const mistakes = {
  ...outputErrorMistakes,
  ...regularizationMistakes,
  ...weightGradientMistakes,
  ...biasGradientMistakes,
  ...slopeMistakes,
  ...errorThroughWeightsMistakes,
} as const;

export type MistakeId = keyof typeof mistakes;

/** All that a diagnosis looks for. */
export const diagnosedIds = Object.keys(mistakes) as MistakeId[];

/** Those that only a diagnosis knows so far: an audit does not plant them. */
const ONLY_DIAGNOSED: readonly MistakeId[] = [
  'softmax-twice',
  'softmax-diagonal',
  'reg-times-n',
  'reg-sum',
  'own-activation',
  'bias-sum-over-units',
  'bias-wrong-axis',
  'bias-row-sums',
  'bias-before-slope',
  'bias-not-summed',
  'activation-for-slope',
  'slope-of-sigmoid',
  'slope-of-other-layer',
  'slope-times-z',
  'slope-of-error',
  'error-overwritten',
  'activation-of-error',
  'formula-of-error',
  'mask-by-error',
  'shifted-weights',
  'updated-weights',
  'slope-missing-on-the-way-down',
  'output-error-everywhere',
  'mean-again-on-the-way-down',
  'activation-passed-down',
];

/** The classic mistakes that an audit plants. */
export const mistakeIds = diagnosedIds.filter((id) => !ONLY_DIAGNOSED.includes(id));
