import type { Finding, Path } from '../files/errors.ts';
import { isGradientName, kindOfName } from '../files/names.ts';
import { isArray, type Nested, readNested, toNumber } from '../files/nested.ts';
import type { GivenTensor } from './reference.ts';

// The gradients of a JSON reference, wherever they stand in it, by the names that it gives them.

type Find = (path: Path, message: string, more?: Pick<Finding, 'atKey'>) => void;

/** Under which keys gradients may stand together, as an object or a list of them. */
const CONTAINERS = ['gradients', 'grads', 'gradient', 'grad'];

/** Objects nested deeper hold no gradients. */
const MAX_DEPTH = 16;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

/** The gradients of a reference; none where something is wrong, which has been said then. */
export function readGradients(
  reference: Record<string, unknown>,
  beside: readonly string[],
  find: Find,
): GivenTensor[] {
  const container = CONTAINERS.find((key) => isContainer(reference[key]));
  if (container === undefined && reference.gradients !== undefined) {
    find(['gradients'], 'expected an object with dW1, db1, …');
    return [];
  }
  if (container !== undefined) {
    for (const key of Object.keys(reference).filter((own) => own !== container))
      if (isGradientName(key) || (CONTAINERS.includes(key) && isContainer(reference[key])))
        find([key], `expected each gradient once, found some beside "${container}" too`, { atKey: true });
    const inner = byName(reference[container]);
    const names = (key: string): string => (isObject(inner) ? key : `${container}.${key}`);
    return childrenOf(inner).flatMap(([key, value]) =>
      flatten(value, { name: names(String(key)), path: [container, key], strict: true }, find).map(
        (tensor) => ({ ...tensor, isGradient: true }),
      ),
    );
  }
  return Object.entries(reference)
    .filter(([key, value]) => !beside.includes(key) && mayHold(key, value))
    .flatMap(([key, value]) =>
      flatten(value, { name: key, path: [key], strict: isNumbers(key, value) }, find),
    );
}

/** An object, or a list of arrays or objects. */
const isContainer = (value: unknown): boolean =>
  isObject(value) ||
  (Array.isArray(value) && value.length > 0 && value.every((one) => isArray(one) || isObject(one)));

/** A list of tensors, as the library has them, as an object of them. */
const byName = (gradients: unknown): unknown =>
  Array.isArray(gradients) && gradients.every(isTensor)
    ? Object.fromEntries(gradients.map((tensor) => [tensor.name, tensor]))
    : gradients;

interface NamedTensor extends Nested {
  readonly name: string;
}

export const isTensor = (value: unknown): value is NamedTensor =>
  isObject(value) && isArray(value.shape) && value.data instanceof Float64Array;

/** Whether what stands at the top level may be a gradient, or hold some: not texts, nor numbers of another meaning. */
function mayHold(key: string, value: unknown): boolean {
  if (toNumber(value) !== undefined) return kindOfName(key) !== undefined && /\d/.test(key);
  const isTexts = Array.isArray(value) && value.length > 0 && value.every((one) => isText(one));
  return isObject(value) || (isArray(value) && (!isTexts || kindOfName(key) !== undefined));
}

const isText = (value: unknown): boolean => typeof value === 'string' && toNumber(value) === undefined;

/** Whether it must be numbers: of what has no name of a gradient, only those are taken that have one. */
const isNumbers = (key: string, value: unknown): boolean =>
  kindOfName(key) !== undefined || (isArray(value) && !Array.from(value).some(isObject));

interface Place {
  readonly name: string;
  readonly path: Path;
  /** whether anything else than numbers is an error */
  readonly strict: boolean;
}

/** The arrays of numbers in nested objects and lists: `layers[0].W` is `layers.0.W`. */
function flatten(value: unknown, place: Place, find: Find, depth = 0): GivenTensor[] {
  const { name, path, strict } = place;
  if (isTensor(value)) return [given(name, value)];
  const isList = Array.isArray(value) && value.some(isObject);
  if (isObject(value) || isList) {
    if (depth >= MAX_DEPTH) {
      if (strict) find(path, `expected numbers, found objects nested more than ${MAX_DEPTH} deep`);
      return [];
    }
    return childrenOf(value).flatMap(([key, inner]) =>
      inner === null && isList // a layer without parameters
        ? []
        : flatten(inner, { name: `${name}.${key}`, path: [...path, key], strict }, find, depth + 1),
    );
  }
  if (!strict && (kindOfName(name) === undefined || !(isArray(value) || toNumber(value) !== undefined)))
    return [];
  return readLeaf(value, place, find);
}

const childrenOf = (value: unknown): [string | number, unknown][] =>
  Array.isArray(value) ? value.map((inner, i) => [i, inner]) : Object.entries(value as object);

/** An array of numbers, or a list of such of different shapes, one for each layer: `{"weights": [[[1, 2]], [[3]]]}`. */
function readLeaf(value: unknown, { name, path }: Place, find: Find): GivenTensor[] {
  const wrong: [Path, string][] = [];
  const whole = readNested(value, path, (...what) => wrong.push(what));
  if (whole !== undefined) return [given(name, whole)];
  const parts = mayBeList(value, name) ? partsOf(value, name) : undefined;
  if (parts !== undefined) return parts;
  for (const what of wrong) find(...what);
  return [];
}

/** Whether it may be a list of arrays: of each layer, of W and b; what has the name of one array is none. */
const mayBeList = (value: unknown, name: string): value is unknown[][] =>
  Array.isArray(value) && value.every(isArray) && (kindOfName(name) === undefined || !/\d/.test(name));

/** The arrays of a list, whose entries may be such lists themselves: `[[W1, b1], [W2, b2]]`. */
function partsOf(list: readonly unknown[], name: string, depth = 0): GivenTensor[] | undefined {
  const parts: GivenTensor[] = [];
  for (const [i, part] of list.entries()) {
    const own = `${name}.${i}`;
    const whole = readNested(part, [], () => {});
    const isList = whole === undefined && depth < MAX_LISTS && Array.isArray(part) && part.every(isArray);
    const found = whole ? [given(own, whole)] : isList ? partsOf(part, own, depth + 1) : undefined;
    if (found === undefined) return undefined;
    for (const tensor of found) parts.push(tensor);
  }
  return parts;
}

/** A list of layers, and one of the arrays of each. */
const MAX_LISTS = 1;

const given = (name: string, { shape, data }: Nested): GivenTensor => ({ name, shape, data });
