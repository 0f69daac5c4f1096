import type { Command } from 'commander';
import { gradcheck } from '../../index.ts';
import { addCheck, type CheckCommandOptions, gradcheckOptions } from '../checks.ts';
import { type Cli, CONFIG_ARGUMENT } from '../evaluation.ts';

/** `fcnet gradcheck [configs...]` */
export const addGradcheck = (program: Command, cli: Cli): Command =>
  addCheck<CheckCommandOptions>(program, cli, {
    name: 'gradcheck',
    description: 'analytic gradient beside the numerical one, with a verdict',
    argument: `a .ts or .js module that exports x, f and gradient; or ${CONFIG_ARGUMENT}`,
    check: ({ problem }, options) => ({
      command: 'gradcheck',
      result: gradcheck(problem, gradcheckOptions(options)),
    }),
  });
