import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { inspect } from 'node:util';
import { InputError } from '../files/errors.ts';
import { problemAt } from '../files/json.ts';

// What code of the user's throws, in a line, and where a module stops being one.

const LONGEST = 200;

/** What was thrown in a line: `Error: message`. */
export function messageOf(error: unknown): string {
  const text =
    error instanceof Error ? `${error.name}: ${error.message}` : inspect(error, { breakLength: Infinity });
  // tsx adds a query to the name of a module.
  const line = (text.trim().split('\n')[0] as string).replace(/\?namespace=[\w-]+/g, '');
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
}

/** A place in a file: line and column are counted from 0. */
interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly unit: 'bytes' | 'characters';
  readonly message: string;
}

/** The error of a module that cannot be loaded: with its place if it is one of syntax. */
export async function loadFailure(file: string, error: unknown): Promise<InputError> {
  const place = placeOfTransform(error) ?? placeInStack(error) ?? (await placeByCheck(file, error));
  if (place !== undefined) {
    const ours = isSame(place.file, file);
    const text = await readFile(ours ? file : place.file, 'utf8').catch(() => undefined);
    const shown = ours ? file : beside(file, place.file);
    if (text !== undefined)
      return new InputError([problemAt(shown, text, offsetOf(place, text), '', place.message)]);
  }
  return InputError.ofFile(file, `cannot be loaded: ${messageOf(error)}`);
}

function offsetOf({ line, column, unit }: Place, text: string): number {
  const lines = text.split('\n');
  const start = lines.slice(0, line).reduce((offset, { length }) => offset + length + 1, 0);
  if (unit === 'characters') return start + column;
  return (
    start +
    Buffer.from(lines[line] ?? '')
      .subarray(0, column)
      .toString().length
  );
}

/** esbuild, by which tsx reads TypeScript, says the place in its message: `/a/b.ts:2:21: ERROR: Unexpected "=>"`. */
function placeOfTransform(error: unknown): Place | undefined {
  const found = error instanceof Error ? /^(.+):(\d+):(\d+): ERROR: (.+)$/m.exec(error.message) : null;
  if (found === null) return undefined;
  const [, file, line, column, message] = found as unknown as [string, string, string, string, string];
  return {
    file,
    line: Number(line) - 1,
    column: Number(column),
    unit: 'bytes',
    message: `syntax error: ${message}`,
  };
}

/** Node draws the place above the stack: file and line, the line itself, a caret. */
function placeInStack(error: unknown): Place | undefined {
  if (!(error instanceof SyntaxError)) return undefined;
  return drawnPlace(error.stack ?? '', messageOf(error));
}

function drawnPlace(text: string, message: string): Place | undefined {
  const found = /^(.+):(\d+)\n.*\n( *)\^/.exec(text);
  if (found === null) return undefined;
  const [, file, line, indent] = found as unknown as [string, string, string, string];
  const inner = message.replace(/^SyntaxError: /, '');
  return {
    file,
    line: Number(line) - 1,
    column: indent.length,
    unit: 'characters',
    message: `syntax error: ${inner}`,
  };
}

/** Of an ECMAScript module Node keeps the place to itself, but for its own check of a text. */
async function placeByCheck(file: string, error: unknown): Promise<Place | undefined> {
  if (!(error instanceof SyntaxError) || /ts$/.test(file)) return undefined;
  const source = await readFile(file, 'utf8').catch(() => '');
  const drawn = await new Promise<string>((resolve) => {
    const child = execFile(process.execPath, ['--check', '--input-type=module', '-'], (_, __, stderr) =>
      resolve(stderr),
    );
    child.stdin?.on('error', () => {}).end(source);
  });
  const place = drawnPlace(drawn, messageOf(error));
  // Otherwise it is in another file, which this one imports.
  return place && drawn.includes(error.message) ? { ...place, file } : undefined;
}

/** tsx calls a .cts or .mts file by the name of a .ts file. */
const isSame = (a: string, b: string): boolean => withoutKind(a) === withoutKind(b);
const withoutKind = (file: string): string => path.resolve(file).replace(/\.[cm]?ts$/, '.ts');

/** How to name a file that a module imports, as the user named the module. */
const beside = (module: string, file: string): string =>
  path.join(path.dirname(module), path.relative(path.resolve(path.dirname(module)), file));
