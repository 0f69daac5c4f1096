import { type Activation, activationOf, activations } from '../core/activations.ts';
import type { Rules } from '../core/backprop.ts';
import type { Pass, Step } from '../core/forward.ts';
import { hadamard, type Matrix, map, scale, subtract } from '../core/matrix.ts';
import { type Form, hiddenUnless, isHidden, kindOf, mistakesOf } from './mistake.ts';
import { allOn, throughNoSlope } from './reasons.ts';
import type { Line } from './writing.ts';

// Mistakes of the slope of the activation, s = φ′(z).

const slope = (replace: (step: Step) => Matrix) => (): Partial<Rules> => ({ slope: replace });

const phi = ({ layer }: Step): Activation => activationOf(layer.activation);

/** Whether a leaky ReLU has a above 0 exactly where z is. */
const keepsSign = ({ layer: { activation } }: Step): boolean =>
  activation === 'leaky-relu' ||
  (typeof activation === 'object' && 'leaky-relu' in activation && activation['leaky-relu'] >= 0);

/** A mistake that makes something of the error instead of multiplying it by the slope. */
const throughSlope = (replace: (da: Matrix, slope: Matrix, step: Step) => Matrix) => (): Partial<Rules> => ({
  errorThroughSlope: replace,
});

/**
 * What is not linear in the error depends on whether the mean is in it already: the same rule for an author who divides
 * by N only in the gradients.
 */
const meanLater = (replace: (da: Matrix, slope: Matrix, step: Step) => Matrix): Form => ({
  note: 'the mean taken later',
  rules: (_right, { network: { X } }) => ({
    errorThroughSlope: (da, slope, step) => scale(1 / X.cols, replace(scale(X.cols, da), slope, step)),
  }),
});

const slopeAtError = (da: Matrix, _slope: Matrix, step: Step): Matrix => map(da, phi(step).slope);
const activationOfError = (da: Matrix, _slope: Matrix, step: Step): Matrix => map(da, phi(step).value);
const slopeAtErrorTimesError = (da: Matrix, _slope: Matrix, step: Step): Matrix =>
  hadamard(da, map(da, phi(step).slope));

/** The formulas of a slope with e, the error, in the place of a: the whole of it, or as the slope. */
const FORMULAS = [
  {
    note: 'e(1 − e)',
    wrong: { equation: 'δˡ = e(1 − e), e = Wˡ⁺¹ᵀδˡ⁺¹', code: 'dz{l} = da{l} * (1 - da{l})' },
    of: (da: Matrix): Matrix => map(da, (e) => e * (1 - e)),
  },
  {
    note: '1 − e²',
    wrong: { equation: 'δˡ = 1 − e², e = Wˡ⁺¹ᵀδˡ⁺¹', code: 'dz{l} = 1 - da{l}**2' },
    of: (da: Matrix): Matrix => map(da, (e) => 1 - e * e),
  },
  {
    note: 'e times e(1 − e)',
    wrong: { equation: 'δˡ = e ◦ e(1 − e), e = Wˡ⁺¹ᵀδˡ⁺¹', code: 'dz{l} = da{l} * da{l} * (1 - da{l})' },
    of: (da: Matrix): Matrix => map(da, (e) => e * e * (1 - e)),
  },
  {
    note: 'e times 1 − e²',
    wrong: { equation: 'δˡ = e ◦ (1 − e²), e = Wˡ⁺¹ᵀδˡ⁺¹', code: 'dz{l} = da{l} * (1 - da{l}**2)' },
    of: (da: Matrix): Matrix => map(da, (e) => e * (1 - e * e)),
  },
] as const;

/** A way to write a slope with a constant below 0. */
interface Constant {
  readonly alpha: number;
  /** what people have in its place */
  readonly other: number;
  readonly wrong: Line;
  /** ∂s/∂α */
  by(step: Step): Matrix;
}

const slopeWith = (equation: string, code: string): Line => ({
  equation: `δˡ = Wˡ⁺¹ᵀδˡ⁺¹ ◦ s, s = ${equation} where zˡ < 0`,
  code: `dz{l} = (W{l+1}.T @ dz{l+1}) * np.where(z{l} > 0, {above 0}, ${code})`,
});

const belowZero = (z: number): number => (z > 0 ? 0 : 1);

/** The ways to write the slope of an activation that has a constant below 0 (that of a ReLU is 0); none of others. */
export function constantsOf(step: Step): Constant[] {
  const { activation } = step.layer;
  const kind = kindOf(step);
  const steps = ({ z }: Step): Matrix => map(z, belowZero);
  if (kind === 'relu' || kind === 'leaky-relu') {
    const alpha = phi(step).slope(-1);
    return [{ alpha, other: alpha === 0.01 ? 0.2 : 0.01, wrong: slopeWith('α′', 'alpha2'), by: steps }];
  }
  if (kind !== 'elu' && kind !== 'selu') return [];
  const alpha = activationOf(activation).slope(0); // αe⁰
  const exponential = ({ z }: Step): Matrix => map(z, (value) => (value > 0 ? 0 : Math.exp(value)));
  return [
    { alpha, other: 0, wrong: slopeWith('aˡ + α′', 'a{l} + alpha2'), by: steps },
    { alpha, other: 1, wrong: slopeWith('α′exp(zˡ)', 'alpha2 * np.exp(z{l})'), by: exponential },
  ];
}

/** The hidden layer above, of another kind. */
const otherKind = (step: Step, pass: Pass): Activation | undefined => {
  const above = pass.steps[step.layer.number];
  if (above === undefined || !isHidden(above, pass) || kindOf(above) === kindOf(step)) return undefined;
  return phi(above);
};

export const slopeMistakes = mistakesOf(
  {
    right: {
      equation: 'δˡ = Wˡ⁺¹ᵀδˡ⁺¹ ◦ {slope}(zˡ)',
      code: 'dz{l} = (W{l+1}.T @ dz{l+1}) * {slope}',
    },
    derivation: '∂CE/∂z¹ = ∂CE/∂a¹ ◦ σ(z¹) ◦ (1 − σ(z¹)), going across the non-linearity',
    unseen: throughNoSlope,
  },
  {
    'missing-slope': {
      wrong: { equation: 'δˡ = Wˡ⁺¹ᵀδˡ⁺¹', code: 'dz{l} = W{l+1}.T @ dz{l+1}' },
      mend: 'multiply the error by the slope of the activation',
      explanation: 'the slope of the activation is left out',
      applies: hiddenUnless('identity'),
      rules: slope(({ z }) => map(z, () => 1)),
    },
    'slope-of-activation': {
      wrong: { equation: 'δˡ = Wˡ⁺¹ᵀδˡ⁺¹ ◦ {slope}(aˡ)', code: 'dz{l} = (W{l+1}.T @ dz{l+1}) * slope(a{l})' },
      mend: 'give the slope what it is written for: a function of z gets z, not a',
      explanation: 'the slope is taken at a instead of z, as if the activation were applied twice',
      applies: (step, pass) => hiddenUnless('identity', 'relu')(step, pass) && !keepsSign(step), // [a > 0] = [z > 0]
      rules: slope((step) => map(step.a, phi(step).slope)),
    },
    'slope-sign': {
      wrong: {
        equation: 'δˡ = Wˡ⁺¹ᵀδˡ⁺¹ ◦ {wrong sign}',
        code: 'dz{l} = (W{l+1}.T @ dz{l+1}) * {wrong sign}',
      },
      mend: 'mind the sign in the slope',
      explanation: 'a sign in the slope of the activation is wrong',
      applies: isHidden,
      rules: slope((step) => {
        if (kindOf(step) === 'sigmoid') return map(step.a, (a) => a * (1 + a));
        if (kindOf(step) === 'tanh') return map(step.a, (a) => 1 + a * a);
        return map(step.z, (z) => -phi(step).slope(z));
      }),
      forms: [
        {
          note: 'the sign of z',
          wrong: {
            equation: 'δˡ = Wˡ⁺¹ᵀδˡ⁺¹ ◦ {slope}(−zˡ)',
            code: 'dz{l} = (W{l+1}.T @ dz{l+1}) / (1 + np.exp(z{l}))',
          },
          rules: (right) => ({
            slope: (step, pass) =>
              kindOf(step) === 'softplus'
                ? map(step.z, (z) => activations.softplus.slope(-z))
                : right.slope(step, pass),
          }),
        },
      ],
    },
    'slope-of-tanh': {
      wrong: {
        equation: 'δˡ = Wˡ⁺¹ᵀδˡ⁺¹ ◦ tanh′(zˡ)',
        code: 'dz{l} = (W{l+1}.T @ dz{l+1}) * (1 - np.tanh(z{l})**2)',
      },
      mend: 'use the slope of the activation that the layer has',
      explanation: 'the slope is that of tanh',
      applies: hiddenUnless('tanh'),
      rules: slope(({ z }) => map(z, activations.tanh.slope)),
    },
    'slope-of-relu': {
      wrong: { equation: 'δˡ = Wˡ⁺¹ᵀδˡ⁺¹ ◦ [zˡ > 0]', code: 'dz{l} = (W{l+1}.T @ dz{l+1}) * (z{l} > 0)' },
      mend: 'use the slope of the activation that the layer has',
      explanation: 'the slope is that of a ReLU',
      applies: hiddenUnless('relu'),
      rules: slope(({ z }) => map(z, activations.relu.slope)),
    },
    'tanh-formula': {
      wrong: {
        equation: 'δˡ = Wˡ⁺¹ᵀδˡ⁺¹ ◦ (1 − (aˡ)²)',
        code: 'dz{l} = (W{l+1}.T @ dz{l+1}) * (1 - a{l}**2)',
      },
      mend: 'use the slope of the activation that the layer has',
      explanation: 'the slope is written 1 − a², which is that of tanh',
      applies: hiddenUnless('tanh'),
      rules: slope(({ a }) => map(a, (value) => 1 - value * value)),
    },
    'sigmoid-formula': {
      explainedOn: { activation: 'tanh' },
      wrong: {
        equation: 'δˡ = Wˡ⁺¹ᵀδˡ⁺¹ ◦ aˡ(1 − aˡ)',
        code: 'dz{l} = (W{l+1}.T @ dz{l+1}) * a{l} * (1 - a{l})',
      },
      mend: 'use the slope of the activation that the layer has',
      explanation: 'the slope is written a(1 − a), which is that of sigmoid',
      applies: hiddenUnless('sigmoid'),
      rules: slope(({ a }) => map(a, (value) => value * (1 - value))),
    },
    'slope-from-preactivation': {
      wrong: {
        equation: 'δˡ = Wˡ⁺¹ᵀδˡ⁺¹ ◦ {formula of z}',
        code: 'dz{l} = (W{l+1}.T @ dz{l+1}) * {formula of z}',
      },
      mend: 'the formula is written for a: give it a, or the formula of z its σ and tanh',
      explanation: 'the slope is written for a but computed from z',
      applies: (step, pass) => isHidden(step, pass) && ['sigmoid', 'tanh'].includes(kindOf(step)),
      rules: slope(({ layer, z }) =>
        map(z, layer.activation === 'sigmoid' ? (v) => v * (1 - v) : (v) => 1 - v * v),
      ),
    },
    'double-slope': {
      wrong: {
        equation: 'δˡ = Wˡ⁺¹ᵀδˡ⁺¹ ◦ {slope}(zˡ)²',
        code: 'dz{l} = (W{l+1}.T @ dz{l+1}) * ({slope})**2',
      },
      mend: 'multiply by the slope once',
      explanation: 'the slope of the activation is multiplied in twice',
      applies: hiddenUnless('identity', 'relu'), // 1² = 1, 0² = 0
      rules: (right) => ({ slope: (step, pass) => map(right.slope(step, pass), (s) => s * s) }),
    },
    'activation-for-slope': {
      wrong: { equation: 'δˡ = Wˡ⁺¹ᵀδˡ⁺¹ ◦ aˡ', code: 'dz{l} = (W{l+1}.T @ dz{l+1}) * a{l}' },
      mend: 'multiply by the slope of the activation, not by the activation',
      explanation: 'the activation itself is used for its slope',
      applies: isHidden,
      rules: slope(({ a }) => a),
    },
    'slope-of-sigmoid': {
      explainedOn: { activation: 'tanh' },
      wrong: {
        equation: 'δˡ = Wˡ⁺¹ᵀδˡ⁺¹ ◦ σ′(zˡ)',
        code: 'dz{l} = (W{l+1}.T @ dz{l+1}) * sigmoid(z{l}) * (1 - sigmoid(z{l}))',
      },
      mend: 'use the slope of the activation that the layer has',
      explanation: 'the slope is that of sigmoid',
      applies: hiddenUnless('sigmoid'),
      rules: slope(({ z }) => map(z, activations.sigmoid.slope)),
    },
    'slope-of-other-layer': {
      right: {
        equation: 'δˡ = Wˡ⁺¹ᵀδˡ⁺¹ ◦ {slope}(zˡ)',
        code: 'dz{l} = (W{l+1}.T @ dz{l+1}) * slopes[{l}](z{l})',
      },
      explainedOn: { activation: 'tanh', layers: 3 },
      wrong: {
        equation: 'δˡ = Wˡ⁺¹ᵀδˡ⁺¹ ◦ φ′(zˡ) of layer l + 1',
        code: 'dz{l} = (W{l+1}.T @ dz{l+1}) * slopes[{l+1}](z{l})',
      },
      mend: 'use the slope of the activation of this very layer',
      explanation: 'the slope is that of the activation of the next layer',
      applies: (step, pass) => isHidden(step, pass) && otherKind(step, pass) !== undefined,
      rules: (right) => ({
        slope: (step, pass) => {
          const other = otherKind(step, pass);
          return other === undefined ? right.slope(step, pass) : map(step.z, other.slope);
        },
      }),
    },
    'slope-times-z': {
      wrong: {
        equation: 'δˡ = Wˡ⁺¹ᵀδˡ⁺¹ ◦ zˡ ◦ {slope}(zˡ)',
        code: 'dz{l} = (W{l+1}.T @ dz{l+1}) * z{l} * {slope}',
      },
      mend: 'leave z out: the slope alone is the factor',
      explanation: 'the slope is multiplied by z',
      applies: isHidden,
      rules: (right) => ({ slope: (step, pass) => hadamard(right.slope(step, pass), step.z) }),
    },
    'slope-constant': {
      explainedOn: { activation: 'leaky-relu' },
      wrong: {
        equation: 'δˡ = Wˡ⁺¹ᵀδˡ⁺¹ ◦ s, s = {below 0} where zˡ < 0',
        code: 'dz{l} = (W{l+1}.T @ dz{l+1}) * np.where(z{l} > 0, {above 0}, {below 0})',
      },
      mend: 'use the same constant in the slope as in the activation',
      explanation: 'the slope below 0 has another constant than the activation, or none',
      applies: (step, pass) => isHidden(step, pass) && constantsOf(step).length > 0,
      rules: (right) => ({
        slope: (step, pass) => {
          const s = right.slope(step, pass);
          const [usual] = constantsOf(step);
          return usual === undefined ? s : subtract(s, scale(usual.alpha - usual.other, usual.by(step)));
        },
      }),
      unseen: (example) => [...example.steps.map(allOn), ...throughNoSlope(example)],
    },
    'slope-of-error': {
      wrong: { equation: 'δˡ = {slope}(Wˡ⁺¹ᵀδˡ⁺¹)', code: 'dz{l} = slope(W{l+1}.T @ dz{l+1})' },
      mend: 'take the slope at z, and multiply the error by it',
      explanation: 'the slope is taken at the error instead of z, and takes the place of the error',
      applies: isHidden,
      rules: throughSlope(slopeAtError),
      forms: [
        meanLater(slopeAtError),
        ...[throughSlope(slopeAtErrorTimesError), meanLater(slopeAtErrorTimesError).rules].map(
          (rules, i): Form => ({
            note: i === 0 ? 'times the error' : 'times the error, the mean taken later',
            wrong: {
              equation: 'δˡ = e ◦ {slope}(e), e = Wˡ⁺¹ᵀδˡ⁺¹',
              code: 'dz{l} = da{l} * slope(da{l})',
            },
            rules,
          }),
        ),
      ],
    },
    'error-overwritten': {
      wrong: { equation: 'δˡ = {slope}(zˡ)', code: 'dz{l} = {slope}' },
      mend: 'multiply the error by the slope: *= instead of =',
      explanation:
        'the slope is assigned to the error instead of multiplied in: what came from above is lost',
      applies: isHidden,
      rules: throughSlope((_da, s) => s),
      forms: [meanLater((_da, s) => s)],
    },
    'activation-of-error': {
      wrong: { equation: 'δˡ = {φ}(Wˡ⁺¹ᵀδˡ⁺¹)', code: 'dz{l} = {φ code}(W{l+1}.T @ dz{l+1})' },
      mend: 'multiply by the slope; the activation itself belongs to the forward pass',
      explanation: 'the activation is applied to the error instead of its slope multiplied in',
      applies: hiddenUnless('identity'),
      rules: throughSlope(activationOfError),
      forms: [meanLater(activationOfError)],
    },
    'formula-of-error': {
      right: { equation: 'δˡ = Wˡ⁺¹ᵀδˡ⁺¹ ◦ {slope}(zˡ)', code: 'dz{l} = da{l} * {slope}' },
      wrong: FORMULAS[0].wrong,
      mend: 'the formula of the slope is one of a, not of the error',
      explanation: 'the formula of the slope is written with the error in the place of a',
      applies: isHidden,
      rules: throughSlope(FORMULAS[0].of),
      forms: FORMULAS.flatMap(({ note, wrong, of }, i) => [
        ...(i === 0 ? [] : [{ note, wrong, rules: throughSlope(of) }]), // that stands above
        { ...meanLater(of), wrong },
      ]),
    },
    'mask-by-error': {
      right: { equation: 'δˡ = Wˡ⁺¹ᵀδˡ⁺¹ ◦ [zˡ > 0]', code: 'da{l}[z{l} <= 0] = 0' },
      explainedOn: { activation: 'relu' },
      wrong: { equation: 'δˡ = Wˡ⁺¹ᵀδˡ⁺¹ ◦ [Wˡ⁺¹ᵀδˡ⁺¹ > 0]', code: 'da{l}[da{l} <= 0] = 0' },
      mend: 'mask where z is negative, not where the error is',
      explanation: 'the error is masked where it is negative itself, instead of where z is',
      applies: (step, pass) => isHidden(step, pass) && kindOf(step) === 'relu',
      rules: throughSlope((da) => map(da, (e) => Math.max(e, 0))),
    },
  },
);
