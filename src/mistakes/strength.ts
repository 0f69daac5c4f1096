import type { Network } from '../core/network.ts';
import { type GradcheckOptions, type GradientCheck, gradcheck } from '../gradcheck/gradcheck.ts';
import { type Allowed, type Audit, audit, blindSpots } from './audit.ts';

export interface StrengthOptions {
  /** an inconclusive entry or a blind spot fails too */
  readonly strict?: boolean;
  /** blind spots that are accepted; `inconclusive`: entries that are */
  readonly allow?: readonly Allowed[];
}

/** A gradient check that knows what it would have let pass. */
export interface AuditedCheck extends GradientCheck {
  /** made when it is first asked for: it takes two backward passes a mistake */
  readonly audit: Audit;
}

/** Checks the analytic gradient of a network, and audits the check. */
export function auditedGradcheck(
  network: Network,
  { strict = false, allow, ...options }: GradcheckOptions & StrengthOptions = {},
): AuditedCheck {
  const check = gradcheck(network, options);
  let audited: Audit | undefined;
  const strength = (): Audit => {
    audited ??= audit(check.measurement);
    return audited;
  };
  const isFlawless = (): boolean =>
    (allow?.includes('inconclusive') || check.inconclusive.length === 0) &&
    blindSpots(strength(), allow).length === 0;
  return {
    ...check,
    passed: check.passed && (!strict || isFlawless()),
    get audit() {
      return strength();
    },
  };
}
