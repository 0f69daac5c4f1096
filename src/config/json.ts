import {
  findNodeAtLocation,
  getLocation,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { type Finding, formatPath, InputError, type InputProblem } from './errors.ts';

const MAX_ERRORS = 10;
/** Of so many findings the first in the text are looked for. */
const MAX_LOCATED = 1000;
const WINDOW = 80;

/** A JSON document with the text it came from, so that an error can point at its place. */
export class JsonDocument {
  readonly file: string;
  readonly value: unknown;
  readonly #text: () => string;
  readonly #standard: () => string;

  /** @param standard the text with a number of the same length for each NaN and Infinity, to find places in */
  constructor(file: string, value: unknown, text: () => string, standard = text) {
    this.file = file;
    this.value = value;
    this.#text = text;
    this.#standard = standard;
  }

  /** A value that was never a text: it gets one only if an error has to be shown in it. */
  static ofValue(file: string, value: unknown): JsonDocument {
    return new JsonDocument(file, value, () => JSON.stringify(value, null, 2));
  }

  /** A value that a person has not written as JSON: errors name the file and the path in it. */
  static withoutText(file: string, value: unknown): JsonDocument {
    return new JsonDocument(file, value, () => '');
  }

  get text(): string {
    return this.#text();
  }

  get standard(): string {
    return this.#standard();
  }
}

/** Python and JavaScript write these words for numbers that JSON does not have. */
const NON_FINITE = /"(?:[^"\\]|\\.)*"|-?\b(?:Infinity|NaN)\b/g;

const replaceNonFinite = (text: string, by: (word: string) => string): string =>
  text.replace(NON_FINITE, (word) => (word.startsWith('"') ? word : by(word)));

/**
 * Reads a JSON text.
 *
 * @param options.nonFinite reads bare NaN, Infinity and -Infinity, as Python writes them, as those strings
 * @throws InputError with line, column and a window on the offending place
 */
export function parseJson(file: string, text: string, options: { nonFinite?: boolean } = {}): JsonDocument {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const json = options.nonFinite ? replaceNonFinite(source, (word) => `"${word}"`) : source;
  const standard = options.nonFinite
    ? replaceNonFinite(source, (word) => '1'.padEnd(word.length, '0'))
    : source;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw syntaxError(file, source, standard);
  }
  const document = new JsonDocument(
    file,
    value,
    () => source,
    () => standard,
  );
  const twice = repeatedKeys(standard);
  if (twice.length > 0) throw inputError(document, twice);
  return document;
}

/** Looks up where the findings stand in the text: at most ten, the others counted. */
export function inputError(document: JsonDocument, findings: readonly Finding[]): InputError {
  const { file, text, standard } = document;
  if (text === '') return withoutPlaces(file, findings);
  const root = treeOf(standard);
  const located = findings.slice(0, MAX_LOCATED).map((finding) => ({
    ...finding,
    offset: finding.offset ?? offsetOf(root, finding),
  }));
  const problems = located
    .sort((a, b) => a.offset - b.offset)
    .slice(0, MAX_ERRORS)
    .map(({ path, message, offset }) => problemAt(file, text, offset, formatPath(path), message));
  return new InputError(problems, findings.length - problems.length);
}

/** The errors of an input that has no text to point into. */
function withoutPlaces(file: string, findings: readonly Finding[]): InputError {
  const shown = findings.slice(0, MAX_ERRORS);
  const problems = shown.map(({ path, message }) => ({
    file,
    line: 0,
    column: 0,
    path: formatPath(path),
    message,
  }));
  return new InputError(problems, findings.length - shown.length);
}

/** The syntax tree; none where the text is nested too deeply for one. */
function treeOf(text: string, errors: ParseError[] = []): Node | undefined {
  try {
    return parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function offsetOf(root: Node | undefined, { path, atKey }: Finding): number {
  // The deepest part of the path that exists: a missing key is reported where its parent begins.
  for (let length = path.length; root !== undefined && length >= 0; length--) {
    const node = findNodeAtLocation(root, path.slice(0, length));
    if (node === undefined) continue;
    return atKey && node.parent?.type === 'property' ? node.parent.offset : node.offset;
  }
  return 0;
}

/** What is wrong at an offset of a text, with the window that shows it. */
export function problemAt(
  file: string,
  text: string,
  offset: number,
  path: string,
  message: string,
): InputProblem {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  const lineEnd = text.indexOf('\n', offset);
  const line = text.slice(lineStart, lineEnd < 0 ? undefined : lineEnd).trimEnd();
  const column = offset - lineStart;
  const shown = Math.min(column, line.length); // an error behind the end of a line points at its end
  const from = line.length <= WINDOW ? 0 : Math.max(0, Math.min(shown - WINDOW / 2, line.length - WINDOW));
  return {
    file,
    line: before.split('\n').length,
    column: column + 1,
    path,
    message,
    window: { text: line.slice(from, from + WINDOW), caret: shown - from },
  };
}

/** Names the first place where the text stops being JSON. */
function syntaxError(file: string, text: string, standard: string): InputError {
  const errors: ParseError[] = [];
  treeOf(standard, errors);
  const first = errors[0];
  if (text.trim() === '')
    return new InputError([problemAt(file, text, 0, '', 'expected a JSON object, found an empty text')]);
  const offset = first?.offset ?? 0;
  const found = /^(-?[A-Za-z]+|\/\/|\/\*)/.exec(text.slice(offset))?.[0];
  // Elsewhere the text is no JSON, and what place it would have been is a guess.
  const path =
    found !== undefined && isNonFinite(found) ? formatPath(getLocation(standard, offset).path) : '';
  return new InputError([
    problemAt(file, text, offset, path, syntaxMessage(first, found, offset >= text.trimEnd().length)),
  ]);
}

function syntaxMessage(error: ParseError | undefined, found: string | undefined, atEnd: boolean): string {
  if (found !== undefined && isNonFinite(found)) return `expected a finite number, found ${found}`;
  if (found === '//' || found === '/*') return 'not JSON: comments are not allowed';
  if (atEnd) return 'not JSON: unexpected end of the text';
  const reason = error === undefined ? 'unexpected text' : words(printParseErrorCode(error.error));
  return `not JSON: ${reason}${found === undefined ? '' : `, found ${found}`}`;
}

const isNonFinite = (word: string): boolean => /^-?(NaN|Infinity)$/.test(word);

/** `CommaExpected` → `comma expected` */
const words = (code: string): string => code.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();

/** JSON.parse silently keeps the last of two equal keys: a second W1 must not go unnoticed. */
function repeatedKeys(text: string): Finding[] {
  const seen = new Set<string>();
  const names = [...text.matchAll(/"((?:[^"\\]|\\.)*)"\s*:/g)].map(([, name]) => name as string);
  if (names.every((name) => seen.size < seen.add(name).size)) return []; // no name stands twice anywhere

  return repeatedIn(treeOf(text), []);
}

/** Keys that stand twice in an object or in one that it holds. */
function repeatedIn(node: Node | undefined, path: Finding['path']): Finding[] {
  if (node?.type !== 'object') return [];
  const keys = new Set<string>();
  return (node.children ?? []).flatMap((property) => {
    const name = String(property.children?.[0]?.value);
    const here = [...path, name];
    const inner = repeatedIn(property.children?.[1], here);
    if (!keys.has(name)) {
      keys.add(name);
      return inner;
    }
    const message = 'duplicate key; expected each key once';
    return [{ path: here, message, offset: property.offset }, ...inner];
  });
}
