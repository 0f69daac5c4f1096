import { type Command, InvalidArgumentError, Option } from 'commander';
import { writeNpz } from '../../config/files/write-npz.ts';
import { type Nested, readNested } from '../../config/nested.ts';
import type { ActivationName } from '../../core/activations.ts';
import { type ExampleOptions, init } from '../../index.ts';
import { drawStrength } from '../../report/audit.ts';
import { type Json, writeJson } from '../../report/json.ts';
import { makeStyle } from '../../report/style.ts';
import type { Cli } from '../evaluation.ts';
import { wantsColor, widthOf } from '../io.ts';
import { activations, integer, nonNegative } from '../options.ts';
import { writeWhole } from '../output.ts';

interface InitOptions {
  readonly samples: number;
  readonly seed: number;
  readonly reg: number;
  readonly activation?: ActivationName | ActivationName[];
  readonly dtype: 'float64' | 'float32';
  readonly output?: string;
}

/** `fcnet init D H C` */
export const addInit = (program: Command, { io }: Cli): Command =>
  program
    .command('init')
    .description('a random config that catches every mistake that can apply, to check your own code with')
    .argument('<sizes...>', 'layer sizes: inputs, hidden units, classes', sizes)
    .option('--samples <n>', 'how many samples', integer(1), 7)
    .option('--seed <n>', 'seed of the random numbers', integer(0), 0)
    .option('--reg <lambda>', 'λ', nonNegative, 0.1)
    .option(
      '--activation <names>',
      'hidden activation, or one for each hidden layer (default: sigmoid)',
      activations,
    )
    .addOption(
      new Option(
        '--dtype <name>',
        'float64: rounded to four decimals; float32: values that float32 holds exactly',
      )
        .choices(['float64', 'float32'])
        .default('float64'),
    )
    .option('-o, --output <file>', 'write it to a file, .json or .npz, instead of standard output')
    .action(async (layers: number[], { output, ...options }: InitOptions, command: Command) => {
      // X and the weights
      const numbers = layers.reduce((total, size, i) => total + size * (layers[i - 1] ?? options.samples), 0);
      if (numbers > MOST_NUMBERS)
        command.error(`error: expected at most ${MOST_NUMBERS} numbers in a config, found ${numbers}`);
      const { config, audit } = drawn({ sizes: layers, ...options }, command);
      if (output === undefined) io.stdout.write(writeJson(config as Json));
      else
        await writeWhole(
          output,
          output.endsWith('.npz')
            ? asNpz(options.dtype, config as Record<string, Json>, command)
            : writeJson(config as Json),
        );
      if (audit.caught < audit.total) {
        const style = makeStyle(wantsColor(io.stderr, io.env));
        io.stderr.write(
          `${drawStrength(audit, { style, width: widthOf(io.stderr, io.env), digits: 6, full: false, worst: 5, strictness: { strict: false, allow: [] } })}\n`,
        );
      }
    });

/** The library says what is wrong with its options; here that is a usage error. */
function drawn(options: ExampleOptions, command: Command): ReturnType<typeof init> {
  try {
    return init(options);
  } catch (error) {
    if (error instanceof RangeError) command.error(`error: ${error.message}`);
    throw error;
  }
}

/** A config is to be read by people and by programs of all kinds. */
const MOST_NUMBERS = 1e6;

/** The arrays of a config as numpy.savez would write them; what is no array has no place there. */
function asNpz(
  dtype: 'float64' | 'float32',

  { samples: _samples, weights: _weights, activation, ...arrays }: Record<string, Json>,
  command: Command,
): Uint8Array {
  if ((activation as string[]).some((name) => name !== 'sigmoid')) {
    command.error('error: an .npz file cannot hold the activation; write a .json file, or use sigmoid');
  }
  return writeNpz(
    Object.entries(arrays).map(([name, value]) => {
      const { shape, data } = readNested(value, [], () => {}) as Nested;
      return { name, shape, data, dtype: name === 'y' ? 'int64' : dtype };
    }),
  );
}

function sizes(text: string, previous: readonly number[] = []): number[] {
  const size = Number(text);
  if (!Number.isInteger(size) || size < 1)
    throw new InvalidArgumentError('Expected a layer size, an integer of at least 1.');
  return [...previous, size];
}
