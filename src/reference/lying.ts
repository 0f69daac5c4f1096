import { type Layout, layOut, takeUp } from '../core/layout.ts';
import { largest, matrix, transpose } from '../core/matrix.ts';
import { type Network, parameters, type Tensor } from '../core/network.ts';
import type { ReadAs } from '../files/names.ts';
import { type Named, ownName, type Wanted } from './naming.ts';
import { reshape, sizesOf, withoutLeadingOnes } from './shapes.ts';

// How the arrays of a reference lie, and the same arrays as the config's lie.

/** The gradients of a network with their shapes in a layout. */
export const wantedIn = (network: Network, layout: Layout): Wanted[] =>
  layOut(parameters(network), layout).map(({ name, shape }) => ({ name: `d${name}`, shape }));

/** The names of all gradients that a reference may have, whatever its layout. */
export const canonicalNames = (network: Network): string[] =>
  parameters(network).map(({ name }) => `d${name}`);

const isFolded = ({ biases }: Pick<Layout, 'biases'>): boolean => biases === 'first' || biases === 'last';

/**
 * The layouts that a reference may have: what it says itself; else that of the config first, then its weights the other
 * way round, and its biases in the weights or beside them, whatever it has.
 */
export function layoutsFor(
  network: Network,
  ours: Layout,
  { samples = ours.samples, weights, biases }: Partial<Layout>,
  hasBiases: boolean,
): Layout[] {
  const others =
    ours.weights === 'out-in' ? (['out-in', 'in-out'] as const) : (['in-out', 'out-in'] as const);
  return biasesFor(network, ours, biases, hasBiases).flatMap((lying) =>
    (weights === undefined ? others : [weights]).map((way) => ({ samples, weights: way, biases: lying })),
  );
}

function biasesFor(
  { biased }: Network,
  ours: Layout,
  said: Layout['biases'] | undefined,
  hasBiases: boolean,
): Layout['biases'][] {
  if (!biased) return ['none'];
  if (said !== undefined) return [said];
  if (isFolded(ours)) return hasBiases ? ['separate'] : [ours.biases];
  return hasBiases ? ['separate'] : ['separate', 'first', 'last'];
}

/** What is known of how a reference lies. */
export interface Lying {
  readonly layout: Layout;
  readonly read: readonly ReadAs[];
  /** why its matrices fit no layout for certain: added to what is said of their shapes */
  readonly doubt: string;
}

/**
 * How the gradients of a reference lie: as the config's do, unless all its matrices fit another layout only.
 *
 * @param expected the canonical gradients: the biases among the weights are found by them
 */
export function lyingOf(
  named: Named,
  network: Network,
  ours: Layout,
  said: Partial<Layout>,
  expected: readonly Tensor[],
): Lying {
  const hasBiases = [...named.keys()].some((name) => name.startsWith('db'));
  const [usual, ...others] = layoutsFor(network, ours, said, hasBiases) as [Layout, ...Layout[]];
  const known = { layout: usual, read: notesOf(usual, ours, said, FITS_ONLY), doubt: '' };
  if (fits(named, network, usual) || areFlat(named)) return known;
  const fitting = others.filter((layout) => fits(named, network, layout));
  const [only] = fitting;
  if (only === undefined) return known;
  if (fitting.length === 1) return { ...known, layout: only, read: notesOf(only, ours, said, FITS_ONLY) };
  const likely = fitting.filter((layout) => hasBiasesThere(named, network, layout, expected));
  if (likely.length === 1)
    return { ...known, layout: likely[0]!, read: notesOf(likely[0]!, ours, said, IS_BIAS) };
  return { ...known, doubt: DOUBT };
}

const FITS_ONLY = 'its matrices fit only so';
const IS_BIAS = 'that column is the gradient of the biases';
const DOUBT =
  '; what it has more may be the biases: say in it "biases": "first" or "biases": "last", whichever they are';

function notesOf(theirs: Layout, ours: Layout, said: Partial<Layout>, why: string): ReadAs[] {
  return (['weights', 'biases'] as const)
    .filter((key) => theirs[key] !== ours[key] && said[key] === undefined)
    .map((key) => ({
      from: `${key} ${theirs[key]}`,
      to: `${key} ${ours[key]}`,
      why: key === 'biases' ? why : FITS_ONLY,
    }));
}

/** Whether all weights that are given have the shapes of a layout; those of a flat list, its size. */
function fits(named: Named, network: Network, layout: Layout): boolean {
  return wantedIn(network, layout).every(({ name, shape }) => {
    const given = name.startsWith('dW') ? named.get(name) : undefined;
    if (given === undefined) return true;
    const own = withoutLeadingOnes(given, 2);
    return own.shape.length < 2
      ? own.data.length === shape.reduce((product, size) => product * size, 1)
      : own.shape.join() === shape.join();
  });
}

/** Whether there is no matrix that could tell how the weights lie. */
const areFlat = (named: Named): boolean => [...named.values()].every(({ shape }) => shape.length < 2);

/** How far a column may be from the gradient of the biases to be it, beside any other column. */
const NEAR = 1e-3;

/** Whether the gradient of some layer's biases stands where a layout has the biases. */
function hasBiasesThere(
  named: Named,
  network: Network,
  layout: Layout,
  expected: readonly Tensor[],
): boolean {
  return wantedIn(network, layout).some(({ name, shape }) => {
    const given = named.get(name);
    const fitting = given && reshape(withoutLeadingOnes({ ...given, name }, 2), shape);
    const bias = fitting && takeUp([fitting], layout).find((part) => part.name.startsWith('db'));
    const ours = expected.find((tensor) => tensor.name === bias?.name);
    if (ours === undefined) return false;
    const size = largest(ours.data);
    return size > 0 && ours.data.every((value, i) => Math.abs(value - bias!.data[i]!) <= NEAR * size);
  });
}

/** The gradients of a reference as the config's own lie. */
export interface Laid {
  /** as they are to be judged, or with the shape that they have where that is wrong */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** what is wrong with those that cannot be judged */
  readonly problems: ReadonlyMap<string, string>;
  readonly read: readonly ReadAs[];
}

export function layAsOurs(named: Named, network: Network, { layout, doubt }: Lying, ours: Layout): Laid {
  const tensors = new Map<string, Tensor>();
  const problems = new Map<string, string>();
  const read: ReadAs[] = [];
  const whole: Tensor[] = [];
  for (const { name, shape } of wantedIn(network, layout)) {
    const given = named.get(name);
    if (given === undefined) continue;
    const { shape: found, data } = given;
    const own = withoutLeadingOnes({ name, shape: found, data }, name.startsWith('dW') ? 2 : 1);
    const fitting = reshape(own, shape);
    if (fitting === undefined) {
      tensors.set(name, { name, shape: found, data });
      problems.set(name, `${misshapen(found, shape)}${doubt}`);
      continue;
    }
    if (own.shape.length < found.length && name.startsWith('dW'))
      read.push({
        from: `${ownName(given)} ${sizesOf(found)}`,
        to: `${name} ${sizesOf(own.shape)}`,
        why: 'a leading 1 is dropped',
      });
    whole.push(...takeUp([fitting], layout));
  }
  for (const { name } of wantedIn(network, ours)) {
    const parts = partsOf(name, ours).map((part) => whole.find((tensor) => tensor.name === part));
    if (parts.every((part) => part !== undefined)) {
      for (const tensor of layOut(parts, ours)) tensors.set(tensor.name, tensor);
    } else if (parts.some((part) => part !== undefined) && !tensors.has(name))
      problems.set(name, 'missing: a part of it, since weights and biases are one array here');
  }
  return { tensors, problems, read };
}

/** The canonical tensors that one of a layout is made of. */
const partsOf = (name: string, layout: Layout): string[] =>
  isFolded(layout) ? [name, name.replace('W', 'b')] : [name];

const misshapen = (found: readonly number[], wanted: readonly number[]): string =>
  `wrong shape: expected ${sizesOf(wanted)}, found ${sizesOf(found)}`;

/** Logits as the config's own lie, or what is wrong with their shape. */
export interface LaidLogits {
  readonly logits: Tensor;
  readonly problem: string | undefined;
  readonly read: readonly ReadAs[];
}

/**
 * Logits as the config's own lie: the other way round where the reference says so or was asked so, or where they fit
 * only so.
 *
 * @param shape of the config's own
 */
export function logitsAsOurs(
  logits: Tensor,
  shape: readonly number[],
  ours: Layout,
  { samples: asked }: Layout,
  { samples: said }: Partial<Layout>,
): LaidLogits {
  const own = withoutLeadingOnes(logits, 2);
  const usual = said ?? asked;
  const shapeOf = (lying: Layout['samples']): readonly number[] =>
    lying === ours.samples ? shape : shape.toReversed();
  const laid = (lying: Layout['samples']): Tensor | undefined => {
    const fitting = reshape(own, shapeOf(lying));
    return fitting && lying !== ours.samples ? turned(fitting) : fitting;
  };
  const fitting = laid(usual);
  if (fitting !== undefined) return { logits: fitting, problem: undefined, read: [] };
  const other = usual === 'rows' ? 'columns' : 'rows';
  const otherwise = said === undefined ? laid(other) : undefined;
  if (otherwise === undefined) return { logits, problem: misshapen(logits.shape, shapeOf(usual)), read: [] };
  const read = { from: `samples ${other}`, to: `samples ${usual}`, why: 'its logits fit only so' };
  return { logits: otherwise, problem: undefined, read: [read] };
}

function turned({ shape, data, ...rest }: Tensor): Tensor {
  const { rows, cols, data: turnedData } = transpose(matrix(shape[0]!, shape[1]!, data));
  return { ...rest, shape: [rows, cols], data: turnedData };
}
