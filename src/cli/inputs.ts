import textbook from '../../fixtures/textbook.json' with { type: 'json' };
import textbookReference from '../../fixtures/textbook.pytorch.json' with { type: 'json' };
import { type Overrides, parseConfig } from '../config/config.ts';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import type { Problem } from '../config/problem.ts';
import { forward, overflowing } from '../core/forward.ts';
import { loadReference } from '../reference/load.ts';
import { parseReference, type Reference, type ReferenceOptions } from '../reference/reference.ts';
import { printable } from '../report/printable.ts';
import type { Io } from './io.ts';

/** A config with its references still to be loaded. */
export interface Input {
  /** as the user named it */
  readonly config: string;
  readonly problem: Problem;
  /** the references that the config names */
  references(options: ReferenceOptions): Promise<Reference[]>;
}

/** Reads a config, or takes the built-in textbook example (with PyTorch's answer) where none is named. */
export async function readInput(config: string | undefined, io: Io, overrides: Overrides): Promise<Input> {
  if (config === undefined) return builtIn(overrides);
  const loaded = await loadConfig(config, io.stdin, overrides);
  for (const note of [...loaded.notes, ...overflowOf(loaded)]) {
    io.stderr.write(`note: ${printable(note)}\n`);
  }
  return fromFile(loaded);
}

/** Why all that follows is NaN or infinite. */
function overflowOf({ file, problem }: LoadedConfig): string[] {
  const l = overflowing(forward(problem.network))?.layer.number;
  return l === undefined ? [] : [`${file}: z${l} overflows float64; make W${l} or its inputs smaller`];
}

const fromFile = ({ file, folder, problem }: LoadedConfig): Input => ({
  config: file,
  problem,
  references: (options) =>
    Promise.all(problem.references.map((source) => loadReference(source, folder, options))),
});

function builtIn(overrides: Overrides): Input {
  return {
    config: 'textbook example',
    problem: parseConfig(textbook, { file: 'textbook example', overrides }),
    references: async (options) => [parseReference(textbook.reference, textbookReference, options)],
  };
}
