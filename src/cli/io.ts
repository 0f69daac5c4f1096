import { Duplex, type Readable, type Writable } from 'node:stream';
import type { PendingFiles } from './pending.ts';

/** A stream that text is written to; a terminal says how wide it is. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** What a run sees of the world. */
export interface Io {
  readonly argv: readonly string[];
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** hears how far a long computation has come, to show it where somebody watches */
  readonly onProgress?: (done: number, total: number) => void;
  /** the files that it writes, when it has come to its end */
  readonly files: PendingFiles;
  /** registers what to do before an interrupt ends the run; returns how to take that back */
  onInterrupt(stop: () => void): () => void;
  /** runs what loads and calls code of the user's, such that it cannot spoil the run */
  runGuest<T>(work: () => Promise<T>): Promise<T>;
}

/** 0 done, 1 gradients disagree, 2 it could not run. */
export type ExitCode = 0 | 1 | 2;

/** Standard output has not taken a result. The owner of the stream says why. */
export class Unprinted extends Error {
  override name = 'Unprinted';
}

/** Writes a result to standard output, and waits until it is taken: what follows may depend on it. */
export const print = (stdout: Output, text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    stdout.write(text, (error) => {
      if (error && !isClosed(error)) reject(new Unprinted(error.message));
      else resolve();
    });
  });

/** Whether a reader that has seen enough (| head) has closed the pipe: that is no error. */
export const isClosed = ({ code }: NodeJS.ErrnoException): boolean =>
  code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED';

/** Whether to colour: the option, then NO_COLOR and FORCE_COLOR, then whether a terminal reads, or GitHub's log. */
export function wantsColor(output: Output, env: Io['env'], option?: boolean): boolean {
  if (option !== undefined) return option;
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  // The log reads a pipe; a file is somebody else's.
  if (env.GITHUB_ACTIONS && output instanceof Duplex) return true;
  return output.isTTY === true && env.TERM !== 'dumb';
}

/** The width to fit tables into: the terminal's, else COLUMNS, else 100. */
export const widthOf = (output: Output, env: Io['env']): number =>
  output.columns || Number(env.COLUMNS) || 100;
