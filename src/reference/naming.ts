import { isGradientName, kindOfName, type LayerName, layersByName } from '../files/names.ts';
import type { GivenTensor } from './reference.ts';
import { reshape } from './shapes.ts';

// Which gradient each array of a reference is.

export type { ReadAs } from '../files/names.ts';

/** A gradient of the network: dW1. */
export interface Wanted {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Which arrays were understood, by the names dW1, db1, … that they have here. */
export type Named = ReadonlyMap<string, GivenTensor>;

export const BY_ORDER = 'by order, since their shapes fit no other';

/** Whether an array is a derivative, by its name or where it stands. */
export const isDerivative = (tensor: GivenTensor): boolean =>
  tensor.isGradient === true || isGradientName(ownName(tensor));

export const ownName = ({ name, from = name }: GivenTensor): string => from;

const isRenamed = ({ from }: GivenTensor): boolean => from !== undefined;

/**
 * Names gradients by what others call them: those of their own name and of --rename as they are, the others by number and
 * kind. Parameters (`W1`) count as gradients only where nothing is called a gradient.
 */
export function byName(tensors: readonly GivenTensor[], names: readonly string[], layers: number): Named {
  const own = countFromZero(tensors, layers) ? tensors.filter(isRenamed) : tensors;
  const named = new Map(own.filter(({ name }) => names.includes(name)).map((one) => [one.name, one]));
  const take = (candidates: readonly GivenTensor[]): void => {
    const free = candidates.filter((tensor) => named.get(tensor.name) !== tensor && !isRenamed(tensor));
    const found = layersByName(
      free.map(({ name }) => name),
      layers,
    );
    for (const one of found) {
      const to = gradientOf(one);
      if (names.includes(to) && !named.has(to)) named.set(to, free.find(({ name }) => name === one.from)!);
    }
  };
  take(tensors.filter(isDerivative));
  if ([...named.values()].every(isRenamed)) take(tensors.filter((tensor) => !isDerivative(tensor)));
  return named;
}

/** Whether layers are counted from 0, so that dW1 is that of the second: there is a dW0 or db0, and no layer too many. */
function countFromZero(tensors: readonly GivenTensor[], layers: number): boolean {
  const has = (layer: number): boolean =>
    tensors.some((tensor) => !isRenamed(tensor) && [`dW${layer}`, `db${layer}`].includes(tensor.name));
  return has(0) && !has(layers);
}

const gradientOf = ({ kind, layer }: LayerName): string => `d${kind}${layer}`;

/** Layers that lie in one array, as `nabla_w` of layers of one size does, each by itself. */
export function unstacked(tensors: readonly GivenTensor[], layers: number): GivenTensor[] {
  const kinds = tensors.map(({ name }) => kindOfName(name));
  return tensors.flatMap((tensor) => {
    const { name, shape, data } = tensor;
    const kind = kindOfName(name);
    const isOnly = kinds.indexOf(kind) === kinds.lastIndexOf(kind);
    if (kind === undefined || /\d/.test(name) || !isOnly || !isStack(kind, shape, layers)) return [tensor];
    const size = data.length / layers;
    return Array.from({ length: layers }, (_, l) => ({
      ...tensor,
      name: `${name}.${l}`,
      shape: shape.slice(1),
      data: data.subarray(l * size, (l + 1) * size),
    }));
  });
}

/** A matrix for each layer; of biases a vector, or a matrix of one column or row. */
function isStack(kind: 'W' | 'b', [count, ...shape]: readonly number[], layers: number): boolean {
  if (layers < 2 || count !== layers) return false;
  return kind === 'W' ? shape.length === 2 : shape.length === 1 || (shape.length === 2 && shape.includes(1));
}

/**
 * Names arrays by their order, where their shapes fit one order of the gradients only: layer by layer or all weights
 * first, up or down, or any other if no two can be exchanged. Arrays that lie just so come before those that are flat,
 * and an order that programs have, in whichever layout, before any other.
 *
 * @param layouts the gradients as they may lie, the usual way first
 */
export function byOrder(
  tensors: readonly GivenTensor[],
  [usual = [], ...others]: readonly (readonly Wanted[])[],
): Named | undefined {
  const given = inOrder(tensors);
  for (const find of [naturalOrders, matchings])
    for (const fits of [isExactly, mayBe])
      for (const layouts of [[usual], others]) {
        const orders = layouts
          .filter((wanted) => wanted.length === given.length && wanted.length > 0)
          .flatMap((wanted) => find(given, wanted, fits));
        const different = new Map(orders.map((order) => [order.map(({ name }) => name).join(), order]));
        if (different.size > 1) return undefined;
        for (const order of different.values()) return new Map(order.map(({ name }, i) => [name, given[i]!]));
      }
  return undefined;
}

/** Those of the usual orders that arrays may have. */
const naturalOrders = (given: readonly GivenTensor[], wanted: readonly Wanted[], fits: Fits): Wanted[][] =>
  ordersOf(wanted).filter((order) => order.every((one, i) => fits(given[i]!, one)));

type Fits = (tensor: GivenTensor, wanted: Wanted) => boolean;

/** Whether an array has the very shape of a gradient: neither flat, nor a bias that lies as a column or a row. */
const isExactly: Fits = (tensor, wanted) =>
  tensor.shape.join() === wanted.shape.join() && mayBe(tensor, wanted);

/** `arr_10` stands behind `arr_9`, wherever it lies in the file. */
function inOrder(tensors: readonly GivenTensor[]): GivenTensor[] {
  const frames = new Set(tensors.map(({ name }) => name.replace(/\d+/, '#')));
  if (frames.size > 1 || ![...frames][0]?.includes('#')) return [...tensors];
  const numberOf = ({ name }: GivenTensor): number => Number(/\d+/.exec(name)?.[0]);
  return [...tensors].sort((a, b) => numberOf(a) - numberOf(b));
}

/** Whether an array may be a gradient, by its shape and by what else its name says. */
function mayBe({ name, shape, data }: GivenTensor, wanted: Wanted): boolean {
  const kind = kindOfName(name);
  if (kind !== undefined && !wanted.name.startsWith(`d${kind}`)) return false;
  return reshape({ name, shape, data }, wanted.shape) !== undefined;
}

/** The orders in which programs list gradients. */
function ordersOf(wanted: readonly Wanted[]): Wanted[][] {
  const weights = wanted.filter(({ name }) => name.startsWith('dW'));
  const biases = wanted.filter(({ name }) => name.startsWith('db'));
  const pairs = [...weights, ...biases].sort((a, b) => layerOf(a) - layerOf(b));
  const swapped = [...biases, ...weights].sort((a, b) => layerOf(a) - layerOf(b));
  const up = [pairs, swapped, [...weights, ...biases], [...biases, ...weights]];
  return [...up, ...up.map((order) => order.toReversed())];
}

const layerOf = ({ name }: Wanted): number => Number(name.slice(2));

/** More steps than this say that arrays can be exchanged in many ways. */
const MOST_STEPS = 10_000;

/** The ways in which arrays can be the gradients, by their shapes: two of them at most. */
function matchings(given: readonly GivenTensor[], wanted: readonly Wanted[], fits: Fits): Wanted[][] {
  const found: Wanted[][] = [];
  const taken: Wanted[] = [];
  let steps = 0;
  const extend = (): void => {
    const tensor = given[taken.length];
    if (tensor === undefined) found.push([...taken]);
    else
      for (const one of wanted) {
        if (found.length > 1 || ++steps > MOST_STEPS) return;
        if (taken.includes(one) || !fits(tensor, one)) continue;
        taken.push(one);
        extend();
        taken.pop();
      }
  };
  extend();
  return steps > MOST_STEPS ? [] : found;
}

/** `--rename theirs=dW1 …`, to be pasted: what arrays that nobody understands may be, by their shapes. */
export function renameOptions(unknown: readonly GivenTensor[], missing: readonly Wanted[]): string {
  const given = inOrder(unknown);
  const whole = ordersOf(missing).find(
    (order) => order.length === given.length && order.every((one, i) => mayBe(given[i]!, one)),
  );
  const free = [...given];
  const pairs = whole
    ? whole.map((one, i) => [given[i]!.name, one.name])
    : missing.flatMap((one) => {
        const at = free.findIndex((tensor) => mayBe(tensor, one));
        return at < 0 ? [] : [[free.splice(at, 1)[0]!.name, one.name]];
      });
  if (pairs.some(([from = '']) => from.length > LONGEST)) return '';
  return pairs.map(([from, to]) => `--rename ${quoted(`${from}=${to}`)}`).join(' ');
}

/** Nobody would paste more. */
const LONGEST = 100;

/** As a shell wants it. */
const quoted = (text: string): string =>
  /^[\w./=:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
