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

/** The ids of all classic mistakes: an audit plants them, a diagnosis looks for them. */
export const mistakeIds = Object.keys(mistakes) as MistakeId[];
