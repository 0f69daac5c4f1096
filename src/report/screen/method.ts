import type { GradientCheck } from '../../gradcheck/gradcheck.ts';

/** `difference propagation, h = 2^-100` */
export function formatMethod({ method, step }: Pick<GradientCheck, 'method' | 'step'>): string {
  const power = Math.log2(step);
  const h = Number.isInteger(power) && power < -20 ? `2^${power}` : step < 1e-3 ? step.toExponential() : step;
  return `${method}, h = ${h}`;
}

/** How the numerical gradient was taken, if not as usual. */
export const methodOf = (check: GradientCheck): string =>
  check.method === 'difference propagation' && check.step === 2 ** -100 ? '' : ` (${formatMethod(check)})`;
