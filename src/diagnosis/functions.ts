import type { FunctionCheck } from '../gradcheck/functions.ts';
import { type Relation, relationOf } from './relations.ts';

/** What a relation may be off by beside the error bars of the numerical gradient: the tolerance of the check. */
const RTOL = 1e-7;

/** The plain relation of a function's claimed gradient to the right one, where it is wrong and there is one. */
export function relationOfFunction({
  name,
  shape,
  analytic,
  numerical,
  errorBar,
  verdict,
}: FunctionCheck): Relation | undefined {
  if (analytic === null || verdict === null || verdict.mismatched === 0) return undefined;
  if (![...numerical, ...errorBar].every(Number.isFinite)) return undefined;
  const close = (a: number, b: number, i: number, scale: number): boolean =>
    Math.abs(a - b) <= Math.max(1, scale) * errorBar[i]! + RTOL * Math.max(Math.abs(a), Math.abs(b));
  return relationOf([
    { right: { name, shape, data: numerical }, given: { name, shape, data: analytic }, close },
  ]);
}
