import { type Command, Option } from 'commander';
import { writtenOut } from '../../config/written-out.ts';
import { InputError } from '../../files/errors.ts';
import { type Json, writeJson } from '../../report/json.ts';
import { printable } from '../../report/printable.ts';
import { makeStyle } from '../../report/style.ts';
import { drawTraining } from '../../report/training.ts';
import { Diverged, LESSON_ITERATIONS, LESSON_RATE, type Training, training } from '../../train.ts';
import { checkConfigName, configContent } from '../config-file.ts';
import { type Cli, CONFIG_ARGUMENT } from '../evaluation.ts';
import { filesRead, readInput } from '../inputs.ts';
import { type Io, print, wantsColor, widthOf } from '../io.ts';
import {
  addConfigOptions,
  type ConfigOptions,
  choice,
  fileOption,
  integer,
  overridesOf,
  positive,
} from '../options.ts';
import { refuseInput } from '../output.ts';
import { ProgressLine } from '../progress.ts';

interface TrainCommandOptions extends ConfigOptions {
  readonly learningRate: number;
  readonly iterations: number;
  readonly format: 'table' | 'json';
  readonly digits: number;
  readonly quiet: boolean;
  readonly color?: boolean;
}

/** The loss of each step is kept, for the curve. */
const MOST_ITERATIONS = 1e7;

/** `fcnet train [config]` */
export function addTrain(program: Command, { io }: Cli): Command {
  const command = program
    .command('train')
    .description('full-batch gradient descent: the loss curve, and the updated config with -o')
    .argument('[config]', CONFIG_ARGUMENT)
    .option('--learning-rate <eta>', 'η of θ ← θ − η ∂J/∂θ', positive, LESSON_RATE)
    .option('--iterations <n>', 'how many steps', integer(1, MOST_ITERATIONS), LESSON_ITERATIONS);
  return addConfigOptions(command)
    .optionsGroup('The result:')
    .addOption(fileOption('write the updated config to a file, .json or .npz'))
    .addOption(choice('--format <name>', 'how to print the result', ['table', 'json']).default('table'))
    .addOption(new Option('--json', 'the same as --format json').implies({ format: 'json' }))
    .option('--digits <n>', 'significant digits', integer(1, 17), 6)
    .option('-q, --quiet', 'print nothing', false)
    .option('--color', 'use colour even when output is not a terminal')
    .option('--no-color', 'no colour (NO_COLOR is honoured too)')
    .action(async (config: string | undefined, options: TrainCommandOptions) => {
      const file = options.output?.file;
      if (file !== undefined) checkConfigName(file);
      const input = await readInput(config, io, overridesOf(options));
      const result = await trained(input, options, io);
      if (file !== undefined) {
        await refuseInput(file, filesRead(io));
        const content = configContent(file, writtenOut(result.problem), 'float64');
        await io.files.add(file, content, () => void io.stderr.write(`wrote ${printable(file)}\n`));
      }
      if (!options.quiet)
        await print(io.stdout, textOf(input.problem.name ?? input.config, result, options, io));
    });
}

/** @throws InputError if the loss overflows */
async function trained(
  { config, problem }: Awaited<ReturnType<typeof readInput>>,
  { learningRate, iterations }: TrainCommandOptions,
  io: Io,
): Promise<Training> {
  const line = new ProgressLine(io.stderr);
  const steps = training(problem, { learningRate, iterations });
  try {
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) return step.value;
      const { iteration, loss } = step.value;
      await line.after(
        iteration,
        iterations,
        `step ${iteration} of ${iterations}, loss ${loss.toPrecision(6)}`,
      );
    }
  } catch (error) {
    if (error instanceof Diverged)
      throw InputError.ofFile(config, `${error.message}; a smaller --learning-rate may help`);
    throw error;
  } finally {
    line.end();
  }
}

function textOf(title: string, result: Training, options: TrainCommandOptions, io: Io): string {
  if (options.format === 'json') return writeJson(trainingJson(result));
  const style = makeStyle(wantsColor(io.stdout, io.env, options.color));
  return `${drawTraining(printable(title), result, { style, width: widthOf(io.stdout, io.env), digits: options.digits })}\n`;
}

const trainingJson = ({ learningRate, iterations, losses, loss, accuracy, rises }: Training): Json => ({
  version: 1,
  command: 'train',
  learningRate,
  iterations,
  losses,
  loss: { data: loss.data, regularization: loss.regularization, total: loss.total },
  right:
    accuracy === null
      ? null
      : { before: accuracy.before.right, after: accuracy.after.right, samples: accuracy.after.samples },
  rises,
});
