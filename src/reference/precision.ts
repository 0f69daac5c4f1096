import { HALF_PRECISION_FACTOR, REFERENCE_FACTOR } from '../gradcheck/textbook.ts';

/** The floating-point formats that a reference may have been computed in. */
export const PRECISIONS = ['float64', 'float32', 'float16', 'bfloat16'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** What a format means for a comparison. */
export interface PrecisionLimits {
  /** u, the largest relative error of one rounding */
  readonly unitRoundoff: number;
  /** the relative tolerance unless one is given */
  readonly rtol: number;
  /** where the format runs out of small numbers */
  readonly floor: number;
  /** the smallest number that what was computed on the way may have had */
  readonly smallest: number;
  /** how many roundings of size R are allowed */
  readonly factor: number;
  /** the part of a tensor's largest entry above which noise leaves nothing to agree */
  readonly vague: number;
  /** of formats so short that it matters that parameters and inputs were rounded to them: how that is done */
  readonly round?: (value: number) => number;
}

export const LIMITS: Readonly<Record<Precision, PrecisionLimits>> = {
  float64: {
    unitRoundoff: 2 ** -53,
    rtol: 1e-7,
    floor: 2 ** -1012,
    smallest: 2 ** -1022,
    factor: REFERENCE_FACTOR,
    vague: 0.01,
  },
  float32: {
    unitRoundoff: 2 ** -24,
    rtol: 1e-6,
    floor: 2 ** -116,
    smallest: 2 ** -126,
    factor: REFERENCE_FACTOR,
    vague: 0.01,
  },
  float16: {
    unitRoundoff: 2 ** -11,
    rtol: 2e-3,
    floor: 2 ** -20,
    smallest: 2 ** -24,
    factor: HALF_PRECISION_FACTOR,
    vague: 0.01,
    round: rounding(11, -14, 65504),
  },
  bfloat16: {
    unitRoundoff: 2 ** -8,
    rtol: 8e-3,
    floor: 2 ** -116,
    smallest: 2 ** -126,
    factor: HALF_PRECISION_FACTOR,
    vague: 0.1,
    round: rounding(8, -126, (2 - 2 ** -7) * 2 ** 127),
  },
};

/** Rounds to so many significant bits, ties to even, or to the smallest numbers that a format has (IEEE 754-2019, 4.3.1). */
function rounding(bits: number, lowest: number, most: number): (value: number) => number {
  return (value) => {
    if (value === 0 || !Number.isFinite(value)) return value;
    const exponent = Math.max(Math.floor(Math.log2(Math.abs(value))), lowest);
    const unit = 2 ** (exponent - bits + 1);
    const scaled = value / unit;
    const near = Math.round(scaled);
    const even = Math.abs(scaled - Math.trunc(scaled)) === 0.5 ? 2 * Math.round(scaled / 2) : near;
    return Math.max(-most, Math.min(most, even * unit));
  };
}

/**
 * The format that values give away: float32 where each is a float32 number, or the decimal of one: with 9
 * digits, or the shortest that reads back as the same number, as Rust, C++ and NumPy print it.
 *
 * Short decimals (at most 6 digits) tell nothing. One of 7 digits is the shortest of its float32 nearly always,
 * so that there must be longer ones too.
 */
export function guessPrecision(values: readonly number[]): Precision {
  const telling = values.filter((value) => Number.isFinite(value) && !hasDigits(value, 6));
  const told = telling.some((value) => !hasDigits(value, 7) || Math.fround(value) === value);
  return told && telling.every(isFloat32) ? 'float32' : 'float64';
}

/** Whether a value can be written with so many significant digits. */
const hasDigits = (value: number, digits: number): boolean => Number(value.toPrecision(digits)) === value;

function isFloat32(value: number): boolean {
  const single = Math.fround(value);
  if (single === value) return true;
  // Of two decimals that are as near, JavaScript takes the larger, and C, Python and NumPy the even one.
  const isNearest = (digits: number): boolean => {
    const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - digits + 1);
    return hasDigits(value, digits) && Math.abs(single - value) <= 0.5 * unit * (1 + 1e-6);
  };
  return isNearest(shortest(single)) || isNearest(9);
}

/** With how many digits a float32 number reads back as itself. */
const shortest = (single: number): number =>
  [6, 7, 8].find((digits) => Math.fround(Number(single.toPrecision(digits))) === single) ?? 9;
