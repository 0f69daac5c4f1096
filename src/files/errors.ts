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
  /** what was expected, and what stands there; only behind the word "found" does it hold parts of the input */
  readonly message: string;
  /** the place in the text, at most 80 characters, and where in it to put the caret */
  readonly window?: { readonly text: string; readonly caret: number };
  /** what a failed command wrote to its standard error */
  readonly output?: string;
}

export const MAX_ERRORS = 10;

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
            `${file}${line > 0 ? `:${line}:${column}` : ''}: ${path ? `${path}: ` : ''}${message}`,
        )
        .join('\n'),
    );
    this.problems = problems;
    this.omitted = omitted;
  }

  /** Several errors as one, in which each problem stands once: at most ten, the others counted. */
  static all(errors: readonly InputError[]): InputError {
    const problems = new Map(
      errors.flatMap((error) => error.problems.map((problem) => [JSON.stringify(problem), problem])),
    );
    const omitted = errors.reduce((sum, error) => sum + error.omitted, 0);
    return new InputError(
      [...problems.values()].slice(0, MAX_ERRORS),
      omitted + Math.max(0, problems.size - MAX_ERRORS),
    );
  }

  /** An error that concerns a file as a whole, or what has this name in it. */
  static ofFile(file: string, message: string, output = '', path = ''): InputError {
    return new InputError([{ file, line: 0, column: 0, path, message, ...(output !== '' && { output }) }]);
  }
}

/** Is told what is wrong, and where; of very many things only the first are put into words. */
export type Find = (path: Path, message: string | (() => string), atKey?: boolean) => void;

/** Each thing that was found wrong with an input: the first of them, and how many there are. */
export class Findings {
  readonly first: Finding[] = [];
  count = 0;

  /** how many there are besides the first */
  get more(): number {
    return this.count - this.first.length;
  }

  readonly add: Find = (path, message, atKey = false) => {
    this.count++;
    if (this.first.length === MAX_FINDINGS) return;
    const text = typeof message === 'string' ? message : message();
    this.first.push({ path, message: text, ...(atKey && { atKey }) });
  };
}

/** Of so many the first ten in the text are shown. */
const MAX_FINDINGS = 1000;

/** What was wrong with a file that a document names, said at the place where it does. */
export function findingsOf(error: unknown, path: Path): Finding[] {
  if (!(error instanceof InputError)) throw error;
  return error.problems.map((problem) => {
    const place = problem.line > 0 ? `:${problem.line}:${problem.column}` : '';
    const inner = problem.path === '' ? '' : `${problem.path}: `;
    return { path, message: `${shorten(problem.file)}${place}: ${inner}${problem.message}` };
  });
}

/**
 * The same error without what the file holds: where a config names the file, not the command line, the config may be
 * a stranger's, and the file a secret of whoever runs it.
 */
export function concealed(error: unknown): unknown {
  if (!(error instanceof InputError)) return error;
  return new InputError(
    error.problems.map(({ file, line, column, path, message }) => ({
      file,
      line,
      column,
      path: OWN_NAMES.test(path) ? path : '',
      message: message.replace(/[,;:]?\s*\bfound\b.*$/s, ''),
    })),
    error.omitted,
  );
}

/** Paths in a file that hold no names but those that fcnet looks for. */
const OWN_NAMES =
  /^(?:(?:gradients|grads)\b\.?)?(?:(?:d?[XyWb]\d{0,6}|loss|logits|outputs|probabilities|dtype)\b\.?)?(?:data|regularization|total)?(?:\[\d+\])*$/;

/** The middle of a text that is too long to be shown, left out: both its ends tell it from others. */
export function shorten(text: string, most = 200): string {
  if (text.length <= most) return text;
  const end = Math.floor((most - 1) / 2);
  return `${text.slice(0, most - 1 - end)}…${text.slice(text.length - end)}`;
}

/** `["W1", 2, 0]` → `W1[2][0]`, of what is nested very deep the beginning and the end. */
export function formatPath(path: Path): string {
  const keys =
    path.length <= 2 * SHOWN_KEYS ? path : [...path.slice(0, SHOWN_KEYS), '…', ...path.slice(-SHOWN_KEYS)];
  const text = keys.reduce<string>((before, key) => {
    if (typeof key === 'number') return `${before}[${key}]`;
    const name = shorten(key, 60);
    return before === '' ? name : `${before}.${name}`;
  }, '');
  return shorten(text);
}

const SHOWN_KEYS = 100;

/** The error of a file that could not be read. */
export function readFailure(file: string, error: unknown): InputError {
  return failure(file, error, 'cannot be read', {
    ENOENT: 'there is no such file',
    EISDIR: 'expected a file, found a folder',
    EACCES: 'no permission to read it',
    ENOTDIR: 'there is no such file',
    ENAMETOOLONG: 'there is no such file: the name is too long',
    ELOOP: 'there is no such file: its links lead in a circle',
    ENXIO: 'expected a file, found a socket',
    ERR_INVALID_ARG_VALUE: 'there is no such file: its name holds a zero',
  });
}

/** The error of a file that could not be written. */
export function writeFailure(file: string, error: unknown): InputError {
  return failure(file, error, 'cannot be written', {
    ENOENT: 'cannot be written: there is no such folder',
    EISDIR: 'cannot be written: it is a folder',
    EACCES: 'cannot be written: no permission',
    ENOTDIR: 'cannot be written: there is no such folder',
    ENAMETOOLONG: 'cannot be written: the name is too long',
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
  return InputError.ofFile(
    file,
    Object.hasOwn(reasons, code) ? reasons[code]! : `${otherwise}: ${shorten(message)}`,
  );
}
