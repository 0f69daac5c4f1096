import { CommanderError } from 'commander';
import { InputError } from '../files/errors.ts';
import { asksForJson, reportError } from './errors.ts';
import { type ExitCode, type Io, Unprinted } from './io.ts';
import { createProgram } from './program.ts';

/**
 * Runs one command line and returns its exit code: 0 done, 1 gradients disagree, 2 it could not run.
 *
 * Results go to `stdout`, errors to `stderr`; nothing else of the process is touched. Files are written last, and
 * none where something has failed.
 */
export async function run(io: Io): Promise<ExitCode> {
  let code: ExitCode = 0;
  const program = createProgram({
    io,
    exit: (worst) => {
      code = worst;
    },
  });
  try {
    if (io.env.FCNET_KERNELS) await chooseKernels(io.env.FCNET_KERNELS);
    if (io.argv.length === 0) program.outputHelp();
    else await program.parseAsync([...io.argv], { from: 'user' });
    await io.files.commit();
    return code;
  } catch (error) {
    io.files.discard();
    if (error instanceof Unprinted) return 2;
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0; // --help and --version
      if (asksForJson(io.argv))
        reportError(InputError.ofFile('', error.message.replace(/^error: /, '')), true, io);
      return 2; // otherwise commander has printed what is wrong
    }
    reportError(error, asksForJson(io.argv), io);
    return 2;
  }
}

/** FCNET_KERNELS=plain, to see that nothing depends on WebAssembly. */
async function chooseKernels(asked: string): Promise<void> {
  if (asked !== 'plain') throw InputError.ofFile('FCNET_KERNELS', `expected plain, found ${asked}`);
  const { usePlainLoops } = await import('../kernels/choice.ts');
  usePlainLoops();
}
