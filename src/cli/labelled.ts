import { existsSync } from 'node:fs';

/** A reference as the command line names it: a file or a command, and what reports are to call it. */
export interface Labelled {
  readonly source: string;
  readonly label: string | undefined;
}

/** `NAME=…`: a plain word before the first `=`. */
const LABEL = /^([A-Za-z][\w.-]*)=(.+)$/s;

/** `mine=grads.npz`, unless that is itself the name of a file. */
export function labelledFile(text: string): Labelled {
  const [, label, source] = LABEL.exec(text) ?? [];
  return source === undefined || existsSync(text) ? { source: text, label: undefined } : { source, label };
}

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
