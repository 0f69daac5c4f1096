import type { Command } from 'commander';
import type { Problem } from '../config/problem.ts';
import type { Outcome } from '../report/table.ts';
import { readInput } from './inputs.ts';
import type { ExitCode, Io } from './io.ts';
import {
  addConfigOptions,
  addOutputOptions,
  type ConfigOptions,
  type OutputOptions,
  overridesOf,
} from './options.ts';
import { printReport } from './output.ts';

/** What commands work with: the world, and where their exit code goes. */
export interface Cli {
  readonly io: Io;
  exit(code: ExitCode): void;
}

/** What such a command is given. */
export type EvaluationOptions = OutputOptions & ConfigOptions & { readonly explain?: boolean };

export const CONFIG_ARGUMENT =
  'a config (.json, .npz, .safetensors), or - for JSON on standard input; left out, the built-in textbook example';

/** A command that computes something of one config and prints it. */
export function addEvaluation(
  program: Command,
  cli: Cli,
  name: string,
  description: string,
  evaluate: (problem: Problem, options: EvaluationOptions) => Outcome,
  addOwn: (command: Command) => Command = (command) => command,
): Command {
  const command = program.command(name).description(description).argument('[config]', CONFIG_ARGUMENT);
  addOutputOptions(addConfigOptions(addOwn(command)));
  return command.action(async (config: string | undefined, options: EvaluationOptions) => {
    const input = await readInput(config, cli.io, overridesOf(options));
    const report = {
      config: input.config,
      problem: input.problem,
      outcome: evaluate(input.problem, options),
    };
    await printReport(name, report, options, cli.io);
  });
}
