import { type Command, Option } from 'commander';
import { compare } from '../../index.ts';
import { loadReference } from '../../reference/load.ts';
import { PRECISIONS, type Precision } from '../../reference/precision.ts';
import { addCheck, type CheckCommandOptions, gradcheckOptions } from '../checks.ts';
import type { Cli } from '../evaluation.ts';

interface CompareCommandOptions extends CheckCommandOptions {
  readonly reference: readonly string[];
  readonly dtype?: Precision;
}

/** `fcnet compare [configs...]` */
export const addCompare = (program: Command, cli: Cli): Command =>
  addCheck<CompareCommandOptions>(program, cli, {
    name: 'compare',
    description: 'analytic, numerical and reference gradients side by side, with a verdict for each',
    async check({ problem, references }, { reference, dtype, ...options }) {
      const named = await references(dtype);
      const more = await Promise.all(reference.map((file) => loadReference(file, '', dtype)));
      return { command: 'compare', result: compare(problem, [...named, ...more], gradcheckOptions(options)) };
    },
  })
    .option(
      '--reference <file>',
      "a reference besides the config's own (repeatable)",
      (file: string, files: string[]) => [...files, file],
      [] as string[],
    )
    .addOption(
      new Option(
        '--dtype <name>',
        'the precision the references were computed in (default: from the file, or its values)',
      ).choices(PRECISIONS),
    );
