import { activationOf, activations } from '../core/activations.ts';
import type { Rules } from '../core/backprop.ts';
import { batchOf, type Pass, type Step } from '../core/forward.ts';
import { lossOf } from '../core/losses/losses.ts';
import { hadamard, type Matrix, map, matrix, scale, subtract, transpose, zip } from '../core/matrix.ts';
import type { Output } from '../core/objective.ts';
import { divisorOf } from '../core/reduction.ts';
import { softmax } from '../core/softmax.ts';
import { isOutput, mistakesOf, samples } from './mistake.ts';
import { evenOutputs, nothingThere } from './reasons.ts';
import type { Line } from './writing.ts';

// Mistakes of the error of the output, δ^L.

/** The error of the output replaced by something made of the right one and the pass. */
const outputError =
  (replace: (delta: Matrix, pass: Pass) => Matrix) =>
  (right: Rules): Partial<Rules> => ({
    outputError: (pass) => replace(right.outputError(pass), pass),
  });

/** The error of the output replaced by another one of each sample, which κ is then applied to. */
const sampleError = (error: (pass: Pass) => Matrix) =>
  outputError((_, pass) => scale(1 / divisorOf(pass.network), error(pass)));

/** ∂ℓ/∂z as if the targets were others. */
const errorFor = (pass: Pass, t: Matrix): Matrix => lossOf(pass.network).error({ ...batchOf(pass), t });

const severalClasses = ({ network }: Pass): boolean => network.Y.rows > 1;
const isSum = ({ network }: Pass): boolean => network.reduction === 'sum';
const isCrossEntropy = ({ network }: Pass): boolean => network.loss === 'cross-entropy';
const isSquaredError = ({ network: { loss } }: Pass): boolean =>
  loss === 'squared-error' || loss === 'half-squared-error';
/** Whether the output is a softmax, and the loss its cross-entropy. */
const isTextbook = (pass: Pass): boolean => isCrossEntropy(pass) && pass.network.output === 'softmax';

/** An identity, or a leaky ReLU that is one. */
const isIdentity = (output: Output): boolean =>
  output === 'identity' ||
  (typeof output === 'object' && 'leaky-relu' in output && output['leaky-relu'] === 1);

/** At the output, where that is so of the pass. */
const atOutput =
  (holds: (pass: Pass) => boolean = () => true) =>
  (step: Step, pass: Pass): boolean =>
    isOutput(step, pass) && holds(pass);

/** φ′(z^L) of an output that is an activation. */
const outputSlope = ({ network: { output }, logits }: Pass): Matrix =>
  map(logits, activationOf(output === 'softmax' ? 'identity' : output).slope);

/** The targets moved to a class so many further on, cyclically. */
function shiftedClasses(Y: Matrix, by: number): Matrix {
  const shifted = matrix(Y.rows, Y.cols);
  for (let k = 0; k < Y.rows; k++)
    shifted.data.set(Y.data.subarray(k * Y.cols, (k + 1) * Y.cols), ((k + by + Y.rows) % Y.rows) * Y.cols);
  return shifted;
}

/** δ^L as it is right. */
export const OUTPUT_ERROR: Line = { equation: 'δᴸ = {e}{κ}', code: 'dz{L} = {e}{κ}' };

export const outputErrorMistakes = mistakesOf(
  {
    right: OUTPUT_ERROR,
    derivation: '∂CE/∂z² = ŷ − y, by the chain rule through softmax and logarithm together',
    unseen: nothingThere,
  },
  {
    'missing-mean': {
      wrong: { equation: 'δᴸ = {e}{κN}', code: 'dz{L} = {e}{κN}' },
      mend: 'divide the error of the output by what the loss is divided by, once',
      explanation: 'the output error is not divided by N as the loss is (or is, though the loss is a sum)',
      applies: atOutput((pass) => samples(pass) > 1),
      rules: outputError((delta, pass) => scale(isSum(pass) ? 1 / samples(pass) : samples(pass), delta)),
    },
    'double-mean': {
      wrong: { equation: 'δᴸ = {e}{κ/N}', code: 'dz{L} = {e}{κ/N}' },
      mend: 'divide by N in one place only: in the error of the output, or in dW and db',
      explanation: 'the output error is divided by N twice',
      applies: atOutput((pass) => samples(pass) > 1 && !isSum(pass)),
      rules: outputError((delta, pass) => scale(1 / samples(pass), delta)),
    },
    'mean-over-classes': {
      wrong: { equation: 'δᴸ = {e}{κ/C}', code: 'dz{L} = {e}{κ/C}' },
      mend: 'divide by the number of samples, not by the number of entries of ŷ (no np.mean over all of it)',
      explanation: 'the mean is taken over all entries of ŷ − t, classes as well as samples',
      applies: atOutput(severalClasses),
      rules: outputError((delta, { network }) => scale(1 / network.Y.rows, delta)),
    },
    'flipped-sign': {
      wrong: { equation: 'δᴸ = −{e}{κ}', code: 'dz{L} = -{e}{κ}' },
      mend: 'subtract the target from the output, not the output from the target (or add the update, not both)',
      explanation: 'the output error has the opposite sign',
      applies: atOutput(),
      rules: outputError((delta) => scale(-1, delta)),
    },
    'missing-target': {
      wrong: { equation: 'δᴸ = {ŷ}{κ}', code: 'dz{L} = {ŷ}{κ}' },
      mend: 'subtract the target: 1 at the class of each sample',
      explanation: 'the target is not subtracted from the output',
      applies: atOutput((pass) => isCrossEntropy(pass) || isSquaredError(pass)),
      rules: sampleError((pass) =>
        isCrossEntropy(pass)
          ? pass.outputs
          : errorFor(pass, matrix(pass.network.Y.rows, pass.network.Y.cols)),
      ),
    },
    'logits-for-probabilities': {
      wrong: { equation: 'δᴸ = (zᴸ − t){κ}', code: 'dz{L} = (z{L} - Y){κ}' },
      mend: 'apply softmax to the logits before the target is subtracted',
      explanation: 'the output error is taken from the logits: softmax was forgotten',
      applies: atOutput(isTextbook),
      rules: sampleError(({ network, logits }) => subtract(logits, network.Y)),
    },
    'double-softmax': {
      wrong: {
        equation: 'δᴸ = (ŷ − t) ◦ ŷ ◦ (1 − ŷ){κ}',
        code: 'dz{L} = (y_hat - Y) * y_hat * (1 - y_hat){κ}',
      },
      mend: 'leave the slope out: ŷ − t is the derivative through softmax and logarithm together',
      explanation: 'a slope of softmax is multiplied in, though ŷ − t already contains it',
      applies: atOutput(isTextbook),
      rules: outputError((delta, { outputs }) =>
        hadamard(
          delta,
          map(outputs, (y) => y * (1 - y)),
        ),
      ),
    },
    'softmax-over-samples': {
      right: {
        equation: 'δᴸ = (ŷ − t){κ}, Σₖ ŷ = 1',
        code: 'y_hat = np.exp(z{L}) / np.exp(z{L}).sum(axis=0)',
      },
      wrong: {
        equation: 'δᴸ = (ŷ − t){κ}, Σₙ ŷ = 1',
        code: 'y_hat = np.exp(z{L}) / np.exp(z{L}).sum(axis=1, keepdims=True)',
      },
      mend: 'normalize softmax over the classes: the axis along which a sample lies',
      explanation: 'softmax is taken along the wrong axis: over the samples instead of the classes',
      applies: atOutput((pass) => isTextbook(pass) && (samples(pass) > 1 || severalClasses(pass))),
      rules: sampleError(({ network, logits }) => subtract(transpose(softmax(transpose(logits))), network.Y)),
    },
    'sigmoid-for-softmax': {
      wrong: { equation: 'δᴸ = (σ(zᴸ) − t){κ}', code: 'dz{L} = (sigmoid(z{L}) - Y){κ}' },
      mend: 'use softmax for the output, or the cross-entropy of sigmoids for the loss',
      explanation: 'the output goes through a sigmoid instead of a softmax',
      applies: atOutput(isTextbook),
      rules: sampleError(({ network, logits }) =>
        subtract(map(logits, activations.sigmoid.value), network.Y),
      ),
    },
    'missing-output-slope': {
      explainedOn: { output: 'sigmoid', loss: 'half-squared-error' },
      wrong: { equation: 'δᴸ = {ŷ − t}{κ}', code: 'dz{L} = {ŷ − t}{κ}' },
      mend: 'multiply by the slope of the output: it cancels with a cross-entropy only',
      explanation:
        'the slope of the output is left out, as one may with a cross-entropy but not with a squared error',
      applies: atOutput((pass) => isSquaredError(pass) && !isIdentity(pass.network.output)),
      rules: sampleError(({ network, outputs }) =>
        scale(network.loss === 'squared-error' ? 2 : 1, subtract(outputs, network.Y)),
      ),
    },
    'extra-output-slope': {
      explainedOn: { output: 'sigmoid' },
      wrong: { equation: 'δᴸ = (ŷ − t) ◦ σ′(zᴸ){κ}', code: 'dz{L} = (y_hat - Y) * y_hat * (1 - y_hat){κ}' },
      mend: 'leave the slope out: with a cross-entropy it has cancelled',
      explanation:
        'the slope of the output is multiplied in, though ŷ − t of a cross-entropy already contains it',
      applies: atOutput((pass) => isCrossEntropy(pass) && pass.network.output !== 'softmax'),
      rules: outputError((delta, pass) => hadamard(delta, outputSlope(pass))),
    },
    'error-factor-two': {
      explainedOn: { output: 'identity', loss: 'half-squared-error' },
      wrong: { equation: 'δᴸ = 2 · {e}{κ}', code: 'dz{L} = 2 * {e}{κ}' },
      mend: 'take the derivative of the loss as it is written: ½(ŷ − t)² has none of its own 2 left',
      explanation: 'a factor of 2 that does not belong to it stands before the squared error',
      applies: atOutput(isSquaredError),
      rules: outputError((delta) => scale(2, delta)),
    },
    'error-half': {
      explainedOn: { output: 'identity', loss: 'squared-error' },
      wrong: { equation: 'δᴸ = ½ · {e}{κ}', code: 'dz{L} = 0.5 * {e}{κ}' },
      mend: 'take the derivative of the loss as it is written: (ŷ − t)² keeps a 2',
      explanation: 'a factor of ½ that does not belong to it stands before the squared error',
      applies: atOutput(isSquaredError),
      rules: outputError((delta) => scale(0.5, delta)),
    },
    'shifted-labels': {
      right: { equation: 'δᴸ = {e}{κ}', code: 'Y[y, np.arange(N)] = 1' },
      wrong: { equation: 'δᴸ = (ŷ − t′){κ}, t′ of the next class', code: 'Y[y + 1, np.arange(N)] = 1' },
      mend: 'count the classes from 0, as the rows of the logits are',
      explanation: 'the labels are off by one class',
      applies: atOutput(severalClasses),
      rules: sampleError((pass) => errorFor(pass, shiftedClasses(pass.network.Y, 1))),
      forms: [
        {
          note: 'the target of the previous class',
          wrong: {
            equation: 'δᴸ = (ŷ − t′){κ}, t′ of the previous class',
            code: 'Y[y - 1, np.arange(N)] = 1',
          },
          rules: sampleError((pass) => errorFor(pass, shiftedClasses(pass.network.Y, -1))),
        },
      ],
    },
    'softmax-twice': {
      wrong: { equation: 'δᴸ = (softmax(ŷ) − t){κ}', code: 'dz{L} = (softmax(y_hat) - Y){κ}' },
      mend: 'apply softmax once: here to what is probabilities already',
      explanation: 'softmax is applied to the probabilities once more',
      applies: atOutput(isTextbook),
      rules: sampleError(({ network, outputs }) => subtract(softmax(outputs), network.Y)),
      unseen: (example) => [...nothingThere(example), evenOutputs(example)],
    },
    'softmax-diagonal': {
      wrong: { equation: 'δᴸ = {diagonal}{κ}', code: 'dz{L} = {diagonal}{κ}' },
      mend: 'each class depends on all logits: use the whole Jacobian, which makes ŷ − t of a cross-entropy',
      explanation: 'only the diagonal of softmax’s Jacobian is used, as if each class were by itself',
      applies: atOutput((pass) => pass.network.output === 'softmax'),
      rules: sampleError(({ network: { Y, loss }, outputs }) =>
        zip(outputs, Y, (y, t) => {
          if (loss === 'cross-entropy') return -t * (1 - y);
          return (loss === 'squared-error' ? 2 : 1) * (y - t) * y * (1 - y);
        }),
      ),
    },
  },
);
