import { lstatSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { InputError } from '../../files/errors.ts';
import { type InitOptions, init } from '../../index.ts';
import { drawStrength } from '../../report/audit.ts';
import { type Json, writeJson } from '../../report/json.ts';
import { printable } from '../../report/printable.ts';
import { makeStyle } from '../../report/style.ts';
import { ADAPTER_NAMES, type AdapterName } from '../adapter-names.ts';
import { checkConfigName, configContent } from '../config-file.ts';
import type { Cli } from '../evaluation.ts';
import { type Io, print, wantsColor, widthOf } from '../io.ts';
import {
  addConfigOptions,
  type ConfigOptions,
  choice,
  fileOption,
  integer,
  overridesOf,
} from '../options.ts';

interface InitCommandOptions extends ConfigOptions {
  /** N */
  readonly number: number;
  readonly seed: number;
  readonly dtype: 'float64' | 'float32';
  readonly force: boolean;
  readonly adapter?: AdapterName;
}

/** `fcnet init D H C` */
export function addInit(program: Command, { io }: Cli): Command {
  const command = program
    .command('init')
    .description('a random config that catches every mistake that can apply, to check your own code with')
    .argument('[sizes...]', 'layer sizes: inputs, hidden units, outputs', sizes)
    .option('-n, --number <n>', 'how many samples', integer(1), 7)
    .option('--seed <n>', 'seed of the random numbers', integer(0), 0);
  return addConfigOptions(command)
    .optionsGroup('The file:')
    .addOption(
      choice(
        '--dtype <name>',
        'float64: rounded to four decimals; float32: values that float32 holds exactly',
        ['float64', 'float32'],
      ).default('float64'),
    )
    .addOption(fileOption('write it to a file, .json or .npz; also --output, unless it names an output'))
    .option('--force', 'write over a file that is there', false)
    .addOption(
      choice(
        '--adapter <language>',
        'instead of a config, a short program that lacks only your gradient, for compare --against',
        ADAPTER_NAMES,
      ),
    )
    .action(async (layers: number[], options: InitCommandOptions) => {
      const { number: N, seed, dtype, force, adapter, ...config } = options;
      if (adapter !== undefined) {
        await writeAdapter(adapter, config.output?.file, force, io);
        return;
      }
      if (layers.length === 0) command.error("error: missing required argument 'sizes'");
      // X and the weights
      const numbers = layers.reduce((total, size, i) => total + size * (layers[i - 1] ?? N), 0);
      if (numbers > MOST_NUMBERS)
        command.error(`error: expected at most ${MOST_NUMBERS} numbers in a config, found ${numbers}`);
      const file = config.output?.file;
      if (file !== undefined) {
        checkConfigName(file);
        checkFree(file, force);
      }
      const drawnConfig = drawn({ sizes: layers, N, seed, dtype, ...overridesOf(config) }, command);
      if (file === undefined) await print(io.stdout, writeJson(drawnConfig.config as Json));
      else
        await io.files.add(file, configContent(file, drawnConfig.config, dtype), () =>
          io.stderr.write(`wrote ${printable(file)}\n`),
        );
      const { audit } = drawnConfig;
      if (audit.caught < audit.total) {
        const style = makeStyle(wantsColor(io.stderr, io.env));
        io.stderr.write(
          `${drawStrength(audit, { style, width: widthOf(io.stderr, io.env), digits: 6, full: false, worst: 5, strictness: { strict: false, allow: [] } })}\n`,
        );
      }
    });
}

/** Prints a program to fill in, or writes it to a file. */
async function writeAdapter(
  name: AdapterName,
  file: string | undefined,
  force: boolean,
  io: Io,
): Promise<void> {
  const { ADAPTERS } = await import('../adapters/adapters.ts');
  if (file === undefined) return print(io.stdout, ADAPTERS[name]);
  checkFree(file, force);
  await io.files.add(file, ADAPTERS[name], () => io.stderr.write(`wrote ${printable(file)}\n`));
}

/**
 * A file that is there is not lost.
 *
 * @throws InputError
 */
function checkFree(file: string, force: boolean): void {
  if (!force && lstatSync(file, { throwIfNoEntry: false })?.isFile())
    throw InputError.ofFile(file, 'is there already (--force writes over it)');
}

/** The library says what is wrong with its options; here that is a usage error. */
function drawn(options: InitOptions, command: Command): ReturnType<typeof init> {
  try {
    return init(options);
  } catch (error) {
    if (error instanceof RangeError) command.error(`error: ${error.message}`);
    throw error;
  }
}

/** A config is to be read by people and by programs of all kinds. */
const MOST_NUMBERS = 1e6;

function sizes(text: string, previous: readonly number[] = []): number[] {
  const size = Number(text);
  if (!Number.isInteger(size) || size < 1)
    throw new InvalidArgumentError('Expected a layer size, an integer of at least 1.');
  return [...previous, size];
}
