import { nameOf } from '../core/activations.ts';
import type { Pass, Step } from '../core/forward.ts';
import type { LossName, Penalty, Reduction } from '../core/objective.ts';

/**
 * A step of backprop as the lesson writes it and as people write it in NumPy, a sample a column.
 *
 * In the equation ˡ, ˡ⁺¹, ˡ⁻¹ and ᴸ stand for the layer, the ones beside it and the last; in the code {l}, {l+1},
 * {l-1} and {L}. What depends on the network stands in braces in both: {e} the error of the output before the mean,
 * {κ} the mean, {λ} what stands before W in the gradient of the penalty, {slope} the slope of the activation.
 */
export interface Line {
  readonly equation: string;
  readonly code: string;
}

/** Where a line is to be written: a layer of a network. */
export interface Place {
  /** null for any layer */
  readonly layer: number | null;
  /** L */
  readonly layers: number;
  /** of the layer; none for the output */
  readonly activation: string | undefined;
  readonly output: string;
  readonly loss: LossName;
  readonly reduction: Reduction;
  readonly penalty: Penalty;
  /** whether there is a penalty at all */
  readonly regularized: boolean;
}

/** The network of the lesson: two layers, sigmoid and softmax. */
export const LESSON: Place = {
  layer: null,
  layers: 2,
  activation: 'sigmoid',
  output: 'softmax',
  loss: 'cross-entropy',
  reduction: 'mean',
  penalty: 'half',
  regularized: true,
};

/** A layer of a network that is evaluated, or all of them. */
export function placeOf({ network, steps }: Pass, layer: number | null): Place {
  const { output, loss, reduction, penalty, reg } = network;
  return {
    layer,
    layers: steps.length,
    activation: activationAt(steps, layer),
    output: output === 'softmax' ? output : nameOf(output),
    loss,
    reduction,
    penalty,
    regularized: reg > 0,
  };
}

/** The activation of a layer, or of all hidden ones where they have the same. */
function activationAt(steps: readonly Step[], layer: number | null): string | undefined {
  const nameAt = (step: Step | undefined): string | undefined =>
    step?.layer.activation === undefined ? undefined : nameOf(step.layer.activation);
  if (layer !== null) return nameAt(steps[layer - 1]);
  const names = new Set(steps.map(nameAt).filter((name) => name !== undefined));
  return names.size > 1 ? 'φ' : [...names][0];
}

/** Two lines to be compared. */
export interface Lines {
  readonly right: Line;
  readonly wrong: Line;
}

/** The right line and the wrong one, with what they have of a network in them. */
export function written({ right, wrong }: Lines, place: Place): Lines {
  // Code has no "any layer": the lowest that has what it speaks of.
  const needsBelow = /(?:z|da)\{l-1\}/u.test(right.code + wrong.code);
  const codeLayer = place.layer ?? (needsBelow ? 2 : 1);
  return { right: lineAt(right, place, codeLayer), wrong: lineAt(wrong, place, codeLayer) };
}

/** A line as it stands in a layer of a network. */
export const lineAt = (line: Line, place: Place, codeLayer = place.layer ?? 1): Line => ({
  equation: indexed(filled(line.equation, place, 'equation'), place),
  code: codeAt(filled(line.code, place, 'code'), codeLayer, place.layers),
});

/** The number of the layer where ˡ stands: W2, δ². */
function indexed(equation: string, { layer, layers }: Place): string {
  if (layer === null) return equation;
  const numbers: Readonly<Record<string, number>> = {
    ˡ: layer,
    'ˡ⁺¹': layer + 1,
    'ˡ⁻¹': layer - 1,
    ᴸ: layers,
  };
  return equation
    .replaceAll(/(?<!d)aˡ⁻¹/gu, (text) => (layer === 1 ? 'X' : text))
    .replaceAll(/([Wb])?(ˡ(?:⁺¹|⁻¹)?|ᴸ)/gu, (_, plain: string | undefined, index: string) => {
      const number = numbers[index]!;
      return plain === undefined ? superscript(number) : `${plain}${number}`;
    });
}

const codeAt = (code: string, l: number, L: number): string =>
  code
    .replaceAll(/(?<!d)a\{l-1\}/gu, l === 1 ? 'X' : `a${l - 1}`)
    .replaceAll('{l}', `${l}`)
    .replaceAll('{l+1}', `${l + 1}`)
    .replaceAll('{l-1}', `${l - 1}`)
    .replaceAll('{L}', `${L}`);

const superscript = (n: number): string => [...`${n}`].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('');

/** What of a line depends on the network. */
const filled = (text: string, place: Place, how: keyof Line): string =>
  text
    .replaceAll(/\{([^{}]+)\}/gu, (whole, name: string) => PARTS[name]?.(place)[how] ?? whole)
    .replace(/ = \(([^()]*)\)$/u, ' = $1'); // brackets around the whole of it

const line = (equation: string, code = equation): Line => ({ equation, code });

const PARTS: Readonly<Record<string, (place: Place) => Line>> = {
  e: (place) => errorOf(place),
  ŷ: (place) => errorOf(place, line('ŷ', 'y_hat')),
  'ŷ − t': ({ loss }) => (loss === 'squared-error' ? line('2(ŷ − t)', '2 * (y_hat - Y)') : RESIDUAL),
  diagonal: ({ loss }) => {
    if (loss === 'cross-entropy') return line('−t(1 − ŷ)', '-Y * (1 - y_hat)');
    const { equation, code } = twice(RESIDUAL, loss);
    return line(`${equation} ◦ ŷ ◦ (1 − ŷ)`, `${code} * y_hat * (1 - y_hat)`);
  },
  κ: ({ reduction }) => MEANS[reduction].κ,
  κN: ({ reduction }) => MEANS[reduction].κN,
  'κ/N': ({ reduction }) => MEANS[reduction]['κ/N'],
  'κ/C': ({ reduction }) => MEANS[reduction]['κ/C'],
  λ: ({ penalty }) => line(...PENALTIES[penalty][1]),
  '2λ': ({ penalty }) => line(...PENALTIES[penalty][2]),
  '½λ': ({ penalty }) => line(...PENALTIES[penalty][0.5]),
  '+λW': (place) => {
    const { equation, code } = penaltyOf(place);
    return equation === '' ? line('') : line(` + ${equation}`, ` + ${code}`);
  },
  '0+λW': (place) => {
    const penalty = penaltyOf(place);
    return penalty.equation === '' ? line('0', 'np.zeros_like(W{l})') : penalty;
  },
  slope: ({ activation }) => line(`${activationName(activation)}′`, slopeCode(activation)),
  φ: ({ activation }) => line(activationName(activation)),
  'φ code': ({ activation = 'identity' }) =>
    line(activation === 'tanh' ? 'np.tanh' : functionName(activation)),
  'wrong sign': ({ activation }) => {
    if (activation === 'sigmoid') return line('aˡ(1 + aˡ)', 'a{l} * (1 + a{l})');
    if (activation === 'tanh') return line('(1 + (aˡ)²)', '(1 + a{l}**2)');
    return line(`−${activationName(activation)}′(zˡ)`, `-${slopeCode(activation)}`);
  },
  'above 0': ({ activation }) => line(activation === 'selu' ? 'scale' : '1'),
  'below 0': ({ activation }) =>
    activation === 'elu' || activation === 'selu' ? line('aˡ + α′', 'a{l} + alpha2') : line('α′', 'alpha2'),
  'formula of z': ({ activation }) =>
    activation === 'tanh' ? line('(1 − (zˡ)²)', '(1 - z{l}**2)') : line('zˡ(1 − zˡ)', 'z{l} * (1 - z{l})'),
};

/** κ, and what becomes of it where N or C are counted once more or less; of a sum N is counted where it must not be. */
const MEANS: Readonly<Record<Reduction, Readonly<Record<'κ' | 'κN' | 'κ/N' | 'κ/C', Line>>>> = {
  mean: {
    κ: line('/N', ' / N'),
    κN: line(''),
    'κ/N': line('/N²', ' / N**2'),
    'κ/C': line('/(NC)', ' / (N * C)'),
  },
  sum: { κ: line(''), κN: line('/N', ' / N'), 'κ/N': line('/N', ' / N'), 'κ/C': line('/C', ' / C') },
  'mean-of-entries': {
    κ: line('/(NC)', ' / (N * C)'),
    κN: line('/C', ' / C'),
    'κ/N': line('/(N²C)', ' / (N**2 * C)'),
    'κ/C': line('/(NC²)', ' / (N * C**2)'),
  },
};

/** What the penalty's gradient has before W, whole, twice and half. */
const PENALTIES: Readonly<Record<Penalty, Readonly<Record<1 | 2 | 0.5, [string, string]>>>> = {
  half: { 1: ['λ', 'reg'], 2: ['2λ', '2 * reg'], 0.5: ['½λ', '0.5 * reg'] },
  full: { 1: ['2λ', '2 * reg'], 2: ['4λ', '4 * reg'], 0.5: ['λ', 'reg'] },
  'half-over-n': {
    1: ['(λ/N)', 'reg / N'],
    2: ['(2λ/N)', '2 * reg / N'],
    0.5: ['(λ/2N)', 'reg / (2 * N)'],
  },
};

const penaltyOf = ({ penalty, regularized }: Place): Line => {
  const [equation, code] = PENALTIES[penalty][1];
  return regularized ? line(`${equation}Wˡ`, `${code} * W{l}`) : line('');
};

const RESIDUAL = line('(ŷ − t)', '(y_hat - Y)');

const twice = ({ equation, code }: Line, loss: LossName): Line =>
  loss === 'squared-error' ? line(`2${equation}`, `2 * ${code}`) : line(equation, code);

/** ∂ℓ/∂z of a sample, or what it is with something else for ŷ − t. */
function errorOf({ output, loss }: Place, residual = RESIDUAL): Line {
  if (loss === 'cross-entropy') return residual;
  if (loss === 'hinge') return line('∂ℓ/∂zᴸ', 'd_hinge(z{L}, y)');
  const { equation, code } = twice(residual, loss);
  if (output === 'identity') return line(equation, code);
  if (output === 'softmax') return line(`softmax′(zᴸ)ᵀ${equation}`, `softmax_slope(z{L}, ${code})`);
  const slope = slopeCode(output).replaceAll('a{l}', 'y_hat').replaceAll('{l}', '{L}');
  return line(`${equation} ◦ ${activationName(output)}′(zᴸ)`, `${code} * ${slope}`);
}

const activationName = (activation = 'identity'): string => (activation === 'sigmoid' ? 'σ' : activation);

/** A name that Python takes. */
const functionName = (activation: string): string => activation.replaceAll('-', '_');

/** The slope of an activation as people write it. */
const slopeCode = (activation = 'identity'): string =>
  SLOPES[activation] ?? (activation === 'φ' ? 'slope(z{l})' : `${functionName(activation)}_slope(z{l})`);

const SLOPES: Readonly<Record<string, string>> = {
  sigmoid: 'a{l} * (1 - a{l})',
  tanh: '(1 - a{l}**2)',
  relu: '(z{l} > 0)',
  'leaky-relu': 'np.where(z{l} > 0, 1, alpha)',
  elu: 'np.where(z{l} > 0, 1, a{l} + alpha)',
  softplus: 'sigmoid(z{l})',
  softsign: '(1 - abs(a{l}))**2',
  identity: '1',
};
