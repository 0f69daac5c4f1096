import type { Rules } from '../core/backprop.ts';
import type { Pass, Step } from '../core/forward.ts';
import { map, matrix, scale } from '../core/matrix.ts';
import { penaltyFactor } from '../core/penalty.ts';
import { type Mistake, samples } from './mistake.ts';

// Mistakes of the gradient of the penalty, λW.

const regularized = (_step: Step, pass: Pass): boolean => pass.network.reg > 0;

const regularization =
  (factor: (pass: Pass) => number) =>
  (right: Rules): Partial<Rules> => ({
    regularization: (step, pass) => scale(factor(pass), right.regularization(step, pass)),
  });

/** db with the penalty of b times something, by the rule that knows the penalty of W. */
const withPenaltyOfBias =
  (factor: (samples: number) => number) =>
  (right: Rules): Partial<Rules> => ({
    biasGradient: (delta, step, pass, context) => {
      const db = right.biasGradient(delta, step, pass, context);
      const column = matrix(step.layer.b.length, 1, step.layer.b);
      const penalty = right.regularization({ ...step, layer: { ...step.layer, W: column } }, pass);
      return db.map((value, i) => value + factor(samples(pass)) * penalty.data[i]!);
    },
  });

export const regularizationMistakes = {
  'missing-reg': {
    equation: 'dW = δaᵀ',
    explanation: 'the gradient of the penalty, λW, is left out',
    applies: regularized,
    rules: regularization(() => 0),
  },
  'double-reg': {
    equation: 'dW = δaᵀ + 2λW',
    explanation: 'the ½ of the penalty is forgotten: 2λW is added',
    applies: regularized,
    rules: regularization(() => 2),
  },
  'half-reg': {
    equation: 'dW = δaᵀ + ½λW',
    explanation: 'the ½ of the penalty is kept: ½λW is added',
    applies: regularized,
    rules: regularization(() => 0.5),
  },
  'negative-reg': {
    equation: 'dW = δaᵀ − λW',
    explanation: 'the gradient of the penalty is subtracted',
    applies: regularized,
    rules: regularization(() => -1),
  },
  'l1-reg': {
    equation: 'dW = δaᵀ + λ sign(W)',
    explanation: 'the penalty is that of the absolute values (L1), not of the squares (L2)',
    applies: regularized,
    rules: () => ({
      regularization: ({ layer }, { network }) => {
        const lambda = penaltyFactor(network) / (network.penalty === 'full' ? 2 : 1);
        return map(layer.W, (w) => lambda * Math.sign(w));
      },
    }),
  },
  'reg-over-n': {
    equation: 'dW = δaᵀ + λW/N',
    explanation: 'the penalty is divided by N along with the data loss',
    applies: (step, pass) => regularized(step, pass) && samples(pass) > 1,
    rules: regularization((pass) => 1 / samples(pass)),
  },
  'reg-on-bias': {
    equation: 'db = Σδ + λb',
    explanation: 'the biases are regularized too',
    applies: (step, pass) =>
      regularized(step, pass) && pass.network.biased && step.layer.b.some((value) => value !== 0),
    rules: withPenaltyOfBias(() => 1),
    forms: [
      { note: 'with 2λb', rules: withPenaltyOfBias(() => 2) },
      { note: 'with ½λb', rules: withPenaltyOfBias(() => 0.5) },
      { note: 'with λb/N', rules: withPenaltyOfBias((N) => 1 / N) },
      { note: 'with λbN', rules: withPenaltyOfBias((N) => N) },
    ],
  },
  'reg-times-n': {
    equation: 'dW = δaᵀ + λWN',
    explanation: 'the penalty is multiplied by N, as if each sample had one of its own',
    applies: (step, pass) => regularized(step, pass) && samples(pass) > 1,
    rules: regularization(samples),
  },
  'reg-sum': {
    equation: 'dW = δaᵀ + λ ΣW in every entry',
    explanation: 'the sum of all weights is added to every entry instead of each weight to its own',
    applies: (step, pass) => regularized(step, pass) && step.layer.W.data.length > 1,
    rules: (right) => ({
      regularization: (step, pass) => {
        const own = right.regularization(step, pass);
        const sum = own.data.reduce((total, value) => total + value, 0);
        return map(own, () => sum);
      },
    }),
  },
} as const satisfies Record<string, Mistake>;
