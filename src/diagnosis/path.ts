import { type Rules, rules } from '../core/backprop.ts';
import type { Pass } from '../core/forward.ts';
import { scale } from '../core/matrix.ts';
import type { Alternative, Slot } from './alternatives.ts';

/** Something other than the right rule that a path through backprop took. */
export type Choice = RuleChoice | FactorChoice;

/** A rule of the catalogue. */
interface RuleChoice {
  readonly slot: Slot;
  readonly layer: number;
  readonly alternative: Alternative;
  /** the number in it that was fitted: `η = 0.1` of weights that were updated too early */
  readonly fitted?: string;
}

/** What a factor stands before: the error of a layer and so all below it, or something of the layer alone. */
export type Factored = 'error' | 'data' | 'dW' | 'db' | 'penalty';

/** A factor that was fitted. */
export interface FactorChoice {
  readonly slot: 'factor';
  readonly layer: number;
  readonly of: Factored;
  readonly factor: number;
}

/** The rules of a path, to compute its gradient with: built from the right ones, or from those that measure sizes. */
export function rulesOf(
  choices: readonly Choice[],
  pass: Pass,
  right: Rules = rules,
): (layer: number) => Rules {
  const L = pass.steps.length;
  const perLayer = pass.steps.map(({ layer: { number } }) => {
    const here = choices.filter(({ layer }) => layer === number);
    let own: Rules = right;
    for (const choice of here)
      if (choice.slot !== 'factor') own = { ...own, ...choice.alternative.apply(right) };
    for (const choice of here) if (choice.slot === 'factor') own = factored(own, choice, number === L);
    return own;
  });
  return (l) => perLayer[l - 1]!;
}

function factored(own: Rules, { of, factor }: FactorChoice, isOutput: boolean): Rules {
  switch (of) {
    case 'error':
      return isOutput
        ? { ...own, outputError: (pass) => scale(factor, own.outputError(pass)) }
        : { ...own, errorThroughSlope: (...context) => scale(factor, own.errorThroughSlope(...context)) };
    case 'data':
      return { ...own, weightGradient: (...context) => scale(factor, own.weightGradient(...context)) };
    case 'penalty':
      return { ...own, regularization: (...context) => scale(factor, own.regularization(...context)) };
    case 'dW':
      return factored(
        factored(own, { of: 'data', factor } as FactorChoice, false),
        { of: 'penalty', factor } as FactorChoice,
        false,
      );
    case 'db':
      return {
        ...own,
        biasGradient: (...context) => own.biasGradient(...context).map((value) => factor * value),
      };
  }
}

/** What a choice is called while paths are compared: the same mistake in two layers counts once. */
export const keyOf = (choice: Choice): string =>
  choice.slot === 'factor'
    ? `${choice.of} × ${choice.factor.toPrecision(5)}`
    : choice.alternative.id + (choice.fitted === undefined ? '' : ` ${choice.fitted}`);

export const distinct = (choices: readonly Choice[]): number => new Set(choices.map(keyOf)).size;
