import { stat } from 'node:fs/promises';
import { isArrayFile } from '../files/arrays.ts';
import { readText } from '../files/bytes.ts';
import { InputError } from '../files/errors.ts';
import { backprop } from '../index.ts';
import { parseReference } from '../reference/reference.ts';
import { formatJson } from '../report/json.ts';
import { printable } from '../report/printable.ts';
import { filesRead, type Input } from './inputs.ts';
import type { Io } from './io.ts';
import { isOfEachConfig, type Labelled, ofConfig } from './labelled.ts';
import { identityOf } from './output.ts';

/** A golden file to be written: what `backprop --json` prints. */
export interface Golden {
  readonly file: string;
  readonly text: string;
  /** whether its folder is made where there is none */
  readonly makesFolder: boolean;
}

/**
 * What --update writes of a config: the one reference that was named, or the one of several that has the config's
 * name in its own.
 *
 * @throws InputError in CI, where a golden file must not change to fit what it guards, and where something else
 * than a golden file would be overwritten
 */
export async function goldenOf(
  input: Input,
  references: readonly Labelled[],
  configs: number,
  io: Io,
): Promise<Golden> {
  const refuse = (message: string): InputError => InputError.ofFile('--update', message);
  if (io.env.CI)
    throw refuse('golden files are not written in CI (CI is set): update them where you review them');
  const ofEach = references.filter(isOfEachConfig);
  const [golden, ...others] = ofEach.length > 0 ? ofEach : references;
  if (golden === undefined || others.length > 0)
    throw refuse(`expected one --reference to write, found ${others.length === 0 ? 0 : others.length + 1}`);
  if (configs > 1 && ofEach.length === 0)
    throw refuse(
      `expected one config, whose answer a golden file is, or {name} in the name of the file, as in golden/{name}.json; found ${configs}`,
    );
  const file = ofConfig(golden, input.config).source;
  if (isArrayFile(file)) throw refuse(`writes JSON; expected a .json file, found ${file}`);
  if (await isSomethingElse(file))
    throw refuse(`${file} holds no reference; to write a golden file in its place, delete it first`);
  if (await wasRead(file, io)) throw refuse(`${file} holds arrays of the config`);
  return { file, text: goldenText(input), makesFolder: ofEach.length > 0 };
}

/** Whether the config is in a file, or some of its arrays, which may look like gradients. */
async function wasRead(file: string, io: Io): Promise<boolean> {
  const golden = await identityOf(file);
  const inputs = await Promise.all([...filesRead(io)].map(identityOf));
  return golden !== undefined && inputs.includes(golden);
}

/** Whether a file is there that holds something, but no reference: a config, most likely. */
async function isSomethingElse(file: string): Promise<boolean> {
  const there = await stat(file).catch(() => undefined);
  const text = there?.isFile() ? await readText(file) : '';
  try {
    if (text.trim() !== '') parseReference(file, text);
    return false;
  } catch {
    return true;
  }
}

const goldenText = ({ config, problem }: Input): string =>
  formatJson(
    'backprop',
    [{ config, problem, outcome: { command: 'backprop', result: backprop(problem) } }],
    true,
  );

/** Has a golden file written when the run has come to its end. */
export const addGolden = ({ file, text, makesFolder }: Golden, { files, stderr }: Io): Promise<void> =>
  files.add(file, text, () => stderr.write(`wrote ${printable(file)}\n`), { makesFolder });
