import type { Network } from '../core/network.ts';
import { CANONICAL } from '../core/orientation.ts';
import { type GradcheckOptions, type GradientCheck, gradcheck } from '../gradcheck/gradcheck.ts';
import { type JudgeOptions, judgeReference, type ReferenceVerdict } from './judge.ts';
import type { Reference } from './reference.ts';

export type CompareOptions = GradcheckOptions & JudgeOptions;

/** Analytic, numerical and every reference, side by side. */
export interface Comparison {
  readonly check: GradientCheck;
  readonly references: readonly ReferenceVerdict[];
  /** the gradient check passes and so does every reference */
  readonly passed: boolean;
}

/** Compares the analytic gradient of a network with the numerical one and with references. */
export function compare(
  network: Network,
  references: readonly Reference[],
  options: CompareOptions = {},
): Comparison {
  const check = gradcheck(network, options);
  const verdicts = references.map((reference) =>
    judgeReference(reference, check, options.orientation ?? CANONICAL, options),
  );
  return { check, references: verdicts, passed: check.passed && verdicts.every(({ passed }) => passed) };
}
