import type { Pass, Step } from '../core/forward.ts';
import { rowSums, scale, transpose } from '../core/matrix.ts';
import { isHidden, kindOf, type Mistake, onlyColumn, samples } from './mistake.ts';

// Mistakes of the gradient of the biases, db = Σ δ.

const biased = (_step: Step, pass: Pass): boolean => pass.network.biased;
const biasedOfSeveral = (_step: Step, pass: Pass): boolean => pass.network.biased && samples(pass) > 1;

const sumOf = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

export const biasGradientMistakes = {
  'bias-mean': {
    equation: 'db = (1/N) Σδ',
    explanation: 'the gradient of the biases is averaged over the samples once more',
    applies: biasedOfSeveral,
    rules: (right) => ({
      biasGradient: (delta, step, pass, context) =>
        right.biasGradient(scale(1 / samples(pass), delta), step, pass, context),
    }),
  },
  'bias-first-sample': {
    equation: 'db = δ₁',
    explanation: 'the gradient of the biases is that of the first sample alone',
    applies: biasedOfSeveral,
    rules: (right) => ({
      biasGradient: (delta, ...rest) => right.biasGradient(onlyColumn(delta, 0), ...rest),
    }),
  },
  'bias-zero': {
    equation: 'db = 0',
    explanation: 'the biases get no gradient',
    applies: biased,
    rules: () => ({ biasGradient: (delta) => new Float64Array(delta.rows) }),
  },
  'bias-sum-over-units': {
    equation: 'db = Σ over units and samples, in every entry',
    explanation: 'the gradient of the biases is summed over the units too: one number for all of them',
    applies: (step, pass) => biased(step, pass) && step.layer.b.length > 1,
    rules: (right) => ({
      biasGradient: (...context) => {
        const db = right.biasGradient(...context);
        return db.map(() => sumOf(db));
      },
    }),
    forms: [
      {
        note: 'a single number',
        rules: (right) => ({
          biasGradient: (...context) => Float64Array.of(sumOf(right.biasGradient(...context))),
        }),
      },
    ],
  },
  'bias-wrong-axis': {
    equation: 'db = Σ δ over the units',
    explanation: 'the error is summed along the wrong axis: over the units instead of the samples',
    applies: (step, pass) => biased(step, pass) && !(step.layer.b.length === 1 && samples(pass) === 1),
    rules: () => ({ biasGradient: (delta) => rowSums(transpose(delta)) }),
  },
  'bias-row-sums': {
    equation: 'db = row sums of dW',
    explanation: 'the gradient of the biases is the sum of each row of dW instead of the error’s own',
    applies: biased,
    rules: () => ({ biasGradient: (_delta, _step, _pass, { dW }) => rowSums(dW) }),
    forms: [
      {
        note: 'of dW without its penalty',
        rules: (right) => ({
          biasGradient: (delta, step, pass) => rowSums(right.weightGradient(delta, step, pass)),
        }),
      },
    ],
  },
  'bias-before-slope': {
    equation: 'db = Σ Wᵀδ, without the slope',
    explanation: 'the gradient of the biases is taken from the error before it went through the slope',
    applies: (step, pass) => biased(step, pass) && isHidden(step, pass) && kindOf(step) !== 'identity',
    rules: (right) => ({
      biasGradient: (_delta, step, pass, context) => right.biasGradient(context.before, step, pass, context),
    }),
  },
  'bias-not-summed': {
    equation: 'db = δ, H × N',
    explanation: 'the gradient of the biases is not summed over the samples',
    applies: biasedOfSeveral,
    rules: () => ({ biasGradient: (delta) => delta.data }),
  },
} as const satisfies Record<string, Mistake>;
