import { syncBuiltinESMExports } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import { messageOf } from './thrown.ts';

/** What a guest did besides what it was called for, so that what came of the call cannot be trusted. */
export class GuestError extends Error {
  override name = 'GuestError';
}

/** What process.exit throws at a guest, so that it gets no further. */
class Ended extends Error {
  override name = 'Ended';
}

/**
 * Code of the user's, a module, that runs in fcnet's own process. It may print, end the process, or leave
 * rejected promises and timers behind: none of that may change what fcnet prints or its exit code.
 *
 * The measures stay once they are taken, for what the code has started runs on until the process ends.
 */
export class Guest {
  #present = false;
  #ending: string | undefined;
  #unhandled: string | undefined;

  /** Whether such code was let in: it may have left something behind that keeps the process running. */
  get present(): boolean {
    return this.#present;
  }

  /**
   * Runs what loads and calls code of the user's.
   *
   * @throws GuestError if the code ends the process, or something fails beside what was called; else what `work` throws
   */
  readonly run = async <T>(work: () => Promise<T>): Promise<T> => {
    this.#letIn();
    [this.#ending, this.#unhandled] = [undefined, undefined];
    const outcome = await settled(orIdle(work()));
    await setImmediate(); // that nobody handles a rejection is known only now
    if (this.#ending !== undefined) throw new GuestError(this.#ending);
    if ('error' in outcome) throw outcome.error;
    if (this.#unhandled !== undefined) throw new GuestError(this.#unhandled);
    return outcome.value;
  };

  #letIn(): void {
    if (this.#present) return;
    this.#present = true;
    // Standard output is for the result. fcnet writes it to the stream itself, not by this name.
    Object.defineProperty(process, 'stdout', {
      configurable: true,
      enumerable: true,
      get: () => process.stderr,
    });
    process.exit = (code = process.exitCode): never => {
      this.#ending ??= `the module ended the process: process.exit(${code ?? ''})`;
      throw new Ended();
    };
    syncBuiltinESMExports(); // import { exit, stdout } from 'node:process'
    const fail = (error: unknown): void => {
      this.#unhandled ??= `the module does not handle an error: ${messageOf(error)}`;
    };
    process.on('unhandledRejection', fail);
    process.on('uncaughtException', fail);
  }
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

const settled = <T>(promise: Promise<T>): Promise<Outcome<T>> =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );

/** What the promise brings; Node would just end where nothing is left that could settle it. */
async function orIdle<T>(promise: Promise<T>): Promise<T> {
  let idle = (): void => {};
  const never = new Promise<never>((_, reject) => {
    idle = () => reject(new GuestError('the module waits for something that never comes'));
  });
  process.once('beforeExit', idle);
  try {
    return await Promise.race([promise, never]);
  } finally {
    process.off('beforeExit', idle);
  }
}
