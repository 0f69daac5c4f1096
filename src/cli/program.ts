import { Command, Help, type Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { printableLines } from '../report/printable.ts';
import { addAudit } from './commands/audit.ts';
import { addBackprop } from './commands/backprop.ts';
import { addCheckProject } from './commands/check.ts';
import { addCompare } from './commands/compare.ts';
import { addCompletion } from './commands/completion.ts';
import { addExplain } from './commands/explain.ts';
import { addForward } from './commands/forward.ts';
import { addGradcheck } from './commands/gradcheck.ts';
import { addHelp } from './commands/help.ts';
import { addInit } from './commands/init.ts';
import { addLoss } from './commands/loss.ts';
import { addSchema } from './commands/schema.ts';
import { addTrain } from './commands/train.ts';
import { asksForJson } from './errors.ts';
import type { Cli } from './evaluation.ts';
import { examplesText } from './examples.ts';
import { wantsColor, widthOf } from './io.ts';

const AFTER_HELP = `
Examples:
  fcnet compare                  the built-in example against PyTorch
  fcnet backprop net.json        logits, loss and dW1, db1, … of your network
  fcnet gradcheck net.json       analytic against numerical gradient
  fcnet compare net.json --reference mine.json
                                 your own gradients against both
  fcnet audit net.json           which mistakes that check would not notice
  fcnet explain missing-slope    a mistake in equations and code, and what to do
  fcnet init 3 4 5 -o net.json   a network to check your own code with
  generate | fcnet loss - --json a config on standard input, JSON out

Exit codes: 0 everything agrees · 1 gradients disagree · 2 it could not run`;

/** The command line: the command that it names, or every one; nothing runs before it is parsed. */
export function createProgram(cli: Cli): Command {
  const { io } = cli;
  const program = new Command('fcnet');
  // Before the subcommands are added, for they inherit it: usage errors come back as exceptions.
  program
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(printableLines(text)),
      outputError: (text, write) => {
        if (!asksForJson(io.argv)) write(text); // as JSON it is written by whoever catches it
      },
      getOutHelpWidth: () => Math.min(widthOf(io.stdout, io.env), 100),
      getErrHelpWidth: () => Math.min(widthOf(io.stderr, io.env), 100),
      getOutHasColors: () => wantsColor(io.stdout, io.env),
      getErrHasColors: () => wantsColor(io.stderr, io.env),
    })
    .configureHelp({
      minWidthToWrap: 20, // a column of half of that of commander's is still better than lines that are broken
      optionDescription: (option) => Help.prototype.optionDescription(withoutTrivialDefault(option)),
    })
    .description('Computes, checks and compares the gradients of fully-connected networks.')
    .version(packageJson.version, '-V, --version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false) // that is a command like others
    .showSuggestionAfterError()
    .addHelpText('after', AFTER_HELP);
  const [name = ''] = io.argv;
  const named = COMMANDS.get(name);
  for (const [group, add] of named === undefined ? [...COMMANDS.values(), ...ABOUT] : [named]) {
    const command = add(program, cli).helpGroup(group);
    command.addHelpText('after', examplesText(command.name()));
  }
  return program;
}

/** A command, and what it stands under in the help. */
type Grouped = readonly [group: string, add: (program: Command, cli: Cli) => Command];

/** In the order of the help. A line that begins with one of them needs no other, which saves time at its start. */
const COMMANDS: ReadonlyMap<string, Grouped> = new Map<string, Grouped>([
  ['forward', ['Compute:', addForward]],
  ['loss', ['Compute:', addLoss]],
  ['backprop', ['Compute:', addBackprop]],
  ['train', ['Compute:', addTrain]],
  ['gradcheck', ['Check:', addGradcheck]],
  ['compare', ['Check:', addCompare]],
  ['audit', ['Check:', addAudit]],
  ['check', ['Check:', addCheckProject]],
  ['explain', ['Prepare and understand:', addExplain]],
  ['init', ['Prepare and understand:', addInit]],
  ['schema', ['Prepare and understand:', addSchema]],
]);

/** Those that know all others. */
const ABOUT: readonly Grouped[] = [
  ['About the command line:', addHelp],
  ['About the command line:', addCompletion],
];

/** An option as the help describes it: that a switch is off and a list empty goes without saying. */
function withoutTrivialDefault(option: Option): Option {
  const { defaultValue } = option;
  const trivial =
    defaultValue === false || (typeof defaultValue === 'object' && Object.keys(defaultValue).length === 0);
  return trivial ? Object.assign(Object.create(option), { defaultValue: undefined }) : option;
}
