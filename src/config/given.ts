import type { Layout } from '../core/layout.ts';
import type { Matrix } from '../core/matrix.ts';
import type { Find } from '../files/errors.ts';
import { layoutHint, type Shapes } from './layout.ts';
import type { ArrayValue } from './schema.ts';

/** The arrays of a config as they were given, layer by layer. */
export interface Given {
  readonly X: Matrix;
  readonly y: ArrayValue;
  readonly W: readonly Matrix[];
  /** undefined where the layout has none beside the weights */
  readonly b: readonly (Float64Array | undefined)[];
}

/**
 * The arrays of a config by what they are: each a vector or a matrix as it must be, the layers consecutive, and with or
 * without biases as the layout says. Whether their shapes fit one another is another question.
 *
 * @param arrays by their keys, X and y among them
 */
export function givenOf(
  arrays: ReadonlyMap<string, ArrayValue>,
  layout: Layout,
  find: Find,
): Given | undefined {
  let found = false;
  const note: Find = (path, message) => {
    found = true;
    find(path, message);
  };
  const L = layerCount(arrays, layout, note);
  const X = asMatrix(arrays.get('X'), 'X', note);
  const y = arrays.get('y');
  const W = numbered('W', L).flatMap((key) => asMatrix(arrays.get(key), key, note) ?? []);
  const b = numbered('b', L).map((key) => asVector(arrays.get(key), key, note));
  if (found || X === undefined || y === undefined || W.length < L || L === 0) return undefined;
  const given = { X, y, W, b };
  if (layout.biases === 'separate' ? b.includes(undefined) : b.some((bias) => bias !== undefined))
    noteBiases(given, layout, note);
  return found ? undefined : given;
}

/** The shapes of arrays that were read. */
export const shapesOf = ({ X, y, W, b }: Given): Shapes => ({
  X,
  y: y.kind === 'vector' ? [y.data.length] : [y.matrix.rows, y.matrix.cols],
  W,
  b: b.map((bias) => bias?.length),
});

const numbered = (letter: string, L: number): string[] =>
  Array.from({ length: L }, (_, i) => `${letter}${i + 1}`);

/** L, if the layers are consecutive from 1; that there are any is known. */
function layerCount(arrays: ReadonlyMap<string, unknown>, { biases }: Layout, find: Find): number {
  const layers = [...arrays.keys()].flatMap((key) => {
    const [, letter, number] = /^([Wb])(\d+)$/.exec(key) ?? [];
    return letter === undefined ? [] : [{ letter, number: Number(number) }];
  });
  const L = layers.reduce((most, { number }) => Math.max(most, number), 0);
  // Where there is no b at all, it is the layout that is to be said.
  const needsBiases = biases === 'separate' && layers.some(({ letter }) => letter === 'b');
  const missing: string[] = [];
  for (let l = 1; l <= L && missing.length < 1000; l++)
    missing.push(...[`W${l}`, ...(needsBiases ? [`b${l}`] : [])].filter((key) => !arrays.has(key)));
  for (const key of missing) find([], `${key} is missing: layers are numbered from 1 to ${L} without a gap`);
  return missing.length > 0 ? 0 : L;
}

/** Biases that are there against the layout, or are not. */
function noteBiases(given: Given, layout: Layout, find: Find): void {
  const hint = layoutHint(shapesOf(given), layout);
  if (layout.biases === 'separate') {
    const L = given.b.length;
    const missing = ['b1 is missing', 'b1 and b2 are missing'][L - 1] ?? `b1 to b${L} are missing`;
    find(
      [],
      `${missing}: expected a bias for each layer, unless "biases" says "none", "first" or "last"${hint}`,
    );
    return;
  }
  const meaning = layout.biases === 'none' ? 'there are none' : `they are the ${layout.biases} input of W`;
  const superfluous = given.b.flatMap((bias, index) => (bias === undefined ? [] : [`b${index + 1}`]));
  for (const [i, key] of superfluous.entries())
    find(
      [key],
      `expected no b, since "biases": "${layout.biases}" says that ${meaning}${i === 0 ? hint : ''}`,
    );
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
