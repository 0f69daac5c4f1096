import { access } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { InputError, readFailure } from '../files/errors.ts';
import {
  checkFunction,
  type DifferentiableFunction,
  type FunctionCheck,
  type FunctionCheckOptions,
} from '../gradcheck/functions.ts';
import { FunctionError, type Point } from '../gradcheck/numerical.ts';
import { GuestError } from './guest.ts';
import type { Io } from './io.ts';
import { loadFailure, messageOf } from './thrown.ts';

/** Whether an argument names a module rather than a config. */
export const isModule = (file: string): boolean => /\.[cm]?[jt]s$/.test(file);

/**
 * Checks the functions of a module: it exports `x`, `f` and optionally `gradient`, or several functions as
 * `f: { name: function }` with their gradients under the same names.
 *
 * @throws InputError if the module cannot be loaded, exports something else, ends the process, or its functions fail
 */
export async function checkModule(
  file: string,
  options: FunctionCheckOptions,
  { runGuest }: Pick<Io, 'runGuest'>,
): Promise<FunctionCheck[]> {
  try {
    await access(file);
  } catch (error) {
    throw readFailure(file, error);
  }
  try {
    return await runGuest(async () => {
      const subjects = functionsOf(await load(file), file);
      return subjects.map((subject) => check(subject, options, file));
    });
  } catch (error) {
    throw error instanceof GuestError ? InputError.ofFile(file, error.message) : error;
  }
}

async function load(file: string): Promise<Record<string, unknown>> {
  const url = pathToFileURL(path.resolve(file)).href;
  try {
    const { importModule, importTypescript } = await import('./importing.ts');
    const typed = /ts$/.test(file);
    const module = (await (typed ? importTypescript : importModule)(url)) as Record<string, unknown>;
    // A CommonJS module comes as the default export of its namespace.
    return 'f' in module ? module : { ...(module.default as object), ...module };
  } catch (error) {
    throw await loadFailure(file, error);
  }
}

function check(subject: DifferentiableFunction, options: FunctionCheckOptions, file: string): FunctionCheck {
  try {
    return checkFunction(subject, options);
  } catch (error) {
    if (error instanceof InputError) throw error; // a function of the module has thrown
    const why = error instanceof FunctionError ? error.message : `cannot be checked: ${messageOf(error)}`;
    throw InputError.ofFile(file, `${subject.name}: ${why}`);
  }
}

function functionsOf(module: Record<string, unknown>, file: string): DifferentiableFunction[] {
  const { f, gradient } = module;
  const x = module.x as Point;
  if (typeof x !== 'object' || x === null)
    throw InputError.ofFile(file, 'expected the module to export x, an array of numbers');
  if (typeof f === 'function') return [subject(['f', 'gradient'], f, gradient, x, file)];
  if (typeof f !== 'object' || f === null || Object.keys(f).length === 0) {
    throw InputError.ofFile(file, 'expected the module to export f, a function of x');
  }
  return Object.entries(f).map(([name, member]) => {
    const names = [name, `the gradient of ${name}`] as const;
    return subject(names, member, (gradient as Record<string, unknown> | undefined)?.[name], x, file);
  });
}

function subject(
  [name, gradientName]: readonly [string, string],
  f: unknown,
  gradient: unknown,
  x: Point,
  file: string,
): DifferentiableFunction {
  if (typeof f !== 'function') throw InputError.ofFile(file, `expected ${name} to be a function of x`);
  if (gradient !== undefined && typeof gradient !== 'function')
    throw InputError.ofFile(file, `expected the gradient of ${name} to be a function of x`);
  return {
    name,
    x,
    f: naming(name, f as DifferentiableFunction['f'], file),
    ...(gradient !== undefined && {
      gradient: naming(gradientName, gradient as (x: Point) => unknown, file),
    }),
  };
}

/** A function of the module; if it throws, the error says which one it was. */
const naming =
  <T>(name: string, call: (x: Point) => T, file: string) =>
  (x: Point): T => {
    try {
      return call(x);
    } catch (error) {
      throw InputError.ofFile(file, `${name} throws ${messageOf(error)}`);
    }
  };
