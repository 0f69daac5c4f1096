import type { InputError, InputProblem } from '../files/errors.ts';
import { writeJson } from './json.ts';
import { cut, printable } from './printable.ts';
import type { Style } from './style.ts';

/** An input that could not be run, by the name that the user gave it, and why. */
export interface Failure {
  readonly config: string;
  readonly error: InputError;
}

/** How much of a value of the input is shown, and of what is said of it. */
const MOST_OF_A_VALUE = 200;
const MOST_OF_A_MESSAGE = 500;

/** Input errors for a person: file, line and column, what was expected, and the place itself. */
export function formatErrors({ problems, omitted }: InputError, style: Style): string {
  const texts = problems.map((problem) => formatProblem(problem, style));
  if (omitted > 0) texts.push(`and ${omittedOf(omitted)}`);
  return `${texts.join('\n')}\n`;
}

function formatProblem(problem: InputProblem, style: Style): string {
  const { line, window, output } = problem;
  const head = `${style.bad('error')}: ${style.heading(placeOf(problem))}: ${whatIsWrong(problem)}`;
  const place = window === undefined || window.text.trim() === '' ? [] : drawPlace(line, window, style);
  const said =
    output === undefined ? [] : output.split('\n').map((text) => style.dim('  | ') + printable(text));
  return [head, ...place, ...said].join('\n');
}

/** The line with something wrong in it, and a caret below that. */
function drawPlace(
  line: number,
  { text, caret }: NonNullable<InputProblem['window']>,
  style: Style,
): string[] {
  const number = String(line);
  const margin = ' '.repeat(number.length);
  return [
    style.dim(`  ${number} | `) + printable(text),
    style.dim(`  ${margin} | `) + ' '.repeat(caret) + style.bad('^'),
  ];
}

/** Each problem of an error in a line, for formats that list them. */
export const linesOf = ({ problems, omitted }: InputError): string[] => [
  ...problems.map((problem) => `${placeOf(problem)}: ${whatIsWrong(problem)}`),
  ...(omitted > 0 ? [omittedOf(omitted)] : []),
];

const omittedOf = (count: number): string => `${count} more error${count === 1 ? '' : 's'}`;

/** `net.json:12:9` */
export function placeOf({ file, line, column }: InputProblem): string {
  const name = printable(cut(file, MOST_OF_A_VALUE));
  return line > 0 ? `${name}:${line}:${column}` : name;
}

/** `W1[2][0]: expected a finite number, found "2"` */
export const whatIsWrong = ({ path, message }: InputProblem): string =>
  `${path ? `${printable(cut(path, MOST_OF_A_VALUE))}: ` : ''}${printable(limited(message))}`;

/** A message in which no value of the input, a word or what stands in quotes, fills the screen. */
const limited = (message: string): string =>
  cut(message, MOST_OF_A_MESSAGE).replace(/"(?:[^"\\]|\\.)*"|[^\s"]+/g, (value) =>
    cut(value, MOST_OF_A_VALUE),
  );

/** Input errors as JSON, as --json asks for. */
export const formatErrorsJson = ({ problems, omitted }: Pick<InputError, 'problems' | 'omitted'>): string =>
  writeJson({
    version: 1,
    errors: problems.map(({ file, line, column, path, message, output }) => ({
      file,
      line,
      column,
      path,
      message: output === undefined ? limited(message) : `${limited(message)}\n${output}`,
    })),
    omitted,
  });
