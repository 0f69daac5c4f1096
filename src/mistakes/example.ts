import { type ActivationSpec, activationOf } from '../core/activations.ts';
import { forward } from '../core/forward.ts';
import { lossOf } from '../core/losses/losses.ts';
import { matrix } from '../core/matrix.ts';
import { type Network, oneHot } from '../core/network.ts';
import { type Objective, TEXTBOOK } from '../core/objective.ts';
import { type RandomNumbers, randomNumbers } from '../core/random.ts';
import { measure } from '../gradcheck/measure.ts';
import { type Audit, audit } from './audit.ts';

/** What a random network is like; of what is left out, the lesson's. */
export interface ExampleOptions extends Partial<Objective> {
  /** D, H₁, …, C: at least two */
  readonly sizes: readonly number[];
  /** N, 7 by default */
  readonly N?: number;
  readonly seed?: number;
  /** of all hidden layers, or of each; sigmoid by default */
  readonly activation?: ActivationSpec | readonly ActivationSpec[];
  /** whether the layers have biases, true by default */
  readonly biased?: boolean;
  /** λ, 0.1 by default */
  readonly reg?: number;
  /** round to numbers that this format holds exactly; `float64` rounds to four decimals, to be read well */
  readonly dtype?: 'float64' | 'float32';
}

/** A network made to be checked, its labels beside it. */
export interface Example {
  readonly network: Network;
  /** N class labels, or the targets of one output */
  readonly y: readonly number[];
  readonly audit: Audit;
}

/** How often a network is drawn before the best one so far has to do: small ones need luck, and take no time. */
export const attemptsFor = ({ sizes, N = 7 }: ExampleOptions): number => {
  const weights = sizes.slice(1).reduce((total, H, i) => total + H * sizes[i]!, 0);
  return Math.min(300, Math.max(5, Math.floor(1e6 / (weights * N))));
};
/** Entries of a tensor that have to show a mistake: the check of all entries catches it all the more. */
const SHOWN = 40;

/**
 * Draws a random network that catches every mistake of the catalogue that applies to one of its kind; the
 * same one for the same seed. Where no draw does, it is the one that catches most, and its audit says so.
 *
 * @throws RangeError for less than two sizes, sizes or samples that are no positive integers, another number of
 * activations than there are hidden layers, an output that the loss is not defined for, or one unit that has to choose
 */
export function makeExample(options: ExampleOptions): Example {
  checkOptions(options);
  const attempt = (i: number): Example => {
    const { network, y } = draw(options, i);
    return { network, y, audit: audit(measure(forward(network), { sample: SHOWN })) };
  };
  return firstBest(attemptsFor(options), attempt, ({ audit: { total, caught } }) => total - caught);
}

/** The first of so many, at least one, that costs least; after one that costs nothing no more are made. */
export function firstBest<Value>(
  count: number,
  make: (i: number) => Value,
  costOf: (value: Value) => number,
): Value {
  let best = make(0);
  for (let i = 1; i < count && costOf(best) > 0; i++) {
    const next = make(i);
    if (costOf(next) < costOf(best)) best = next;
  }
  return best;
}

function checkOptions(options: ExampleOptions): void {
  const { sizes, N = 7, activation = 'sigmoid' } = options;
  if (sizes.length < 2) throw new RangeError('expected at least two sizes, inputs and classes');
  const bad = [...sizes, N].find((size) => !Number.isInteger(size) || size < 1);
  if (bad !== undefined) throw new RangeError(`expected sizes and samples of at least 1, found ${bad}`);
  const hidden = sizes.length - 2;
  if (isList(activation) && activation.length !== hidden)
    throw new RangeError(
      `expected ${hidden === 1 ? '1 activation' : `${hidden} activations`}, one for each hidden layer; found ${activation.length}`,
    );
  const { output, loss } = objectiveOf(options);
  lossOf({ output, loss });
  if (sizes.at(-1) === 1 && (output === 'softmax' || loss === 'hinge'))
    throw new RangeError(`${loss === 'hinge' ? 'a hinge' : 'a softmax'} needs at least two outputs, found 1`);
}

const isList = (
  activation: ActivationSpec | readonly ActivationSpec[],
): activation is readonly ActivationSpec[] => Array.isArray(activation);

/** What was asked for; softmax and sigmoid have a loss of their own. */
const objectiveOf = ({
  output = TEXTBOOK.output,
  loss = TEXTBOOK.loss,
  reduction = TEXTBOOK.reduction,
  penalty = TEXTBOOK.penalty,
}: ExampleOptions): Objective => ({ output, loss, reduction, penalty });

function draw(options: ExampleOptions, attempt: number): Pick<Example, 'network' | 'y'> {
  const { sizes, N = 7, seed = 0, activation = 'sigmoid', dtype = 'float64' } = options;
  const { reg: lambda = 0.1 } = options;
  const reg = dtype === 'float32' ? Math.fround(lambda) : lambda;
  const round =
    dtype === 'float32'
      ? (value: number) => Math.round(value * 2 ** 10) / 2 ** 10
      : (value: number) => Math.round(value * 1e4) / 1e4;
  const stream = (name: string): RandomNumbers => randomNumbers(seed, `${name}/${attempt}`);
  const normal = (name: string, size: number, std: number): Float64Array => {
    const { normal: next } = stream(name);
    return Float64Array.from({ length: size }, () => round(std * next()));
  };
  const [D, C] = [sizes[0]!, sizes.at(-1)!];
  const { biased = true } = options;
  const layers = sizes.slice(1).map((H, i) => {
    const fanIn = sizes[i]!;
    return {
      number: i + 1,
      W: matrix(H, fanIn, normal(`W${i + 1}`, H * fanIn, 1 / Math.sqrt(fanIn))),
      b: biased ? normal(`b${i + 1}`, H, 0.5) : new Float64Array(H),
      activation: i + 2 === sizes.length ? undefined : isList(activation) ? activation[i] : activation,
    };
  });
  const objective = objectiveOf(options);
  const y = C === 1 ? targets(objective, N, stream('y'), round) : labels(C, N, stream('y'));
  const Y = C === 1 ? matrix(1, N, Float64Array.from(y)) : oneHot(y, C);
  return { network: { ...objective, layers, biased, reg, X: matrix(D, N, normal('X', D * N, 1)), Y }, y };
}

const labels = (C: number, N: number, { uniform }: RandomNumbers): number[] =>
  Array.from({ length: N }, () => Math.floor(uniform() * C));

/** Targets of one output: yes or no for a cross-entropy, else numbers that the output can reach, or nearly. */
function targets(
  { output, loss }: Objective,
  N: number,
  { uniform, normal }: RandomNumbers,
  round: (value: number) => number,
): number[] {
  if (loss === 'cross-entropy') return Array.from({ length: N }, () => Math.floor(2 * uniform()));
  const { value } = activationOf(output === 'softmax' ? 'identity' : output);
  return Array.from({ length: N }, () => round(value(2 * normal())));
}
