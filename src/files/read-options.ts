import type { Budget } from './budget.ts';

/** How a file is read. */
export interface ReadOptions {
  /** of what a file holds; one of its own unless it is said */
  readonly budget?: Budget;
  /** of the file itself, where that is held only while it is read; the same unless it is said */
  readonly passing?: Budget;
  /**
   * It is a config that names the file, not the command line: what is no plain file (a pipe, a device, whatever
   * standard input is) is not read, since that may wait, have effects, or belong to somebody else.
   */
  readonly onlyPlain?: boolean;
  /** is told which files are read */
  readonly onRead?: ((file: string) => void) | undefined;
}
