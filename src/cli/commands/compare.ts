import { type Command, InvalidArgumentError, Option } from 'commander';
import { nearest } from '../../config/keys.ts';
import { InputError } from '../../files/errors.ts';
import { compare } from '../../index.ts';
import { BESIDE_GRADIENTS } from '../../reference/compare.ts';
import { type GiveWord, giveOf } from '../../reference/give.ts';
import { askCommand, loadReference } from '../../reference/load.ts';
import { PRECISIONS, type Precision } from '../../reference/precision.ts';
import { parseReference, type Reference, type ReferenceOptions } from '../../reference/reference.ts';
import { describeBesides, describeReading } from '../../report/reading.ts';
import {
  addCheck,
  type Check,
  type CheckCommandOptions,
  gradcheckOptions,
  refuseOwnOnly,
} from '../checks.ts';
import type { Cli } from '../evaluation.ts';
import { giveOption } from '../give.ts';
import { isMissing, withFileMeant } from '../globs.ts';
import { type Input, readingOf } from '../inputs.ts';
import type { Io } from '../io.ts';
import { type Labelled, labelledCommand, labelledFile, ofConfig } from '../labelled.ts';
import { choice, positive } from '../options.ts';
import { addGolden, type Golden, goldenOf } from '../update.ts';

export interface CompareCommandOptions extends CheckCommandOptions {
  readonly reference: readonly Labelled[];
  /** false where the config's own are to be left out */
  readonly ownReference?: boolean;
  readonly against: readonly Labelled[];
  readonly rename: Readonly<Record<string, string>>;
  readonly dtype?: Precision;
  readonly give: readonly GiveWord[];
  readonly timeout: number;
  readonly update: boolean;
  /** where commands run; unless it is said, where fcnet does */
  readonly folder?: string;
}

/** How configs are compared, with one set of options for all: each --rename must be used in one of them. */
export function comparing({ io: whole }: Cli): Check<CompareCommandOptions> {
  const renamed = new Renamed();
  const golden: Golden[] = [];
  return {
    only: BESIDE_GRADIENTS,
    files: ({ reference }) => reference.map(({ source }) => source),
    async finish({ rename: names }) {
      renamed.checkAllUsed(names);
      // Only when no config has failed: all golden files or none.
      for (const file of golden) await addGolden(file, whole);
    },
    async check(input, all, io, configs) {
      if (all.give.length > 0 && all.against.length === 0)
        throw InputError.ofFile('--give', 'concerns the commands of --against; expected one');
      const options = {
        ...all,
        reference: all.reference.map((labelled) => ofConfig(labelled, input.config)),
      };
      const updated = options.update ? await goldenOf(input, all.reference, configs, io) : undefined;
      const own = options.ownReference === false ? [] : await input.references(referenceOptions(options));
      const answers = await asked(input, options, io);
      const named = updated
        ? [parseReference(updated.file, updated.text, referenceOptions(options))]
        : await filed(options, io);
      const references = [...own, ...named, ...answers];
      renamed.add(references);
      if (references.length === 0) refuseOwnOnly(input.config, options);
      const result = compare(input.problem, references, gradcheckOptions(options, io));
      if (!options.quiet)
        for (const { name, read } of result.references)
          if (read.length > 0) io.stderr.write(`note: ${describeReading(name, read)}\n`);
      if (updated) golden.push(updated);
      return { command: 'compare', result };
    },
  };
}

/** `fcnet compare [configs...]` */
export const addCompare = (program: Command, cli: Cli): Command =>
  addCheck<CompareCommandOptions>(program, cli, {
    name: 'compare',
    description: 'analytic, numerical and reference gradients side by side, with a verdict for each',
    addOptions: addReferenceOptions,
    ...comparing(cli),
  });

const addReferenceOptions = (command: Command): Command =>
  command
    .optionsGroup('References:')
    .option(
      '--reference <file>',
      "a reference besides the config's own (repeatable); NAME=FILE says what to call it",
      (text, previous: readonly Labelled[]) => [...previous, labelledFile(text)],
      [] as Labelled[],
    )
    .addOption(withoutOwn())
    .option(
      '--against <command>',
      'a shell command that gets the config as JSON on standard input and answers with a reference (repeatable; NAME=COMMAND)',
      againstCommand,
      [] as Labelled[],
    )
    .option(
      '--rename <theirs=ours>',
      'what a reference calls a gradient, such as fc1.weight=dW1 (repeatable)',
      rename,
      {} as Record<string, string>,
    )
    .addOption(
      choice('--dtype <name>', 'the precision the references were computed in', PRECISIONS).default(
        undefined,
        'from the file, or its values',
      ),
    )
    .addOption(giveOption())
    .option('--timeout <seconds>', 'how long a command of --against may take', positive, 60)
    .option(
      '-u, --update',
      'write what backprop --json prints to the one --reference named (never in CI)',
      false,
    );

/** `--no-reference`: beside `--reference`, which it says nothing of. */
function withoutOwn(): Option {
  const option = new Option('--no-reference', 'without the references that the config names');
  option.attributeName = () => 'ownReference';
  return option;
}

function againstCommand(text: string, previous: readonly Labelled[]): Labelled[] {
  if (text.trim() === '') throw new InvalidArgumentError('Expected a command.');
  return [...previous, labelledCommand(text)];
}

/** Which arrays the references of a run have, so that a --rename that none of them has is no slip that passes. */
class Renamed {
  readonly #used = new Set<string>();
  readonly #names = new Set<string>();

  add(references: readonly Reference[]): void {
    for (const { name, from } of references.flatMap(({ tensors }) => tensors)) {
      if (from !== undefined) this.#used.add(from);
      this.#names.add(from ?? name);
    }
  }

  /** @throws InputError for a --rename that was not used */
  checkAllUsed(renames: Readonly<Record<string, string>>): void {
    const unused = Object.keys(renames).find((from) => !this.#used.has(from));
    if (unused === undefined) return;
    const meant = nearest(unused, [...this.#names]);
    const names = [...this.#names].slice(0, 20).join(', ');
    const hint = meant === undefined ? `; they have ${names || 'none'}` : `; did you mean ${meant}?`;
    throw InputError.ofFile(
      '--rename',
      `${unused}=${renames[unused]}: no reference has such an array${hint}`,
    );
  }
}

function rename(text: string, previous: Readonly<Record<string, string>>): Record<string, string> {
  const names = /^(.+)=(d[Wb][1-9]\d*)$/.exec(text);
  if (names === null) throw new InvalidArgumentError('Expected THEIRS=OURS, such as fc1.weight=dW1.');
  const [, theirs, ours] = names as unknown as [string, string, string];
  if (Object.hasOwn(previous, theirs))
    throw new InvalidArgumentError(`${theirs} is renamed already, to ${previous[theirs]}.`);
  return { ...previous, [theirs]: ours };
}

const referenceOptions = ({ dtype, rename: names }: CompareCommandOptions): ReferenceOptions => ({
  rename: names,
  ...(dtype !== undefined && { precision: dtype }),
});

/** Errors name the file or the command; what is judged has the name that it was given. */
const called = (reference: Reference, label: string | undefined): Reference =>
  label === undefined ? reference : { ...reference, name: label };

/** The references of --reference, one after another: a process may have only so many files open. */
async function filed(options: CompareCommandOptions, io: Io): Promise<Reference[]> {
  const references = [];
  for (const { source, label, ofEach } of options.reference) {
    const reading = { ...referenceOptions(options), ...readingOf(io) };
    const reference = await loadReference(source, '', reading).catch((error: unknown) => {
      if (!(error instanceof InputError)) throw error;
      if (ofEach && isMissing(error, source))
        throw InputError.ofFile(source, 'there is no such file (--update writes it)');
      throw withFileMeant(error, source);
    });
    references.push(called(reference, label));
  }
  return references;
}

/** The answers of the commands, one after another: each may use all of the machine. */
async function asked({ config, problem }: Input, options: CompareCommandOptions, io: Io) {
  const answers = [];
  for (const { source, label } of options.against) {
    const { reference, besides } = await askCommand(source, problem, {
      ...referenceOptions(options),
      config,
      give: giveOf(options.give),
      timeout: options.timeout,
      folder: options.folder,
      onInterrupt: io.onInterrupt,
    });
    if (besides && !options.quiet) io.stderr.write(`note: ${describeBesides(label ?? source, besides)}\n`);
    answers.push(called(reference, label));
  }
  return answers;
}
