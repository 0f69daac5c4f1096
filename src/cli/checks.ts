import type { Command } from 'commander';
import type { Overrides } from '../config/config.ts';
import { InputError } from '../config/errors.ts';
import { parameters } from '../core/network.ts';
import type { GradcheckOptions } from '../gradcheck/gradcheck.ts';
import type { StrengthOptions } from '../mistakes/strength.ts';
import { hasPassed, type Outcome, type Report } from '../report/table.ts';
import { reportError } from './errors.ts';
import { type Cli, CONFIG_ARGUMENT } from './evaluation.ts';
import { type Input, readInput } from './inputs.ts';
import { checkModule, isModule } from './modules.ts';
import {
  addCheckOptions,
  addConfigOptions,
  addOutputOptions,
  type CheckOptions,
  type OutputOptions,
  overridesOf,
} from './options.ts';
import { printReports } from './output.ts';

export type CheckCommandOptions = OutputOptions & Overrides & CheckOptions;

/** A command that checks any number of inputs. */
export interface Check<Options> {
  readonly name: 'gradcheck' | 'compare' | 'audit';
  readonly description: string;
  /** what an input may be */
  readonly argument?: string;
  /** checks one input, of so many that were named */
  check(input: Input, options: Options, configs: number): Promise<Outcome> | Outcome;
}

/** Adds a command that checks any number of inputs: all are run, and the worst exit code counts. */
export function addCheck<Options extends CheckCommandOptions>(
  program: Command,
  cli: Cli,
  { name, description, argument = CONFIG_ARGUMENT, check }: Check<Options>,
): Command {
  const command = program.command(name).description(description).argument('[configs...]', argument);
  addOutputOptions(addConfigOptions(addCheckOptions(command)), true);
  return command.action(async (configs: string[], options: Options) => {
    const run = async (config: string | undefined): Promise<Report> => {
      if (name === 'gradcheck' && config !== undefined && isModule(config)) {
        if (configs.every(isModule)) refuseNetworkOptions(config, options);
        return { config, functions: await checkModule(config, functionOptions(options), cli.io) };
      }
      const input = await readInput(config, cli.io, overridesOf(options));
      checkNames(options.only, input);
      return {
        config: input.config,
        problem: input.problem,
        outcome: await check(input, options, configs.length),
      };
    };
    const reports: Report[] = [];
    const errors: InputError[] = [];
    for (const config of configs.length === 0 ? [undefined] : configs) {
      try {
        reports.push(await run(config));
      } catch (error) {
        if (!(error instanceof InputError) || configs.length < 2) throw error;
        errors.push(error);
      }
    }
    const agreed = reports.every((report) => hasPassed(report, options));
    const failed = errors.length > 0;
    if (failed) reportError(InputError.all(errors), options.format === 'json', cli.io);
    if (reports.length > 0) {
      await printReports({ command: name, reports, passed: agreed && !failed, errors }, options, cli.io);
    }
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
  strict,
  allow,
}: CheckOptions): GradcheckOptions & StrengthOptions => ({
  naive,
  seed,
  strict,
  allow,
  ...(step !== undefined && { step }),
  ...(rtol !== undefined && { rtol }),
  ...(atol !== undefined && { atol }),
  ...(only !== undefined && { only }),
  ...(sample !== undefined && { sample }),
});

/** Those that also concern the functions of a module. */
const functionOptions = ({ step, rtol, atol, strict }: CheckOptions) => ({
  strict,
  ...(step !== undefined && { step }),
  ...(rtol !== undefined && { rtol }),
  ...(atol !== undefined && { atol }),
});

/** What is said of networks would be lost on functions alone. */
function refuseNetworkOptions(file: string, options: CheckCommandOptions): void {
  const { only, sample, naive, reg, activation, samples, weights } = options;
  const given = Object.entries({
    only,
    sample,
    naive: naive || undefined,
    reg,
    activation,
    samples,
    weights,
  });
  const lost = given.find(([, value]) => value !== undefined)?.[0];
  if (lost !== undefined)
    throw InputError.ofFile(file, `--${lost} concerns networks; a module is checked in all its entries`);
}

function checkNames(only: readonly string[] | undefined, { config, problem }: Input): void {
  const names = parameters(problem.network).map(({ name }) => `d${name}`);
  if (only?.length === 0) throw InputError.ofFile(config, `--only: expected some of ${names.join(', ')}`);
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw InputError.ofFile(config, `--only ${unknown}: expected some of ${names.join(', ')}`);
}
