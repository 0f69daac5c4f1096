import type { Rules } from '../core/backprop.ts';
import type { Pass, Step } from '../core/forward.ts';
import { add, at, type Matrix, matrix, multiply, rowSums, scale, transpose } from '../core/matrix.ts';
import { isHidden, isSquare, kindOf, mistakesOf, samples } from './mistake.ts';
import { allOn, nothingComesDown, symmetric } from './reasons.ts';
import type { Line } from './writing.ts';

// Mistakes of the way down through the weights, da = Wᵀδ.

const isAbove = ({ layer }: Step): boolean => layer.number > 1;

/** The way down through other weights than W. */
const through =
  (weights: (step: Step) => Matrix) =>
  (right: Rules): Partial<Rules> => ({
    errorThroughWeights: (delta, step, pass, context) =>
      right.errorThroughWeights(
        delta,
        { ...step, layer: { ...step.layer, W: weights(step) } },
        pass,
        context,
      ),
  });

/** Column j of W where column j + by belongs; beyond its end the first one again, or the biases. */
function shifted({ layer: { W, b } }: Step, by: 1 | -1, withBias: boolean): Matrix {
  const M = matrix(W.rows, W.cols);
  for (let i = 0; i < W.rows; i++) {
    for (let j = 0; j < W.cols; j++) {
      const from = j + by;
      const isBeyond = from < 0 || from >= W.cols;
      M.data[i * W.cols + j] = isBeyond && withBias ? b[i]! : at(W, i, (from + W.cols) % W.cols);
    }
  }
  return M;
}

/** How fast people learn, where an example needs a number. */
const LEARNING_RATE = 0.1;

/** The way down through W − η dW. */
export const throughUpdatedWeights = (right: Rules, eta: number): Partial<Rules> => ({
  errorThroughWeights: (delta, step, pass, context) => {
    const { W } = step.layer;
    const updated = add(W, scale(-eta, matrix(W.rows, W.cols, context.dW.data)));
    return right.errorThroughWeights(delta, { ...step, layer: { ...step.layer, W: updated } }, pass, context);
  },
});

/** A hidden layer between two others, where something of the output may come again. */
const isBetween = (step: Step, pass: Pass): boolean => isAbove(step) && isHidden(step, pass);

const above = (step: Step, pass: Pass): number => pass.steps[step.layer.number - 2]?.z.rows ?? 0;

/** daˡ⁻¹ as it is right. */
export const ERROR_THROUGH_WEIGHTS: Line = { equation: 'daˡ⁻¹ = Wˡᵀδˡ', code: 'da{l-1} = W{l}.T @ dz{l}' };

export const errorThroughWeightsMistakes = mistakesOf(
  {
    right: ERROR_THROUGH_WEIGHTS,
    derivation: '∂CE/∂a¹ = W²ᵀ(ŷ − y), going across layer 2',
    unseen: nothingComesDown,
  },
  {
    'missing-weights': {
      wrong: { equation: 'daˡ⁻¹ = Σᵢδˡ', code: 'da{l-1} = np.ones_like(a{l-1}) * dz{l}.sum(axis=0)' },
      mend: 'multiply by the transposed weights',
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
      wrong: { equation: 'daˡ⁻¹ = Wˡδˡ', code: 'da{l-1} = W{l} @ dz{l}' },
      mend: 'transpose the weights on the way down',
      explanation: 'the error is passed down through W instead of Wᵀ',
      applies: (step) => step.layer.number > 1 && isSquare(step),
      rules: (right) => ({
        errorThroughWeights: (delta, step, pass, context) =>
          right.errorThroughWeights(
            delta,
            { ...step, layer: { ...step.layer, W: transpose(step.layer.W) } },
            pass,
            context,
          ),
      }),
      unseen: (example) => [...example.steps.map(symmetric), ...nothingComesDown(example)],
    },
    'shifted-weights': {
      right: { equation: 'daˡ⁻¹ = Wˡᵀδˡ', code: 'da{l-1} = Theta{l}[:, 1:].T @ dz{l}' },
      wrong: { equation: 'daˡ⁻¹ = W′ᵀδˡ, columns off by one', code: 'da{l-1} = Theta{l}[:, :-1].T @ dz{l}' },
      mend: 'cut the bias column off at the end where it is',
      explanation:
        'the columns of the weights are off by one on the way down, as where a bias column is cut off at the wrong end',
      applies: (step) => isAbove(step) && step.layer.W.cols > 1,
      rules: through((step) => shifted(step, -1, true)),
      forms: [
        { note: 'the bias at the other end', rules: through((step) => shifted(step, 1, true)) },
        { note: 'cyclically', rules: through((step) => shifted(step, -1, false)) },
        { note: 'cyclically, the other way', rules: through((step) => shifted(step, 1, false)) },
      ],
    },
    'updated-weights': {
      wrong: { equation: 'daˡ⁻¹ = (Wˡ − η dWˡ)ᵀδˡ', code: 'W{l} -= eta * dW{l}; da{l-1} = W{l}.T @ dz{l}' },
      mend: 'pass the error down before the weights are updated, or keep a copy of them',
      explanation: 'the weights are updated before the error goes down through them',
      applies: isAbove,
      rules: (right) => throughUpdatedWeights(right, LEARNING_RATE),
    },
    'slope-missing-on-the-way-down': {
      wrong: { equation: 'daˡ⁻¹ = Wˡᵀdaˡ', code: 'da{l-1} = W{l}.T @ da{l}' },
      mend: 'pass down the error after the slope: dz, not da',
      explanation:
        'the layer below gets the error of before the slope, though dW and db use the one after it',
      applies: (step, pass) => isBetween(step, pass) && kindOf(step) !== 'identity',
      rules: (right) => ({
        errorThroughWeights: (_delta, step, pass, context) =>
          right.errorThroughWeights(context.before, step, pass, context),
      }),
      unseen: (example) => [...example.steps.map(allOn), ...nothingComesDown(example)],
    },
    'output-error-everywhere': {
      explainedOn: { layers: 3 },
      wrong: { equation: 'daˡ⁻¹ = Wᴸᵀδᴸ', code: 'da{l-1} = W{L}.T @ dz{L}' },
      mend: 'go on with the error of the layer above, not with that of the output',
      explanation:
        'the error of the output, or what came down from it, is used again further down instead of the error of the layer above',
      applies: (step, pass) =>
        isBetween(step, pass) &&
        [pass.logits.rows, pass.steps.at(-2)?.z.rows].some((rows) => rows === above(step, pass)),
      rules: (right) => ({
        errorThroughWeights: (delta, step, pass, context) => {
          const { fromOutput, output } = context;
          const rows = above(step, pass);
          if (fromOutput?.rows === rows) return fromOutput;
          return output.rows === rows ? output : right.errorThroughWeights(delta, step, pass, context);
        },
      }),
      forms: [
        {
          note: 'the error of the output itself',
          rules: (right) => ({
            errorThroughWeights: (delta, step, pass, context) =>
              context.output.rows === above(step, pass)
                ? context.output
                : right.errorThroughWeights(delta, step, pass, context),
          }),
        },
        {
          note: 'the error of the output through the weights of this layer',
          rules: (right) => ({
            errorThroughWeights: (delta, step, pass, context) =>
              right.errorThroughWeights(
                context.output.rows === delta.rows ? context.output : delta,
                step,
                pass,
                context,
              ),
          }),
        },
      ],
    },
    'mean-again-on-the-way-down': {
      wrong: { equation: 'daˡ⁻¹ = Wˡᵀδˡ/N', code: 'da{l-1} = W{l}.T @ dz{l} / N' },
      mend: 'divide by N once, at the output',
      explanation: 'the error is divided by N again on its way down',
      applies: (step, pass) => isAbove(step) && samples(pass) > 1,
      rules: (right) => ({
        errorThroughWeights: (delta, step, pass, context) =>
          right.errorThroughWeights(scale(1 / samples(pass), delta), step, pass, context),
      }),
    },
    'activation-passed-down': {
      wrong: { equation: 'daˡ⁻¹ = Wˡᵀaˡ', code: 'da{l-1} = W{l}.T @ a{l}' },
      mend: 'pass the error down, not the activation',
      explanation: 'the activation of the layer is passed down in the place of its error',
      applies: isAbove,
      rules: () => ({
        errorThroughWeights: (_delta, { layer, a }, pass) =>
          multiply(transpose(layer.W), layer.number === pass.steps.length ? pass.outputs : a),
      }),
    },
  },
);
