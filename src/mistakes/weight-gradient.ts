import type { Rules } from '../core/backprop.ts';
import type { Step } from '../core/forward.ts';
import { at, type Matrix, matrix, scale, transpose } from '../core/matrix.ts';
import { below, isSquare, kindOf, type Mistake, onlyColumn, severalSamples } from './mistake.ts';

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

export const weightGradientMistakes = {
  'preactivation-for-activation': {
    equation: 'dW = δzᵀ',
    explanation: 'the gradient of the weights is taken with z of the layer below instead of a',
    applies: (step, pass) => isActivated(below(step, pass)),
    rules: (right) => ({
      weightGradient: (delta, step, pass) =>
        right.weightGradient(delta, { ...step, input: below(step, pass)?.z ?? step.input }, pass),
    }),
  },
  'data-zero': {
    equation: 'dW = λW',
    explanation: 'nothing of the data reaches these weights',
    applies: () => true,
    rules: (right) => ({
      weightGradient: (delta, step, pass) => scale(0, right.weightGradient(delta, step, pass)),
    }),
  },
  'scaled-input': {
    equation: 'dW = δ(2a)ᵀ',
    explanation: 'the input of the layer counts twice in the gradient of its weights',
    applies: () => true,
    rules: (right) => ({
      weightGradient: (delta, step, pass) =>
        right.weightGradient(delta, { ...step, input: scale(2, step.input) }, pass),
    }),
  },
  'reversed-rows': {
    equation: 'dWᵢⱼ = right dW of row Hₗ − 1 − i',
    explanation: 'the output units of dW stand in reverse order',
    applies: ({ layer }) => layer.W.rows > 1,
    rules: (right) => onWhole(right, reverseRows),
  },
  'transposed-gradient': {
    equation: 'dW = (right dW)ᵀ',
    explanation: 'dW is transposed',
    applies: isSquare,
    rules: (right) => onWhole(right, transpose),
  },
  'stale-sample': {
    equation: 'dW = δ_N a_Nᵀ, db = δ_N',
    explanation:
      'only the last sample counts, as when a loop overwrites the gradient instead of adding to it',
    applies: severalSamples,
    rules: (right) => ({
      weightGradient: (delta, step, pass) =>
        right.weightGradient(onlyColumn(delta, delta.cols - 1), step, pass),
      biasGradient: (delta, ...rest) => right.biasGradient(onlyColumn(delta, delta.cols - 1), ...rest),
    }),
  },
  'own-activation': {
    equation: 'dW = δ(aˡ)ᵀ',
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
} as const satisfies Record<string, Mistake>;
