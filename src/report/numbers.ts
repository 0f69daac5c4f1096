/**
 * Numbers in columns: all with the same number of decimals, so that they can be compared by eye, or all with
 * an exponent where they span too many sizes.
 *
 * @param digits significant digits of the largest
 */
export function formatColumn(values: readonly number[], digits: number): string[] {
  let largest = 0;
  let smallest = Number.POSITIVE_INFINITY;
  for (const value of values) {
    const size = Math.abs(value);
    if (size === 0 || !Number.isFinite(size)) continue;
    largest = Math.max(largest, size);
    smallest = Math.min(smallest, size);
  }
  const decimals = largest === 0 ? 0 : Math.max(0, digits - 1 - Math.floor(Math.log10(largest)));
  const vanishes = smallest < 0.5 * 10 ** -decimals; // it would be shown as 0
  if (largest >= 10 ** Math.max(digits, 5) || smallest < 1e-4 || vanishes) {
    return values.map((value) => (isPlain(value) ? value.toExponential(digits - 1) : nameOf(value)));
  }
  return trimZeros(
    values.map((value) =>
      Number.isFinite(value)
        ? Math.abs(value) === 0
          ? (0).toFixed(decimals)
          : value.toFixed(decimals)
        : nameOf(value),
    ),
  );
}

/**
 * Numbers with one exponent for all of them, and as many decimals each: points stand below points. What would be shown
 * as 0 and is not is the only one with an exponent of its own.
 *
 * @param digits significant digits of the largest
 */
export function alignNumbers(
  values: readonly number[],
  digits: number,
): { readonly texts: string[]; readonly exponent: number } {
  const largest = values.reduce((most, value) => {
    const size = Math.abs(value);
    return Number.isFinite(size) && size > most ? size : most;
  }, 0);
  const power = largest === 0 ? 0 : Math.floor(Math.log10(largest));
  const exponent = power < -3 || power > Math.max(digits - 2, 4) ? power : 0;
  const decimals = Math.max(0, digits - 1 - (power - exponent));
  const texts = values.map((value) => {
    if (!Number.isFinite(value)) return nameOf(value);
    const scaled = exponent === 0 ? value : shifted(value, -exponent);
    const text = scaled.toFixed(decimals);
    if (value === 0 || Number(text) === 0)
      return value === 0 ? (0).toFixed(decimals) : scaled.toExponential(0);
    return text;
  });
  return { texts: trimZeros(texts), exponent };
}

/** A number times a power of ten, to the digit. */
function shifted(value: number, power: number): number {
  const [digits, exponent] = value.toExponential().split('e') as [string, string];
  return Number(`${digits}e${Number(exponent) + power}`);
}

/** One number, as {@link formatColumn} does. */
export const formatNumber = (value: number, digits: number): string =>
  formatColumn([value], digits)[0] as string;

/** The size of a difference or an error bar: two digits tell enough. */
export function formatError(value: number): string {
  if (!isPlain(value)) return nameOf(value);
  return value >= 0.01 && value < 99.5 ? value.toPrecision(2) : value.toExponential(1);
}

/** What a difference may be, where there is such a number: beside what is not finite there is none. */
export const formatAllowed = (value: number): string => (Number.isFinite(value) ? formatError(value) : '–');

const isPlain = (value: number): boolean => Number.isFinite(value) && value !== 0;

const nameOf = (value: number): string => (value === 0 ? '0' : String(value));

/** Takes away the zeros that all numbers of a column end in: 2.0000, 1.5000 → 2.0, 1.5. */
function trimZeros(texts: readonly string[]): string[] {
  let surplus = Number.POSITIVE_INFINITY;
  for (const text of texts) {
    const decimals = /\.(\d+)$/.exec(text)?.[1];
    if (decimals !== undefined)
      surplus = Math.min(surplus, decimals.length - decimals.replace(/0+$/, '').length);
    else if (/^-?\d+$/.test(text)) surplus = Math.min(surplus, 0);
  }
  if (!Number.isFinite(surplus) || surplus === 0) return [...texts];
  return texts.map((text) =>
    text.includes('.') ? text.slice(0, text.length - surplus).replace(/\.$/, '') : text,
  );
}
