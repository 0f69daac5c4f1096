import { choiceHint } from '../config/choices.ts';
import { LAYOUTS } from '../config/schema.ts';
import type { Layout } from '../core/layout.ts';
import { describe } from '../files/describe.ts';

// What a reference says beside its gradients: how they lie, and the learning rate of a step.

/** What η is called. */
export const LEARNING_RATES = ['learningRate', 'learning_rate', 'lr'];

export const LAYOUT_KEYS = Object.keys(LAYOUTS) as (keyof Layout)[];

/** What is wrong with what a reference says of its layout. */
export function layoutProblem(key: keyof Layout, value: unknown): string | undefined {
  const choices: readonly string[] = LAYOUTS[key];
  if (choices.some((choice) => choice === value)) return undefined;
  return `expected one of ${choices.join(', ')}; found ${describe(value)}${choiceHint(value, choices)}`;
}

export const isRate = (rate: number | undefined): rate is number =>
  rate !== undefined && rate > 0 && Number.isFinite(rate);
