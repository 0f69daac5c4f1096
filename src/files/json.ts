import { Budget } from './budget.ts';
import { type Finding, formatPath, InputError, type InputProblem, MAX_ERRORS } from './errors.ts';
import { JsonCheck, TooMuch } from './json-check.ts';
import { pathsAt, placesOf } from './json-places.ts';
import { type JsonFault, scanJson } from './json-scan.ts';

/** Of so many findings the first in the text are looked for. */
const MAX_LOCATED = 1000;
const WINDOW = 80;

/** A JSON document with the text it came from, so that an error can point at its place. */
export class JsonDocument {
  readonly file: string;
  readonly value: unknown;
  readonly #text: () => string;

  constructor(file: string, value: unknown, text: () => string) {
    this.file = file;
    this.value = value;
    this.#text = text;
  }

  /** A value that a person has not written as JSON: errors name the file and the path in it. */
  static withoutText(file: string, value: unknown): JsonDocument {
    return new JsonDocument(file, value, () => '');
  }

  get text(): string {
    return this.#text();
  }
}

export interface JsonOptions {
  /** reads bare NaN, Infinity and -Infinity, as Python writes them, as those strings */
  readonly nonFinite?: boolean;
  /** of what the text unfolds to */
  readonly budget?: Budget;
}

/**
 * Reads a JSON text, in time that grows as it does, whatever it holds.
 *
 * @throws InputError with line, column and a window on the offending place
 */
export function parseJson(
  file: string,
  text: string,
  { nonFinite = false, budget = new Budget() }: JsonOptions = {},
): JsonDocument {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const { bareWords, repeated, repeatedCount } = checked(file, source, nonFinite, budget);
  if (repeatedCount > 0) {
    const paths = pathsAt(source, repeated);
    const message = 'duplicate key; expected each key once';
    const findings = repeated.map((offset, i) => ({ path: paths[i]!, message, offset }));
    const problems = withPlaces(file, source, findings);
    throw new InputError(problems, repeatedCount - problems.length);
  }
  const json = bareWords.length === 0 ? source : quoted(source, bareWords);
  return new JsonDocument(file, JSON.parse(json), () => source);
}

/** What is to be known of a text before it is unfolded. */
function checked(file: string, text: string, nonFinite: boolean, budget: Budget): JsonCheck {
  const check = new JsonCheck(text, budget.left);
  try {
    const fault = scanJson(text, check, nonFinite);
    if (fault !== undefined) throw syntaxError(file, text, fault);
  } catch (error) {
    if (error instanceof TooMuch) throw InputError.ofFile(file, budget.excess(check.bytes));
    throw error;
  }
  const excess = budget.take(check.bytes + (check.bareWords.length > 0 ? 2 * text.length : 0));
  if (excess !== undefined) throw InputError.ofFile(file, excess);
  return check;
}

function syntaxError(file: string, text: string, { offset, message, isNonFinite }: JsonFault): InputError {
  if (text.trim() === '')
    return new InputError([problemAt(file, text, 0, '', 'expected a JSON object, found an empty text')]);
  // Elsewhere the text is no JSON, and what place it would have been is a guess.
  const [path = []] = isNonFinite ? pathsAt(text, [offset]) : [];
  return new InputError([problemAt(file, text, offset, formatPath(path), message)]);
}

/** The text with quotes around what stands at these places. */
function quoted(text: string, places: readonly number[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const place of places) {
    parts.push(text.slice(from, place));
    from = place;
  }
  return [...parts, text.slice(from)].join('"');
}

/**
 * Looks up where the findings stand in the text: at most ten, the others counted.
 *
 * @param more findings that are only counted
 */
export function inputError(document: JsonDocument, findings: readonly Finding[], more = 0): InputError {
  const { file, text } = document;
  const problems = text === '' ? withoutPlaces(file, findings) : withPlaces(file, text, findings);
  return new InputError(problems, findings.length + more - problems.length);
}

function withPlaces(file: string, text: string, findings: readonly Finding[]): InputProblem[] {
  const located = findings.slice(0, MAX_LOCATED);
  const places = located.every(({ offset }) => offset !== undefined) ? [] : placesOf(text, located);
  return located
    .map((finding, i) => ({ ...finding, offset: finding.offset ?? places[i]! }))
    .sort((a, b) => a.offset - b.offset)
    .slice(0, MAX_ERRORS)
    .map(({ path, message, offset }) => problemAt(file, text, offset, formatPath(path), message));
}

/** What is wrong at each of these places, in their order. */
export function problemsAt(document: JsonDocument, findings: readonly Finding[]): InputProblem[] {
  const { file, text } = document;
  const places = text === '' ? [] : placesOf(text, findings.slice(0, MAX_LOCATED));
  return findings.map(({ path, message }, i) =>
    places[i] === undefined
      ? { file, line: 0, column: 0, path: formatPath(path), message }
      : problemAt(file, text, places[i], formatPath(path), message),
  );
}

/** The errors of an input that has no text to point into. */
const withoutPlaces = (file: string, findings: readonly Finding[]): InputProblem[] =>
  findings
    .slice(0, MAX_ERRORS)
    .map(({ path, message }) => ({ file, line: 0, column: 0, path: formatPath(path), message }));

/** What is wrong at an offset of a text, with the window that shows it. */
export function problemAt(
  file: string,
  text: string,
  offset: number,
  path: string,
  message: string,
): InputProblem {
  const lineStart = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  const lineEnd = text.indexOf('\n', offset);
  const line = text.slice(lineStart, lineEnd < 0 ? undefined : lineEnd).trimEnd();
  const column = offset - lineStart;
  const shown = Math.min(column, line.length); // an error behind the end of a line points at its end
  const from = line.length <= WINDOW ? 0 : Math.max(0, Math.min(shown - WINDOW / 2, line.length - WINDOW));
  return {
    file,
    line: lineOf(text, lineStart),
    column: column + 1,
    path,
    message,
    window: { text: line.slice(from, from + WINDOW), caret: shown - from },
  };
}

/** The number of the line that starts at an offset, counted from 1. */
function lineOf(text: string, start: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < start; at = text.indexOf('\n', at + 1)) line++;
  return line;
}
