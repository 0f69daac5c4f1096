import type { ActivationSpec } from '../core/activations.ts';
import { type Layout, takeUp } from '../core/layout.ts';
import { matrix, transpose } from '../core/matrix.ts';
import type { Layer, Network } from '../core/network.ts';
import type { Budget } from '../files/budget.ts';
import { type Find, Findings } from '../files/errors.ts';
import { type Given, givenOf } from './given.ts';
import { layoutOf, sizesOfX } from './layout.ts';
import { checkUnits, objectiveOf } from './objective.ts';
import type { ArrayValue, ReferenceSource, Settings } from './schema.ts';
import { checkShapes, layerSizes } from './shapes.ts';
import { readTargets } from './targets.ts';

export type { ReferenceSource } from './schema.ts';

/** What a config says, with every array read: the network in fcnet's own layout, and how to print it. */
export interface Problem {
  readonly name: string | undefined;
  readonly network: Network;
  readonly layout: Layout;
  /** y, where it is a flat list rather than a matrix: N class labels, or the N targets of one output unit */
  readonly labels: readonly number[] | undefined;
  readonly references: readonly ReferenceSource[];
}

/** A problem, or what keeps the config from being one. */
export type Checked = { problem: Problem } | { findings: Findings };

export interface BuildOptions {
  readonly arrays: ReadonlyMap<string, ArrayValue>;
  readonly budget: Budget;
  /** the keys of the config in the order of its text */
  readonly keys: readonly string[];
}

/**
 * Builds the network of a config whose values have the right types, checking all that depends on several of them:
 * consecutive layers, shapes, output and loss, labels, targets.
 */
export function buildProblem(settings: Settings, { arrays, budget, keys }: BuildOptions): Checked {
  const findings = new Findings();
  const find = findings.add;
  const layout = layoutOf(settings);
  const objective = objectiveOf(settings, find);
  const given = givenOf(arrays, layout, find);
  const activation = given && activations(settings, given.W.length, find);
  if (given === undefined || activation === undefined) return { findings };

  const liesOtherwise = checkShapes(given, layout, keys, find);
  if (objective === undefined || liesOtherwise) return { findings };

  const last = `W${given.W.length}`;
  const H = layerSizes(given, layout);
  const sizes = { C: H.at(-1)!, N: sizesOfX(given.X, layout).N };
  const excess = budget.take(bytesOf(given, H, sizes.N));
  if (excess !== undefined) {
    find([], `what the layers compute of ${sizes.N} samples is ${excess}`);
    return { findings };
  }
  const isOneUnit = checkUnits(objective, { C: sizes.C, last, said: settings.output !== undefined }, find);
  const targets = isOneUnit ? undefined : readTargets(given.y, sizes, layout, objective, find);
  if (findings.count > 0 || targets === undefined) return { findings };

  const network: Network = {
    ...objective,
    layers: given.W.map((_, index) => layerOf(given, index, layout, activation[index])),
    biased: layout.biases !== 'none',
    reg: settings.reg ?? 0,
    X: layout.samples === 'rows' ? transpose(given.X) : given.X,
    Y: targets.Y,
  };
  return {
    problem: {
      name: settings.name,
      network,
      layout,
      labels: targets.flat,
      references: referencesOf(settings),
    },
  };
}

/** What a network takes besides its arrays as they were given: the same as it lays them, targets, zˡ and aˡ. */
function bytesOf({ X, W }: Given, H: readonly number[], N: number): number {
  const parameters = W.reduce((sum, { data }) => sum + data.length, 0);
  const units = H.reduce((sum, size) => sum + 2 * size, H.at(-1)! + 1);
  return 8 * (X.data.length + parameters + N * units);
}

const referencesOf = ({ reference = [] }: Settings): readonly ReferenceSource[] =>
  isList(reference) ? reference : [reference];

/** Array.isArray does not know a readonly array. */
const isList = <T>(value: T | readonly T[]): value is readonly T[] => Array.isArray(value);

/** φₗ of each layer but the last. */
function activations(
  { activation = 'sigmoid' }: Settings,
  L: number,
  find: Find,
): readonly ActivationSpec[] | undefined {
  if (!isList(activation)) return Array.from({ length: L - 1 }, () => activation);
  if (activation.length === L - 1) return activation;
  const expected = `${L - 1} ${L === 2 ? 'activation' : 'activations'}, one for each hidden layer`;
  const hint = activation.length === L ? '; that of the last layer is the "output"' : '';
  find(['activation'], `expected ${expected}; found ${activation.length}${hint}`);
  return undefined;
}

/** A layer in fcnet's own layout: W is Hₗ × Hₗ₋₁, and the bias stands by itself. */
function layerOf(given: Given, index: number, layout: Layout, activation: ActivationSpec | undefined): Layer {
  const number = index + 1;
  const { rows, cols, data } = given.W[index]!;
  const [W, folded] = takeUp([{ name: `W${number}`, shape: [rows, cols], data }], layout);
  const [H = 0, below = 0] = W!.shape;
  const b = folded?.data ?? given.b[index] ?? new Float64Array(H);
  return { number, W: matrix(H, below, W!.data), b, activation };
}
