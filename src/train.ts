import type { Problem } from './config/problem.ts';
import { type Accuracy, accuracyOf } from './core/accuracy.ts';
import { descent } from './core/descent.ts';
import type { Pass } from './core/forward.ts';
import { type Loss, loss } from './core/loss.ts';

/** The lesson's: a step, and one of them. */
export const LESSON_RATE = 5;
export const LESSON_ITERATIONS = 1;

export interface TrainOptions {
  /** η, greater than 0 */
  readonly learningRate?: number;
  /** how many steps */
  readonly iterations?: number;
}

/** What became of a network that was trained. */
export interface Training {
  readonly learningRate: number;
  readonly iterations: number;
  /** J before the first step, and after each */
  readonly losses: readonly number[];
  /** the parts of the last */
  readonly loss: Loss;
  /** how many samples were put in their class before and after, where the targets are classes */
  readonly accuracy: { readonly before: Accuracy; readonly after: Accuracy } | null;
  /** the steps, from 1, after which the loss was higher than before them */
  readonly rises: readonly number[];
  /** the config with what was learned */
  readonly problem: Problem;
}

/** The loss is no number any more: the steps are too large. */
export class Diverged extends Error {
  override name = 'Diverged';
}

/** How far a training has come. */
export interface Progress {
  readonly iteration: number;
  readonly loss: number;
}

/**
 * Trains a network by gradient descent on all samples at once: θ ← θ − η ∂J/∂θ. Yields after each step, so that a
 * caller may show how far it is, or stop; returns what became of it.
 *
 * @throws Diverged if the loss is not finite after a step
 */
export function* training(
  problem: Problem,
  { learningRate = LESSON_RATE, iterations = LESSON_ITERATIONS }: TrainOptions = {},
): Generator<Progress, Training, void> {
  const steps = descent(problem.network, learningRate);
  const first = steps.next().value;
  const losses = [loss(first).total];
  const rises: number[] = [];
  let last: Pass = first;
  for (let iteration = 1; iteration <= iterations; iteration++) {
    last = steps.next().value;
    const [before, now] = [losses.at(-1)!, loss(last).total];
    if (!Number.isFinite(now)) throw new Diverged(`the loss is ${now} after step ${iteration}`);
    if (now > before) rises.push(iteration);
    losses.push(now);
    yield { iteration, loss: now };
  }
  const [before, after] = [accuracyOf(first), accuracyOf(last)];
  return {
    learningRate,
    iterations,
    losses,
    loss: loss(last),
    accuracy: before && after ? { before, after } : null,
    rises,
    problem: { ...problem, network: last.network, references: [] },
  };
}

/** Trains a network by gradient descent on all samples at once, as {@link training} does, in one go. */
export function train(problem: Problem, options: TrainOptions = {}): Training {
  const steps = training(problem, options);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}
