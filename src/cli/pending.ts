import { randomUUID } from 'node:crypto';
import fs, { closeSync, mkdirSync, openSync, rmdirSync, rmSync } from 'node:fs';
import { readlink, realpath, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { InputError, writeFailure } from '../files/errors.ts';

type Content = string | Uint8Array;

/** A file to be written: its content stands beside its place; what is no file (a pipe, a device) gets it in the end. */
interface Pending {
  /** as the user named it */
  readonly file: string;
  readonly target: string;
  readonly temporary?: string;
  readonly content: Content;
  readonly written: () => void;
}

/**
 * The files that a run writes, all of them or none: each is prepared beside its place, where most of what can fail
 * does, and is renamed to it when the run has come to its end.
 *
 * What was prepared is taken away if the run fails or is interrupted. A link stays a link to the file that is written.
 */
export class PendingFiles {
  readonly #onInterrupt: (stop: () => void) => () => void;
  #pending: Pending[] = [];
  /** those that stand there now, the one in the making among them */
  readonly #temporaries = new Set<string>();
  /** those that were made, the inner ones first */
  #folders: string[] = [];
  #release: (() => void) | undefined;

  /** @param onInterrupt registers what to do before an interrupt ends the run; returns how to take that back */
  constructor(onInterrupt: (stop: () => void) => () => void) {
    this.#onInterrupt = onInterrupt;
  }

  /**
   * Prepares a file.
   *
   * @param written is called when it stands at its place
   * @param makesFolder whether its folder is made where there is none
   * @throws InputError if it cannot be written there
   */
  async add(
    file: string,
    content: Content,
    written = (): void => {},
    { makesFolder = false } = {},
  ): Promise<void> {
    try {
      if (makesFolder) this.#makeFolder(path.dirname(path.resolve(file)));
      const target = await targetOf(file);
      const there = await stat(target).catch(() => undefined);
      if (this.#pending.some((other) => other.target === target))
        throw InputError.ofFile(file, 'cannot be written twice: two results go to this file');
      if (there?.isDirectory() || file.endsWith(path.sep))
        throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
      const isFile = there === undefined || there.isFile();
      const temporary = isFile ? await this.#prepare(target, content, there?.mode) : undefined;
      this.#pending.push({ file, target, content, written, ...(temporary !== undefined && { temporary }) });
    } catch (error) {
      throw writeFailure(file, error);
    }
  }

  /**
   * Puts all files to their places.
   *
   * @throws InputError
   */
  async commit(): Promise<void> {
    // The last first: what was added before the result, such as a golden file, must not be there without it.
    const there: Pending[] = [];
    try {
      for (const pending of this.#pending.toReversed()) {
        await this.#place(pending);
        there.unshift(pending);
      }
    } finally {
      for (const { written } of there) written();
    }
    this.discard();
  }

  async #place({ file, target, temporary, content }: Pending): Promise<void> {
    try {
      if (temporary === undefined) await writeFile(file, content);
      else await rename(temporary, target);
    } catch (error) {
      throw writeFailure(file, error);
    }
    if (temporary !== undefined) this.#temporaries.delete(temporary);
  }

  /** Takes away what was prepared and not put to its place. */
  discard(): void {
    this.#removeTemporaries();
    this.#pending = [];
    this.#release?.();
    this.#release = undefined;
  }

  /** A folder that was made goes again where nothing comes to stand in it. */
  #makeFolder(folder: string): void {
    const first = mkdirSync(folder, { recursive: true });
    if (first === undefined) return;
    for (let made = folder; made.length >= first.length; made = path.dirname(made)) this.#folders.push(made);
  }

  async #prepare(target: string, content: Content, mode: number | undefined): Promise<string> {
    // Of no name that another run could have chosen, or have left behind.
    const temporary = path.join(path.dirname(target), `.fcnet-${randomUUID()}.tmp`);
    this.#release ??= this.#onInterrupt(() => this.#removeTemporaries());
    this.#temporaries.add(temporary);
    const handle = openSync(temporary, 'wx'); // at once: an interrupt finds it there, or not begun
    try {
      if (mode !== undefined) await promisify(fs.fchmod)(handle, mode);
      await promisify(fs.writeFile)(handle, content);
      await promisify(fs.fsync)(handle);
    } finally {
      closeSync(handle);
    }
    return temporary;
  }

  /** At once, for an interrupt does not wait. */
  #removeTemporaries(): void {
    for (const temporary of this.#temporaries) {
      try {
        rmSync(temporary, { force: true });
      } catch {
        // a folder that has become read-only: there is nothing more to do
      }
    }
    this.#temporaries.clear();
    for (const folder of this.#folders) {
      try {
        rmdirSync(folder);
      } catch {
        // something stands in it
      }
    }
    this.#folders = [];
  }
}

/** The file that a path leads to through its links, though it may not be there yet. */
async function targetOf(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch {
    const link = await readlink(file).catch(() => undefined);
    return path.resolve(link === undefined ? file : path.resolve(path.dirname(file), link));
  }
}
