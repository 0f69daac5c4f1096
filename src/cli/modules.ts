import { access } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { InputError, readFailure } from '../config/errors.ts';
import {
  checkFunction,
  type DifferentiableFunction,
  type FunctionCheck,
  type FunctionCheckOptions,
} from '../gradcheck/functions.ts';
import { FunctionError } from '../gradcheck/numerical.ts';

/** Whether an argument names a module rather than a config. */
export const isModule = (file: string): boolean => /\.[cm]?[jt]s$/.test(file);

/**
 * Checks the functions of a module: it exports `x`, `f` and optionally `gradient`, or several functions as
 * `f: { name: function }` with their gradients under the same names.
 *
 * @throws InputError if the module cannot be loaded, exports something else, or its functions fail
 */
export async function checkModule(file: string, options: FunctionCheckOptions): Promise<FunctionCheck[]> {
  const subjects = functionsOf(await load(file), file);
  return subjects.map((subject) => {
    try {
      return checkFunction(subject, options);
    } catch (error) {
      const what = error instanceof FunctionError ? '' : `${subject.name} throws `;
      throw InputError.ofFile(
        file,
        `${what}${error instanceof FunctionError ? `${subject.name}: ${error.message}` : messageOf(error)}`,
      );
    }
  });
}

async function load(file: string): Promise<Record<string, unknown>> {
  try {
    await access(file);
  } catch (error) {
    throw readFailure(file, error);
  }
  const url = pathToFileURL(path.resolve(file)).href;
  try {
    const typed = /ts$/.test(file);
    const module = (
      typed ? await (await import('tsx/esm/api')).tsImport(url, import.meta.url) : await import(url)
    ) as Record<string, unknown>;
    // A CommonJS module comes as the default export of its namespace.
    return 'f' in module ? module : { ...(module.default as object), ...module };
  } catch (error) {
    throw InputError.ofFile(file, `cannot be loaded: ${messageOf(error)}`);
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message.split('\n')[0]}` : String(error);

function functionsOf(module: Record<string, unknown>, file: string): DifferentiableFunction[] {
  const { f, gradient } = module;
  const x = module.x as DifferentiableFunction['x'];
  if (typeof x !== 'object' || x === null)
    throw InputError.ofFile(file, 'expected the module to export x, an array of numbers');
  if (typeof f === 'function') return [subject('f', f, gradient, x, file)];
  if (typeof f !== 'object' || f === null || Object.keys(f).length === 0) {
    throw InputError.ofFile(file, 'expected the module to export f, a function of x');
  }
  return Object.entries(f).map(([name, member]) =>
    subject(name, member, (gradient as Record<string, unknown> | undefined)?.[name], x, file),
  );
}

function subject(
  name: string,
  f: unknown,
  gradient: unknown,
  x: DifferentiableFunction['x'],
  file: string,
): DifferentiableFunction {
  if (typeof f !== 'function') throw InputError.ofFile(file, `expected ${name} to be a function of x`);
  if (gradient !== undefined && typeof gradient !== 'function')
    throw InputError.ofFile(file, `expected the gradient of ${name} to be a function of x`);
  return {
    name,
    x,
    f: f as DifferentiableFunction['f'],
    ...(gradient !== undefined && { gradient: gradient as (x: unknown) => unknown }),
  };
}
