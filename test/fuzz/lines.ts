import fc from 'fast-check';
import { everyActivation, everyLoss } from '../networks.ts';

/** The files that a case has: a command line names some of them. */
const CONFIGS = ['net.json', 'other.json', 'net.npz', 'net.safetensors', '-'] as const;
const REFERENCES = ['theirs.json', 'theirs.npz'] as const;

const texts = fc.oneof(
  fc.constantFrom('', ' ', '0', '1', '-1', '1e400', 'NaN', '0x10', '1e-7', '9007199254740993', '0.5', '3'),
  fc.constantFrom(
    'relu',
    'Relu',
    'rows',
    'json',
    'mean',
    '__proto__',
    'constructor',
    '-',
    '--',
    '\u001b[31m',
  ),
  fc.string({ maxLength: 6 }).filter((text) => !/[/\\]|\.\./.test(text)), // it may name a file that is written
);

const named = (name: string, values: fc.Arbitrary<string>): fc.Arbitrary<string[]> =>
  fc.oneof(
    { weight: 6, arbitrary: values.map((value) => [name, value]) },
    { weight: 1, arbitrary: values.map((value) => [`${name}=${value}`]) },
    { weight: 2, arbitrary: texts.map((value) => [name, value]) },
    { weight: 1, arbitrary: fc.constant<string[]>([name]) },
  );

const activation = fc.constantFrom(
  ...everyActivation.map((spec) => (typeof spec === 'string' ? spec : Object.entries(spec).flat().join(':'))),
);

/** Options of the commands that take a config. */
const configOptions = fc.oneof(
  named('--reg', fc.constantFrom('0', '0.5', '1e-3', '1e308')),
  named('--activation', activation),
  named('--output', fc.constantFrom('softmax', 'sigmoid', 'identity', 'out.txt')),
  named('--loss', fc.constantFrom(...everyLoss.map(({ loss }) => loss))),
  named('--reduction', fc.constantFrom('mean', 'sum', 'mean-of-entries')),
  named('--penalty', fc.constantFrom('half', 'full', 'half-over-n')),
  named('--samples', fc.constantFrom('rows', 'columns')),
  named('--weights', fc.constantFrom('out-in', 'in-out')),
  named('--biases', fc.constantFrom('separate', 'none', 'first', 'last')),
);

const outputOptions = fc.oneof(
  fc.constantFrom<string[]>(['--json'], ['--full'], ['-q'], ['--quiet'], ['--color'], ['--no-color']),
  named('--format', fc.constantFrom('table', 'json', 'markdown', 'github', 'junit', 'html')),
  named('--digits', fc.constantFrom('1', '6', '17')),
  named('-o', fc.constantFrom('out.txt', 'net.json', 'theirs.json', 'none/out.txt', '.')),
);

const checkOptions = fc.oneof(
  fc.constantFrom<string[]>(['--naive'], ['--strict']),
  named('--step', fc.constantFrom('1e-5', '0.01', '1', '1e300', '5e-324')),
  named('--rtol', fc.constantFrom('0', '1e-7', '1', '1e308')),
  named('--atol', fc.constantFrom('0', '1e-7', '1')),
  named('--only', fc.constantFrom('dW1', 'dW1,db1', 'dW9', 'dW2')),
  named('--sample', fc.constantFrom('1', '3', '1000000')),
  named('--seed', fc.constantFrom('0', '7')),
  named('--worst', fc.constantFrom('0', '1', '100')),
  named('--allow', fc.constantFrom('missing-mean', 'data-zero', 'flipped-sign')),
);

const compareOptions = fc.oneof(
  {
    weight: 4,
    arbitrary: named('--reference', fc.constantFrom<string>(...REFERENCES, 'gone.json', 'net.json')),
  },
  { weight: 1, arbitrary: named('--dtype', fc.constantFrom('float64', 'float32', 'float16')) },
  { weight: 1, arbitrary: named('--rename', fc.constantFrom('fc1.weight=dW1', 'dW1=dW2', 'dW2=dW1')) },
  { weight: 1, arbitrary: fc.constantFrom<string[]>(['-u'], ['--update']) },
);

const several = <T>(of: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<T[]> => fc.array(of, { maxLength });

const words = (
  command: string,
  configs: fc.Arbitrary<string[]>,
  options: fc.Arbitrary<string[]>,
  most = 3,
): fc.Arbitrary<string[]> =>
  fc
    .record({ configs, options: several(options, most), first: fc.boolean() })
    .map(({ configs: named, options: chosen, first }) =>
      first ? [command, ...named, ...chosen.flat()] : [command, ...chosen.flat(), ...named],
    );

const config = fc.oneof(
  { weight: 6, arbitrary: fc.constant('net.json') },
  fc.constantFrom<string>(...CONFIGS),
);
const oneConfig = config.map((file) => [file]);
const someConfigs = fc.oneof({ weight: 5, arbitrary: oneConfig }, several(config, 3));

const init = words(
  'init',
  several(fc.oneof(fc.constantFrom('1', '2', '3', '4'), texts), 4),
  fc.oneof(
    named('-n', fc.constantFrom('1', '3')),
    named('--seed', fc.constantFrom('1')),
    named('--dtype', fc.constantFrom('float32', 'float64')),
    named('-o', fc.constantFrom('drawn.json', 'drawn.npz', 'net.json')),
    configOptions,
  ),
);

/** Command lines of every command, most of them possible. */
export const lines: fc.Arbitrary<string[]> = fc.oneof(
  ...['forward', 'loss', 'backprop'].map((command) => ({
    weight: 3,
    arbitrary: words(command, oneConfig, fc.oneof(configOptions, outputOptions), 2),
  })),
  ...['gradcheck', 'audit'].map((command) => ({
    weight: 2,
    arbitrary: words(command, someConfigs, fc.oneof(configOptions, outputOptions, checkOptions)),
  })),
  {
    weight: 8,
    arbitrary: words(
      'compare',
      someConfigs,
      fc.oneof(configOptions, outputOptions, checkOptions, { weight: 2, arbitrary: compareOptions }),
    ),
  },
  { weight: 1, arbitrary: init },
  {
    weight: 1,
    arbitrary: several(fc.oneof(fc.constantFrom('loss', 'compare', '--help', '-V', 'help'), texts), 4),
  },
);
