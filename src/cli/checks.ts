import type { Command } from 'commander';
import type { Overrides } from '../config/config.ts';
import { InputError } from '../config/errors.ts';
import { parameters } from '../core/network.ts';
import type { GradcheckOptions } from '../gradcheck/gradcheck.ts';
import type { Outcome, Report } from '../report/table.ts';
import { reportError } from './errors.ts';
import { type Cli, CONFIG_ARGUMENT } from './evaluation.ts';
import { type Input, readInput } from './inputs.ts';
import {
  addCheckOptions,
  addConfigOptions,
  addOutputOptions,
  type CheckOptions,
  type OutputOptions,
  overridesOf,
} from './options.ts';
import { printReports } from './output.ts';

/** The outcome of a check, which passes or fails. */
export type CheckOutcome = Extract<Outcome, { command: 'gradcheck' | 'compare' }>;

export type CheckCommandOptions = OutputOptions & Overrides & CheckOptions;

/** A command that checks any number of configs: all are run, and the worst exit code counts. */
export function addCheck<Options extends CheckCommandOptions>(
  program: Command,
  cli: Cli,
  name: 'gradcheck' | 'compare',
  description: string,
  check: (input: Input, options: Options) => Promise<CheckOutcome>,
): Command {
  const command = program.command(name).description(description).argument('[configs...]', CONFIG_ARGUMENT);
  addOutputOptions(addConfigOptions(addCheckOptions(command)));
  return command.action(async (configs: string[], options: Options) => {
    const reports: Report[] = [];
    let failed = false;
    for (const config of configs.length === 0 ? [undefined] : configs) {
      try {
        const input = await readInput(config, cli.io, overridesOf(options));
        checkNames(options.only, input);
        reports.push({ config: input.config, problem: input.problem, outcome: await check(input, options) });
      } catch (error) {
        if (!(error instanceof InputError) || configs.length < 2) throw error;
        failed = true;
        reportError(error, options.format === 'json', cli.io);
      }
    }
    const agreed = reports.every(({ outcome }) => (outcome as CheckOutcome).result.passed);
    if (reports.length > 0) await printReports(name, reports, agreed && !failed, options, cli.io);
    cli.exit(failed ? 2 : agreed ? 0 : 1);
  });
}

/** What the options say to the library. */
export const gradcheckOptions = ({
  step,
  rtol,
  atol,
  naive,
  only,
  sample,
  seed,
}: CheckOptions): GradcheckOptions => ({
  naive,
  seed,
  ...(step !== undefined && { step }),
  ...(rtol !== undefined && { rtol }),
  ...(atol !== undefined && { atol }),
  ...(only !== undefined && { only }),
  ...(sample !== undefined && { sample }),
});

function checkNames(only: readonly string[] | undefined, { config, problem }: Input): void {
  const names = parameters(problem.network).map(({ name }) => `d${name}`);
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw InputError.ofFile(config, `--only ${unknown}: expected some of ${names.join(', ')}`);
}
