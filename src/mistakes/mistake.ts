import { nameOf } from '../core/activations.ts';
import type { Rules } from '../core/backprop.ts';
import type { Pass, Step } from '../core/forward.ts';
import { type Matrix, matrix } from '../core/matrix.ts';
import type { Tensor } from '../core/network.ts';
import type { Line, Place } from './writing.ts';

/**
 * A classic mistake of backprop: the real backward pass with one rule replaced.
 *
 * In the equations δ is the output error with κ in it (divided by N), s = φ′(z) and a the activation below.
 */
export interface Mistake {
  /** what backprop computes there */
  readonly right: Line;
  /** what is computed instead */
  readonly wrong: Line;
  /** what the author of such a gradient did, in a sentence */
  readonly explanation: string;
  /** what to do about it */
  readonly mend: string;
  /** the network that it is explained on, where it cannot be made in the lesson's */
  readonly explainedOn?: Partial<Place>;
  /** where the lesson derives the right line */
  readonly derivation: string;
  /** why an example may not show it, and what to change; undefined for what is not the case */
  unseen(example: Example): readonly (string | undefined)[];
  /** whether it can be made at a layer of this pass and computes something else there by its definition */
  applies(step: Step, pass: Pass): boolean;
  /** the rules with the mistake in them; built from the right ones, or from those that measure sizes */
  rules(right: Rules): Partial<Rules>;
  /** other forms of the same mistake, which a diagnosis looks for too, each with what is particular to it */
  readonly forms?: readonly Form[];
}

/** One way to make a mistake that can be made in several. */
export interface Form {
  readonly note: string;
  /** the wrong line, where it reads otherwise than the usual one */
  readonly wrong?: Line;
  rules(right: Rules, pass: Pass): Partial<Rules>;
}

/** A network on which a mistake does not show. */
export interface Example {
  readonly pass: Pass;
  /** the layers in which the mistake is made */
  readonly steps: readonly Step[];
  readonly right: readonly Tensor[];
}

/** What the mistakes of one rule have in common. */
type Common = Pick<Mistake, 'right' | 'derivation' | 'unseen'>;

/** The mistakes of one rule of backprop; what one says itself comes before what is common to them. */
export const mistakesOf = <Id extends string>(
  common: Common,
  own: Readonly<Record<Id, Omit<Mistake, keyof Common> & Partial<Common>>>,
): Readonly<Record<Id, Mistake>> => {
  const whole = Object.entries<Omit<Mistake, keyof Common> & Partial<Common>>(own).map(([id, mistake]) => [
    id,
    { ...common, ...mistake },
  ]);
  return Object.fromEntries(whole) as Record<Id, Mistake>;
};

export const samples = (pass: Pass): number => pass.network.X.cols;
export const severalSamples = (_step: Step, pass: Pass): boolean => samples(pass) > 1;
export const isOutput = (step: Step, pass: Pass): boolean => step.layer.number === pass.steps.length;
export const isHidden = (step: Step, pass: Pass): boolean => !isOutput(step, pass);
export const isSquare = ({ layer: { W } }: Step): boolean => W.rows === W.cols && W.rows > 1;
export const below = ({ layer }: Step, pass: Pass): Step | undefined => pass.steps[layer.number - 2];

/** The activation of a hidden layer by its name; one that takes a number may be another in disguise. */
export function kindOf({ layer: { activation = 'identity' } }: Step): string {
  if (typeof activation === 'object' && 'leaky-relu' in activation) {
    if (activation['leaky-relu'] === 0) return 'relu';
    if (activation['leaky-relu'] === 1) return 'identity';
  }
  if (typeof activation === 'object' && 'elu' in activation && activation.elu === 0) return 'relu';
  return nameOf(activation);
}

/** A hidden layer whose activation is none of these: there the replaced slope would be the right one. */
export const hiddenUnless =
  (...same: readonly string[]) =>
  (step: Step, pass: Pass): boolean =>
    isHidden(step, pass) && !same.includes(kindOf(step));

/** A matrix with only its n-th column left. */
export const onlyColumn = (M: Matrix, n: number): Matrix =>
  matrix(
    M.rows,
    M.cols,
    M.data.map((value, i) => (i % M.cols === n ? value : 0)),
  );
