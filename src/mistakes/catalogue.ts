import { activations } from '../core/activations.ts';
import { outputResidual, type Rules } from '../core/backprop.ts';
import { type Pass, type Step, softmax } from '../core/forward.ts';
import { at, hadamard, type Matrix, map, matrix, rowSums, scale, transpose, zip } from '../core/matrix.ts';

/**
 * The classic mistakes of backprop: the real backward pass with one rule replaced.
 *
 * In the equations δ is the output error divided by N, s = φ′(z) and a the activation below.
 */
export interface Mistake {
  /** what is computed instead */
  readonly equation: string;
  /** what the author of such a gradient did, in a sentence */
  readonly explanation: string;
  /** whether it can be made at a layer of this pass and computes something else there by its definition */
  applies(step: Step, pass: Pass): boolean;
  /** the rules with the mistake in them; built from the right ones, or from those that measure sizes */
  rules(right: Rules): Partial<Rules>;
}

export type MistakeId = keyof typeof mistakes;

const samples = (pass: Pass): number => pass.network.X.cols;
const isOutput = (step: Step, pass: Pass): boolean => step.layer.number === pass.steps.length;
const isHidden = (step: Step, pass: Pass): boolean => !isOutput(step, pass);
const severalSamples = (_step: Step, pass: Pass): boolean => samples(pass) > 1;
const regularized = (_step: Step, pass: Pass): boolean => pass.network.reg > 0;
const isSquare = ({ layer: { W } }: Step): boolean => W.rows === W.cols && W.rows > 1;
const below = ({ layer }: Step, pass: Pass): Step | undefined => pass.steps[layer.number - 2];

/** A hidden layer whose activation is none of these: there the replaced slope would be the right one. */
const hiddenUnless =
  (...same: readonly string[]) =>
  (step: Step, pass: Pass): boolean =>
    isHidden(step, pass) && !same.includes(step.layer.activation ?? 'identity');

/** The error of the output replaced by something made of the right one and the pass. */
const outputError =
  (replace: (delta: Matrix, pass: Pass) => Matrix) =>
  (right: Rules): Partial<Rules> => ({
    outputError: (pass) => replace(right.outputError(pass), pass),
  });
const regularization =
  (factor: (pass: Pass) => number) =>
  (right: Rules): Partial<Rules> => ({
    regularization: (step, pass) => scale(factor(pass), right.regularization(step, pass)),
  });
const slope = (replace: (step: Step) => Matrix) => (): Partial<Rules> => ({ slope: replace });

/** A matrix with only its n-th column left. */
const onlyColumn = (M: Matrix, n: number): Matrix =>
  matrix(
    M.rows,
    M.cols,
    M.data.map((value, i) => (i % M.cols === n ? value : 0)),
  );
const phi = ({ layer }: Step) => activations[layer.activation ?? 'identity'];

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

export const mistakes = {
  // The error of the output ---------------------------------------------------------------------------
  'missing-mean': {
    equation: 'δ = ŷ − t',
    explanation: 'the output error is not divided by N, as if the loss were a sum over the samples',
    applies: (step, pass) => isOutput(step, pass) && samples(pass) > 1,
    rules: outputError((delta, pass) => scale(samples(pass), delta)),
  },
  'double-mean': {
    equation: 'δ = (ŷ − t)/N²',
    explanation: 'the output error is divided by N twice',
    applies: (step, pass) => isOutput(step, pass) && samples(pass) > 1,
    rules: outputError((delta, pass) => scale(1 / samples(pass), delta)),
  },
  'mean-over-classes': {
    equation: 'δ = (ŷ − t)/(NC)',
    explanation: 'the mean is taken over all entries of ŷ − t, classes as well as samples',
    applies: (step, pass) => isOutput(step, pass) && pass.network.Y.rows > 1,
    rules: outputError((delta, { network }) => scale(1 / network.Y.rows, delta)),
  },
  'flipped-sign': {
    equation: 'δ = (t − ŷ)/N',
    explanation: 'the output error has the opposite sign',
    applies: isOutput,
    rules: outputError((delta) => scale(-1, delta)),
  },
  'missing-target': {
    equation: 'δ = ŷ/N',
    explanation: 'the target is not subtracted from the probabilities',
    applies: isOutput,
    rules: outputError((_, pass) => scale(1 / samples(pass), pass.probabilities)),
  },
  'logits-for-probabilities': {
    equation: 'δ = (z − t)/N',
    explanation: 'the output error is taken from the logits: softmax was forgotten',
    applies: isOutput,
    rules: outputError((_, { network, logits }) =>
      scale(
        1 / network.X.cols,
        zip(logits, network.Y, (z, t) => z - t),
      ),
    ),
  },
  'double-softmax': {
    equation: 'δ = (ŷ − t) ◦ ŷ ◦ (1 − ŷ)/N',
    explanation: 'a slope of softmax is multiplied in, though ŷ − t already contains it',
    applies: isOutput,
    rules: outputError((delta, { probabilities }) =>
      hadamard(
        delta,
        map(probabilities, (y) => y * (1 - y)),
      ),
    ),
  },
  'softmax-over-samples': {
    equation: 'δ = (ŷ − t)/N, ŷ normalized over the samples',
    explanation: 'softmax is taken along the wrong axis: over the samples instead of the classes',
    applies: (step, pass) => isOutput(step, pass) && (samples(pass) > 1 || pass.network.Y.rows > 1),
    rules: outputError((_, { network: { X, Y }, logits }) =>
      scale(
        1 / X.cols,
        zip(transpose(softmax(transpose(logits))), Y, (y, t) => y - t),
      ),
    ),
  },
  'sigmoid-for-softmax': {
    equation: 'δ = (σ(z) − t)/N',
    explanation: 'the output goes through a sigmoid instead of a softmax',
    applies: isOutput,
    rules: outputError((_, { network, logits }) =>
      scale(
        1 / network.X.cols,
        zip(logits, network.Y, (z, t) => activations.sigmoid.value(z) - t),
      ),
    ),
  },
  'shifted-labels': {
    equation: 'δ = (ŷ − t′)/N, t′ the target of the next class',
    explanation: 'the labels are off by one class',
    applies: (step, pass) => isOutput(step, pass) && pass.network.Y.rows > 1,
    rules: outputError((_, { network: { X, Y }, probabilities }) => {
      const next = matrix(Y.rows, Y.cols);
      for (let k = 0; k < Y.rows; k++)
        next.data.set(Y.data.subarray(k * Y.cols, (k + 1) * Y.cols), ((k + 1) % Y.rows) * Y.cols);
      return scale(1 / X.cols, outputResidual(probabilities, next));
    }),
  },

  // Regularization --------------------------------------------------------------------------------------
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
      regularization: ({ layer }, { network }) => map(layer.W, (w) => network.reg * Math.sign(w)),
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
    applies: (step, pass) => regularized(step, pass) && step.layer.b.some((value) => value !== 0),
    rules: (right) => ({
      biasGradient: (delta, step, pass) => {
        const db = right.biasGradient(delta, step, pass);
        // The penalty of b, by the rule that knows the penalty of W.
        const column = matrix(step.layer.b.length, 1, step.layer.b);
        const penalty = right.regularization({ ...step, layer: { ...step.layer, W: column } }, pass);
        return db.map((value, i) => value + penalty.data[i]!);
      },
    }),
  },

  // The gradient of the weights -----------------------------------------------------------------------
  'preactivation-for-activation': {
    equation: 'dW = δzᵀ',
    explanation: 'the gradient of the weights is taken with z of the layer below instead of a',
    applies: (step, pass) => (below(step, pass)?.layer.activation ?? 'identity') !== 'identity',
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
      biasGradient: (delta, step, pass) => right.biasGradient(onlyColumn(delta, delta.cols - 1), step, pass),
    }),
  },

  // The gradient of the biases ------------------------------------------------------------------------
  'bias-mean': {
    equation: 'db = (1/N) Σδ',
    explanation: 'the gradient of the biases is averaged over the samples once more',
    applies: severalSamples,
    rules: (right) => ({
      biasGradient: (delta, step, pass) => right.biasGradient(scale(1 / samples(pass), delta), step, pass),
    }),
  },
  'bias-first-sample': {
    equation: 'db = δ₁',
    explanation: 'the gradient of the biases is that of the first sample alone',
    applies: severalSamples,
    rules: (right) => ({
      biasGradient: (delta, step, pass) => right.biasGradient(onlyColumn(delta, 0), step, pass),
    }),
  },
  'bias-zero': {
    equation: 'db = 0',
    explanation: 'the biases get no gradient',
    applies: severalSamples,
    rules: () => ({ biasGradient: (delta) => new Float64Array(delta.rows) }),
  },

  // The slope of the activation -------------------------------------------------------------------------
  'missing-slope': {
    equation: 's = 1',
    explanation: 'the slope of the activation is left out',
    applies: hiddenUnless('identity'),
    rules: slope(({ z }) => map(z, () => 1)),
  },
  'slope-of-activation': {
    equation: 's = φ′(a)',
    explanation: 'the slope is taken at a instead of z, as if the activation were applied twice',
    applies: hiddenUnless('identity', 'relu'), // [a > 0] = [z > 0]
    rules: slope((step) => map(step.a, phi(step).slope)),
  },
  'slope-sign': {
    equation: 's = a(1 + a), for tanh 1 + a², else −φ′(z)',
    explanation: 'a sign in the slope of the activation is wrong',
    applies: isHidden,
    rules: slope((step) => {
      if (step.layer.activation === 'sigmoid') return map(step.a, (a) => a * (1 + a));
      if (step.layer.activation === 'tanh') return map(step.a, (a) => 1 + a * a);
      return map(step.z, (z) => -phi(step).slope(z));
    }),
  },
  'slope-of-tanh': {
    equation: 's = 1 − tanh² z',
    explanation: 'the slope is that of tanh',
    applies: hiddenUnless('tanh'),
    rules: slope(({ z }) => map(z, activations.tanh.slope)),
  },
  'slope-of-relu': {
    equation: 's = [z > 0]',
    explanation: 'the slope is that of a ReLU',
    applies: hiddenUnless('relu'),
    rules: slope(({ z }) => map(z, activations.relu.slope)),
  },

  'tanh-formula': {
    equation: 's = 1 − a²',
    explanation: 'the slope is written 1 − a², which is that of tanh',
    applies: hiddenUnless('tanh'),
    rules: slope(({ a }) => map(a, (value) => 1 - value * value)),
  },
  'sigmoid-formula': {
    equation: 's = a(1 − a)',
    explanation: 'the slope is written a(1 − a), which is that of sigmoid',
    applies: hiddenUnless('sigmoid'),
    rules: slope(({ a }) => map(a, (value) => value * (1 - value))),
  },
  'slope-from-preactivation': {
    equation: 's = z(1 − z), for tanh 1 − z²',
    explanation: 'the slope is written for a but computed from z',
    applies: (step, pass) =>
      isHidden(step, pass) && ['sigmoid', 'tanh'].includes(step.layer.activation ?? 'identity'),
    rules: slope(({ layer, z }) =>
      map(z, layer.activation === 'sigmoid' ? (v) => v * (1 - v) : (v) => 1 - v * v),
    ),
  },
  'double-slope': {
    equation: 's = φ′(z)²',
    explanation: 'the slope of the activation is multiplied in twice',
    applies: hiddenUnless('identity', 'relu'), // 1² = 1, 0² = 0
    rules: (right) => ({ slope: (step, pass) => map(right.slope(step, pass), (s) => s * s) }),
  },

  // The way down through the weights --------------------------------------------------------------------
  'missing-weights': {
    equation: 'da = 1 1ᵀδ',
    explanation: 'the error is passed down without the weights: each unit gets the sum of all errors above',
    applies: ({ layer }) => layer.number > 1,
    rules: () => ({
      errorThroughWeights: (delta, { input }) => {
        const total = rowSums(transpose(delta));
        return matrix(
          input.rows,
          input.cols,
          Float64Array.from(input.data, (_, i) => total[i % input.cols]!),
        );
      },
    }),
  },
  'transposed-weights': {
    equation: 'da = Wδ',
    explanation: 'the error is passed down through W instead of Wᵀ',
    applies: (step) => step.layer.number > 1 && isSquare(step),
    rules: (right) => ({
      errorThroughWeights: (delta, step, pass) =>
        right.errorThroughWeights(
          delta,
          { ...step, layer: { ...step.layer, W: transpose(step.layer.W) } },
          pass,
        ),
    }),
  },
} as const satisfies Record<string, Mistake>;

export const mistakeIds = Object.keys(mistakes) as MistakeId[];
