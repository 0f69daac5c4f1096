/** What the header of a .npy file says. */
export interface NpyHeader {
  /** such as `<f8`; as it stands there, if it is a list: a structured array */
  readonly descr: string;
  readonly structured: boolean;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

/** A word of a Python literal: a string, an integer (Python 2 wrote 3L), True, False, a bracket or mark. */
const TOKEN = /\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\d+L?|True|False|[{}()[\]:,])/y;

/**
 * Reads the header of a .npy file, a Python dict with the keys `descr`, `fortran_order` and `shape` and no
 * others: only what such a dict can hold is understood, and nothing is evaluated.
 *
 * Source: NumPy, numpy/lib/format.py, "Format Version 1.0".
 *
 * @returns undefined if it is anything else
 */
export function parseNpyHeader(text: string): NpyHeader | undefined {
  const tokens = tokenize(text.trimEnd());
  if (tokens?.shift() !== '{' || tokens.pop() !== '}') return undefined;
  const values = new Map<string, string[]>();
  while (tokens.length > 0) {
    const key = unquoted(tokens.shift());
    const colon = tokens.shift();
    const value = takeValue(tokens);
    const comma = tokens.shift() ?? ',';
    if (key === undefined || colon !== ':' || value === undefined || comma !== ',' || values.has(key))
      return undefined;
    values.set(key, value);
  }
  const descr = values.get('descr');
  const fortranOrder = values.get('fortran_order')?.join('');
  const shape = readShape(values.get('shape') ?? []);
  if (values.size !== 3 || descr === undefined || shape === undefined) return undefined;
  if (fortranOrder !== 'True' && fortranOrder !== 'False') return undefined;
  const type = unquoted(descr[0]);
  return {
    descr: type ?? descr.join('').replaceAll(',', ', '),
    structured: type === undefined,
    fortranOrder: fortranOrder === 'True',
    shape,
  };
}

function tokenize(text: string): string[] | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  let end = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    tokens.push(match[1]!);
    end = TOKEN.lastIndex;
  }
  return end === text.length ? tokens : undefined;
}

const unquoted = (token: string | undefined): string | undefined => /^['"](.*)['"]$/s.exec(token ?? '')?.[1];

/** Takes one value off the tokens: a single one, or all from a bracket to the one that closes it. */
function takeValue(tokens: string[]): string[] | undefined {
  let depth = 0;
  for (const [i, token] of tokens.entries()) {
    if (/^[[({]$/.test(token)) depth++;
    else if (/^[\])}]$/.test(token)) depth--;
    if (depth < 0) return undefined;
    if (depth === 0) return /^[:,]$/.test(token) ? undefined : tokens.splice(0, i + 1);
  }
  return undefined;
}

/** The numbers of a Python tuple: `()`, `(3,)`, `(3, 4)`. */
function readShape(tokens: readonly string[]): number[] | undefined {
  const tuple = /^\((?:(\d+L?,)|(\d+L?,)+(\d+L?,?))?\)$/;
  if (!tuple.test(tokens.join(''))) return undefined;
  return tokens.filter((token) => /^\d/.test(token)).map((token) => Number.parseInt(token, 10));
}
