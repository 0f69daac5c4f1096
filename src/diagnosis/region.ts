/** Where something is in a matrix, in words. */
export interface Region {
  /** `rows 16–31 × columns 32–63`; empty where it is everywhere */
  readonly words: string;
  contains(row: number, col: number): boolean;
}

/** A matrix of which some entries are wrong. A vector is a matrix of one column. */
export interface Mask {
  readonly rows: number;
  readonly cols: number;
  /** whether it is a vector, whose rows are called entries */
  readonly isVector: boolean;
  readonly wrong: readonly boolean[];
  /** whether an entry would not show it if it were wrong: what is 0 stays 0 times anything */
  readonly hides: (place: number) => boolean;
}

/**
 * The region that just the wrong entries fill, but for those that would not show it: some rows by some columns, all of
 * some rows and of some columns, a triangle or the diagonal, a stretch of the memory. undefined where they are
 * scattered.
 */
export function regionOf(mask: Mask): Region | undefined {
  const regions = [product(mask), cross(mask), ...diagonals(mask), stretch(mask), everyOther(mask)];
  return regions.find((region) => region !== undefined && fills(region, mask));
}

/** Whether a region holds all wrong entries, and no others but those that do not show it. */
function fills(region: Region, { wrong, cols, hides }: Mask): boolean {
  return wrong.every((isWrong, place) => {
    const isIn = region.contains(Math.floor(place / cols), place % cols);
    return isWrong ? isIn : !isIn || hides(place);
  });
}

/** All rows and columns with something wrong. */
function product(mask: Mask): Region | undefined {
  const { rows, cols, wrong } = mask;
  const [inRows, inCols] = [new Set<number>(), new Set<number>()];
  wrong.forEach((isWrong, place) => {
    if (!isWrong) return;
    inRows.add(Math.floor(place / cols));
    inCols.add(place % cols);
  });
  const { hides, isVector } = mask;
  const [wrongRows, wrongCols] = [[...inRows], [...inCols]];
  const silentRows = all(rows).filter((i) => wrongCols.every((j) => hides(i * cols + j)));
  const silentCols = all(cols).filter((j) => wrongRows.every((i) => hides(i * cols + j)));
  const ofRows = inWordsWith(inRows, silentRows, rows, isVector ? ENTRY : ROW);
  const ofCols = inWordsWith(inCols, silentCols, cols, COLUMN);
  if (ofRows === undefined || ofCols === undefined) return undefined;
  return {
    words: [ofRows.words, ofCols.words].filter((words) => words !== '').join(' × '),
    contains: (i, j) => ofRows.set.has(i) && ofCols.set.has(j),
  };
}

/** A set in words: as it is, with the silent ones within it, or with all of these. */
function inWordsWith(
  set: ReadonlySet<number>,
  silent: readonly number[],
  length: number,
  noun: Noun,
): { readonly set: ReadonlySet<number>; readonly words: string } | undefined {
  const [first, last] = endsOf(set);
  const within = silent.filter((i) => i > first && i < last);
  for (const wider of [set, new Set([...set, ...within]), new Set([...set, ...silent])]) {
    const words = setInWords(wider, length, noun);
    if (words !== undefined) return { set: wider, words };
  }
  return undefined;
}

const endsOf = (set: ReadonlySet<number>): [number, number] => {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const member of set) [first, last] = [Math.min(first, member), Math.max(last, member)];
  return [first, last];
};

const all = (length: number): number[] => [...Array(length).keys()];

/** Whole rows and whole columns: what a kernel leaves at two edges. */
function cross({ rows, cols, wrong, hides, isVector }: Mask): Region | undefined {
  if (isVector) return undefined;
  const isWrong = (i: number, j: number): boolean => wrong[i * cols + j]! || hides(i * cols + j);
  const inRows = new Set(
    all(rows).filter(
      (i) => all(cols).every((j) => isWrong(i, j)) && all(cols).some((j) => wrong[i * cols + j]),
    ),
  );
  const inCols = new Set(
    all(cols).filter(
      (j) => all(rows).every((i) => isWrong(i, j)) && all(rows).some((i) => wrong[i * cols + j]),
    ),
  );
  const [ofRows, ofCols] = [setInWords(inRows, rows, ROW), setInWords(inCols, cols, COLUMN)];
  if (!ofRows || !ofCols || inRows.size === 0 || inCols.size === 0) return undefined;
  return { words: `${ofRows} and ${ofCols}`, contains: (i, j) => inRows.has(i) || inCols.has(j) };
}

const diagonals = ({ rows, cols, isVector }: Mask): Region[] =>
  isVector || rows < 3 || cols < 3
    ? []
    : [
        { words: 'the diagonal', contains: (i, j) => i === j },
        { words: 'all entries off the diagonal', contains: (i, j) => i !== j },
        { words: 'the part above the diagonal', contains: (i, j) => j > i },
        { words: 'the part below the diagonal', contains: (i, j) => j < i },
      ];

/** One stretch of the entries as they lie in memory, row by row. */
function stretch({ rows, cols, wrong, isVector }: Mask): Region | undefined {
  const [first, last] = [wrong.indexOf(true), wrong.lastIndexOf(true)];
  if (isVector || first < 0 || Math.floor(first / cols) === Math.floor(last / cols)) return undefined;
  const at = (place: number): string => `[${Math.floor(place / cols)}, ${place % cols}]`;
  const count = last - first + 1;
  const words =
    last === rows * cols - 1
      ? `the last ${count} entries, from ${at(first)} on`
      : first === 0
        ? `the first ${count} entries, up to ${at(last)}`
        : `the entries from ${at(first)} to ${at(last)}`;
  return { words, contains: (i, j) => i * cols + j >= first && i * cols + j <= last };
}

/** Every k-th entry as they lie in memory. */
function everyOther({ cols, wrong, isVector }: Mask): Region | undefined {
  const places = [...wrong.keys()].filter((place) => wrong[place]);
  const [first, second] = places;
  if (isVector || first === undefined || second === undefined) return undefined;
  const step = second - first;
  if (step < 2 || places.length < 4) return undefined;
  const from = first === 0 ? '' : `, from [${Math.floor(first / cols)}, ${first % cols}] on`;
  return {
    words: `every ${ordinal(step)} entry in memory${from}`,
    contains: (i, j) => i * cols + j >= first && (i * cols + j - first) % step === 0,
  };
}

interface Noun {
  readonly one: string;
  readonly many: string;
}
const ROW: Noun = { one: 'row', many: 'rows' };
const COLUMN: Noun = { one: 'column', many: 'columns' };
const ENTRY: Noun = { one: 'entry', many: 'entries' };

/** `rows 16–31`, `every second column`, `rows 0–3 of every 8`; empty for all; undefined where that takes a list. */
function setInWords(set: ReadonlySet<number>, length: number, { one, many }: Noun): string | undefined {
  if (set.size === length) return '';
  const members = [...set].sort((a, b) => a - b);
  const [first, last] = [members[0], members.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  if (last - first + 1 === members.length) return stretchInWords(first, last, { one, many });
  const period = periodOf(set, length);
  if (period !== undefined) {
    const inOne = members.filter((member) => member < period);
    const [a, b] = [inOne[0]!, inOne.at(-1)!];
    if (inOne.length === 1) return `every ${ordinal(period)} ${one}${a === 0 ? '' : ` from ${a} on`}`;
    if (b - a + 1 === inOne.length) return `${stretchInWords(a, b, { one, many })} of every ${period}`;
  }
  return members.length <= 4 && members.length < length / 2
    ? `${many} ${members.slice(0, -1).join(', ')} and ${last}`
    : undefined;
}

const stretchInWords = (first: number, last: number, { one, many }: Noun): string =>
  first === last ? `${one} ${first}` : `${many} ${first}–${last}`;

/** The least period with which a set repeats itself, at least three times. */
function periodOf(set: ReadonlySet<number>, length: number): number | undefined {
  for (let period = 2; 3 * period <= length + period - 1 && period <= length / 2; period++)
    if (Array.from({ length: length - period }, (_, i) => set.has(i) === set.has(i + period)).every(Boolean))
      return period;
  return undefined;
}

const ordinal = (n: number): string =>
  n === 2
    ? 'second'
    : n === 3
      ? 'third'
      : n % 10 === 1 && n !== 11
        ? `${n}st`
        : n % 10 === 2 && n !== 12
          ? `${n}nd`
          : n % 10 === 3 && n !== 13
            ? `${n}rd`
            : `${n}th`;
