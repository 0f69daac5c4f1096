import { activationOf } from '../core/activations.ts';
import type { Output } from '../core/objective.ts';
import { type Diagnosed, NOTHING } from '../diagnosis/diagnosis.ts';
import type { GradientCheck } from '../gradcheck/gradcheck.ts';
import type { Allowance, JudgeOptions } from './allowance.ts';
import type { Judged, ReferenceTensor } from './judge.ts';
import type { Reference } from './reference.ts';

// Whether what disagrees may be what float32 has lost.

/** No loop in float32 was seen to lose more than some fifty times what is allowed without its replay. */
const MOST_DRIFT = 1000;

/** Whether something mismatches, and by so little that it may be what a long sum has lost. */
export function mayDrift({ tensors, logits }: Pick<Judged, 'tensors' | 'logits'>): boolean {
  const verdicts = [...tensors, ...(logits ? [logits] : [])];
  if (verdicts.every(({ mismatched }) => mismatched === 0)) return false;
  return verdicts.every(({ verdict, maxAbsError }) => {
    if (verdict === null) return false;
    const off = maxAbsError?.value ?? 0;
    const largestAllowed = verdict.allowed.reduce((most, t) => Math.max(most, t), 0);
    return Number.isFinite(off) && off <= MOST_DRIFT * largestAllowed;
  });
}

/**
 * Whether a reference is wrong by so much that there is no need to judge it as float32, which takes as long as all
 * else: by more than even a replayed loop explains (mayDrift), or in a tensor that cannot be compared.
 */
export function isBeyondFloat32(
  tensors: readonly ReferenceTensor[],
  { pass, tensors: ours }: GradientCheck,
  allowance: Allowance,
): boolean {
  if (tensors.some(({ reference }) => reference === null)) return true;
  const smooth =
    pass.network.loss !== 'hinge' &&
    [...pass.steps.map(({ layer }) => layer.activation), pass.network.output].every(isSmooth);
  if (!smooth || allowance.isUncertain) return false;
  return tensors.some(({ name, reference, maxAbsError }) => {
    const { shape, analytic } = ours.find((tensor) => tensor.name === name)!;
    const most = allowance.mostInFloat32({ name, shape, data: analytic }, reference!);
    return (maxAbsError?.value ?? 0) > MOST_DRIFT * most;
  });
}

const isSmooth = (activation: Output | undefined): boolean =>
  activation === undefined || activation === 'softmax' || activationOf(activation).kink === 0;

/**
 * A reference in float64 that agrees as soon as it is judged as float32 was computed in float32: if that
 * explains some of the wrong entries, and does not merely leave them all inconclusive.
 */
export function asFloat32(
  reference: Reference,
  check: GradientCheck,
  options: JudgeOptions,
  wrong: readonly ReferenceTensor[],
  judge: () => Pick<Judged, 'tensors'>,
): Diagnosed | undefined {
  if (reference.precision !== 'float64' || options.rtol !== undefined) return undefined;
  const { tensors } = judge();
  const explained = wrong.some(({ name, verdict }) => {
    const single = tensors.find((tensor) => tensor.name === name)?.verdict;
    return verdict?.verdicts.some((entry, i) => entry === 'mismatch' && single?.verdicts[i] === 'agree');
  });
  const explanation =
    'it agrees to the precision of float32, in which it seems to have been computed (--dtype float32 judges it so)';
  return explained && tensors.every(({ mismatched }) => mismatched === 0)
    ? {
        ...NOTHING,
        diagnosis: [
          {
            mistake: 'float32',
            layer: null,
            tensors: check.tensors.map(({ name }) => name),
            explanation,
            equals: [],
          },
        ],
      }
    : undefined;
}
