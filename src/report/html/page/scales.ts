import { INCONCLUSIVE, MISMATCH, type Other, type Tensor, UNCHECKED } from './cells.ts';
import { colourOf, type Palette, type Rgb } from './colours.ts';

/** How numbers become colours, and which of several that share a pixel is seen. */
export interface Scale {
  colour(cell: number, palette: Palette): Rgb;
  /** the strongest of them is seen */
  strength(cell: number): number;
}

/** Values from −most to most, one scale for all that is compared. */
export interface Values {
  readonly most: number;
  /** whether something lies beyond: it has the colour of the end */
  readonly beyond: boolean;
}

/** A wrong reference may be larger than all that is right: as far as three times of that is shown. */
const FURTHEST = 3;

export function valuesOf({ ours, others }: Tensor): Values {
  const own = largest(ours.data);
  const all = others.reduce((most, { data }) => Math.max(most, largest(data)), own);
  const most = own > 0 ? Math.min(all, FURTHEST * own) : all;
  return { most: most > 0 ? most : 1, beyond: all > most };
}

const largest = (data: Float64Array): number =>
  data.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);

export const valueScale = (data: Float64Array, { most }: Values, verdicts?: Uint8Array): Scale => ({
  colour: (cell, palette) => {
    if (verdicts?.[cell] === UNCHECKED) return palette.unchecked;
    const value = data[cell]!;
    if (!Number.isFinite(value)) return palette.none;
    return colourOf(value < 0 ? palette.negative : palette.positive, Math.abs(value) / most);
  },
  strength: (cell) => (Number.isFinite(data[cell]!) ? Math.abs(data[cell]!) : Number.POSITIVE_INFINITY),
});

/** Powers of ten of the differences, one scale for all that is compared. */
export interface Differences {
  readonly least: number;
  readonly most: number;
}

/** More powers of ten than these are not told apart. */
const DECADES = 16;

export function differencesOf({ ours, others }: Tensor): Differences | undefined {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const other of others)
    for (let i = 0; i < other.data.length; i++) {
      const difference = differenceAt(ours.data, other, i);
      if (difference === 0 || !Number.isFinite(difference)) continue;
      least = Math.min(least, difference);
      most = Math.max(most, difference);
    }
  if (most < least) return undefined;
  const end = Math.ceil(Math.log10(most));
  return { least: Math.max(Math.floor(Math.log10(least)), end - DECADES), most: end };
}

const differenceAt = (ours: Float64Array, other: Other, i: number): number =>
  other.verdicts[i] === UNCHECKED ? 0 : Math.abs(ours[i]! - other.data[i]!);

/** How far along a scale a difference is; the first step is kept for none. */
function lengthAlong(difference: number, { least, most }: Differences): number {
  if (difference === 0) return 0;
  if (!Number.isFinite(difference)) return 1;
  return Math.max(0, (Math.log10(difference) - least) / Math.max(most - least, 1));
}

export const differenceScale = (
  ours: Float64Array,
  other: Other,
  scale: Differences = { least: -1, most: 0 },
): Scale => ({
  colour: (cell, palette) => {
    const verdict = other.verdicts[cell];
    if (verdict === UNCHECKED) return palette.unchecked;
    const colours =
      verdict === MISMATCH ? palette.mismatch : verdict === INCONCLUSIVE ? palette.open : palette.agree;
    return colourOf(colours, lengthAlong(differenceAt(ours, other, cell), scale));
  },
  strength: (cell) => {
    const rank = [0, 1, 3, 2][other.verdicts[cell]!]!;
    return rank + 0.9 * Math.min(1, lengthAlong(differenceAt(ours, other, cell), scale));
  },
});
