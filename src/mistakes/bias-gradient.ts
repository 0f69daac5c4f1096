import type { Pass, Step } from '../core/forward.ts';
import { rowSums, scale, transpose } from '../core/matrix.ts';
import { isHidden, kindOf, mistakesOf, onlyColumn, samples } from './mistake.ts';
import { loneSamples, nothingThere, throughNoSlope } from './reasons.ts';
import type { Line } from './writing.ts';

// Mistakes of the gradient of the biases, db = Σ δ.

const biased = (_step: Step, pass: Pass): boolean => pass.network.biased;
const biasedOfSeveral = (_step: Step, pass: Pass): boolean => pass.network.biased && samples(pass) > 1;

const sumOf = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

/** dbˡ as it is right. */
export const BIAS_GRADIENT: Line = { equation: 'dbˡ = Σₙδˡ', code: 'db{l} = dz{l}.sum(axis=1)' };

export const biasGradientMistakes = mistakesOf(
  {
    right: BIAS_GRADIENT,
    derivation: '∂CE/∂b² = ŷ − y, summed over the samples',
    unseen: nothingThere,
  },
  {
    'bias-mean': {
      wrong: { equation: 'dbˡ = Σₙδˡ/N', code: 'db{l} = dz{l}.mean(axis=1)' },
      mend: 'sum over the samples: the mean is in the error already',
      explanation: 'the gradient of the biases is averaged over the samples once more',
      applies: biasedOfSeveral,
      rules: (right) => ({
        biasGradient: (delta, step, pass, context) =>
          right.biasGradient(scale(1 / samples(pass), delta), step, pass, context),
      }),
    },
    'bias-first-sample': {
      wrong: { equation: 'dbˡ = δˡ of the first sample', code: 'db{l} = dz{l}[:, 0]' },
      mend: 'sum over the samples',
      explanation: 'the gradient of the biases is that of the first sample alone',
      applies: biasedOfSeveral,
      rules: (right) => ({
        biasGradient: (delta, ...rest) => right.biasGradient(onlyColumn(delta, 0), ...rest),
      }),
      unseen: (example) => [...nothingThere(example), ...loneSamples(example)],
    },
    'bias-zero': {
      wrong: { equation: 'dbˡ = 0', code: 'db{l} = np.zeros_like(b{l})' },
      mend: 'sum the error over the samples into db',
      explanation: 'the biases get no gradient',
      applies: biased,
      rules: () => ({ biasGradient: (delta) => new Float64Array(delta.rows) }),
    },
    'bias-sum-over-units': {
      wrong: { equation: 'dbˡ = Σᵢₙδˡ', code: 'db{l} = dz{l}.sum()' },
      mend: 'sum over the samples only, not over the units',
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
      wrong: { equation: 'dbˡ = Σᵢδˡ', code: 'db{l} = dz{l}.sum(axis=0)' },
      mend: 'sum along the axis of the samples',
      explanation: 'the error is summed along the wrong axis: over the units instead of the samples',
      applies: (step, pass) => biased(step, pass) && !(step.layer.b.length === 1 && samples(pass) === 1),
      rules: () => ({ biasGradient: (delta) => rowSums(transpose(delta)) }),
    },
    'bias-row-sums': {
      wrong: { equation: 'dbˡ = Σⱼ dWˡ', code: 'db{l} = dW{l}.sum(axis=1)' },
      mend: 'sum the error itself, not dW',
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
      wrong: { equation: 'dbˡ = Σₙ Wˡ⁺¹ᵀδˡ⁺¹', code: 'db{l} = da{l}.sum(axis=1)' },
      mend: 'sum the error after it went through the slope',
      explanation: 'the gradient of the biases is taken from the error before it went through the slope',
      applies: (step, pass) => biased(step, pass) && isHidden(step, pass) && kindOf(step) !== 'identity',
      rules: (right) => ({
        biasGradient: (_delta, step, pass, context) =>
          right.biasGradient(context.before, step, pass, context),
      }),
      unseen: throughNoSlope,
    },
    'bias-not-summed': {
      wrong: { equation: 'dbˡ = δˡ', code: 'db{l} = dz{l}' },
      mend: 'sum over the samples: db has the shape of b',
      explanation: 'the gradient of the biases is not summed over the samples',
      applies: biasedOfSeveral,
      rules: () => ({ biasGradient: (delta) => delta.data }),
    },
  },
);
