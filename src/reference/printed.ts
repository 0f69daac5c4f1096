import { largest } from '../core/matrix.ts';

/** How numbers were printed: with so many digits behind the point (`%f`, toFixed), or so many in all (`%g`). */
export interface Printed {
  readonly kind: 'decimals' | 'digits';
  readonly count: number;
}

/** More digits than these are no loss. */
const MOST = 12;
/** So many different values tell how numbers were printed. */
const ENOUGH = 5;
/** Fewer do where half a unit is so small a part of the largest: no product of short numbers has so few digits. */
const FINE = 5e-6;
/** A last digit is 0, and then not there, in one number of ten. */
const COMMON = 0.6;
/** The first few of many numbers say that they have all their digits, and many have a format of their own. */
const SOME = 20;
/** 0.5, 1.25 and the like are short in themselves. */
const SHORT_UNIT = 2 ** -10;
/** But from here on a number that ends in 0 may have lost its last digits: %g prints 1234567 as 1.23457e+06. */
const ROUND = 1000;
/** Numbers of which none has a fraction tell it only if they have so many digits. */
const SOME_DIGITS = 3;

const isShort = (value: number): boolean =>
  Number.isInteger(value / SHORT_UNIT) &&
  (Math.abs(value) < ROUND || (Number.isSafeInteger(value) && value % 10 !== 0));

/**
 * How the numbers of each array were printed, if they certainly were: all are multiples of one power of ten, or have a
 * few digits only, and most have just so many. Numbers that are short in themselves, such as 0.5 and 1.25, tell nothing.
 *
 * All arrays together tell it best. But NumPy, for one, chooses for each, and logits may be short in themselves: one
 * that was not printed like all tells it by itself, those too small for that together, and else it follows others.
 */
export function printedAs(arrays: ReadonlyMap<string, Float64Array>): Map<string, Printed> {
  const all = certainly([...arrays.values()]);
  const found = new Map<string, Printed>();
  for (const [name, data] of arrays) {
    const own = ownFormat(data, all);
    if (own !== undefined) found.set(name, own);
  }
  const others = [...arrays].filter(([name]) => !found.has(name)).map(([, data]) => data);
  const ofOthers = certainly(others);
  const formats = [...(all ? [all] : []), ...found.values(), ...(ofOthers ? [ofOthers] : [])];
  for (const [name, data] of arrays) {
    if (found.has(name)) continue;
    const fitting = formats.filter((format) => data.every((value) => fits(value, format)));
    const format = coarsest(fitting, largest(data));
    if (format !== undefined) found.set(name, format);
  }
  return found;
}

/** How an array was printed: like all, unless it has many numbers of which more have another format. */
function ownFormat(data: Float64Array, all: Printed | undefined): Printed | undefined {
  const own = certainly([data]);
  if (all === undefined || !isPrintedSo(data, all)) return own;
  const telling = tellingOf([data]);
  const isOwn = own && telling.length >= SOME && shareOf(telling, own) > shareOf(telling, all);
  return isOwn ? own : all;
}

/** How one more number was printed that came with others which were. */
export function printedLike(value: number, formats: Iterable<Printed>): Printed | undefined {
  const fitting = coarsest(
    [...formats].filter((format) => fits(value, format)),
    value,
  );
  if (fitting !== undefined) return fitting;
  const count = decimalsOf(value);
  return count <= MOST ? { kind: 'decimals', count } : undefined;
}

/** The different numbers that are not short in themselves, up to so many of them. */
function tellingOf(arrays: readonly Float64Array[], most = Number.POSITIVE_INFINITY): number[] {
  const telling = new Set<number>();
  for (const data of arrays) {
    for (const value of data) {
      if (!Number.isFinite(value) || isShort(value)) continue;
      telling.add(Math.abs(value));
      if (telling.size >= most) return [...telling];
    }
  }
  return [...telling];
}

/** Which part of some numbers have just so many decimals or digits. */
const shareOf = (values: readonly number[], { kind, count }: Printed): number =>
  values.filter((value) => countOf[kind](value) === count).length / values.length;

function isPrintedSo(data: Float64Array, format: Printed): boolean {
  return data.every((value) => fits(value, format)) && shareOf(tellingOf([data]), format) >= COMMON;
}

function certainly(arrays: readonly Float64Array[]): Printed | undefined {
  if (tellingOf(arrays, SOME).some(isLong)) return undefined;
  const telling = tellingOf(arrays);
  if (telling.length === 0) return undefined;
  const largest = telling.reduce((most, value) => Math.max(most, value));
  const formats = (['decimals', 'digits'] as const).map((kind): Printed => {
    const count = telling.reduce((most, value) => Math.max(most, countOf[kind](value)), 0);
    return { kind, count };
  });
  // Where both are possible, it may be the coarser one.
  const [best] = formats
    .map((format) => ({ format, share: shareOf(telling, format), half: halfUnit(largest, format) }))
    .filter(({ format, share }) => format.count <= MOST && share >= COMMON)
    .filter(({ format }) => !telling.every(Number.isInteger) || isOfIntegers(format))
    .filter(({ half }) => telling.length >= ENOUGH || half <= FINE * largest)
    .sort((a, b) => b.share - a.share || b.half - a.half);
  return best?.format;
}

/** The format of which half a unit of a value is most. */
const coarsest = (formats: readonly Printed[], value: number): Printed | undefined =>
  formats.toSorted((a, b) => halfUnit(value, b) - halfUnit(value, a))[0];

const isOfIntegers = ({ kind, count }: Printed): boolean => kind === 'digits' && count >= SOME_DIGITS;

const fits = (value: number, { kind, count }: Printed): boolean =>
  !Number.isFinite(value) || countOf[kind](value) <= count;

/** The digits behind the point that a number has, as short as it reads back; MOST + 1 where it has more. */
function decimalsOf(value: number): number {
  const count = counts.find((digits) => Number(value.toFixed(digits)) === value);
  return count ?? MOST + 1;
}

function digitsOf(value: number): number {
  const count = counts.find((digits) => digits > 0 && Number(value.toPrecision(digits)) === value);
  return count ?? MOST + 1;
}

const isLong = (value: number): boolean => decimalsOf(value) > MOST && digitsOf(value) > MOST;

const counts = [...Array(MOST + 1).keys()];
const countOf = { decimals: decimalsOf, digits: digitsOf };

/** Half a unit of the last place that was printed: how far a number may be from what it was. */
export function halfUnit(value: number, { kind, count }: Printed): number {
  if (kind === 'decimals') return 0.5 * 10 ** -count;
  if (value === 0) return 0;
  return 0.5 * 10 ** (Math.floor(Math.log10(Math.abs(value))) + 1 - count);
}

/** `6 decimals`; `4 or 6 decimals` */
export function describePrinted(formats: Iterable<Printed>): string {
  const all = [...formats];
  return (['decimals', 'digits'] as const)
    .flatMap((kind) => {
      const counts = [...new Set(all.filter((one) => one.kind === kind).map(({ count }) => count))];
      return counts.length === 0 ? [] : [`${counts.sort((a, b) => a - b).join(' or ')} ${kind}`];
    })
    .join(' or ');
}
