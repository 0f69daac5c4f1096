import type { Command } from 'commander';
import { nameIn } from '../core/layout.ts';
import { parameters } from '../core/network.ts';
import { InputError } from '../files/errors.ts';
import type { GradcheckOptions } from '../gradcheck/gradcheck.ts';
import type { StrengthOptions } from '../mistakes/strength.ts';
import type { Outcome, Report } from '../report/table.ts';
import { type Cli, CONFIG_ARGUMENT } from './evaluation.ts';
import { expanded } from './globs.ts';
import { BUILT_IN, type Input, readInput } from './inputs.ts';
import type { Io } from './io.ts';
import { type Job, runJobs } from './jobs.ts';
import { checkModule, isModule } from './modules.ts';
import {
  addCheckOptions,
  addConfigOptions,
  addOutputOptions,
  type CheckOptions,
  type ConfigOptions,
  type OutputOptions,
  overridesOf,
} from './options.ts';
import { Printing } from './output.ts';

export type CheckCommandOptions = OutputOptions & ConfigOptions & CheckOptions;

/** How inputs are checked: with one set of options for all. */
export interface Check<Options> {
  /** what --only may name besides gradients */
  readonly only?: readonly string[];
  /** checks one input, of so many that were named */
  check(input: Input, options: Options, io: Io, configs: number): Promise<Outcome> | Outcome;
  /** the files that it reads besides */
  files?(options: Options): readonly string[];
  /** what can only be told when all inputs were checked, none of which failed */
  finish?(options: Options): Promise<void> | void;
}

/** A command that checks any number of inputs. */
export interface CheckCommand<Options> extends Check<Options> {
  readonly name: 'gradcheck' | 'compare' | 'audit';
  readonly description: string;
  /** what an input may be */
  readonly argument?: string;
  /** options of its own */
  addOptions?(command: Command): Command;
}

/** Adds a command that checks any number of inputs: all are run, and the worst exit code counts. */
export function addCheck<Options extends CheckCommandOptions>(
  program: Command,
  cli: Cli,
  { name, description, argument = CONFIG_ARGUMENT, addOptions, ...check }: CheckCommand<Options>,
): Command {
  const command = program.command(name).description(description).argument('[configs...]', argument);
  addOptions?.(command);
  addOutputOptions(addConfigOptions(addCheckOptions(command)), true);
  return command.action(async (named: string[], options: Options) => {
    const configs = await expanded(named);
    const printing = new Printing({ command: name, inputs: configs.length || 1 }, options, cli.io);
    printing.protect(check.files?.(options) ?? []);
    const jobs = (configs.length === 0 ? [undefined] : configs).map(
      (config): Job => ({
        config: config === '-' ? '<stdin>' : (config ?? BUILT_IN),
        drawing: options,
        check: async (io) => {
          if (name !== 'gradcheck' || config === undefined || !isModule(config))
            return checked(config, check, options, io, configs.length);
          if (configs.every(isModule)) refuseNetworkOptions(config, options);
          return { config, functions: await checkModule(config, functionOptions(options), io) };
        },
      }),
    );
    await runJobs([{ jobs, most: options.jobs, finish: () => check.finish?.(options) }], printing, cli);
  });
}

/** What comes of one config, of so many that were named. */
export async function checked<Options extends CheckCommandOptions>(
  config: string | undefined,
  { check, only = [] }: Check<Options>,
  options: Options,
  io: Io,
  configs: number,
): Promise<Report> {
  const input = await readInput(config, io, overridesOf(options));
  checkNames(options.only, input, only);
  const outcome = await check(input, options, io, configs);
  return { config: input.config, problem: input.problem, outcome };
}

/** What the options say to the library. */
export const gradcheckOptions = (
  { step, rtol, atol, naive, only, sample, seed, strict, allow }: CheckOptions,
  { onProgress }: Pick<Io, 'onProgress'> = {},
): GradcheckOptions & StrengthOptions => ({
  naive,
  seed,
  strict,
  allow,
  ...(step !== undefined && { step }),
  ...(rtol !== undefined && { rtol }),
  ...(atol !== undefined && { atol }),
  ...(only !== undefined && { only }),
  ...(sample !== undefined && { sample }),
  ...(onProgress && { onProgress }),
});

/** Those that also concern the functions of a module. */
const functionOptions = ({ step, rtol, atol, strict, allow }: CheckOptions) => ({
  strict: strict && !allow.includes('inconclusive'),
  ...(step !== undefined && { step }),
  ...(rtol !== undefined && { rtol }),
  ...(atol !== undefined && { atol }),
});

/** What is said of networks would be lost on functions alone. */
function refuseNetworkOptions(file: string, options: CheckCommandOptions): void {
  const { only, sample, naive } = options;
  const given = Object.entries({ only, sample, naive: naive || undefined, ...overridesOf(options) });
  const lost = given.find(([, value]) => value !== undefined)?.[0];
  if (lost !== undefined)
    throw InputError.ofFile(file, `--${lost} concerns networks; a module is checked in all its entries`);
}

/**
 * That fcnet's own engine agrees with itself says nothing of the user's code: no check that --strict accepts.
 *
 * @throws InputError
 */
export function refuseOwnOnly(config: string, { strict }: CheckOptions): void {
  if (!strict) return;
  throw InputError.ofFile(
    config,
    '--strict: expected a reference, since fcnet checks only its own gradients without one; give compare --against "COMMAND" or --reference FILE',
  );
}

function checkNames(
  only: readonly string[] | undefined,
  { config, problem }: Input,
  beside: readonly string[],
): void {
  const own = parameters(problem.network).map(({ name }) => nameIn(problem.layout, `d${name}`));
  const names = [...new Set(own), ...beside];
  if (only?.length === 0) throw InputError.ofFile(config, `--only: expected some of ${names.join(', ')}`);
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw InputError.ofFile(config, `--only ${unknown}: expected some of ${names.join(', ')}`);
}
