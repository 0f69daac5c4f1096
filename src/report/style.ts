import { Chalk, type ChalkInstance } from 'chalk';
import type { Allowed } from '../mistakes/audit.ts';

/** How text is dressed for where it goes. */
export interface Style {
  readonly heading: ChalkInstance;
  readonly dim: ChalkInstance;
  readonly good: ChalkInstance;
  readonly bad: ChalkInstance;
  readonly open: ChalkInstance;
}

/** Colours, or none: the caller knows whether a terminal reads. */
export function makeStyle(color: boolean): Style {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  return { heading: chalk.bold, dim: chalk.dim, good: chalk.green, bad: chalk.red, open: chalk.yellow };
}

/** What fails under --strict: an inconclusive entry, and a blind spot that is not allowed. */
export interface Strictness {
  readonly strict: boolean;
  readonly allow: readonly Allowed[];
}

/** What reports need to know of their reader. */
export interface ReportOptions {
  readonly style: Style;
  /** columns of the terminal */
  readonly width: number;
  /** significant digits */
  readonly digits: number;
  /** no summarising */
  readonly full: boolean;
  /** how many of the worst entries to name, for each tensor */
  readonly worst: number;
  readonly strictness: Strictness;
}
