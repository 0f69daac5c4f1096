import { CANONICAL } from '../core/layout.ts';
import type { Network } from '../core/network.ts';
import type { GradcheckOptions } from '../gradcheck/gradcheck.ts';
import type { Allowed } from '../mistakes/audit.ts';
import { type AuditedCheck, auditedGradcheck, type StrengthOptions } from '../mistakes/strength.ts';
import type { JudgedPart, JudgeOptions } from './allowance.ts';
import { agreeWithEachOther, type Consensus, consensusOf } from './consensus.ts';
import { judgeReference, type ReferenceVerdict } from './judge.ts';
import type { Reference } from './reference.ts';

/** `only` may also name `loss` and `logits`: what it does not name is not judged. */
export type CompareOptions = GradcheckOptions & StrengthOptions & Omit<JudgeOptions, 'parts'>;

/** What `only` may name besides gradients. */
export const BESIDE_GRADIENTS = ['loss', 'logits'] as const satisfies readonly JudgedPart[];

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
  { only, ...options }: CompareOptions = {},
): Comparison {
  const gradients = only?.filter((name) => !BESIDE_GRADIENTS.some((beside) => beside === name));
  const check = auditedGradcheck(network, { ...options, ...(gradients && { only: gradients }) });
  const areGradientsAsked = gradients === undefined || gradients.length > 0;
  const parts = only && [
    ...(areGradientsAsked ? (['gradients'] as const) : []),
    ...BESIDE_GRADIENTS.filter((beside) => only.includes(beside)),
  ];
  const verdicts = references.map((reference) =>
    judgeReference(reference, check, options.layout ?? CANONICAL, { ...options, parts }),
  );
  const decided = options.strict !== true || verdicts.every((verdict) => isDecided(verdict, options.allow));
  const ours = areGradientsAsked ? check.passed : verdicts.length > 0;
  const passed = ours && decided && verdicts.every((verdict) => verdict.passed);
  return { check, references: verdicts, consensus: consensusOf(verdicts, agreeWithEachOther), passed };
}

/** Whether nothing of a reference is inconclusive, and its precision hides no mistake that is not accepted. */
function isDecided(
  { tensors, logits, loss, strength }: ReferenceVerdict,
  allow: readonly Allowed[] = [],
): boolean {
  const judged = [...tensors, ...(logits ? [logits] : [])];
  const isOpen =
    judged.some(({ inconclusive }) => inconclusive > 0) ||
    (loss?.parts ?? []).some(({ verdict }) => verdict === 'inconclusive');
  return (
    (!isOpen || allow.includes('inconclusive')) &&
    (strength?.missed ?? []).every(({ mistake }) => allow.includes(mistake))
  );
}
