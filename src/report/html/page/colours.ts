// Colours that can be told apart whatever the eye: blue against orange, with brightness saying the same.

export type Rgb = readonly [number, number, number];

/** What a page in the light, or in the dark, is drawn with. */
export interface Palette {
  readonly negative: readonly Rgb[];
  readonly positive: readonly Rgb[];
  /** how large a difference is: of what agrees, what is wrong, what is open */
  readonly agree: readonly Rgb[];
  readonly mismatch: readonly Rgb[];
  readonly open: readonly Rgb[];
  readonly unchecked: Rgb;
  /** no number: NaN and infinities */
  readonly none: Rgb;
  readonly mark: string;
}

const rgb = (hex: string): Rgb =>
  [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;
const ramp = (hexes: string): Rgb[] => hexes.split(' ').map(rgb);

export const LIGHT: Palette = {
  negative: ramp('f4f4f2 c3d9ec 6fa8d6 2a6fae 0b3c73'),
  positive: ramp('f4f4f2 f6d8b4 eda35a c8660f 7f3a02'),
  agree: ramp('eef1f5 c5cfdb 8496aa'),
  mismatch: ramp('e2504a c0221f 7d0d18'),
  open: ramp('f3d98b d9b13b'),
  unchecked: rgb('ffffff'),
  none: rgb('000000'),
  mark: '#ffffff',
};

export const DARK: Palette = {
  negative: ramp('22272e 1f4568 2f7ab8 6fb3ea cfe6fb'),
  positive: ramp('22272e 5e3a14 b06a1d eda35a fde3c4'),
  agree: ramp('1d2229 303a45 5d6c7c'),
  mismatch: ramp('b8322f ef5f57 ffb3a8'),
  open: ramp('7a611c c9a233'),
  unchecked: rgb('14171b'),
  none: rgb('ffffff'),
  mark: '#14171b',
};

/** A colour of a ramp, t from 0 to 1. */
export function colourOf(colours: readonly Rgb[], t: number): Rgb {
  const at = Math.min(1, Math.max(0, t)) * (colours.length - 1);
  const below = Math.min(Math.floor(at), colours.length - 2);
  if (colours.length === 1) return colours[0]!;
  const [a, b] = [colours[below]!, colours[below + 1]!];
  return a.map((value, k) => value + (at - below) * (b[k]! - value)) as unknown as Rgb;
}
