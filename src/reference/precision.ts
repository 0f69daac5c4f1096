/** The floating-point formats that a reference may have been computed in. */
export const PRECISIONS = ['float64', 'float32', 'float16'] as const;
/** Those that array files may hold, the least exact one last. */
export const PRECISIONS_OF_FILES = [...PRECISIONS, 'bfloat16'] as const;
export type Precision = (typeof PRECISIONS_OF_FILES)[number];

/** What a format means for a comparison. */
export interface PrecisionLimits {
  /** u, the largest relative error of one rounding */
  readonly unitRoundoff: number;
  /** the relative tolerance unless one is given */
  readonly rtol: number;
  /** where the format runs out of small numbers */
  readonly floor: number;
}

export const LIMITS: Readonly<Record<Precision, PrecisionLimits>> = {
  float64: { unitRoundoff: 2 ** -53, rtol: 1e-7, floor: 2 ** -1012 },
  float32: { unitRoundoff: 2 ** -24, rtol: 1e-6, floor: 2 ** -116 },
  float16: { unitRoundoff: 2 ** -11, rtol: 2e-3, floor: 2 ** -20 },
  bfloat16: { unitRoundoff: 2 ** -9, rtol: 8e-3, floor: 2 ** -116 },
};

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
  return (
    single === value || [9, shortest(single)].some((digits) => Number(single.toPrecision(digits)) === value)
  );
}

/** With how many digits a float32 number reads back as itself. */
const shortest = (single: number): number =>
  [6, 7, 8].find((digits) => Math.fround(Number(single.toPrecision(digits))) === single) ?? 9;
