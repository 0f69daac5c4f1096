import type { Command } from 'commander';
import { gradcheck } from '../../index.ts';
import { addCheck, gradcheckOptions } from '../checks.ts';
import type { Cli } from '../evaluation.ts';

/** `fcnet gradcheck [configs...]` */
export const addGradcheck = (program: Command, cli: Cli): Command =>
  addCheck(
    program,
    cli,
    'gradcheck',
    'analytic gradient beside the numerical one, with a verdict',
    async ({ problem }, options) => ({
      command: 'gradcheck',
      result: gradcheck(problem, gradcheckOptions(options)),
    }),
  );
