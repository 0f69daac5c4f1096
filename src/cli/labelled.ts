import { existsSync } from 'node:fs';
import path from 'node:path';

/** A reference as the command line names it: a file or a command, and what reports are to call it. */
export interface Labelled {
  readonly source: string;
  readonly label: string | undefined;
  /** whether it is another file for each config, which --update writes */
  readonly ofEach?: true;
}

/** `NAME=…`: a plain word before the first `=`. */
const LABEL = /^([A-Za-z][\w.-]*)=(.+)$/s;

/** `mine=grads.npz`, unless that is itself the name of a file. */
export function labelledFile(text: string): Labelled {
  const [, label, source] = LABEL.exec(text) ?? [];
  return source === undefined || existsSync(text) ? { source: text, label: undefined } : { source, label };
}

const NAME = '{name}';

/** Whether a file has the name of the config in its own, and so is another for each config. */
export const isOfEachConfig = ({ source }: Labelled): boolean => source.includes(NAME) && !existsSync(source);

/** The reference of one config: `golden/{name}.json` is `golden/iris.json` for `nets/iris.json`. */
export const ofConfig = (labelled: Labelled, config: string): Labelled =>
  isOfEachConfig(labelled)
    ? {
        ...labelled,
        ofEach: true,
        source: labelled.source.replaceAll(NAME, config === '<stdin>' ? 'stdin' : path.parse(config).name),
      }
    : labelled;

/** A variable of the environment, by custom: `OMP_NUM_THREADS=1 python3 net.py`. */
const VARIABLE = /^[A-Z][A-Z\d_]*$/;

/** `mine=python3 net.py`; what sets a variable for a command, as a shell does, is a part of the command. */
export function labelledCommand(text: string): Labelled {
  const [, label = '', source] = LABEL.exec(text) ?? [];
  const isVariable = VARIABLE.test(label) && /\s/.test(source?.trim() ?? '');
  return source === undefined || isVariable || existsSync(text)
    ? { source: text, label: undefined }
    : { source: source.trim(), label };
}
