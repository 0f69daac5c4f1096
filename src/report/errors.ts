import type { InputError, InputProblem } from '../config/errors.ts';
import { writeJson } from './json.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';

/** Input errors for a person: file, line and column, what was expected, and the place itself. */
export function formatErrors({ problems, omitted }: InputError, style: Style): string {
  const texts = problems.map((problem) => formatProblem(problem, style));
  if (omitted > 0) texts.push(`and ${omitted} more error${omitted === 1 ? '' : 's'}`);
  return `${texts.join('\n')}\n`;
}

function formatProblem(
  { file, line, column, path, message, window, output }: InputProblem,
  style: Style,
): string {
  const place = line > 0 ? `${file}:${line}:${column}` : file;
  const head = `${style.bad('error')}: ${style.heading(printable(place))}: ${path ? `${printable(path)}: ` : ''}${printable(message)}`;
  if (output !== undefined)
    return [head, ...output.split('\n').map((text) => style.dim('  | ') + printable(text))].join('\n');
  if (window === undefined || window.text.trim() === '') return head;
  const number = String(line);
  const margin = ' '.repeat(number.length);
  return [
    head,
    style.dim(`  ${number} | `) + printable(window.text),
    style.dim(`  ${margin} | `) + ' '.repeat(window.caret) + style.bad('^'),
  ].join('\n');
}

/** Input errors as JSON, as --json asks for. */
export const formatErrorsJson = ({ problems, omitted }: Pick<InputError, 'problems' | 'omitted'>): string =>
  writeJson({
    version: 1,
    errors: problems.map(({ file, line, column, path, message, output }) => ({
      file,
      line,
      column,
      path,
      message: output === undefined ? message : `${message}\n${output}`,
    })),
    omitted,
  });
