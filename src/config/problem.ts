import type { ActivationName } from '../core/activations.ts';
import { type Matrix, transpose } from '../core/matrix.ts';
import { type Layer, type Network, oneHot, parameters, type Tensor } from '../core/network.ts';
import { type Orientation, orientSamples, orientWeights } from '../core/orientation.ts';
import { readArray } from './arrays.ts';
import type { Finding } from './errors.ts';
import type { ArrayFile } from './files/reading.ts';
import type { ArrayValue, Config } from './schema.ts';

/** A reference as a config names it: a path beside the config, or the reference itself. */
export type ReferenceSource = string | Readonly<Record<string, unknown>>;

/** What a config says, with every array read: the network in fcnet's own orientation, and how to print it. */
export interface Problem {
  readonly name: string | undefined;
  readonly network: Network;
  readonly orientation: Orientation;
  /** the class labels, where y holds labels rather than target probabilities */
  readonly labels: readonly number[] | undefined;
  readonly references: readonly ReferenceSource[];
}

/** A problem, or what keeps the config from being one. */
export type Checked = { problem: Problem } | { findings: Finding[] };

/**
 * Builds the network of a config whose values have the right types, checking all that depends on
 * several of them: consecutive layers, shapes, labels, target sums.
 */
export function buildProblem(config: Config, files: ReadonlyMap<string, ArrayFile>): Checked {
  const findings: Finding[] = [];
  const find = (path: Finding['path'], message: string): void => void findings.push({ path, message });
  const orientation = { samples: config.samples ?? 'columns', weights: config.weights ?? 'out-in' } as const;

  const L = layerCount(config, find);
  const read = (key: string): ArrayValue | undefined =>
    readArray(config[key] as Config['X'], key, config.seed ?? 0, files, find);
  const X = asMatrix(read('X'), 'X', find);
  const y = read('y');
  const W = numbered('W', L).map((key) => asMatrix(read(key), key, find));
  const b = numbered('b', L).map((key) => asVector(read(key), key, find));
  const activation = activations(config, L, find);
  if (y?.kind === 'matrix' && areLabels(y.matrix)) find(['y'], `${FLAT_LABELS}; found ${sizeOf(y.matrix)}`);
  if (findings.length > 0 || L === 0 || X === undefined || y === undefined) return { findings };

  const sizes = b.map((vector) => vector?.length ?? 0); // H₁ … H_L: a bias has one length only
  const samples =
    y.kind === 'vector' ? y.data.length : orientation.samples === 'rows' ? y.matrix.rows : y.matrix.cols;
  const outIn = orientation.weights === 'out-in';
  const layers: Layer[] = W.map((given, index) => {
    const number = index + 1;
    const matrix = given as Matrix;
    const H = sizes[index] as number;
    const below = index === 0 ? (outIn ? matrix.cols : matrix.rows) : (sizes[index - 1] as number);
    checkWeights(
      matrix,
      { number, H, below, outIn, D: orientation.samples === 'rows' ? X.cols : X.rows },
      find,
    );
    return {
      number,
      W: outIn ? matrix : transpose(matrix),
      b: b[index] as Float64Array,
      activation: number < L ? activation[index] : undefined,
    };
  });
  const D = layers[0]?.W.cols ?? 0;
  const C = sizes[L - 1] ?? 0;
  checkInputs(X, { D, N: samples, rows: orientation.samples === 'rows' }, find);
  const Y =
    y.kind === 'vector' ? fromLabels(y.data, C, find) : targets(y.matrix, C, orientation.samples, find);
  if (findings.length > 0 || Y === undefined) return { findings };

  const network: Network = {
    layers,
    reg: config.reg ?? 0,
    X: orientation.samples === 'rows' ? transpose(X) : X,
    Y,
  };
  const { reference } = config;
  const references = reference === undefined ? [] : Array.isArray(reference) ? reference : [reference];
  const labels = y.kind === 'vector' ? [...y.data] : undefined;
  return { problem: { name: config.name, network, orientation, labels, references } };
}

const FLAT_LABELS = 'expected class labels as a flat list, such as [0, 2, 1]';

/** Whether a matrix of one row or one column holds class labels rather than probabilities. */
const areLabels = ({ rows, cols, data }: Matrix): boolean =>
  (rows === 1 || cols === 1) && data.every((t) => t >= 0 && Number.isInteger(t)) && data.some((t) => t > 1);

const sizeOf = ({ rows, cols }: Matrix): string => `${rows} × ${cols}`;

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

type Find = (path: Finding['path'], message: string) => void;

const numbered = (letter: string, L: number): string[] =>
  Array.from({ length: L }, (_, i) => `${letter}${i + 1}`);

/** L, if the layers are W1, b1 … WL, bL without a gap; that there are any is known. */
function layerCount(config: Config, find: Find): number {
  const numbers = Object.keys(config)
    .flatMap((key) => /^[Wb](\d+)$/.exec(key)?.[1] ?? [])
    .map(Number);
  const L = Math.max(0, ...numbers);
  const missing: string[] = [];
  for (let l = 1; l <= L && missing.length < 1000; l++)
    missing.push(...[`W${l}`, `b${l}`].filter((key) => config[key] === undefined));
  for (const key of missing) find([], `${key} is missing: layers are numbered from 1 to ${L} without a gap`);
  return missing.length > 0 ? 0 : L;
}

function activations({ activation = 'sigmoid' }: Config, L: number, find: Find): ActivationName[] {
  if (typeof activation === 'string') return Array.from({ length: L }, () => activation);
  if (L > 0 && activation.length !== L - 1) {
    find(
      ['activation'],
      `expected ${count(L - 1, 'activation')}, one for each hidden layer; found ${activation.length}`,
    );
  }
  return activation;
}

function asMatrix(value: ArrayValue | undefined, key: string, find: Find): Matrix | undefined {
  if (value?.kind === 'vector')
    find([key], `expected a matrix (an array of rows), found a flat array of ${value.data.length}`);
  return value?.kind === 'matrix' ? value.matrix : undefined;
}

/** A bias may also be a matrix of one column or one row. */
function asVector(value: ArrayValue | undefined, key: string, find: Find): Float64Array | undefined {
  if (value === undefined || value.kind === 'vector') return value?.data;
  const { rows, cols, data } = value.matrix;
  if (rows === 1 || cols === 1) return data;
  find([key], `expected a vector, or a matrix of one column or one row; found ${rows} × ${cols}`);
  return undefined;
}

function checkWeights(
  W: Matrix,
  at: { number: number; H: number; below: number; outIn: boolean; D: number },
  find: Find,
): void {
  const [rows, cols] = at.outIn ? [at.H, at.below] : [at.below, at.H];
  if (W.rows === rows && W.cols === cols) return;
  const { number } = at;
  const reason = `b${number} has ${at.H}${number > 1 ? ` and b${number - 1} has ${at.below}` : ''}`;
  // The first layer takes whatever X has: only its number of units is known.
  const expected = number > 1 ? `${rows} × ${cols}` : at.outIn ? `${rows} rows` : `${cols} columns`;
  const turned = at.outIn ? [W.cols, W.rows] : [W.rows, W.cols]; // units and inputs, if it lay the other way
  const liesOther = turned[0] === at.H && turned[1] === (number > 1 ? at.below : at.D);
  const other = at.outIn ? 'in-out' : 'out-in';
  const hint = liesOther
    ? `. The shape fits the other layout: "weights": "${other}" (or --weights ${other})`
    : '';
  find([`W${number}`], `expected ${expected}, since ${reason}; found ${sizeOf(W)}${hint}`);
}

function checkInputs(X: Matrix, { D, N, rows }: { D: number; N: number; rows: boolean }, find: Find): void {
  const [height, width] = rows ? [N, D] : [D, N];
  if (X.rows === height && X.cols === width) return;
  const other = rows ? 'columns' : 'rows';
  const hint =
    X.rows === width && X.cols === height
      ? `. The shape fits the other layout: "samples": "${other}" (or --samples ${other})`
      : '';
  find(
    ['X'],
    `expected ${height} × ${width}, since W1 takes ${count(D, 'input')} and y has ${count(N, 'sample')}; found ${sizeOf(X)}${hint}`,
  );
}

function fromLabels(y: Float64Array, C: number, find: Find): Matrix | undefined {
  const bad = [...y.entries()].filter(([, label]) => !Number.isInteger(label) || label < 0 || label >= C);
  for (const [n, label] of bad) find(['y', n], `expected a class label from 0 to ${C - 1}, found ${label}`);
  return bad.length > 0 ? undefined : oneHot(y, C);
}

function targets(given: Matrix, C: number, samples: 'columns' | 'rows', find: Find): Matrix | undefined {
  const rows = samples === 'rows';
  const Y = rows ? transpose(given) : given;
  const place = (k: number, n: number): Finding['path'] => (rows ? ['y', n, k] : ['y', k, n]);
  if (Y.rows !== C) {
    const hint =
      Y.cols === C ? `. The shape fits the other layout: "samples": "${rows ? 'columns' : 'rows'}"` : '';
    find(['y'], `expected target probabilities of ${C} classes for each sample, found ${Y.rows}${hint}`);
    return undefined;
  }
  let good = true;
  for (let n = 0; n < Y.cols; n++) {
    let total = 0;
    for (let k = 0; k < C; k++) {
      const t = Y.data[k * Y.cols + n] as number;
      total += t;
      if (t >= 0) continue;
      good = false;
      find(place(k, n), `expected a probability of at least 0, found ${t}`);
    }
    if (Math.abs(total - 1) <= 1e-6) continue;
    good = false;
    find(
      place(0, n),
      `expected the target probabilities of sample ${n} to sum to 1 (within 1e-6), found ${total}`,
    );
  }
  return good ? Y : undefined;
}

/** A config as other programs get it: every array written out, defaults filled in, `activation` a list, no `reference`. */
export function writtenOut({
  name,
  network,
  orientation,
  labels,
}: Omit<Problem, 'references'>): Record<string, unknown> {
  const nested = ({ shape, data }: Tensor): number[] | number[][] =>
    shape.length === 1
      ? [...data]
      : Array.from({ length: shape[0]! }, (_, i) => [...data.subarray(i * shape[1]!, (i + 1) * shape[1]!)]);
  const entries = parameters(network).map((parameter) => [
    parameter.name,
    nested(orientWeights(parameter, orientation)),
  ]);
  return {
    ...(name !== undefined && { name }),
    X: nested(orientSamples('X', network.X, orientation)),
    y: labels ?? nested(orientSamples('y', network.Y, orientation)),
    ...Object.fromEntries(entries),
    reg: network.reg,
    activation: network.layers.flatMap(({ activation }) => activation ?? []),
    ...orientation,
  };
}
