import type { Layout } from '../core/layout.ts';
import { LAYOUTS, type Settings } from './schema.ts';

/** How the arrays of a config lie. */
export const layoutOf = ({ samples, weights, biases }: Settings): Layout => ({
  samples: samples ?? LAYOUTS.samples[0],
  weights: weights ?? LAYOUTS.weights[0],
  biases: biases ?? LAYOUTS.biases[0],
});

interface Size {
  readonly rows: number;
  readonly cols: number;
}

/** The shapes of a config's arrays, as they were given. */
export interface Shapes {
  readonly X: Size;
  /** of one size or two */
  readonly y: readonly number[];
  readonly W: readonly Size[];
  /** the lengths; undefined where there is none */
  readonly b: readonly (number | undefined)[];
}

/** Whether the biases are one more input of W. */
export const isFolded = ({ biases }: Pick<Layout, 'biases'>): boolean =>
  biases === 'first' || biases === 'last';

/** Hₗ, and Hₗ₋₁ without the bias, of a W as it was given. */
export function unitsOf({ rows, cols }: Size, layout: Layout): { units: number; inputs: number } {
  const [units, width] = layout.weights === 'out-in' ? [rows, cols] : [cols, rows];
  return { units, inputs: width - (isFolded(layout) ? 1 : 0) };
}

/** D and N of an X as it was given. */
export const sizesOfX = ({ rows, cols }: Size, { samples }: Layout): { D: number; N: number } =>
  samples === 'rows' ? { D: cols, N: rows } : { D: rows, N: cols };

/** How a y of this shape is to be read: as targets, C × N as samples lie, or as a flat list of N; or not at all. */
export function kindOfY(
  shape: readonly number[],
  { C, N }: { readonly C: number; readonly N: number },
  { samples }: Layout,
): 'flat' | 'matrix' | undefined {
  const [rows, cols] = shape;
  if (cols === undefined) return rows === N ? 'flat' : undefined;
  const [height, width] = samples === 'rows' ? [N, C] : [C, N];
  if (rows === height && cols === width) return 'matrix';
  return (rows === 1 && cols === N) || (cols === 1 && rows === N) ? 'flat' : undefined;
}

/** Whether all shapes fit one another in a layout. */
export function fits({ X, y, W, b }: Shapes, layout: Layout): boolean {
  const { D, N } = sizesOfX(X, layout);
  let below = D;
  for (const [l, size] of W.entries()) {
    const { units, inputs } = unitsOf(size, layout);
    if (inputs !== below || b[l] !== (layout.biases === 'separate' ? units : undefined)) return false;
    below = units;
  }
  return kindOfY(y, { C: below, N }, layout) !== undefined;
}

const ALL: readonly Layout[] = LAYOUTS.samples.flatMap((samples) =>
  LAYOUTS.weights.flatMap((weights) => LAYOUTS.biases.map((biases) => ({ samples, weights, biases }))),
);

/**
 * What to add to a config, all at once, so that its shapes fit; empty if no layout makes them.
 *
 * Of several layouts those are named that change the least. No shape tells whether a bias comes first or last.
 */
export function layoutHint(shapes: Shapes, layout: Layout): string {
  const changes = ALL.filter((other) => fits(shapes, other)).map((other) => changesTo(other, layout));
  const fewest = Math.min(...changes.map(({ length }) => length));
  if (changes.length === 0 || fewest === 0) return '';
  const best = changes.filter(({ length }) => length === fewest).filter((change) => !isLast(change));
  const options = best.map((change) => change.map(([key, value]) => `--${key} ${value}`).join(' '));
  const keys = best.map((change) => change.map(([key, value]) => `"${key}": "${value}"`).join(', '));
  const other = best.length === 1 ? 'another layout' : 'other layouts';
  return `. The shapes fit ${other}: add ${either(options, 'first', 'last')}; in the config: ${either(keys, '"first"', '"last"')}`;
}

/** Alternatives in a row, of which one that ends in `word` stands for its twin. */
const either = (alternatives: readonly string[], word: string, twin: string): string =>
  alternatives.map((text) => (text.endsWith(word) ? `${text} (or ${twin})` : text)).join(', or ');

type Change = readonly [key: string, value: string];

const changesTo = (other: Layout, layout: Layout): Change[] =>
  Object.entries(other).filter(([key, value]) => value !== layout[key as keyof Layout]);

/** Where a bias may be the last input it may as well be the first, which stands for both. */
const isLast = (change: readonly Change[]): boolean => change.some(([, value]) => value === 'last');
