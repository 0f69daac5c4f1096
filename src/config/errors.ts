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

  /** Several errors as one, in which each problem stands once. */
  static all(errors: readonly InputError[]): InputError {
    const problems = errors.flatMap((error) => error.problems);
    const texts = problems.map((problem) => JSON.stringify(problem));
    return new InputError(
      problems.filter((_, i) => texts.indexOf(texts[i] as string) === i),
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

/** What was wrong with a file that a document names, said at the place where it does. */
export function findingsOf(error: unknown, path: Path): Finding[] {
  if (!(error instanceof InputError)) throw error;
  return error.problems.map((problem) => {
    const place = problem.line > 0 ? `:${problem.line}:${problem.column}` : '';
    const inner = problem.path === '' ? '' : `${problem.path}: `;
    return { path, message: `${problem.file}${place}: ${inner}${problem.message}` };
  });
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
  return failure(file, error, 'cannot be read', {
    ENOENT: 'there is no such file',
    EISDIR: 'expected a file, found a folder',
    EACCES: 'no permission to read it',
  });
}

/** The error of a file that could not be written. */
export function writeFailure(file: string, error: unknown): InputError {
  return failure(file, error, 'cannot be written', {
    ENOENT: 'cannot be written: there is no such folder',
    EISDIR: 'cannot be written: it is a folder',
    EACCES: 'cannot be written: no permission',
    EROFS: 'cannot be written: the file system is read-only',
    ENOSPC: 'cannot be written: no space is left',
  });
}

function failure(
  file: string,
  error: unknown,
  otherwise: string,
  reasons: Readonly<Record<string, string>>,
): InputError {
  if (error instanceof InputError) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  return InputError.ofFile(file, reasons[code] ?? `${otherwise}: ${message}`);
}
