import type { Command, Option } from 'commander';
import { OUTPUT_NAMES } from '../../config/activations.ts';
import { ACTIVATION_NAMES } from '../../core/activations.ts';
import { mistakeIds } from '../../mistakes/catalogue.ts';
import { findingIds } from '../../mistakes/explain.ts';
import { GIVE_WORDS } from '../../reference/give.ts';
import { NAMES as SCHEMAS } from '../commands/schema.ts';

// What a shell is to offer: taken from the program itself.

export interface OptionWords {
  /** `-q`, `--quiet` */
  readonly flags: readonly string[];
  readonly description: string;
  /** what it takes: nothing, one of these words, or a file, or anything else */
  readonly takes: 'nothing' | 'a file' | 'anything' | readonly string[];
}

export interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
  /** the words that its arguments can be; files where there are none */
  readonly arguments: readonly string[];
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Words of options that know more than they list in the help. */
const MORE_WORDS: Readonly<Record<string, readonly string[]>> = {
  '--activation': ACTIVATION_NAMES,
  '--output': OUTPUT_NAMES,
  '--allow': [...mistakeIds, 'inconclusive'],
  '--give': GIVE_WORDS,
};

const FILES = ['-o', '--reference'];

export function commandWords(program: Command): CommandWords[] {
  const names = program.commands.map((command) => command.name());
  return program.commands.map((command) => ({
    name: command.name(),
    description: summaryOf(command.description()),
    options: command.createHelp().visibleOptions(command).map(optionWords),
    arguments: argumentsOf(command.name(), names),
  }));
}

function argumentsOf(name: string, names: readonly string[]): readonly string[] {
  if (name === 'explain') return findingIds;
  if (name === 'completion') return SHELLS;
  if (name === 'schema') return SCHEMAS;
  return name === 'help' ? names : [];
}

function optionWords(option: Option): OptionWords {
  const flags = [option.short, option.long].filter((flag) => flag !== undefined);
  const words = option.argChoices ?? MORE_WORDS[option.long ?? ''];
  const isFile = flags.some((flag) => FILES.includes(flag));
  const value = words ?? (isFile ? 'a file' : 'anything');
  const takes = option.required || option.optional ? value : 'nothing';
  return { flags, description: summaryOf(option.description), takes };
}

/** How much of a description stands beside a word. */
const LONGEST = 60;

/** The beginning of a description, up to where a list or an aside begins. */
function summaryOf(description: string): string {
  const text = description.split(/[;:(]/, 1)[0]?.trim() ?? '';
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
