import type { Command } from 'commander';
import type { Cli } from '../evaluation.ts';
import { readingOf } from '../inputs.ts';
import { runJobs } from '../jobs.ts';
import { ofConfig } from '../labelled.ts';
import { addOutputOptions, integer } from '../options.ts';
import { Printing } from '../output.ts';
import type { CheckProjectOptions, Planned } from '../project/plan.ts';

/** `fcnet check [file]` */
export function addCheckProject(program: Command, cli: Cli): Command {
  const command = program
    .command('check')
    .description('what the project file says: its nets against its commands and references')
    .argument('[file]', 'the project file; left out, fcnet.json, or the key fcnet of package.json')
    .option('--strict', 'an inconclusive entry or a blind spot fails too')
    .option('--worst <k>', 'how many of the worst entries to show', integer(0))
    .option('--jobs <n>', 'how many configs may be on their way at once', integer(1))
    .option(
      '-u, --update',
      'write the golden files of all nets, those of references with {name} (never in CI)',
      false,
    );
  return addOutputOptions(command, true).action(
    async (file: string | undefined, given: CheckProjectOptions) => {
      const { loadProject } = await import('../project/load.ts');
      const { groupsOf, planOf, printingOf } = await import('../project/plan.ts');
      const options = optionsGiven(command, given);
      const project = await loadProject(file, readingOf(cli.io));
      const planned = await planOf(project, options, cli);
      const inputs = planned.reduce((count, { nets }) => count + nets.length, 0);
      const printing = new Printing(
        { command: 'check', inputs, listed: true },
        printingOf(project, options),
        cli.io,
      );
      printing.protect([project.file, ...planned.flatMap(referencesOf)]);
      await runJobs(groupsOf(planned, cli), printing, cli);
    },
  );
}

const referencesOf = ({ nets, options }: Planned): string[] =>
  options.reference.flatMap((labelled) => nets.map((net) => ofConfig(labelled, net).source));

/** Without defaults, which would come before what the project file says. */
function optionsGiven(command: Command, options: CheckProjectOptions): CheckProjectOptions {
  const given = Object.entries(options).filter(([key]) => command.getOptionValueSource(key) !== 'default');
  return { update: false, ...Object.fromEntries(given) };
}
