import { parseConfig } from './config/config.ts';
import type { Problem } from './config/problem.ts';
import { CANONICAL, orientSamples } from './core/layout.ts';
import { type CompareOptions, type Comparison, compare } from './reference/compare.ts';
import { parseReference, type ReferenceOptions } from './reference/reference.ts';
import { drawScreen } from './report/screen/screen.ts';
import { makeStyle } from './report/style.ts';

/** How a report is written. */
export interface FormatOptions {
  /** columns, 100 unless it is said */
  readonly width?: number;
  /** significant digits, 6 unless it is said */
  readonly digits?: number;
  readonly color?: boolean;
}

/** A comparison as the last screen of the command says it, in at most twenty lines: who is wrong, where, and why. */
export function formatReport(
  comparison: Comparison,
  { width = 100, digits = 6, color = false }: FormatOptions = {},
): string {
  const { pass } = comparison.check;
  const logits = orientSamples('logits', pass.logits, CANONICAL);
  return drawScreen({ ...comparison, logits }, pass.network, {
    style: makeStyle(color),
    width,
    digits,
    full: false,
    worst: 5,
    strictness: { strict: false, allow: [] },
  });
}

/** Gradients that are not what they should be; its message is the report. */
export class GradientError extends Error {
  override name = 'GradientError';
  readonly comparison: Comparison;

  constructor(comparison: Comparison) {
    super(formatReport(comparison));
    this.comparison = comparison;
  }
}

/** How gradients are compared, and what they are called in the report. */
export type ExpectOptions = Omit<CompareOptions, 'layout'> & ReferenceOptions & { readonly name?: string };

/**
 * Expects gradients to be those of a network, for tests of vitest, node:test and the like: the verdict is that of
 * `fcnet compare`.
 *
 * @param network a problem, or a config as an object or a text
 * @param gradients dW1, db1, …, as arrays, nested or typed, by their names; as a reference of `compare`
 * @throws GradientError with the short report, where they disagree
 */
export function expectGradients(
  network: Problem | object | string,
  gradients: object,
  { name = 'yours', ...options }: ExpectOptions = {},
): void {
  const problem = isProblem(network) ? network : parseConfig(network);
  const reference = parseReference(name, gradients, options);
  const comparison = compare(problem.network, [reference], { ...options, layout: problem.layout });
  if (!comparison.passed) throw new GradientError(comparison);
}

const isProblem = (network: Problem | object | string): network is Problem =>
  typeof network === 'object' && 'network' in network && 'layout' in network;
