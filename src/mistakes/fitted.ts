import type { Mistake } from './mistake.ts';

// What a diagnosis finds by fitting a number, or by comparing entries. An audit plants none of these.

/** What is said of a wrong gradient that is not a mistake of the catalogue. */
export type Finding = Pick<Mistake, 'right' | 'wrong' | 'explanation' | 'mend' | 'derivation'>;

const WEIGHTS = {
  right: { equation: 'dWˡ = δˡaˡ⁻¹ᵀ + {λ}Wˡ', code: 'dW{l} = dz{l} @ a{l-1}.T + {λ} * W{l}' },
  derivation: '∂CE/∂W² = (ŷ − y) a¹ᵀ, since z² = W²a¹ + b²',
};

export const fittedFindings = {
  'constant-factor': {
    right: { equation: 'δˡ = Wˡ⁺¹ᵀδˡ⁺¹ ◦ {slope}(zˡ)', code: 'dz{l} = (W{l+1}.T @ dz{l+1}) * {slope}' },
    wrong: {
      equation: 'δˡ = c · Wˡ⁺¹ᵀδˡ⁺¹ ◦ {slope}(zˡ)',
      code: 'dz{l} = c * (W{l+1}.T @ dz{l+1}) * {slope}',
    },
    explanation: 'an error, or all of a gradient, is a number times what it should be',
    mend: 'look for what the number is: 1/N, C, a learning rate, a ½ or a 2 of the loss',
    derivation: '∂CE/∂z² = ŷ − y, and the 1/N of the loss',
  },
  'gradient-factor': {
    ...WEIGHTS,
    wrong: {
      equation: 'dWˡ = c(δˡaˡ⁻¹ᵀ + {λ}Wˡ)',
      code: 'dW{l} = c * (dz{l} @ a{l-1}.T + {λ} * W{l})',
    },
    explanation: 'a dW or db is a number times what it should be, and what is below it is not',
    mend: 'look for what the number is: a learning rate that is folded in, or a mean taken here',
  },
  'reg-factor': {
    right: WEIGHTS.right,
    wrong: { equation: 'dWˡ = δˡaˡ⁻¹ᵀ + β{λ}Wˡ', code: 'dW{l} = dz{l} @ a{l-1}.T + beta * {λ} * W{l}' },
    explanation: 'the gradient of the penalty is a number times what it should be',
    mend: 'use the λ of the loss, with the factor that its derivative has',
    derivation: 'the derivative of 0.5 λ ‖W‖²: the 0.5 cancels',
  },
  'other-weights': {
    right: { equation: 'daˡ⁻¹ = Wˡᵀδˡ', code: 'da{l-1} = W{l}.T @ dz{l}' },
    wrong: { equation: 'daˡ⁻¹ = W′ᵀδˡ, W′ other than Wˡ', code: 'da{l-1} = W_old.T @ dz{l}' },
    explanation:
      'the error goes down through other weights than those of the forward pass, such as initial ones or another layer’s',
    mend: 'use the weights that the forward pass used',
    derivation: '∂CE/∂a¹ = W²ᵀ(ŷ − y), going across layer 2',
  },
  transposed: {
    ...WEIGHTS,
    wrong: { equation: 'dWˡ = aˡ⁻¹δˡᵀ + {λ}Wˡᵀ', code: 'dW{l} = a{l-1} @ dz{l}.T + {λ} * W{l}.T' },
    explanation: 'the gradient is right, and transposed',
    mend: 'give dW the shape of W, or say how your weights lie: --weights in-out',
  },
  'permuted-rows': {
    ...WEIGHTS,
    wrong: {
      equation: 'dWˡ, its rows in another order',
      code: 'dW{l} = (dz{l} @ a{l-1}.T + {λ} * W{l})[order]',
    },
    explanation: 'the rows are those of the right gradient in another order',
    mend: 'keep the order of the units',
  },
  'permuted-columns': {
    ...WEIGHTS,
    wrong: {
      equation: 'dWˡ, its columns in another order',
      code: 'dW{l} = (dz{l} @ a{l-1}.T + {λ} * W{l})[:, order]',
    },
    explanation: 'the columns are those of the right gradient in another order',
    mend: 'keep the order of the inputs',
  },
  zero: {
    ...WEIGHTS,
    wrong: { equation: 'dWˡ = 0', code: 'dW{l} = np.zeros_like(W{l})' },
    explanation: 'all of it is zero, as when a gradient was never written',
    mend: 'write the gradient into the array that is returned',
  },
  float32: {
    ...WEIGHTS,
    wrong: { equation: 'dWˡ, rounded to float32', code: 'dW{l} = dW{l}.astype(np.float32)' },
    explanation: 'the gradient is right to the precision of float32, and was to be judged as float64',
    mend: 'compute in float64, or say that it is float32: --dtype float32',
  },
} as const satisfies Record<string, Finding>;

export type FittedId = keyof typeof fittedFindings;
