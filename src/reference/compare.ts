import type { Network } from '../core/network.ts';
import { CANONICAL } from '../core/orientation.ts';
import type { GradcheckOptions } from '../gradcheck/gradcheck.ts';
import { type AuditedCheck, auditedGradcheck, type StrengthOptions } from '../mistakes/strength.ts';
import { agreeWithEachOther, type Consensus, consensusOf } from './consensus.ts';
import { type JudgeOptions, judgeReference, type ReferenceVerdict } from './judge.ts';
import type { Reference } from './reference.ts';

export type CompareOptions = GradcheckOptions & StrengthOptions & JudgeOptions;

/** Analytic, numerical and every reference, side by side. */
export interface Comparison {
  readonly check: AuditedCheck;
  readonly references: readonly ReferenceVerdict[];
  /** who stands alone, where there are several references */
  readonly consensus: Consensus | null;
  /** the gradient check passes and so does every reference */
  readonly passed: boolean;
}

/** Compares the analytic gradient of a network with the numerical one and with references. */
export function compare(
  network: Network,
  references: readonly Reference[],
  options: CompareOptions = {},
): Comparison {
  const check = auditedGradcheck(network, options);
  const verdicts = references.map((reference) =>
    judgeReference(reference, check, options.orientation ?? CANONICAL, options),
  );
  const decided = options.strict !== true || verdicts.every(isDecided);
  const passed = check.passed && decided && verdicts.every((verdict) => verdict.passed);
  return { check, references: verdicts, consensus: consensusOf(verdicts, agreeWithEachOther), passed };
}

/** Whether no entry of a reference is inconclusive. */
const isDecided = ({ tensors, logits }: ReferenceVerdict): boolean =>
  [...tensors, ...(logits ? [logits] : [])].every(({ inconclusive }) => inconclusive === 0);
