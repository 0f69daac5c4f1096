import type { Rules } from '../core/backprop.ts';
import type { Pass, Step } from '../core/forward.ts';
import { map, matrix, scale } from '../core/matrix.ts';
import { penaltyFactor } from '../core/penalty.ts';
import { mistakesOf, samples } from './mistake.ts';
import { smallPenalty } from './reasons.ts';

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

const SUM = { equation: 'dbˡ = Σₙδˡ', code: 'db{l} = dz{l}.sum(axis=1)' };

export const regularizationMistakes = mistakesOf(
  {
    right: { equation: 'dWˡ = δˡaˡ⁻¹ᵀ + {λ}Wˡ', code: 'dW{l} = dz{l} @ a{l-1}.T + {λ} * W{l}' },
    derivation: 'the derivative of 0.5 λ ‖W‖²: the 0.5 cancels',
    unseen: ({ pass, steps }) => [smallPenalty(pass, 'W', steps)],
  },
  {
    'missing-reg': {
      wrong: { equation: 'dWˡ = δˡaˡ⁻¹ᵀ', code: 'dW{l} = dz{l} @ a{l-1}.T' },
      mend: 'add the gradient of the penalty to dW',
      explanation: 'the gradient of the penalty, λW, is left out',
      applies: regularized,
      rules: regularization(() => 0),
    },
    'double-reg': {
      wrong: { equation: 'dWˡ = δˡaˡ⁻¹ᵀ + {2λ}Wˡ', code: 'dW{l} = dz{l} @ a{l-1}.T + {2λ} * W{l}' },
      mend: 'mind the factor of the penalty: the ½ of ½λ‖W‖² cancels the 2 of its derivative',
      explanation: 'the ½ of the penalty is forgotten: 2λW is added',
      applies: regularized,
      rules: regularization(() => 2),
    },
    'half-reg': {
      wrong: { equation: 'dWˡ = δˡaˡ⁻¹ᵀ + {½λ}Wˡ', code: 'dW{l} = dz{l} @ a{l-1}.T + {½λ} * W{l}' },
      mend: 'mind the factor of the penalty: the ½ of ½λ‖W‖² cancels the 2 of its derivative',
      explanation: 'the ½ of the penalty is kept: ½λW is added',
      applies: regularized,
      rules: regularization(() => 0.5),
    },
    'negative-reg': {
      wrong: { equation: 'dWˡ = δˡaˡ⁻¹ᵀ − {λ}Wˡ', code: 'dW{l} = dz{l} @ a{l-1}.T - {λ} * W{l}' },
      mend: 'add the gradient of the penalty: the loss adds it',
      explanation: 'the gradient of the penalty is subtracted',
      applies: regularized,
      rules: regularization(() => -1),
    },
    'l1-reg': {
      wrong: {
        equation: 'dWˡ = δˡaˡ⁻¹ᵀ + λ sign(Wˡ)',
        code: 'dW{l} = dz{l} @ a{l-1}.T + reg * np.sign(W{l})',
      },
      mend: 'the derivative of w² is 2w, not the sign of w',
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
      wrong: { equation: 'dWˡ = δˡaˡ⁻¹ᵀ + {λ}Wˡ/N', code: 'dW{l} = dz{l} @ a{l-1}.T + {λ} * W{l} / N' },
      mend: 'add the penalty after the mean is taken: it is not divided by N',
      explanation: 'the penalty is divided by N along with the data loss',
      applies: (step, pass) => regularized(step, pass) && samples(pass) > 1,
      rules: regularization((pass) => 1 / samples(pass)),
    },
    'reg-on-bias': {
      wrong: { equation: 'dbˡ = Σₙδˡ + {λ}bˡ', code: 'db{l} = dz{l}.sum(axis=1) + {λ} * b{l}' },
      mend: 'leave the biases out of the penalty, in the gradient as in the loss',
      right: SUM,
      explanation: 'the biases are regularized too',
      applies: (step, pass) =>
        regularized(step, pass) && pass.network.biased && step.layer.b.some((value) => value !== 0),
      rules: withPenaltyOfBias(() => 1),
      unseen: ({ pass, steps }) => [smallPenalty(pass, 'b', steps)],
      forms: [
        { note: 'with 2λb', rules: withPenaltyOfBias(() => 2) },
        { note: 'with ½λb', rules: withPenaltyOfBias(() => 0.5) },
        { note: 'with λb/N', rules: withPenaltyOfBias((N) => 1 / N) },
        { note: 'with λbN', rules: withPenaltyOfBias((N) => N) },
      ],
    },
    'reg-times-n': {
      wrong: { equation: 'dWˡ = δˡaˡ⁻¹ᵀ + {λ}Wˡ · N', code: 'dW{l} = dz{l} @ a{l-1}.T + N * {λ} * W{l}' },
      mend: 'add the penalty once, outside of the loop over the samples',
      explanation: 'the penalty is multiplied by N, as if each sample had one of its own',
      applies: (step, pass) => regularized(step, pass) && samples(pass) > 1,
      rules: regularization(samples),
    },
    'reg-sum': {
      wrong: { equation: 'dWˡ = δˡaˡ⁻¹ᵀ + {λ} ΣWˡ', code: 'dW{l} = dz{l} @ a{l-1}.T + {λ} * W{l}.sum()' },
      mend: 'add to each entry the penalty of its own weight',
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
  },
);
