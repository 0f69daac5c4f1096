import type { Command } from 'commander';
import { audit } from '../../index.ts';
import { addCheck, type CheckCommandOptions, gradcheckOptions } from '../checks.ts';
import type { Cli } from '../evaluation.ts';

/** `fcnet audit [configs...]` */
export const addAudit = (program: Command, cli: Cli): Command =>
  addCheck<CheckCommandOptions>(program, cli, {
    name: 'audit',
    description: 'which classic backprop mistakes a check of this config would catch, which not, and why',
    check: ({ problem }, options) => ({
      command: 'audit',
      result: audit(problem, gradcheckOptions(options)),
    }),
  });
