/** Where a function is differentiated: numbers, flat or nested, all branches alike. */
export type Point = ArrayLike<number> | ArrayLike<Point>;

/** A function that cannot be differentiated here: it returns no number, or not the same one twice, or changes x. */
export class FunctionError extends Error {
  override name = 'FunctionError';
}

/** A place in x that holds a number. */
export interface Slot {
  readonly array: { [key: number]: number };
  readonly key: number;
  readonly index: readonly number[];
}

/** All places of x that hold numbers, in the order of the index; branches of different lengths are refused. */
export function slotsOf(x: Point): { shape: number[]; slots: Slot[] } {
  const shape: number[] = [];
  for (let branch: Point | number | undefined = x; isArray(branch); branch = branch[0])
    shape.push(branch.length);
  const slots: Slot[] = [];
  const walk = (branch: ArrayLike<unknown>, depth: number, index: readonly number[]): void => {
    if (branch.length !== shape[depth])
      throw new FunctionError(
        `expected x${place(index)} to have ${shape[depth]} entries, found ${branch.length}`,
      );
    if (Object.isFrozen(branch))
      throw new FunctionError('expected an x that can be changed, since its entries are moved; it is frozen');
    for (let key = 0; key < branch.length; key++) {
      const item = branch[key];
      const here = [...index, key];
      if (isArray(item) && depth + 1 < shape.length) walk(item, depth + 1, here);
      else if (typeof item === 'number' && Number.isFinite(item) && depth + 1 === shape.length)
        slots.push({ array: branch as Slot['array'], key, index: here });
      else throw new FunctionError(`expected x${place(here)} to be a finite number, found ${describe(item)}`);
    }
  };
  walk(x as ArrayLike<unknown>, 0, []);
  if (slots.length === 0) throw new FunctionError('expected x to hold at least one number');
  return { shape, slots };
}

/** An array, or a typed one. */
export const isArray = (value: unknown): value is ArrayLike<Point> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

export const place = (index: readonly number[]): string => index.map((i) => `[${i}]`).join('');

/** A value that is no number, in a word or two. */
export function describe(value: unknown): string {
  if (isArray(value)) return 'an array';
  if (value instanceof Promise) return 'a promise';
  if (typeof value === 'string') return `the text ${JSON.stringify(value)}`;
  if (typeof value === 'bigint') return `the bigint ${value}n`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
