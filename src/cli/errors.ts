import { InputError } from '../files/errors.ts';
import { formatErrors, formatErrorsJson } from '../report/errors.ts';
import { makeStyle } from '../report/style.ts';
import { type Io, wantsColor } from './io.ts';

/** Prints an error on standard error: what a user can cause in full, anything else in a line. */
export function reportError(error: unknown, json: boolean, io: Io): void {
  const known = error instanceof InputError ? error : unexpected(error);
  io.stderr.write(
    json
      ? formatErrorsJson(known)
      : formatErrors(
          known,
          makeStyle(wantsColor(io.stderr, io.env, io.argv.includes('--no-color') ? false : undefined)),
        ),
  );
}

function unexpected(error: unknown): InputError {
  // What V8 says of a text of more than 512 MiB.
  if (error instanceof RangeError && error.message === 'Invalid string length')
    return InputError.ofFile(
      'fcnet',
      'the result is too large to be written: its text has more than 512 MiB',
    );
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return InputError.ofFile('fcnet', `unexpected ${what}`);
}

/** Whether a command line wants its errors as JSON, known before it is parsed. */
export const asksForJson = (argv: readonly string[]): boolean =>
  argv.some(
    (word, i) =>
      word === '--json' || word === '--format=json' || (word === 'json' && argv[i - 1] === '--format'),
  );
