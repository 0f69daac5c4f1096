import { type Command, InvalidArgumentError, Option } from 'commander';
import { backprop, compare } from '../../index.ts';
import { askCommand, loadReference } from '../../reference/load.ts';
import { PRECISIONS, type Precision } from '../../reference/precision.ts';
import type { ReferenceOptions } from '../../reference/reference.ts';
import { addCheck, type CheckCommandOptions, gradcheckOptions } from '../checks.ts';
import type { Cli } from '../evaluation.ts';
import type { Input } from '../inputs.ts';
import { positive } from '../options.ts';
import { goldenFile, writeGolden } from '../update.ts';

interface CompareCommandOptions extends CheckCommandOptions {
  readonly reference: readonly string[];
  readonly against: readonly string[];
  readonly rename: Readonly<Record<string, string>>;
  readonly dtype?: Precision;
  readonly timeout: number;
  readonly update: boolean;
}

/** `fcnet compare [configs...]` */
export const addCompare = (program: Command, cli: Cli): Command =>
  addCheck<CompareCommandOptions>(program, cli, {
    name: 'compare',
    description: 'analytic, numerical and reference gradients side by side, with a verdict for each',
    async check(input, options, configs) {
      const golden = options.update ? await goldenFile(options.reference, configs, cli.io) : undefined;
      const own = await input.references(referenceOptions(options));
      const answers = await asked(input, options, cli);
      // Last of what can fail, so that where something does nothing is written.
      if (golden !== undefined) await writeGolden(golden, input, backprop(input.problem), cli.io);
      const references = [...own, ...(await filed(options)), ...answers];
      return { command: 'compare', result: compare(input.problem, references, gradcheckOptions(options)) };
    },
  })
    .option(
      '--reference <file>',
      "a reference besides the config's own (repeatable)",
      several,
      [] as string[],
    )
    .option(
      '--against <command>',
      'a shell command that gets the config as JSON on standard input and answers with a reference (repeatable)',
      command,
      [] as string[],
    )
    .option(
      '--rename <theirs=ours>',
      'what a reference calls a gradient, such as fc1.weight=dW1 (repeatable)',
      rename,
      {} as Record<string, string>,
    )
    .addOption(
      new Option('--dtype <name>', 'the precision the references were computed in')
        .choices(PRECISIONS)
        .default(undefined, 'from the file, or its values'),
    )
    .option('--timeout <seconds>', 'how long a command of --against may take', positive, 60)
    .option(
      '-u, --update',
      'write what backprop --json prints to the one --reference named (never in CI)',
      false,
    );

function command(text: string, previous: readonly string[]): string[] {
  if (text.trim() === '') throw new InvalidArgumentError('Expected a command.');
  return several(text, previous);
}

const several = (text: string, previous: readonly string[]): string[] => [...previous, text];

function rename(text: string, previous: Readonly<Record<string, string>>): Record<string, string> {
  const names = /^(.+)=(d[Wb][1-9]\d*)$/.exec(text);
  if (names === null) throw new InvalidArgumentError('Expected THEIRS=OURS, such as fc1.weight=dW1.');
  const [, theirs, ours] = names as unknown as [string, string, string];
  if (Object.hasOwn(previous, theirs))
    throw new InvalidArgumentError(`${theirs} is renamed already, to ${previous[theirs]}.`);
  return { ...previous, [theirs]: ours };
}

const referenceOptions = ({ dtype, rename: names }: CompareCommandOptions): ReferenceOptions => ({
  rename: names,
  ...(dtype !== undefined && { precision: dtype }),
});

/** The references of --reference. */
const filed = (options: CompareCommandOptions) =>
  Promise.all(options.reference.map((file) => loadReference(file, '', referenceOptions(options))));

/** The answers of the commands, one after another: each may use all of the machine. */
async function asked({ problem }: Input, options: CompareCommandOptions, { io }: Cli) {
  const answers = [];
  for (const command of options.against) {
    answers.push(
      await askCommand(command, problem, {
        ...referenceOptions(options),
        timeout: options.timeout,
        onInterrupt: io.onInterrupt,
      }),
    );
  }
  return answers;
}
