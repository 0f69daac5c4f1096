import { Argument, type Command } from 'commander';
import { commandWords, SHELLS, type Shell } from '../completion/words.ts';
import type { Cli } from '../evaluation.ts';
import { print } from '../io.ts';
import { word } from '../options.ts';

/** `fcnet completion <shell>` */
export const addCompletion = (program: Command, { io }: Cli): Command =>
  program
    .command('completion')
    .description('a script that makes your shell complete commands, options and their words')
    .addArgument(new Argument('<shell>', 'your shell').choices(SHELLS).argParser(word(SHELLS)))
    .action(async (shell: Shell) => {
      const { completionScript } = await import('../completion/scripts.ts');
      await print(io.stdout, completionScript(shell, commandWords(program)));
    });
