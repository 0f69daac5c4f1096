import type { Command } from 'commander';
import { choiceMeant } from '../../config/choices.ts';

/** `fcnet help [command]` */
export const addHelp = (program: Command): Command =>
  program
    .command('help')
    .description('the help of a command')
    .argument('[command]')
    .action((name: string | undefined) => {
      const command = name === undefined ? program : program.commands.find((one) => one.name() === name);
      if (command !== undefined) return command.outputHelp();
      const meant = choiceMeant(
        name,
        program.commands.map((one) => one.name()),
      );
      const hint = meant === undefined ? '' : `\n(Did you mean ${meant}?)`;
      program.error(`error: unknown command '${name}'${hint}`, { code: 'commander.unknownCommand' });
    });
