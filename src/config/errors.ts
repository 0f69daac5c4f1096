/** A place in a JSON document: keys and indices from its top. */
export type Path = readonly (string | number)[];

/** What is wrong at a place of a document, before the place has been looked up in its text. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
  /** mark the key rather than its value */
  readonly atKey?: boolean;
  /** where it stands in the text, if that is known already */
  readonly offset?: number;
}

/** One thing that is wrong with an input. */
export interface InputProblem {
  readonly file: string;
  /** counted from 1; 0 where the error concerns the file as a whole */
  readonly line: number;
  readonly column: number;
  /** such as `W1[2][0]`; empty for the whole file */
  readonly path: string;
  /** what was expected, and what stands there */
  readonly message: string;
  /** the place in the text, at most 80 characters, and where in it to put the caret */
  readonly window?: { readonly text: string; readonly caret: number };
  /** what a failed command wrote to its standard error */
  readonly output?: string;
}

/** An input that cannot be used: a config, a reference, a file. Not thrown for a wrong gradient, which is a result. */
export class InputError extends Error {
  override name = 'InputError';
  /** at most ten */
  readonly problems: readonly InputProblem[];
  /** how many more there are */
  readonly omitted: number;

  constructor(problems: readonly InputProblem[], omitted = 0) {
    super(
      problems
        .map(
          ({ file, line, column, path, message }) =>
            `${file}:${line}:${column}: ${path ? `${path}: ` : ''}${message}`,
        )
        .join('\n'),
    );
    this.problems = problems;
    this.omitted = omitted;
  }

  /** Several errors as one. */
  static all(errors: readonly InputError[]): InputError {
    return new InputError(
      errors.flatMap(({ problems }) => problems),
      errors.reduce((sum, { omitted }) => sum + omitted, 0),
    );
  }

  /** An error that concerns a file as a whole. */
  static ofFile(file: string, message: string, output = ''): InputError {
    return new InputError([
      { file, line: 0, column: 0, path: '', message, ...(output !== '' && { output }) },
    ]);
  }
}

/** `["W1", 2, 0]` → `W1[2][0]` */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

/** The error of a file that could not be read. */
export function readFailure(file: string, error: unknown): InputError {
  if (error instanceof InputError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  const reasons: Record<string, string> = {
    ENOENT: 'there is no such file',
    EISDIR: 'expected a file, found a folder',
    EACCES: 'no permission to read it',
  };
  return InputError.ofFile(file, reasons[code ?? ''] ?? `cannot be read: ${(error as Error).message}`);
}
