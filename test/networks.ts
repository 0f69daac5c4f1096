import fc from 'fast-check';
import { ACTIVATION_NAMES, type ActivationSpec } from '../src/core/activations.ts';
import { fromRows, type Matrix, map, matrix } from '../src/core/matrix.ts';
import { type Network, oneHot } from '../src/core/network.ts';
import { type Objective, type Output, PENALTIES, REDUCTIONS, TEXTBOOK } from '../src/core/objective.ts';
import { randomNumbers } from '../src/core/random.ts';

/** Of all randomness in the tests; `FC_SEED=2 npx vitest …` looks elsewhere. */
export const SEED = Number(process.env.FC_SEED ?? 1);

/** What a random network is drawn from. */
export interface Recipe {
  /** D, H₁, … C */
  readonly widths: readonly number[];
  readonly N: number;
  /** of at least as many hidden layers as there are */
  readonly activations: readonly ActivationSpec[];
  /** standard deviation of weights and biases */
  readonly weightScale: number;
  /** standard deviation of X */
  readonly inputScale: number;
  readonly softTargets: boolean;
  readonly reg: number;
  readonly seed: number;
  /** the textbook's by default */
  readonly objective?: Objective;
  /** true by default */
  readonly biased?: boolean;
}

/** Every activation, those that take a number with one, too. */
export const everyActivation: readonly ActivationSpec[] = [
  ...ACTIVATION_NAMES,
  { 'leaky-relu': 0.2 },
  { elu: 0.5 },
];

/** Every loss with every output that it is defined for. */
export const everyLoss: readonly Pick<Objective, 'output' | 'loss'>[] = [
  { output: 'softmax', loss: 'cross-entropy' },
  { output: 'sigmoid', loss: 'cross-entropy' },
  { output: 'identity', loss: 'hinge' },
  ...(['softmax', ...everyActivation] satisfies Output[]).flatMap((output) => [
    { output, loss: 'squared-error' } as const,
    { output, loss: 'half-squared-error' } as const,
  ]),
];

/** Objectives of every kind, the textbook's in half of them. */
const objectives: fc.Arbitrary<Objective> = fc.oneof(
  fc.constant(TEXTBOOK),
  fc
    .record({
      ofLoss: fc.oneof(fc.constantFrom(...everyLoss.slice(0, 3)), fc.constantFrom(...everyLoss)),
      reduction: fc.constantFrom(...REDUCTIONS),
      penalty: fc.constantFrom(...PENALTIES),
    })
    .map(({ ofLoss, reduction, penalty }) => ({ ...ofLoss, reduction, penalty })),
);

const scale = fc.constantFrom(1e-6, 1e-3, 0.1, 1, 10, 1e3);
const size = fc.integer({ min: 1, max: 6 });

/** Networks of every kind: tiny and huge weights and inputs, saturated, confident, with dead ReLUs. */
export const recipes: fc.Arbitrary<Recipe> = fc.record({
  widths: fc.array(size, { minLength: 2, maxLength: 5 }),
  N: fc.integer({ min: 1, max: 8 }),
  activations: fc.array(fc.constantFrom(...everyActivation), { minLength: 3, maxLength: 3 }),
  objective: objectives,
  biased: fc.boolean(),
  weightScale: scale,
  inputScale: scale,
  softTargets: fc.boolean(),
  reg: fc.constantFrom(0, 1e-3, 0.5, 10),
  seed: fc.nat(),
});

/** Networks as one meets them: everything is of order 1. */
export const genericRecipes: fc.Arbitrary<Recipe> = recipes.map((recipe) => ({
  ...recipe,
  weightScale: 0.7,
  inputScale: 1,
}));

/** The network of a recipe: normal weights, biases and inputs, and targets that the loss can have. */
export function networkOf({
  widths,
  N,
  activations,
  weightScale,
  inputScale,
  softTargets,
  reg,
  seed,
  objective = TEXTBOOK,
  biased = true,
}: Recipe): Network {
  const normal = (name: string, rows: number, cols: number, std: number): Matrix => {
    const random = randomNumbers(seed, name);
    return map(matrix(rows, cols), () => std * random.normal());
  };
  const outputs = widths.slice(1);
  const L = outputs.length;
  const layers = outputs.map((H, index) => ({
    number: index + 1,
    W: normal(`W${index + 1}`, H, widths[index]!, weightScale),
    b: biased ? normal(`b${index + 1}`, H, 1, weightScale).data : new Float64Array(H),
    activation: index + 1 < L ? activations[index] : undefined,
  }));
  const Y = targetsOf(objective, outputs[L - 1]!, N, softTargets, seed);
  return { ...objective, layers, biased, reg, X: normal('X', widths[0]!, N, inputScale), Y };
}

/** Labels; or where those are not wanted probabilities of the classes, of each output, or any numbers. */
export function targetsOf(
  { output, loss }: Pick<Objective, 'output' | 'loss'>,
  C: number,
  N: number,
  soft: boolean,
  seed: number,
): Matrix {
  const random = randomNumbers(seed, 'y');
  if (!soft || loss === 'hinge') {
    if (C === 1 && output !== 'softmax') return map(matrix(1, N), () => Math.floor(2 * random.uniform()));
    return oneHot(
      Array.from({ length: N }, () => Math.floor(C * random.uniform())),
      C,
    );
  }
  if (loss !== 'cross-entropy') return map(matrix(C, N), () => random.normal());
  const uniform = map(matrix(C, N), () => random.uniform());
  return output === 'softmax' ? normalised(uniform) : uniform;
}

/** Each column divided by its sum. */
function normalised(M: Matrix): Matrix {
  const sums = new Float64Array(M.cols);
  M.data.forEach((value, i) => {
    sums[i % M.cols] = (sums[i % M.cols] ?? 0) + value;
  });
  return matrix(
    M.rows,
    M.cols,
    M.data.map((value, i) => value / (sums[i % M.cols] ?? 1)),
  );
}

/** `'1 2; 3 4'` is the matrix with the rows 1 2 and 3 4. */
export const matrixOf = (text: string): Matrix =>
  fromRows(text.split(';').map((row) => row.trim().split(/\s+/).map(Number)));

/** A network written out by hand, hidden layers all of one activation. */
export function network(
  parts: { X: string; y: number[]; W: string[]; b: number[][]; reg?: number },
  activation: ActivationSpec = 'sigmoid',
  objective: Partial<Objective> = {},
): Network {
  const L = parts.W.length;
  const layers = parts.W.map((W, index) => ({
    number: index + 1,
    W: matrixOf(W),
    b: Float64Array.from(parts.b[index]!),
    activation: index + 1 < L ? activation : undefined,
  }));
  const C = parts.b[L - 1]!.length;
  const Y =
    C === 1 && (objective.output ?? 'softmax') !== 'softmax'
      ? matrix(1, parts.y.length, Float64Array.from(parts.y))
      : oneHot(parts.y, C);
  return { ...TEXTBOOK, ...objective, layers, biased: true, reg: parts.reg ?? 0, X: matrixOf(parts.X), Y };
}

/** Two inputs, two units, two classes, three samples, and nothing that coincides. */
export const generic = {
  X: '0.5 -1.2 0.3; 1.1 0.4 -0.7',
  y: [0, 1, 1],
  W: ['0.4 -0.6; 0.9 0.2', '0.7 -0.5; -0.2 0.8'],
  b: [
    [0.1, -0.3],
    [0.2, -0.1],
  ],
  reg: 0.1,
};
