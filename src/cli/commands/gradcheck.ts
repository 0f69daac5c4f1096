import type { Command } from 'commander';
import { gradcheck } from '../../index.ts';
import { addCheck, type CheckCommandOptions, gradcheckOptions, refuseOwnOnly } from '../checks.ts';
import { type Cli, CONFIG_ARGUMENT } from '../evaluation.ts';

/** `fcnet gradcheck [configs...]` */
export const addGradcheck = (program: Command, cli: Cli): Command =>
  addCheck<CheckCommandOptions>(program, cli, {
    name: 'gradcheck',
    description: 'analytic gradient beside the numerical one, with a verdict',
    argument: `a .ts or .js module that exports x, f and gradient; or ${CONFIG_ARGUMENT}`,
    check({ config, problem }, options, io) {
      refuseOwnOnly(config, options);
      return { command: 'gradcheck', result: gradcheck(problem, gradcheckOptions(options, io)) };
    },
  });
