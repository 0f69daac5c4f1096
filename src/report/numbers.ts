/**
 * Numbers in columns: all with the same number of decimals, so that they can be compared by eye, or all with
 * an exponent where they span too many sizes.
 *
 * @param digits significant digits of the largest
 */
export function formatColumn(values: readonly number[], digits: number): string[] {
  const sizes = values.filter((value) => Number.isFinite(value) && value !== 0).map(Math.abs);
  const largest = Math.max(0, ...sizes);
  const smallest = Math.min(largest, ...sizes);
  if (largest >= 10 ** Math.max(digits, 5) || (largest > 0 && smallest < 1e-4)) {
    return values.map((value) =>
      value === 0 || !Number.isFinite(value) ? formatSpecial(value) : value.toExponential(digits - 1),
    );
  }
  const whole = largest < 1 ? 1 : Math.floor(Math.log10(largest)) + 1;
  const decimals = Math.max(0, digits - whole);
  const fixed = values.map((value) =>
    Number.isFinite(value) ? value.toFixed(decimals) : formatSpecial(value),
  );
  return trimZeros(fixed);
}

/** One number, as {@link formatColumn} does. */
export const formatNumber = (value: number, digits: number): string =>
  formatColumn([value], digits)[0] as string;

/** The size of a difference or an error bar: two digits tell enough. */
export function formatError(value: number): string {
  if (!Number.isFinite(value) || value === 0) return formatSpecial(value);
  return value >= 0.01 && value < 100 ? value.toPrecision(2) : value.toExponential(1);
}

const formatSpecial = (value: number): string =>
  Number.isNaN(value) ? 'NaN' : value === 0 ? '0' : value > 0 ? 'Infinity' : '-Infinity';

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
