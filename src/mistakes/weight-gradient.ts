import type { Rules } from '../core/backprop.ts';
import type { Step } from '../core/forward.ts';
import { at, type Matrix, matrix, scale, transpose } from '../core/matrix.ts';
import { below, isSquare, kindOf, mistakesOf, onlyColumn, severalSamples } from './mistake.ts';
import { alike, loneSamples, nothingThere, sameAsBelow } from './reasons.ts';
import type { Line } from './writing.ts';

// Mistakes of the gradient of the weights, dW = δaᵀ.

/** A mistake that concerns dW as a whole, data and penalty alike. */
const onWhole = (right: Rules, change: (M: Matrix) => Matrix): Partial<Rules> => ({
  weightGradient: (delta, step, pass) => change(right.weightGradient(delta, step, pass)),
  regularization: (step, pass) => change(right.regularization(step, pass)),
});

function reverseRows(M: Matrix): Matrix {
  const R = matrix(M.rows, M.cols);
  for (let i = 0; i < M.rows; i++)
    for (let j = 0; j < M.cols; j++) R.data[i * M.cols + j] = at(M, M.rows - 1 - i, j);
  return R;
}

/** Whether a and z differ. */
const isActivated = (step: Step | undefined): boolean => step !== undefined && kindOf(step) !== 'identity';

/** dWˡ as it is right. */
export const WEIGHT_GRADIENT: Line = {
  equation: 'dWˡ = δˡaˡ⁻¹ᵀ{+λW}',
  code: 'dW{l} = dz{l} @ a{l-1}.T{+λW}',
};

export const weightGradientMistakes = mistakesOf(
  {
    right: WEIGHT_GRADIENT,
    derivation: '∂CE/∂W² = (ŷ − y) a¹ᵀ, since z² = W²a¹ + b²',
    unseen: nothingThere,
  },
  {
    'preactivation-for-activation': {
      wrong: { equation: 'dWˡ = δˡzˡ⁻¹ᵀ{+λW}', code: 'dW{l} = dz{l} @ z{l-1}.T{+λW}' },
      mend: 'use the activation of the layer below, which is what the weights were multiplied with',
      explanation: 'the gradient of the weights is taken with z of the layer below instead of a',
      applies: (step, pass) => isActivated(below(step, pass)),
      rules: (right) => ({
        weightGradient: (delta, step, pass) =>
          right.weightGradient(delta, { ...step, input: below(step, pass)?.z ?? step.input }, pass),
      }),
      unseen: (example) => [...nothingThere(example), ...sameAsBelow(example)],
    },
    'data-zero': {
      wrong: { equation: 'dWˡ = {0+λW}', code: 'dW{l} = {0+λW}' },
      mend: 'write the product of the error and the input into dW: nothing of the data is in it',
      explanation: 'nothing of the data reaches these weights',
      applies: () => true,
      rules: (right) => ({
        weightGradient: (delta, step, pass) => scale(0, right.weightGradient(delta, step, pass)),
      }),
    },
    'scaled-input': {
      wrong: { equation: 'dWˡ = δˡ(2aˡ⁻¹)ᵀ{+λW}', code: 'dW{l} = dz{l} @ (2 * a{l-1}).T{+λW}' },
      mend: 'count the input once',
      explanation: 'the input of the layer counts twice in the gradient of its weights',
      applies: () => true,
      rules: (right) => ({
        weightGradient: (delta, step, pass) =>
          right.weightGradient(delta, { ...step, input: scale(2, step.input) }, pass),
      }),
    },
    'reversed-rows': {
      wrong: {
        equation: 'dWˡ = δˡaˡ⁻¹ᵀ{+λW}, rows in reverse order',
        code: 'dW{l} = (dz{l} @ a{l-1}.T{+λW})[::-1]',
      },
      mend: 'keep the order of the units',
      explanation: 'the output units of dW stand in reverse order',
      applies: ({ layer }) => layer.W.rows > 1,
      rules: (right) => onWhole(right, reverseRows),
      unseen: alike,
    },
    'transposed-gradient': {
      wrong: { equation: 'dWˡ = (δˡaˡ⁻¹ᵀ{+λW})ᵀ', code: 'dW{l} = (dz{l} @ a{l-1}.T{+λW}).T' },
      mend: 'dW lies as W does: the units of the layer along the same axis',
      explanation: 'dW is transposed',
      applies: isSquare,
      rules: (right) => onWhole(right, transpose),
      unseen: alike,
    },
    'stale-sample': {
      right: {
        equation: 'dWˡ = δˡaˡ⁻¹ᵀ{+λW}',
        code: 'for n in range(N): dW{l} += np.outer(dz{l}[:, n], a{l-1}[:, n])',
      },
      wrong: {
        equation: 'dWˡ = δˡaˡ⁻¹ᵀ of the last sample{+λW}',
        code: 'for n in range(N): dW{l} = np.outer(dz{l}[:, n], a{l-1}[:, n])',
      },
      mend: 'add up over the samples: += instead of =',
      explanation:
        'only the last sample counts, as when a loop overwrites the gradient instead of adding to it',
      applies: severalSamples,
      rules: (right) => ({
        weightGradient: (delta, step, pass) =>
          right.weightGradient(onlyColumn(delta, delta.cols - 1), step, pass),
        biasGradient: (delta, ...rest) => right.biasGradient(onlyColumn(delta, delta.cols - 1), ...rest),
      }),
      unseen: (example) => [...nothingThere(example), ...loneSamples(example)],
    },
    'own-activation': {
      wrong: { equation: 'dWˡ = δˡaˡᵀ{+λW}', code: 'dW{l} = dz{l} @ a{l}.T{+λW}' },
      mend: 'use the activation of the layer below, not that of the layer itself',
      explanation:
        'the gradient of the weights is taken with the activation of the layer itself instead of the one below',
      applies: ({ layer: { W } }) => W.rows === W.cols,
      rules: (right) => ({
        weightGradient: (delta, step, pass) =>
          right.weightGradient(
            delta,
            { ...step, input: step.layer.number === pass.steps.length ? pass.outputs : step.a },
            pass,
          ),
      }),
    },
  },
);
